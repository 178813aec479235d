"""Measures by themselves: their numbers against references and the report's, their chart, files and provenance."""

from __future__ import annotations

import csv
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from equipoise.assemble.packed import Pack, embedded
from equipoise.errors import BadSourceFile, BadYears, CannotWrite, NotAPower, UnknownState, UsageError
from equipoise.measure import similarity
from equipoise.model import Prior
from equipoise.pipeline import (
    Measured,
    measure_engagement,
    measure_ideal_points,
    measure_order,
    measure_rivalry,
    measure_similarity,
    measure_strategy,
    measure_system,
    report,
)

PUBLISHED = Path(__file__).parents[1] / "published"
YEARS = (2012, 2014)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def order() -> Measured:
    return measure_order(years=YEARS, draws=20)


@pytest.fixture(scope="module")
def kaz() -> Any:
    return report("KAZ", since=2012, until=2014, draws=20).figures


def test_order_is_the_report_s_and_knows_the_blocs_of_every_power(order: Measured, kaz: Any) -> None:
    wanted = kaz.order
    found = order.frame.select(wanted.columns)
    assert np.allclose(found.select("stress", "low", "high").to_numpy(),
                       wanted.select("stress", "low", "high").to_numpy(), atol=1e-9)
    assert found["year"].to_list() == [2012, 2013, 2014]
    for row in kaz.order_blocs.filter(year=2014).to_dicts():
        mine = order.frame.filter(year=2014)
        assert mine[f"bloc_{row['power']}"].item() == row["bloc"]
        assert mine[f"loading_{row['power']}"].item() == pytest.approx(row["loading"], abs=1e-9)


def test_rivalry_is_the_report_s_for_any_choice_of_components(kaz: Any) -> None:
    chosen = measure_rivalry(years=YEARS, components=["disputes", "pooled"], draws=20).frame
    assert set(chosen["component"]) == {"disputes", "pooled"}
    keys = ["year", "power_a", "power_b", "component"]
    both = chosen.join(kaz.rivalry, on=keys)
    assert both.height == chosen.height == 60
    for column in ("value", "low", "high"):
        a, b = both[column].to_numpy(), both[f"{column}_right"].to_numpy()
        np.testing.assert_allclose(a, b, atol=1e-9, equal_nan=True)


def test_engagement_is_the_report_s_with_its_channels_beside(kaz: Any) -> None:
    found = measure_engagement(["KAZ"], years=YEARS, draws=20)
    both = found.frame.join(kaz.engagement, on=["year", "option"])
    assert both.height == 18 and np.allclose(both["share"], both["share_right"], atol=1e-9)
    channels = kaz.channels.with_columns(pl.col("channel", "option").cast(pl.String))
    trade = found.frame.join(channels.filter(channel="trade"), on=["year", "option"])
    assert trade.height == 18 and np.allclose(trade["trade"], trade["share_right"], atol=1e-6)
    index = measure_engagement("KAZ", years=YEARS, draws=20, index=True)
    assert index.frame.drop("state").columns == kaz.multi_vector.columns
    assert np.allclose(index.frame["index"], kaz.multi_vector["index"], atol=1e-9)
    assert index.frame.equals(found.more["index"]) and found.frame.equals(index.more["shares"])


def test_strategies_are_the_report_s_and_name_what_is_assumed(kaz: Any) -> None:
    found = measure_strategy("KAZ", years=YEARS, draws=20)
    both = found.frame.join(kaz.strategies, on=["year", "strategy", "power"])
    assert both.height == found.frame.height == kaz.strategies.height > 0
    for column in ("amount", "share", "low", "high"):
        assert np.allclose(both[column], both[f"{column}_right"], atol=1e-9)
    assert np.allclose(found.frame.group_by("year").agg(pl.col("share").sum())["share"], 1)
    assert found.provenance["options"]["posterior"]["coercion"][0] > 0
    assumed = measure_strategy("KAZ", years=YEARS, draws=4, prior=Prior())
    assert assumed.provenance["options"]["assumed"]["coercion"] == [0.0, 4.0]


