"""The density of a move: it integrates to one, is the shock's by a change of variables, and is zero where unstable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from equipoise.errors import BadShares, UsageError
from equipoise.model.choice import extend, stability_margin
from equipoise.model.simulate import rivalries
from equipoise.model.transitions import Forces, Transitions, log_density, log_determinant, prepare

UNSTABLE = -1e9


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def world(seed: int, *, rows: int, powers: int) -> dict[str, np.ndarray]:
    """Random moves between random shares, in random orders."""
    rng = np.random.default_rng(seed)
    r = np.triu(rng.random((2, rows, powers, powers)), 1)
    return {
        "now": rng.dirichlet(np.full(powers + 1, 2.0), rows),
        "last": rng.dirichlet(np.full(powers + 1, 2.0), rows),
        "on": np.ones((rows, powers + 1), bool),
        "rivalry": r + np.swapaxes(r, 2, 3),
        "leverage": rng.random((rows, powers)),
    }


def given(seed: int, *, options: int, rows: int, **known: float) -> Forces:
    """Random parameters by row, but those that are known."""
    rng = np.random.default_rng(seed)
    values = {
        "coercion": rng.normal(0, 2, rows), "cross_pressure": rng.uniform(-1, 1.5, rows),
        "intolerance": rng.random(rows), "speed": rng.uniform(0.2, 0.8, rows), "perceived": rng.random(rows),
        "attraction": rng.normal(0, 1, (options, rows)), "scale": rng.uniform(0.5, 1.5, rows),
        "power": rng.uniform(0, 1, rows), "freedom": rng.uniform(2, 9, rows),
    }  # fmt: skip
    return Forces(**(values | {n: np.full(rows, v) for n, v in known.items()}))


def spread(now: np.ndarray, **rest: np.ndarray) -> Transitions:
    """One move's world at many other shares ``now`` (m, K+1)."""
    m = len(now)
    return prepare(now, last=np.repeat(rest["last"], m, 0), on=np.repeat(rest["on"], m, 0),
                   rivalry=np.repeat(rest["rivalry"], m, 1), leverage=np.repeat(rest["leverage"], m, 0))


def mass(w: dict[str, np.ndarray], f: Forces, *, grid: np.ndarray) -> float:
    """The integral over log share ratios to the outside on a grid of each."""
    k = w["now"].shape[1] - 1
    ratio = np.stack(np.meshgrid(*[grid] * k, indexing="ij"), -1).reshape(-1, k)
    z = np.exp(np.c_[np.zeros(len(ratio)), ratio])
    rest = {n: v for n, v in w.items() if n != "now"}
    density = np.exp(np.asarray(log_density(spread(z / z.sum(1, keepdims=True), **rest), f)))
    return float(density.sum() * (grid[1] - grid[0]) ** k)


@pytest.mark.parametrize(("powers", "seed"), [(1, 0), (1, 1), (2, 2), (2, 3), (2, 4)])
def test_the_density_integrates_to_one(powers: int, seed: int) -> None:
    # A Student-t with 8 degrees and a scale of about 1 has less than 1e-5 of its mass beyond 20.
    f = given(seed, options=powers + 1, rows=1, freedom=8.0)
    w = world(seed, rows=1, powers=powers)
    assert abs(float(f.speed[0] * f.cross_pressure[0])) > 0.05
    assert mass(w, f, grid=np.linspace(-20, 20, 4001 if powers == 1 else 321)) == pytest.approx(1, abs=2e-3)


def test_where_a_shock_has_several_stable_ends_each_counts() -> None:
    """The density is one of w over the stable; where two may follow a shock the integral is the mean number of ends."""
    w = world(0, rows=1, powers=2)
    w["rivalry"] = np.broadcast_to([[0, 1], [1, 0]], (2, 1, 2, 2))
    f = given(1, options=3, rows=1, freedom=8.0, cross_pressure=8.0, speed=0.9, intolerance=0.0, coercion=0.0)
    f = replace(f, attraction=np.array([[-3.0], [0.0], [0.0]]))
    assert 1.05 < mass(w, f, grid=np.linspace(-20, 20, 401)) < 2


def shocks_of(ratio: jax.Array, w: dict[str, np.ndarray], f: Forces) -> jax.Array:
    """The shock's differences to the outside that log ratios (K,) of shares reveal, written out from the equation."""
    z = jnp.concatenate([jnp.zeros(1), ratio])
    shares = jax.nn.softmax(z)
    one = jax.tree.map(lambda a: a[..., 0], f)
    two = [extend(w["rivalry"][t, 0], intolerance=one.intolerance) for t in (0, 1)]
    seen = two[0] + one.perceived * (two[1] - two[0])
    force = one.coercion * seen[:, 1:] @ w["leverage"][0] + one.cross_pressure * seen @ shares
    e = (z - (1 - one.speed) * jnp.log(w["last"][0])) / one.speed - one.attraction + force
    return e[1:] - e[0]


@pytest.mark.parametrize("seed", range(5))
def test_the_density_is_the_shocks_by_a_change_of_variables(seed: int) -> None:
    powers = 1 + seed % 4
    w, f = world(seed, rows=1, powers=powers), given(seed, options=powers + 1, rows=1)
    ratio = jnp.log(w["now"][0, 1:] / w["now"][0, 0])
    e = np.asarray(shocks_of(ratio, w, f))
    turn = np.asarray(jax.jacobian(shocks_of)(ratio, w, f))
    each = f.scale[0] ** 2 * w["last"][0] ** -f.power[0]
    shape = np.diag(each[1:]) + each[0]
    expected = stats.multivariate_t(shape=shape, df=f.freedom[0]).logpdf(e) + np.linalg.slogdet(turn)[1]
    assert float(log_density(prepare(**w), f)[0]) == pytest.approx(expected, abs=1e-9)


