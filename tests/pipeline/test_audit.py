"""The claims of the two documents: coded whole, their verdicts, and the page of the documentation made from them.

`python tests/pipeline/test_audit.py` writes the table of that page anew.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from equipoise import data
from equipoise.acquire.shapes import FILES, unbroken
from equipoise.assemble.organisations import eu_members
from equipoise.assemble.packed import embedded
from equipoise.audit import check
from equipoise.audit.ground import known_events, resolutions
from equipoise.audit.quantities import COLUMNS, MADE, catalogue, facts, table
from equipoise.audit.result import VERDICTS
from equipoise.errors import BadClaims
from equipoise.pipeline.audit import Audit, audited, found_in, template

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "claims.md"
START, END = "<!-- verdicts -->\n", "<!-- end of verdicts -->\n"


@pytest.fixture(scope="module")
def both() -> Audit:
    return audited()


def of(both: Audit, document: str) -> dict[str, str]:
    return {r.claim.id: r.verdict for x in both.results if x.document.id == document for r in x.rows}


def test_at_least_forty_claims_of_every_type_in_both_languages(both: Audit) -> None:
    rows = [r for x in both.results for r in x.rows]
    assert len(rows) >= 40
    assert {r.claim.check.check for r in rows} == {"value", "share", "date", "membership", "border", "ranking",
                                                   "growth", "count"}
    assert {r.verdict for r in rows} == set(VERDICTS)
    for r in rows:
        for text in (r.claim.says, *(says for says, _ in r.readings)):
            assert text.en and text.zh and not text.zh.isascii(), r.claim.id
        assert r.source or r.verdict == "no_data", r.claim.id


@pytest.mark.parametrize(("claim", "verdict"), [
    ("population", "contradicted"), ("independence", "confirmed"), ("only_armenia_apart", "contradicted"),
    ("eaeu_in_central_asia", "contradicted"), ("output_1992_1995", "confirmed"), ("growth_2013_2016", "contradicted"),
    ("growth_2015", "confirmed"), ("growth_2016", "confirmed"), ("growth_2017", "contradicted"),
    ("sco_founded", "not_comparable"), ("csto_founded", "confirmed"), ("eaeu_founded", "not_comparable"),
    ("osce_chair", "confirmed"), ("wto", "confirmed"), ("first_on_council", "confirmed"), ("pca", "contradicted"),
    ("census_share", "confirmed"), ("resignation", "confirmed"), ("share_eu", "no_data"), ("trade_order", "no_data"),
    ("reaction_force", "contradicted"), ("no_war", "confirmed"), ("chinese_firms", "no_data"),
])
def test_what_the_data_say_of_lin(both: Audit, claim: str, verdict: str) -> None:
    assert of(both, "lin")[claim] == verdict


@pytest.mark.parametrize(("claim", "verdict"), [
    ("csto_enters", "confirmed"), ("csto_leaves", "confirmed"), ("sco_belarus", "confirmed"),
    ("sco_armenia", "confirmed"), ("cis_regions", "not_comparable"), ("core_three", "not_comparable"),
    ("silent_on_crimea", "not_comparable"), ("no_common_border", "confirmed"),
])
def test_what_the_data_say_of_chao(both: Audit, claim: str, verdict: str) -> None:
    assert of(both, "chao")[claim] == verdict


def test_figures_and_source_stand_side_by_side_in_every_form(both: Audit) -> None:
    (row,) = [c for d in both.data["documents"] for c in d["claims"] if c["id"] == "only_armenia_apart"]
    assert row["found"] == {"without": "ARM KGZ"} and row["claimed"] == "ARM" and "Natural Earth" in row["source"]
    assert row["says"]["zh-Hant"] and row["place"]["en"] == "§1 ¶3"
    english, chinese = both.html(), Audit(both.results, "zh-Hant").html()
    assert english.count("<tr id=") == chinese.count("<tr id=") == sum(len(x.rows) for x in both.results)
    assert "matter of definition" in english and "取決於定義" in chinese and 'lang="zh-Hant-TW"' in chinese
    assert "no border with Armenia, Kyrgyzstan" in english and "不接壤：亞美尼亞、吉爾吉斯" in chinese
    assert "19.21 million persons" in english and "1,921 萬人" in chinese and "376.7 億美元" in chinese
    assert "<script" not in english + chinese


def test_the_page_of_the_documentation_is_what_the_code_says(both: Audit) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text[text.index(START) + len(START) : text.index(END)] == "\n" + both.markdown() + "\n", (
        "write it anew: python tests/pipeline/test_audit.py")


def test_the_template_is_a_claims_file_with_every_type_of_check(tmp_path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(template(), encoding="utf-8")
    result = check(path)
    assert len({r.claim.check.check for r in result.rows}) == len(result.rows) == 8
    assert {r.claim.id for r in result.rows if r.verdict == "confirmed"} >= {"members", "border", "rank", "count"}
    assert audited([path, path]).data["documents"][0] == result.data


def test_a_document_that_is_not_there(tmp_path) -> None:
    with pytest.raises(BadClaims, match="No such file"):
        found_in(tmp_path / "no.txt")


def test_hand_kept_tables_have_a_source_and_a_confidence() -> None:
    known = set(catalogue()["quantity"])
    assert set(facts()["quantity"]) <= known and set(MADE) <= known
    assert facts().select("source", "confidence", "value").null_count().row(0) == (0, 0, 0)
    own = pl.read_csv(data.read("claims/events.csv"), infer_schema=False)
    dated = own.drop_nulls("date")
    assert dated.select("source", "confidence", "en", "zh").null_count().row(0) == (0, 0, 0, 0)
    assert set(facts()["confidence"]) | set(dated["confidence"]) <= {"high", "medium", "low"}
    memory = pl.concat([facts().select("source", "confidence"), dated.select("source", "confidence")]).filter(
        pl.col("source").str.contains("general knowledge"))
    assert "high" not in set(memory["confidence"])
    assert known_events()["event"].is_unique().all()
    assert resolutions().filter(pl.col("resolution") == "R/68/262")["date"].item() == dt.date(2014, 3, 27)


@pytest.mark.parametrize("quantity", sorted(MADE))
def test_a_quantity_has_one_figure_for_a_state_partner_and_period(quantity: str) -> None:
    frame = table(embedded(), quantity=quantity)
    assert dict(frame.schema) == COLUMNS and frame.height > 30 and not frame["value"].null_count()
    assert not frame.select("state", "partner", "period").is_duplicated().any()
    about = dict(catalogue().select("quantity", "about").iter_rows())[quantity]
    assert (frame["partner"] == "").all() == (about != "pair") and (frame["state"] == "").all() == (about == "world")


def test_the_union_and_the_world_as_partners_are_sums() -> None:
    """Kazakhstan's own report of 2018: its total is that of the source, the Union's the sum over 28 members."""
    frame = table(embedded(), quantity="trade").filter(pl.col("state") == "KAZ", pl.col("period") == "2018")
    value = dict(frame.select("partner", "value").iter_rows())
    inside = sum(value.get(m, 0.0) for m in eu_members(2018))
    assert value["EUU"] == pytest.approx(inside) and value["GBR"] > 0
    assert value["WLD"] > value["EUU"] + value["RUS"] + value["CHN"]


@pytest.mark.raw
def test_pieces_of_borders_are_those_of_the_map(raw: Path) -> None:
    made = unbroken({name: (raw / name).read_bytes() for name in FILES})
    kept = pl.read_csv(data.read("claims/border_pieces.csv"))
    assert made.equals(kept)
    assert made.filter(pl.col("state") == "CAN", pl.col("partner") == "USA")["pieces"].item() > 1


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    before, after = page[: page.index(START) + len(START)], page[page.index(END) :]
    PAGE.write_text(f"{before}\n{audited().markdown()}\n{after}", encoding="utf-8")
