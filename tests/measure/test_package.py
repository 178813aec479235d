from __future__ import annotations

import os
import subprocess
import sys

import pytest

import equipoise.measure as measure


def run_afresh(code: str) -> None:
    """Run code in an interpreter that has imported nothing, with this one's path."""
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})


def test_every_public_name_is_there_and_documented():
    for name in measure.__all__:
        assert getattr(measure, name).__doc__, name
    assert set(measure.__all__) <= set(dir(measure))
    assert measure.__all__ == sorted(measure.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="clairvoyance"):
        _ = measure.clairvoyance


def test_importing_the_package_loads_nothing_heavy():
    run_afresh("import equipoise.measure, sys; assert 'numpy' not in sys.modules")


def test_a_module_never_hides_a_function_of_its_name():
    run_afresh("import equipoise.measure.portfolios, equipoise.measure.distribution, equipoise.measure as m; "
               "assert all(callable(getattr(m, n)) for n in m.__all__)")
