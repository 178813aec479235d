"""The tables of the embedded pack: their keys, columns, units and the source of every column."""

from __future__ import annotations

import polars as pl

from equipoise.acquire.un_votes import ISSUES
from equipoise.schema import JOINT_DRAWS, Column, Table

_ISO = "ISO 3166-1 alpha-3"
_FLAG = "1 yes, 0 no"
_TRADE = "cow_trade;kaz_trade;imf_trade"
_CHANNELS = f"{_TRADE};un_votes;atop;cow_igo"
_POINTS = "un_roll_calls;un_votes"
_RIVALRY = f"{_POINTS};atop;nmc;mid;strategic_rivalries"


_PLACE = "standard deviations over all states and sessions since 1946, the United States positive"
_ESTIMATED = "computed: the posterior of equipoise.measure.ideal_points, of the session that opens in the year"


def _year(source: str) -> Column:
    return Column("year", pl.Int16, "year", source)


def _pair(source: str, *, first: str = "state_a", second: str = "state_b") -> tuple[Column, Column]:
    return Column(first, pl.String, _ISO, source), Column(second, pl.String, _ISO, source)


STATE_YEAR = Table(
    "state_year",
    ("state", "year"),
    (
        Column("state", pl.String, _ISO, "cow_states"),
        Column("year", pl.Int16, "year", "cow_states", "in the state system on at least one day of the year"),
        Column("cinc", pl.Float64, "share of the world's capability", "nmc"),
        Column("gdp_usd", pl.Float64, "current US dollars", "world_bank"),
        Column("gdp_2015usd", pl.Float64, "constant 2015 US dollars", "world_bank"),
        Column("growth_pct", pl.Float64, "per cent a year", "world_bank", "change of gdp_2015usd on the year before"),
        Column("population", pl.Float64, "persons", "world_bank"),
        Column("gdp_musd2021", pl.Float64, "millions of constant 2021 US dollars", "penn"),
        Column("exchange_lcu_per_usd", pl.Float64, "national currency per US dollar", "penn"),
        Column("polyarchy", pl.Float64, "index 0 to 1", "vdem"),
        Column("polyarchy_low", pl.Float64, "index 0 to 1", "vdem"),
        Column("polyarchy_high", pl.Float64, "index 0 to 1", "vdem"),
        Column("libdem", pl.Float64, "index 0 to 1", "vdem"),
        Column("conflicts", pl.Int16, "conflicts", "ucdp", "the state is a party or sends troops"),
        Column("conflict_intensity", pl.Int8, "0 none, 1 minor, 2 war", "ucdp"),
        Column("ideal_point", pl.Float64, _PLACE, _POINTS, _ESTIMATED),
        Column("ideal_low", pl.Float64, "5th percentile", _POINTS, _ESTIMATED),
        Column("ideal_high", pl.Float64, "95th percentile", _POINTS, _ESTIMATED),
        Column("ideal_votes", pl.Int16, "roll calls that divide", _POINTS),
        Column("leader", pl.String, "name", "reign", "in office at the end of the year"),
        Column("leader_years", pl.Float64, "years in office at the end of the year", "reign"),
        Column("leader_changes", pl.Int8, "leaders who entered in the year", "reign"),
    ),
)

IDEAL_POINTS = Table(
    "ideal_points",
    ("cow", "session"),
    (
        Column("cow", pl.Int16, "Correlates of War code", _POINTS, "255 and 260 are Germany united and in the West"),
        Column("session", pl.Int16, "session of the General Assembly", _POINTS, "none for 19, in which one vote was"),
        Column("state", pl.String, _ISO, _POINTS, "of the year"),
        Column("year", pl.Int16, "year", _POINTS, "in which the session opened"),
        Column("n_votes", pl.Int16, "roll calls that divide", _POINTS),
        Column("mean", pl.Float64, _PLACE, _POINTS, _ESTIMATED),
        Column("sd", pl.Float64, "standard deviation of the posterior", _POINTS, _ESTIMATED),
        Column("low", pl.Float64, "5th percentile", _POINTS, _ESTIMATED),
        Column("high", pl.Float64, "95th percentile", _POINTS, _ESTIMATED),
        Column("rhat", pl.Float64, "rank-normalised split R-hat", _POINTS, _ESTIMATED),
        Column("ess", pl.Float64, "effective draws", _POINTS, _ESTIMATED),
    ),
)

IDEAL_DRAWS = Table(
    "ideal_draws",
    ("state", "year"),
    (
        Column("state", pl.String, _ISO, _POINTS),
        Column("year", pl.Int16, "year", _POINTS, "from the pack's first year on"),
        Column("draws", pl.Array(pl.Int8, JOINT_DRAWS), "sixteenths of sd, from mean", _POINTS,
               "joint draws: the first of one state belongs to the first of every other"),
    ),
)

TRADE = Table(
    "trade",
    ("importer", "exporter", "year"),
    (
        *_pair(_TRADE, first="importer", second="exporter"),
        _year(_TRADE),
        Column(
            "value_musd",
            pl.Float64,
            "millions of current US dollars",
            _TRADE,
            "cow_trade to 2014, kaz_trade 2018-23, imf_trade 2025: see the column source",
        ),
        Column("source", pl.Categorical, "id of the source", _TRADE),
        Column("note", pl.Categorical, "key of the reason why a value is missing", _TRADE),
    ),
)

ALLIANCES = Table(
    "alliances",
    ("state_a", "state_b", "year"),
    (
        *_pair("atop"),
        _year("atop"),
        *(
            Column(c, pl.Int8, f"{_FLAG}: state_a's obligation to state_b", "atop")
            for c in ("defense", "offense", "neutrality", "nonaggression", "consultation")
        ),
    ),
)

