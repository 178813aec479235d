"""The solver in JAX: the facts of model.md §5, agreement with NumPy's, and a brute-force check that shares no code."""

from __future__ import annotations

import itertools
import subprocess
import sys

import jax
import numpy as np
import pytest

from equipoise.errors import BadMatrix, BadShares, UsageError
from equipoise.model import equilibria, invert_choice, solve_choice
from equipoise.model.choice import extend, uniqueness_bound
from equipoise.model.equilibria import STATUSES, all_equilibria, invert, solve, solve_many

# Two rivals, and a third power that is nobody's.
RIVALS = {
    "rivalry": [[0, 1, 0], [1, 0, 0], [0, 0, 0]],
    "leverage": [0, 0, 0],
    "coercion": 0,
    "cross_pressure": 8,
    "intolerance": 0,
}
CONVERGED, NOT_CONVERGED, INDEFINITE, MISSING = range(4)


def worlds(seed: int, *, count: int, powers: int, strength: float = 4.0) -> dict[str, np.ndarray]:
    """Random attraction, rivalry, leverage, parameters and starts of some items."""
    rng = np.random.default_rng(seed)
    r = np.triu(rng.random((count, powers, powers)), 1)
    v = np.concatenate([np.zeros((count, 1)), rng.normal(0, 1, (count, powers))], axis=1)
    return {
        "attraction": v,
        "rivalry": r + r.transpose(0, 2, 1),
        "leverage": rng.random((count, powers)),
        "coercion": strength * rng.random(count),
        "cross_pressure": strength * rng.random(count),
        "intolerance": rng.random(count),
        "start": rng.dirichlet(np.full(powers + 1, 3.0), count),
    }


def without(given: dict[str, np.ndarray], *names: str) -> dict[str, np.ndarray]:
    return {k: v for k, v in given.items() if k not in names}


def item(given: dict[str, np.ndarray], i: int) -> dict[str, np.ndarray]:
    return {k: v[i] for k, v in given.items()}


def value(w: np.ndarray, given: dict[str, np.ndarray]) -> np.ndarray:
    """U(w) for shares (…, K+1), written out from its definition."""
    r = np.zeros((w.shape[-1], w.shape[-1]))
    r[1:, 1:] = given["rivalry"]
    r[0, 1:] = r[1:, 0] = given["intolerance"] * given["rivalry"].max(1)
    lever = np.r_[0.0, given["leverage"]]
    linear = w @ given["attraction"] - given["coercion"] * (w @ (r @ lever))
    return linear - given["cross_pressure"] / 2 * ((w @ r) * w).sum(-1) - (w * np.log(w)).sum(-1)


# Agreement


def test_it_agrees_with_the_solver_in_numpy() -> None:
    given = worlds(1, count=60, powers=5, strength=5.0)
    many = all_equilibria(**given)
    one = solve_many(**given)
    assert (many.status == CONVERGED).all() and (one.status == CONVERGED).all()
    for i in range(60):
        known = solve_choice(**item(given, i))
        assert known.status == "converged"
        found = many.shares[i][np.isfinite(many.shares[i, :, 0])]
        np.testing.assert_allclose(found, known.shares, atol=1e-9)
        np.testing.assert_allclose(many.margin[i, : len(found)], known.margin, rtol=1e-9)
        np.testing.assert_allclose(one.shares[i], known.shares[known.branch], atol=1e-9)
        assert many.branch[i] == known.branch


@pytest.mark.slow
def test_many_in_one_compiled_call_are_what_they_are_one_by_one() -> None:
    given = worlds(2, count=300, powers=5)
    with jax.enable_x64(True):
        call = jax.jit(lambda v, start, rest: solve(v, start=start, **rest))
        whole = call(given["attraction"], given["start"], without(given, "attraction", "start"))
        shares, status = np.asarray(whole.shares), np.asarray(whole.status)
    assert (status == CONVERGED).sum() > 290
    np.testing.assert_allclose(shares[status == 0], solve_many(**given).shares[status == 0], atol=1e-9)


def test_leading_axes_broadcast() -> None:
    given = worlds(3, count=3, powers=5)
    one = item(without(given, "cross_pressure"), 0)
    both = solve_many(**{**one, "attraction": given["attraction"][:, None]}, cross_pressure=[0.5, 1.5])
    assert both.shares.shape == (3, 2, 6)
    single = solve_many(**{**one, "attraction": given["attraction"][2]}, cross_pressure=1.5)
    assert single.status == CONVERGED
    np.testing.assert_array_equal(both.shares[2, 1], single.shares)


