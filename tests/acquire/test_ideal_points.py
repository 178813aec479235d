from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import ideal_points
from equipoise.errors import BadSourceFile

TAB = (
    'ccode\tiso3c\tCountryname\tyear\tNVotesFP\tIdealPointFP\tQ5%FP\tQ10%FP\tQ50%FP\tQ90%FP\tQ95%FP\n'
    '705\t"KAZ"\t"Kazakhstan"\t2024\t5\t-0.45\t-0.78\t-0.70\t-0.45\t-0.19\t-0.14\n'
    '345\t"YUG"\t"Yugoslavia"\t2024\t8\t0.5\t0.2\t0.3\t0.5\t0.7\t0.8\n'
)


def test_columns_and_serbias_code() -> None:
    frame = ideal_points.parse({ideal_points.FILES[0]: TAB.encode()})
    assert frame.columns == ["cow", "iso3", "year", "n_votes", "ideal_point", "ideal_low", "ideal_high"]
    assert frame.rows() == [(705, "KAZ", 2024, 5, -0.45, -0.78, -0.14), (345, "SRB", 2024, 8, 0.5, 0.2, 0.8)]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column IdealPointFP"):
        ideal_points.parse({ideal_points.FILES[0]: TAB.replace("IdealPointFP", "IdealPointAll").encode()})


@pytest.mark.raw
@pytest.mark.parametrize(("year", "distances"), [
    (2010, (0.21, 0.60, 2.63)), (2021, (0.46, 0.10, 3.03)), (2024, (0.40, 0.43, 2.55)),
])
def test_distance_of_kazakhstan_to_the_powers(parsed, year: int, distances: tuple[float, ...]) -> None:
    points = dict(parsed("ideal_points").filter(pl.col("year") == year).select("iso3", "ideal_point").rows())
    found = [abs(points["KAZ"] - points[power]) for power in ("RUS", "CHN", "USA")]
    assert found == pytest.approx(distances, abs=5e-3)


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("ideal_points")
    assert frame.height == 11_610
    assert frame.select("iso3", "year").is_unique().all()
    assert frame.filter(~pl.col("ideal_point").is_between("ideal_low", "ideal_high")).is_empty()