MEMBERSHIPS = Table(
    "memberships",
    ("state", "organisation", "status", "start_year"),
    (
        Column("state", pl.String, _ISO, "cow_igo"),
        Column("organisation", pl.String, "acronym of the source", "cow_igo"),
        Column("status", pl.String, "member, associate or observer", "cow_igo"),
        Column("start_year", pl.Int16, "first year, or 1991", "cow_igo"),
        Column("end_year", pl.Int16, "last year, or the source's last", "cow_igo"),
    ),
)

DISPUTES = Table(
    "disputes",
    ("state_a", "state_b", "year", "dispute"),
    (
        *_pair("mid"),
        _year("mid"),
        Column("dispute", pl.Int32, "number of the dispute", "mid"),
        Column("hostility", pl.Int8, "1 none to 5 war", "mid"),
    ),
)

RIVALRIES = Table(
    "rivalries",
    ("state_a", "state_b", "start_year"),
    (
        *_pair("strategic_rivalries"),
        Column("start_year", pl.Int16, "year", "strategic_rivalries"),
        Column("end_year", pl.Int16, "year; the source's last where it goes on", "strategic_rivalries"),
    ),
)

DISTANCES = Table(
    "distances",
    ("state_a", "state_b"),
    (
        *_pair("distances;shapes"),
        Column("capital_km", pl.Float32, "km between capitals", "distances"),
        Column("weighted_km", pl.Float32, "km, weighted by city populations", "distances"),
        Column("contiguous", pl.Boolean, "share a land border today", "distances"),
        Column("border_km", pl.Float32, "km of land border, at the map's generalisation", "shapes"),
    ),
)

FUELS = Table(
    "fuels",
    ("exporter", "importer", "year"),
    (
        *_pair("fuels", first="exporter", second="importer"),
        _year("fuels"),
        Column("value_musd", pl.Float32, "millions of current US dollars", "fuels",
               "coal, lignite, crude oil and natural gas, free on board; under 0.05 left out, rounded to 0.1"),
        Column("note", pl.Categorical, "key of the reason why a value is missing", "fuels",
               "gas_not_reported: neither side reported the gas between them, which is known to have flowed"),
    ),
)

LEADERS = Table(
    "leaders",
    ("state", "start", "leader"),
    (
        Column("state", pl.String, _ISO, "reign"),
        Column("leader", pl.String, "name", "reign"),
        Column("start", pl.Date, "date", "reign"),
        Column("end", pl.Date, "date; empty where in office at the source's end", "reign"),
    ),
)

OIL = Table(
    "oil",
    ("year",),
    (
        _year("brent"),
        Column("oil_usd_bbl", pl.Float64, "US dollars a barrel, mean of the year's months", "brent"),
        Column("months", pl.Int8, "months in the mean", "brent"),
    ),
)

CHANNELS = Table(
    "channels",
    ("state", "year", "channel", "option"),
    (
        Column("state", pl.String, _ISO, _CHANNELS),
        _year(_CHANNELS),
        Column("channel", pl.Categorical, "trade, diplomacy, security or institutions", _CHANNELS),
        Column("option", pl.Categorical, "a power's code, or 0 for the outside option", _CHANNELS),
        Column(
            "share",
            pl.Float32,
            "share of the channel, 0 to 1",
            _CHANNELS,
            "computed: trade of the first three, diplomacy of un_votes, security of atop, institutions of cow_igo",
        ),
        Column("source", pl.Categorical, "id of the source", _CHANNELS),
    ),
)

RIVALRY = Table(
    "rivalry",
    ("power_a", "power_b", "year", "component"),
    (
        *_pair(_RIVALRY, first="power_a", second="power_b"),
        _year(_RIVALRY),
        Column("component", pl.String, "component of rivalry", _RIVALRY),
        Column(
            "value",
            pl.Float64,
            "0 to 1",
            _RIVALRY,
            "computed: from ideal points of our own, sanctions (own table), atop with nmc, mid, strategic_rivalries",
        ),
    ),
)

SHAPES = Table(
    "shapes",
    ("name",),
    (
        Column("name", pl.String, "name on the map", "shapes"),
        Column("iso3", pl.String, _ISO, "shapes"),
        Column("polygons", pl.List(pl.List(pl.List(pl.Float32))), "rings of longitude and latitude, degrees", "shapes"),
    ),
)

_CAST = "1 yes, 2 abstain, 3 no"
VOTES = Table(
    "votes",
    ("rcid",),
    (
        Column("rcid", pl.Int32, "number of the roll call", "un_votes"),
        Column("date", pl.Date, "date", "un_votes"),
        *(Column(c, pl.Boolean, "whether it concerns the issue", "un_votes") for c in ISSUES),
        Column("*", pl.Int8, _CAST, "un_votes", "one column a state, by its code; YUG and SCG are under SRB"),
    ),
)
"""What the table of roll calls holds; its width depends on the file, so it is described but not checked."""

PACK: dict[str, Table] = {
    t.name: t
    for t in (
        STATE_YEAR,
        IDEAL_POINTS,
        IDEAL_DRAWS,
        TRADE,
        ALLIANCES,
        MEMBERSHIPS,
        DISPUTES,
        RIVALRIES,
        DISTANCES,
        FUELS,
        LEADERS,
        OIL,
        CHANNELS,
        RIVALRY,
        SHAPES,
    )
}
"""Tables with a fixed set of columns; :data:`VOTES` is beside them, one column a state."""
