"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "raw"


@pytest.fixture(scope="session")
def raw() -> Path:
    """The folder of source files in the registry's layout; the test is skipped where there is none."""
    folder = Path(os.environ.get("EQUIPOISE_RAW") or BESIDE)
    if not folder.is_dir():
        pytest.skip("no source files: set EQUIPOISE_RAW to a folder in the registry's layout")
    return folder
