"""What lies between the system and a state's policy: the terms that neoclassical realism adds, each from named data.

``docs/explanation/domestic.md`` gives each term's argument in the literature, and what is weak about its data. Arrays
have N states, T years, K powers; no array is standardised, and what is not observed is NaN, never 0. Where a state's
policy of a year could move a figure of that year, the figure is the year's before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.kin import kin_shares
from equipoise.assemble.packed import Pack
from equipoise.errors import UsageError
from equipoise.measure.engagement import worlds
from equipoise.measure.system import LEVERAGE
from equipoise.pipeline import domestic_ground as ground
from equipoise.pipeline.thesis_data import ThesisData
from equipoise.pipeline.thesis_rows import lagged

Array = NDArray[np.float64]

ATTRACTION = ("regime_distance", "border_share", "kin", "landlocked_border", "density_border", "transit", "energy")
"""Terms (N, T, K) of what a power offers; the outside option's are 0."""

INERTIA = ("leader_change", "log_tenure", "polyarchy", "capacity")
"""Terms (N, T) of how fast a policy follows."""

PERCEPTION = ("log_tenure", "clarity")
"""Terms (N, T) of how much of a change in rivalry is seen at once."""

TERMS = tuple(dict.fromkeys((*ATTRACTION, *INERTIA, *PERCEPTION)))

ENERGY_PER = ("gdp", "trade")
"""What trade in fuels is set against: gross domestic product, or all exports and imports (to 2014, and in 2025)."""

FEWEST_COMPONENTS = 2
"""Components of rivalry that must be observed for its change to be called clear or not."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term: its array, where it enters, and what it is made of.

    array: (N, T, K) for attraction, (N, T) otherwise; kind: ``attraction``, ``inertia``, ``perception``, or the last
    two; unit: of one step; source: ids of the registry, or hand-kept files of ``equipoise.data``, ``;`` between; years:
    the first and the last in which a state of the sample has a value.
    """

    name: str
    array: Array
    kind: tuple[str, ...]
    unit: str
    source: str
    years: tuple[int, int]


def domestic_terms(data: ThesisData, *, pack: Pack, without: Sequence[str] = (),
                   energy_per: str = "gdp") -> dict[str, Term]:
    """Return the terms of :data:`TERMS` by name, but for those ``without``; ``pack`` is the one ``data`` was made of.

    Raises:
        UsageError: a name in ``without`` is no term's, or ``energy_per`` is not of :data:`ENERGY_PER`.
        DamagedPack: the pack lacks a table.
    """
    for name in without:
        if name not in TERMS:
            raise UsageError(f"there is no term {name!r}.", hint=f"Terms: {', '.join(TERMS)}.")
    if energy_per not in ENERGY_PER:
        raise UsageError(f"fuels cannot be set against {energy_per!r}.", hint=f"Known: {', '.join(ENERGY_PER)}.")
    made: dict[str, tuple[Callable[[], Array], str, str]] = {
        "regime_distance": (lambda: regime_distance(data, pack=pack), "index, 0 to 1", "vdem;nmc"),
        "border_share": (lambda: border_share(data), "share of the land border", "shapes"),
        "kin": (lambda: _kin(data), "share of the population", "kin.csv"),
        "landlocked_border": (lambda: _dry(data) * border_share(data), "share of the land border",
                              "shapes;landlocked.csv"),
        "density_border": (lambda: density_border(data, pack=pack), "share × log of km² for 1,000 persons",
                           "shapes;world_bank"),
        "transit": (lambda: ground.transit(pack, states=data.states, years=data.grid.years, belongs=data.belongs),
                    "share of the ways to the sea", "shapes;landlocked.csv"),
        "energy": (lambda: energy(data, pack=pack, per=energy_per), f"share of {energy_per}",
                   "fuels;" + ("world_bank" if energy_per == "gdp" else "cow_trade;imf_trade;kaz_trade")),
        "leader_change": (lambda: leader_change(data), "1 yes, 0 no", "reign"),
        "log_tenure": (lambda: np.log1p(data.covariates["leader_years"]), "log of 1 + years", "reign"),
        "polyarchy": (lambda: lagged(data.covariates["polyarchy"], 1), "index, 0 to 1", "vdem"),
        "capacity": (lambda: capacity(data), "log of 2015 US dollars a head", "world_bank"),
        "clarity": (lambda: np.broadcast_to(clarity(data), data.sampled.shape).copy(), "0 to 1, ½ usual",
                    "un_roll_calls;un_votes;atop;nmc;mid;strategic_rivalries;sanctions.csv"),
    }
    return {name: _term(name, make(), data=data, unit=unit, source=source)
            for name, (make, unit, source) in made.items() if name not in without}


