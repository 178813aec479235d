"""Channel shares: a small world by hand, the rules for what is missing, and published shares."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.assemble.organisations import eu_members
from equipoise.assemble.packed import Pack, embedded
from equipoise.measure.engagement import channel_shares, trade_by_option, trade_channel
from equipoise.schema import DEFAULT_POWERS

POWERS = ("RUS", "EUU")
CINC = {"BRA": 0.02, "DEU": 0.03, "FRA": 0.01, "KAZ": 0.003, "MNG": 0.001, "RUS": 0.04}
NO, YES = 3, 1


def trade(*rows: tuple[str, str, float | None], year: int = 2010, source: str = "cow_trade", note: str | None = None):
    return pl.DataFrame(
        [(m, x, year, v, source, note if v is None else None) for m, x, v in rows],
        orient="row",
        schema={
            "importer": pl.String,
            "exporter": pl.String,
            "year": pl.Int16,
            "value_musd": pl.Float64,
            "source": pl.Categorical,
            "note": pl.Categorical,
        },
    )


FLOWS = trade(
    ("KAZ", "RUS", 30.0),
    ("RUS", "KAZ", 10.0),
    ("DEU", "KAZ", 20.0),
    ("KAZ", "FRA", 5.0),
    ("BRA", "KAZ", 35.0),
    ("FRA", "DEU", 50.0),
    ("DEU", "RUS", 20.0),
    ("DEU", "BRA", 10.0),
)


def ballots(**flips: int) -> pl.DataFrame:
    """Twelve roll calls of 2010, six yes and six no; each state flips so many of either, so that pi is 1 − flips/3."""
    states = {
        s: [NO if i < n else YES for i in range(6)] + [YES if i < n else NO for i in range(6)] for s, n in flips.items()
    }
    return pl.DataFrame({"rcid": range(12), "date": [date(2010, 6, 1)] * 12} | states)


def memberships(**bodies: str) -> pl.DataFrame:
    rows = [
        (s, o, "observer" if s.islower() else "member", 2005, 2010) for o, all_ in bodies.items() for s in all_.split()
    ]
    return pl.DataFrame(
        [(s.upper(), *more) for s, *more in rows],
        orient="row",
        schema={
            "state": pl.String,
            "organisation": pl.String,
            "status": pl.String,
            "start_year": pl.Int16,
            "end_year": pl.Int16,
        },
    )


def alliances(*rows: tuple[str, str, str], year: int = 2010) -> pl.DataFrame:
    kinds = ("defense", "offense", "neutrality", "nonaggression", "consultation")
    return pl.DataFrame(
        [(a, b, year, *(int(k == kind) for k in kinds)) for a, b, kind in rows],
        orient="row",
        schema={"state_a": pl.String, "state_b": pl.String, "year": pl.Int16} | dict.fromkeys(kinds, pl.Int8),
    )


def world(**tables: pl.DataFrame) -> Pack:
    years = (2010, 2011)
    base = pl.DataFrame(
        [(s, y, c) for s, c in CINC.items() for y in years],
        orient="row",
        schema={"state": pl.String, "year": pl.Int16, "cinc": pl.Float64},
    )
    return Pack(
        frames={
            "state_year": base.sort("state", "year"),
            "trade": FLOWS,
            "votes": ballots(KAZ=0, RUS=0, DEU=0, FRA=1, BRA=2),
            "alliances": alliances(
                ("KAZ", "RUS", "defense"), ("KAZ", "DEU", "consultation"), ("MNG", "RUS", "nonaggression")
            ),
            "memberships": memberships(
                a="KAZ RUS", b="KAZ DEU FRA", c="KAZ DEU", d="KAZ BRA", e="DEU BRA", f="kaz RUS"
            ),
        }
        | tables
    )


def shares(pack: Pack, state: str, channel: str, *, powers=POWERS, year: int = 2010) -> dict[str, float]:
    frame = channel_shares(pack, powers=powers, years=[year], states=[state]).filter(pl.col("channel") == channel)
    return dict(frame.select("option", "share").iter_rows())


def test_trade_is_exports_plus_imports_with_the_unions_members_as_one():
    assert shares(world(), "KAZ", "trade") == pytest.approx({"0": 0.35, "RUS": 0.4, "EUU": 0.25})


def test_diplomacy_is_pi_of_which_only_the_positive_counts():
    """π: Russia 1, the EU (1 + ⅔)/2, outside the median of others, Brazil's ⅓."""
    assert shares(world(), "KAZ", "diplomacy") == pytest.approx({"0": 2 / 13, "RUS": 6 / 13, "EUU": 5 / 13})


