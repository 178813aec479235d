"""What measures mean in a world of sectors: each kind against its formula, in the sectors that it is about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from equipoise.assemble.sector_tables import SectorTables
from equipoise.errors import UsageError
from equipoise.model.caliendo_parro import Baseline, baseline
from equipoise.simulate.scenario import Measure, parse
from equipoise.simulate.sectors import SectorShock, sector_shock, sectors_of

NAMES, SECTORS = ("DEU", "KAZ", "RUS", "USA"), ("A01", "B06", "C19", "G")
THETA = np.array([4.0, 10.0, 60.0, 5.0])
DEU, KAZ, RUS, USA = range(4)
FARM, CRUDE, FUEL, SHOPS = range(4)


@pytest.fixture(scope="module")
def start() -> Baseline:
    flows = np.random.default_rng(1).uniform(1, 2, (4, 4, 4)) + 8 * np.eye(4)
    sales = flows.sum(2)
    inputs = np.broadcast_to(0.1 * sales, (4, 4, 4)).copy()
    tables = SectorTables(NAMES, SECTORS, flows, inputs, sales - inputs.sum(0), flows.sum(1) - inputs.sum(1),
                          np.full_like(flows, 0.0))
    return baseline(tables, elasticity=THETA)


def rows(measure: Measure):
    def places(parties: Sequence[str]) -> np.ndarray:
        return np.array([NAMES.index(p) for p in parties if p in NAMES])

    return places


def shock(measure: str, *, start: Baseline) -> SectorShock:
    head = 'id = "one"\ntitle_en = "One"\ntitle_zh = "一"\nyear = 2022\n'
    text = head + "".join(f"[[measures]]\nstart = 2022-01-01\nassumed = true\n{m}" for m in measure.split("---"))
    return sector_shock(parse(text, name="one").measures, start=start, rows=rows)


SANCTION = """
kind = "sanction"
senders = ["DEU", "USA"]
targets = ["RUS"]
direction = "imports"
sectors = [{sectors}]
share_blocked = {share}
"""


def test_an_embargo_stops_what_it_names_and_nothing_else(start: Baseline) -> None:
    cost = shock(SANCTION.format(sectors='"fuels"', share=1.0), start=start).cost
    stopped = np.zeros((4, 4, 4), dtype=bool)
    stopped[[[CRUDE], [FUEL]], RUS, [DEU, USA]] = True
    assert (np.isinf(cost) == stopped).all() and (cost[~stopped] == 1).all()


def test_a_share_is_blocked_whatever_the_elasticity(start: Baseline) -> None:
    cost = shock(SANCTION.format(sectors='"goods"', share=0.25), start=start).cost
    kept = cost ** -THETA[:, None, None]
    assert kept[:, RUS, USA] == pytest.approx([0.75, 0.75, 0.75, 1.0])
    assert (cost[:, USA, RUS] == 1).all() and (cost[:, KAZ, RUS] == 1).all()


def test_rerouting_is_bounded_by_capacity_over_all_sectors(start: Baseline) -> None:
    lost = 0.5 * start.flows[:, RUS, [DEU, USA]].sum()
    way = f'[measures.reroute]\nvia = ["KAZ"]\nextra_cost = 0.2\ncapacity_musd = {lost / 4}\n'
    kept = shock(SANCTION.format(sectors='"all"', share=0.5) + way, start=start).cost ** -THETA[:, None, None]
    assert kept[:, RUS, DEU] == pytest.approx(0.5 + 0.25 * 0.5 * 1.2**-THETA)


def test_a_trade_war_has_tariffs_on_goods_and_no_costs(start: Baseline) -> None:
    found = shock('kind = "trade_war"\none = ["USA"]\nother = ["DEU"]\ntariff = 0.5\n', start=start)
    assert (found.cost == 1).all()
    assert found.tariffs[:, USA, DEU] == pytest.approx([0.5, 0.5, 0.5, 0.0])
    assert found.tariffs[:, DEU, USA] == pytest.approx([0.5, 0.5, 0.5, 0.0])
    assert found.tariffs.sum() == pytest.approx(3.0)


@pytest.mark.parametrize(("measure", "seller", "buyer", "ratios"), [
    ('kind = "union_exit"\nstate = "KAZ"\nmembers = ["RUS", "ARM"]\ncost = 0.05', KAZ, RUS, [1.05, 1.05, 1.05, 1]),
    ('kind = "corridor_opened"\nbetween = ["KAZ"]\nacross = ["DEU"]\ncost = 0.1', DEU, KAZ, [1 / 1.1] * 3 + [1]),
    ('kind = "depreciation"\nstate = "RUS"\nfall = 0.4\npass_through = 0.5', RUS, DEU, [0.8] * 4),
    ('kind = "depreciation"\nstate = "RUS"\nfall = 0.4\npass_through = 0.5', USA, RUS, [1.25] * 4),
])
def test_costs_by_a_part(measure: str, seller: int, buyer: int, ratios: list[float], start: Baseline) -> None:
    found = shock(measure, start=start)
    assert found.cost[:, seller, buyer] == pytest.approx(ratios)
    assert (np.diagonal(found.cost, axis1=1, axis2=2) == 1).all() and not found.tariffs.any()


def test_measures_add_up(start: Baseline) -> None:
    block = SANCTION.format(sectors='"G"', share=0.5)
    oil = '---kind = "oil_price"\nratio = 0.5\n---kind = "oil_price"\nratio = 0.6\n'
    found = shock(f"{block}---{block}{oil}", start=start)
    assert found.cost[SHOPS, RUS, USA] == pytest.approx(0.25 ** (-1 / THETA[SHOPS]))
    assert found.cost[FARM, RUS, USA] == 1 and found.oil_price == pytest.approx(0.3)


@pytest.mark.parametrize(("words", "known", "message"), [
    (["C26"], SECTORS, "there is no sector C26"), (["fuels"], ("A01", "G"), "the tables have none of fuels")])
def test_sectors_that_the_tables_do_not_have(words: list[str], known: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=f"sectors do not match: {message}"):
        sectors_of(words, known=known)