def of_kind(terms: dict[str, Term], kind: str) -> dict[str, Array]:
    """Return the arrays of the terms of one kind, by name."""
    return {name: t.array for name, t in terms.items() if kind in t.kind}


def coverage(terms: dict[str, Term], *, data: ThesisData, since: int = 1997, until: int = 2023) -> pl.DataFrame:
    """Return for each term (and power) the share of the sample's state-years that have a value."""
    kept = data.sampled & (data.years >= since) & (data.years <= until)
    rows: list[tuple[str, str | None, float]] = []
    for name, term in terms.items():
        columns = [term.array] if term.array.ndim == 2 else list(np.moveaxis(term.array, -1, 0))
        powers = [None] if term.array.ndim == 2 else list(data.grid.powers)
        rows += [(name, p, float(np.isfinite(a[kept]).mean())) for p, a in zip(powers, columns, strict=True)]
    return pl.DataFrame(rows, schema={"term": pl.String, "power": pl.String, "share": pl.Float64}, orient="row")


def regime_distance(data: ThesisData, *, pack: Pack) -> Array:
    """|polyarchy of the state − of the power| (N, T, K) a year before; a union's is its members', by capability."""
    own, on = data.covariates["polyarchy"], data.belongs
    power = np.full(on.shape[:2], np.nan)
    for t, world in enumerate(worlds(pack, powers=data.grid.powers, years=data.grid.years)):
        at = np.searchsorted(data.states, world.states)
        known = np.where(np.isfinite(own[at, t]), world.weights, 0.0)
        total = known.sum(1)
        power[t] = np.where(total > 0, known @ np.nan_to_num(own[at, t]) / np.where(total > 0, total, 1.0), np.nan)
    return _not_own(lagged(np.abs(own[..., None] - power), 1), data=data)


def border_share(data: ThesisData) -> Array:
    """Share (N, T, K) of the state's land border that it has with the power; 0 for a state without one."""
    return _not_own(data.levers[1, :, :, LEVERAGE.index("border")].copy(), data=data)


def density_border(data: ThesisData, *, pack: Pack) -> Array:
    """Border share times log of km² for a thousand inhabitants (N, T, K): the opposite of density.

    A long border with few people behind it is hard to hold. Population is of the year before.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.log(1000 * ground.areas(pack, states=data.states)[:, None] / lagged(data.covariates["population"], 1))
    return border_share(data) * room[..., None]


def energy(data: ThesisData, *, pack: Pack, per: str = "gdp") -> Array:
    """Fuels sold to the power and bought from it (N, T, K), together, over GDP or over all trade, a year before.

    NaN where neither state of a pair reported gas that is known to have flowed, and for a state that the source does
    not have in the year.
    """
    sold = _fuels(data, pack=pack)
    both = sold + sold.transpose(1, 0, 2)
    seen = np.isfinite(both) & (np.nan_to_num(both).sum(1) > 0)[:, None] & (np.nan_to_num(both).sum(0) > 0)[None]
    whole = np.isnan(both).astype(float)
    on = data.belongs.astype(float)
    there = np.einsum("njt,tkj->ntk", whole, on) == 0
    met = (np.einsum("njt,tkj->ntk", seen.astype(float), on) > 0) & there
    amount = np.where(met, np.einsum("njt,tkj->ntk", np.nan_to_num(both), on), np.nan)
    with np.errstate(invalid="ignore"):
        base = (data.covariates["gdp_usd"] / 1e6 if per == "gdp"
                else np.where(np.isfinite(data.trade).all(-1), data.trade.sum(-1), np.nan))
    share = amount / np.where(base > 0, base, np.nan)[..., None]
    # One case, in a state of ten thousand people (Tuvalu, 2002): more fuel than product is an error of the source.
    return _not_own(lagged(np.where(share <= 1, share, np.nan), 1), data=data)


def leader_change(data: ThesisData) -> Array:
    """1 where a leader entered in the year or the one before, 0 where none did (N, T); NaN unless both are known."""
    now = data.covariates["leader_changes"]
    before = lagged(now, 1)
    # One known change would do for a 1 but not for a 0, and years with the ones alone would mislead.
    return np.where(np.isfinite(now) & np.isfinite(before), ((now > 0) | (before > 0)).astype(float), np.nan)


def capacity(data: ThesisData) -> Array:
    """Log of gross domestic product a head, constant 2015 US dollars, of the year before (N, T)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return lagged(np.log(data.covariates["gdp_2015usd"] / data.covariates["population"]), 1)


