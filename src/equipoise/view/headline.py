"""The headline paragraph and the key figures, put into words from the figures of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from equipoise.schema import OUTSIDE, StateReport
from equipoise.view.words import Words

SAME = 0.005
"""Figures that differ by less read the same when two decimals are shown."""


HALF = 0.5
"""A pair counts as one-sided when it is so in this share of the draws."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One key figure: what it is, its value, and what a reader must know with it."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures of the headline year; whatever does not exist is None or empty."""

    year: int | None
    shares: list[tuple[str, float]]
    multi_vector: dict[str, Any] | None
    stress: dict[str, Any] | None
    stress_before: dict[str, Any] | None
    blocs: tuple[list[str], list[str]]
    leeway: dict[str, Any] | None
    threat: list[tuple[str, str]]
    threat_value: float | None


def facts(report: StateReport) -> Facts:
    """Pick the figures of the headline year out of a report."""
    year = report.year
    shares = _at(report.engagement, year, "share").sort("share", "option", descending=[True, False])
    stress = report.order.filter(pl.col("stress").is_not_null()).sort("year")
    until = stress.filter(pl.col("year") <= year) if year is not None else stress
    pairs = ranked_pairs(_at(report.leeway_pairs, year, "value"))
    low = pairs["value"][0] if pairs.height else None
    last = until.row(-1, named=True) if until.height else None
    return Facts(
        year=year,
        shares=[(str(o), s) for o, s in shares.select("option", "share").rows()],
        multi_vector=_first(_at(report.multi_vector, year, "index")),
        stress=last,
        stress_before=_first(until),
        blocs=_blocs(report.order_blocs, last["year"] if last else None),
        leeway=_first(_at(report.leeway, year, "value")),
        threat_value=low,
        threat=_worst(pairs),
    )


def ranked_pairs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs by leeway, the most threatening first; where medians tie, as at 1, the mean over draws decides.

    A pair between which the state does not stand, since one of the two has under a tenth of what both have, has no
    leeway to lose: it is left out, see :func:`one_sided_pairs`.
    """
    between = pl.col("value").is_not_null() & (pl.col("one_sided") < HALF)
    return pairs.filter(between).sort("value", "mean", "power_a", "power_b")


def one_sided_pairs(pairs: pl.DataFrame) -> list[tuple[str, str]]:
    """Pairs that in most draws the state does not stand between even now."""
    return [(str(a), str(b)) for a, b in pairs.filter(pl.col("one_sided") >= HALF).select("power_a", "power_b").rows()]


def basis(report: StateReport, *, words: Words) -> str:
    """Whether the parameters are assumed or estimated, in two words."""
    return words.m.pick("basis", report.assumptions.get("parameters", "assumed"))


def headline(report: StateReport, *, words: Words) -> list[str]:
    """The headline as sentences: engagement, order, leeway, the pair that threatens most."""
    found = facts(report)
    if found.year is None or not found.shares:
        return [words.m("headline_none", state=words.said(report.state)), *_order(found, words=words)]
    return [
        _spread(found, report=report, words=words),
        *_order(found, words=words),
        _leeway(found, basis=basis(report, words=words), words=words),
        *_threat(found, words=words),
    ]


def tiles(report: StateReport, *, words: Words) -> list[Tile]:
    """Five key figures: leeway, multi-vector index, biggest partner, order stress, the pair that threatens most."""
    found, m, n = facts(report), words.m, words.n
    nothing = m("tile_no_data")
    return [
        _leeway_tile(found, words=words),
        _index_tile(found, words=words),
        Tile(m("tile_partner"), *_biggest(found, words=words)),
        Tile(
            m("tile_stress"),
            n.index(found.stress["stress"]) if found.stress else "–",
            m("in_year", year=found.stress["year"]) if found.stress else nothing,
        ),
        _threat_tile(found, words=words),
    ]


def _spread(found: Facts, *, report: StateReport, words: Words) -> str:
    m, n = words.m, words.n
    parts = words.join(m("name_share", name=words.said(o), share=n.share(s)) for o, s in found.shares)
    given = {"year": found.year, "state": words.said(report.state), "shares": parts}
    index = found.multi_vector["index"] if found.multi_vector else None
    return m("headline_spread_plain", **given) if index is None else m("headline_spread", **given, index=n.index(index))


def _order(found: Facts, *, words: Words) -> list[str]:
    m, n, now, then = words.m, words.n, found.stress, found.stress_before
    if not now or not then:
        return []
    given = {
        "before": n.index(then["stress"]),
        "since": then["year"],
        "after": n.index(now["stress"]),
        "year": now["year"],
    }
    change = now["stress"] - then["stress"]
    key = (
        "headline_stress_same" if abs(change) < SAME else "headline_stress_up" if change > 0 else "headline_stress_down"
    )
    text = m(key, **given)
    if all(found.blocs):
        text += m("headline_blocs", one=words.names(found.blocs[0]), other=words.names(found.blocs[1]))
    return [text + m("full_stop")]


