"""Where a panel finds its sources: in the pack, in the cache of parsed files, or in the downloaded files."""

from __future__ import annotations

import hashlib
import importlib
import io
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import polars as pl

from equipoise import store
from equipoise.acquire import CONNECTORS
from equipoise.acquire.registry import source as entry_of
from equipoise.acquire.status import read_files
from equipoise.assemble.packed import embedded
from equipoise.errors import CannotWrite

PREFIX = "panel_"
"""Of the pack's tables that serve panels: a source's whole table, where its terms and size allow to carry it."""

CARRIED = (
    "archigos", "atop", "capitals", "contiguity", "cow_igo", "creg", "dca", "democracy", "gdp_population", "gml",
    "hief", "ideal_points", "mid", "nmc", "polity", "strategic_rivalries", "trade_agreements", "ucdp", "ucdp_onset",
    "un_roll_calls", "vdem", "wars", "world_bank",
)
"""The sources that the pack carries whole. The others are pulled: their terms forbid it, or they are large."""

LISTS = ("cow_states", "gw_states")
"""The lists of states and of major powers, which the package has as tables of its own (``data/states.csv``)."""


class Shelf:
    """Parsed sources by id; each is read once.

    A source is taken from the embedded pack if the pack carries it. Else the downloaded files are parsed, and the
    table is kept in the cache, so that the next process reads it in milliseconds; the name there holds the checksums of
    the files and of the code that parsed them, so that a newer edition or parser never meets an old table.

    Args:
        folder: of downloaded sources, in the registry's layout; the cache by default.
    """

    def __init__(self, folder: Path | str | None = None) -> None:
        self._folder = Path(folder) if folder is not None else store.cache_dir()
        self._tables: dict[str, pl.DataFrame] = {}
        self._one = Lock()  # additions are made in threads, and two of them may want one source

    def table(self, source: str) -> pl.DataFrame:
        """Return a source's table.

        Raises:
            MissingSource: it is neither carried nor downloaded; the message names the command that gets it.
            BadSourceFile: a downloaded file is not the registry's.
        """
        with self._one:
            if source not in self._tables:
                self._tables[source] = self._find(source)
            return self._tables[source]

    def require(self, source: str) -> None:
        """Raise MissingSource at once if :meth:`table` would; reads nothing."""
        if source in self._tables or carried(source) or self._kept(source).is_file():
            return
        here = all((self._folder / file.path).is_file() for file in entry_of(source).files)
        if not here:
            read_files(entry_of(source), directory=self._folder, verify=False)

    def _find(self, source: str) -> pl.DataFrame:
        if carried(source):
            return embedded().table(PREFIX + source)
        kept = self._kept(source)
        if kept.is_file():
            return pl.read_parquet(io.BytesIO(store.read(kept)))
        files = read_files(entry_of(source), directory=self._folder)
        table = compact(CONNECTORS[source].parse(files))
        buffer = io.BytesIO()
        table.write_parquet(buffer, compression="lz4")
        with suppress(CannotWrite):  # a cache that cannot be written costs time, not the panel
            store.make_dir(kept.parent)
            store.atomic_write(kept, content=buffer.getvalue())
        return table

    def _kept(self, source: str) -> Path:
        return store.cache_dir() / "parsed" / f"{source}-{_edition(source)}.parquet"


def carried(source: str) -> bool:
    """Whether the embedded pack carries the whole of a source.

    >>> carried("min_distance")
    False
    """
    return source in LISTS or PREFIX + source in embedded().manifest["tables"]


def compact(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with each integer column in the smallest type that holds it; values stay.

    >>> compact(pl.DataFrame({"year": [1816, 2014], "onset": [0, 1]})).dtypes
    [Int16, Int8]
    """
    return table.select(s.shrink_dtype() if s.dtype.is_signed_integer() else s for s in table)


def carried_notes(
    frames: Mapping[str, pl.DataFrame], *, sources: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return for the manifest what each column of the carried tables is; as :func:`equipoise.assemble.pack.notes`."""
    out = []
    for name in sorted(n for n in frames if n.startswith(PREFIX)):
        source, frame = name.removeprefix(PREFIX), frames[name]
        years = frame["year"] if "year" in frame.columns else None
        span = {"first_year": years.min(), "last_year": years.max()} if years is not None else {}
        told = {key: sources[source][key] for key in ("version", "licence", "coverage")}
        out += [
            {"table": name, "column": column, "unit": "as published", "source": source, **told,
             "first_year": None, "last_year": None, **span, "values": frame.height - frame[column].null_count(),
             "note": f"See equipoise.acquire.{source}."}
            for column in frame.columns
        ]
    return out


@cache
def _edition(source: str) -> str:
    """Twelve digits that change with the source's files and with the code that parses them."""
    code = [importlib.import_module(f"equipoise.acquire.{name}").__file__ for name in (source, "tables")]
    parts = [*(file.sha256 for file in entry_of(source).files), *(store.sha256(Path(f)) for f in code if f)]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:12]
