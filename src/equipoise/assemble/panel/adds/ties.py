"""Ties of states: alliances, shared organisations, rivalries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from equipoise.acquire.strategic_rivalries import COVERED_TO
from equipoise.assemble import codes
from equipoise.assemble.panel.forms import Add, DyadForm, StateForm, Variable
from equipoise.assemble.panel.shelf import Shelf

Ints = npt.NDArray[np.integer[Any]]

_OBLIGATIONS = {"atop_defense": "defense", "atop_offense": "offense", "atop_neutral": "neutrality",
                "atop_nonagg": "nonaggression", "atop_consul": "consultation"}
_KINDS = ("positional", "spatial", "ideological", "interventionary")

_HELD = pl.DataFrame(
    [(19, 305, 300, 1816, 1918), (76, 300, 305, 1919, 1920), (92, 679, 678, 1926, 1989), (140, 679, 678, 1926, 1989),
     (141, 679, 678, 1926, 1989), (158, 679, 680, 1967, 1989)],
    schema={"tssr_id": pl.Int32, "cow": pl.Int32, "held": pl.Int32, "since": pl.Int32, "until": pl.Int32}, orient="row",
)
"""Codes that a state of a rivalry had in some of its years (``held``), where the list gives that of another time.

Austria: the list has the republic's code 305 for the rival of Prussia to 1870, and the empire's 300 for the rival of
Yugoslavia to 1920. Yemen: it has the code of 1990 for the Arab Republic and the People's Republic before.
"""


def obligations(shelf: Shelf) -> pl.DataFrame:
    """Return each directed pair and year of an alliance: what ``code_a`` owes ``code_b``, and ``atop_alliance``, 1."""
    return shelf.table("atop").select(
        "year",
        *(pl.col(old).alias(new) for new, old in _OBLIGATIONS.items()),
        code_a="cow_a",
        code_b="cow_b",
        atop_alliance=pl.lit(1, dtype=pl.Int8),
    )


def allies(shelf: Shelf) -> pl.DataFrame:
    """Return the numbers of allies by ``code`` and ``year``: ``n_allies``, and ``n_allies_defense`` who owe it defence.

    The source has allies that were never states of the system or not yet (Monaco, Mecklenburg); they do not count.
    """
    rows = shelf.table("atop").select("year", "defense", code_a="cow_a", code_b="cow_b")
    # Its allies are the rows in which it is the second state: what counts is who would come to its help.
    owed = codes.coexisting(rows).group_by("year", code="code_b")
    return owed.agg(n_allies=pl.len().cast(pl.Int16), n_allies_defense=pl.col("defense").sum().cast(pl.Int16))


def shared_organisations(shelf: Shelf) -> pl.DataFrame:
    """Return each pair of listed states and year once: ``code_a`` < ``code_b``, ``year``, ``dyadigos``.

    Full and associate members count, as in the project's own dyadic file; observers do not.
    """
    codes_a, codes_b, years, shared = (np.concatenate(part) for part in zip(*_by_year(shelf), strict=True))
    return pl.DataFrame({"code_a": codes_a, "code_b": codes_b, "year": years, "dyadigos": shared})


def organisations_of_states(shelf: Shelf) -> pl.DataFrame:
    """Return in how many organisations each listed ``code`` had each status in the ``year``; 0 where in none."""
    count = {s: (pl.col("status") == s).sum().cast(pl.Int16) for s in ("member", "associate", "observer")}
    return (
        shelf.table("cow_igo")
        .group_by("year", code="cow")
        .agg(
            sum_igo_full=count["member"],
            sum_igo_associate=count["associate"],
            sum_igo_observer=count["observer"],
            sum_igo_anytype=pl.col("status").count().cast(pl.Int16),
        )
    )


def rivals(shelf: Shelf) -> pl.DataFrame:
    """Return each pair and year of a rivalry once: its number ``tssr_id``, its kinds, and ``ongoingrivalry``, 1."""
    pairs = _rivalries(shelf).filter(pl.col("code_a") < pl.col("code_b"))
    return pairs.with_columns(ongoingrivalry=pl.lit(1, dtype=pl.Int8))


def rivalries_of_states(shelf: Shelf) -> pl.DataFrame:
    """Return the numbers of rivalries by ``code`` and ``year``: of each kind (one may be of several), and of all."""
    kinds = [pl.col(k).sum().cast(pl.Int16).alias(f"n_{k}") for k in _KINDS]
    return _rivalries(shelf).group_by("year", code="code_a").agg(*kinds, n_rivalries=pl.len().cast(pl.Int16))


def _by_year(shelf: Shelf) -> Iterator[tuple[Ints, Ints, Ints, Ints]]:
    """Codes, year and number of shared organisations of all pairs of the states listed in a year."""
    table = shelf.table("cow_igo")
    held, state = _numbered(table["cow"])
    years, year = _numbered(table["year"])
    listed = np.zeros((len(years), len(held)), dtype=bool)
    listed[year, state] = True
    joined = table["status"].is_in(["member", "associate"]).fill_null(value=False).to_numpy()
    names, organisation = _numbered(table["igo"].filter(pl.Series(joined)).cast(pl.Categorical).to_physical())
    # A bit an organisation, 64 to a word: what two states share is counted without a matrix product, whose threads cost
    # far more than they save where the machine has other work to do.
    member = np.zeros((len(years), len(held), 64 * (len(names) // 64 + 1)), dtype=bool)
    member[year[joined], state[joined], organisation] = True
    words = np.packbits(member, axis=2).view(np.uint64)
    narrow = np.uint8 if len(names) < 256 or member.sum(axis=2).max() < 256 else np.uint16
    for at, number in enumerate(years):
        there = np.flatnonzero(listed[at])
        a, b = np.triu_indices(len(there), 1)
        shared = np.zeros((len(there), len(there)), dtype=narrow)
        for word in np.ascontiguousarray(words[at, there].T[words[at].any(axis=0)]):
            shared += np.bitwise_count(word[:, None] & word)
        yield held[there[a]], held[there[b]], np.full(len(a), number, dtype=np.int16), shared[a, b].astype(np.int16)


def _numbered(values: pl.Series) -> tuple[Ints, Ints]:
    """The distinct whole numbers of a column, sorted, and the place of each row's among them."""
    array = values.to_numpy().astype(np.int64)
    seen = np.zeros(int(array.max(initial=0)) + 1, dtype=bool)
    seen[array] = True
    return np.flatnonzero(seen).astype(np.int32), (np.cumsum(seen) - 1)[array]


