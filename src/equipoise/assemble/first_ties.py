"""The first tie that the pack's data show between a state and each power, by channel and source.

===============  ==============  ==============================================================================
channel          source          rule
===============  ==============  ==============================================================================
security         DCAD            a defence cooperation agreement is signed (sources to 2010)
security         ATOP            a pledge of defence, offence, neutrality or consultation is in force (to 2018)
security         own registry    both are party to a security treaty or agreement
trade            DESTA           a preferential trade agreement is signed (to 2020)
trade            trade channel   the power's share of the state's total trade is :data:`TRADE_SHARE` or more
institutions     IGO             both are full members of an organisation of at most :data:`SMALL` (to 2014)
institutions     own registry    both take part in a regional body, or the body is the power's own
finance, energy  own registry    as institutions, where the body's first function is that
transit          own registry    the state has a Belt and Road document (with China)
===============  ==============  ==============================================================================

**What is not counted.** A pledge of non-aggression, since those of Helsinki and Paris bind the whole OSCE; world
bodies, conferences open to all, cartels and large banks, which states share without being tied; observers, partners and
applicants. That nothing is found says only that these sources show nothing to their last year.

**The European Union** is tied where any member of the year is; where fewer than half of them are, the text names one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.held import in_year
from equipoise.assemble.openings import SCHEMA
from equipoise.assemble.organisations import spells
from equipoise.assemble.packed import Pack
from equipoise.assemble.powers import AGGREGATES, members
from equipoise.schema import FIRST_YEAR

TRADE_SHARE = 0.05
"""The least share of a state's trade that counts as an open channel. Lower, and a large economy is a partner of
everybody's from the start; higher, and Japan or the United States hardly ever is one."""

SMALL = 20
"""The most members of a body that counts as a tie between two of them."""

PLEDGES = {
    "defense": ("defence", "防禦"),
    "offense": ("offence", "攻擊"),
    "neutrality": ("neutrality", "中立"),
    "consultation": ("consultation", "磋商"),
}
"""The obligations that count, the closest first."""

_OWN = {"EU": "EUU", "EU-PCA": "EUU", "EU-EPCA": "EUU", "EU-AA": "EUU", "EU-RAWMAT": "EUU", "BRI": "CHN"}
"""Bodies that are one power's: taking part in them is a tie with it and with nobody else."""

_LEFT_OUT = (
    "UNSC",
    "WTO",
    "NPT",
    "OIC",
    "OSCE",
    "CICA",
    "BRICS",
    "NACC",
    "EAPC",
    "PFP",
    "OPEC",
    "OPECPLUS",
    "GECF",
    "AIIB",
    "EAEU-TRADE",
    "KAZ-SP",
)
"""World bodies, conferences open to all, cartels, a world-wide bank, and two lists of partners that are no body."""

_TIES = ("member", "associate", "participant", "signatory")
_CHANNEL = {"BRI": "transit"}

Row = dict[str, Any]


def first_ties(pack: Pack, *, state: str, powers: Sequence[str], shares: pl.DataFrame) -> pl.DataFrame:
    """Return the first tie of a state with each power by channel and source.

    Args:
        pack: where the tables come from.
        state: iso3.
        powers: codes; ``EUU`` is the European Union.
        shares: the state's trade channel: ``year``, ``option``, ``share`` (0 to 1), ``source``.

    Returns:
        Columns as :data:`equipoise.assemble.openings.SCHEMA`; ``kind`` is ``measured``. ``at_latest`` marks a tie of an
        older state that was there when the data begin (1991), and a share of trade that no smaller one comes before.

    Examples:
        >>> from equipoise.assemble.packed import embedded
        >>> columns = {"year": pl.Int32, "option": pl.String, "share": pl.Float64, "source": pl.String}
        >>> ties = first_ties(embedded(), state="KAZ", powers=["RUS", "USA"], shares=pl.DataFrame(schema=columns))
        >>> ties.filter(pl.col("source") == "dca").select("power", "date", "what_en").rows()[1]
        ('USA', datetime.date(1996, 1, 1), 'Defence cooperation agreement signed')
    """
    first, last = FIRST_YEAR, max(_last(pack), FIRST_YEAR)
    parts = members(powers, years=range(first, last + 1)).filter(pl.col("state") != state)
    parts = parts.with_columns(pl.col("year").cast(pl.Int32)).rename({"state": "partner"})
    found = [
        *_defence(pack, state, parts),
        *_pledges(pack, state, parts),
        *_agreements(pack, state, parts),
        *_traded(shares, state, powers),
        *_small(pack, state, parts),
        *_bodies(state, powers),
    ]
    rows = [{**r, "state": state, "kind": "measured"} for r in found]
    return pl.DataFrame(rows, schema=SCHEMA).sort("power", "date", "channel", "source")


