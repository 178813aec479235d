"""The pack: tables of figures in our own schema, embedded in the package or built from downloaded sources."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from equipoise import store
from equipoise.assemble.contracts import PACK
from equipoise.assemble.stance_contracts import STANCE
from equipoise.assemble.thesis_contracts import THESIS
from equipoise.assemble.trade_contracts import SOLVED
from equipoise.errors import DamagedPack

MANIFEST = "pack.json"


class Pack:
    """Tables by name, from a folder or from memory; a table is read, and its checksum compared, once.

    >>> pack = embedded()
    >>> pack.table("oil").columns
    ['year', 'oil_usd_bbl', 'months']
    """

    def __init__(self, *, folder: Path | None = None, frames: Mapping[str, pl.DataFrame] | None = None) -> None:
        self._folder = folder
        self._frames = dict(frames or {})
        self.manifest: dict[str, Any] = _manifest(folder) if folder else {"tables": {}, "columns": [], "version": "0"}

    def table(self, name: str) -> pl.DataFrame:
        """Return a table; raise DamagedPack if its file is missing or not the one the manifest describes."""
        if name not in self._frames:
            self._frames[name] = self._read(name)
        return self._frames[name]

    def has(self, name: str) -> bool:
        """Whether the pack has a table."""
        return name in self._frames or name in self.manifest["tables"]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the checksums of all tables, in hex digits."""
        sums = sorted(f"{n} {t['sha256']}" for n, t in self.manifest["tables"].items())
        return hashlib.sha256("\n".join(sums).encode()).hexdigest()

    def _read(self, name: str) -> pl.DataFrame:
        if self._folder is None or name not in self.manifest["tables"]:
            raise DamagedPack(f"the pack has no table {name}.", hint=_REPAIR)
        path = self._folder / f"{name}.parquet"
        try:
            raw = store.read(path)
        except OSError as err:
            raise DamagedPack(f"{path} cannot be read: {err.strerror}.", hint=_REPAIR) from err
        if hashlib.sha256(raw).hexdigest() != self.manifest["tables"][name]["sha256"]:
            raise DamagedPack(f"{path} is damaged: its checksum is not the one in {MANIFEST}.", hint=_REPAIR)
        try:
            return pl.read_parquet(io.BytesIO(raw))
        except pl.exceptions.PolarsError as err:
            raise DamagedPack(f"{path} is not a Parquet file that can be read.", hint=_REPAIR) from err


def last_year(frame: pl.DataFrame, *, column: str = "year") -> int:
    """Return the last year in a column.

    >>> last_year(pl.DataFrame({"year": [1991, 2018]}))
    2018
    """
    return int(frame.select(pl.col(column).max().cast(pl.Int64)).item())


_REPAIR = "Install equipoise again, or rebuild the pack with `equipoise data build --from DIR`."


@cache
def embedded() -> Pack:
    """Return the pack that is installed with the package."""
    return Pack(folder=pack_folder())


def pack_folder() -> Path:
    """Return the folder of the installed pack; ``EQUIPOISE_PACK`` names another."""
    if named := os.environ.get("EQUIPOISE_PACK"):
        return Path(named)
    return Path(str(files("equipoise.data").joinpath("pack")))


def encode(frames: Mapping[str, pl.DataFrame], *, columns: list[dict[str, Any]], version: str) -> dict[str, bytes]:
    """Return the pack's files by name: one Parquet file a table, and the manifest with checksums and column notes."""
    out: dict[str, bytes] = {}
    tables = {}
    for name in sorted(frames):
        contract = PACK.get(name) or THESIS.get(name) or SOLVED.get(name) or STANCE.get(name)
        frame = contract.check(frames[name]) if contract else frames[name]
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", compression_level=19, statistics=True)
        raw = buffer.getvalue()
        out[f"{name}.parquet"] = raw
        tables[name] = {"rows": frame.height, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    manifest = {"version": version, "tables": tables, "columns": columns}
    out[MANIFEST] = (json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()
    return out


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(store.read(path))
        assert isinstance(manifest["tables"], dict) and isinstance(manifest["columns"], list)
    except OSError as err:
        raise DamagedPack(f"{path} cannot be read: {err.strerror}.", hint=_REPAIR) from err
    except (ValueError, KeyError, TypeError, AssertionError) as err:
        raise DamagedPack(f"{path} is damaged.", hint=_REPAIR) from err
    return dict(manifest)
