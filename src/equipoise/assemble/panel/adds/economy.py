"""Economies: product and population, trade, and transfers of arms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.arms import transfers
from equipoise.assemble.panel.forms import Add, DyadForm, StateForm, Variable
from equipoise.assemble.panel.shelf import Shelf

Floats = npt.NDArray[np.float64]

_ESTIMATES = {
    "mrgdppc": ("real GDP a head", "2011 international USD"),
    "pwtrgdp": ("real GDP", "million 2017 international USD"),
    "pwtpop": ("population", "million"),
}
_INDICATORS = {"NY.GDP.MKTP.CD": "gdp_usd", "NY.GDP.MKTP.KD": "gdp_2015usd", "SP.POP.TOTL": "population"}

OTHER_BORDERS = {
    "CMR": (1960, 1960),  # with the Southern Cameroons, British to 1961
    "DEU": (1960, 1989),  # with East Germany
    "EGY": (1960, 1960),  # without Syria, then part of the United Arab Republic
    "MYS": (1960, 1964),  # with Sabah and Sarawak, which joined Malaya in 1963; then without Singapore, in it to 1965
    "PAK": (1960, 1970),  # without Bangladesh
    "SRB": (2006, 2007),  # without Kosovo
    "VNM": (1960, 1975),  # North and South
    "YEM": (1960, 1989),  # North and South
}
"""Years in which the World Bank's figures, all for the land of today, are not those of the state that there was."""

OTHER_BORDERS_PEOPLE = {
    "ETH": (1960, 1992),  # without Eritrea
    "JOR": (1960, 1966),  # without the West Bank
    "SDN": (1960, 2010),  # without South Sudan
    "TZA": (1961, 1963),  # with Zanzibar
}
"""The same of population alone: the product of these years is that of the state."""

_FIRST, _LAST = 1870, 2014
_YEARS = _LAST - _FIRST + 1
_MILLION = 1e6


def gdp_population(shelf: Shelf) -> pl.DataFrame:
    """Return the estimates of product and population, and their standard deviations, by COW code."""
    return shelf.table("gdp_population").rename({"cow": "code"})


def world_bank(shelf: Shelf) -> pl.DataFrame:
    """Return product and population by alpha-3 code, null where the figure is of other borders than the state's."""
    bank = shelf.table("world_bank").filter(pl.col("indicator").is_in(list(_INDICATORS)))
    people = pl.col("indicator") == "SP.POP.TOTL"
    kept = bank.filter(~_within(OTHER_BORDERS), ~(people & _within(OTHER_BORDERS_PEOPLE)))
    values = [pl.col("value").filter(pl.col("indicator") == i).first().alias(name) for i, name in _INDICATORS.items()]
    return kept.group_by(pl.col("iso3").alias("code"), "year").agg(values)


def _within(spans: dict[str, tuple[int, int]]) -> pl.Expr:
    return pl.any_horizontal((pl.col("iso3") == iso3) & pl.col("year").is_between(first, last)
                             for iso3, (first, last) in spans.items())


def trade(shelf: Shelf) -> pl.DataFrame:
    """Return both flows of every pair of which one is known, and their weight in each side's trade and product."""
    at = _places(shelf.table("cow_trade"))
    flows = np.full((len(at.states), len(at.states), _YEARS), np.nan)
    flows[at.importer, at.exporter, at.year] = at.value
    back = flows.transpose(1, 0, 2)
    pairs = np.nonzero(~np.isnan(flows) | ~np.isnan(back))
    one, two, year = pairs
    into, out = flows[pairs], back[pairs]
    both = into + out
    total = at.sums(at.importer, weights=at.value) + at.sums(at.exporter, weights=at.value)
    product = _products(world_bank(shelf), states=at.states)
    with np.errstate(invalid="ignore"):  # 0 of 0
        values = {"flow1": into, "flow2": out,
                  "trade_share1": both / total[one, year], "trade_share2": both / total[two, year],
                  "trade_gdp1": both / product[one, year], "trade_gdp2": both / product[two, year]}
    keys = {"code_a": at.states[one], "code_b": at.states[two], "year": (_FIRST + year).astype(np.int16)}
    return pl.DataFrame({**keys, **{name: pl.Series(value, nan_to_null=True) for name, value in values.items()}})


def trade_totals(shelf: Shelf) -> pl.DataFrame:
    """Return the sums of a state's known flows, and of how many partners they are, by COW code."""
    at = _places(shelf.table("cow_trade"))
    ways = {"imports": at.importer, "exports": at.exporter}
    n = {way: at.sums(side) for way, side in ways.items()}
    there = np.nonzero(n["imports"] + n["exports"])
    columns: dict[str, Any] = {"code": at.states[there[0]], "year": (_FIRST + there[1]).astype(np.int16)}
    for way, side in ways.items():
        known = np.where(n[way] > 0, at.sums(side, weights=at.value), np.nan)
        columns[f"{way}_sum"] = pl.Series(known[there], nan_to_null=True)
        columns[f"{way}_partners"] = n[way][there].astype(np.int16)
    return pl.DataFrame(columns)


