"""The fitted choice among the models that forecast held-out years, with coercion and cross-pressure and without.

One fit an origin, to the rows of all measured channels up to it. Rivalry and leverage of the forecast year are taken as
known, and so are covariates of inertia: a forecast of shares given the order, not of the order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import codes
from equipoise.assemble.thesis_contracts import FORECAST_SCORES
from equipoise.measure.rivalry import to_matrix
from equipoise.model.baselines import Model, Predicted, Test, Train
from equipoise.model.forecast import Ahead, log_densities, posterior, refilled, share_draws
from equipoise.model.hierarchy import Design, Panel
from equipoise.model.laplace import Quick, Start, quick_fit
from equipoise.model.policy import floor_of
from equipoise.model.transitions import prepare
from equipoise.pipeline.choice_rows import AREAS, MEASURED, PERIODS, Origin, Places, choice_rows, offered
from equipoise.pipeline.choice_rows import inertia_of as inertia_terms
from equipoise.pipeline.choice_rows import tenure_of as perception_terms
from equipoise.pipeline.forecasts import ORIGINS, RIVALS, forecast_scores
from equipoise.pipeline.thesis_data import ThesisData
from equipoise.pipeline.thesis_rows import Spec, base_shares, lagged
from equipoise.schema import CHANNELS

Array = NDArray[np.float64]

DRAWS, SEED = 200, 2007

DESIGNS: dict[str, Design] = {"null": Design(systemic=False), "choice": Design(), "domestic": Design()}
"""The designs that are scored, the last with terms of what powers offer."""

_AREA = {m49: name for name, parts in AREAS.items() for m49 in parts}

Fitter = Callable[[Panel, Design, Start | None], Quick]


def quick(panel: Panel, design: Design, start: Start | None) -> Quick:
    """The posterior by mode and curvature."""
    return quick_fit(panel, design, draws=DRAWS, seed=SEED, start=start)


@dataclass(slots=True)
class Forecaster:
    """Fits once an origin and design, and forecasts the rows of one channel at a time.

    ``attraction`` are terms (N, T, K) by name for the design ``domestic``, which is left out without any. ``known`` is
    how many years before the forecast year rivalry is last known, 0 or 1. ``replaced`` counts, by origin, design and
    channel, the share of draws for which the solver found no stable solution.
    """

    data: ThesisData
    spec: Spec = MEASURED
    known: int = 0
    fit: Fitter = quick
    attraction: Mapping[str, Array] = field(default_factory=dict)
    fits: dict[tuple[int, str], tuple[Panel, Origin, Quick]] = field(default_factory=dict)
    replaced: dict[tuple[int, str, str], float] = field(default_factory=dict)

    def model(self, name: str) -> Model:
        """The forecast of a design of :data:`DESIGNS`."""

        def forecast(train: Train, test: Test) -> Predicted:
            n, options = test.options.shape
            if train.channel not in self.spec.channels:
                return Predicted(np.full((2, n, options), np.nan), np.full(n, np.nan))
            panel, origin, fit = self.fitted(train.until, name)
            sites = posterior(fit)
            ahead = rows_ahead(self.data, test, panel=panel, origin=origin, spec=self.spec, known=self.known,
                               attraction=self._terms(name))
            density = log_densities(sites, ahead=ahead, design=DESIGNS[name])
            draws = share_draws(sites, ahead=ahead, design=DESIGNS[name], floor=floor_of(train.channel), seed=SEED)
            draws, lost = refilled(draws)
            self.replaced[train.until, name, train.channel] = lost
            one = test.ahead == 1
            return Predicted(np.where(one[:, None], draws, np.nan), np.where(one, density, np.nan))

        return forecast

    def fitted(self, until: int, name: str) -> tuple[Panel, Origin, Quick]:
        """The panel up to a year, where its rows come from, and the fit; those with forces start from the null's."""
        if (until, name) not in self.fits:
            start = None if name == "null" else self.fitted(until, "null")[2].end
            panel, origin = learnt(self.data, until=until, spec=self.spec, attraction=self._terms(name))
            self.fits[until, name] = (panel, origin, self.fit(panel, DESIGNS[name], start))
        return self.fits[until, name]

    def _terms(self, name: str) -> Mapping[str, Array]:
        return self.attraction if name == "domestic" else {}


def learnt(data: ThesisData, *, until: int, spec: Spec = MEASURED,
           attraction: Mapping[str, Array] | None = None) -> tuple[Panel, Origin]:
    """The panel of a variant up to a year; shares of later years are not looked at, not even for option sets."""
    shares = np.where((data.years <= until)[None, :, None, None], data.shares, np.nan)
    return choice_rows(replace(data, shares=shares), spec=replace(spec, until=min(spec.until, until)),
                       attraction=attraction)