def _last(pack: Pack) -> int:
    return int(pack.table("state_year").select(pl.col("year").max().cast(pl.Int64)).item())


def _defence(pack: Pack, state: str, parts: pl.DataFrame) -> Iterator[Row]:
    listed = pack.table("panel_dca").with_columns(
        # Who holds a code in the first year carries its agreements on: Russia the Soviet Union's.
        year=pl.max_horizontal(pl.col("sign_year").cast(pl.Int32), pl.lit(FIRST_YEAR)),
        over=pl.col("end_year").cast(pl.Int32),
    )
    for side in ("a", "b"):
        listed = codes.from_cow(listed, column=f"cow_{side}", year="year", into=f"state_{side}")
    now = listed.filter(pl.col("over").is_null() | (pl.col("over") >= FIRST_YEAR))
    texts = ("Defence cooperation agreement signed", "簽署防務合作協定")
    yield from _firsts(_with(now, state), state, parts, channel="security", source="dca", texts=texts)


def _pledges(pack: Pack, state: str, parts: pl.DataFrame) -> Iterator[Row]:
    alliances = pack.table("alliances").filter(pl.any_horizontal(pl.col(list(PLEDGES)) > 0))
    own = alliances.filter(pl.col("state_a") == state).with_columns(pl.col("year").cast(pl.Int32))
    for row in _earliest(own.rename({"state_b": "partner"}), parts):
        words = next(w for column, w in PLEDGES.items() if row[column])
        texts = (f"Alliance pledge in force: {words[0]}", f"同盟承諾生效：{words[1]}")
        yield _row(row, state, channel="security", source="atop", texts=texts)


def _agreements(pack: Pack, state: str, parts: pl.DataFrame) -> Iterator[Row]:
    listed = pack.table("panel_trade_agreements").rename({"iso3_a": "state_a", "iso3_b": "state_b"})
    listed = listed.filter(pl.col("end_year").is_null() | (pl.col("end_year") >= FIRST_YEAR))
    dated = listed.drop_nulls("sign_year").with_columns(
        year=pl.max_horizontal(pl.col("sign_year").cast(pl.Int32), pl.lit(FIRST_YEAR))
    )
    texts = ("Preferential trade agreement signed", "簽署優惠貿易協定")
    yield from _firsts(_with(dated, state), state, parts, channel="trade", source="trade_agreements", texts=texts)


def _traded(shares: pl.DataFrame, state: str, powers: Sequence[str]) -> Iterator[Row]:
    known = shares.drop_nulls("share").sort("year")
    for power in powers:
        own = known.filter(pl.col("option") == power)
        over = own.filter(pl.col("share") >= TRADE_SHARE)
        if over.is_empty():
            continue
        year, share, source = over.select("year", "share", "source").row(0)
        # A smaller share before says that the channel was not open; a zero does not, being what sources write for gaps.
        shut = own.filter(pl.col("year") < year, pl.col("share") > 0).height > 0 or _new(state, year)
        least, en, zh = f"{TRADE_SHARE:.0%}", f"{share:.1%} of its trade", f"占其貿易{share:.1%}"
        en += f", {least} or more for the first time" if shut else "; no lower share on record before"
        zh += f"，首次達{least}以上" if shut else "；此前無更低的紀錄"
        yield {
            **_dated(year),
            "power": power,
            "channel": "trade",
            "source": str(source),
            "at_latest": not shut,
            "what_en": en,
            "what_zh": zh,
            "verified": True,
        }


def _small(pack: Pack, state: str, parts: pl.DataFrame) -> Iterator[Row]:
    full = pack.table("memberships").filter(pl.col("status") == "member")
    years = pl.int_ranges(pl.col("start_year").cast(pl.Int32), pl.col("end_year").cast(pl.Int32) + 1, dtype=pl.Int32)
    own = full.filter(pl.col("state") == state)["organisation"].unique()
    each = full.filter(pl.col("organisation").is_in(own.to_list())).with_columns(year=years).explode("year")
    each = each.unique(["state", "organisation", "year"])
    few = each.filter(pl.len().over("organisation", "year") <= SMALL).select("state", "organisation", "year")
    shared = few.filter(pl.col("state") == state).drop("state").join(few, on=["organisation", "year"])
    for row in _earliest(shared.rename({"state": "partner"}), parts, also="organisation"):
        code = row["organisation"].upper()
        texts = (f"Small organisation shared: {code}", f"共同參加的小型組織：{code}")
        yield _row(row, state, channel="institutions", source="cow_igo", texts=texts)


