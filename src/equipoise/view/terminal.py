"""Short summaries, tables and progress for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
import polars.selectors as cs
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table
from rich.text import Text

from equipoise.assemble.panel import Panel
from equipoise.schema import StateReport
from equipoise.view.formats import NOTHING
from equipoise.view.headline import facts, headline, tiles
from equipoise.view.tables import dated, when
from equipoise.view.words import Words, words


def summary(report: StateReport, *, lang: str = "en") -> RenderableType:
    """The headline and the key figures of one report, for ``rich`` to print."""
    spoken = words(lang)
    figures = _grid([spoken.m("terminal_written"), spoken.m("terminal_value"), ""])
    for t in tiles(report, words=spoken):
        figures.add_row(t.label, Text(t.value, style="bold"), t.note)
    gap = "" if spoken.lang == "zh" else " "
    title = Text(spoken.m("title", state=spoken.name(report.state)), style="bold")
    parts: list[RenderableType] = [title, Text(gap.join(headline(report, words=spoken))), figures]
    if shares := facts(report).shares:
        row = spoken.m("comma").join(f"{spoken.name(o)} {spoken.n.share(s)}" for o, s in shares)
        parts.append(Text(spoken.m("terminal_engagement", year=report.year, shares=row)))
    return Group(*parts)


def summary_compare(reports: Sequence[StateReport], *, lang: str = "en") -> RenderableType:
    """The key figures of several reports, one row a state."""
    spoken = words(lang)
    made = [tiles(r, words=spoken) for r in reports]
    grid = _grid(
        [spoken.m("head_state"), spoken.m("head_year"), *(t.label for t in made[0]), spoken.m("panel_falls_to")]
        if made
        else []
    )
    for report, row in zip(reports, made, strict=True):
        grid.add_row(
            spoken.name(report.state), str(report.year or "–"), *(t.value for t in row), falls_to(report, words=spoken)
        )
    return grid


def falls_to(report: StateReport, *, words: Words) -> str:
    """The option that the policy falls to in the headline year, or that it does not collapse."""
    row = facts(report).leeway
    if row is None or row["falls_to"] is None:
        return NOTHING
    return words.m.pick("cause", "none") if row["value"] >= 1 else words.name(str(row["falls_to"]))


def table(frame: pl.DataFrame, *, title: str) -> Table:
    """A frame as a table."""
    made = Table(*frame.columns, title=title, title_justify="left", header_style="bold")
    for row in frame.iter_rows():
        made.add_row(*("" if v is None else str(v) for v in row))
    return made


@contextmanager
def download_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar for each file while it is downloaded; yields what ``fetch`` calls with path, bytes done and size."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=Console(stderr=True),
    ) as bars:
        tasks: dict[str, Any] = {}

        def advance(path: str, done: int, size: int) -> None:
            if path not in tasks:
                tasks[path] = bars.add_task(path, total=size)
            bars.update(tasks[path], completed=done)

        yield advance


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Show what is being done now; yields what a long task calls with the name of its next step."""
    with Console(stderr=True).status("") as status:
        yield lambda text: status.update(text)


@contextmanager
def share_done(text: str) -> Iterator[Callable[[float], None]]:
    """Show a bar while something is done; yields what is called with the share that is, 0…1, and hides it till then."""
    with Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"),
                  console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(text, total=1.0, visible=False)
        yield lambda share: bars.update(task, completed=share, visible=True)


MOST_LINES = 40
"""Rows of a measure that the terminal shows."""


def measured(frame: pl.DataFrame, *, more: Mapping[str, pl.DataFrame], sources: Sequence[str]) -> RenderableType:
    """The rows of a measure, the last of them where they are many, its further tables, and its sources."""
    parts: list[RenderableType] = []
    for part in (frame, *more.values()):
        if parts:
            parts.append(Text(""))
        if part.height > MOST_LINES:
            parts.append(Text(f"The last {MOST_LINES} of {part.height} rows; --out FILE writes all.", style="bold"))
        last = part.tail(MOST_LINES).with_columns(cs.float().round(4))
        parts.append(panel_head(last, width=Console().width, rows=MOST_LINES))
    if sources:
        parts.append(Text(f"Sources: {'; '.join(sources)}"))
    return Group(*parts)


def happened(frame: pl.DataFrame, *, sources: Sequence[str], lang: str) -> RenderableType:
    """Dated events: when, of what kind, and what; a long line is folded."""
    spoken = words(lang)
    made = _grid([spoken.m("head_date"), spoken.m.pick("column", "kind"), spoken.m("head_event")])
    for r in frame.iter_rows(named=True):
        when, kind = dated(r["date"], precision=r["precision"], words=spoken), spoken.m.pick("event", r["kind"])
        made.add_row(when, kind, r[f"title_{spoken.lang}"])
    return Group(made, Text(f"Sources: {'; '.join(sources)}"))


