"""World Bank, World Development Indicators: GDP in current and constant USD, population.

Source: World Bank (2026), *World Development Indicators*; NY.GDP.MKTP.CD, NY.GDP.MKTP.KD, SP.POP.TOTL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from equipoise.acquire.tables import content_of, read_csv, read_excel, require_columns
from equipoise.errors import BadSourceFile

SOURCE = "world_bank"
FILES = ("worldbank/gdp.csv", "worldbank/wb_GDP_data.xls", "worldbank/wb_Population.xls")

AGGREGATES = frozenset([
    "AFE", "AFW", "ARB", "CEB", "CSS", "EAP", "EAR", "EAS", "ECA", "ECS", "EMU", "EUU", "FCS", "HIC", "HPC", "IBD",
    "IBT", "IDA", "IDB", "IDX", "LAC", "LCN", "LDC", "LIC", "LMC", "LMY", "LTE", "MEA", "MIC", "MNA", "NAC", "OED",
    "OSS", "PRE", "PSS", "PST", "SAS", "SSA", "SSF", "SST", "TEA", "TEC", "TLA", "TMN", "TSA", "TSS", "UMC", "WLD",
])
"""The codes of regions, income groups and other sums of states, all 48 of them: the units without a region in the
workbooks' sheet of metadata, against which they are checked."""

_NO_STATE = frozenset({"CHI"})  # The Channel Islands together: ISO 3166-1 has Guernsey and Jersey.
_SCHEMA = {"indicator": pl.String, "iso3": pl.String, "year": pl.Int32, "value": pl.Float64}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row for each indicator, state and year with a figure.

    Sums of states (:data:`AGGREGATES`) and the Channel Islands are left out.

    Returns:
        ``indicator`` (``NY.GDP.MKTP.CD`` GDP in current USD, ``NY.GDP.MKTP.KD`` in constant 2015 USD, ``SP.POP.TOTL``
        population), ``iso3`` (Kosovo is XKX), ``year`` (Int32), ``value``.

    Raises:
        BadSourceFile: a file has another layout, another indicator, or a sum of states that is not known as one.
    """
    current, constant, population = FILES
    table = pl.concat([_csv(files, path=current, indicator="NY.GDP.MKTP.CD"),
                       _workbook(files, path=constant, indicator="NY.GDP.MKTP.KD"),
                       _workbook(files, path=population, indicator="SP.POP.TOTL")])
    return table.filter(~pl.col("iso3").is_in(list(AGGREGATES | _NO_STATE))).sort("indicator", "iso3", "year")


def _csv(files: Mapping[str, bytes], *, path: str, indicator: str) -> pl.DataFrame:
    frame = read_csv(content_of(files, path, source=SOURCE), name=path, source=SOURCE)
    require_columns(frame, ["Country Code", "Year", "Value"], name=path, source=SOURCE)
    return frame.select(
        indicator=pl.lit(indicator), iso3=pl.col("Country Code"), year=pl.col("Year").cast(pl.Int32),
        value=pl.col("Value").cast(pl.Float64),
    ).drop_nulls("value")


def _workbook(files: Mapping[str, bytes], *, path: str, indicator: str) -> pl.DataFrame:
    content = content_of(files, path, source=SOURCE)
    check_aggregates(read_excel(content, name=path, sheet="Metadata - Countries", source=SOURCE), path=path)
    return tidy(read_excel(content, name=path, sheet="Data", source=SOURCE), path=path, indicator=indicator)


def tidy(rows: list[list[Any]], *, path: str, indicator: str) -> pl.DataFrame:
    """Return the rows of a workbook's sheet of data, one column a year, as one row a state or group and year."""
    start = next((i for i, row in enumerate(rows) if "Country Code" in row), None)
    if start is None:
        raise BadSourceFile(f"{path} has no row of headings with Country Code.",
                            hint=f"Try `equipoise data pull {SOURCE}`.")
    head, body = rows[start], rows[start + 1:]
    code, which = head.index("Country Code"), head.index("Indicator Code")
    found = {row[which] for row in body}
    if found != {indicator}:
        raise BadSourceFile(f"{path} holds {sorted(map(str, found))[:3]}, not {indicator}.",
                            hint=f"Try `equipoise data pull {SOURCE}`.")
    years = [(j, int(float(name))) for j, name in enumerate(head) if _is_year(name)]
    cells = [(indicator, row[code], year, float(row[j])) for row in body for j, year in years if row[j] != ""]
    return pl.DataFrame(cells, schema=_SCHEMA, orient="row")


def _is_year(name: Any) -> bool:
    text = str(name).removesuffix(".0")
    return len(text) == 4 and text.isdigit()


def check_aggregates(rows: list[list[Any]], *, path: str) -> None:
    """Raise BadSourceFile if the sheet of metadata has a unit without a region that is not in AGGREGATES."""
    code, region = rows[0].index("Country Code"), rows[0].index("Region")
    unknown = sorted({row[code] for row in rows[1:] if not row[region]} - AGGREGATES)
    if unknown:
        raise BadSourceFile(f"{path} has units without a region that are not known as sums of states: {unknown}.",
                            hint="Add them to AGGREGATES in acquire/world_bank.py if they are.")