def test_members_that_vote_against_each_other_cancel_before_the_negative_is_cut_off():
    split = world(votes=ballots(KAZ=0, RUS=0, DEU=0, FRA=6, BRA=2))
    assert shares(split, "KAZ", "diplomacy") == pytest.approx({"0": 0.25, "RUS": 0.75, "EUU": 0.0})


def test_too_few_common_votes_leave_diplomacy_missing():
    rolls = ballots(KAZ=0, RUS=0, DEU=0, FRA=1, BRA=2)
    few = rolls.with_columns(pl.when(pl.int_range(pl.len()) >= 3).then("RUS").alias("RUS"))
    assert shares(world(votes=few), "KAZ", "diplomacy") == {}
    assert shares(world(votes=rolls.head(9)), "KAZ", "diplomacy") == {}


def test_security_is_the_strongest_pledge_weighted_over_the_unions_members():
    """Defence of Russia 1; consultation with Germany ¼, which has 3 of 4 parts of the capability present; outside 0."""
    eu = 0.25 * 0.75
    assert shares(world(), "KAZ", "security") == pytest.approx({"0": 0, "RUS": 1 / (1 + eu), "EUU": eu / (1 + eu)})
    assert shares(world(), "MNG", "security") == pytest.approx({"0": 1.0, "RUS": 0.0, "EUU": 0.0})


def test_institutions_count_full_memberships():
    assert shares(world(), "KAZ", "institutions") == pytest.approx({"0": 1 / 3.5, "RUS": 1 / 3.5, "EUU": 1.5 / 3.5})
    assert shares(world(), "MNG", "institutions") == {}


def test_a_member_of_the_union_is_no_part_of_the_power_it_faces():
    """Germany: the EU is France; bodies with neither France nor Russia are outside, though Germany is in them."""
    assert shares(world(), "DEU", "institutions") == pytest.approx({"0": 2 / 3, "RUS": 0.0, "EUU": 1 / 3})
    assert shares(world(), "DEU", "trade") == pytest.approx({"0": 0.3, "RUS": 0.2, "EUU": 0.5})
    assert shares(world(), "DEU", "diplomacy") == pytest.approx(
        {k: v / (1 + 2 / 3 + 2 / 3) for k, v in {"0": 2 / 3, "RUS": 1, "EUU": 2 / 3}.items()}
    )


def test_a_power_has_no_shares_with_itself():
    assert channel_shares(world(), powers=POWERS, years=[2010], states=["RUS"]).is_empty()


def test_no_channel_runs_past_its_source():
    assert channel_shares(world(), powers=POWERS, years=[2011]).is_empty()


def test_a_flow_known_to_be_wrong_takes_the_whole_year_out():
    flows = pl.concat(
        [
            FLOWS.filter(~((pl.col("importer") == "DEU") & (pl.col("exporter") == "KAZ"))),
            trade(("DEU", "KAZ", None), note="zero_not_trade"),
        ]
    )
    table = trade_by_option(world(trade=flows), powers=POWERS, years=[2010], states=["KAZ"])
    eu = table.filter(pl.col("option") == "EUU").row(0, named=True)
    assert (eu["exports_musd"], eu["imports_musd"], eu["note"]) == (None, None, "zero_not_trade")
    assert trade_channel(table).is_empty()
    only = world(trade=trade(("KAZ", "RUS", None), ("BRA", "KAZ", 1.0), ("BRA", "RUS", 1.0), note="one_direction"))
    table = trade_by_option(only, powers=POWERS, years=[2010], states=["KAZ"])
    assert table.filter(pl.col("option") == "RUS")["note"].to_list() == ["one_direction"]


