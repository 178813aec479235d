"""From sources to the pack: the same sources give the same bytes, and the pack says what it is made of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from equipoise import store
from equipoise.acquire.registry import sources
from equipoise.assemble import estimation_set
from equipoise.assemble import pack as assembled
from equipoise.assemble.packed import MANIFEST, Pack, embedded, pack_folder
from equipoise.assemble.panel.shelf import CARRIED
from equipoise.assemble.stance_contracts import STANCE
from equipoise.assemble.thesis_contracts import THESIS
from equipoise.errors import DamagedPack, MissingSource
from equipoise.measure import ideal_posterior
from equipoise.pipeline import points
from equipoise.pipeline.build import VERSION, build, write
from equipoise.schema import DEFAULT_POWERS, STEPS_PER_SD

LARGEST = 10 * 2**20

BUILD = """
import sys
from equipoise.assemble.packed import embedded
from equipoise.pipeline.build import build, write
from equipoise.assemble.stance_contracts import STANCE
from equipoise.assemble.thesis_contracts import THESIS
kept = {name: embedded().table(name) for name in ("ideal_points", "ideal_draws", "decoupling", *THESIS, *STANCE)}
write(build(sys.argv[1], estimates=kept), to=sys.argv[2])
"""


def installed() -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in pack_folder().iterdir() if p.suffix in (".parquet", ".json")}


@pytest.mark.raw
@pytest.mark.slow
def test_the_committed_pack_is_what_the_sources_give_whatever_the_number_of_threads(raw: Path, tmp_path: Path):
    pack = embedded()
    kept = ("ideal_points", "ideal_draws", "decoupling", *THESIS, *STANCE)
    here = build(raw, estimates={name: pack.table(name) for name in kept})
    one_thread = os.environ | {"POLARS_MAX_THREADS": "1"}
    subprocess.run([sys.executable, "-c", BUILD, str(raw), str(tmp_path / "again")], env=one_thread, check=True)
    again = {p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()}
    assert again.keys() == here.keys() and [n for n in here if again[n] != here[n]] == []
    assert installed().keys() == here.keys() and [n for n in here if installed()[n] != here[n]] == []


@pytest.mark.slow
def test_the_ideal_points_of_the_pack_are_what_the_sampler_draws():
    """The first draws of its first chain, as the pack carries them; the whole would take minutes."""
    pack = embedded()
    calls = estimation_set.all_calls(pack.table("panel_un_roll_calls"), recent=pack.table("votes"))
    chain = ideal_posterior(estimation_set.select(calls), draws=100, burn_in=points.BURN_IN, chains=1, seed=points.SEED)
    chain = chain.anchored(after=estimation_set.LAST_TIED)
    carried = pack.table("ideal_points").join(pack.table("ideal_draws"), on=["state", "year"])
    found = estimation_set.named(chain.units.with_columns(
        pl.Series("drawn", chain.draws[0, [0, 20, 41, 61, 82]].T.copy(), dtype=pl.Array(pl.Float32, 5)))
    ).select("year", "drawn", state="iso3")
    both = carried.join(found, on=["state", "year"])
    assert both.height == carried.height > 6000
    mean, sd = (both[c].to_numpy()[:, None] for c in ("mean", "sd"))
    steps = (both["drawn"].to_numpy() - mean) / sd * STEPS_PER_SD
    # The pack rounds to whole steps, and mean and sd to six digits.
    assert np.abs(steps - both["draws"].to_numpy()[:, :5]).max() < 0.501


def test_the_pack_is_small_enough_to_carry():
    files = installed()
    assert sum(map(len, files.values())) <= LARGEST
    manifest = json.loads(files[MANIFEST])
    assert manifest["version"] == VERSION
    assert {f"{name}.parquet" for name in manifest["tables"]} == files.keys() - {MANIFEST}


def test_every_column_says_where_it_comes_from_and_may_be_carried():
    about = json.loads((pack_folder() / MANIFEST).read_bytes())["columns"]
    for column in about:
        assert all(column[key] for key in ("unit", "source", "version", "licence", "coverage")), column
        for source in column["source"].split(";"):
            assert sources()[source].redistribute, column
    assert {s for c in about for s in c["source"].split(";")} == {*assembled.SOURCES, *CARRIED} - {"borders"}
    assert all(sources()[s].redistribute for s in (*assembled.SOURCES, *CARRIED) if s != "borders")


def test_the_powers_of_the_pack_are_the_default_ones():
    pack = Pack(folder=pack_folder())
    assert set(pack.table("channels")["option"].cast(str)) == {"0", *DEFAULT_POWERS}
    pairs = set(pack.table("rivalry").select("power_a", "power_b").rows())
    assert pairs == {(a, b) for i, a in enumerate(DEFAULT_POWERS) for b in DEFAULT_POWERS[i + 1 :]}


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path):
    with pytest.raises(MissingSource, match="no folder"):
        build(tmp_path / "absent")
    with pytest.raises(MissingSource):
        build(tmp_path)


def test_an_interrupted_write_shows_as_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    files = installed()
    write(files, to=tmp_path / "pack")
    assert Pack(folder=tmp_path / "pack").table("oil").height == 36
    written: list[str] = []

    def stop(path: Path, *, content: bytes) -> Path:
        written.append(Path(path).name)
        if len(written) == 3:
            raise KeyboardInterrupt
        return Path(path)

    monkeypatch.setattr(store, "atomic_write", stop)
    with pytest.raises(KeyboardInterrupt):
        write(files, to=tmp_path / "other")
    assert MANIFEST not in written
    with pytest.raises(DamagedPack):
        Pack(folder=tmp_path / "other")


def test_a_file_that_was_changed_is_refused(tmp_path: Path):
    folder = write(installed() | {"oil.parquet": b"not what it was"}, to=tmp_path / "pack")
    with pytest.raises(DamagedPack, match="checksum"):
        Pack(folder=folder).table("oil")
