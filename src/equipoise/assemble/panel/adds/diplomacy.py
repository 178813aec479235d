"""Diplomacy: agreements on defence and trade, votes in the United Nations, threats to territory."""

from __future__ import annotations

import polars as pl

from equipoise.acquire.dca import COVERED_TO
from equipoise.assemble import codes
from equipoise.assemble.panel.forms import Add, DyadForm, PairForm, StateForm, Variable
from equipoise.assemble.panel.shelf import Shelf
from equipoise.assemble.votes import agreement

_DEFENCE_FROM = 1980
_TRADE_TO = 2020
_GDR_FINLAND = 446
_WEST_GERMANY, _GERMANY, _UNITED = 260, 255, 1990

_HELD = pl.DataFrame(
    [("RUS", "SUN", 1948, 1990), ("SRB", "YUG", 1948, 1991), ("SRB", "SCG", 1992, 2005), ("CZE", "CSK", 1948, 1992)],
    schema={"iso3": pl.String, "held": pl.String, "since": pl.Int32, "until": pl.Int32}, orient="row",
)
"""The states behind codes of today that the list of trade agreements has in every year; on 31 December, as always."""

_THREAT = {"lterrthreat": "lterrthreat", "sd": "lterrthreat_sd", "lwr": "lterrthreat_lwr", "upr": "lterrthreat_upr",
           "m_lterrthreat": "m_lterrthreat", "m_sd": "m_lterrthreat_sd", "m_lwr": "m_lterrthreat_lwr",
           "m_upr": "m_lterrthreat_upr"}
"""The source's names; those of what belongs to an estimate say in a panel which one it is."""


def defence_agreements(shelf: Shelf) -> pl.DataFrame:
    """Return each pair and year with an agreement signed or in force: ``dca_any``, ``dca_general``, and the numbers."""
    listed = shelf.table("dca").rename({"cow_a": "code_a", "cow_b": "code_b", "treaty": "agreement"})
    # The later of the two years: one treaty has an entry into force before its signature.
    begins = pl.max_horizontal("sign_year", "in_force_year")
    bound = _to_the_united(_in_force(listed, begins=begins, ends=pl.col("end_year").fill_null(COVERED_TO)))
    general = (pl.col("type") == "general").any().cast(pl.Int8)
    found = _by_year(bound, signed=listed, dca_general=general)
    return found.select("code_a", "code_b", "year", "dca_general", dca_any=_some("n"), dca_n="n", dca_signed="signed")


def defence_partners(shelf: Shelf) -> pl.DataFrame:
    """Return with how many states of the system each ``code`` had an agreement in force: ``n_dca_partners``."""
    pairs = defence_agreements(shelf).filter(pl.col("dca_any") == 1)
    pairs = pairs.select("code_a", "code_b", "year")
    both = pl.concat([pairs, pairs.select(code_a="code_b", code_b="code_a", year="year")])
    return codes.coexisting(both).group_by("year", code="code_a").agg(n_dca_partners=pl.len().cast(pl.Int16))


def trade_agreements(shelf: Shelf) -> pl.DataFrame:
    """Return each pair and year with an agreement signed or in force: ``pta``, ``pta_n`` and ``pta_signed``."""
    treaty = pl.when(pl.col("entry_type") == "base_treaty").then("in_force_year").min().over("agreement")
    joined = pl.when((pl.col("entry_type") == "accession") & treaty.is_not_null())
    # Of most accessions only the signature is dated; they count from then, though not before the treaty itself.
    begins = pl.coalesce("in_force_year", joined.then(pl.max_horizontal("sign_year", treaty)))
    gdr = (pl.col("agreement") == _GDR_FINLAND) & (pl.col("iso3_a") == "DEU")
    listed = shelf.table("trade_agreements").with_columns(
        begins=begins,
        code_a=pl.when(gdr).then(pl.lit("DDR")).otherwise("iso3_a"),
        code_b="iso3_b",
        end_year=pl.when(gdr).then(pl.lit(1990, dtype=pl.Int16)).otherwise("end_year"),
    )
    known = listed.drop_nulls("begins")
    bound = _in_force(known, begins=pl.col("begins"), ends=pl.col("end_year").fill_null(_TRADE_TO))
    found = _by_year(bound, signed=listed)
    named = _named(_named(found, "code_a"), "code_b")
    return named.select("code_a", "code_b", "year", pta=_some("n"), pta_n="n", pta_signed="signed")


def similarity(shelf: Shelf) -> pl.DataFrame:
    """Return how alike each pair of states voted in a year: ``un_n_votes``, ``un_agree3``, ``un_s``."""
    return agreement(shelf.table("un_votes")).select(
        "year", code_a="iso3_a", code_b="iso3_b", un_n_votes="n_votes", un_agree3="agree3", un_s="s_score")


def ideal_points(shelf: Shelf) -> pl.DataFrame:
    """Return by ``code`` and ``year`` the estimate ``ideal_point`` and the bounds of its interval."""
    return shelf.table("ideal_points").select("year", "ideal_point", "ideal_low", "ideal_high", code="cow")