@pytest.mark.parametrize("members", ["all", "majors"])
def test_the_system_has_the_reference_values_of_every_year(members: str) -> None:
    frame = measure_system(among=members).frame
    wanted = [r for r in rows_of(PUBLISHED / "system" / "years.csv") if r["members"] == members]
    assert frame["year"].to_list() == [int(r["year"]) for r in wanted]
    assert frame["members"].to_list() == [int(r["n"]) for r in wanted]
    for mine, theirs in (("con", "con"), ("effective_herfindahl", "effective_number"),
                         ("effective_entropy", "effective_number_entropy"), ("move_union", "move_union_1"),
                         ("move_lagged", "move_lagged_1")):
        other = np.array([float(r[theirs] or "nan") for r in wanted])
        np.testing.assert_allclose(frame[mine].to_numpy(), other, rtol=0, atol=1e-9)


def test_a_first_year_of_a_span_moves_from_the_year_before_it() -> None:
    whole = measure_system().frame.filter(pl.col("year").is_between(1918, 1920))
    assert measure_system(years="1918:1920").frame.equals(whole)
    assert measure_system(years=1816).frame["move_union"].item() is None


def test_states_that_are_named_make_a_system_with_who_held_their_place() -> None:
    nmc = embedded().table("panel_nmc").filter(year=1985)
    cinc = dict(nmc.select("cow", "cinc").iter_rows())
    ec = [211, 390, 220, 260, 350, 205, 325, 212, 210, 200]
    shares = np.array([cinc[365], cinc[2], sum(cinc[c] for c in ec)])
    shares /= shares.sum()
    frame = measure_system(among=["Russia", "USA", "EU"], years=1985).frame
    assert frame["members"].item() == 3
    assert frame["effective_herfindahl"].item() == pytest.approx(1 / (shares**2).sum(), abs=1e-9)
    strongest = sorted(zip(shares, ("RUS", "USA", "EUU"), strict=True), reverse=True)
    assert frame["schweller_states"].item() == "; ".join(n for s, n in strongest if s >= shares.max() / 2)


def test_of_germany_s_two_codes_of_1990_one_counts() -> None:
    cinc = dict(embedded().table("panel_nmc").filter(year=1990).select("cow", "cinc").iter_rows())
    shares = np.array([cinc[255], cinc[2]]) / (cinc[255] + cinc[2])
    found = measure_system(among="DEU,USA", years=1990).frame["effective_herfindahl"].item()
    assert found == pytest.approx(1 / (shares**2).sum(), abs=1e-9)


def test_similarity_of_alliances_has_the_reference_values() -> None:
    wanted = [r for r in rows_of(PUBLISHED / "fpsim_alliances" / "values.csv") if r["year"] == "2010"][:12]
    frame = measure_similarity(on="alliances", years=2010, measures=["S", "S2", "kappa", "pi_nominal"]).frame
    from equipoise.assemble import codes

    iso = dict(codes.code_years("cow").filter(year=2010).select("code", "iso3").iter_rows())
    by_pair = {frozenset((r["state_a"], r["state_b"])): r for r in frame.to_dicts()}
    assert len(by_pair) == frame.height
    for row in wanted:
        mine = by_pair[frozenset((iso[int(row["cow_a"])], iso[int(row["cow_b"])]))]
        for name in ("S", "S2", "kappa", "pi_nominal"):
            assert mine[name] == pytest.approx(float(row[name]), abs=1e-9)


def test_similarity_of_votes_has_the_reference_values() -> None:
    wanted = rows_of(PUBLISHED / "un_similarity" / "values.csv")
    for row in wanted:
        states = [row["state_a"], row["state_b"]]
        measures = ["S", "S2", "kappa", "pi_nominal", "agreement"]
        mine = measure_similarity(states, years=int(row["year"]), measures=measures).frame.row(0, named=True)
        assert mine["entries"] == sum(int(row[f"n{i}{j}"]) for i in (1, 2, 3) for j in (1, 2, 3))
        for name in ("S", "S2", "kappa", "pi_nominal", "agreement"):
            if row[name]:
                assert mine[name] == pytest.approx(float(row[name]), abs=1e-9)