def clarity(data: ThesisData) -> Array:
    """How clear the year's change of rivalry was (T,): its size x over x plus the usual size, 0 to 1.

    x is the mean over pairs of powers of |change|, from the components of rivalry that are observed in both years, so
    that a source which begins or ends is no signal; the usual size is the median over the years in which the same
    components are observed. ½ is a year like others, 0 one in which nothing moved; NaN with under two components.
    """
    moved = np.diff(data.components, axis=0)
    known: NDArray[np.bool_] = np.asarray(np.isfinite(moved).all(-1))
    out = np.full(len(data.years), np.nan)
    for t, seen in enumerate(known):
        if seen.sum() < FEWEST_COMPONENTS:
            continue
        alike = np.abs(moved[known[:, seen].all(1)][:, seen].mean(1)).mean(1)
        x, usual = np.abs(moved[t, seen].mean(0)).mean(), np.median(alike)
        out[t + 1] = x / (x + usual) if x + usual > 0 else np.nan
    return out


def _kin(data: ThesisData) -> Array:
    return _not_own(kin_shares(data.states, powers=data.grid.powers, years=data.grid.years), data=data)


def _dry(data: ThesisData) -> Array:
    return ground.landlocked(data.states, years=data.grid.years).astype(float)[..., None]


def _fuels(data: ThesisData, *, pack: Pack) -> Array:
    """Millions of dollars (exporter, importer, year): 0 where none is listed, NaN where the table says unknown."""
    place, years = {s: i for i, s in enumerate(data.states)}, {y: t for t, y in enumerate(data.grid.years)}
    n = len(place)
    out = np.zeros((n, n, len(years)))
    flows = pack.table("fuels").filter(pl.col("exporter").is_in(data.states), pl.col("importer").is_in(data.states),
                                       pl.col("year").is_in(data.grid.years))
    ends = [flows[c].replace_strict(place, return_dtype=pl.Int64).to_numpy() for c in ("exporter", "importer")]
    at = flows["year"].cast(pl.Int64).replace_strict(years, return_dtype=pl.Int64).to_numpy()
    out[ends[0], ends[1], at] = flows["value_musd"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return out


def _not_own(array: Array, *, data: ThesisData) -> Array:
    """The array (N, T, K) with NaN where the state belongs to the power."""
    return np.where(data.belongs.transpose(2, 0, 1), np.nan, array)


def _term(name: str, array: Array, *, data: ThesisData, unit: str, source: str) -> Term:
    kinds = (("attraction", ATTRACTION), ("inertia", INERTIA), ("perception", PERCEPTION))
    known = np.isfinite(array) & (data.sampled if array.ndim == 2 else data.sampled[..., None])
    seen = data.years[known.any(0).reshape(len(data.years), -1).any(-1)]
    years = (int(seen.min()), int(seen.max())) if len(seen) else (0, 0)
    return Term(name, array, tuple(k for k, names in kinds if name in names), unit, source, years)
