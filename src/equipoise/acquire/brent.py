"""The oil price: Europe Brent spot, monthly means since May 1987.

Source: U.S. Energy Information Administration, *Europe Brent Spot Price FOB*, series RBRTE.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire.tables import content_of, read_csv, require_columns
from equipoise.errors import BadSourceFile

SOURCE = "brent"
FILES = ("oil/brent-monthly.csv",)


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row a month.

    Returns:
        ``month`` (Date, its first day; the file dates a month by its fifteenth) and ``price_usd_bbl``, current USD
        per barrel.

    Raises:
        BadSourceFile: a date or price cannot be read, or a month occurs twice.

    Examples:
        >>> parse({FILES[0]: b"Date,Price\\n1987-05-15,18.58\\n"}).row(0)
        (datetime.date(1987, 5, 1), 18.58)
    """
    path = FILES[0]
    frame = read_csv(content_of(files, path, source=SOURCE), name=path, infer=False, source=SOURCE)
    require_columns(frame, ["Date", "Price"], name=path, source=SOURCE)
    try:
        prices = frame.select(month=pl.col("Date").str.to_date("%Y-%m-%d").dt.truncate("1mo"),
                              price_usd_bbl=pl.col("Price").cast(pl.Float64))
    except pl.exceptions.PolarsError as error:
        raise BadSourceFile(f"{path} has a date or price that cannot be read: {str(error).splitlines()[0]}",
                            hint=f"Try `equipoise data pull {SOURCE}`.") from error
    if prices["month"].is_duplicated().any():
        raise BadSourceFile(f"{path} has the month {prices.filter(pl.col('month').is_duplicated())['month'][0]} twice.",
                            hint=f"Try `equipoise data pull {SOURCE}`.")
    return prices.sort("month")
