"""OECD Inter-Country Input-Output tables, read from a file of the user's own.

Source: OECD, *Inter-Country Input-Output tables*, edition of 2025 (81 economies, the rest of the world among them, 50
industries, 1995–2022), CC BY 4.0. The page https://www.oecd.org/en/data/datasets/inter-country-input-output-tables.html
offers archives of several years each, one CSV a year in them, under addresses that change with every edition; so the
file is taken by hand. :func:`read` reads the CSV (``2022_SML.csv``) or an archive with one such file.

:func:`read_network` reads the same table for 2022 in the form in which the package sanction-simulator 0.1.4 (PyPI, MIT;
Bhattathiripad and Veetil, *Political Power in International Trade*) carries it: 80 states, and of final demand only
each seller's total.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.acquire import tables
from equipoise.errors import BadSourceFile

Array = NDArray[np.float64]

HOME = "https://www.oecd.org/en/data/datasets/inter-country-input-output-tables.html"
FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
"""Final uses: households, non-profit institutions, government, investment, changes in stocks, purchases abroad."""

_TOTALS = ("TLS", "VA", "OUT")
_HINT = f"Take the table of one year, as CSV, from {HOME}."
_MEMBERS = ("A", "omb", "s", "z", "countries", "sectors")


@dataclass(frozen=True, slots=True)
class InterCountry:
    """One year's table in million USD, S sectors and N countries.

    intermediate: (S, N, S, N), selling sector and country, buying sector and country; final: (S, N, N), selling sector
    and country, buying country, None where the file has none; final_sales: (S, N), each seller's sales to final uses
    (in :func:`read_network` also to the states left out); clipped: the sum of negative final uses set to 0 (changes in
    stocks), as a share of all final use.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    intermediate: Array
    final: Array | None
    final_sales: Array
    clipped: float = 0.0


def read(content: bytes, *, name: str) -> InterCountry:
    """Read the official table of one year, CSV or a zip archive that has one CSV.

    Rows and columns are named ``KAZ_B06``; columns of final use ``KAZ_HFCE`` and so on, after :data:`FINAL`; the rows
    TLS, VA and OUT and the column OUT follow from the others and are not kept. A buyer's final uses are added up; where
    falling stocks make a sum negative it is set to 0, and ``clipped`` says how much that was.

    Raises BadSourceFile: another layout (the extended tables split China and Mexico in two), a value that is no number
    or negative between industries, rows that are not the columns.

    >>> text = b"V1,A_x,B_x,A_HFCE,B_HFCE,OUT\\nA_x,1,0,2,1,4\\nB_x,1,1,0,2,4\\nVA,2,3,,,\\nOUT,4,4,2,3,"
    >>> table = read(text, name="x.csv")
    >>> table.countries, table.sectors, table.final[0].tolist()
    (('A', 'B'), ('x',), [[2.0, 1.0], [0.0, 2.0]])
    """
    frame = tables.read_csv(_csv(content, name=name), name=name, infer=False)
    nodes, finals = _labels(frame, name=name)
    countries = sorted({c for c, _ in nodes})
    sectors = sorted({s for _, s in nodes})
    if len(nodes) != len(countries) * len(sectors):
        raise BadSourceFile(f"{name} does not have every industry for every country.", hint=_HINT)
    order = [f"{c}_{s}" for s in sectors for c in countries]
    rows = frame.filter(pl.col(frame.columns[0]).is_in(order))
    if sorted(rows[frame.columns[0]]) != sorted(order):
        raise BadSourceFile(f"{name} does not have the same industries in its rows as in its columns.", hint=_HINT)
    at = {label: i for i, label in enumerate(rows[frame.columns[0]].to_list())}
    turn = np.array([at[label] for label in order])
    n, j = len(countries), len(sectors)
    between = _numbers(rows, order, name=name)[turn]
    if (between < 0).any():
        raise BadSourceFile(f"{name} has {int((between < 0).sum())} negative sales between industries.", hint=_HINT)
    spent = np.zeros((n * j, n))
    for i, country in enumerate(countries):
        spent[:, i] = _numbers(rows, finals[country], name=name)[turn].sum(1)
    total = float(np.abs(spent).sum())
    clipped = float(-spent[spent < 0].sum() / total) if total else 0.0
    final = np.maximum(spent, 0.0).reshape(j, n, n)
    return InterCountry(
        tuple(countries), tuple(sectors), between.reshape(j, n, j, n), final, final.sum(2), clipped
    )


def read_network(content: bytes, *, name: str) -> InterCountry:
    """Read ``bench_cache.npz`` of sanction-simulator 0.1.4: the table of 2022 without the rest of the world.

    Raises BadSourceFile: no such archive, a missing member, or sizes that do not fit.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            missing = [m for m in _MEMBERS if m not in archive.files]
            if missing:
                raise BadSourceFile(f"{name} has no {missing[0]}.", hint="Is it bench_cache.npz of release 0.1.4?")
            shares, inputs, sales, final, countries, sectors = (archive[m] for m in _MEMBERS)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise BadSourceFile(f"{name} is not a NumPy archive.", hint="Is it bench_cache.npz of 0.1.4?") from error
    n, j = len(countries), len(sectors)
    if shares.shape != (n * j, n * j) or any(x.shape != (n * j,) for x in (inputs, sales, final)):
        raise BadSourceFile(f"{name} has matrices that do not fit its {n} countries and {j} sectors.")
    between = (shares * (inputs * sales)).reshape(j, n, j, n)
    return InterCountry(
        tuple(map(str, countries)), tuple(map(str, sectors)), between, None, np.asarray(final, float).reshape(j, n)
    )


def _csv(content: bytes, *, name: str) -> bytes:
    """The file itself, or the only CSV in an archive."""
    if not content.startswith(b"PK"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = [m for m in archive.namelist() if m.lower().endswith(".csv")]
            if len(found) != 1:
                raise BadSourceFile(f"{name} has {len(found)} CSV files, not one.", hint="Unpack it and name one year.")
            return archive.read(found[0])
    except zipfile.BadZipFile as error:
        raise BadSourceFile(f"{name} is a damaged archive.", hint=_HINT) from error


def _labels(frame: pl.DataFrame, *, name: str) -> tuple[list[tuple[str, str]], dict[str, list[str]]]:
    """Country and industry of every column between industries, and each country's columns of final use."""
    nodes: list[tuple[str, str]] = []
    finals: dict[str, list[str]] = {}
    for column in frame.columns[1:]:
        country, split, kind = column.strip().partition("_")
        if column.strip() in _TOTALS:
            continue
        if not split or country in ("CN1", "CN2", "MX1", "MX2"):
            raise BadSourceFile(f"{name} has a column {column}, which is not of the small table (SML).", hint=_HINT)
        if kind in FINAL:
            finals.setdefault(country, []).append(column)
        else:
            nodes.append((country, kind))
    without = sorted({c for c, _ in nodes} - set(finals))
    if not nodes or without:
        what = f"no final use of {without[0]}" if without else "no columns between industries"
        raise BadSourceFile(f"{name} has {what}.", hint=_HINT)
    return nodes, finals


def _numbers(rows: pl.DataFrame, columns: list[str], *, name: str) -> Array:
    values = rows.select(pl.col(c).str.strip_chars().cast(pl.Float64, strict=False) for c in columns)
    bad = next((c for c in columns if not values[c].is_finite().fill_null(value=False).all()), None)
    if bad is not None:
        raise BadSourceFile(f"{name} has a value in the column {bad} that is no number.", hint=_HINT)
    return values.to_numpy()