def test_a_direction_without_a_record_is_null_and_not_zero():
    flows = FLOWS.filter(~((pl.col("importer") == "RUS") & (pl.col("exporter") == "KAZ")))
    table = trade_by_option(world(trade=flows), powers=POWERS, years=[2010], states=["KAZ"])
    russia = table.filter(pl.col("option") == "RUS").row(0, named=True)
    assert (russia["exports_musd"], russia["imports_musd"], russia["note"]) == (None, 30.0, None)
    assert dict(trade_channel(table).select("option", "share").iter_rows())["RUS"] == pytest.approx(30 / 90)


def test_no_flow_with_a_power_and_no_report_are_missing():
    none = FLOWS.filter(~(pl.col("importer").is_in(["KAZ", "RUS"]) & pl.col("exporter").is_in(["KAZ", "RUS"])))
    table = trade_by_option(world(trade=none), powers=POWERS, years=[2010], states=["KAZ"])
    assert table.filter(pl.col("option") == "RUS")["note"].to_list() == ["no_flow"]
    mute = FLOWS.filter(pl.col("exporter") != "KAZ")
    table = trade_by_option(world(trade=mute), powers=POWERS, years=[2010], states=["KAZ"])
    assert set(table["note"]) == {"no_report"} and trade_channel(table).is_empty()


def test_kazakhstans_own_figures_say_nothing_of_its_partners():
    own = trade(
        ("KAZ", "RUS", 30.0),
        ("RUS", "KAZ", 10.0),
        ("FRA", "KAZ", 20.0),
        ("KAZ", "WLD", 50.0),
        ("WLD", "KAZ", 70.0),
        source="kaz_trade",
    )
    pack = world(trade=own)
    assert shares(pack, "KAZ", "trade") == pytest.approx({"0": 0.5, "RUS": 1 / 3, "EUU": 1 / 6})
    assert shares(pack, "FRA", "trade", powers=("RUS", "CHN")) == {}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(CINC)), st.sampled_from(sorted(CINC)), st.floats(0, 1e6)), min_size=1))
def test_shares_are_shares_whatever_the_flows(rows):
    once = {(m, x): v for m, x, v in rows if m != x}
    pack = world(trade=trade(*((m, x, v) for (m, x), v in once.items())))
    frame = channel_shares(pack, powers=POWERS, years=[2010, 2011])
    assert frame["share"].is_between(0, 1).all() and frame["share"].is_not_nan().all()
    groups = frame.group_by("state", "year", "channel").agg(pl.col("share").sum(), pl.len())
    assert groups["share"].to_list() == pytest.approx([1.0] * groups.height)
    assert set(groups["len"]) == {3}


# From here on: the embedded pack.


def test_the_packs_shares_sum_to_one():
    groups = (
        embedded()
        .table("channels")
        .group_by("state", "year", "channel")
        .agg(pl.col("share").cast(pl.Float64).sum(), pl.len())
    )
    assert groups.filter((pl.col("share") - 1).abs() > 1e-6).is_empty()
    assert set(groups["len"]) == {len(DEFAULT_POWERS) + 1}


def packed(state: str, year: int, channel: str) -> dict[str, float]:
    frame = embedded().table("channels").with_columns(pl.col("channel", "option").cast(pl.String))
    here = frame.filter((pl.col("state") == state) & (pl.col("year") == year) & (pl.col("channel") == channel))
    return dict(here.select("option", "share").iter_rows())


