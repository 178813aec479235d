"""Who belongs to what, and with whom: how organisations overlap, and which of them a state shares with each power.

All functions take ties or spells as :mod:`equipoise.assemble.organisations` gives them: ``organisation``, ``state``,
``kind``, and of spells ``start`` and ``end`` (dates; a null end is open, and both days count).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from equipoise.assemble.organisations import closest, ties_on
from equipoise.errors import UsageError

CENTRE = "centre"
"""The kind of tie of the party that others are tied to and not to each other, such as the Union in its agreements."""

_SHARED = {"power": pl.String, "organisation": pl.String, "kind_state": pl.String, "kind_power": pl.String}


def overlap(ties: pl.DataFrame, *, organisations: Sequence[str]) -> pl.DataFrame:
    """Return how organisations overlap: which states are in exactly which of them.

    This is what an UpSet chart shows (Lex et al. 2014): every state stands once, under all the bodies that it is in.

    Args:
        ties: the ties of one day, of the kinds that count as being in.
        organisations: two codes or more.

    Returns:
        ``organisations`` (list of codes, in the order given), ``count`` and ``states`` (sorted list). Combinations
        without a state are left out. The largest come first, and of equal ones those of more bodies.

    Raises:
        UsageError: fewer than two organisations, or one of them twice.

    Examples:
        >>> ties = pl.DataFrame({"organisation": ["A", "B", "A"], "state": ["KAZ", "KAZ", "RUS"], "kind": "member"})
        >>> overlap(ties, organisations=["A", "B"]).rows()
        [(['A', 'B'], 1, ['KAZ']), (['A'], 1, ['RUS'])]
    """
    named = list(organisations)
    if len(named) < 2:
        raise UsageError("an overlap needs two organisations or more.", hint="For example CSTO SCO EAEU.")
    if twice := [o for i, o in enumerate(named) if o in named[:i]]:
        raise UsageError(f"{twice[0]} is named twice.", hint="Name each organisation once.")
    place = pl.col("organisation").replace_strict({o: i for i, o in enumerate(named)}, return_dtype=pl.Int32)
    inside = ties.filter(pl.col("organisation").is_in(named)).select("organisation", "state").unique()
    each = (
        inside.sort("state", place)
        .group_by("state", maintain_order=True)
        .agg(pl.col("organisation").alias("organisations"))
    )
    sets = each.group_by("organisations").agg(count=pl.len().cast(pl.Int32), states=pl.col("state").sort())
    bodies = pl.col("organisations")
    return sets.sort("count", bodies.list.len(), bodies.list.join(";"), descending=[True, True, False])


def shared_ties(
    ties: pl.DataFrame, *, state: str, powers: Mapping[str, Sequence[str]], centres: Mapping[str, str]
) -> pl.DataFrame:
    """Return the bodies that a state shares with each power.

    A power of several states is in a body when more than half of them are, by the tie that most of these have. Where
    a body has a centre, its parties are tied to the centre and not to each other: Kazakhstan's and Russia's agreements
    with the Union are nothing they share. A centre that is itself a body stands for its members.

    Args:
        ties: the ties of one day; where a state has several with a body, the closest counts.
        state: the state.
        powers: each power with the states that it is made of on that day; of one state, itself.
        centres: the body's code → its centre: a state or a body.

    Returns:
        ``power``, ``organisation``, ``kind_state``, ``kind_power``; :data:`CENTRE` for the centre's own tie. Sorted by
        the order of the powers, then by organisation.

    Examples:
        >>> ties = pl.DataFrame({"organisation": ["CIS", "CIS", "BRI"], "state": ["KAZ", "RUS", "KAZ"],
        ...                      "kind": ["member", "member", "signatory"]})
        >>> shared_ties(ties, state="KAZ", powers={"RUS": ["RUS"], "CHN": ["CHN"]}, centres={"BRI": "CHN"}).rows()
        [('RUS', 'CIS', 'member', 'member'), ('CHN', 'BRI', 'signatory', 'centre')]
    """
    full = {o: set(g["state"]) for (o,), g in ties.filter(pl.col("kind") == "member").group_by("organisation")}
    kinds: dict[str, dict[str, str]] = {}
    for body, who, kind in closest(ties).select("organisation", "state", "kind").iter_rows():
        kinds.setdefault(body, {})[who] = kind
    rows = []
    for power, made_of in powers.items():
        for body in sorted(kinds):
            centre = centres.get(body)
            own = _kind([state], code=state, kinds=kinds[body], centre=centre, full=full)
            other = _kind([s for s in made_of if s != state], code=power, kinds=kinds[body], centre=centre, full=full)
            if own and other and (centre is None or (own == CENTRE) != (other == CENTRE)):
                rows.append((power, body, own, other))
    return pl.DataFrame(rows, schema=_SHARED, orient="row")


def shared_by_year(
    spells: pl.DataFrame, *, state: str, powers: Mapping[int, Mapping[str, Sequence[str]]], centres: Mapping[str, str]
) -> pl.DataFrame:
    """Return how many bodies a state shares with each power on 31 December of each year.

    Args:
        spells: the spells.
        state: the state.
        powers: year → each power with the states that it is made of at the end of the year.
        centres: as for :func:`shared_ties`.

    Returns:
        ``year``, ``power``, ``members`` (bodies in which both are full members), ``ties`` (all that they share); 0
        where there is none.

    Examples:
        >>> spells = pl.DataFrame({"organisation": ["CIS", "CIS"], "state": ["KAZ", "RUS"], "kind": "member",
        ...                        "start": dt.date(1991, 12, 21), "end": pl.Series([None, None], dtype=pl.Date)})
        >>> shared_by_year(spells, state="KAZ", powers={1991: {"RUS": ["RUS"]}}, centres={}).rows()
        [(1991, 'RUS', 1, 1)]
    """
    rows = []
    for year, now in powers.items():
        found = shared_ties(ties_on(spells, day=dt.date(year, 12, 31)), state=state, powers=now, centres=centres)
        for power in now:
            here = found.filter(pl.col("power") == power)
            both = here.filter(pl.col("kind_state") == "member", pl.col("kind_power") == "member")
            rows.append((year, power, both.height, here.height))
    schema = {"year": pl.Int32, "power": pl.String, "members": pl.Int32, "ties": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _kind(
    made_of: Sequence[str], *, code: str, kinds: Mapping[str, str], centre: str | None, full: Mapping[str, set[str]]
) -> str | None:
    """How a state or power is in a body; None where it is not, or where no more than half of its states are."""
    central = full.get(centre, set()) if centre else set()
    if centre and (code == centre or 2 * sum(s in central for s in made_of) > len(made_of)):
        return CENTRE
    found = [kinds[s] for s in made_of if s in kinds]
    return max(sorted(set(found)), key=found.count) if 2 * len(found) > len(made_of) else None
