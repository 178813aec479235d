"""The sectoral model from a file on disk to effects beside those in print."""

from __future__ import annotations

import importlib
import json
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from equipoise.errors import MissingSource, NotConverged, UsageError
from equipoise.model.caliendo_parro import baseline
from equipoise.pipeline import sector_trade
from equipoise.pipeline.sector_scenarios import sector_scenario
from equipoise.pipeline.sector_trade import PRINTED, changes, in_print, table_here, world

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


def test_the_table_is_found_in_the_cache_the_last_year_first_or_in_the_package(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "icio"
    package = tmp_path / "sanction_simulator"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    with pytest.raises(MissingSource, match=r"no inter-country table on this machine.*oecd\.org.*--table"):
        table_here(folder)
    carried = package / "data" / "bench_cache.npz"
    carried.touch()
    assert table_here(folder) == carried
    folder.mkdir()
    for name in ("2019_SML.csv", "2021_SML.zip", "ReadMe.txt"):
        (folder / name).touch()
    assert table_here(folder) == folder / "2021_SML.zip"


def test_an_embargo_on_fuels_from_a_file_to_incomes(table: Path) -> None:
    made = sector_scenario("fossil-embargo", table=table)
    change = {r["state"]: r for r in made.frame.to_dicts()}
    assert set(change) == set(COUNTRIES)
    assert change["RUS"]["long_pct"] < 0 and change["DEU"]["long_pct"] < 0 and change["RUS"]["short_pct"] < 0
    assert made.frame["long_pct"].is_sorted()
    told = " ".join(made.remarks)
    assert "inter-country table of 2022" in told and "not in the table, hence left out: GBR, CAN, AUS, NOR, KOR" in told
    assert "sizes are assumed" in told and list(made.sources) == ["icio"]


def test_the_price_of_oil_has_a_short_run_only(table: Path) -> None:
    made = sector_scenario("oil-halved", table=table, state="Russia", top=2)
    assert made.frame["output_long_pct"].null_count() == 2 and made.frame["output_short_pct"].null_count() == 0
    assert made.frame["sales_musd"].is_sorted(descending=True)
    assert made.more["incomes"]["state"].to_list() == ["RUS"]
    assert any("lower bound" in r for r in made.remarks)


def test_ranges_of_sizes_give_intervals_of_incomes(table: Path) -> None:
    frame = sector_scenario("china-russia-rift", table=table, top=0).frame
    for run in ("long", "short"):
        low, middle, high = (frame[f"{run}{end}_pct"] for end in ("_low", "", "_high"))
        assert ((low <= middle) & (middle <= high)).all() and (high - low).max() > 0.1
    assert "long_low_pct" not in sector_scenario("fossil-embargo", table=table).frame.columns


def test_output_and_exports_are_volumes(table: Path) -> None:
    every = sector_scenario("fossil-embargo", table=table, state="RUS", top=0).frame
    assert set(every["sector"]) == set(SECTORS)
    by = {r["sector"]: r for r in every.to_dicts()}
    # Who may sell fuels to China and Kazakhstan only sells less of them abroad, and the rest of the economy grows.
    assert by["B06"]["exports_long_pct"] < -20 < by["B06"]["exports_short_pct"] + 100
    assert by["B06"]["output_long_pct"] < by["B06"]["output_short_pct"] < 0 < by["C28"]["output_long_pct"]


def test_a_state_cut_off_with_its_deficit_has_no_solution(table: Path, tmp_path: Path) -> None:
    others = ", ".join(f'"{c}"' for c in COUNTRIES if c != "KAZ")
    path = tmp_path / "shut.toml"
    path.write_text(f'''id = "shut"
title_en = "Shut"
title_zh = "封閉"
year = 2022
[[measures]]
kind = "sanction"
senders = [{others}]
targets = ["KAZ"]
direction = "both"
share_blocked = 1.0
start = 2022-01-01
assumed = true
''', encoding="utf-8")
    assert sector_scenario(str(path), table=table, states=["KAZ"]).frame["long_pct"][0] < -1
    with pytest.raises(NotConverged, match="shut has no solution: no short run: KAZ is isolated with a deficit"):
        sector_scenario(str(path), table=table, deficits="kept")


@pytest.mark.parametrize(("asked", "message"), [
    ({"states": ["FRA"]}, "the table has no FRA"),
    ({"deficits": "some"}, "deficits cannot be 'some'"),
    ({"top": -1}, "-1 rows cannot be shown"),
    ({"on": "2022-12-04"}, "no measure of fossil-embargo is in force on 2022-12-04"),
])
def test_what_cannot_be_asked(table: Path, asked: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        sector_scenario("fossil-embargo", table=table, **asked)


def test_parties_that_the_table_does_not_have(table: Path, tmp_path: Path) -> None:
    path = tmp_path / "war.toml"
    path.write_text('id = "war"\ntitle_en = "War"\ntitle_zh = "戰"\nyear = 2022\n[[measures]]\nkind = "trade_war"\n'
                    'one = ["UZB"]\nother = ["RUS"]\ntariff = 0.5\nstart = 2022-01-01\nassumed = true\n',
                    encoding="utf-8")
    with pytest.raises(UsageError, match="the table has none of UZB"):
        sector_scenario(str(path), table=table)


def test_the_command_writes_rows_and_a_chart(command, table: Path, tmp_path: Path) -> None:
    given = ("--table", str(table), "--state", "RUS,KAZ", "--json")
    code, out, err = command("trade", "sectors", "fossil-embargo", *given)
    told = json.loads(out)
    assert code == 0 and [r["state"] for r in told["rows"]] == ["RUS", "KAZ"]
    assert told["provenance"]["sources"]["icio"]["licence"] == "CC BY 4.0" and "--on DATE" not in err
    code, *_ = command("trade", "sectors", "oil-halved", "--table", str(table), "--within", "KAZ", "--out", "oil.svg",
                       "--lang", "zh-Hant")
    picture = (tmp_path / "oil.svg").read_text(encoding="utf-8")
    assert code == 0 and "原油與天然氣" in picture and "油價腰斬" in picture and "長期" not in picture
    code, *_ = command("trade", "sectors", "oil-halved", "--table", str(table), "--within", "KAZ", "--out", "oil.csv")
    assert code == 0 and pl.read_csv(tmp_path / "oil.csv").height == len(SECTORS)
