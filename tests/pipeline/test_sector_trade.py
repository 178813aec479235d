"""The sectoral model from a file on disk to effects beside those in print."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from equipoise.errors import MissingSource
from equipoise.model.caliendo_parro import baseline
from equipoise.pipeline import sector_trade
from equipoise.pipeline.sector_trade import PRINTED, changes, in_print, world

COUNTRIES = ("CHN", "DEU", "JPN", "KAZ", "RUS", "USA")
SECTORS = ("B05", "B06", "C19", "C28", "G")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table in the official layout: everybody uses everything, most of it from home."""
    rng = np.random.default_rng(1)
    nodes = [f"{c}_{s}" for c, s in product(COUNTRIES, SECTORS)]
    home = np.array([[a[:3] == b[:3] for b in nodes] for a in nodes])
    between = rng.gamma(1.0, 1.0, home.shape) * np.where(home, 5.0, 0.5)
    final = rng.gamma(1.0, 20.0, (len(nodes), len(COUNTRIES))) * np.where(
        [[a[:3] == c for c in COUNTRIES] for a in nodes], 5.0, 0.5)
    # Value added is what is left, so that every industry needs sales above its inputs.
    final[np.arange(len(nodes)), [COUNTRIES.index(a[:3]) for a in nodes]] += between.sum(0)
    frame = pl.DataFrame({"V1": nodes} | dict(zip(nodes, between.T, strict=True))
                         | {f"{c}_HFCE": final[:, i] for i, c in enumerate(COUNTRIES)})
    path = tmp_path_factory.mktemp("icio") / "2022_SML.csv"
    frame.write_csv(path)
    return path


def test_every_result_in_print_has_ours_beside_it(table: Path) -> None:
    rows = in_print(world(table), blocked=0.1, rise=0.2)
    assert len(rows) == len(PRINTED) * 8
    assert {r["status"] for r in rows} == {"solved"}
    assert all(r["ours"] < 0 for r in rows)

    def ours(name: str, **of: str) -> float:
        of = {"elasticity": "by sector", "deficits": "zero", "factors": "mobile"} | of
        return next(r["ours"] for r in rows if r["name"] == name and of.items() <= r.items())

    assert ours("full decoupling") < ours("doubled non-tariff barriers") < 0
    assert ours("full decoupling") < ours("sanctions of 2014")
    assert ours("fossil embargo by all") < ours("fossil embargo")
    assert ours("full decoupling", elasticity="uniform") < ours("full decoupling")


def test_each_scenario_touches_what_its_study_says(table: Path) -> None:
    start = baseline(world(table), elasticity=np.full(5, 4.0), deficits="zero")
    place = {c: i for i, c in enumerate(COUNTRIES)}
    cost = {p.name: changes(start, name=p.name, blocked=0.19, rise=0.2) for p in PRINTED}
    deu, rus, kaz, oil, tools, trade = place["DEU"], place["RUS"], place["KAZ"], 1, 3, 4
    assert cost["sanctions of 2014"][tools, deu, rus] == pytest.approx(0.81 ** -0.25)
    assert np.isinf(cost["full decoupling"][trade, deu, rus])
    assert cost["doubled non-tariff barriers"][tools, rus, deu] == 1.2
    assert cost["doubled non-tariff barriers"][trade, rus, deu] == 1.0
    assert np.isinf(cost["fossil embargo"][oil, rus, deu]) and cost["fossil embargo"][oil, deu, rus] == 1.0
    assert cost["fossil embargo"][oil, rus, kaz] == 1.0 and np.isinf(cost["fossil embargo by all"][oil, rus, kaz])
    assert all((c[:, kaz, deu] == 1).all() for c in cost.values())


def test_names_choose_among_them(table: Path) -> None:
    rows = in_print(world(table), blocked=0.1, rise=0.2, names=["fossil embargo"], state="DEU")
    assert {r["name"] for r in rows} == {"fossil embargo"} and len(rows) == 8


def test_a_table_that_is_not_there_says_where_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(MissingSource, match=r"there is no .*oecd\.org"):
        world(tmp_path / "none.csv")


def test_the_west_are_the_states_named_with_the_members_of_2022() -> None:
    assert len(sector_trade.WEST) == len(set(sector_trade.WEST)) == 27 + 13
