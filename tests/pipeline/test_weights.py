"""Weights of the components of rivalry, as users give them."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.errors import UsageError
from equipoise.measure.system import COMPONENTS
from equipoise.pipeline.weights import component_weights, parsed_weights


def test_weights_sum_to_one_in_the_order_of_the_components():
    assert component_weights(None).tolist() == component_weights({}).tolist() == [0.2] * 5
    weights = dict(zip(COMPONENTS, component_weights({"strategic": 0, "sanctions": 3}), strict=True))
    assert weights == pytest.approx({"ideal_points": 1 / 6, "sanctions": 0.5, "alliances": 1 / 6, "disputes": 1 / 6,
                                     "strategic": 0})
    assert component_weights({c: np.float32(2) for c in COMPONENTS}).tolist() == [0.2] * 5
    assert np.isfinite(component_weights(dict.fromkeys(COMPONENTS, 1e308))).all()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sanction": 1}, "Did you mean sanctions"),
        ({"trade": 1}, "no component of rivalry 'trade'"),
        ({"sanctions": -1}, "is negative"),
        (dict.fromkeys(COMPONENTS, 0), "weight of 0"),
        ({"sanctions": "two"}, "'two', is not a number"),
        ({"sanctions": None}, "is not a number"),
        ({"sanctions": True}, "is not a number"),
        ({"sanctions": float("nan")}, "is not a number"),
        ({"sanctions": float("inf")}, "is not a number"),
    ],
)
def test_each_bad_weight_has_its_own_line_that_names_the_components(given, words):
    with pytest.raises(UsageError, match=words) as caught:
        component_weights(given)
    assert "\n" not in str(caught.value)
    assert all(c in str(caught.value) for c in COMPONENTS)


def test_text_is_read_as_names_and_numbers():
    assert parsed_weights(None) is None
    assert parsed_weights(" sanctions = 2 ,alliances=0.5") == {"sanctions": 2.0, "alliances": 0.5}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "where a component and its weight should be"),
        ("sanctions", "'sanctions' where"),
        ("sanctions=", "'sanctions=' where"),
        ("=2", "'=2' where"),
        ("sanctions=2,", "'' where"),
        ("sanctions=2,sanctions=3", "twice"),
        ("sanctions=two", "'two', is not a number"),
    ],
)
def test_each_bad_text_has_its_own_line_that_names_the_components(text, words):
    with pytest.raises(UsageError, match=words) as caught:
        parsed_weights(text)
    assert "\n" not in str(caught.value)
    assert all(c in str(caught.value) for c in COMPONENTS)
