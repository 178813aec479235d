"""Kazakhstan from Python: the report's figures, the leeway of one policy by hand, and the order between the powers.

Run it with `python examples/kazakhstan.py`; it needs no network and writes no file.
"""

from __future__ import annotations

import numpy as np
import polars as pl

import equipoise
from equipoise.measure import order_stress, to_matrix
from equipoise.model import leeway

YEAR = 2013


def main() -> None:
    # 1. What `equipoise report KAZ` shows, as Polars frames; with 40 draws instead of 200, so intervals are rougher.
    figures = equipoise.report("KAZ", draws=40).figures
    row = figures.leeway.filter(pl.col("year") == figures.year).row(0, named=True)
    print(f"Leeway of Kazakhstan in {figures.year}: {row['value']:.2f}, 90 % interval {row['low']:.2f} to "
          f"{row['high']:.2f}, falls to {row['falls_to']}")

    # 2. The same for one year and one set of parameters: shares, rivalry and leverage go in as plain arrays.
    powers = figures.powers
    shares = column(figures.engagement, "option", "share", order=("0", *powers))
    lever = column(figures.leverage, "power", "leverage", order=powers)
    pairs = figures.rivalry.filter((pl.col("year") == YEAR) & (pl.col("component") == "pooled"))
    rivalry = to_matrix(pairs["value"].to_numpy(), powers=len(powers))
    east = [powers.index(p) for p in ("RUS", "CHN")]
    west = [powers.index(p) for p in ("USA", "EUU", "JPN")]
    for coercion in (1, 2, 3):
        one = leeway(shares, rivalry=rivalry, leverage=lever, coercion=coercion, cross_pressure=2, intolerance=0.5,
                     blocs=[east, west])
        end = "holds" if one.falls_to is None else f"{one.cause}, falls to {('0', *powers)[one.falls_to]}"
        print(f"Leeway in {YEAR} at coercion {coercion}, cross-pressure 2, intolerance 0.5: {one.value:.2f}, {end}")

    # 3. Order stress: the present order, and what it would be if China and Russia fell out. Equal capabilities.
    apart = rivalry.copy()
    apart[east, east[::-1]] = 1.0
    for name, matrix in (("as measured", rivalry), ("China against Russia", apart)):
        stress = order_stress(matrix, capability=np.ones(len(powers)))
        blocs = " | ".join(",".join(powers[k] for k in bloc) for bloc in stress.blocs)
        print(f"Order stress {YEAR}, {name}: {stress.value:.2f} ({blocs})")


def column(frame: pl.DataFrame, key: str, value: str, *, order: tuple[str, ...]) -> np.ndarray:
    """One year's values of a frame in long form, in the given order of options."""
    now = dict(frame.filter(pl.col("year") == YEAR).select(key, value).iter_rows())
    return np.array([now[k] for k in order])


if __name__ == "__main__":
    main()
