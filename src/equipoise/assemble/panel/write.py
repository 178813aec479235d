"""A panel as a file: Parquet, Arrow, CSV or Stata, with what each column is."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from equipoise import store
from equipoise.acquire.registry import sources as registry
from equipoise.assemble.panel.stata import stata
from equipoise.errors import UsageError

if TYPE_CHECKING:
    from equipoise.assemble.panel.panel import Panel

METADATA = "equipoise"
"""The key under which a Parquet file's metadata hold :func:`about`, as JSON."""

_KEYS = {"ccode": "Correlates of War code", "gwcode": "Gleditsch and Ward code", "iso3": "ISO 3166-1 alpha-3 code",
         "power": "power: ISO 3166-1 alpha-3 code, or EUU", "year": "year"}
_WHO = {"dyad-year": ("state 1", "state 2"), "directed-dyad-year": ("state 1", "state 2"),
        "power-year": ("the state", "the power")}
_TRIAD = {"_s": "the state", "_a": "power a", "_b": "power b", "_sa": "the state and power a",
          "_sb": "the state and power b", "_ab": "power a and power b"}


def write(panel: Panel, path: Path) -> Path:
    """Write a panel's frame and return the file's path; the same panel gives the same bytes.

    ``.parquet`` holds :func:`about` in its metadata under ``equipoise``; ``.arrow`` and ``.feather`` (Arrow IPC) have
    it beside them in ``NAME.json``, ``.csv`` has a row a column in ``NAME.columns.csv``. ``.dta`` (Stata 14 and later)
    has labels of columns and of the data; there, a null is Stata's missing value.

    Raises:
        UsageError: another suffix, or a column of a kind that the format does not have.
        CannotWrite: the folder is not there or not writable.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path.name} has no suffix that says how to write it.", hint=f"Use {', '.join(_WRITERS)}.")
    beside, content = writer(panel)
    # What explains the file is there before the file is, so that the file never stands alone.
    for suffix, text in beside.items():
        store.atomic_write(path.with_suffix(suffix), content=text)
    return store.atomic_write(path, content=content)


def about(panel: Panel) -> dict[str, Any]:
    """Return what a reader of the file has to know, as plain Python.

    Returns:
        ``kind``, ``system``, ``years`` (first and last), ``keys``, ``rows``, ``columns`` (``label``, ``unit``,
        ``added_by`` and ``source_years`` by name), ``sources`` (``title``, ``version``, ``licence`` and ``cite`` by
        id) and ``equipoise``, the version.

    Examples:
        >>> from equipoise import state_years
        >>> about(state_years(years=2016))["columns"]["ccode"]["label"]
        'Correlates of War code'
    """
    origin = {c: step for step in panel.steps for c in step.labels(panel, panel.labels)}
    columns = {name: {"label": text, "unit": unit_of(panel, name)} for name, text in labels(panel).items()}
    for name, step in origin.items():
        columns[name] |= {"added_by": step.name, "source_years": step.coverage}
    used = {s: registry()[s] for s in panel.sources}
    return {
        "kind": panel.kind, "system": panel.system, "years": list(panel.years), "keys": list(panel.keys),
        "rows": panel.frame.height, "columns": columns,
        "sources": {i: {"title": s.title, "version": s.version, "licence": s.licence, "cite": s.cite}
                    for i, s in used.items()},
        "equipoise": version("equipoise"),
    }


def labels(panel: Panel) -> dict[str, str]:
    """Return what each column is, in words that say whose figure it is where a row has several states.

    >>> from equipoise import dyad_years
    >>> labels(dyad_years(years=2016).add("majors"))["cowmaj2"]
    'state 2: is a major power on a day of the year'
    """
    out = {k: _key(k) for k in panel.keys}
    for name, variable in panel.labels.items():
        who = ""
        if panel.kind == "triad-year":
            sides = [f"{words}: " for end, words in _TRIAD.items() if name.endswith(end)]
            who = sides[-1] if sides else ""
        elif variable.sided and panel.kind in _WHO and name[-1:] in ("1", "2"):
            who = f"{_WHO[panel.kind][int(name[-1]) - 1]}: "
        out[name] = f"{who}{variable.label}"
    return out


def unit_of(panel: Panel, column: str) -> str:
    """Return a column's unit; empty for keys and for what needs none."""
    return panel.labels[column].unit if column in panel.labels else ""


def columns_table(panel: Panel) -> pl.DataFrame:
    """Return a row a column: what :meth:`Panel.describe` says, then what :meth:`Panel.coverage` says."""
    described = panel.describe()
    texts = labels(panel)
    described = described.with_columns(label=pl.Series([texts[c] for c in described["column"]], dtype=pl.String))
    covered = panel.coverage().drop("unit", "missing")
    return described.join(covered, on="column", how="left", maintain_order="left")


def _key(name: str) -> str:
    for start, words in _KEYS.items():
        rest = name.removeprefix(start).strip("_")
        if name.startswith(start) and rest in ("", "1", "2", "a", "b"):
            return f"{words}, {'state' if rest.isdigit() else 'power'} {rest}" if rest else words
    raise AssertionError(name)


Made = tuple[dict[str, str], bytes]


def _parquet(panel: Panel) -> Made:
    buffer = io.BytesIO()
    panel.frame.write_parquet(buffer, metadata={METADATA: json.dumps(about(panel), ensure_ascii=False)})
    return {}, buffer.getvalue()


def _arrow(panel: Panel) -> Made:
    # The oldest layout of text is the one that R and older readers know; Polars writes no metadata of its own here.
    buffer = io.BytesIO()
    panel.frame.write_ipc(buffer, compat_level=pl.CompatLevel.oldest())
    return {".json": json.dumps(about(panel), ensure_ascii=False, indent=1) + "\n"}, buffer.getvalue()


def _csv(panel: Panel) -> Made:
    nested = [s.name for s in panel.frame if s.dtype.is_nested()]
    if nested:
        raise UsageError(f"{nested[0]} holds lists, which CSV does not have.", hint="Write .parquet or .arrow.")
    return {".columns.csv": columns_table(panel).write_csv()}, panel.frame.write_csv().encode()


def _stata(panel: Panel) -> Made:
    units = {c: unit_of(panel, c) for c in panel.frame.columns}
    texts = {c: f"{text} ({units[c]})" if units[c] else text for c, text in labels(panel).items()}
    title = f"{panel.kind} panel, {panel.years[0]}-{panel.years[1]}, equipoise {version('equipoise')}"
    return {}, stata(panel.frame, labels=texts, title=title)


_WRITERS: dict[str, Callable[[Panel], Made]] = {
    ".parquet": _parquet, ".arrow": _arrow, ".feather": _arrow, ".csv": _csv, ".dta": _stata,
}