def ideal_distances(sides: pl.DataFrame) -> pl.DataFrame:
    """Return ``ideal_distance`` beside the points of both sides; null where either is missing.

    >>> ideal_distances(pl.DataFrame({"ideal_point1": [0.5, 1.0], "ideal_point2": [-1.0, None]})).rows()
    [(1.5, 0.5, -1.0), (None, 1.0, None)]
    """
    distance = (pl.col("ideal_point1") - pl.col("ideal_point2")).abs()
    return sides.select(distance.alias("ideal_distance"), "ideal_point1", "ideal_point2")


def threats(shelf: Shelf) -> pl.DataFrame:
    """Return by ``code`` and ``year`` the latent threat to the state's territory, by both ways of weighing distance."""
    return shelf.table("territorial_threat").select("year", *(pl.col(old).alias(new) for old, new in _THREAT.items()),
                                                    code="cow")


def _to_the_united(bound: pl.DataFrame) -> pl.DataFrame:
    """Add that West Germany's agreements bind the united state from 1990 on; both codes are there in that year."""
    west = [pl.col(side).replace({_WEST_GERMANY: _GERMANY}) for side in ("code_a", "code_b")]
    theirs = pl.any_horizontal(pl.col("code_a", "code_b") == _WEST_GERMANY) & (pl.col("year") >= _UNITED)
    both = pl.concat([bound, bound.filter(theirs).with_columns(west)])
    # The united state's code is the lower one, so a pair's order could change, and a pair is to stand once.
    low, high = pl.min_horizontal("code_a", "code_b"), pl.max_horizontal("code_a", "code_b")
    return both.with_columns(code_a=low, code_b=high)


def _in_force(listed: pl.DataFrame, *, begins: pl.Expr, ends: pl.Expr) -> pl.DataFrame:
    """One row an ``agreement``, pair and ``year``, one only where the pair's second spell begins as the first ends."""
    years = pl.int_ranges(begins, ends + 1, dtype=pl.Int32)
    spells = listed.with_columns(year=years).explode("year").drop_nulls("year")  # null: in force after the coverage
    return spells.unique(["code_a", "code_b", "agreement", "year"])


def _by_year(bound: pl.DataFrame, *, signed: pl.DataFrame, **more: pl.Expr) -> pl.DataFrame:
    """By pair and year: ``n`` agreements in force, ``signed`` in it, and what ``more`` makes of those in force."""
    keys = ["code_a", "code_b", "year"]
    count = pl.len().cast(pl.Int16)
    new = signed.with_columns(year=pl.col("sign_year").cast(pl.Int32)).group_by(keys).agg(signed=count)
    both = bound.group_by(keys).agg(n=count, **more).join(new, on=keys, how="full", coalesce=True)
    return both.with_columns(pl.exclude(keys).fill_null(0))


def _named(rows: pl.DataFrame, side: str) -> pl.DataFrame:
    """Give a side the codes of the states that were there in the year."""
    held = _HELD.select(pl.col("iso3").alias(side), "held", year=pl.int_ranges("since", pl.col("until") + 1))
    joined = rows.join(held.explode("year").cast({"year": pl.Int32}), on=[side, "year"], how="left")
    return joined.with_columns(pl.coalesce("held", side).alias(side)).drop("held")


def _some(count: str) -> pl.Expr:
    return (pl.col(count) > 0).cast(pl.Int8)