def _rivalries(shelf: Shelf) -> pl.DataFrame:
    """``code_a``, ``code_b`` (both directions), ``year``, ``tssr_id`` and the kinds, with the codes of the time."""
    listed = shelf.table("strategic_rivalries").cast({"cow_a": pl.Int32, "cow_b": pl.Int32, "tssr_id": pl.Int32})
    years = pl.int_ranges("start_year", pl.col("end_year").fill_null(COVERED_TO) + 1, dtype=pl.Int32)
    named = pl.col("types").str.split(",")
    kinds = [named.list.contains(kind).cast(pl.Int8).alias(kind) for kind in _KINDS]
    one = listed.select("tssr_id", "cow_a", "cow_b", *kinds, year=years).explode("year")
    both = pl.concat([one, one.select(pl.exclude("cow_a", "cow_b"), cow_a="cow_b", cow_b="cow_a")], how="diagonal")
    return _held(_held(both, "cow_a", into="code_a"), "cow_b", into="code_b").drop("cow_a", "cow_b")


def _held(rows: pl.DataFrame, side: str, *, into: str) -> pl.DataFrame:
    within = pl.col("year").is_between("since", "until")
    joined = rows.join(_HELD.rename({"cow": side}), on=["tssr_id", side], how="left")
    return joined.with_columns(pl.when(within).then("held").otherwise(side).alias(into)).drop("held", "since", "until")


ADDS = (
    Add(
        name="alliances", title="Alliances and their obligations", sources=("atop",), first_year=1815, last_year=2018,
        state=StateForm("cow", (
            Variable("n_allies", "number of states allied with it by any treaty", absent=0),
            Variable("n_allies_defense", "number of states that owe it defence", absent=0),
        ), allies),
        dyad=DyadForm("cow", (
            Variable("atop_alliance", "are parties to one alliance treaty, whoever owes what", absent=0, union="any"),
            Variable("atop_defense", "the first owes the second defence", absent=0, union="any"),
            Variable("atop_offense", "the first owes the second help in an attack", absent=0, union="any"),
            Variable("atop_neutral", "the first owes the second neutrality", absent=0, union="any"),
            Variable("atop_nonagg", "the first owes the second not to attack it", absent=0, union="any"),
            Variable("atop_consul", "the first owes the second consultation in a crisis", absent=0, union="any"),
        ), obligations, either=True),
        note="The obligations are the first state's to the second. They differ by direction in 1 216 directed "
             "dyad-years; in an undirected panel a pair has an obligation if either state owes it. Allies by state are "
             "those in the state system.",
        also=("atop", "atop_alliance", "alliance", "cow_alliance", "defense_pacts", "defence_pacts"),
    ),
    Add(
        name="organisations", title="Membership in intergovernmental organisations", sources=("cow_igo",),
        first_year=1816, last_year=2014,
        state=StateForm("cow", (
            Variable("sum_igo_full", "number of organisations of which it is a full member"),
            Variable("sum_igo_associate", "number of organisations of which it is an associate member"),
            Variable("sum_igo_observer", "number of organisations in which it is an observer"),
            Variable("sum_igo_anytype", "number of organisations to which it is tied in any of these ways"),
        ), organisations_of_states),
        dyad=DyadForm("cow", (
            Variable("dyadigos", "number of organisations of which both are full or associate members", union="mean"),
        ), shared_organisations, symmetric=True),
        note="Ties that the source does not know (a quarter as many as it knows, nearly all from 1960 on) count as "
             "none, and so do observers in dyadigos. States that end in 1990 are null in that year. For the European "
             "Union: the members' mean.",
        also=("igos", "igo", "cow_igo", "dyadigos", "organizations", "membership", "joint_igos"),
    ),
    Add(
        name="rivalries", title="Strategic rivalries", sources=("strategic_rivalries",),
        first_year=1494, last_year=COVERED_TO,
        state=StateForm("cow", (
            Variable("n_rivalries", "number of its strategic rivalries", absent=0),
            *(Variable(f"n_{k}", f"number of its {k} rivalries", absent=0) for k in _KINDS),
        ), rivalries_of_states),
        dyad=DyadForm("cow", (
            Variable("tssr_id", "number of the rivalry in the source"),
            *(Variable(k, f"are {k} rivals", absent=0, union="any") for k in _KINDS),
            Variable("ongoingrivalry", "are strategic rivals", absent=0, union="any"),
        ), rivals, symmetric=True),
        note="A rivalry may be of several kinds. Six of the list's codes are those of another time and are put right "
             "for their years (Austria, Yemen). Numbers by state count rivals that were not in the state system, too.",
        also=("strategic_rivalries", "tss_rivalries", "rivalry", "thompson", "tssr_id", "td_rivalries"),
    ),
)
