"""The synthetic reports as fixtures."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from equipoise.schema import StateReport


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The builders of ``sample.py``."""
    return _beside("sample.py")


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"view_{name[:-3]}", Path(__file__).with_name(name))
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


@pytest.fixture(scope="session")
def tested(full: StateReport) -> StateReport:
    """The full report of a pack in which the hypotheses are tested."""
    frames = _beside("sample_thesis.py").thesis()
    return replace(full, **frames, assumptions=full.assumptions | {"parameters": "posterior"})
