"""Which states make up a power, and which sets of powers can be used."""

from __future__ import annotations

import pytest

from equipoise.assemble.powers import members, resolve_powers
from equipoise.errors import NotAPower


def of(power: str, year: int) -> list[str]:
    return members([power], years=[year])["state"].to_list()


@pytest.mark.parametrize(
    ("year", "size", "joined", "not_in"),
    [
        (1991, 12, "DEU", "AUT"),
        (1995, 15, "FIN", "POL"),
        (2004, 25, "LVA", "ROU"),
        (2007, 27, "BGR", "HRV"),
        (2019, 28, "GBR", "NOR"),
        (2020, 27, "HRV", "GBR"),
    ],
)
def test_the_union_has_its_members_of_the_31st_of_december(year, size, joined, not_in):
    found = of("EUU", year)
    assert len(found) == len(set(found)) == size
    assert joined in found and not_in not in found


def test_any_other_power_is_itself():
    assert of("RUS", 1991) == ["RUS"]
    rows = members(["CHN", "EUU"], years=[2003, 2004])
    assert rows.filter(rows["power"] == "CHN")["state"].to_list() == ["CHN", "CHN"]


def test_a_set_may_be_named_in_any_way():
    assert resolve_powers(["Russia", "eu", " chn "], focal="KAZ") == ("RUS", "EUU", "CHN")
    assert resolve_powers(["USA", "DEU", "FRA"], focal="KAZ") == ("USA", "DEU", "FRA")
    assert resolve_powers(["EUU", "RUS"], focal="DEU") == ("EUU", "RUS")


@pytest.mark.parametrize(
    ("powers", "words"),
    [
        (["RUS", "KAZ"], "itself"),
        (["RUS", "Russia"], "twice"),
        (["EU", "euu"], "twice"),
        (["RUS"], "at least two"),
        ([], "at least two"),
        (["EUU", "GBR"], "GBR is or was a member"),
        (["RUS", "SUN"], "not in the state system"),
        (["RUS", "GRL"], "not in the state system"),
        (["RUS", "OPEC"], "is not a power"),
    ],
)
def test_a_set_that_cannot_be_used_is_refused(powers, words):
    with pytest.raises(NotAPower, match=words):
        resolve_powers(powers, focal="KAZ")
