from __future__ import annotations

import datetime as dt

from equipoise.assemble import codes, held


def test_it_is_what_the_resolver_says() -> None:
    names = codes.states()["iso3"].unique().to_list()
    years = (1870, 1946, 1990, 1991, 1992, 2005, 2006, 2020)
    say = {(n, y): codes.resolve(n, on=dt.date(y, 12, 31), unions=True) for n in names for y in years}
    assert {pair: held.in_year(*pair) for pair in say} == say
