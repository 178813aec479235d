"""The sectoral model on a table of the user's own, and what it says where others have published what they found.

The table is OECD's inter-country one of any year (:mod:`equipoise.acquire.icio`); it is no part of the pack.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from equipoise import store
from equipoise.acquire import icio
from equipoise.assemble.organisations import eu_members
from equipoise.assemble.sector_tables import SectorTables, elasticities_for, from_icio
from equipoise.errors import MissingSource
from equipoise.model.caliendo_parro import DEFICITS, FACTORS, Baseline, baseline, caliendo_parro
from equipoise.model.sector_costs import sanctions
from equipoise.simulate.sectors import FUELS

Array = NDArray[np.float64]

WEST = (*eu_members(2022), "AUS", "CAN", "CHE", "GBR", "ISL", "JPN", "KOR", "NOR", "NZL", "SGP", "TWN", "UKR", "USA")
"""States of Russia's list of unfriendly ones (order 430-r, 5 March 2022), as far as the tables have them."""

UNIFORM = 4.0
"""One elasticity for all sectors, near the 4.1 of Simonovska and Waugh (2014), *The elasticity of trade*."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A published effect on Russia's real income, in per cent."""

    name: str
    study: str
    effect: float


_PACKAGE, _CARRIED = "sanction_simulator", "bench_cache.npz"

_FLACH = "Flach, Heiland, Larch, Steininger and Teti 2024"
_BORIN = "Borin and others 2023, Trade decoupling from Russia"
_MONASTYRENKO = "Monastyrenko 2023, Full-scale Russia's trade sanctions and their welfare outcomes"
PRINTED = (
    Printed("sanctions of 2014", _FLACH, -0.3),
    Printed("full decoupling", _FLACH, -4.0),
    Printed("doubled non-tariff barriers", _BORIN, -4.8),
    Printed("fossil embargo", _MONASTYRENKO, -10.0),
    Printed("fossil embargo by all", _MONASTYRENKO, -10.0),
)
"""Bounds as they are worded: over 4 %, nearly 10 %. The last is set beside an embargo of the West and of all states."""


def table_here(folder: Path | None = None) -> Path:
    """Return the table of the last year in ``icio`` of the cache (or ``folder``); else that of an installed package.

    Raises MissingSource: there is neither.
    """
    folder = folder or store.cache_dir() / "icio"
    files = [p for p in sorted(folder.glob("*")) if p.suffix.lower() in (".csv", ".zip", ".npz")]
    if files:
        return max(files, key=lambda p: (year_of(p) or 0, p.name))
    package = find_spec(_PACKAGE)
    carried = Path(package.origin).parent / "data" / _CARRIED if package and package.origin else None
    if carried and carried.is_file():
        return carried
    raise MissingSource("there is no inter-country table on this machine.",
                        hint=f"Take one year's CSV, such as 2022_SML.csv, from {icio.HOME} and name it with --table "
                        f"or put it into {folder}; the package sanction-simulator carries that of 2022.")


def year_of(path: Path) -> int | None:
    """Return the year of a table by its file's name.

    >>> year_of(Path("2019_SML.csv")), year_of(Path("bench_cache.npz")), year_of(Path("table.csv"))
    (2019, 2022, None)
    """
    if path.name == _CARRIED:
        return 2022
    found = re.search(r"(?:19|20)\d\d", path.name)
    return int(found[0]) if found else None


def world(path: Path) -> SectorTables:
    """Read a table: the official CSV or zip, or ``bench_cache.npz`` of the package sanction-simulator.

    Raises MissingSource: there is no such file; BadSourceFile: it is something else.
    """
    if not path.is_file():
        raise MissingSource(f"there is no {path}.", hint=f"Take a table from {icio.HOME}.")
    read = icio.read_network if path.suffix == ".npz" else icio.read
    return from_icio(read(path.read_bytes(), name=path.name))


def changes(start: Baseline, *, name: str, blocked: float, rise: float) -> Array:
    """Return the cost changes of one of :data:`PRINTED`, from what its abstract says.

    blocked: the share of all trade between Russia and the EU, the United States and Japan that the sanctions of 2014
    stopped; rise: how much more the West's trade in goods with Russia costs, 1.0 for twice as much.
    """
    west = [c for c in WEST if c in start.countries]
    first = [c for c in (*eu_members(2014), "USA", "JPN") if c in start.countries]
    if name == "sanctions of 2014":
        return sanctions(start, senders=first, targets=["RUS"], share=blocked)
    if name == "full decoupling":
        return sanctions(start, senders=west, targets=["RUS"])
    if name == "doubled non-tariff barriers":
        goods = [s for s in start.sectors if s[0] in "ABC"]
        cut = sanctions(start, senders=west, targets=["RUS"], sectors=goods)
        return np.where(np.isinf(cut), 1 + rise, 1.0)
    buyers = [c for c in start.countries if c != "RUS"] if name == "fossil embargo by all" else west
    return sanctions(start, senders=buyers, targets=["RUS"], sectors=FUELS, direction="imports")


def in_print(
    tables: SectorTables, *, blocked: float, rise: float, state: str = "RUS", names: Sequence[str] | None = None
) -> list[dict[str, object]]:
    """Return our effect on a state's real income, in per cent, beside each of :data:`PRINTED`.

    One row for each of them, deficits kept or set to zero, factors mobile or specific, and elasticities by sector or
    :data:`UNIFORM`: ``name``, ``study``, ``printed``, ``deficits``, ``factors``, ``elasticity``, ``ours`` (None where
    the model has no solution, with the reason in ``status``).
    """
    wanted = [p for p in PRINTED if names is None or p.name in names]
    thetas = {"by sector": elasticities_for(tables.sectors), "uniform": np.full(len(tables.sectors), UNIFORM)}
    rows: list[dict[str, object]] = []
    for (word, theta), deficits, factors in product(thetas.items(), DEFICITS, FACTORS):
        start = baseline(tables, elasticity=theta, deficits=deficits, factors=factors)
        for printed in wanted:
            change = changes(start, name=printed.name, blocked=blocked, rise=rise)
            result = caliendo_parro(start, cost_change=change)
            ours = -result.loss(state) if result.status == "solved" else None
            rows.append({"name": printed.name, "study": printed.study, "printed": printed.effect,
                         "elasticity": word, "deficits": deficits, "factors": factors, "ours": ours,
                         "status": result.status})
    return rows
