"""One call a measure: order stress, rivalry, the system of states, and engagement, from the pack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import codes
from equipoise.assemble.held import in_year
from equipoise.assemble.majors import COVERED_TO, majors
from equipoise.assemble.organisations import eu_members
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import AGGREGATES, resolve_powers
from equipoise.assemble.spans import Span, within
from equipoise.errors import UsageError
from equipoise.measure.capability import polarity
from equipoise.measure.distribution import concentration, effective_number, movement
from equipoise.measure.system import COMPONENTS
from equipoise.model.priors import Prior
from equipoise.pipeline import figures
from equipoise.pipeline.estimates import Estimates, Grid, covered_years, estimate
from equipoise.pipeline.facts import USES
from equipoise.pipeline.measured import Measured, made
from equipoise.pipeline.parameters import basis, parameters_of
from equipoise.pipeline.sides import pairs_of
from equipoise.pipeline.strategy import strategies
from equipoise.schema import CHANNELS, DEFAULT_POWERS
from equipoise.view.data import UNITS

Array = NDArray[np.float64]

DRAWS, SEED = 200, 1991
POOLED = "pooled"
SETS = ("majors", "all")
"""What the system may be made of, besides states that are named."""

_ORDER_UNITS = {
    "capability_year": "year of the capabilities", "agrees": "whether order stress and the deepest minimum split alike",
}
_SYSTEM_UNITS = {
    "members": "states with a known capability", "con": "0 to 1", "move_union": "0 to 1", "move_lagged": "0 to 1",
    "move_common": "0 to 1", "effective_herfindahl": "poles, 1 to members", "effective_entropy": "poles, 1 to members",
    "schweller_poles": "states", "thompson_poles": "states", "schweller_states": "ISO 3166-1 alpha-3",
    "thompson_states": "ISO 3166-1 alpha-3",
}
_LITERATURE = {
    "order": ("newman2006finding",),
    "system": ("singer1972capability", "ray1973measuring", "laakso1979effective", "hill1973diversity",
               "schweller1993tripolarity", "thompson1986polarity"),
}


def measure_order(*, powers: Sequence[str] | None = None, years: Span | None = None, draws: int = DRAWS,
                  seed: int = SEED, pack: Pack | None = None) -> Measured:
    """Order stress between powers, year by year, with its interval and the two blocs of the deepest split.

    Args:
        powers: codes; ``EUU`` is the EU as one actor. By default RUS, CHN, USA, EUU and JPN.
        years: all that the pack covers by default.
        draws, seed: of the intervals.

    Returns:
        A row a year: ``stress`` with ``low`` and ``high``; for every power P ``bloc_P`` (1 or 2, null in neither) and
        ``loading_P`` of order stress, and ``deepest_P``, its bloc in the deepest minimum of the signed system; then the
        other columns of a report's ``order``: ranges without each component of rivalry, frustration and depth.

    Raises:
        NotAPower, BadYears; UsageError if there is nothing to show.

    Examples:
        >>> measure_order(years=2014, powers=["RUS", "CHN", "USA"]).frame.columns[:6]
        ['year', 'stress', 'low', 'high', 'bloc_RUS', 'bloc_CHN']
    """
    pack = pack or embedded()
    e = _between(pack, state=None, powers=powers, years=years, draws=draws, seed=seed)
    stress, blocs = figures.order_frame(e), figures.blocs_frame(e)
    named = blocs.with_columns(pl.col("power").cast(pl.String))
    first = ["year", "stress", "low", "high"]
    frame = stress.select(first)
    by_power = [c for c in blocs.columns if c not in ("year", "power")]
    for column in by_power:
        wide = named.pivot("power", index="year", values=column)
        wide = wide.rename({p: f"{column}_{p}" for p in wide.columns if p != "year"})
        frame = frame.join(wide, on="year", how="left", maintain_order="left")
    frame = frame.with_columns(stress.select(pl.exclude(first)))

    def draw(words: Any) -> Any:
        from equipoise.view.charts import order

        setting = _setting(e, words=words)
        return [order.order(stress, blocs, setting=setting), order.structure(stress, blocs, setting=setting)]

    units = _ORDER_UNITS | {f"{c}_{p}": UNITS[c] for c in by_power if c in UNITS for p in e.grid.powers}
    return made("order", frame, sources=_ids("rivalry", "order"), pack=pack, draw=draw, units=units, own_table=True,
                options=_options(e, draws=draws, seed=seed), literature=_LITERATURE["order"])


def measure_rivalry(*, powers: Sequence[str] | None = None, years: Span | None = None,
                    components: Sequence[str] | None = None, draws: int = DRAWS, seed: int = SEED,
                    pack: Pack | None = None) -> Measured:
    """Rivalry of every pair of powers and year: pooled with its interval, and the components it is pooled from.

    Args:
        powers, years, draws, seed: as for :func:`measure_order`.
        components: which to return: ``pooled`` and some of :data:`equipoise.measure.system.COMPONENTS`; all by default.
            What is pooled does not depend on it.

    Returns:
        ``year``, ``power_a``, ``power_b``, ``component``, ``value`` 0–1, and ``low`` and ``high`` of ``pooled``.

    Raises:
        NotAPower, BadYears; UsageError for an unknown component, or if there is nothing to show.

    Examples:
        >>> measure_rivalry(years=2014, powers=["RUS", "USA"], components=["pooled", "disputes"]).frame.height
        2
    """
    known = (POOLED, *COMPONENTS)
    chosen = tuple(components or known)
    wrong = next((c for c in chosen if c not in known), None)
    if wrong is not None:
        raise UsageError(f"{wrong!r} is no component of rivalry.", hint=f"Use some of {', '.join(known)}.")
    pack = pack or embedded()
    e = _between(pack, state=None, powers=powers, years=years, draws=draws, seed=seed)
    full = figures.rivalry_frame(e)
    frame = full.filter(pl.col("component").is_in(list(chosen)))

    def draw(words: Any) -> Any:
        from equipoise.view.charts import order

        return order.rivalry(full, setting=_setting(e, words=words), components=chosen)

    return made("rivalry", frame, sources=_ids("rivalry"), pack=pack, draw=draw, own_table=True,
                options=_options(e, draws=draws, seed=seed) | {"components": chosen})


def measure_system(*, among: str | Sequence[str] = "majors", years: Span | None = None,
                   pack: Pack | None = None) -> Measured:
    """How capability is distributed over a set of states, year by year: concentration, movement, poles.

    Args:
        among: ``majors``, the major powers of the Correlates of War, each in the years in which it was one on any day;
            ``all`` states; or codes of states, where ``EUU`` is the sum of its members and a state counts under who
            held its place before, the Soviet Union as Russia.
        years: by default 1816 to 2022, of the major powers to 2016.

    Returns:
        A row a year: ``members``; ``con`` (Singer, Bremer and Stuckey 1972; Ray and Singer 1973); movement since the
        year before, null where that year has none, in three conventions of
        :func:`equipoise.measure.movement`, all of Singer, Bremer and Stuckey 1972: ``move_union``, ``move_lagged``,
        ``move_common``; ``effective_herfindahl`` (Laakso and Taagepera 1979) and ``effective_entropy`` (Hill 1973);
        ``schweller`` (1993) and ``thompson`` (1986), each with ``_poles``, their number, and ``_states``.

    Raises:
        UnknownState, BadYears; UsageError if there is nothing to show.

    Examples:
        >>> measure_system(years=1914).frame.select(pl.col("con").round(4), "schweller").row(0)
        (0.2202, 'multipolar')
    """
    pack = pack or embedded()
    nmc = pack.table("panel_nmc").select("cow", "year", "cinc").drop_nulls()
    first, last = nmc.select(a=pl.col("year").min(), b=pl.col("year").max()).row(0)
    asked = [w.strip() for text in ([among] if isinstance(among, str) else among) for w in text.split(",")]
    listed = asked == ["majors"]
    span = within(years, covered=(first, min(last, COVERED_TO.year) if listed else last),
                  what="the list of major powers" if listed else "the capabilities")
    # Movement needs the year before, too.
    wanted = range(max(first, span[0] - 1), span[1] + 1)
    rows = codes.from_cow(nmc.filter(pl.col("year").is_in(list(wanted))), column="cow", year="year", into="state")
    kept = _members(rows, asked=asked, years=wanted)
    names = kept["name"].unique().sort().to_list()
    x = np.full((len(wanted), len(names)), np.nan)
    x[kept["year"].to_numpy() - wanted[0], [names.index(n) for n in kept["name"]]] = kept["cinc"].to_numpy()
    frame = _system(x, labels=_labels(kept), names=names, years=wanted).filter(pl.col("year") >= span[0])

    def draw(words: Any) -> Any:
        from equipoise.view.charts import system

        return system.system(frame, words=words)

    sources = ("nmc", "cow_states") if asked[0] in SETS else ("nmc",)
    return made("system", frame.filter(pl.col("members") > 0), sources=sources, pack=pack, draw=draw,
                units=_SYSTEM_UNITS, options={"among": asked, "years": span}, literature=_LITERATURE["system"])


def measure_engagement(states: Sequence[str] | str, *, powers: Sequence[str] | None = None, years: Span | None = None,
                       index: bool = False, draws: int = DRAWS, seed: int = SEED,
                       pack: Pack | None = None) -> Measured:
    """How states divide their dealings over powers and the rest, and how multi-vector that makes them.

    Args:
        states: codes or names.
        powers: as for :func:`measure_order`; by default without the state itself.
        years, draws, seed: as there.
        index: whether the rows are those of the multi-vector index; else they are shares.

    Returns:
        Shares: ``state``, ``year``, ``option`` (a power, or "0" for the rest of the world), ``share`` pooled over
        channels with ``low`` and ``high``, ``channels`` (how many are observed), and the share in each channel. Index:
        ``state``, ``year``, and the columns of a report's ``multi_vector``. What is not ``frame`` is in ``more``.

    Raises:
        UnknownState, NotAPower, BadYears; UsageError without a state, or if there is nothing to show.

    Examples:
        >>> kaz = measure_engagement("KAZ", years=2012)
        >>> kaz.frame.filter(option="RUS").select("state", "year", "channels").row(0)
        ('KAZ', 2012, 4)
        >>> kaz.more["index"].columns[:3]
        ['state', 'year', 'index']
    """
    found = _states(states, example="engagement KAZ")
    pack = pack or embedded()
    each = {s: _between(pack, state=s, powers=powers, years=years, draws=draws, seed=seed) for s in found}
    shares = pl.concat([_of(s, _shares(e)) for s, e in each.items()])
    indices = {s: figures.multi_vector_frame(e, pairs=pairs_of(pack, state=s, grid=e.grid)) for s, e in each.items()}
    parts = pl.concat([_of(s, frame) for s, frame in indices.items()])
    _all_there(found, frame=shares)

    def draw(words: Any) -> Any:
        from equipoise.view.charts import engagement

        drawn = []
        for s, e in each.items():
            setting = _setting(e, words=words)
            one = (engagement.multi_vector(indices[s], setting=setting) if index else
                   engagement.engagement(figures.shares_frame(e), e.shares, setting=setting))
            drawn.append(one.properties(title=words.name(s)))
        return drawn

    frame, more = (parts, {"shares": shares}) if index else (shares, {"index": parts})
    options = _options(next(iter(each.values())), draws=draws, seed=seed) | {"states": found, "index": index}
    ids = _ids("trade", "diplomacy", "security", "institutions", "rivalry")
    observed = [i for e in each.values() for i in e.shares["source"].cast(pl.String).unique()]
    charted = {"caption": "index"} if index else {"beneath": observed}
    return made("engagement", frame, sources=[i for i in ids if i in observed or i in USES["rivalry"]], pack=pack,
                draw=draw, own_table=True, more=more, units=dict.fromkeys(CHANNELS, "share, 0 to 1"),
                options=options | {"powers": {s: e.grid.powers for s, e in each.items()}}, **charted)


def measure_strategy(states: Sequence[str] | str, *, powers: Sequence[str] | None = None, years: Span | None = None,
                     draws: int = DRAWS, seed: int = SEED, prior: Prior | None = None,
                     pack: Pack | None = None) -> Measured:
    """Which strategies a policy is made of: bandwagoning, accommodation, hedging, neutrality, balancing, as shares.

    Args:
        states, powers, years, draws, seed: as for :func:`measure_engagement`.
        prior: assumed intervals of coercion, cross-pressure and intolerance; by default as for :func:`report`.

    Returns:
        ``state``, ``year``, ``strategy``, ``power`` (the one with most leverage), ``amount``, and ``share`` with
        ``low`` and ``high``; five rows a state and year, whose shares sum to one.

    Raises:
        UnknownState, NotAPower, BadYears; UsageError without a state, or if there is nothing to show.

    Examples:
        >>> measure_strategy("KAZ", years=2012, draws=20).frame["share"].sum().__round__(6)
        1.0
    """
    found = _states(states, example="strategy KAZ")
    pack = pack or embedded()
    prior = prior or parameters_of(pack)
    each = {s: _between(pack, state=s, powers=powers, years=years, draws=draws, seed=seed) for s in found}
    parts = {s: strategies(e, prior=prior, seed=seed) for s, e in each.items()}
    frame = pl.concat([_of(s, f.clone()) for s, f in parts.items()])
    _all_there(found, frame=frame)

    def draw(words: Any) -> Any:
        from equipoise.view.charts import strategy

        return [strategy.strategies(parts[s], setting=_setting(e, words=words)).properties(title=words.name(s))
                for s, e in each.items()]

    assumed = {"coercion": prior.coercion, "cross_pressure": prior.cross_pressure, "intolerance": prior.intolerance}
    options = _options(next(iter(each.values())), draws=draws, seed=seed) | {"states": found, basis(prior): assumed}
    ids = _ids("trade", "diplomacy", "security", "institutions", "rivalry", "order", "map")
    observed = [i for e in each.values() for i in e.shares["source"].cast(pl.String).unique()]
    kept = (*USES["rivalry"], *USES["order"], *USES["map"], *observed)
    return made("strategy", frame, sources=[i for i in ids if i in kept], pack=pack, draw=draw, own_table=True,
                options=options | {"powers": {s: e.grid.powers for s, e in each.items()}})


def _states(states: Sequence[str] | str, *, example: str) -> list[str]:
    found = list(dict.fromkeys(codes.resolve(s) for s in ([states] if isinstance(states, str) else states)))
    if not found:
        raise UsageError("there is no state to measure.", hint=f"For example: {example}.")
    return found


def _between(pack: Pack, *, state: str | None, powers: Sequence[str] | None, years: Span | None, draws: int,
             seed: int) -> Estimates:
    if powers is None:
        chosen = tuple(p for p in DEFAULT_POWERS if p != state)
    else:
        chosen = resolve_powers(powers, focal=state or "")
    covered = covered_years(pack)
    first, last = within(years, covered=(covered[0], covered[-1]), what="the pack")
    grid = Grid(list(range(first, last + 1)), chosen)
    return estimate(pack, state=state, grid=grid, prior=None, draws=draws, seed=seed)


def _options(e: Estimates, *, draws: int, seed: int) -> dict[str, Any]:
    return {"powers": e.grid.powers, "years": (e.grid.years[0], e.grid.years[-1]), "draws": draws, "seed": seed}


def _ids(*uses: str) -> list[str]:
    return list(dict.fromkeys(i for use in uses for i in USES[use]))


def _setting(e: Estimates, *, words: Any) -> Any:
    from equipoise.view.charts.setting import Setting

    return Setting(words=words, powers=e.grid.powers, since=e.grid.years[0], until=e.grid.years[-1])


def _of(state: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.insert_column(0, pl.repeat(state, frame.height, eager=True, dtype=pl.String).alias("state"))


def _shares(e: Estimates) -> pl.DataFrame:
    """Pooled shares and, beside them, those of every channel."""
    pooled = figures.shares_frame(e)
    by = e.grid.by_option(e.grid.options, **{c: e.table[:, i] for i, c in enumerate(CHANNELS)})
    return pooled.join(by, on=["year", "option"], how="left", maintain_order="left")


def _all_there(states: Sequence[str], *, frame: pl.DataFrame) -> None:
    known = set(frame.filter(pl.col("share").is_not_null())["state"])
    gone = next((s for s in states if s not in known), None)
    if gone is not None:
        raise UsageError(f"no channel of {gone} ({codes.name(gone)}) is observed in these years.",
                         hint="Choose other years or states.")


def _members(rows: pl.DataFrame, *, asked: Sequence[str], years: range) -> pl.DataFrame:
    """Return name, year, cinc and state of the set's members: the code of each, or the power's where one is asked."""
    if list(asked) == ["all"]:
        return rows.with_columns(name=pl.col("cow").cast(pl.String))
    if list(asked) == ["majors"]:
        end = pl.col("end_date").fill_null(COVERED_TO).dt.year()
        spans = majors().select("cow", year=pl.int_ranges(pl.col("start_date").dt.year(), end + 1)).explode("year")
        return rows.join(spans.cast({"cow": rows.schema["cow"], "year": rows.schema["year"]}).unique(),
                         on=["cow", "year"], how="semi").with_columns(name=pl.col("cow").cast(pl.String))
    powers = _powers(asked)
    held = [(y, s, p) for y in years for p in powers for s in
            (eu_members(y) if p in AGGREGATES else [in_year(p, y)])]
    parts = pl.DataFrame(held, orient="row", schema={"year": rows.schema["year"], "state": pl.String,
                                                     "name": pl.String})
    # Of a year with two codes of one state, 1990 of Germany, the code of 31 December counts.
    last = codes.code_years("cow").select("year", cow="code").cast({"year": rows.schema["year"],
                                                                   "cow": rows.schema["cow"]})
    own = rows.join(last, on=["cow", "year"], how="semi").join(parts, on=["year", "state"])
    gone = next((p for p in powers if p not in set(own["name"])), None)
    if gone is not None:
        raise UsageError(f"{gone} ({codes.name(gone)}) has no known capability in these years.",
                         hint="Choose other years or states.")
    return own.group_by("name", "year", maintain_order=True).agg(pl.col("cinc").sum()).with_columns(state="name")


def _powers(asked: Sequence[str]) -> list[str]:
    found = [codes.resolve("EUU" if w.upper() == "EU" else w, unions=True) for w in asked if w]
    if len(set(found)) < 2:
        raise UsageError("a system needs at least two states.",
                         hint="For example --among RUS,CHN,USA; or --among majors, or all.")
    return list(dict.fromkeys(found))


def _labels(kept: pl.DataFrame) -> dict[tuple[int, str], str]:
    return {(y, n): s or n for y, n, s in kept.select("year", "name", "state").iter_rows()}


def _system(x: Array, *, labels: dict[tuple[int, str], str], names: Sequence[str], years: range) -> pl.DataFrame:
    """Every measure of capabilities (T, N); movement from a year without the one before it is null."""
    gap = np.full((1, x.shape[1]), np.nan)
    before = np.vstack([gap, x[:-1]])
    out: dict[str, Any] = {"year": list(years), "members": np.isfinite(x).sum(1), "con": concentration(x)}
    for convention in ("union", "lagged", "common"):
        out[f"move_{convention}"] = movement(before, x, convention=convention)
    for kind in ("herfindahl", "entropy"):
        out[f"effective_{kind}"] = effective_number(x, kind=kind)
    for rule in ("schweller", "thompson"):
        poles = polarity(x, rule=rule)
        # The strongest first.
        order = np.argsort(-np.nan_to_num(x), axis=1, kind="stable")
        which = ["; ".join(labels[y, names[int(k)]] for k in order[t] if poles.poles[t, k])
                 for t, y in enumerate(years)]
        out |= {rule: [k or None for k in poles.kind.tolist()], f"{rule}_poles": poles.number,
                f"{rule}_states": [w or None for w in which]}
    texts = dict.fromkeys((r + end for r in ("schweller", "thompson") for end in ("", "_states")), pl.String)
    frame = pl.DataFrame(out, nan_to_null=True, schema_overrides={"year": pl.Int32, **texts})
    return frame.with_columns(pl.col("members", "schweller_poles", "thompson_poles").cast(pl.Int32))