# Facts 1 to 4


def test_the_solution_is_unique_below_the_bound() -> None:
    given = worlds(4, count=200, powers=5)
    bound = uniqueness_bound(extend(given["rivalry"], intolerance=given["intolerance"]))
    given["cross_pressure"] = 0.99 / bound
    found = all_equilibria(**given)
    assert found.unique.all()
    assert (np.isfinite(found.shares[..., 0]).sum(1) == 1).all() and found.stable[:, 0].all()
    assert not all_equilibria(**{**given, "cross_pressure": 1.01 / bound}).unique.any()


def test_inversion_is_exact() -> None:
    given = worlds(5, count=100, powers=5)
    rest = without(given, "attraction", "start")
    found = solve_many(**given)
    with jax.enable_x64(True):
        np.testing.assert_allclose(invert(found.shares, **rest), given["attraction"], atol=1e-8)
        back = np.asarray(invert(given["start"], **rest))
    for i in range(5):
        np.testing.assert_allclose(back[i], invert_choice(given["start"][i], **item(rest, i)), atol=1e-12)
    again = solve_many(back, **rest, start=given["start"])
    kept = again.margin > 1e-2
    assert kept.sum() > 60
    stays = np.abs(again.shares - given["start"]).max(1) < 1e-9
    # History keeps a state where its shares are a stable solution, and only there.
    r = extend(given["rivalry"], intolerance=given["intolerance"])
    full = given["cross_pressure"][:, None, None] * r + np.eye(6) / given["start"][:, None, :]
    basis = np.linalg.svd(np.eye(6) - 1 / 6)[0][:, :5]
    stable = np.linalg.eigvalsh(basis.T @ full @ basis)[:, 0]
    assert stays[stable > 1e-2].all() and not stays[(stable < -1e-2) & (again.status == CONVERGED)].any()


def test_without_coercion_and_cross_pressure_it_is_softmax() -> None:
    given = worlds(6, count=20, powers=5)
    free = solve_many(**{**given, "coercion": 0.0, "cross_pressure": 0.0})
    odds = np.exp(given["attraction"])
    np.testing.assert_allclose(free.shares, odds / odds.sum(1, keepdims=True), atol=1e-12)


def test_relabelling_powers_and_a_constant_change_nothing() -> None:
    given = worlds(7, count=50, powers=5)
    turn = np.array([3, 0, 4, 2, 1])
    options = np.r_[0, turn + 1]
    turned = {
        **given,
        "attraction": given["attraction"][:, options] + 2.5,
        "rivalry": given["rivalry"][:, turn][:, :, turn],
        "leverage": given["leverage"][:, turn],
        "start": given["start"][:, options],
    }
    one, two = solve_many(**given), solve_many(**turned)
    np.testing.assert_allclose(two.shares, one.shares[:, options], atol=1e-9)
    np.testing.assert_allclose(two.margin, one.margin, rtol=1e-8)


def test_what_is_called_stable_is_a_maximum() -> None:
    given = worlds(8, count=40, powers=5)
    given["rivalry"] = (given["rivalry"] > 0.6).astype(float)
    given["attraction"][:, 0] = -4.0
    given["cross_pressure"] = np.full(40, 9.0)
    found = all_equilibria(**given)
    assert (found.stable.sum(1) > 1).sum() > 5
    rng = np.random.default_rng(0)
    for i in range(40):
        for row in np.flatnonzero(found.stable[i] & (found.margin[i] > 0.1)):
            w = found.shares[i, row]
            near = w * np.exp(rng.normal(0, 1e-3, (200, 6)))
            assert (value(near / near.sum(1, keepdims=True), item(given, i)) < value(w, item(given, i)) + 1e-14).all()


def test_no_start_leads_to_a_solution_that_was_not_found() -> None:
    given = worlds(9, count=30, powers=5)
    given["rivalry"] = (given["rivalry"] > 0.5).astype(float)
    given["attraction"][:, 0] = -4.0
    given["cross_pressure"] = np.full(30, 7.0)
    found = all_equilibria(**without(given, "start"))
    places = np.random.default_rng(9).dirichlet(np.full(6, 0.7), (30, 100))
    wide = {k: x[:, None] for k, x in without(given, "start").items()}
    ends = solve_many(**wide, start=places)
    done = ends.status == CONVERGED
    assert done.mean() > 0.99
    gaps = np.abs(ends.shares[:, :, None, :] - found.shares[:, None, :, :]).max(-1)
    assert np.nanmax(np.where(done, np.nanmin(np.where(np.isnan(gaps), np.inf, gaps), axis=2), 0.0)) < 1e-6