def test_who_is_compared_with_whom() -> None:
    def pairs(*states: str, **given: Any) -> list[tuple[str, str]]:
        frame = measure_similarity(states, on="alliances", years=2000, **given).frame
        return frame.select("state_a", "state_b").rows()

    assert pairs("UZB", "KAZ") == [("UZB", "KAZ")]
    assert pairs("KAZ", "UZB", "MNG") == [("KAZ", "UZB"), ("KAZ", "MNG"), ("UZB", "MNG")]
    assert pairs("KAZ", "UZB", powers=["USA", "RUS"]) == [
        ("KAZ", "USA"), ("KAZ", "RUS"), ("UZB", "USA"), ("UZB", "RUS")]
    others = pairs("KAZ")
    assert {a for a, _ in others} == {"KAZ"} and ("KAZ", "KAZ") not in others
    everyone = pairs()
    n = len({s for pair in everyone for s in pair})
    assert len(others) == n - 1 and len(everyone) == len({frozenset(p) for p in everyone}) == n * (n - 1) // 2


def test_the_union_is_the_mean_of_its_members_but_not_of_the_state_itself() -> None:
    from equipoise.assemble.organisations import eu_members

    found = measure_similarity("FRA", powers=["EUU"], years=2004).frame
    each = measure_similarity("FRA", powers=[m for m in eu_members(2004) if m != "FRA"], years=2004).frame
    assert found.select("state_b", "entries").row(0) == ("EUU", None)
    assert found["S"].item() == pytest.approx(each["S"].mean(), abs=1e-9)


def test_a_state_is_found_under_who_held_its_place() -> None:
    frame = measure_similarity(["RUS", "USA"], on="alliances", years=(1988, 1993)).frame
    assert frame["year"].to_list() == list(range(1988, 1994)) and set(frame["state_a"]) == {"RUS"}


OWN = "who,a,b,c\nKAZ,1,3,\nUZB,2,3,1\nMNG,3,1,2\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_a_matrix_of_one_s_own(own: Path, tmp_path: Path) -> None:
    found = measure_similarity(own=own, scale="1,3", measures=["S", "agreement"])
    wanted = similarity([[1, 3, np.nan], [2, 3, 1], [3, 1, 2]], measure="S", scale=(1, 3))
    assert found.frame.select("a", "b", "entries").rows() == [("KAZ", "UZB", 2), ("KAZ", "MNG", 2), ("UZB", "MNG", 3)]
    assert np.allclose(found.frame["S"], wanted[np.triu_indices(3, 1)]) and not found.sources
    (tmp_path / "w.csv").write_text("entry,weight\nc,0\na,2\nb,1\n", encoding="utf-8")
    heavy = measure_similarity(["UZB", "MNG"], own=own, scale=(1, 3), weights=tmp_path / "w.csv").frame
    assert heavy["S"].item() == pytest.approx(1 - 2 * (2 * 1 + 1 * 2) / (2 * 3))
    one = measure_similarity("UZB", own=own, scale=(1, 3)).frame
    assert one.select("a", "b").rows() == [("UZB", "KAZ"), ("UZB", "MNG")]


@pytest.mark.parametrize(("content", "words"), [
    ("who,a,b\nKAZ,1,x\nUZB,1,1\n", "line 2, column b holds 'x', which is no number"),
    ("who,a,b\nKAZ,1,3\nUZB,1,7\n", "UZB holds 7 at b, outside the scale 1 to 3"),
    ("who,a,b\nKAZ,1,3\n\nUZB,1\n", "line 4 has 2 cells and the head 3"),
    ("who,a,b\nKAZ,1,3\nKAZ,1,1\n", "two portfolios called KAZ"),
    ("who,a,a\nKAZ,1,3\nUZB,1,1\n", "two entries called a"),
    ("who\nKAZ\nUZB\n", "of 0 entries"), ("", "is empty"), ("who,a\n", "0 portfolios"),
    (',a\n"KAZ,1\n', "is not CSV"), ("who,a\n,1\nUZB,2\n", "without a name"), ("who,a\nKAZ,inf\nUZB,2\n", "no number"),
])
def test_a_matrix_that_cannot_be_used(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "own.csv").write_text(content, encoding="utf-8")
    with pytest.raises(BadSourceFile, match=words):
        measure_similarity(own=tmp_path / "own.csv", scale=(1, 3))


