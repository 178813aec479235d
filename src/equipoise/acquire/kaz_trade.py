"""Kazakhstan's own trade statistics by partner, 2018–2023.

Source: Bureau of National Statistics of the Republic of Kazakhstan, *Основные показатели внешней торговли Республики
Казахстан* (main indicators of foreign trade), series 5, annual.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from equipoise import data
from equipoise.acquire.tables import check_table, content_of, read_csv, read_excel
from equipoise.errors import BadSourceFile

SOURCE = "kaz_trade"
FILES = (
    "kaz_stat/Основные показатели внешней торговли_2019.xls",
    "kaz_stat/Основные показатели внешней торговли_2020.xls",
    "kaz_stat/Основные показатели внешней торговли_2021.xls",
    "kaz_stat/Основные показатели внешней торговли по странам_2022.xls",
    "kaz_stat/Основные показатели внешней торговли по странам_2023.xls",
)
"""In order of publication: a later file revises the year before its own."""

TOLERANCE = 1e-6
"""The partners of a year must add up to its total within this share of it, in each column. Some rows of 2018 to 2020
are rounded to 0.1 thousand USD; the largest gap found is 2e-8."""

SUBTOTALS = frozenset({
    "Страны СНГ", "Страны ЕАЭС", "Страны вне ЕАЭС", "Остальные страны мира", "Европа", "Страны ЕС", "Страны вне ЕС",
    "Азия", "Америка", "Африка", "Австралия и Океания",
})
"""Rows that sum up others: the CIS and its part in the Eurasian Economic Union, all states outside the CIS, the EU (as
the bureau counts it: with the United Kingdom to 2019), the continents."""

_TOTAL = "Всего"
_HEADINGS = {"turnover_kusd": "товарооборот", "exports_kusd": "экспорт", "imports_kusd": "импорт"}
_SCHEMA = {"partner_ru": pl.String, "year": pl.Int32, "exports_kusd": pl.Float64, "imports_kusd": pl.Float64,
           "turnover_kusd": pl.Float64}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row for each partner and year, and one for each year's total.

    A year that two files have is taken from the later one. An empty cell is a zero where the row's turnover equals its
    other flow, and null otherwise.

    Returns:
        ``partner_ru`` (the Russian name; null for the total; :func:`partners` has the codes), ``year`` (Int32),
        ``exports_kusd``, ``imports_kusd``, ``turnover_kusd``: thousand current USD.

    Raises:
        BadSourceFile: a file has no sheet of figures, or the partners do not add up to the total.
    """
    by_year: dict[int, pl.DataFrame] = {}
    for path in FILES:
        by_year |= _sheets(content_of(files, path, source=SOURCE), path=path)
    return pl.concat(by_year.values()).sort("year", "partner_ru", nulls_last=False)


def partners() -> pl.DataFrame:
    """Return every spelling of a partner with its code: ``partner_ru``, ``iso3``.

    Examples:
        >>> partners().row(by_predicate=pl.col("partner_ru") == "Россия")
        ('Россия', 'RUS')
    """
    return read_csv(data.read("partners_ru.csv"), name="partners_ru.csv", infer=False)


def _sheets(content: bytes, *, path: str) -> dict[int, pl.DataFrame]:
    found: dict[int, pl.DataFrame] = {}
    for sheet in _sheet_names(content, path=path):
        rows = read_excel(content, name=path, sheet=sheet, source=SOURCE)
        if _first(rows) is None:
            continue  # a cover, an explanation of signs, or a table of contents
        table = tidy(rows, where=f"{path}, sheet {sheet}")
        found[table["year"][0]] = table
    if not found:
        raise BadSourceFile(f"{path} has no sheet with a row {_TOTAL}.", hint=f"Try `equipoise data pull {SOURCE}`.")
    return found


