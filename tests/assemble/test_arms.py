from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from equipoise.acquire import arms_transfers
from equipoise.assemble import arms

# Invented deliveries.
DELIVERIES = [
    ("Soviet Union", "East Germany (GDR)", 1988, 2.0),
    ("Soviet Union", "East Germany (GDR)", 1988, 0.5),
    ("Russia", "Serbia", 1999, 1.0),
    ("Russia", "Türkiye", 2019, 4.0),
    ("UAE", "Cote d'Ivoire", 2020, 3.0),
    ("Iran", "Some rebels (Yemen)*", 2015, 7.0),
    ("unknown supplier(s)", "Libya", 2015, 1.0),
    ("Germany", "NATO**", 2010, 5.0),
]
FRAME = pl.DataFrame(DELIVERIES, schema=["supplier", "recipient", "delivery_year", "tiv_mn"], orient="row")


def test_deliveries_are_summed_by_pair_and_year() -> None:
    assert arms.transfers(FRAME).rows() == [
        ("ARE", "CIV", 2020, 3.0),
        ("RUS", "SCG", 1999, 1.0),
        ("RUS", "TUR", 2019, 4.0),
        ("SUN", "DDR", 1988, 2.5),
    ]


def test_who_is_no_state_is_listed() -> None:
    assert arms.unresolved(FRAME).rows() == [
        ("NATO**", 1, 5.0),
        ("Some rebels (Yemen)*", 1, 7.0),
        ("unknown supplier(s)", 1, 1.0),
    ]


@pytest.mark.raw
def test_the_real_register(raw: Path) -> None:
    register = arms_transfers.parse({arms_transfers.FILES[0]: (raw / arms_transfers.FILES[0]).read_bytes()})
    found = arms.transfers(register)
    assert (found.height, found.null_count().sum_horizontal().item()) == (11262, 0)
    assert found["tiv_mn"].sum() == pytest.approx(766150.11)
    # SIPRI's own report on 2020–24 gives the United States 43 per cent and China 5.9 (fact sheet of March 2025).
    late = found.filter(pl.col("year").is_between(2020, 2024))
    sums = dict(late.group_by("supplier_iso3").agg(pl.col("tiv_mn").sum()).iter_rows())
    total = sum(sums.values())
    assert (sums["USA"] / total, sums["CHN"] / total) == pytest.approx((0.43, 0.059), abs=0.001)
    # All names left over are groups, organisations, the unknown, and Northern Cyprus.
    names = arms.unresolved(register)["name"].to_list()
    assert [n for n in names if not n.endswith("*")] == [
        "Northern Cyprus",
        "unknown recipient(s)",
        "unknown supplier(s)",
    ]
    assert len(names) == 31