@dataclass(frozen=True)
class _Flows:
    """The flows of the file as places among states and years, shape (flows,); ``states`` are the codes, sorted."""

    states: npt.NDArray[np.int16]
    importer: npt.NDArray[np.int32]
    exporter: npt.NDArray[np.int32]
    year: npt.NDArray[np.int32]
    value: Floats

    def sums(self, side: npt.NDArray[np.int32], *, weights: Floats | None = None) -> Floats:
        """Add up by the states of one side and year, or count; shape (n, T)."""
        n = len(self.states)
        found = np.bincount(side * _YEARS + self.year, weights=weights, minlength=n * _YEARS)
        return found.astype(np.float64).reshape(n, _YEARS)


def _places(table: pl.DataFrame) -> _Flows:
    sides = [table[column].to_numpy() for column in ("importer_cow", "exporter_cow")]
    states = np.flatnonzero(sum(np.bincount(side, minlength=1000) for side in sides)).astype(np.int16)
    place = np.zeros(1000, dtype=np.int32)
    place[states] = np.arange(len(states))
    year = table["year"].to_numpy().astype(np.int32) - _FIRST
    return _Flows(states, place[sides[0]], place[sides[1]], year, table["value_musd"].to_numpy())


def _products(bank: pl.DataFrame, *, states: npt.NDArray[np.int16]) -> Floats:
    """GDP of COW's states in million current USD, nan where unknown; shape (n, T)."""
    named = codes.code_years("cow").select("code", pl.col("year").cast(pl.Int16), "iso3")
    known = bank.rename({"code": "iso3"}).drop_nulls("gdp_usd").join(named, on=["iso3", "year"])
    known = known.filter(pl.col("year").is_between(_FIRST, _LAST), pl.col("code").is_in(states.tolist()))
    out = np.full((len(states), _YEARS), np.nan)
    out[np.searchsorted(states, known["code"].to_numpy()), known["year"].to_numpy() - _FIRST] = known["gdp_usd"]
    return out / _MILLION


def arms_transfers(shelf: Shelf) -> pl.DataFrame:
    """Return the volumes that two states delivered to each other, both directions, by alpha-3 code."""
    sent = transfers(shelf.table("arms_transfers"))
    there = sent.select("year", code_a="supplier_iso3", code_b="recipient_iso3", arms_tiv1to2="tiv_mn",
                        arms_tiv2to1=pl.lit(0.0))
    back = sent.select("year", code_a="recipient_iso3", code_b="supplier_iso3", arms_tiv1to2=pl.lit(0.0),
                       arms_tiv2to1="tiv_mn")
    # The register has two decimals; sums of them in floating point have more.
    return pl.concat([there, back]).group_by("code_a", "code_b", "year").agg(
        pl.col("arms_tiv1to2", "arms_tiv2to1").sum().round(2))


def arms_totals(shelf: Shelf) -> pl.DataFrame:
    """Return the volumes that a state received from others and delivered to others, by alpha-3 code."""
    pairs = arms_transfers(shelf)
    return pairs.group_by("year", code="code_a").agg(
        arms_imports_tiv=pl.col("arms_tiv2to1").sum().round(2), arms_exports_tiv=pl.col("arms_tiv1to2").sum().round(2))


_TOTALS = StateForm("cow", (
    Variable("imports_sum", "sum of its known imports from states", "million current USD", union="sum"),
    Variable("imports_partners", "from how many states its imports are known, zeros too"),
    Variable("exports_sum", "sum of its known exports to states", "million current USD", union="sum"),
    Variable("exports_partners", "to how many states its exports are known, zeros too"),
), trade_totals)

_TRADE_NOTE = (
    "A flow is what the importer reports, in whole millions, unchanged; null is unknown, and a zero may stand for what "
    "nobody collected. Zeros that are not: Soviet successors with each other to 1993 (Kazakhstan–Russia 1992–93). "
    "About half: Kazakhstan–Russia 2010–11 and Belarus–Russia 2011, from the customs union's beginning. Yugoslavia has "
    "next to nothing from 1993, and Serbia nothing from 1997. West Germany has only Belgium and Luxembourg from 1960 "
    "on, and is missing in all others' sums. What stands under North Vietnam from 1960 to 1975 is the South's trade. "
    "In 1990 Germany and Yemen stand under 255 and 679. "
)