@pytest.mark.parametrize(("content", "words"), [
    ("entry,weight\na,1\nb,1\n", "2 weights for 3 entries, and none of c"),
    ("entry,weight\na,1\nb,1\nc,1\nd,1\n", "4 weights for 3 entries, and one of d"),
    ("entry,weight\na,1\nb,-1\nc,1\n", "the weight of b is negative"), ("entry,weight\na,1\na,2\n", "two weights of a"),
    ("entry,weight\na,1,2\n", "line 2 has 3 cells"), ("entry,weight\na,one\n", "no number"),
    ("entry,weight\na,\n", "negative or missing"),
])
def test_weights_that_do_not_fit(own: Path, tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "w.csv").write_text(content, encoding="utf-8")
    with pytest.raises(BadSourceFile, match=words):
        measure_similarity(own=own, scale=(1, 3), weights=tmp_path / "w.csv")


@pytest.mark.parametrize(("given", "error", "words"), [
    ({"scale": None}, UsageError, "need the range of their scale"), ({"scale": "1"}, UsageError, "'1' is no scale"),
    ({"scale": "3,1"}, UsageError, "the scale 3 to 1 is empty"), ({"scale": "a,b"}, UsageError, "is no scale"),
    ({"states": ["Ruritania"]}, UnknownState, "no portfolio called 'Ruritania'. It has KAZ, UZB, MNG"),
    ({"years": 2010}, UsageError, "portfolios of your own have no years"),
    ({"powers": ["RUS"]}, UsageError, "portfolios of your own have no powers"),
    ({"own": "absent.csv"}, BadSourceFile, "absent.csv cannot be read: no such file"),
    ({"measures": ["tau"]}, UsageError, "'tau' is no measure of similarity"),
])
def test_options_of_one_s_own_matrix(own: Path, given: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        measure_similarity(**{"own": own, "scale": (1, 3), **given})


@pytest.mark.parametrize(("call", "given", "error", "words"), [
    (measure_order, {"years": "1980:2000"}, BadYears, "1980 is outside the years of the pack, 1991 to 20"),
    (measure_order, {"years": "2000:1995"}, BadYears, "reversed. Try 1995:2000"),
    (measure_order, {"powers": ["RUS"]}, NotAPower, "at least two"),
    (measure_order, {"powers": ["RUS", "Ruritania"]}, NotAPower, "'Ruritania' is not a power"),
    (measure_rivalry, {"components": ["pooled", "envy"]}, UsageError, "'envy' is no component of rivalry"),
    (measure_rivalry, {"components": ["strategic"], "years": 2025}, UsageError, "rivalry has no rows"),
    (measure_system, {"years": 2017}, BadYears, "2017 is outside the years of the list of major powers, 1816 to 2016"),
    (measure_system, {"among": "all", "years": "1815:1820"}, BadYears, "1815 is outside the years of the capabilities"),
    (measure_system, {"among": "RUS"}, UsageError, "at least two states"),
    (measure_system, {"among": ["RUS", "Ruritania"]}, UnknownState, "no state is called 'Ruritania'"),
    (measure_system, {"among": "RUS,SSD", "years": 1990}, UsageError, "SSD .* has no known capability"),
    (measure_similarity, {"states": "KAZ", "measures": ["S", "tau"]}, UsageError, "'tau' is no measure"),
    (measure_similarity, {"states": "Ruritania"}, UnknownState, "no state is called"),
    (measure_similarity, {"on": "speeches"}, UsageError, "'speeches' are no portfolios"),
    (measure_similarity, {"states": ["KAZ", "USA"], "on": "alliances", "years": 1980}, UnknownState,
     "KAZ .* has no pair in the alliances of 1980"),
    (measure_similarity, {"states": "KAZ", "on": "alliances", "years": 2019}, BadYears, "1816 to 2018"),
    (measure_similarity, {"states": "KAZ", "powers": ["KAZ"]}, NotAPower, "KAZ is among the states and the powers"),
    (measure_similarity, {"powers": ["RUS"]}, UsageError, "powers to compare with, but no state"),
    (measure_similarity, {"states": "KAZ", "scale": "1,3"}, UsageError, "--scale is for portfolios of your own"),
    (measure_similarity, {"states": "KAZ", "weights": "w.csv"}, UsageError, "--weights is for portfolios of your own"),
    (measure_engagement, {"states": []}, UsageError, "no state to measure"),
    (measure_strategy, {"states": []}, UsageError, "no state to measure"),
    (measure_strategy, {"states": "SSD", "years": 1995}, UsageError, "no channel of SSD .* is observed"),
    (measure_engagement, {"states": "KAZ", "powers": ["KAZ", "RUS"]}, NotAPower, "is the state itself"),
    (measure_engagement, {"states": "SSD", "years": 1995}, UsageError, "no channel of SSD .* is observed"),
    (measure_ideal_points, {"issue": "xx"}, UsageError, "'xx' is no issue"),
    (measure_ideal_points, {"method": "guess"}, UsageError, "'guess' is no method"),
    (measure_ideal_points, {"states": ["Ruritania"]}, UnknownState, "no state is called"),
    (measure_ideal_points, {"method": "variational", "years": 1900}, BadYears, "1900 is outside the years of these"),
])
def test_what_cannot_be_measured_is_told_in_a_line(call: Any, given: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as told:
        call(**given)
    assert "\n" not in str(told.value)


def points() -> Pack:
    """A pack with invented ideal points and hardly any roll call."""
    rows = [(365, s, "SUN" if y < 1991 else "RUS", y, 50, -1.0, 0.1, -1.2, -0.8, 1.0, 900.0)
            for s, y in ((44, 1989), (45, 1990), (46, 1991), (47, 1992))]
    rows += [(2, s, "USA", y, 50, 2.0, 0.1, 1.8, 2.2, 1.05, 40.0) for s, y in ((46, 1991), (47, 1992))]
    names = ["cow", "session", "state", "year", "n_votes", "mean", "sd", "low", "high", "rhat", "ess"]
    votes = {"rcid": [1, 2], "date": [pd.Timestamp(2000, 10, d).date() for d in (1, 2)],
             **{i: [True, False] for i in ("me", "nu", "di", "hr", "co", "ec")},
             "USA": [1, 3], "RUS": [3, 1], "KAZ": [1, 1]}
    return Pack(frames={"ideal_points": pl.DataFrame(rows, orient="row", schema=names), "votes": pl.DataFrame(votes),
                        "panel_un_roll_calls": embedded().table("panel_un_roll_calls").clear()})


def test_without_options_the_ideal_points_are_the_pack_s() -> None:
    found = measure_ideal_points(["RUS"], pack=points())
    assert found.frame.select("state", "year", "mean").rows() == [("RUS", y, -1.0) for y in range(1989, 1993)]
    assert found.options["estimates"] == "the pack's" and not found.remarks
    everyone = measure_ideal_points(years=(1991, 1992), pack=points())
    assert everyone.frame["state"].to_list() == ["RUS", "RUS", "USA", "USA"]
    assert everyone.remarks == ["R-hat is above 1.01 at 2 of 4 points, at most 1.05: the chains have not fully met "
                                "there."]
    assert len(everyone.chart().to_dict()["vconcat"]) == 1
    with pytest.raises(UnknownState, match=r"KAZ .* cast none of these votes in 1989–1992"):
        measure_ideal_points(["KAZ"], pack=points())
    with pytest.raises(BadYears, match="1985 is outside the years of the ideal points, 1989 to 1992"):
        measure_ideal_points(years=1985, pack=points())


def test_an_estimate_of_one_s_own_takes_only_what_was_chosen() -> None:
    whole = measure_ideal_points(["USA", "KAZ"], years=(2012, 2013), method="variational")
    rights = measure_ideal_points(["USA", "KAZ"], years=(2012, 2013), method="variational", issue="hr")
    for found in (whole, rights):
        rows = [("KAZ", 2012), ("KAZ", 2013), ("USA", 2012), ("USA", 2013)]
        assert found.frame.select("state", "year").rows() == rows
        assert (found.frame.filter(state="USA")["mean"] > found.frame.filter(state="KAZ")["mean"]).all()
        assert found.frame["sd"].null_count() == 4
    assert (rights.frame["n_votes"] < whole.frame["n_votes"]).all()
    assert rights.options == {"issue": "hr", "important": False, "method": "variational", "years": (2012, 2013),
                              "states": ["USA", "KAZ"]}


@pytest.mark.parametrize(("given", "words"), [
    ({"draws": 5}, "5 draws after 250 are too few"), ({"burn_in": -1}, "1000 draws after -1 are too few"),
    ({"chains": 0}, "0 chains are none"),
])
def test_the_sampler_s_options_reach_it(given: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        measure_ideal_points(years=2012, **given)


def test_votes_that_are_too_few_to_estimate_from() -> None:
    with pytest.raises(UsageError, match="2 items divide 3 states: too few"):
        measure_ideal_points(method="variational", pack=points())
    with pytest.raises(UsageError, match="no roll call is left"):
        measure_ideal_points(important=True, pack=points())


def test_provenance_is_enough_to_make_it_again(order: Measured) -> None:
    told = order.provenance
    assert told["measure"] == "order" and told["pack_sha256"] == embedded().fingerprint
    assert told["options"] == {"powers": ["RUS", "CHN", "USA", "EUU", "JPN"], "years": [2012, 2014], "draws": 20,
                               "seed": 1991}
    assert told["sources"]["nmc"]["version"] == "7.0"
    data = json.loads(json.dumps(order.data, allow_nan=False))
    assert data["rows"] == order.frame.to_dicts() and data["provenance"] == told
    assert {"stress", "loading_USA"} <= set(data["units"])


def test_citations_name_the_sources_and_who_made_the_measure(order: Measured) -> None:
    assert "{singer1972capability," in order.citations() and "{newman2006finding," in order.citations()
    text = measure_similarity(["KAZ", "USA"], on="alliances", years=2000, measures=["pi", "S"]).citations()
    assert text.count("@") == 3 and all(k in text for k in ("leeds2002", "hage2011choice", "signorino1999similarity"))


def test_a_table_file_holds_the_frame_and_says_what_it_is(order: Measured, tmp_path: Path) -> None:
    for suffix, read in ((".csv", pl.read_csv), (".parquet", pl.read_parquet), (".arrow", pl.read_ipc)):
        path = order.write(tmp_path / f"o{suffix}")
        assert read(path).cast(dict(order.frame.schema)).equals(order.frame)
    assert json.loads((tmp_path / "o.json").read_text(encoding="utf-8"))["units"]["stress"].startswith("0 to")
    assert json.loads(pl.read_parquet_metadata(tmp_path / "o.parquet")["equipoise"])["measure"] == "order"
    stata = pd.read_stata(order.write(tmp_path / "o.dta"))
    assert np.allclose(stata["stress"], order.frame["stress"])


def test_a_picture_has_its_title_sources_and_units_in_either_language(tmp_path: Path) -> None:
    made = measure_similarity("KAZ", powers=["RUS", "USA"], on="alliances", years=YEARS)
    for lang, words in (("en", ("Similarity of foreign-policy", "Sources:", "Similarity, −1 to 1", "Year")),
                        ("zh-Hant", ("對外政策組合的相似度", "資料來源：", "相似度（−1至1）", "俄羅斯"))):
        svg = made.write(tmp_path / "s.svg", lang=lang).read_text(encoding="utf-8")
        assert all(w in svg for w in words) and "Alliance Treaty Obligations" in svg
    png = made.write(tmp_path / "s.png").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", png[16:24])[0] > 1000
    page = made.write(tmp_path / "s.html").read_text(encoding="utf-8")
    assert "<svg" in page and "<script" not in page and embedded().fingerprint in page
    assert made.provenance["sources"]["atop"]["version"] in page and "United States" in page


@pytest.mark.parametrize("call", [
    lambda: measure_order(years=YEARS, draws=20), lambda: measure_rivalry(years=YEARS, draws=20),
    lambda: measure_engagement(["KAZ", "UZB"], years=YEARS, draws=20),
    lambda: measure_engagement("KAZ", years=YEARS, draws=20, index=True), lambda: measure_system(years=YEARS),
    lambda: measure_strategy(["KAZ", "UZB"], years=YEARS, draws=20),
])
def test_every_chart_is_one_that_altair_knows(call: Any) -> None:
    made = call()
    for lang in ("en", "zh-Hant"):
        assert made.chart(lang).to_dict()["vconcat"]


@pytest.mark.parametrize(("name", "error", "words"), [
    ("o.xlsx", UsageError, r"Use \.csv, \.parquet, \.arrow, \.dta for the rows, \.svg, \.png, \.html for the chart"),
    ("o", UsageError, "has no suffix"), ("absent/o.csv", CannotWrite, "there is no folder"),
])
def test_a_file_that_cannot_be_written(order: Measured, tmp_path: Path, name: str, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        order.write(tmp_path / name)
    assert not list(tmp_path.iterdir())