def test_trade_of_kazakhstan_in_2014():
    """COW trade 4.0, computed from the published file with other code: EU 28 .372, Russia .208, China .219, US .023."""
    found = packed("KAZ", 2014, "trade")
    assert {k: round(found[k], 3) for k in ("EUU", "RUS", "CHN", "USA")} == {
        "EUU": 0.372,
        "RUS": 0.208,
        "CHN": 0.219,
        "USA": 0.023,
    }


def test_trade_of_kazakhstan_in_2023():
    """Bureau of National Statistics, 2023: EU 29.6 %, Russia 19.4, China 21.5, US 2.9, Japan 1.6."""
    found = packed("KAZ", 2023, "trade")
    assert {k: round(found[k], 3) for k in ("EUU", "RUS", "CHN", "USA", "JPN")} == {
        "EUU": 0.296,
        "RUS": 0.194,
        "CHN": 0.215,
        "USA": 0.029,
        "JPN": 0.016,
    }


def test_belarus_keeps_2010_and_loses_2011():
    """Trade with Russia in 2010 agrees with the USITC's ITPD; Belarus's exports of 2011 are half of it."""
    assert packed("BLR", 2010, "trade")["RUS"] > 0.4
    assert packed("BLR", 2011, "trade") == {}


def test_serbia_and_montenegro_votes_again_from_2000():
    assert packed("SCG", 1995, "diplomacy") == {} and packed("SCG", 2001, "diplomacy")["EUU"] > 0.3


@pytest.mark.parametrize(
    ("channel", "last"), [("diplomacy", 2023), ("security", 2018), ("institutions", 2014), ("trade", 2025)]
)
def test_the_packs_channels_end_where_their_sources_do(channel, last):
    frame = embedded().table("channels").filter(pl.col("channel").cast(pl.String) == channel)
    assert frame["year"].max() == last


def test_missing_in_the_matrix_of_2025():
    """It lacks Kazakhstan–Russia both ways, and everything that Taiwan exports."""
    assert packed("KAZ", 2025, "trade") == {} and packed("TWN", 2025, "trade") == {}
    assert packed("UZB", 2025, "trade")


def test_the_pack_is_what_the_rules_give():
    states = ["KAZ", "DEU", "MNG", "CHN"]
    computed = channel_shares(embedded(), powers=DEFAULT_POWERS, years=[1992, 2014], states=states)
    kept = embedded().table("channels").filter(pl.col("state").is_in(states) & pl.col("year").is_in([1992, 2014]))
    both = kept.with_columns(pl.col("channel", "option", "source").cast(pl.String)).join(
        computed, on=["state", "year", "channel", "option", "source"], how="full"
    )
    assert both.height == kept.height == computed.height
    assert ((both["share"] - both["share_right"]).abs() < 1e-6).all()
    assert "CHN" not in set(kept["state"])
    assert "DEU" in eu_members(2014) and set(kept.filter(pl.col("state") == "DEU")["year"]) == {1992, 2014}


def test_channels_do_not_move_together():
    """What lets a silent channel keep its last values (docs/decisions, 6): others do not follow one that moves."""
    long = (
        embedded()
        .table("channels")
        .with_columns(pl.col("channel", "option").cast(pl.String), pl.col("year").cast(pl.Int32))
    )
    before = long.with_columns(pl.col("year") + 5)
    change = long.join(before, on=["state", "year", "channel", "option"], suffix="_before").with_columns(
        move=pl.col("share").cast(pl.Float64) - pl.col("share_before")
    )
    wide = change.pivot(on="channel", index=["state", "year", "option"], values="move").drop_nulls()
    names = ["trade", "diplomacy", "security", "institutions"]
    slope = {}
    for name in names:
        x, y = wide[name], wide.select(pl.mean_horizontal(n for n in names if n != name)).to_series()
        slope[name] = (x * y).sum() / (x * x).sum()
    assert wide.height > 10_000
    assert {n: round(s, 2) for n, s in slope.items()} == {
        "trade": 0.03,
        "diplomacy": 0.0,
        "security": 0.02,
        "institutions": -0.03,
    }
