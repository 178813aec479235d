"""The tables of the tested hypotheses: made of what is found, read from a pack, shown by report and command."""

from __future__ import annotations

import datetime as dt
import json
import sys
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import equipoise
from equipoise.assemble import packed as packs
from equipoise.assemble.packed import Pack, embedded, encode, pack_folder
from equipoise.assemble.thesis_contracts import THESIS
from equipoise.cli import main
from equipoise.errors import DataError, UsageError
from equipoise.model.priors import Posterior, Prior
from equipoise.pipeline import thesis, thesis_variants
from equipoise.pipeline.parameters import NAMES, basis, parameters_of, summary, thesis_frames
from equipoise.pipeline.thesis_data import thesis_data
from equipoise.pipeline.thesis_findings import TITLES, Main
from equipoise.pipeline.thesis_page import page
from equipoise.pipeline.thesis_rows import Estimate
from equipoise.pipeline.thesis_tables import packed, slug, tables, thesis_rows
from equipoise.schema import CHANNELS
from equipoise.view.thesis import has_label, reasons
from equipoise.view.words import words

FEW = ("KAZ", "KGZ", "UZB", "TJK", "TKM", "BLR", "MNG", "EST", "LTU", "LVA", "MEX", "CAN", "RUS", "CHN", "DEU", "TUR",
       "GEO", "VNM", "IRN", "ZAF")


def invented() -> dict[str, pl.DataFrame]:
    """The five tables, with numbers of no meaning: parameters of about a tenth of what is assumed."""
    rng = np.random.default_rng(3)
    rows = thesis_rows([(h, kind, [Estimate("primary", 0.1, 0.0, 0.2, 90, 9, (1997, 2014))])
                        for h in TITLES for kind in ("main", "quick")])
    verdicts = pl.DataFrame([
        {"hypothesis": h, "verdict": "undecidable", "smallest": s, "unit": unit, "power": 0.6, "holm": 0.2,
         "placebo_count": 200, "placebo_low": -0.1, "placebo_high": 0.1,
         "reasons": json.dumps([{"code": "no_power", "params": {"share": 0.2}},
                                {"code": "rests_on", "params": {"F": 2.0}}])}
        for h, (_, unit, s) in TITLES.items()])
    draws = [{"prior": prior, "draw": d, "parameter": p, "group": g, "value": float(rng.uniform(0, 0.4))}
             for prior in ("free", "restricted") for p in NAMES for g in ("", *CHANNELS, "Central Asia")
             for d in range(50)]
    fit = [{"prior": "free", "parameter": "coercion", "group": "", "mean": 0.2, "sd": 0.1, "low": 0.0, "high": 0.4,
            "rhat": 1.0, "ess_bulk": 900.0, "ess_tail": 800.0}]
    scores = [{"trained_to": 2007, "channel": "trade", "model": m, "log_score": 1.0, "crps": 0.02, "n": 9,
               "left_out": 0, "log_score_gain": 0.0, "gain_se": 0.1, "crps_gain": 0.0, "crps_gain_se": 0.1}
              for m in ("persistence", "choice")]
    made = {"thesis": rows, "verdicts": verdicts, "choice_posterior": pl.DataFrame(draws),
            "choice_fit": pl.DataFrame(fit), "forecast_scores": pl.DataFrame(scores)}
    return {name: THESIS[name].check(frame) for name, frame in made.items()}


@pytest.fixture(scope="module")
def tested() -> Pack:
    return Pack(folder=pack_folder(), frames=invented())


def few_states():
    """The data of some states only, so that a test of all hypotheses does not take minutes."""
    data = thesis_data(embedded())
    at = [data.states.index(s) for s in FEW]
    parts = {f: getattr(data, f)[at] for f in ("shares", "sampled", "near", "trade")}
    return replace(data, states=FEW, belongs=data.belongs[..., at], levers=data.levers[:, at], **parts,
                   covariates={k: v[at] for k, v in data.covariates.items()})


@pytest.mark.slow
def test_verdicts_of_all_seven_and_a_label_for_every_name(monkeypatch) -> None:
    for name in ("DRAWS", "PLACEBO_DRAWS", "LEEWAY_DRAWS", "TENURE_DRAWS", "MAIN_LEEWAY_DRAWS"):
        monkeypatch.setattr(thesis, name, 3)
    monkeypatch.setattr(thesis_variants, "PERMUTATIONS", 2)
    monkeypatch.setattr(thesis, "GROWTH_WARMUP", 50)
    monkeypatch.setattr(thesis, "GROWTH_DRAWS", 20)
    one = Main(0.2, 0.1, 0.3, 900, 20, (1997, 2014), 1.0, 900.0, 0, {"correlation": 0.95})
    rng = np.random.default_rng(1)
    drawn = {p: rng.uniform(0, 1, 8) for p in NAMES}
    main = dict.fromkeys(("H1", "H2", "H3", "H4", "H3*", thesis.SAMPLED), one) | {"H2: trade to 2014": one}
    given = thesis.Given(embedded(), few_states(), main, drawn)
    found = thesis.Thesis(thesis.with_levels([test(given) for test in thesis._TESTS.values()]), (), {})
    made = tables(found)
    names = made["thesis"]["name"].unique()
    assert len(names) > 50
    assert [n for n in names if not has_label(n, words=words("en"))] == []
    kinds = made["thesis"].filter(pl.col("kind").is_in(["main", "quick"]))["kind"].value_counts()
    assert kinds.sort("kind")["count"].to_list() == [7, 7]
    said = {r["hypothesis"]: r for r in made["verdicts"].to_dicts()}
    assert list(said) == list(TITLES) and {v["verdict"] for v in said.values()} <= {
        "supported", "not_supported", "contradicted", "undecidable"}
    assert all(v["holm"] is not None for v in said.values()) and said["H2"]["power"] > 0.9
    codes = {h: [r["code"] for r in json.loads(v["reasons"])] for h, v in said.items()}
    assert "not_identified" in codes["H2"] and "later_years" in codes["H7"]
    for v in said.values():
        for told in (reasons(v["reasons"], words=words(lang)) for lang in ("en", "zh")):
            assert told and not [t for t in told if "None" in t or " = " in t.replace("φ = ρ = 0", "")]


