"""Who would do what in a crisis, as a section of a report: figures, tables and what is imagined in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from equipoise.assemble import organisations
from equipoise.assemble.crisis_keys import RUNGS
from equipoise.schema import StateReport
from equipoise.view.charts import stance as charts
from equipoise.view.formats import NOTHING
from equipoise.view.tables import Table, when
from equipoise.view.words import Words

if TYPE_CHECKING:
    from equipoise.view.figures import Draft, Figure

OUTCOMES = ("first", "firmest")
OTHERS = ("frequencies_by_power", "un_distance")
"""What the scores of the reasons are set against, beside the commonest rung."""

Row = dict[str, Any]
Shares = dict[tuple[str, str, str], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Happened:
    """A coded crisis: its title, what each power did beside the forecast, and the dated events around it."""

    title: str
    deeds: Table
    events: Table | None


def makers(report: StateReport) -> tuple[Callable[[Draft], Figure], ...]:
    """What makes the section's figures: none without fitted stances, no coded ones where no crisis was in the state."""
    if not report.stances.height:
        return ()
    return (_imagined, _why, *((_coded,) if _keys(report, imagined=False) else ()))


def _imagined(d: Draft) -> Figure:
    r, m = d.report, d.words.m
    keys = _keys(r, imagined=True)
    return d.figure(
        "stances",
        has=True,
        uses=("stances",),
        draw=lambda: [_drawn(r, k, title=m.pick("stance_imagined", k), words=d.words) for k in keys],
        table=lambda: _ladder(r, keys, words=d.words),
    )


def _why(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "stance_reasons",
        has=True,
        uses=("stances",),
        draw=lambda: charts.reasons(r.stance_reasons, words=d.words),
        table=lambda: _reasons(r, words=d.words),
    )


def _coded(d: Draft) -> Figure:
    r = d.report
    rows = [c for c in _crises(r, imagined=False) if r.stances.filter(crisis=c["crisis"]).height]
    return d.figure(
        "stances_coded",
        has=bool(rows),
        uses=("stances",),
        draw=lambda: [_drawn(r, c["crisis"], title=_title(c, words=d.words), words=d.words) for c in rows],
        table=lambda: _ladder(r, [c["crisis"] for c in rows], words=d.words),
    )


def _drawn(report: StateReport, key: str, *, title: str, words: Words) -> Any:
    return charts.stances(report.stances.filter(crisis=key), words=words).properties(title=title)


def intro(report: StateReport, *, words: Words) -> str:
    """What the section shows, and what the chances rest on."""
    rows = report.stance_scores.row(0, named=True)
    return words.m("intro.stances", state=words.said(report.state), crises=rows["crises"], count=rows["n"])


def scenes(report: StateReport, *, words: Words) -> list[str]:
    """What is imagined, a sentence a crisis, and who has no stance because the state is a member."""
    m, out = words.m, []
    for c in _crises(report, imagined=True):
        told = {"date": words.n.date(c["start"]), "state": words.said(report.state)}
        if c["against"]:
            out.append(m("stance_attack", attacker=words.names(c["against"]), asked=words.names(c["asked"]), **told))
        elif c["asked"]:
            out.append(m("stance_unrest_asked", bodies=words.join(_body(b, words) for b in c["asked"]), **told))
        else:
            out.append(m("stance_unrest", **told))
    if inside := _inside(report):
        out.append(m("stance_inside", powers=words.names(inside), state=words.said(report.state)))
    return out


def summary(report: StateReport, *, words: Words) -> Table:
    """Each power's most probable stances in the imagined crises, with the 90 % interval over the ladder."""
    m = words.m
    keys = _keys(report, imagined=True)
    attackers = {c["crisis"]: c["against"] for c in _crises(report, imagined=True)}
    shares = _shares(report)
    rows = [
        [words.name(p), *(m("stance_attacks") if p in attackers[k] else _told(shares[k, p, o], words=words)
                          for k in keys for o in OUTCOMES)]
        for p in report.powers if p not in _inside(report)
    ]  # fmt: skip
    said = {o: m.pick("stance_short", o) for o in OUTCOMES}
    head = [f"{m.pick('stance_imagined', k)}{m('colon')}{said[o]}" for k in keys for o in OUTCOMES]
    return Table([m("head_power"), *head], rows, last=0)


def scored(report: StateReport, *, words: Words) -> str:
    """How good such forecasts have been, each crisis as if it had not been seen."""
    by = {(r["model"], r["outcome"]): r for r in report.stance_scores.iter_rows(named=True)}

    def score(model: str, outcome: str) -> str:
        return words.n.index(by[model, outcome]["ranked_score"], digits=3)

    def hits(model: str, outcome: str) -> str:
        return words.n.share(by[model, outcome]["hits"])

    own, by_power, un = ({o: score(model, o) for o in OUTCOMES} for model in ("reasons", *OTHERS))
    right, commonest = ({o: hits(model, o) for o in OUTCOMES} for model in ("reasons", "mode"))
    return words.m(
        "stance_scored",
        own_first=own["first"], own_firmest=own["firmest"],
        power_first=by_power["first"], power_firmest=by_power["firmest"],
        un_first=un["first"], un_firmest=un["firmest"],
        hits_first=right["first"], hits_firmest=right["firmest"],
        mode_first=commonest["first"], mode_firmest=commonest["firmest"],
    )  # fmt: skip


