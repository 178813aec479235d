"""Democracy: how far a state's rulers are elected, and bound by law.

Source: Coppedge and others 2025, V-Dem Dataset v15, with the measurement model of Pemstein and others 2025.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "vdem"
FILES = ("vdem/vdem_simple.rda",)

_INDICES = {
    f"v2x_{index}{theirs}": f"{index}{ours}"
    for index in ("polyarchy", "libdem", "partipdem", "delibdem", "egaldem")
    for theirs, ours in (("", ""), ("_codelow", "_low"), ("_codehigh", "_high"))
}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the indices.

    Returns:
        One row a country and year, 1789–2024: ``cow`` (null for a country that the Correlates of War do not count),
        ``iso3`` (V-Dem's own three letters), ``year``, ``polyarchy`` (electoral democracy), ``libdem`` (liberal
        democracy), ``partipdem`` (participatory), ``delibdem`` (deliberative) and ``egaldem`` (egalitarian), 0 to 1,
        each with the bounds of its 68 % interval in ``_low`` and ``_high``; null where not coded. The deliberative and
        the egalitarian index start in 1900.

        Not every ``iso3`` is ISO's: ``SML`` Somaliland, ``PSG`` Gaza, ``ZZB`` Zanzibar, ``DDR``, ``VDR``, ``YMD`` and
        others are V-Dem's; ``PSE`` is the West Bank. Years before independence are coded too (Kazakhstan from 1990).

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    columns = ("vdem_cowcode", "country_text_id", "year", *_INDICES)
    tables.require_columns(frame, columns, name=FILES[0], source=SOURCE)
    # V-Dem's own COW code; the file's other one (cown) gives Czechoslovakia and Austria-Hungary successors' codes.
    return frame.select(
        *tables.integers(cow="vdem_cowcode"),
        pl.col("country_text_id").alias("iso3"),
        *tables.integers(year="year"),
        *(pl.col(old).cast(pl.Float64).alias(new) for old, new in _INDICES.items()),
    ).sort("iso3", "year")