ADDS = (
    Add(
        name="defence_agreements", title="Bilateral defence cooperation agreements", sources=("dca",),
        first_year=_DEFENCE_FROM, last_year=COVERED_TO,
        state=StateForm("cow", (
            Variable("n_dca_partners", "number of states with which it has an agreement in force", absent=0),
        ), defence_partners),
        dyad=DyadForm("cow", (
            Variable("dca_any", "have a defence cooperation agreement in force", absent=0, union="any"),
            Variable("dca_general", "have a general one in force (framework or information)", absent=0, union="any"),
            Variable("dca_n", "number of their agreements in force", absent=0, union="sum"),
            Variable("dca_signed", "number of agreements that they signed in the year", absent=0, union="sum"),
        ), defence_agreements, symmetric=True),
        note="Agreements signed before 1980 are not in the source, so the first years undercount what was in force. "
             "One is in force on a day of the years from its entry into force, or from its signature where that is not "
             "known (1 028 of 1 869), to its end, which the source mostly estimates: six years after the signature "
             "where nothing is known (924). West Germany's bind Germany from 1990 on; Czechoslovakia's end with it. "
             "The author's own dyad-years (dcaAnyV1, dcaAnyV2) are another file with "
             "rules of its own.",
        also=("dca", "dcad", "defense_agreements", "defense_cooperation", "defence_cooperation", "dcaany", "kinne"),
    ),
    Add(
        name="trade_agreements", title="Preferential trade agreements", sources=("trade_agreements",),
        first_year=1948, last_year=_TRADE_TO,
        dyad=DyadForm("iso", (
            Variable("pta", "are bound by a trade agreement in force", absent=0, union="any"),
            Variable("pta_n", "number of such agreements, replaced ones included", absent=0, union="max"),
            Variable("pta_signed", "number of agreements between them signed in the year", absent=0, union="max"),
        ), trade_agreements, symmetric=True),
        note="Free trade areas, customs unions and partial agreements alike. In force in the years from the entry into "
             "force to a withdrawal. Treaties without a year of entry into force (154 of 842) do not count, whether "
             "they never entered or it is not recorded; accessions without one (most) count from the signature, often "
             "a year early, but not before the treaty itself. A treaty that another replaces goes on in the source: "
             "pta_n counts both (Kazakhstan and Russia: 8 in 2015), and the United Kingdom stays bound to the European "
             "Union's members by the treaty of 1957. A successor under the same code today inherits (Serbia "
             "Yugoslavia's, Czechia Czechoslovakia's), others do not. Agreements signed before 1948 are not in the "
             "source. West Germany (260) and North Yemen (678) are null in 1990, their last year.",
        also=("desta", "pta", "fta", "rta", "trade_agreement", "preferential_trade", "free_trade"),
    ),
    Add(
        name="un_similarity", title="Likeness of votes in the UN General Assembly", sources=("un_votes",),
        first_year=1946, last_year=2024,
        dyad=DyadForm("iso", (
            Variable("un_n_votes", "roll calls on which both voted yes, no or abstained", union="min"),
            Variable("un_agree3", "share of them with the same of the three votes", "share", union="mean"),
            Variable("un_s", "S score of them, from -1 (all opposed) to 1 (all the same)", union="mean"),
        ), similarity, symmetric=True),
        note="The year is the calendar year of the votes, not that of the session. Null where the two have no vote in "
             "common: 1964 had none, and the file lacks East Germany, Czechoslovakia, Yemen before 1991, and the "
             "emergency session on Ukraine since 2022; 2024 ends in June, with 6 votes. An abstention beside a yes or "
             "a no does not agree in un_agree3 and is half way in un_s. China's votes are Taiwan's to October 1971, "
             "those of 1991 under Russia's code mostly the Soviet Union's. Both measures move with the agenda: see "
             "ideal_points. For the European Union: the members' mean.",
        also=("un_votes", "unga", "agree3", "agree3un", "s_score", "fpsim", "un_agreement", "votes", "roll_calls"),
    ),
    Add(
        name="ideal_points", title="Ideal points from votes in the UN General Assembly", sources=("ideal_points",),
        first_year=1946, last_year=2025,
        state=StateForm("cow", (
            Variable("ideal_point", "place on the main dimension of UN votes; the United States is high"),
            Variable("ideal_low", "lower bound of its 90 % interval"),
            Variable("ideal_high", "upper bound of its 90 % interval"),
        ), ideal_points),
        dyad=PairForm("cow", (
            Variable("ideal_distance", "distance of the two ideal points", union="mean"),
            Variable("ideal_point", "place on the main dimension of UN votes", sided=True, union="mean"),
        ), ideal_points, ideal_distances),
        note="The estimates from votes on final passage (IdealPointFP). None for 1964, when nobody voted. Years with "
             "few votes have wide intervals: at most 8 votes in 2024, 5 in 1951. The seat of China is Taiwan's to "
             "1971. The two German states end in 1989: in 1990 the point is that of the united one.",
        also=("idealpointfp", "idealpointall", "ideal_point", "idealpoint", "ideal_distance", "absidealdiff"),
    ),
    Add(
        name="territorial_threat", title="Latent external threat to a state's territory",
        sources=("territorial_threat",), first_year=1816, last_year=2010,
        state=StateForm("cow", (
            Variable("lterrthreat", "latent territorial threat; higher is more, the scale has no unit"),
            Variable("lterrthreat_sd", "its standard deviation"),
            Variable("lterrthreat_lwr", "lower bound of its 90 % interval"),
            Variable("lterrthreat_upr", "upper bound of its 90 % interval"),
            Variable("m_lterrthreat", "the same with pairs weighed by the distance of borders, from 1885"),
            Variable("m_lterrthreat_sd", "its standard deviation"),
            Variable("m_lterrthreat_lwr", "lower bound of its 90 % interval"),
            Variable("m_lterrthreat_upr", "upper bound of its 90 % interval"),
        ), threats),
        note="An estimate for the state, not for a pair, made from data on the conflicts of its dyads: it is not "
             "independent of the disputes of the year. lterrthreat weighs pairs by the distance of capitals, and is "
             "the author's standard. peacesciencer calls the deviations and bounds sd, lwr and upr, with m_ for the "
             "others.",
        also=("terrthreat", "lterrthreat", "latent_territorial_threat", "add_latent_territorial_threat"),
    ),
)
