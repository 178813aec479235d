"""The two worked analyses of panels: their coefficients, beside those in print."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

HERE = Path(__file__).resolve().parent / "miller2022"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
APART = {"dangerous_dyads": ["mingdppc"], "civil_conflict": ["const", "democracy"]}


def fitted(name: str) -> tuple[dict[str, Any], pl.DataFrame, Any]:
    example = runpy.run_path(str(EXAMPLES / f"{name}.py"))
    data = example["design"](example["panel"]().frame)
    return example, data, example["fit"](data)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(APART))
def test_the_coefficients_are_those_in_print_within_two_standard_errors(name: str) -> None:
    example, _, result = fitted(name)
    printed = pl.read_csv(HERE / f"{name}.csv")
    assert result.model.exog_names == printed["term"].to_list()
    assert example["PUBLISHED"] == {t: (b, e) for t, b, e in printed.iter_rows()}
    gap = np.abs(result.params - printed["estimate"].to_numpy()) / printed["standard_error"].to_numpy()
    far = [t for t, g in zip(printed["term"], gap, strict=True) if g > 2]
    assert far == APART[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", list(APART))
def test_the_coefficients_are_what_they_were(name: str) -> None:
    _, data, result = fitted(name)
    before = pl.read_csv(HERE / "here.csv").filter(pl.col("analysis") == name)
    assert (data.height, int(data["onset"].sum())) == (before["rows"][0], before["onsets"][0])
    assert result.params == pytest.approx(before["estimate"].to_numpy(), rel=1e-5)
    assert result.bse == pytest.approx(before["standard_error"].to_numpy(), rel=1e-5)


@pytest.mark.slow
def test_the_logit_is_the_maximum_of_the_likelihood() -> None:
    _, data, result = fitted("civil_conflict")
    x = np.column_stack([np.ones(data.height), data.drop("onset").cast(pl.Float64).to_numpy()])
    y = data["onset"].to_numpy()
    score = x.T @ (y - 1 / (1 + np.exp(-x @ result.params)))
    assert np.abs(score / np.abs(x).sum(axis=0)).max() < 1e-8