def _sheet_names(content: bytes, *, path: str) -> list[str]:
    import python_calamine

    check_table(content, name=path, source=SOURCE)
    try:
        return list(python_calamine.load_workbook(io.BytesIO(content)).sheet_names)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise BadSourceFile(f"{path} is not an Excel workbook: {error}.",
                            hint=f"Try `equipoise data pull {SOURCE}`.") from error


def _first(rows: list[list[Any]]) -> int | None:
    return next((i for i, row in enumerate(rows) if _name(row[0]) == _TOTAL), None)


def _name(cell: Any) -> str:
    # The total of 2018 reads "Всего / в том числе" (in total, of which), on two lines.
    return " ".join(str(cell).split()).removesuffix(" в том числе")


def _year(rows: list[list[Any]], *, where: str) -> int:
    match = re.search(r"(\d{4})\s+год", " ".join(str(cell) for row in rows for cell in row))
    if match is None:
        raise BadSourceFile(f"{where} does not say its year.", hint=f"Try `equipoise data pull {SOURCE}`.")
    return int(match.group(1))


def tidy(rows: list[list[Any]], *, where: str) -> pl.DataFrame:
    """Return one year's rows from the rows of a sheet; ``where`` names it in messages."""
    start = _first(rows)
    if start is None:
        raise BadSourceFile(f"{where} has no row {_TOTAL}.", hint=f"Try `equipoise data pull {SOURCE}`.")
    at, year = _columns(rows[:start], where=where), _year(rows[:start], where=where)
    figures = [[_number(row[at[c]], where=where) for c in list(_SCHEMA)[2:]] for row in rows[start:]]
    cells = [(_name(row[0]), year, *found) for row, found in zip(rows[start:], figures, strict=True)]
    raw = pl.DataFrame(cells, schema=_SCHEMA, orient="row")
    table = raw.filter((pl.col("partner_ru") != "") & ~pl.col("partner_ru").is_in(list(SUBTOTALS)))
    double = table.filter(pl.col("partner_ru").is_duplicated())
    if double.height:
        raise BadSourceFile(f"{where} has the partner {double['partner_ru'][0]} twice.", hint="Check the file.")
    table = table.with_columns(pl.col("partner_ru").replace({_TOTAL: None}), *_zeros())
    _check_sum(table, where=where)
    return table


def _columns(rows: list[list[Any]], *, where: str) -> dict[str, int]:
    places = {_name(cell).lower(): j for row in rows for j, cell in enumerate(row) if cell != ""}
    missing = [name for name in _HEADINGS.values() if name not in places]
    if missing:
        raise BadSourceFile(f"{where} has no column {missing[0]}.", hint=f"Try `equipoise data pull {SOURCE}`.")
    return {column: places[name] for column, name in _HEADINGS.items()}


def _number(cell: Any, *, where: str) -> float | None:
    if cell == "":
        return None
    try:
        return float(cell)
    except (TypeError, ValueError) as error:
        raise BadSourceFile(f"{where} has {cell!r} where a number was expected.", hint="Check the file.") from error


def _zeros() -> list[pl.Expr]:
    turnover = pl.col("turnover_kusd")
    return [
        pl.when(pl.col(empty).is_null() & ((pl.col(other) - turnover).abs() <= 0.1)).then(0.0).otherwise(pl.col(empty))
        .alias(empty)
        for empty, other in (("exports_kusd", "imports_kusd"), ("imports_kusd", "exports_kusd"))
    ]


def _check_sum(table: pl.DataFrame, *, where: str) -> None:
    total, rest = table.filter(pl.col("partner_ru").is_null()), table.filter(pl.col("partner_ru").is_not_null())
    for column in _HEADINGS:
        stated, found = total[column][0], rest[column].sum()
        if stated is None or abs(found - stated) > TOLERANCE * stated:
            raise BadSourceFile(f"{where}: the partners' {column} add up to {found:,.0f}, the total says {stated}.",
                                hint="A row was lost, or a new subtotal is not in SUBTOTALS of acquire/kaz_trade.py.")
