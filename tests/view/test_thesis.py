"""The section of the tested hypotheses: only where they are tested, in words of both languages."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from equipoise.model import verdicts as engine
from equipoise.model.inference import VERDICTS
from equipoise.pipeline.thesis_findings import TITLES
from equipoise.schema import StateReport
from equipoise.view import thesis
from equipoise.view.charts import thesis as chart
from equipoise.view.charts.setting import Setting
from equipoise.view.data import as_dict
from equipoise.view.figures import draft, figures_of
from equipoise.view.i18n import catalogue
from equipoise.view.report import render
from equipoise.view.words import words

LANGUAGES = ("en", "zh-Hant")


def _section(page: str) -> str:
    found = re.search(r'<section aria-labelledby="thesis">.*?</section>', page, flags=re.S)
    return found[0] if found else ""


def _setting(report: StateReport) -> Setting:
    return draft(report, words=words("en")).setting


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_section_is_there_only_where_hypotheses_are_tested(full, tested, lang) -> None:
    assert not _section(render(full, lang=lang)) and "thesis" not in figures_of(draft(full, words=words(lang)))
    page = render(tested, lang=lang)
    section = _section(page)
    assert len(re.findall("<svg ", section)) == section.count("<details>") == 3 and "None" not in section
    assert '<a href="#thesis">' in page
    numbers = [int(n) for n in re.findall(r"<b>(?:Figure |圖)(\d+)", page)]
    assert numbers == list(range(1, 23))
    assert page.index('id="leeway"') < page.index('id="thesis"') < page.index('id="strategy"')


def test_the_table_says_verdict_and_reasons_in_words(tested) -> None:
    rows = {r[0][:2]: r for r in thesis.verdicts(tested, words=words("en")).rows}
    assert rows["H1"][4] == "undecidable" and "28% of the variants" in rows["H1"][5]
    assert "Not checked: agreement with the quick look (rule 5)." in rows["H1"][5] and "Power 63%." in rows["H1"][5]
    assert rows["H7"][4] == "contradicted" and rows["H7"][5].startswith("never heard of: x = 0.5.")
    assert rows["H5"][4].startswith("no verdict") and rows["H5"][1].startswith("quick look: 0.338")
    assert rows["H2"][1:4] == ["0.2 (−0.3 to 0.7)", "0.5 utils per unit of rivalry times leverage",
                               "152 states, 1997–2023, 7,324 rows"]
    chinese = thesis.verdicts(tested, words=words("zh")).rows
    assert chinese[0][4] == "無法判定" and "28%的變體" in chinese[0][5]
    said = thesis.count(tested, words=words("en"))
    assert said.startswith("Verdicts: H3 supported; H2 not supported; H7 contradicted; H1, H4 and H6 undecidable")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_reasons_of_the_engine_have_words(lang) -> None:
    tree = ast.parse(Path(engine.__file__).read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.args]
    codes = {n.args[0].value for n in calls if n.func.id == "Reason" and isinstance(n.args[0], ast.Constant)}
    assert len(codes) > 10 and {f"thesis_reason.{c}" for c in codes} <= catalogue().keys()
    whats = {n.args[0].value for n in calls if n.func.id == "_not_checked" and isinstance(n.args[0], ast.Constant)}
    for what in whats:
        assert f"thesis_what.{what.lower().replace(' ', '_')}" in catalogue(), what
    given = [engine.psi_matters([(0.6, 0.9), (0.1, 0.9)], smallest=0.5), engine.oil(None, se=1.0), engine.leads(0.01),
             engine.not_identified(0.95), engine.stuck(0.8), engine.flat_exposure(0.01), engine.off_branch(0.3)]
    for (found,) in given:
        text = thesis.reason(found.code, dict(found.params), words=words(lang))
        assert found.code.replace("_", " ") + ":" not in text and text[-1] in ".。"


def test_words_of_verdicts_titles_and_units_are_complete() -> None:
    for v in VERDICTS:
        assert thesis.verdict(v, words=words("en")) == v
    for h, (title, unit, _) in TITLES.items():
        assert catalogue()[f"hypothesis.{h}"]["en"] == title and catalogue()[f"thesis_unit.{h}"]["en"] == unit


def test_labels() -> None:
    en, zh = words("en"), words("zh")
    assert thesis.label("trade_alone", words=en) == "one channel alone (Trade)"
    assert thesis.label("kaz_alone", words=zh) == "僅哈薩克" and thesis.label("psi_0_5", words=en).endswith("0.5")
    assert thesis.label("leverage_of_rus_alone", words=en) == "leverage of Russia alone"
    assert thesis.label("to_2013_main_estimator", words=en) == "to 2013, main estimator"
    assert not thesis.has_label("unheard_of_main_estimator", words=en)
    assert not thesis.has_label("unheard_of", words=en) and thesis.label("unheard_of", words=zh) == "unheard of"


def test_charts_are_valid_and_have_units(tested) -> None:
    setting = _setting(tested)
    specs = [chart.forest(tested.thesis, tested.verdicts, setting=setting).to_dict(),
             chart.posterior(tested.choice_posterior, setting=setting).to_dict(),
             chart.scores(tested.forecast_scores, setting=setting).to_dict()]
    assert [len(s["vconcat"]) for s in specs] == [7, 3, 2]
    for spec in specs:
        titles = re.findall(r'"axis": \{[^{}]*"title": "([^"]+)"', json.dumps(spec))
        assert titles and all("unit" in t or "nats" in t or "0 to 1" in t for t in titles)


def test_what_lies_far_off_ends_in_an_arrow_with_its_value(tested) -> None:
    def drawn(value: float, low: float, high: float) -> str:
        main = (pl.col("hypothesis") == "H1") & (pl.col("kind") == "main")
        moved = tested.thesis.with_columns(
            pl.when(main).then(pl.lit(v)).otherwise(c).alias(c)
            for c, v in (("estimate", value), ("low", low), ("high", high)))
        own = moved.filter(pl.col("hypothesis") == "H1", pl.col("kind") == "main")
        spec = chart.forest(own, tested.verdicts, setting=_setting(tested)).to_dict()
        return json.dumps(spec, ensure_ascii=False).replace('\\"', '"')

    s = 0.05
    near, wide, far = drawn(0, -s, s), drawn(s, -s, 40 * s), drawn(-30 * s, -40 * s, -20 * s)
    assert "triangle-right" not in near and "triangle-left" not in near
    assert '"said": "40"' in wide and "triangle-right" in wide and '"to": 10.0' in wide
    endless = drawn(s, -s, float("inf"))
    assert '"said": "∞"' in endless and "Infinity" not in endless
    assert '"said": "−30 (−40 to −20)"' in far and "triangle-left" in far and '"estimate": -30' in far


def test_no_estimate_and_no_scores_leave_the_rest(tested) -> None:
    none = {"estimate": pl.lit(None, pl.Float64), "low": pl.lit(None, pl.Float64), "high": pl.lit(None, pl.Float64)}
    bare = replace(tested, thesis=tested.thesis.with_columns(**none), forecast_scores=tested.forecast_scores.clear(),
                   choice_posterior=tested.choice_posterior.clear(), choice_fit=tested.choice_fit.clear())
    for lang in LANGUAGES:
        section = _section(render(bare, lang=lang))
        assert section.count('class="none"') == 3 and "<svg " not in section and "None" not in section


@pytest.mark.parametrize(("lang", "assumed", "estimated"), [
    ("en", "assumed parameters", "estimated parameters"), ("zh-Hant", "參數為假設值", "參數為估計值")])
def test_a_report_says_what_its_parameters_are(full, tested, lang, assumed, estimated) -> None:
    one, other = render(full, lang=lang), render(tested, lang=lang)
    assert assumed in one and estimated not in one and estimated in other and assumed not in other
    notes = ("no estimates", "from the posterior") if lang == "en" else ("並非估計", "抽自後驗分布")
    assert one.count(notes[0]) >= 2 and other.count(notes[1]) >= 3


def test_json_has_the_frames(full, tested) -> None:
    told = as_dict(tested)
    assert {r["hypothesis"] for r in told["verdicts"]} == set(TITLES) and told["forecast_scores"][0]["n"] == 900
    assert as_dict(full)["thesis"] == [] and json.dumps(told, allow_nan=False)
