"""IMF International Trade in Goods by Partner: exports of one year, as a public site prepared them.

Source: IMF (2026), *International Trade in Goods (by partner country)*, IMTS 1.0.0, the successor of the Direction of
Trade Statistics. The file carries no year. Its totals, China 3,779 and the United States 2,183 billion USD of
exports, are those of 2025, and its copy was taken on 2026-04-24; hence :data:`YEAR`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl

from equipoise import data
from equipoise.acquire.tables import check_table, content_of, read_csv
from equipoise.errors import BadSourceFile

SOURCE = "imf_trade"
FILES = ("imf_imts/trade_data.json",)

YEAR = 2025
"""The year of the figures: no field of the file says it, see the module's docstring."""


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row for each exporter and importer with trade.

    A pair that is not there has no figure, which is not a zero: Kazakhstan–Russia is missing both ways, as are
    Kazakhstan–Kyrgyzstan and everything that Taiwan exports.

    Returns:
        ``exporter`` and ``importer`` (names as given; :func:`names` has their codes), ``year`` (Int32) and
        ``value_musd``, million current USD, free on board.

    Raises:
        BadSourceFile: the file is not JSON, or its nodes and edges are not what they should be.
    """
    path = FILES[0]
    content = content_of(files, path, source=SOURCE)
    check_table(content, name=path, source=SOURCE)
    try:
        edges = json.loads(content)["edges"]
        rows = [(str(e["source"]), str(e["target"]), YEAR, float(e["value"])) for e in edges]
    except (ValueError, KeyError, TypeError) as error:
        raise BadSourceFile(f"{path} is not the JSON of nodes and edges that was expected: {error!r}.",
                            hint=f"Try `equipoise data pull {SOURCE}`.") from error
    schema = {"exporter": pl.String, "importer": pl.String, "year": pl.Int32, "value_musd": pl.Float64}
    flows = pl.DataFrame(rows, schema=schema, orient="row").sort("exporter", "importer")
    double = flows.filter(pl.struct("exporter", "importer").is_duplicated())
    if double.height:
        raise BadSourceFile(f"{path} has the pair {double.row(0)[:2]} twice.", hint="Use the registry's copy.")
    return flows


def names() -> pl.DataFrame:
    """Return the 196 short names of the file with their codes: ``name``, ``iso3``.

    Examples:
        >>> names().row(by_predicate=pl.col("name") == "CAR")
        ('CAR', 'CAF')
    """
    return read_csv(data.read("imf_names.csv"), name="imf_names.csv", infer=False)