def test_history_decides_and_does_not_simply_reverse() -> None:
    path = np.r_[np.linspace(0, 3, 13), np.linspace(3, 0, 13)]
    # What the first power offers beyond the second rises, and falls again.
    now, first = np.array([0.04, 0.05, 0.9, 0.01]), []
    given = RIVALS | {"cross_pressure": 6}
    for more in path:
        end = solve_many([-2, more, 0, -9], **given, start=now)
        assert end.status == CONVERGED
        now = end.shares
        first.append(now[1])
    up, down = np.array(first[:13]), np.array(first[13:])[::-1]
    assert up[0] < 0.1 and up[-1] > 0.9 and down[0] > 0.8
    assert (down - up).max() > 0.8


# Brute force


def grid_of(options: int, *, steps: int) -> np.ndarray:
    """Shares of all cells of a simplex, as (steps + 1, …) over all options but the first, NaN outside."""
    counts = np.stack(np.meshgrid(*[np.arange(steps + 1)] * (options - 1), indexing="ij"), -1)
    first = steps - counts.sum(-1, keepdims=True)
    cells = np.concatenate([first, counts], -1)
    return np.where(first < 0, np.nan, (cells + 0.5) / (steps + options / 2))


def tops(u: np.ndarray, *, options: int) -> np.ndarray:
    """Cells that no neighbour exceeds, whichever options give and take."""
    wide = np.pad(np.nan_to_num(u, nan=-np.inf), 1, constant_values=-np.inf)
    inner = tuple([slice(1, -1)] * (options - 1))
    top = np.isfinite(u)
    for move in itertools.product((-1, 0, 1), repeat=options):
        if sum(move) == 0 and any(move):
            shifted = np.roll(wide, move[1:], axis=tuple(range(options - 1)))
            top &= u >= shifted[inner]
    return top


def uphill(w: np.ndarray, given: dict[str, np.ndarray]) -> np.ndarray:
    """From w to a maximum by trying small exchanges between options, with nothing but values of U."""
    options, step = len(w), 0.01
    moves = [np.array(m) for m in itertools.product((-1, 0, 1), repeat=options) if sum(m) == 0 and any(m)]
    while step > 1e-7:
        tried = w + step * np.array(moves)
        with np.errstate(invalid="ignore", divide="ignore"):
            u = np.where((tried > 0).all(1), value(np.maximum(tried, 1e-300), given), -np.inf)
        if u.max() > value(w, given):
            w = tried[u.argmax()]
        else:
            step /= 2
    return w


@pytest.mark.parametrize(("powers", "steps"), [pytest.param(2, 300, marks=pytest.mark.slow), (3, 40)])
def test_the_maxima_of_a_fine_simplex_are_the_stable_solutions(powers: int, steps: int) -> None:
    count, options = 8, powers + 1
    given = worlds(20 + powers, count=count, powers=powers, strength=1.0)
    given["attraction"] *= 0.3
    given["cross_pressure"] = np.linspace(3, 12, count)
    given["intolerance"] = np.linspace(0, 1, count)
    found = all_equilibria(**without(given, "start"))
    assert (found.status == CONVERGED).all() and (found.stable.sum(1) > 1).any()
    cells = grid_of(options, steps=steps)
    for i in range(count):
        with np.errstate(invalid="ignore"):
            u = value(cells, item(given, i))
        brute = np.array([uphill(w, item(given, i)) for w in cells[tops(u, options=options)]])
        stable = found.shares[i][found.stable[i]]
        gaps = np.abs(brute[:, None] - stable[None]).max(-1)
        assert gaps.min(1).max() < 1e-4 and gaps.min(0).max() < 1e-4


# Derivatives, statuses, errors


def test_the_derivative_is_that_of_the_solution() -> None:
    given = item(worlds(30, count=1, powers=3, strength=2.0), 0)
    names = ("attraction", "rivalry", "leverage", "coercion", "cross_pressure", "intolerance")
    at = [np.asarray(given[name], float) for name in names]
    with jax.enable_x64(True):
        shares = jax.jit(
            jax.jacrev(
                lambda *x: solve(x[0], **dict(zip(names[1:], x[1:], strict=True))).shares, argnums=tuple(range(6))
            )
        )
        exact = [np.asarray(slope) for slope in shares(*at)]
    rng = np.random.default_rng(0)
    for k, slope in enumerate(exact):
        way = rng.normal(size=at[k].shape)
        if names[k] == "rivalry":
            way = way + way.T - 2 * np.diag(np.diag(way))
        both = [[x + (h * way if j == k else 0) for j, x in enumerate(at)] for h in (1e-5, -1e-5)]
        up, down = (solve_many(x[0], **dict(zip(names[1:], x[1:], strict=True))).shares for x in both)
        np.testing.assert_allclose(np.tensordot(slope, way, axes=way.ndim), (up - down) / 2e-5, atol=1e-8)


