"""Fixtures that every test may use."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

# Before NumPy comes in: threads of its products wait by spinning, and with a worker on every core, spin for nothing.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "raw"


@pytest.fixture(scope="session")
def raw() -> Path:
    """The folder of source files in the registry's layout; the test is skipped where there is none."""
    folder = Path(os.environ.get("EQUIPOISE_RAW") or BESIDE)
    if not folder.is_dir():
        pytest.skip("no source files: set EQUIPOISE_RAW to a folder in the registry's layout")
    return folder


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run a command of equipoise in this process and an empty folder; exit code, output, errors."""
    from equipoise.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")

    def called(*args: str) -> tuple[int | str | None, str, str]:
        monkeypatch.setattr(sys, "argv", ["equipoise", *args])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return called


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers a file goes to one of them, so that what its fixtures hold is made once.

    Tests marked ``spread`` share nothing dear and go to any.
    """
    for item in items:
        if item.get_closest_marker("spread") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(ROOT))))