def _leeway(found: Facts, *, basis: str, words: Words) -> str:
    m, n, row = words.m, words.n, found.leeway
    if row is None:
        return m("headline_leeway_none")
    given = {"value": n.index(row["value"]), "interval": n.interval(row["low"], row["high"]), "basis": basis}
    if row["value"] <= 0:
        return m("headline_leeway_already", interval=given["interval"], basis=basis) + _towards(row, words=words)
    if row["value"] >= 1:
        return m("headline_leeway_never", interval=given["interval"], basis=basis)
    keys = {"side_lost": "headline_leeway_side", "instability": "headline_leeway_unstable"}
    text = m(keys.get(str(row["cause"]), "headline_leeway_holds"), **given)
    if row["falls_to"] is None:
        return text + m("full_stop")
    if row["falls_to"] == OUTSIDE:
        power = row["falls_to_power"]
        return text + (m("headline_falls_outside", power=words.said(power)) if power else m("headline_falls_free"))
    return text + m("headline_falls", power=words.said(str(row["falls_to"])))


def _towards(row: dict[str, Any], *, words: Words) -> str:
    power = row["falls_to_power"]
    return words.m("headline_towards", power=words.said(str(power))) if power else ""


def _threat(found: Facts, *, words: Words) -> list[str]:
    if found.threat_value is None:
        return []
    if found.threat_value >= 1 - SAME:
        return [words.m("headline_threat_none")]
    if len(found.threat) > 3:
        return [words.m("headline_threat_many", count=len(found.threat), value=words.n.index(found.threat_value))]
    pairs = words.join(words.pair(a, b) for a, b in found.threat)
    return [words.m("headline_threat", pair=pairs, value=words.n.index(found.threat_value))]


def _leeway_tile(found: Facts, *, words: Words) -> Tile:
    m, n, row = words.m, words.n, found.leeway
    if row is None:
        return Tile(m("tile_leeway"), "–", m("tile_no_data"))
    return Tile(
        m("tile_leeway"),
        n.index(row["value"]),
        m("tile_interval", interval=n.interval(row["low"], row["high"]), year=found.year),
    )


def _index_tile(found: Facts, *, words: Words) -> Tile:
    m, n, row = words.m, words.n, found.multi_vector
    if row is None:
        return Tile(m("tile_index"), "–", m("tile_no_data"))
    return Tile(
        m("tile_index"),
        n.index(row["index"]),
        m("tile_interval", interval=n.interval(row["index_low"], row["index_high"]), year=found.year),
    )


def _biggest(found: Facts, *, words: Words) -> tuple[str, str]:
    powers = [(o, s) for o, s in found.shares if o != OUTSIDE]
    if not powers:
        return "–", words.m("tile_no_data")
    code, share = powers[0]
    return words.name(code), words.m("tile_share", share=words.n.share(share), year=found.year)


def _threat_tile(found: Facts, *, words: Words) -> Tile:
    m, label = words.m, words.m("tile_threat")
    if found.threat_value is None:
        return Tile(label, "–", m("tile_no_data"))
    if found.threat_value >= 1 - SAME:
        return Tile(label, m("tile_threat_none"), m("in_year", year=found.year))
    first = words.pair(*found.threat[0])
    others = len(found.threat) - 1
    note = m("tile_threat_note", value=words.n.index(found.threat_value), year=found.year)
    return Tile(label, m("tile_threat_more", pair=first, count=others) if others else first, note)


def _at(frame: pl.DataFrame, year: int | None, column: str) -> pl.DataFrame:
    return frame.filter(pl.col("year") == year, pl.col(column).is_not_null()) if year is not None else frame.clear()


def _first(frame: pl.DataFrame) -> dict[str, Any] | None:
    return frame.row(0, named=True) if frame.height else None


def _worst(pairs: pl.DataFrame) -> list[tuple[str, str]]:
    if not pairs.height:
        return []
    first = pairs.row(0, named=True)
    same = pairs.filter(pl.col("value") <= first["value"] + SAME, pl.col("mean") <= first["mean"] + SAME)
    return [(str(a), str(b)) for a, b in same.select("power_a", "power_b").rows()]


def _blocs(frame: pl.DataFrame, year: int | None) -> tuple[list[str], list[str]]:
    rows = frame.filter(pl.col("year") == year, pl.col("bloc").is_not_null()) if year is not None else frame.clear()
    one, other = ([str(p) for p, b in rows.select("power", "bloc").rows() if b == side] for side in (1, 2))
    return one, other
