"""The trade elasticity and how little is known of it: an interval from the literature.

θ = σ − 1 is by how many per cent a flow falls when its cost rises by one. Losses are in proportion to 1/θ about, so
that its uncertainty is most of theirs. The interval is log-normal, with 5 % below the long-run elasticity of Boehm,
Levchenko & Pandalai-Nayar (2023), 2, and 5 % above the estimate that Eaton & Kortum (2002) preferred, 8.28; its median,
4.07, is where Simonovska & Waugh (2014) have it, "roughly four", and near the 4.5 of Caliendo & Parro (2015).
"""

from __future__ import annotations

from math import exp, log
from statistics import NormalDist

LOW, HIGH = 2.0, 8.28
"""The 5th and the 95th percentile."""

LITERATURE = ("boehm2023long", "simonovska2014elasticity", "eaton2002technology")
"""Keys in the bibliography."""

_NORMAL = NormalDist(log(LOW * HIGH) / 2, log(HIGH / LOW) / (2 * NormalDist().inv_cdf(0.95)))


def elasticity_at(quantile: float) -> float:
    """Return the elasticity below which a share of the literature's interval lies.

    >>> [round(elasticity_at(q), 2) for q in (0.05, 0.5, 0.95)]
    [2.0, 4.07, 8.28]
    """
    return exp(_NORMAL.inv_cdf(quantile))
