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
from equipoise.assemble.panel.forms import DyadForm
from equipoise.assemble.panel.stata import LONGEST_LABEL, stata
from equipoise.assemble.panel.step import Added
from equipoise.errors import UsageError

if TYPE_CHECKING:
    from equipoise.assemble.panel.panel import Panel

METADATA = "equipoise"
"""The key under which a Parquet file's metadata hold :func:`about`, as JSON."""

_KEYS = {"ccode": "Correlates of War code", "gwcode": "Gleditsch and Ward code", "iso3": "ISO 3166-1 alpha-3 code",
         "power": "power: ISO 3166-1 alpha-3 code, or EUU", "year": "year"}
_WHO = {"dyad-year": ("state 1", "state 2"), "directed-dyad-year": ("state 1", "state 2"),
        "power-year": ("the state", "the power")}
_TRIAD = {"_s": ("the state",), "_a": ("power a",), "_b": ("power b",), "_sa": ("state", "power a"),
          "_sb": ("state", "power b"), "_ab": ("power a", "power b")}


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
        raise UsageError(f"{path} has no suffix that says how to write it.", hint=f"Use {', '.join(_WRITERS)}.")
    store.check_place(path)
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
    either = _either(panel)
    for name, variable in panel.labels.items():
        who = f"{_who(name, panel=panel, sided=variable.sided)}{'either way, ' if name in either else ''}"
        out[name] = f"{who}{variable.label}"
    return out


def _who(name: str, *, panel: Panel, sided: bool) -> str:
    """Whose figure a column holds, and a colon; nothing where it needs no saying."""
    if panel.kind == "triad-year":
        end = next((e for e in reversed(_TRIAD) if name.endswith(e)), "")
        sides, stem = _TRIAD.get(end, ()), name.removesuffix(end)
        if sided and len(sides) == 2 and stem[-1:] in ("1", "2"):
            this = int(stem[-1]) - 1
            return f"{sides[this]} with {sides[1 - this]}: "
        return f"{' and '.join(sides)}: " if sides else ""
    if sided and panel.kind in _WHO and name[-1:] in ("1", "2"):
        return f"{_WHO[panel.kind][int(name[-1]) - 1]}: "
    return ""


def _either(panel: Panel) -> set[str]:
    """The columns that hold the larger of both directions, since the panel's pairs have none."""
    adds = [s.add for s in panel.steps if isinstance(s, Added)] if panel.kind == "dyad-year" else []
    return {v.name for add in adds if isinstance(add.dyad, DyadForm) and add.dyad.either for v in add.dyad.variables
            if v.label.startswith("the first")}


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
            words = words.removeprefix("power: ") if rest else words
            return f"{'state' if rest.isdigit() else 'power'} {rest}: {words}" if rest else words
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
    texts = {c: _with_unit(text, unit=units[c]) for c, text in labels(panel).items()}
    title = f"{panel.kind} panel, {panel.years[0]}-{panel.years[1]}, equipoise {version('equipoise')}"
    return {}, stata(panel.frame, labels=texts, title=title)


def _with_unit(text: str, *, unit: str) -> str:
    """A label with its unit, of which a long text is cut first."""
    if not unit:
        return text
    room = LONGEST_LABEL - len(unit) - 3
    return f"{text if len(text) <= room else f'{text[: room - 1]}…'} ({unit})"


_WRITERS: dict[str, Callable[[Panel], Made]] = {
    ".parquet": _parquet, ".arrow": _arrow, ".feather": _arrow, ".csv": _csv, ".dta": _stata,
}
