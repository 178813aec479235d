"""What a report says of crises: two imagined ones for every state, and the coded ones as they were."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from equipoise.assemble.crisis_keys import RUNGS
from equipoise.assemble.packed import Pack, embedded
from equipoise.pipeline.stance import stance
from equipoise.pipeline.stance_page import stance_frames
from equipoise.pipeline.stances import imagined, stances_of
from equipoise.schema import DEFAULT_POWERS

ALL = {"since": 1991, "until": 2025}


def of(state: str, powers: tuple[str, ...] = DEFAULT_POWERS, **years: int) -> dict[str, pl.DataFrame]:
    return stance_frames(embedded(), state=state, powers=powers, **(ALL | years))


@pytest.fixture(scope="module")
def kazakhstan() -> dict[str, pl.DataFrame]:
    return of("KAZ")


def test_every_power_has_a_whole_distribution_in_every_crisis(kazakhstan: dict[str, pl.DataFrame]) -> None:
    sums = kazakhstan["stances"].group_by("crisis", "power", "outcome").agg(pl.col("probability").sum(), pl.len())
    assert np.allclose(sums["probability"], 1) and (sums["len"] == len(RUNGS)).all()
    assert sums.height == 2 * (5 + 4 + 5)  # Russia attacks
    assert kazakhstan["stance_crises"]["crisis"].to_list() == ["unrest", "attack", "kazakhstan-2022"]


def test_the_coded_crisis_is_as_the_command_has_it(kazakhstan: dict[str, pl.DataFrame]) -> None:
    own = kazakhstan["stances"].filter(crisis="kazakhstan-2022").drop("crisis")
    assert own.equals(stance("kazakhstan-2022").frame)
    deeds = dict(kazakhstan["stance_deeds"].select("power", "firmest").iter_rows())
    assert deeds == {"RUS": "join-force", "CHN": "help-after", "USA": "calm", "EUU": "calm", "JPN": "silent"}
    assert "csto-in" in kazakhstan["stance_events"]["id"].to_list()


def test_the_imagined_ones_are_those_of_stances_of_on_the_day_after_the_years() -> None:
    found = of("KAZ", until=2010)
    told = stances_of("KAZ", on=dt.date(2011, 1, 1), pack=embedded())
    assert found["stances"].drop("coded").equals(told)
    assert found["stance_deeds"].is_empty() and found["stance_events"].is_empty()  # 2022 is not among the years
    assert set(found["stance_crises"]["start"]) == {dt.date(2011, 1, 1)}


def test_reasons_add_up_to_what_sets_powers_apart(kazakhstan: dict[str, pl.DataFrame]) -> None:
    """Of two powers, the one whose effects sum to more stands higher up the ladder."""
    effect = dict(
        kazakhstan["stance_reasons"].filter(crisis="unrest").group_by("power").agg(pl.col("effect").sum()).iter_rows()
    )
    rung = pl.col("rung").replace_strict({r: i for i, r in enumerate(RUNGS)}, return_dtype=pl.Float64)
    first = kazakhstan["stances"].filter(crisis="unrest", outcome="first").with_columns(at=rung * pl.col("probability"))
    mean = dict(first.group_by("power").agg(pl.col("at").sum()).iter_rows())
    assert sorted(effect, key=lambda p: effect[p])[-2:] == sorted(mean, key=lambda p: mean[p])[-2:]


@pytest.mark.parametrize(
    ("state", "attacker", "left"),
    [("JPN", "CHN", ["CHN"]), ("DEU", "RUS", ["RUS", "EUU"]), ("MDA", "RUS", ["RUS"]), ("MNG", "CHN", ["CHN"])],
)
def test_the_attacker_is_the_nearest_state_and_a_union_has_no_stance_on_its_own(state, attacker, left) -> None:
    powers = tuple(p for p in DEFAULT_POWERS if p != state)
    crises = of(state, powers)["stance_crises"].filter(crisis="attack").row(0, named=True)
    assert (crises["against"], crises["left_out"]) == ([attacker], left)


def test_unrest_asks_the_body_of_mutual_defence_or_nobody() -> None:
    asked = {s: imagined(s, on=dt.date(2026, 1, 1), pack=embedded())[0].at.asked for s in ("KGZ", "TUR", "UZB")}
    assert asked == {"KGZ": ("CSTO",), "TUR": ("NATO",), "UZB": ()}
    assert imagined("UZB", on=dt.date(2012, 1, 1), pack=embedded())[0].at.asked == ("CSTO",)  # left in that year


def test_powers_of_ones_own_and_parties() -> None:
    found = of("UKR", ("RUS", "CHN", "IND"), since=2022)
    coded = found["stances"].filter(crisis="ukraine-2022")
    assert set(coded["power"]) == {"CHN", "IND"}
    assert coded.filter(power="IND")["coded"].null_count() == coded.filter(power="IND").height
    assert found["stance_deeds"].filter(crisis="ukraine-2022", power="RUS")["party"].item() is True
    assert found["stance_crises"]["crisis"].to_list() == ["unrest", "attack", "ukraine-2022"]


def test_a_predecessors_crisis_is_its_successors() -> None:
    assert "kosovo-1999" in of("SRB")["stance_crises"]["crisis"].to_list()


def test_a_pack_without_fitted_stances_has_no_section() -> None:
    assert stance_frames(Pack(frames={}), state="KAZ", powers=DEFAULT_POWERS, **ALL) == {}
