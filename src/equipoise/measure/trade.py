"""Trade of one state with its partners: shares, dependence, intensity.

The concentration of a state's trade is :func:`equipoise.measure.normalised_hhi` of its shares.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadShares
from equipoise.measure.simplex import non_negative


def trade_shares(exports: ArrayLike, *, imports: ArrayLike, total: ArrayLike | None = None) -> NDArray[np.float64]:
    """Partners' shares in a state's trade, flows (…, n) in one currency → (…, n), 0…1.

    share_j = (X_j + M_j) / total; ``total`` (…) is the state's trade with everybody, and by default the sum over the
    partners given. A partner with either direction missing (NaN) is NaN and not in that sum. NaN where total is not
    positive. Raises BadShares for negative flows, unequal shapes, or partners that exceed the total.

    >>> trade_shares([30.0, 10.0], imports=[20.0, 40.0])
    array([0.5, 0.5])
    >>> trade_shares([30.0, np.nan], imports=[20.0, 40.0], total=100.0)
    array([0.5, nan])
    """
    x, m = non_negative(exports, name="exports"), non_negative(imports, name="imports")
    if x.shape != m.shape:
        raise BadShares(f"exports has the shape {x.shape} and imports {m.shape}.", hint="Align both on the partners.")
    both = x + m
    whole = np.nansum(both, axis=-1) if total is None else np.asarray(total, dtype=np.float64)
    if np.any(np.nansum(both, axis=-1) > whole * (1 + 1e-6)):
        raise BadShares("the partners' trade exceeds the total.", hint="Give the total over all partners, both ways.")
    return both / np.where(whole > 0, whole, np.nan)[..., None]


def dependence(total: ArrayLike, *, gdp: ArrayLike) -> NDArray[np.float64]:
    """Trade dependence: trade (…) over gross domestic product (…), both in current money of one currency → (…), ratio.

    (X + M) / GDP, with one partner or with all; above one for entrepôts. NaN where GDP is missing or not positive.

    >>> float(dependence(60.0, gdp=100.0))
    0.6
    """
    product = np.asarray(gdp, dtype=np.float64)
    return np.asarray(total, dtype=np.float64) / np.where(product > 0, product, np.nan)


def intensity(exports: ArrayLike, *, total_exports: ArrayLike, partner_imports: ArrayLike, world_imports: ArrayLike,
              own_imports: ArrayLike) -> NDArray[np.float64]:
    """Trade intensity of i's exports to j; all arguments broadcast, one currency → 1 as expected from j's size.

    TII_ij = (X_ij / X_i) / [M_j / (M_w − M_i)] (Kojima 1964; Drysdale and Garnaut 1982). ``own_imports`` is M_i, which
    i cannot sell to; the variant that leaves it in is ``own_imports=0``. NaN where a denominator is not positive.

    >>> float(intensity(20.0, total_exports=100.0, partner_imports=90.0, world_imports=1000.0, own_imports=100.0))
    2.0
    """
    x, all_x, m, world, own = (np.asarray(v, dtype=np.float64)
                               for v in (exports, total_exports, partner_imports, world_imports, own_imports))
    market = m / np.where(world - own > 0, world - own, np.nan)
    return x / np.where(all_x > 0, all_x, np.nan) / np.where(market > 0, market, np.nan)
