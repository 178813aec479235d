"""What decoupling costs, for the command line and Python: one state's partners, or who needs whom among all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import AGGREGATES
from equipoise.errors import UsageError
from equipoise.model.trade_elasticity import HIGH, LITERATURE, LOW
from equipoise.pipeline.decoupling import COLUMNS, every_pair, pair_losses
from equipoise.pipeline.measured import Measured, made
from equipoise.pipeline.trade_worlds import SOURCES, Recorded, partners_in, trade_world, trade_years
from equipoise.schema import DEFAULT_POWERS

SHOWN = 24
"""Countries of the matrix that is drawn where none are named: those that spend most."""

METHOD = ("arkolakis2012trade", "costinot2014trade", "dekle2008rebalancing")

_UNITS = {
    **dict.fromkeys(("loss_pct", "partner_loss_pct"), "per cent of real income, at the median elasticity"),
    **dict.fromkeys(("low_pct", "partner_low_pct"), "5th percentile over the elasticity, per cent"),
    **dict.fromkeys(("high_pct", "partner_high_pct"), "95th percentile over the elasticity, per cent"),
    "asymmetry": "loss over the partner's loss",
    "exports_musd": "million current US dollars, free of what is not recorded",
    "imports_musd": "million current US dollars, free of what is not recorded",
}


def trade_loss(
    state: str, partners: Sequence[str] | None = None, *, year: int | None = None, pack: Pack | None = None
) -> Measured:
    """What it costs a state, and each partner, if trade between the two stops.

    One-sector trade in general equilibrium, deficits in proportion to output; see
    :mod:`equipoise.pipeline.trade_worlds` for what is assumed of home sales.

    Args:
        state: code or name.
        partners: codes or names, ``EUU`` for the Union; the five powers by default.
        year: the last with a matrix of world trade by default.

    Returns:
        A row a partner, the dearest first: ``loss_pct`` of the state's real income with ``low_pct`` and ``high_pct``
        (5th and 95th percentile over the elasticity's interval), the same of the partner's, ``asymmetry`` (the state's
        over the partner's), exports and imports. Null where trade of the two is not recorded, or wrong in the source.

    Raises:
        UnknownState; BadYears: no matrix of the year; UsageError: no trade or GDP in it, a state with itself.

    Examples:
        >>> trade_loss("KAZ", ["RUS", "CHN"], year=2014).frame["loss_pct"].round(2).to_list()
        [1.62, 1.62]
    """
    pack = pack or embedded()
    focal = codes.resolve(state)
    chosen = list(dict.fromkeys(_code(p) for p in partners or [p for p in DEFAULT_POWERS if p != focal]))
    if focal in chosen:
        raise UsageError(f"{focal} cannot decouple from itself.", hint="Name another partner.")
    found = trade_world(pack, year=year or trade_years(pack)[-1])
    frame = in_per_cent(pair_losses(found, [(focal, p) for p in chosen]))
    frame = frame.with_columns(asymmetry=pl.col("loss_pct") / pl.col("partner_loss_pct"), **_flows(found, frame))
    frame = frame.sort("loss_pct", descending=True, nulls_last=True, maintain_order=True)

    def draw(words: Any) -> Any:
        from equipoise.view.charts import decoupling

        return decoupling.both_sides(frame, words=words)

    return _made("trade-loss", frame, found=found, pack=pack, draw=draw,
                 options={"state": focal, "partners": chosen, "year": found.year})


def trade_losses(
    states: Sequence[str] | None = None, *, year: int | None = None, top: int = 30, pack: Pack | None = None
) -> Measured:
    """Who needs whom: what the end of trade with each other country would cost each, the dearest first.

    Args:
        states: codes or names; the losses among them. By default all countries, of which the chart's matrix shows
            those that spend most.
        year: the last with a matrix of world trade by default.
        top: rows of the ranking, 0 for all.

    Returns:
        A row an ordered pair: state, partner, year, ``loss_pct`` with its bounds, ``partner_loss_pct`` with its own,
        and ``rank``.

    Raises:
        UnknownState, BadYears, UsageError: as for :func:`trade_loss`; fewer than two states, or a negative ``top``.
    """
    pack = pack or embedded()
    if top < 0:
        raise UsageError(f"{top} rows cannot be shown.", hint="Use 30, or 0 for all.")
    found = trade_world(pack, year=year or trade_years(pack)[-1])
    named = None if states is None else list(dict.fromkeys(codes.resolve(s) for s in states))
    if named is not None and len(named) < 2:
        raise UsageError("pairs need two states at least.", hint="Name more states, or none for all of them.")
    partners_in(found, named or [])
    once = in_per_cent(pair_losses(found, every_pair(found, states=named)))
    other = {**{f"{s}_pct": f"partner_{s}_pct" for s in COLUMNS[:3]}, **{f"partner_{s}_pct": f"{s}_pct"
             for s in COLUMNS[:3]}, "state": "partner", "partner": "state"}
    both = pl.concat([once, once.rename(other).select(once.columns)])
    ranked = both.drop_nulls("loss_pct").sort("loss_pct", "state", "partner", descending=[True, False, False])
    frame = ranked.head(top or ranked.height).with_row_index("rank", offset=1)
    shown = named or _largest(found, SHOWN)

    def draw(words: Any) -> Any:
        from equipoise.view.charts import decoupling

        return decoupling.who_needs_whom(both, names=shown, ranked=frame, words=words)

    return _made("trade-losses", frame, found=found, pack=pack, draw=draw,
                 options={"states": named or "all", "year": found.year, "top": top})


def in_per_cent(frame: pl.DataFrame) -> pl.DataFrame:
    """Losses in per cent, under names that say so."""
    return frame.with_columns(pl.col(COLUMNS) * 100).rename({c: f"{c}_pct" for c in COLUMNS})


def _code(name: str) -> str:
    return name.upper() if name.upper() in AGGREGATES else codes.resolve(name)


def _largest(found: Recorded, count: int) -> list[str]:
    order = found.world.spending.argsort()[::-1][:count]
    return [found.world.countries[i] for i in order]


def _flows(found: Recorded, frame: pl.DataFrame) -> dict[str, pl.Series]:
    """Recorded exports and imports of each pair; null where its losses are."""
    exports, imports = [], []
    for r in frame.iter_rows(named=True):
        i, known = found.world.at(r["state"]), r["loss_pct"] is not None
        members = [found.world.at(s) for s in found.states_of(r["partner"]) if s != r["state"]]
        exports.append(float(found.world.flows[i, members].sum()) if known else None)
        imports.append(float(found.world.flows[members, i].sum()) if known else None)
    return {"exports_musd": pl.Series(exports, dtype=pl.Float64), "imports_musd": pl.Series(imports, dtype=pl.Float64)}


def _made(
    kind: str, frame: pl.DataFrame, *, found: Recorded, pack: Pack, draw: Any, options: dict[str, Any]
) -> Measured:
    trade = "imf_trade" if found.year > 2014 else "cow_trade"
    used = [s for s in SOURCES if s in (trade, "world_bank") or (s == "kaz_trade" and found.borrowed)]
    asked = options | {"elasticity": f"{LOW:g}–{HIGH:g}, 5th and 95th percentile", "deficits": "multiplicative"}
    return made(kind, frame, sources=used, pack=pack, draw=draw, options=asked, units=_UNITS,
                literature=(*METHOD, *LITERATURE), remarks=_remarks(found, frame),
                heading=lambda words: f"{words.m(f'measure.{kind}')} ({found.year})")


def _remarks(found: Recorded, frame: pl.DataFrame) -> list[str]:
    """What a reader would be surprised by, as far as it concerns the rows."""
    named = {*frame["state"], *frame["partner"]}
    out = []
    if found.gdp_year < found.year:
        out.append(f"home sales of {found.year} rest on GDP of {found.gdp_year}, the last known.")
    if held := [s for s in found.floored if s in named]:
        out.append(f"exports of {', '.join(held)} near their GDP or exceed it; home sales are held at a fifth of it.")
    if ("RUS", "KAZ") in found.borrowed and {"RUS", "KAZ"} <= named:
        out.append(f"trade of Kazakhstan and Russia is Kazakhstan's figure of {found.borrowed_year}, the matrix of "
                   f"{found.year} has none.")
    if gaps := [f"{r['state']}–{r['partner']}" for r in frame.filter(pl.col("loss_pct").is_null()).to_dicts()]:
        out.append(f"trade is not recorded, or wrong in the source, for {', '.join(gaps)}.")
    return out
