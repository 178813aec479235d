"""The headline paragraph in every branch."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import polars as pl
import pytest

from equipoise.schema import StateReport
from equipoise.view.headline import facts, headline, tiles
from equipoise.view.words import words


def _text(report: StateReport, lang: str = "en") -> str:
    return " ".join(headline(report, words=words(lang)))


def test_full_report(sample: ModuleType) -> None:
    text = _text(sample.with_leeway(0.62))
    assert text.startswith("In 2023 Kazakhstan's engagement was spread as follows: ")
    assert "multi-vector index was 0.85" in text
    assert (
        "Order stress rose from 0.10 in 1992 to 0.31 in 2023, setting Russia and China against the United States"
        in text
    )
    assert (
        "hold up to δ = 0.62 (90% interval 0.41–1.00, assumed parameters), then lose one side and fall to Russia."
        in text
    )
    assert "threatens it most is Russia–United States (leeway 0.30 if only they turn on each other)." in text


@pytest.mark.parametrize(
    ("value", "falls_to", "cause", "expected"),
    [
        (0.62, "0", "side_lost", "fall outside the powers; among them it would be closest to Russia."),
        (0.62, "CHN", "instability", "then lose its stability and fall to China."),
        (0.62, "CHN", "already", "then end and fall to China."),
        (0.62, None, "side_lost", "then lose one side."),
        (1.0, None, "none", "its policy would hold (leeway 1.00"),
        (1.0, "CHN", "instability", "its policy would hold (leeway 1.00"),
        (0.0, "RUS", "already", "no leeway left (leeway 0; 90% interval 0.41–1.00, assumed parameters)"),
    ],
)
def test_leeway_branches(sample: ModuleType, value: float, falls_to: str | None, cause: str, expected: str) -> None:
    assert expected in _text(sample.with_leeway(value, falls_to=falls_to, cause=cause))


def test_falls_outside_without_a_power(sample: ModuleType) -> None:
    report = sample.with_leeway(0.5, falls_to="0")
    bare = replace(report, leeway=report.leeway.with_columns(falls_to_power=pl.lit(None, dtype=pl.String)))
    assert "and fall outside the powers." in _text(bare)


def test_threat_branches(sample: ModuleType) -> None:
    assert "No single pair of powers would end it" in _text(sample.with_leeway(0.6, pair=1.0))
    report = sample.with_leeway(0.6, pair=0.0)
    every = replace(report, leeway_pairs=report.leeway_pairs.with_columns(value=pl.lit(0.0), mean=pl.lit(0.0)))
    assert "10 pairs of powers threaten it equally (leeway 0.00" in _text(every)


def test_equal_medians_are_told_apart_by_the_mean(sample: ModuleType) -> None:
    report = sample.with_leeway(0.6)
    mean = pl.when((pl.col("power_a") == "CHN") & (pl.col("power_b") == "JPN")).then(0.1).otherwise(0.4)
    pairs = report.leeway_pairs.with_columns(value=pl.lit(0.2), mean=mean)
    assert facts(replace(report, leeway_pairs=pairs)).threat == [("CHN", "JPN")]


@pytest.mark.parametrize(("change", "expected"), [(-0.05, "fell from"), (0.0, "stood at")])
def test_stress_branches(full: StateReport, change: float, expected: str) -> None:
    level = full.order.with_columns(stress=0.5 + change * (pl.col("year") - 1992) / 31)
    assert expected in _text(replace(full, order=level))


def test_without_blocs_without_index_without_leeway(full: StateReport) -> None:
    bare = replace(
        full,
        order_blocs=full.order_blocs.clear(),
        multi_vector=full.multi_vector.clear(),
        leeway=full.leeway.clear(),
        leeway_pairs=full.leeway_pairs.clear(),
    )
    text = _text(bare)
    assert "setting" not in text
    assert "multi-vector index" not in text
    assert "Its leeway cannot be computed for that year." in text
    assert "threatens" not in text


def test_no_data(poor: StateReport) -> None:
    assert _text(poor).startswith("There are no figures on which Tuvalu's engagement")
    assert [t.value for t in tiles(poor, words=words("en"))] == ["–"] * 5
    assert facts(poor).threat == []


def test_tiles(full: StateReport) -> None:
    shown = tiles(full, words=words("zh"))
    assert [t.label for t in shown] == ["迴旋餘地", "多方外交指數", "最大夥伴", "秩序壓力", "威脅最大的一組大國"]
    assert (shown[0].value, shown[0].note) == ("0.62", "0.41～1.00，2023年")
    assert shown[2].value == "俄羅斯"


def test_chinese(full: StateReport) -> None:
    text = "".join(headline(full, words=words("zh-Hant")))
    assert "之後失去一方，倒向俄羅斯。" in text
    assert "陣營一方為俄羅斯與中國，另一方為美國、歐盟與日本。" in text