def rows_ahead(data: ThesisData, test: Test, *, panel: Panel, origin: Origin, spec: Spec = MEASURED,
               known: int = 0, attraction: Mapping[str, Array] | None = None) -> Ahead:
    """The rows of a channel to be forecast with a fit to ``panel``, whose rows come from ``origin``.

    With ``known`` 1 rivalry of the year before stands for that of the year.
    """
    i, t, name = test.state, test.year, test.channel
    pairs = lagged(data.rivalry(without=spec.rivalry_left_out(name), only=spec.only), spec.lag, axis=0)
    r = to_matrix(pairs, powers=len(data.grid.powers))
    lever = lagged(data.leverage(without=spec.lever_left_out(name), only=spec.lever), spec.lever_lag)[i, t]
    rivalry = np.stack([r[t - 1], r[t - known]])
    c = panel.channels.index(name)
    states, series = np.unique(i, return_inverse=True)
    years, cell = np.unique(t, return_inverse=True)
    places = {(int(k), int(s)): row for k, s, row in zip(
        panel.series_channel[panel.series], origin.i, panel.series, strict=True)}
    region = np.array([panel.regions.index(_AREA[codes.region(data.states[s])]) for s in states])
    options = np.zeros((len(states), test.options.shape[1]), bool)
    np.logical_or.at(options, series.ravel(), test.options)
    inertia, perception = (_standard(x, at=(i, t), like=(origin.i, origin.t))
                           for x in (inertia_terms(data), perception_terms(data)))
    rows = Panel(
        moves=prepare(test.shares, last=test.last, on=test.options, rivalry=rivalry, leverage=lever),
        channel=np.full(len(i), c), series=series.ravel(), cell=cell.ravel(), region=region[series.ravel()],
        period=np.searchsorted(PERIODS, data.years[t], side="right"), series_channel=np.full(len(states), c),
        series_region=region, series_on=options, series_base=_base(data, name, states=states, until=test.until),
        cell_channel=np.full(len(years), c), inertia=inertia, perception=perception,
        attraction=offered(attraction or {}, at=(i, t), like=(origin.i, origin.t), powers=r.shape[-1]),
        attraction_terms=panel.attraction_terms, channels=panel.channels, regions=panel.regions,
        periods=panel.periods, inertia_terms=panel.inertia_terms, perception_terms=panel.perception_terms,
    )  # fmt: skip
    return Ahead(rows, np.array([places.get((c, int(s)), -1) for s in states]), rivalry, lever)


def _base(data: ThesisData, name: str, *, states: NDArray[np.int64], until: int) -> Array:
    """Log of mean shares (S, K+1) of the first five years seen to ``until``, or of those that there are."""
    raw = np.where((data.years <= until)[None, :, None], data.channel(name), np.nan)[states]
    five, _ = base_shares(raw)
    seen: NDArray[np.bool_] = np.asarray(np.isfinite(raw).all(-1))
    mean = np.where(seen[..., None], raw, 0.0).sum(1) / np.maximum(seen.sum(1), 1)[:, None]
    return np.log(np.maximum(np.where(np.isfinite(five), five, mean), floor_of(name)))


def _standard(terms: Array, *, at: Places, like: Places) -> Array:
    """Terms (J, N, T) at rows, less the mean that they have at the rows of the fit; at the mean where unknown."""
    x = terms[:, at[0], at[1]] - np.nanmean(terms[:, like[0], like[1]], axis=1, keepdims=True)
    return np.where(np.isfinite(x), x, 0.0)


def choice_models(forecaster: Forecaster) -> dict[str, Model]:
    """The rivals, the null and the choice, for :func:`equipoise.pipeline.forecasts.forecast_scores`."""
    return {**RIVALS, **{name: forecaster.model(name) for name in DESIGNS
                        if name != "domestic" or forecaster.attraction}}


def all_scores(data: ThesisData, *, trained_to: Sequence[int] = ORIGINS,
               forecaster: Forecaster | None = None) -> pl.DataFrame:
    """Return the pack's table ``forecast_scores``: all models by origin and channel, the rivals alone in security;
    no row of a design whose fit to the years up to the origin has not converged.

    A fit takes about a minute and a half on two cores, and there are three an origin.
    """
    own = forecaster or Forecaster(data)
    rest = [c for c in CHANNELS if c not in own.spec.channels]
    parts: list[tuple[Sequence[str], Mapping[str, Model]]] = [(own.spec.channels, choice_models(own)), (rest, RIVALS)]
    frames = [forecast_scores(data, trained_to=trained_to, models=models, channels=channels)
              for channels, models in parts if channels]
    names = [c.name for c in FORECAST_SCORES.columns]
    found = pl.concat(frames).select(names)
    for (origin, name), (_, _, fit) in own.fits.items():
        if fit.status != "done":  # a figure of a fit that has not converged is none
            found = found.filter((pl.col("trained_to") != origin) | (pl.col("model") != name))
    return FORECAST_SCORES.check(found.sort("trained_to", "channel", maintain_order=True))
