from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from equipoise import acquire
from equipoise.acquire import CONNECTORS


def test_importing_the_package_imports_no_connector() -> None:
    code = "import sys; from equipoise.acquire import CONNECTORS; print(*sys.modules)"
    path = str(Path(acquire.__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": path})
    loaded = set(done.stdout.split())
    assert "equipoise.acquire" in loaded
    assert not loaded & {"rdata", *(f"equipoise.acquire.{source}" for source in CONNECTORS)}


@pytest.mark.parametrize("source", list(CONNECTORS))
def test_every_connector_says_its_source_and_files(source: str) -> None:
    connector = CONNECTORS[source]
    assert connector.source == source
    assert connector.files and all("/" in path for path in connector.files)
    assert callable(connector.parse)


def test_an_unknown_source_is_a_key_error() -> None:
    assert "no_such" not in CONNECTORS
    with pytest.raises(KeyError, match="no_such"):
        CONNECTORS["no_such"]
