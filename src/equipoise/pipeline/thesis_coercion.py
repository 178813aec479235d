"""H2: coercion φ from channels as observed, with cross-pressure ρ free (the quick look)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from equipoise.assemble import codes
from equipoise.measure.rivalry import to_matrix
from equipoise.model.choice import extend
from equipoise.model.policy import FLOOR
from equipoise.model.quick import Fit, failed, fractional, linear, on_projected, project_out, unusable
from equipoise.model.robust import anderson_rubin
from equipoise.pipeline.thesis_data import ThesisData
from equipoise.pipeline.thesis_rows import Estimate, Spec, base_shares, lagged, shown
from equipoise.schema import CHANNELS

Array = NDArray[np.float64]

BASE = Spec(channels=("diplomacy", "security", "institutions"))
"""The primary estimate is without trade to 2014; trade of 2025 is a single year, which its effects take up whole."""

AT_FLOOR = 0.2
"""A channel with more of its shares at the floor is not put in logarithms."""

PSI = 0.5
"""ψ in the quick look, the mean of its prior; 0 and 1 are variants."""

INSTRUMENTS = ("growth of powers", "own first shares", "shares of the region", "none")


@dataclass(frozen=True, slots=True)
class Choice:
    """Long rows (n,), one an option: codes of channel, state, year, option; share, Rℓ, Rw and the instrument of Rw."""

    c: NDArray[np.int64]
    i: NDArray[np.int64]
    t: NDArray[np.int64]
    o: NDArray[np.int64]
    share: Array
    push: Array
    cross: Array
    instrument: Array

    @property
    def clusters(self) -> list[NDArray[np.int64]]:
        """State; power and year."""
        return [self.i, self.t * 20 + self.o]

    @property
    def effects(self) -> list[NDArray[np.int64]]:
        """State × power and power × year, each by channel."""
        return [(self.i * 20 + self.o) * 10 + self.c, (self.t * 20 + self.o) * 10 + self.c]


def engaged(data: ThesisData, s: Array, *, kind: str) -> Array:
    """What stands for own engagement (N, T, K+1) in the instrument."""
    if kind == "growth of powers":
        grown = 1000.0 * data.power_growth[None] * data.near
        return np.concatenate([np.zeros((*grown.shape[:2], 1)), grown], -1)
    if kind == "own first shares":
        return np.broadcast_to(base_shares(s)[0][:, None], s.shape).copy()
    if kind == "shares of the region":
        where = np.array([codes.region(n) for n in data.states])
        out, known = np.full(s.shape, np.nan), np.asarray(np.isfinite(s).all(-1))
        for region in np.unique(where):
            on = where == region
            total = np.where(known[on][..., None], s[on], 0.0)
            count = known[on].sum(0)[None] - known[on]
            rest = total.sum(0)[None] - total
            out[on] = np.where(count[..., None] > 0, rest / np.maximum(count, 1)[..., None], np.nan)
        return out
    return s


def choices(data: ThesisData, spec: Spec, *, psi: float, instrument: str) -> Choice:
    """The rows of a variant."""
    parts = []
    for name in spec.channels:
        s = data.channel(name)
        keep = np.isfinite(s).all(-1) & spec.years(data, name)
        if instrument == "own first shares":
            keep &= ~base_shares(s)[1]
        if spec.states is not None:
            keep &= spec.states[:, None]
        pairs = lagged(data.rivalry(without=spec.rivalry_left_out(name), only=spec.only), spec.lag, axis=0)
        big = extend(to_matrix(pairs, powers=len(data.grid.powers)), intolerance=psi)
        lever = lagged(data.leverage(without=spec.lever_left_out(name), only=spec.lever), spec.lever_lag)
        push = np.einsum("tkl,itl->itk", big[..., 1:], lever)
        cross = np.einsum("tkl,itl->itk", big, s)
        stands = np.einsum("tkl,itl->itk", big, engaged(data, s, kind=instrument))
        keep &= np.isfinite(push).all(-1) & np.isfinite(stands).all(-1)
        i, t = np.nonzero(keep)
        n, k = len(i), s.shape[-1]
        parts.append((np.full(n * k, CHANNELS.index(name)), np.repeat(i, k), np.repeat(t, k), np.tile(np.arange(k), n),
                      *(v[i, t].ravel() for v in (s, push, cross, stands))))
    return Choice(*(np.concatenate(p) for p in zip(*parts, strict=True)))


def by_fractions(r: Choice, *, instrumented: bool) -> Fit:
    """The fractional likelihood; own engagement is endogenous, so the first stage's residual goes in beside it.

    The errors do not count that the residual is itself estimated (a control function, Lin and Wooldridge 2019).
    """
    once = (r.c * 1000 + r.i) * 100 + r.t
    effects, x, names = [once, *r.effects], [-r.push, -r.cross], ["phi", "rho"]
    first = np.nan
    if instrumented:
        columns = np.column_stack([-r.cross, -r.push, -r.instrument])
        left, _, degrees, kept = project_out(columns, effects)
        ways, stands = [c[kept] for c in r.clusters], ["push", "instrument"]
        if bad := unusable(left[:, 1:], before=columns[kept][:, 1:], names=stands, clusters=ways, degrees=degrees):
            return failed(("phi", "rho"), *bad, rows=len(left))
        stage = on_projected(left, names=stands, ways=ways, degrees=degrees)
        residual = np.full(len(r.i), np.nan)
        residual[kept] = left[:, 0] - left[:, 1:] @ stage.estimate
        x, names, first = [*x, residual], [*names, "residual"], float((stage.estimate[1] / stage.se[1]) ** 2)
    fit = fractional(r.share, x=np.column_stack(x), names=names, effects=effects, clusters=r.clusters)
    return replace(fit, first_stage=first)


def by_ratios(r: Choice, *, options: int, instrumented: bool) -> Fit:
    """Least squares of log share ratios on x and y, two-stage if own engagement has an instrument."""
    power = r.o > 0
    y = _ratio(np.log(np.maximum(r.share, FLOOR)), options)
    return linear(y, x=-np.column_stack([_ratio(r.push, options), _ratio(r.cross, options)]), names=["phi", "rho"],
                  effects=[e[power] for e in r.effects], clusters=[c[power] for c in r.clusters],
                  endogenous="rho" if instrumented else None,
                  instrument=-_ratio(r.instrument, options) if instrumented else None)


def coercion(name: str, data: ThesisData, spec: Spec, *, psi: float = PSI,
             instrument: str = INSTRUMENTS[0]) -> tuple[Estimate, Fit]:
    """φ of one variant: by log ratios where few shares are at the floor in every channel, else by fractions."""
    r = choices(data, spec, psi=psi, instrument=instrument)
    floor = max(float((r.share[r.c == c] < FLOOR).mean()) for c in np.unique(r.c)) if len(r.c) else 0.0
    given = instrument != "none"
    fit = (by_fractions(r, instrumented=given) if floor > AT_FLOOR else
           by_ratios(r, options=len(data.grid.powers) + 1, instrumented=given))
    return shown(name, fit, i=r.i, years=data.years[r.t], used=np.ones(len(r.i), bool)), fit


def robust_set(data: ThesisData, spec: Spec, *, psi: float = PSI,
               instrument: str = INSTRUMENTS[0]) -> tuple[float, float]:
    """The hull of the Anderson–Rubin set for φ, where log ratios are used; NaN where they are not.

    The quasi-likelihood has no such set: it is not linear in what the instrument stands for.
    """
    r = choices(data, spec, psi=psi, instrument=instrument)
    floor = max(float((r.share[r.c == c] < FLOOR).mean()) for c in np.unique(r.c)) if len(r.c) else 1.0
    if floor > AT_FLOOR:
        return np.nan, np.nan
    options, power = len(data.grid.powers) + 1, r.o > 0
    y, push, cross, stands = (_ratio(v, options) for v in (np.log(np.maximum(r.share, FLOOR)), r.push, r.cross,
                                                           r.instrument))
    return anderson_rubin(y, x=-push, endogenous=-cross, instrument=-stands, effects=[e[power] for e in r.effects],
                          clusters=[c[power] for c in r.clusters])


def robust(data: ThesisData) -> Estimate:
    """The Anderson–Rubin set of institutions, the one channel of the primary estimate in which log ratios are used."""
    name, spec = "Anderson–Rubin set, institutions", replace(BASE, channels=("institutions",))
    found, (low, high) = coercion(name, data, spec)[0], robust_set(data, spec)
    if np.isfinite([low, high]).all():
        return replace(found, low=low, high=high)
    why = ("The set is unbounded: the instrument says too little." if np.isinf([low, high]).any() else
           "The set is empty or has not been computed.")
    return replace(found, estimate=np.nan, low=np.nan, high=np.nan, status="unbounded", reason=why)


def _ratio(v: Array, options: int) -> Array:
    """Values (n,), one an option, less those of the outside option of the same choice."""
    table = v.reshape(-1, options)
    return np.asarray((table[:, 1:] - table[:, :1]).ravel(), float)


def variants(data: ThesisData) -> list[Estimate]:
    """Each channel alone, ψ at its ends, and no instrument; the page's other variants take minutes and wait."""
    out = [coercion(f"{c} alone", data, replace(BASE, channels=(c,)))[0] for c in BASE.channels]
    out += [coercion(f"psi = {p:g}", data, BASE, psi=p)[0] for p in (0.0, 1.0)]
    return [*out, coercion("no instrument", data, BASE, instrument="none")[0]]


def beside(data: ThesisData) -> list[Estimate]:
    """Trade to 2014, which is no fresh ground."""
    return [coercion("trade to 2014", data, replace(BASE, channels=("trade",)))[0]]