def scenario(
    frame: pl.DataFrame, *, more: Mapping[str, pl.DataFrame], sources: Sequence[str], lang: str
) -> RenderableType:
    """What a scenario does, and the dated events that its measures rest on."""
    shown = measured(frame, more={k: f for k, f in more.items() if k != "events"}, sources=sources)
    if "events" not in more:
        return shown
    spoken = words(lang)
    return Group(shown, Text(""), Text(spoken.m("scenario_events"), style="bold"), sourced(more["events"], spoken))


def sourced(frame: pl.DataFrame, spoken: Words) -> Table:
    """Dated events, each with its source."""
    made = _grid([spoken.m("head_date"), spoken.m("head_event"), spoken.m("head_source")])
    for r in frame.unique("id", maintain_order=True).iter_rows(named=True):
        day = when(r["date"], end=r["until"], precision=r["precision"], words=spoken)
        made.add_row(day, r[f"title_{spoken.lang}"], spoken.cited(r["source"]))
    return made


def _grid(head: list[str]) -> Table:
    made = Table(header_style="bold", box=None, pad_edge=False)
    for title in head:
        made.add_column(title, overflow="fold")
    return made


def panel_summary(panel: Panel, *, head: bool) -> RenderableType:
    """What a panel covers, after its first rows and its size where asked for."""
    covered = panel_coverage(panel.coverage())
    if not head:
        return covered
    frame = panel.frame
    title = f"{panel!r}: {frame.height} rows, {frame.width} columns"
    return Group(Text(title, style="bold"), panel_head(frame, width=Console().width), Text(""), covered)


def panel_additions(additions: Sequence[Mapping[str, str]]) -> RenderableType:
    """What can be added to a panel, a row an addition, and below what has to be downloaded first.

    No name or command is ever cut, for it is to be typed.
    """
    made = Table(box=None, header_style="bold", pad_edge=False)
    for head in ("name", "what", "panels", "years", "source", "here"):
        made.add_column(head, no_wrap=head in ("name", "years", "here"), overflow="fold")
    missing: dict[str, list[str]] = {}
    for row in additions:
        here = not row["here"].startswith("equipoise data pull")
        if not here:
            missing.setdefault(row["here"], []).append(row["name"])
        made.add_row(row["name"], row["title"], row["panels"], row["years"],
                     f"{row['sources']} {row['version']}".strip(), "yes" if here else "no")
    notes = [Text(f"{command}  # for {', '.join(names)}") for command, names in missing.items()]
    return Group(made, Text(""), Text("To be downloaded first:", style="bold"), *notes) if notes else made


def panel_head(frame: pl.DataFrame, *, width: int, rows: int = 8) -> Table:
    """The first rows of a wide frame: as many columns as ``width`` letters hold, and how many there are besides."""
    shown = frame.head(rows)
    cells = {s.name: [_cell(v) for v in s] for s in shown}
    kept: list[str] = []
    left = width - 1
    for name, texts in cells.items():
        left -= max(map(len, [name, *texts])) + 3
        if kept and left < 0:
            break
        kept.append(name)
    rest = len(cells) - len(kept)
    caption = f"and {rest} more columns" if rest else None
    made = Table(caption=caption, caption_justify="left", header_style="bold")
    for name in kept:
        made.add_column(name, justify="right" if frame.schema[name].is_numeric() else "left", no_wrap=True)
    for i in range(shown.height):
        made.add_row(*(cells[c][i] for c in kept))
    return made


def panel_coverage(coverage: pl.DataFrame) -> RenderableType:
    """What each column of a panel covers: its unit, its source, the source's years, and how much of it is missing."""
    if coverage.is_empty():
        return Text("Nothing is added to it yet; `equipoise panel adds` lists what can be.")
    made = _grid(["column", "unit", "source", "the source covers", "here", "missing"])
    made.columns[0].no_wrap = True  # a name is to be typed
    for row in coverage.iter_rows(named=True):
        here = "–" if row["first_year"] is None else f"{row['first_year']}–{row['last_year']}"
        share = "–" if row["missing_share"] is None else f"{row['missing_share']:.1%}"
        source = f"{row['sources'] or row['added_by']} {row['version']}".strip()
        made.add_row(row["column"], row["unit"], source, row["source_years"], here, share)
    return made


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
