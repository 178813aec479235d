from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import territorial_threat
from equipoise.assemble import codes
from equipoise.errors import BadSourceFile, MissingSource

FRAME = pl.DataFrame({
    "ccode": [705.0, 2.0], "year": [1991.0, 1816.0], "lterrthreat": [0.24, 0.27], "sd": [0.04, 0.12],
    "lwr": [0.18, 0.07], "upr": [0.3, 0.46], "m_lterrthreat": [0.25, None], "m_sd": [0.05, None],
    "m_lwr": [0.17, None], "m_upr": [0.32, None],
})


def test_rows_are_sorted_and_keep_the_published_names() -> None:
    found = territorial_threat.tidy(FRAME)
    assert found.columns == ["cow", "year", *territorial_threat.ESTIMATES]
    assert found.rows() == [
        (2, 1816, 0.27, 0.12, 0.07, 0.46, None, None, None, None),
        (705, 1991, 0.24, 0.04, 0.18, 0.3, 0.25, 0.05, 0.17, 0.32),
    ]
    assert (found.schema["cow"], found.schema["m_sd"]) == (pl.Int32, pl.Float64)


def test_a_missing_column_or_file_is_named() -> None:
    with pytest.raises(BadSourceFile, match=r"terrthreat\.rda has no column m_upr"):
        territorial_threat.tidy(FRAME.drop("m_upr"))
    with pytest.raises(MissingSource, match=r"terrthreat\.rda is not there"):
        territorial_threat.parse({})


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("territorial_threat")
    assert (frame.height, frame["year"].min(), frame["year"].max()) == (14781, 1816, 2010)
    assert frame.select("cow", "year").is_unique().all()
    found = frame.row(by_predicate=(pl.col("cow") == 705) & (pl.col("year") == 2002), named=True)
    assert (round(found["lterrthreat"], 4), round(found["m_lterrthreat"], 4)) == (0.3626, 0.3616)
    assert frame.select(territorial_threat.ESTIMATES[:4]).null_count().row(0) == (0, 0, 0, 0)
    for prefix in ("", "m_"):
        low, middle, high = (frame[f"{prefix}{name}"] for name in ("lwr", "lterrthreat", "upr"))
        assert ((low < middle) & (middle < high)).all()
    assert frame["lterrthreat"].quantile(0.25) == pytest.approx(0.02, abs=0.005)
    assert frame["lterrthreat"].quantile(0.75) == pytest.approx(0.25, abs=0.005)


@pytest.mark.raw
def test_the_other_estimate_begins_in_1885(parsed) -> None:
    unknown = parsed("territorial_threat").filter(pl.col("m_lterrthreat").is_null())
    late = unknown.filter(pl.col("year") >= 1885)
    assert (unknown.height, late["year"].sort().to_list(), late["cow"].n_unique()) == (2349, [1916, 1917], 1)
    assert unknown.select(c for c in unknown.columns if c.startswith("m_")).null_count().row(0) == (2349,) * 4


@pytest.mark.raw
def test_it_has_every_state_and_year_of_the_list(parsed) -> None:
    frame = parsed("territorial_threat").select(code=pl.col("cow").cast(pl.Int64), year=pl.col("year").cast(pl.Int64))
    listed = codes.system_years(first=1816, last=2010).select(pl.col("code", "year").cast(pl.Int64))
    assert frame.sort("code", "year").equals(listed.sort("code", "year"))
