"""The synthetic reports as fixtures."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from equipoise.schema import StateReport


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The builders of ``sample.py``."""
    spec = importlib.util.spec_from_file_location("view_sample", Path(__file__).with_name("sample.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def full(sample: ModuleType) -> StateReport:
    """A report with every frame filled."""
    return sample.full()


@pytest.fixture(scope="session")
def poor(sample: ModuleType) -> StateReport:
    """A report without any data."""
    return sample.poor()
