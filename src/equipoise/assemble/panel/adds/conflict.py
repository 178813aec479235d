"""Conflict: militarised disputes by two codings, and wars between states.

A pair may have several disputes in one year, and a panel has one row for it: :func:`one_a_year` says which is kept, and
docs/explanation/disputes.md why and with what weight.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from equipoise.acquire.mid import OF_DISPUTE, OF_STATE
from equipoise.assemble.panel.forms import Add, DyadForm, StateForm, Variable
from equipoise.assemble.panel.shelf import Shelf

Build = Callable[[Shelf], pl.DataFrame]

_PAIR_YEAR = ("cow_a", "cow_b", "year")
_OF_WAR = {"side": "war_side", "initiator": "war_initiator", "outcome": "war_outcome", "battle_deaths": "war_batdeath"}


def one_a_year(disputes: pl.DataFrame) -> pl.DataFrame:
    """Return the one dispute that stands for each pair and year.

    Of several, one that begins this year for the pair goes before one that goes on; then the graver one is kept, by
    level of fatalities, level of hostility, least and greatest duration; then one in which both sides acted; then the
    one with the earlier month of start; then the lower number. Where it is not known whether anybody died, the dispute
    goes after one with deaths and before one without. Source: Miller 2022, *peacesciencer*.

    Args:
        disputes: as :func:`equipoise.acquire.mid.parse` returns them.

    Returns:
        A row a directed pair and year, with the columns given, sorted by pair and year.

    Examples:
        >>> known = {"onset": 1, "hostlev": 4, "mindur": 20, "maxdur": 20, "recip": 0, "stmon": 9}
        >>> pair = {"cow_a": 220, "cow_b": 325, "year": 1860}
        >>> deaths = [(112, 0), (113, None), (306, 1)]
        >>> frame = pl.DataFrame([pair | known | {"dispnum": n, "fatality": d} for n, d in deaths])
        >>> one_a_year(frame)["dispnum"].to_list(), one_a_year(frame.head(2))["dispnum"].to_list()
        ([306], [113])
    """
    deaths = pl.col("fatality").cast(pl.Float32).fill_null(0.5)
    graver = (pl.col("onset"), deaths, *(pl.col(c) for c in ("hostlev", "mindur", "maxdur", "recip")))
    ordered = disputes.sort(
        *_PAIR_YEAR, *graver, "stmon", "dispnum",
        descending=[False] * 3 + [True] * len(graver) + [False] * 2, nulls_last=True,
    )
    return ordered.unique(_PAIR_YEAR, keep="first", maintain_order=True)


def entered(table: pl.DataFrame, *, event: Sequence[str], side: str) -> pl.DataFrame:
    """Return the states in each event and year, and whether they enter it then.

    A state enters where it was not in the event, or not on this side of it, the year before, or where each of its pairs
    begins anew. An opponent that joins is no entry of the state.

    Args:
        table: directed pairs by event and year, with ``onset`` and ``initiated`` (Boolean).
        event: the columns that name an event.
        side: the column with the side of the first state.

    Returns:
        A row a state, event, side and year: ``cow_a``, the event, the side, ``year``, ``initiated`` and ``entered``.
    """
    pair, run = ["cow_a", "cow_b", *event], ["cow_a", *event, side]
    anew = (pl.col("onset") == 1) & (pl.col("year") > pl.col("year").min().over(pair))
    since = (pl.col("year") - pl.col("year").shift(1).over(run)).fill_null(0) != 1
    return (
        table.with_columns(anew=anew)
        .group_by(*run, "year")
        .agg(pl.col("anew").all(), pl.col("initiated").any())
        .sort(*run, "year")
        .select(*run, "year", "initiated", entered=since | pl.col("anew"))
    )


def state_disputes(disputes: pl.DataFrame, *, name: str) -> pl.DataFrame:
    """Return the states in disputes: ``code``, ``year``, ``{name}ongoing``, ``{name}onset``, and both with ``_init``.

    ``_init`` counts the disputes that the state initiated, as :func:`_initiated` has it. All are 1 or 0.
    """
    there = entered(disputes.with_columns(initiated=_initiated("a")), event=["dispnum"], side="sidea_a")
    onset, initiated = pl.col("entered"), pl.col("initiated")
    flags = {"ongoing": pl.lit(value=True), "onset": onset, "ongoing_init": initiated, "onset_init": onset & initiated}
    return there.group_by("year", code="cow_a").agg(v.any().cast(pl.Int8).alias(name + k) for k, v in flags.items())


def dyad_disputes(disputes: pl.DataFrame, *, name: str) -> pl.DataFrame:
    """Return the dispute that stands for each pair and year, under the names that peacesciencer gives its columns."""
    return one_a_year(disputes).select(
        "year", "dispnum", *OF_DISPUTE,
        *(pl.col(f"{c}_{side}").alias(f"{c}{n}") for c in OF_STATE for n, side in ((1, "a"), (2, "b"))),
        code_a="cow_a", code_b="cow_b",
        init1=_initiated("a").cast(pl.Int8), init2=_initiated("b").cast(pl.Int8),
        **{f"{name}ongoing": "ongoing", f"{name}onset": "onset"},
    )


def dyad_wars(shelf: Shelf) -> pl.DataFrame:
    """Return the war that stands for each pair and year.

    Of several, one that begins this year goes before one that goes on; then the one with the most battle deaths of both
    states together; then the first bout of a war that was broken off; then the lower number.
    """
    deaths = pl.sum_horizontal("battle_deaths_a", "battle_deaths_b")
    ordered = shelf.table("wars").sort(
        *_PAIR_YEAR, pl.col("onset"), deaths, "resume", "warnum",
        descending=[False] * 3 + [True] * 2 + [False] * 2, nulls_last=True,
    )
    return ordered.unique(_PAIR_YEAR, keep="first", maintain_order=True).select(
        "year", "warnum",
        *(pl.col(f"{c}_{side}").alias(f"{new}{n}") for c, new in _OF_WAR.items() for n, side in ((1, "a"), (2, "b"))),
        code_a="cow_a", code_b="cow_b", cowinterongoing="ongoing", cowinteronset="onset",
    )


def state_wars(shelf: Shelf) -> pl.DataFrame:
    """Return the states at war: ``code``, ``year``, ``cowinterongoing`` (always 1) and ``cowinteronset``."""
    table = shelf.table("wars").with_columns(initiated=pl.col("initiator_a") == 1)
    there = entered(table, event=["warnum", "resume"], side="side_a")
    return there.group_by("year", code="cow_a").agg(
        cowinterongoing=pl.lit(1, dtype=pl.Int8), cowinteronset=pl.col("entered").any().cast(pl.Int8)
    )


def _initiated(side: str) -> pl.Expr:
    """Whether a state initiated: it was on the side that acted first, or joined later, whichever side it joined.

    Participants seldom are drawn in: they take the step themselves (Miller 2022, ``sidea-all-joiners``).
    """
    return (pl.col(f"sidea_{side}") == 1) | (pl.col(f"orig_{side}") == 0)


def _brief(source: str, *, name: str) -> Build:
    """A pair once a year: whether it has a dispute, and whether one begins."""
    def build(shelf: Shelf) -> pl.DataFrame:
        pairs = shelf.table(source).filter(pl.col("cow_a") < pl.col("cow_b"))
        flags = {f"{name}ongoing": pl.col("ongoing").max(), f"{name}onset": pl.col("onset").max()}
        return pairs.group_by("year", code_a="cow_a", code_b="cow_b").agg(**flags)

    return build


def _flags(name: str, what: str, *, begins: str) -> tuple[Variable, ...]:
    return (Variable(f"{name}ongoing", f"there is {what}", absent=0, union="any"),
            Variable(f"{name}onset", begins, absent=0, union="any"))


def _detail(name: str) -> tuple[Variable, ...]:
    return (
        Variable("dispnum", "number of the dispute that stands for the pair's year"),
        *_flags(name, "a militarised dispute of the pair", begins="the pair enters a dispute, or enters it again"),
        Variable("sidea", "is on the side that acted first in the dispute", sided=True),
        Variable("fatality", "level of its deaths in the dispute: 0 none, 1 1–25, … 5 500–999, 6 more", sided=True),
        Variable("fatalpre", "its military deaths in the dispute", "persons", sided=True),
        Variable("hiact", "code of its strongest action in the dispute: 0 none to 21", sided=True),
        Variable("hostlev", "its level of hostility: 1 none, 2 threat, 3 display, 4 force, 5 war", sided=True),
        Variable("orig", "is in the dispute from its first day", sided=True),
        Variable("fatality", "level of deaths of all in the dispute: 0 none to 6"),
        Variable("hostlev", "highest level of hostility of any in the dispute: 2 to 5"),
        Variable("mindur", "least duration of the dispute", "days"),
        Variable("maxdur", "greatest duration of the dispute", "days"),
        Variable("recip", "both sides acted in the dispute"),
        Variable("stmon", "month in which the dispute began"),
    )


def _of_state(name: str) -> tuple[Variable, ...]:
    return (
        *_flags(name, "a militarised dispute that the state is in", begins="the state enters a dispute"),
        Variable(f"{name}ongoing_init", "is in a dispute that it initiated or joined", absent=0),
        Variable(f"{name}onset_init", "enters a dispute that it initiates or joins", absent=0),
    )


_KEPT = ("Of several disputes of a pair in one year one is kept: a new one first, then by fatalities, hostility, "
         "duration, reciprocity and month of start; see docs/explanation/disputes.md. What is told of a side and of "
         "the dispute is of the whole dispute, not of the year.")
_INIT = Variable("init", "is on the side that acted first, or joined later on any side", sided=True)


def _both(name: str, source: str, *, title: str, last_year: int, extra: tuple[Variable, ...], note: str,
          also: tuple[str, ...]) -> tuple[Add, Add]:
    """The addition with everything, and one with the two columns that two codings can have in one panel."""
    short, columns = ("cow", "cowmid") if source == "mid" else ("gml", "gmlmid")
    variables = (*_detail(columns), *extra)
    kept = [c for v in variables for c in v.columns]
    return (
        Add(name, title, (source,), 1816, last_year,
            state=StateForm("cow", _of_state(columns), lambda s: state_disputes(s.table(source), name=columns)),
            dyad=DyadForm("cow", variables, lambda s: dyad_disputes(s.table(source), name=columns).select(
                "code_a", "code_b", "year", *kept)),
            note=f"{_KEPT} {note}", also=also),
        Add(f"{short}_dispute_onset", f"{title}: presence and onset alone", (source,), 1816, last_year,
            dyad=DyadForm("cow", variables[1:3], _brief(source, name=columns), symmetric=True),
            note=f"The two columns of {name}, for a panel that has the other coding of disputes too: the details of "
                 "both have the same names.",
            also=(f"{columns}onset", f"{columns}ongoing")),
    )


ADDS = (
    *_both("cow_disputes", "mid", title="Militarised disputes (Correlates of War)", last_year=2014, extra=(), also=(
        "cow_mids", "mid", "mids", "cowmid", "militarized_disputes", "militarised_disputes"),
        note="A state's dispute counts as initiated where it was on the side that acted first or joined later."),
    *_both("gml_disputes", "gml", title="Militarised disputes (Gibler, Miller and Little)", last_year=2010,
           extra=(_INIT,), also=("gml_mids", "gml", "gmlmid", "gibler"),
           note="init and the _init columns take every state that joined for an initiator. One dispute (1272) begins "
                "in a month 13, as published."),
    Add("wars", "Wars between states (Correlates of War)", ("wars",), 1816, 2007,
        state=StateForm("cow", _flags("cowinter", "a war between states that the state fights",
                                      begins="the state enters a war, changes sides, or resumes it"), state_wars),
        dyad=DyadForm("cow", (
            Variable("warnum", "number of the war that stands for the pair's year"),
            *_flags("cowinter", "a war of the two against each other", begins="the two begin to fight, or resume"),
            Variable("war_side", "who fought together: 1 or 2; not who began", sided=True),
            Variable("war_initiator", "began the war, against whomever", sided=True),
            Variable("war_outcome",
                     "1 won, 2 lost, 3 compromise, 4 became another war, 6 stalemate, 8 turned", sided=True),
            Variable("war_batdeath", "its battle deaths in the whole war", "persons", sided=True),
        ), dyad_wars),
        note="Of several wars of a pair in one year one is kept: a new one first, then by battle deaths of the two, "
             "the first bout, the lower number. Deaths and outcome are of the whole war; a second bout has no outcome.",
        also=("cow_wars", "interstate_wars", "inter_state_wars", "war")),
)
