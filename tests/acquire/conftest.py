"""Fixtures of the connectors' tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from equipoise.acquire import CONNECTORS


@pytest.fixture(scope="session")
def parsed(raw: Path) -> Callable[[str], pl.DataFrame]:
    """Parse a source's real files by its id."""

    @cache
    def parse(source: str) -> pl.DataFrame:
        connector = CONNECTORS[source]
        return connector.parse({path: (raw / path).read_bytes() for path in connector.files})

    return parse