def test_which_option_is_the_outside_one_does_not_matter_without_its_extension() -> None:
    """With ψ = 0 and a first power that rivals nobody, the outside and that power may change places."""
    w, f = world(5, rows=20, powers=3), given(5, options=4, rows=20, intolerance=0.0)
    w["rivalry"][:, :, 0] = w["rivalry"][:, :, :, 0] = 0.0
    order = [1, 0, 2, 3]
    turned = w | {n: w[n][:, order] for n in ("now", "last", "on")}
    there = replace(f, attraction=f.attraction[order])
    np.testing.assert_allclose(log_density(prepare(**w), f), log_density(prepare(**turned), there), atol=1e-10)


def test_the_order_of_powers_does_not_matter() -> None:
    w, f = world(6, rows=20, powers=3), given(6, options=4, rows=20)
    order = np.array([2, 0, 1])
    all_options = np.r_[0, order + 1]
    turned = {n: w[n][:, all_options] for n in ("now", "last", "on")}
    turned |= {"rivalry": w["rivalry"][:, :, order][..., order], "leverage": w["leverage"][:, order]}
    there = replace(f, attraction=f.attraction[all_options])
    np.testing.assert_allclose(log_density(prepare(**w), f), log_density(prepare(**turned), there), atol=1e-10)


def test_it_is_nothing_where_shares_are_no_stable_solution_and_only_there() -> None:
    w, f = world(7, rows=400, powers=4), given(7, options=5, rows=400, cross_pressure=6.0, speed=0.9)
    two = [extend(r, intolerance=f.intolerance) for r in w["rivalry"]]
    seen = two[0] + f.perceived[:, None, None] * (two[1] - two[0])
    stable = stability_margin(w["now"], rivalry=seen, rho=f.speed * f.cross_pressure) > 0
    found = np.asarray(log_density(prepare(**w), f))
    assert 50 < stable.sum() < 350
    assert ((found > UNSTABLE) == stable).all()


def test_an_option_outside_the_choice_is_as_if_it_did_not_exist() -> None:
    w, f = world(8, rows=10, powers=3), given(8, options=4, rows=10, intolerance=0.0)
    w["on"][:, 2] = False
    w["leverage"][:, 1] = 0.0
    kept, powers = [0, 1, 3], [0, 2]
    less = {n: w[n][:, kept] for n in ("now", "last", "on")}
    less |= {"rivalry": w["rivalry"][:, :, powers][..., powers], "leverage": w["leverage"][:, powers]}
    np.testing.assert_allclose(log_density(prepare(**w), f),
                               log_density(prepare(**less), replace(f, attraction=f.attraction[kept])), atol=1e-10)
    there = w | {"now": np.where(w["on"], w["now"], np.nan)}
    np.testing.assert_array_equal(log_density(prepare(**w), f), log_density(prepare(**there), f))


def test_at_full_speed_and_without_the_order_it_is_a_students_t_of_log_ratios() -> None:
    known = {"speed": 1.0, "coercion": 0.0, "cross_pressure": 0.0, "power": 0.0}
    w, f = world(9, rows=6, powers=2), given(9, options=3, rows=6, **known)
    ratio, v = np.log(w["now"][:, 1:] / w["now"][:, :1]), (f.attraction[1:] - f.attraction[:1]).T
    shape = np.array([[2.0, 1.0], [1.0, 2.0]])
    expected = [stats.multivariate_t(v[i], f.scale[i] ** 2 * shape, f.freedom[i]).logpdf(ratio[i]) for i in range(6)]
    np.testing.assert_allclose(log_density(prepare(**w), f), expected, atol=1e-10)


def test_the_determinants_own_derivative_is_that_of_differences() -> None:
    w, f = world(10, rows=8, powers=4), given(10, options=5, rows=8)
    x = prepare(**w)
    for name in ("cross_pressure", "speed", "perceived", "intolerance"):
        def total(step: float, name: str = name) -> jax.Array:
            return log_determinant(x, replace(f, **{name: getattr(f, name) + step}))

        slope = jax.jvp(total, (0.0,), (1.0,))[1]
        np.testing.assert_allclose(slope, (total(1e-5) - total(-1e-5)) / 2e-5, rtol=1e-5, atol=1e-7)


def test_rivalry_is_read_back_from_the_rows() -> None:
    w = world(11, rows=30, powers=4)
    found = rivalries(prepare(**w))
    np.testing.assert_allclose(found[0], np.moveaxis(extend(w["rivalry"], intolerance=np.zeros((2, 30))), 1, -1),
                               atol=1e-12)
    full = np.moveaxis(extend(w["rivalry"], intolerance=np.ones((2, 30))), 1, -1)
    np.testing.assert_allclose(found.sum(0), full, atol=1e-12)


def test_bad_rows_are_refused_in_words() -> None:
    w = world(12, rows=3, powers=2)
    with pytest.raises(UsageError, match="shapes do not fit"):
        prepare(**(w | {"rivalry": w["rivalry"][0]}))
    with pytest.raises(UsageError, match="two options"):
        prepare(**(w | {"on": np.eye(3, dtype=bool)}))
    with pytest.raises(BadShares, match="not positive"):
        prepare(**(w | {"last": np.where([True, False, False], 0.0, w["last"])}))
    with pytest.raises(BadShares, match="not positive"):
        prepare(**(w | {"now": np.where([True, False, False], np.nan, w["now"])}))