ADDS = (
    Add(
        name="gdp_population", title="Estimates of product and population since 1816", sources=("gdp_population",),
        first_year=1816, last_year=2019,
        state=StateForm("cow", tuple(
            v for name, (label, unit) in _ESTIMATES.items() for v in (
                Variable(name, f"{label} (estimate)", unit, union=None if name == "mrgdppc" else "sum"),
                Variable(f"sd_{name}", f"{label}: standard deviation of the estimate", unit),
            )), gdp_population),
        note="Means of a model, not a statistical office's figures. The two series of product have different price "
             "years, so their quotient is not mrgdppc. States that split or merge are smoothed over: the Soviet Union "
             "of 1988 has 199 million people here, and had some 287. Both codes of Germany and of Yemen share 1990.",
        also=("sim_gdp_pop", "sdp_gdp", "gdp", "population", "pwtrgdp", "maddison"),
    ),
    Add(
        name="world_bank", title="World Bank: GDP in current and in 2015 USD, population", sources=("world_bank",),
        first_year=1960, last_year=2024,
        state=StateForm("iso", (
            Variable("gdp_usd", "gross domestic product", "current USD", union="sum"),
            Variable("gdp_2015usd", "gross domestic product", "constant 2015 USD", union="sum"),
            Variable("population", "population", "people", union="sum"),
        ), world_bank),
        note="The Bank's figures are for the land of today; states that are gone have none, nor has Taiwan. Null where "
             "the state was another: Germany and Yemen to 1989, Vietnam to 1975, Pakistan to 1970, Malaysia to 1964, "
             "Cameroon and Egypt 1960, Serbia 2006–07; population also of Ethiopia to 1992, Jordan to 1966, Sudan to "
             "2010 and Tanzania to 1963. Sudan's product of 2011 has half a year of the South in it. China's figures "
             "are without Hong Kong and Macao.",
        also=("wdi", "worldbank", "gdp_current", "gdppc", "wb"),
    ),
    Add(
        name="trade", title="COW bilateral trade v4.0, and its weight in each side's trade and product",
        sources=("cow_trade", "world_bank"), first_year=_FIRST, last_year=_LAST,
        dyad=DyadForm("cow", (
            Variable("flow", "imports of this side from the other", "million current USD", sided=True, union="sum"),
            Variable("trade_share", "trade of the two over the sum of this side's known flows", "share", sided=True,
                     union="share"),
            Variable("trade_gdp", "trade of the two over this side's GDP (World Bank, from 1960)", "share", sided=True,
                     union="share"),
        ), trade),
        note=_TRADE_NOTE + "trade_share and trade_gdp are null unless both flows are known; the former is too high "
             "where much of a state's trade is unknown, before 1950 above all: see trade_totals. trade_gdp has the "
             "World Bank's gaps (Germany to 1989). A union's flows are its members' sum, and so is its part in the "
             "other side's trade and product; its own shares are null. COW's smoothed flows are not here.",
        also=("cow_trade", "bilateral_trade", "dyadic_trade", "flow1", "dependence", "trade_dependence"),
    ),
    Add(
        name="trade_totals", title="Sums of a state's trade by COW v4.0, and how many partners are known",
        sources=("cow_trade",), first_year=_FIRST, last_year=_LAST, state=_TOTALS,
        note=_TRADE_NOTE + "Sums of the dyads, not COW's national totals (imports and exports of add_cow_trade): in "
             "the median state-year they make 91 % of its imports and 98 % of its exports, in one of ten under half. "
             "A union's sum has the trade among its members in it.",
        also=("national_trade", "imports", "exports", "cow_trade_sy"),
    ),
    Add(
        name="arms_transfers", title="SIPRI: deliveries of major conventional arms", sources=("arms_transfers",),
        first_year=1995, last_year=2024,
        state=StateForm("iso", (
            Variable("arms_imports_tiv", "arms received from states", "million TIV", absent=0, union="sum"),
            Variable("arms_exports_tiv", "arms delivered to states", "million TIV", absent=0, union="sum"),
        ), arms_totals),
        dyad=DyadForm("iso", (
            Variable("arms_tiv1to2", "arms delivered by the first to the second", "million TIV", absent=0, union="sum"),
            Variable("arms_tiv2to1", "arms delivered by the second to the first", "million TIV", absent=0, union="sum"),
        ), arms_transfers),
        note="TIV measures military capability handed over, not money. Zero: the register of deliveries lists none; "
             "small arms are not in it. By year of delivery, some estimated. The register reaches into 2025, but had "
             "no deliveries of that year yet. Those to or from armed groups, organisations (NATO) and unknown parties "
             "(0.5 % of the volume) are left out. SIPRI's terms forbid passing it on: every user pulls it.",
        also=("sipri", "arms", "tiv", "arms_trade", "weapons"),
    ),
)
