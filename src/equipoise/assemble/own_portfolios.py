"""A user's own portfolios from a CSV file, a portfolio a row and an entry a column; what is wrong is one error."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from equipoise import store
from equipoise.errors import BadSourceFile, UsageError

NULLS = ("", "NA", ".")
"""What stands for a missing entry."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OwnPortfolios:
    """Names of n portfolios and m entries, and the entries (n, m); NaN is missing."""

    names: tuple[str, ...]
    entries: tuple[str, ...]
    values: Array


def read_portfolios(path: Path | str, *, scale: tuple[float, float]) -> OwnPortfolios:
    """Read portfolios on an ordinal scale: the first column names them, the head names their entries.

    An empty cell, ``NA`` and ``.`` are missing.

    Raises:
        BadSourceFile: no such file, not UTF-8, no rows or entries, a row of another length, two rows or entries of one
            name, or a cell that is no number or outside the scale; the message says which.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = store.atomic_write(Path(folder) / "p.csv", content="who,x,y\\nKAZ,1,3\\nUZB,2,\\n")
        ...     own = read_portfolios(path, scale=(1, 3))
        >>> own.names, own.entries, own.values.tolist()
        (('KAZ', 'UZB'), ('x', 'y'), [[1.0, 3.0], [2.0, nan]])
    """
    path = Path(path)
    (_, head), *rows = _rows(path)
    entries = [e.strip() for e in head[1:]]
    if not entries or not rows:
        raise BadSourceFile(f"{path.name} has {len(rows)} portfolios of {len(entries)} entries.",
                            hint="Give a column of names, a column an entry, and a row a portfolio.")
    for line, row in rows:
        if len(row) != len(head):
            raise BadSourceFile(f"{path.name}, line {line} has {len(row)} cells and the head {len(head)}.",
                                hint="Give every row one cell an entry; leave a missing one empty.")
    names = [row[0].strip() for _, row in rows]
    _once(names, what="portfolios", file=path.name)
    _once(entries, what="entries", file=path.name)
    values = [[_number(cell, where=f"{path.name}, line {line}, column {entry}") for entry, cell
               in zip(entries, row[1:], strict=True)] for line, row in rows]
    table = np.array(values)
    _inside(table, names=names, entries=entries, scale=scale, file=path.name)
    return OwnPortfolios(tuple(names), tuple(entries), table)


def read_weights(path: Path | str, *, entries: tuple[str, ...]) -> Array:
    """Read the weights (m,) of entries from a CSV of two columns, the entry and its weight, in any order of rows.

    Raises:
        BadSourceFile: no such file, a row that has not two cells, an entry twice, missing or unknown, or a weight that
            is missing, negative or no number.
    """
    path = Path(path)
    _, *rows = _rows(path)
    found: dict[str, float] = {}
    for line, row in rows:
        if len(row) != 2:
            raise BadSourceFile(f"{path.name}, line {line} has {len(row)} cells.",
                                hint="Give two columns: the entry and its weight.")
        entry, value = row[0].strip(), _number(row[1], where=f"{path.name}, line {line}")
        if not value >= 0:
            raise BadSourceFile(f"{path.name}, line {line}: the weight of {entry} is negative or missing.",
                                hint="Give every entry a weight of 0 or more.")
        if entry in found:
            raise BadSourceFile(f"{path.name} has two weights of {entry}.", hint="Give each entry one.")
        found[entry] = value
    gone, odd = [e for e in entries if e not in found], [e for e in found if e not in entries]
    if gone or odd:
        what = f"none of {gone[0]}" if gone else f"one of {odd[0]}, which is no entry"
        raise BadSourceFile(f"{path.name} has {len(found)} weights for {len(entries)} entries, and {what}.",
                            hint="Give one line an entry, by its name in the head of the portfolios.")
    return np.array([found[e] for e in entries])


def read_scale(text: str | tuple[float, float] | None) -> tuple[float, float]:
    """Return the lowest and the highest value of a scale, given as ``LO,HI`` or as two numbers.

    Raises:
        UsageError: there is none, it is no pair of numbers, or it is empty.

    >>> read_scale("1,3"), read_scale((0, 10))
    ((1.0, 3.0), (0.0, 10.0))
    """
    if text is None:
        raise UsageError("your own portfolios need the range of their scale.",
                         hint="For example --scale 1,3: the values that could occur, not those that happen to.")
    try:
        low, high = (float(x) for x in (text.split(",") if isinstance(text, str) else text))
    except (TypeError, ValueError) as err:
        raise UsageError(f"{text!r} is no scale.", hint="Give the lowest and the highest value: --scale 1,3.") from err
    if not (np.isfinite([low, high]).all() and low < high):
        raise UsageError(f"the scale {low:g} to {high:g} is empty.", hint="Give the lowest value first: --scale 1,3.")
    return low, high


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, each with its line."""
    try:
        text = store.read(path).decode("utf-8-sig")
    except OSError as err:
        raise BadSourceFile(f"{path} cannot be read: {(err.strerror or str(err)).lower()}.",
                            hint="Check the path.") from err
    except UnicodeDecodeError as err:
        raise BadSourceFile(f"{path.name} is not in UTF-8.", hint="Save it as CSV in UTF-8.") from err
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as err:
        raise BadSourceFile(f"{path.name} is not CSV: {err}.", hint="Save it anew as CSV.") from err
    if not rows:
        raise BadSourceFile(f"{path.name} is empty.", hint="Save it anew with its rows.")
    return rows


def _number(cell: str, *, where: str) -> float:
    text = cell.strip()
    if text in NULLS:
        return np.nan
    try:
        value = float(text)
    except ValueError:
        value = np.inf
    if not np.isfinite(value):
        raise BadSourceFile(f"{where} holds {text!r}, which is no number.",
                            hint="Give numbers with a point, and leave a missing cell empty.")
    return value


def _once(names: list[str], *, what: str, file: str) -> None:
    if "" in names:
        raise BadSourceFile(f"{file} has {what} without a name.", hint="Name each.")
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice:
        raise BadSourceFile(f"{file} has two {what} called {twice}.", hint="Give each a name of its own.")


def _inside(table: Array, *, names: list[str], entries: list[str], scale: tuple[float, float], file: str) -> None:
    outside = np.argwhere((table < scale[0]) | (table > scale[1]))
    if len(outside):
        i, j = outside[0]
        raise BadSourceFile(f"{file}: {names[i]} holds {table[i, j]:g} at {entries[j]}, outside the scale {scale[0]:g} "
                            f"to {scale[1]:g}.", hint="Give the whole scale, or leave cells for absence empty.")