def test_what_is_not_known_is_missing_and_not_solved() -> None:
    given = worlds(31, count=4, powers=5)
    for name, place in (("attraction", (0, 2)), ("rivalry", (1, 0, 1)), ("cross_pressure", (2,))):
        given[name][place] = np.nan
    end = solve_many(**given)
    assert [STATUSES[s] for s in end.status] == ["missing"] * 3 + ["converged"]
    assert np.isnan(end.shares[:3]).all() and np.isnan(end.margin[:3]).all() and np.isfinite(end.shares[3]).all()
    many = all_equilibria(**given)
    assert (many.status[:3] == MISSING).all() and (many.branch[:3] == -1).all() and np.isnan(many.shares[:3]).all()


def test_too_few_steps_are_a_status_and_not_a_last_iterate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(equilibria, "CLIMB", 1)
    monkeypatch.setattr(equilibria, "NEWTON", 0)
    given = worlds(32, count=20, powers=5)
    np.testing.assert_array_equal(solve_many(**given).status, CONVERGED)  # what fails is tried again with more steps
    monkeypatch.setattr(equilibria, "AGAIN", ((2, 0),))
    end = solve_many(**given)
    assert (end.status == NOT_CONVERGED).all() and np.isnan(end.shares).all() and (end.residual > 1e-6).all()
    found = all_equilibria(**given)
    assert (found.status == NOT_CONVERGED).all() and (found.branch == -1).all()


def test_a_saddle_is_indefinite() -> None:
    v, start = np.array([-3.0, 0, 0, -9]), [0.02, 0.485, 0.485, 0.01]
    end = solve_many(v, **RIVALS, start=start)
    assert end.status == INDEFINITE and end.margin < 0
    assert end.shares[1] == pytest.approx(end.shares[2], abs=1e-12)
    here = {"attraction": v, **{k: np.array(x, float) for k, x in RIVALS.items()}}
    assert value(end.shares + np.array([0, 0.01, -0.01, 0]), here) > value(end.shares, here)
    found = all_equilibria(v, **RIVALS, start=start)
    assert not found.stable[found.branch] and found.stable.sum() == 2


def test_parameters_of_either_sign_are_solved() -> None:
    given = worlds(33, count=50, powers=5)
    given["coercion"], given["cross_pressure"] = -given["coercion"], -given["cross_pressure"]
    end = solve_many(**given)
    assert (end.status == CONVERGED).mean() > 0.9
    big = extend(given["rivalry"], intolerance=given["intolerance"])
    lever = np.concatenate([np.zeros((50, 1)), given["leverage"]], 1)
    load = given["coercion"][:, None] * lever + given["cross_pressure"][:, None] * end.shares
    odds = np.exp(given["attraction"] - (big @ load[..., None])[..., 0])
    done = end.status == CONVERGED
    np.testing.assert_allclose(end.shares[done], (odds / odds.sum(1, keepdims=True))[done], atol=1e-10)


def test_nothing_gives_nothing() -> None:
    given = {k: x[:0] for k, x in worlds(34, count=1, powers=5).items()}
    assert solve_many(**given).shares.shape == (0, 6)


def test_bad_input_has_its_own_message() -> None:
    given = item(worlds(35, count=1, powers=3), 0)
    with pytest.raises(BadShares, match=r"K\+1"):
        solve_many(**{**given, "start": [0.5, 0.5]})
    with pytest.raises(BadMatrix, match="3 × 3"):
        solve_many(**{**given, "rivalry": np.zeros((2, 2))})
    with pytest.raises(BadMatrix, match="3 entries"):
        solve_many(**{**given, "leverage": [0.1]})
    with pytest.raises(UsageError, match="in 32 bits"):
        solve(**given)


def test_a_report_does_without_jax() -> None:
    code = (
        "import sys, equipoise, equipoise.model, equipoise.cli\n"
        "equipoise.report('KAZ', until=2000, draws=2)\n"
        "assert 'jax' not in sys.modules and 'jaxlib' not in sys.modules\n"
        "import equipoise.model.equilibria\n"
        "assert 'jax' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