def happened(report: StateReport, *, words: Words) -> list[Happened]:
    """The coded crises in the state: what each power did, with the chance it had been given, and the dated events."""
    shares = _shares(report)
    return [
        Happened(
            _title(c, words=words),
            _deeds(report, c["crisis"], shares=shares, words=words),
            _events(report.stance_events.filter(crisis=c["crisis"]), words=words),
        )
        for c in _crises(report, imagined=False)
    ]


def _deeds(report: StateReport, key: str, *, shares: Shares, words: Words) -> Table:
    m = words.m

    def did(row: Row, outcome: str) -> str:
        if row["party"]:
            return m("stance_party")
        share = shares.get((key, row["power"], outcome), {}).get(row[outcome])
        said = m.pick("rung", str(row[outcome]))
        return said if share is None else m("stance_had", rung=said, share=words.n.share(share))

    rows = [
        [
            words.name(r["power"]),
            *(did(r, o) for o in OUTCOMES),
            (r["what_zh"] if words.lang == "zh" else "") or r["what"] or NOTHING,
            words.cited(r["source"]) or NOTHING,
            m.pick("confidence", r["confidence"]) if r["confidence"] else NOTHING,
        ]
        for r in report.stance_deeds.filter(crisis=key).iter_rows(named=True)
    ]
    head = [m("head_power"), *(m.pick("stance_outcome", o) for o in OUTCOMES), m("head_did"), m("head_source"),
            m("head_confidence")]  # fmt: skip
    return Table(head, rows, last=0)


def _events(frame: pl.DataFrame, *, words: Words) -> Table | None:
    m = words.m
    rows = [
        [when(r["date"], end=r["until"], precision=r["precision"], words=words),
         r[f"title_{words.lang}"] or r["title_en"], words.cited(r["source"])]
        for r in frame.iter_rows(named=True)
    ]  # fmt: skip
    return Table([m("head_date"), m("head_event"), m("head_source")], rows, last=0) if rows else None


def _ladder(report: StateReport, keys: list[str], *, words: Words) -> Table:
    """The chance of every rung, a row a crisis, stance and power."""
    m, shares = words.m, _shares(report)
    named = {c["crisis"]: _name(c, words=words) for c in report.stance_crises.iter_rows(named=True)}
    rows = [
        [named[k], words.name(p), m.pick("stance_short", o), *(words.n.share(told[r], digits=1) for r in RUNGS)]
        for (k, p, o), told in shares.items()
        if k in keys
    ]
    head = [m("head_crisis"), m("head_power"), m("head_stance"), *(m.pick("rung", r) for r in RUNGS)]
    return Table(head, rows, first=3)


def _reasons(report: StateReport, *, words: Words) -> Table:
    m, n = words.m, words.n

    def write(value: float | None) -> str:
        return n.index(None if value is None else round(value, 2) + 0.0)  # never minus nothing

    rows = [
        [m.pick("stance_imagined", r["crisis"]), words.name(r["power"]), m.pick("stance_reason", r["reason"]),
         NOTHING if r["reason"] == "own" else m("not_known") if r["measured"] is None else write(r["measured"]),
         write(r["effect"]), write(r["low"]), write(r["high"])]
        for r in report.stance_reasons.iter_rows(named=True)
    ]  # fmt: skip
    head = [m("head_crisis"), m("head_power"), m("head_reason"), m("head_measured"), m("head_effect"), m("head_low"),
            m("head_high")]  # fmt: skip
    return Table(head, rows, first=3)


def _told(shares: dict[str, float], *, words: Words) -> str:
    """The most probable rung with its chance, and the rungs at the 5th and 95th percentile."""
    best = max(RUNGS, key=lambda r: shares[r])
    below, low, high = 0.0, None, RUNGS[-1]
    for rung in RUNGS:
        below += shares[rung]
        low = rung if low is None and below >= 0.05 else low
        if below >= 0.95:
            high = rung
            break
    said = {k: words.m.pick("rung", str(r)) for k, r in {"best": best, "low": low, "high": high}.items()}
    return words.m("stance_most", share=words.n.share(shares[best]), **said)


def _shares(report: StateReport) -> Shares:
    out: Shares = {}
    for key, power, outcome, rung, share in report.stances.select(
        "crisis", "power", "outcome", "rung", "probability"
    ).iter_rows():
        out.setdefault((key, power, outcome), {})[rung] = share
    return out


def _crises(report: StateReport, *, imagined: bool) -> list[Row]:
    return report.stance_crises.filter(imagined=imagined).to_dicts()


def _keys(report: StateReport, *, imagined: bool) -> list[str]:
    return [c["crisis"] for c in _crises(report, imagined=imagined)]


def _inside(report: StateReport) -> list[str]:
    """The powers of which the state is a member: those left out where nobody attacks."""
    return [p for c in _crises(report, imagined=True) if not c["against"] for p in c["left_out"]]


def _name(crisis: Row, *, words: Words) -> str:
    if crisis["imagined"]:
        return words.m.pick("stance_imagined", crisis["crisis"])
    return str(crisis[f"title_{words.lang}"] or crisis["title_en"])


def _title(crisis: Row, *, words: Words) -> str:
    return words.m("stance_titled", crisis=_name(crisis, words=words), date=words.n.date(crisis["start"]))


def _body(code: str, words: Words) -> str:
    row = organisations.bodies().filter(organisation=code).row(0, named=True)
    return str(row[f"name_{words.lang}"] or row["name_en"])