def _bodies(state: str, powers: Sequence[str]) -> Iterator[Row]:
    """The registry's bodies: the first for every power and channel, to the day."""
    ties = spells().filter(pl.col("kind").is_in(_TIES), ~pl.col("organisation").is_in(_LEFT_OUT))
    begin = dt.date(FIRST_YEAR, 1, 1)
    seen: set[tuple[str, str]] = set()
    for row in sorted(_with_powers(ties, state, powers), key=lambda r: (r["start"], r["organisation"])):
        channel = _channel_of(row)
        if (row["power"], channel) in seen or row["power"] == state:
            continue
        seen.add((row["power"], channel))
        early = row["start"] < begin
        yield {
            "date": max(row["start"], begin),
            "precision": "year" if early else row["precision"],
            "power": row["power"],
            "channel": channel,
            "source": row["source"],
            "at_latest": early,
            "what_en": row["name_en"],
            "what_zh": row["name_zh"],
            "verified": bool(row["both"]),
        }


def _with_powers(ties: pl.DataFrame, state: str, powers: Sequence[str]) -> list[Row]:
    """The state's spells in a power's own bodies, and those that it has together with a power, from the later start."""
    mine, own = ties.filter(pl.col("state") == state), pl.col("organisation").is_in(list(_OWN))
    theirs = mine.filter(own).with_columns(
        power=pl.col("organisation").replace_strict(_OWN, default=None, return_dtype=pl.String),
        both=pl.col("verified"),
    )
    pairs = mine.join(ties.filter(~own, pl.col("state").is_in(list(powers))), on="organisation", suffix="_b")
    later = pl.col("start") >= pl.col("start_b")
    pairs = pairs.with_columns(
        start=pl.max_horizontal("start", "start_b"),
        power=pl.col("state_b"),
        both=pl.col("verified") & pl.col("verified_b"),
        precision=pl.when(later).then("precision").otherwise("precision_b"),
    )
    for end in ("end", "end_b"):
        pairs = pairs.filter(pl.col(end).is_null() | (pl.col(end) >= pl.col("start")))
    return [r for r in theirs.to_dicts() if r["power"] in powers] + pairs.to_dicts()


def _channel_of(body: Row) -> str:
    first = str(body["function"]).split(";")[0]
    if body["organisation"] in _CHANNEL:
        return _CHANNEL[body["organisation"]]
    return first if first in ("security", "finance", "energy") else "institutions"


def _with(listed: pl.DataFrame, state: str) -> pl.DataFrame:
    """The rows of one state, its partner on the other side."""
    sides = [
        listed.filter(pl.col(a) == state).with_columns(partner=pl.col(b))
        for a, b in (("state_a", "state_b"), ("state_b", "state_a"))
    ]
    return pl.concat(sides)


def _firsts(
    own: pl.DataFrame, state: str, parts: pl.DataFrame, *, channel: str, source: str, texts: tuple[str, str]
) -> Iterator[Row]:
    for row in _earliest(own, parts):
        yield _row(row, state, channel=channel, source=source, texts=texts)


def _earliest(own: pl.DataFrame, parts: pl.DataFrame, *, also: str = "partner") -> list[Row]:
    """The first row of each power; of several in one year that whose partner or body comes first by name."""
    known = parts.with_columns(members=pl.len().over("power", "year"))
    joined = own.join(known, on=["partner", "year"]).sort("power", "year", also, "partner")
    joined = joined.with_columns(tied=pl.col("partner").n_unique().over("power", "year"))
    return joined.unique("power", keep="first", maintain_order=True).to_dicts()


def _row(row: Row, state: str, *, channel: str, source: str, texts: tuple[str, str]) -> Row:
    en, zh = texts
    if row["power"] in AGGREGATES and 2 * row["tied"] < row["members"]:
        en, zh = (f"{en} ({codes.name(row['partner'])})", f"{zh}（{codes.name(row['partner'], lang='zh')}）")
    year = int(row["year"])
    return {
        **_dated(year),
        "power": row["power"],
        "channel": channel,
        "source": source,
        "at_latest": year == FIRST_YEAR and not _new(state, year),
        "what_en": en,
        "what_zh": zh,
        "verified": True,
    }


def _dated(year: int) -> Row:
    return {"date": dt.date(year, 1, 1), "precision": "year"}


def _new(state: str, year: int) -> bool:
    """Whether a state entered the system in a year without taking another's place, as Kazakhstan in 1991."""
    own = codes.states().filter(pl.col("iso3") == state)
    began = {day.year for c in ("cow_start", "gw_start") for day in own[c].drop_nulls()}
    return year in began and in_year(state, year - 1) == state
