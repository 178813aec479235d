"""Panels from the real files, as the tests against golden.py's figures use them; ``NAMES`` are a module's additions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from equipoise.assemble.panel import dyad_years, state_years

SPAN = (1816, 2025)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of the module's own."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EQUIPOISE_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def dyads(request: pytest.FixtureRequest, raw: Path, cache: Path) -> pl.DataFrame:
    """Directed dyad-years with the module's additions."""
    return dyad_years(years=SPAN, directed=True, folder=raw).add(*request.module.NAMES).frame


@pytest.fixture(scope="module")
def states(request: pytest.FixtureRequest, raw: Path, cache: Path) -> pl.DataFrame:
    """State-years with the module's additions."""
    return state_years(years=SPAN, folder=raw).add(*request.module.NAMES).frame