def test_slugs_that_meet_are_refused() -> None:
    assert slug("R = 1, all of it!") == "r_1_all_of_it"
    twice = [Estimate("a b", 0.1, 0.0, 0.2), Estimate("a-b", 0.1, 0.0, 0.2)]
    with pytest.raises(DataError, match="not unique"):
        thesis_rows([("H1", "variant", twice)])
    assert thesis_rows([("H1", "quick", [Estimate("x", np.nan, np.nan, np.nan)])])["estimate"].to_list() == [None]


def test_parameters_are_the_posterior_s_where_a_pack_has_one(tested) -> None:
    assert basis(parameters_of(embedded())) == ("posterior" if embedded().has("choice_posterior") else "assumed")
    found = parameters_of(tested)
    assert isinstance(found, Posterior) and 0 <= found.coercion[0] < found.coercion[1] <= 0.4
    assert basis(Prior()) == "assumed"
    own = tested.table("choice_posterior").filter(pl.col("prior") == "restricted", pl.col("group") == "")
    wide = own.pivot("parameter", index="draw", values="value").sort("draw").select(NAMES).to_numpy()
    drawn = np.stack([found.draw(draws=120, seed=1)[n] for n in NAMES], 1)
    _, count = np.unique(drawn, axis=0, return_counts=True)
    # Joint draws, each as often as any other.
    assert {tuple(r) for r in drawn} == {tuple(r) for r in wide} and set(count) <= {2, 3}
    half = tested.table("choice_posterior").filter(pl.col("parameter") != "intolerance")
    assert parameters_of(Pack(frames={"choice_posterior": half})) == Prior()


def test_a_report_rests_on_the_posterior_and_shows_the_hypotheses(tested) -> None:
    given = {"since": 2008, "until": 2012, "draws": 20}
    one = equipoise.report("KAZ", pack=tested, **given).figures
    other = equipoise.report("KAZ", pack=tested, prior=Prior(), **given).figures
    assert one.assumptions["parameters"] == "posterior" and other.assumptions["parameters"] == "assumed"
    assert one.assumptions["coercion"][1] <= 0.4
    # Pressure of a tenth of what is assumed leaves more leeway.
    assert one.leeway["value"].mean() > other.leeway["value"].mean()
    assert one.verdicts.height == 7 and set(one.choice_posterior["group"]) == {"", *CHANNELS}
    assert thesis_frames(Pack(frames={"thesis": one.thesis})) == {}


def test_quantiles_of_prior_and_posterior(tested) -> None:
    made = summary(tested.table("choice_posterior")).filter(pl.col("group") == "")
    def at(prior: str, parameter: str, what: str) -> dict:
        return made.filter(prior=prior, parameter=parameter, what=what).row(0, named=True)
    assert at("free", "coercion", "prior")["high"] == pytest.approx(2 * 1.6449, rel=1e-3)
    assert at("restricted", "coercion", "prior")["low"] == pytest.approx(2 * 0.0627, rel=1e-2)
    assert at("free", "intolerance", "prior")["median"] == 0.5
    own = tested.table("choice_posterior").filter(prior="free", parameter="coercion", group="")["value"]
    assert at("free", "coercion", "posterior")["median"] == pytest.approx(own.median())


def test_a_pack_s_page_and_what_is_asked_of_it(tested) -> None:
    text = page(packed(tested), on=dt.date(2026, 11, 21))
    assert text.count("\n## H") == 8 and "| undecidable |" in text and "Rests on: F 2." in text
    assert "{" not in text and "None" not in text and "Scores on held-out years" in text
    assert packed(tested, only=["h2"]).verdicts["hypothesis"].to_list() == ["H2"]
    with pytest.raises(UsageError, match="H1 to H7"):
        packed(tested, only=["H9"])
    assert packed(Pack(frames={})) is None


def test_the_command_reads_the_pack(tmp_path, monkeypatch, capsys) -> None:
    made = invented()
    for name, content in encode(made, columns=[], version="0").items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.setenv("EQUIPOISE_PACK", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    packs.embedded.cache_clear()
    try:
        for args in (["--json"], ["--only", "H4"], ["--out", str(tmp_path / "h.csv")]):
            monkeypatch.setattr(sys, "argv", ["equipoise", "test-thesis", *args])
            with pytest.raises(SystemExit) as left:
                main()
            out = capsys.readouterr().out
            assert left.value.code == 0
            if args == ["--json"]:
                told = json.loads(out)
                assert len(told["hypotheses"]) == 7 and told["hypotheses"][0]["estimates"][0]["kind"] == "main"
                assert told["hypotheses"][0]["reasons"][0]["code"] == "no_power" and told["scores"][0]["n"] == 9
            if args == ["--only", "H4"]:
                assert "Long tenure" in out and "undecidable" in out and "Sanctions" not in out
        assert pl.read_csv(tmp_path / "h.csv").height == 14
    finally:
        packs.embedded.cache_clear()
