"""Downloaded sources → the pack: read, parse, assemble, compute channels and rivalry, encode, write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl

from equipoise import store
from equipoise.acquire import CONNECTORS
from equipoise.acquire.registry import sources
from equipoise.acquire.status import read_files
from equipoise.assemble import estimation_set
from equipoise.assemble import pack as assembled
from equipoise.assemble.packed import MANIFEST, Pack, encode
from equipoise.assemble.panel.shelf import CARRIED, PREFIX, carried_notes, compact
from equipoise.assemble.stance_contracts import STANCE
from equipoise.assemble.thesis_contracts import THESIS
from equipoise.errors import MissingSource
from equipoise.measure.engagement import channel_shares
from equipoise.measure.rivalry import pair_positions
from equipoise.measure.system import COMPONENTS, rivalry_components
from equipoise.pipeline import points
from equipoise.pipeline.decoupling import decoupling
from equipoise.pipeline.stance_build import stance_tables
from equipoise.pipeline.thesis_build import estimated
from equipoise.schema import DEFAULT_POWERS, FIRST_YEAR

VERSION = "2026.11"
"""Of the pack: the month its sources were last frozen."""

Progress = Callable[[str], None]


def build(directory: Path | str, *, estimates: Mapping[str, pl.DataFrame] | None = None,
          progress: Progress = lambda _: None) -> dict[str, bytes]:
    """Return the pack's files by name, built from the sources in a folder; the same sources give the same bytes.

    ``estimates`` are tables of a pack that need not be made again, which takes minutes: ``ideal_points`` and
    ``ideal_draws`` of the same roll calls, ``decoupling`` of the same trade and GDP, the tables of
    ``THESIS`` and ``STANCE``, the contracts in :mod:`equipoise.assemble`, of the same pack.

    Raises:
        MissingSource: the folder or a file is not there; BadSourceFile: a file is not what its entry says.
    """
    if not Path(directory).is_dir():
        raise MissingSource(
            f"there is no folder {directory}.",
            hint="Download the sources with `equipoise data pull`, or name their folder with --from.",
        )
    parsed = parse_all(Path(directory), progress=progress)
    given = estimates or {}
    parsed |= _estimated(parsed, progress=progress) if "ideal_points" not in given else {
        "own_points": given["ideal_points"], "own_draws": given["ideal_draws"]}
    progress("assembling tables")
    frames = assembled.tables(parsed)
    pack = Pack(frames=frames)
    years = list(range(FIRST_YEAR, assembled.LAST_YEAR + 1))
    progress("computing channel shares")
    frames["channels"] = _rounded(channel_shares(pack, powers=DEFAULT_POWERS, years=years))
    progress("computing rivalry")
    frames["rivalry"] = _rounded(_rivalry(pack, years))
    progress("computing what losing a partner would cost")
    frames["decoupling"] = decoupling(Pack(frames=frames)) if "decoupling" not in given else given["decoupling"]
    frames |= {PREFIX + name: compact(parsed[name]) for name in CARRIED}
    whole = set(STANCE) <= set(given)
    frames |= {n: given[n] for n in STANCE} if whole else stance_tables(Pack(frames=frames), progress=progress)
    about = {
        name: {"version": s.version, "licence": s.licence, "coverage": s.coverage} for name, s in sources().items()
    }

    def files() -> dict[str, bytes]:
        notes = assembled.notes(frames, sources=about) + carried_notes(frames, sources=about)
        return encode(frames, columns=notes, version=VERSION)

    if set(THESIS) <= set(given):
        frames |= {name: given[name] for name in THESIS}
    else:
        with TemporaryDirectory() as folder:
            frames |= estimated(Pack(folder=write(files(), to=folder)), progress=progress)
    progress("writing Parquet")
    return files()


def write(files: dict[str, bytes], *, to: Path | str) -> Path:
    """Write the pack's files into a folder, the manifest last, so that an interrupted write shows as damage."""
    folder = store.make_dir(to)
    for name in sorted(files, key=lambda n: n == MANIFEST):
        store.atomic_write(folder / name, content=files[name])
    return folder


def parse_all(directory: Path, *, progress: Progress) -> dict[str, pl.DataFrame]:
    """Parse every source that the pack is made of or carries, by id; the map's connector also yields ``borders``."""
    out: dict[str, pl.DataFrame] = {}
    for name in dict.fromkeys((*assembled.SOURCES, *CARRIED)):
        if name == "borders":
            continue
        progress(f"reading {name}")
        entry, connector = sources()[name], CONNECTORS[name]
        if not entry.redistribute:
            raise AssertionError(f"{name} may not be carried in the pack")
        # What is wrong inside a file says more than that its checksum is not the registry's, so it is said first.
        files = read_files(entry, directory=directory, verify=False)
        out[name] = connector.parse(files)
        read_files(entry, directory=directory)
        if name == "shapes":
            out["borders"] = _borders(files)
    return out


def _estimated(parsed: dict[str, pl.DataFrame], *, progress: Progress) -> dict[str, pl.DataFrame]:
    """Our own ideal points; minutes of work, so it says how far it is."""
    said = set[int]()

    def tell(done: float) -> None:
        if (percent := int(done * 100)) not in said:
            said.add(percent)
            progress(f"estimating ideal points: {percent} %")

    calls = estimation_set.all_calls(parsed["un_roll_calls"], recent=parsed["un_votes"])
    return points.tables(calls, progress=tell)


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Computed figures at twelve digits: their last bits depend on the processor, the pack's bytes must not."""
    return frame.with_columns(pl.selectors.float().round(12))


def _borders(files: dict[str, bytes]) -> pl.DataFrame:
    from equipoise.acquire.shapes import borders

    return borders(files)


def _rivalry(pack: Pack, years: list[int]) -> pl.DataFrame:
    values = rivalry_components(pack, powers=DEFAULT_POWERS, years=years)
    i, j = pair_positions(len(DEFAULT_POWERS))
    t, c, p = (a.ravel() for a in np.indices(values.shape))
    names: Any = np.array(DEFAULT_POWERS)
    return pl.DataFrame(
        {
            "power_a": names[i][p],
            "power_b": names[j][p],
            "year": np.array(years)[t],
            "component": np.array(COMPONENTS)[c],
            "value": values.ravel(),
        },
        nan_to_null=True,
    ).drop_nulls()
