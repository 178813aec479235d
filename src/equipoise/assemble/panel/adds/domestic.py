"""Inside states: regimes, leaders, armed conflict, and ethnic composition."""

from __future__ import annotations

import polars as pl

from equipoise.acquire.archigos import COVERED_TO
from equipoise.assemble.panel.forms import Add, StateForm, Variable
from equipoise.assemble.panel.shelf import Shelf

_TWO_CODES = {255: 260, 260: 255, 678: 679, 679: 678}
_UNITED = 1990
_SARDINIA, _ITALY, _KINGDOM = "SPD", 325, 1861
_SERBIA, _UNION, _APART = 340, 345, 2006
_LEADERS_FROM, _CONFLICTS_FROM = 1875, 1946

_REGIMES = {"polyarchy": "electoral", "libdem": "liberal", "partipdem": "participatory", "delibdem": "deliberative",
            "egaldem": "egalitarian"}
_BOUNDS = {"": "", "_codelow": "_low", "_codehigh": "_high"}
_POLITY = {
    "polity2": "democracy less autocracy, transitions filled in, anarchy 0 (-10 to 10)",
    "democ": "institutionalised democracy (0 to 10)",
    "autoc": "institutionalised autocracy (0 to 10)",
    "durable": "years since the regime last changed",
    "xrreg": "how far the recruitment of executives is regulated (1 to 3)",
    "xrcomp": "how far executives are recruited in competition (0 to 3)",
    "xropen": "how open the recruitment of executives is (0 to 4)",
    "xconst": "how far the executive is bound (1 to 7)",
    "parreg": "how far participation is regulated (1 to 5)",
    "parcomp": "how far participation is competitive (0 to 5)",
}
_CREG = {"ethfrac": "ethnic fractionalisation", "ethpol": "ethnic polarisation",
         "relfrac": "religious fractionalisation", "relpol": "religious polarisation"}
_ONSETS = ("sumonset1", "sumonset2", "sumonset3", "sumonset5", "sumonset10")


def regime(shelf: Shelf) -> pl.DataFrame:
    """Return V-Dem's five indices of democracy and their bounds by COW code, under the codebook's names."""
    sardinia = (pl.col("iso3") == _SARDINIA) & (pl.col("year") <= _KINGDOM)
    code = pl.when(sardinia).then(pl.lit(_ITALY, dtype=pl.Int16)).otherwise(pl.col("cow").cast(pl.Int16))
    values = [pl.col(f"{index}{ours}").alias(f"v2x_{index}{theirs}")
              for index in _REGIMES for theirs, ours in _BOUNDS.items()]
    named = shelf.table("vdem").select("year", *values, code=code).drop_nulls("code")
    coded = named.filter(pl.any_horizontal(pl.col("^v2x_.*$").is_not_null()))
    # In 1861 both kingdoms have a row; the new one's is empty, and would else stand.
    return _under_both(coded.unique(["code", "year"], keep="first", maintain_order=True))


def polity(shelf: Shelf) -> pl.DataFrame:
    """Return Polity's scores and the six components they are made from, by COW code."""
    return _under_both(shelf.table("polity").select("year", *_POLITY, code="cow"))


def democracy_scores(shelf: Shelf) -> pl.DataFrame:
    """Return the extended Unified Democracy Scores by COW code."""
    return shelf.table("democracy").select("year", "euds", "aeuds", code="cow")


def creg(shelf: Shelf) -> pl.DataFrame:
    """Return the indices of ethnic and religious composition by COW code."""
    return _under_both(shelf.table("creg").select("year", *_CREG, code="cow"))


def hief(shelf: Shelf) -> pl.DataFrame:
    """Return the historical index of ethnic fractionalisation by COW code."""
    return _under_both(shelf.table("hief").select("year", "efindex", code="cow"))


def _under_both(table: pl.DataFrame) -> pl.DataFrame:
    """What stands under one of COW's two codes of Germany, and of Yemen, stands under the other too, to 1990.

    COW counts both codes in 1990, most sources have one; and West Germany's years before 1955, when COW has none, are
    found from Gleditsch and Ward's code only through the code that COW had used till then.
    """
    either = pl.col("code").is_in(list(_TWO_CODES)) & (pl.col("year") <= _UNITED)
    other = table.filter(either).with_columns(pl.col("code").replace(_TWO_CODES))
    return pl.concat([table, other.join(table, on=["code", "year"], how="anti")])


def leaders(shelf: Shelf) -> pl.DataFrame:
    """Return who led a state on 31 December and what changed in the year, by GW code; no row without any leader."""
    last = pl.col("end").fill_null(COVERED_TO)
    begun = pl.max_horizontal(pl.col("start").dt.year(), pl.lit(_LEADERS_FROM))
    terms = shelf.table("archigos").with_columns(last=last, year=pl.int_ranges(begun, last.dt.year() + 1))
    each = terms.explode("year").drop_nulls("year").sort("gw", "year", "start", "last")
    year, start, person = pl.col("year"), pl.col("start"), pl.col("leadid")
    first_day, last_day = pl.date(year, 1, 1), pl.date(year, 12, 31)
    enters = start.dt.year() == year
    # Who goes and who comes may share a day: the former opens a year with it, the latter closes one.
    opens = (start <= first_day) & (pl.col("last") >= first_day)
    closes = (start <= last_day) & (pl.col("last") >= last_day)
    forced = pl.when(pl.col("entry") != "Unknown").then(pl.col("entry") != "Regular")
    return each.group_by(pl.col("gw").alias("code"), year.cast(pl.Int16), maintain_order=True).agg(
        leader=pl.col("leader").filter(closes).last(),
        leader_tenure_days=(last_day - start).dt.total_days().filter(closes).last().cast(pl.Int32),
        leader_changes=enters.sum().cast(pl.Int8),
        leader_irregular=(enters & forced).any(ignore_nulls=False).cast(pl.Int8),
        leader_entry=pl.col("entry").filter(closes).last(),
        leader_age=(year - pl.col("yrborn")).filter(closes).last().cast(pl.Int16),
        leader_female=(pl.col("gender") == "F").filter(closes).last().cast(pl.Int8),
        leadertransition=(person.first() != person.last()).cast(pl.Int8),
        n_leaders=person.n_unique().cast(pl.Int8),
        jan1leadid=person.filter(opens).first(),
        dec31leadid=person.filter(closes).last(),
    )


def civil_conflict(shelf: Shelf) -> pl.DataFrame:
    """Return armed conflicts within states, and states' parts in others, by GW code; states with none have no row."""
    year, kind, side, about = (pl.col(c) for c in ("year", "kind", "side", "incompatibility"))
    own = kind.is_in(["intrastate", "internationalized"]) & (side == "a")
    # UCDP's first year shows conflicts that were older as if they began in it.
    known = (year > _CONFLICTS_FROM) | (pl.col("start_date").dt.year() == _CONFLICTS_FROM)
    begins = pl.when(known).then(pl.col("start_date2").dt.year() == year)
    is_new = pl.when(known).then(year == year.min().over("conflict"))
    # It keeps the Union's code for Serbia after 2006, where Gleditsch and Ward have another.
    gw = pl.when((pl.col("gw") == _UNION) & (year >= _APART)).then(pl.lit(_SERBIA)).otherwise("gw").cast(pl.Int16)
    numbers = pl.col("conflict").filter(pl.col("own")).unique().sort().cast(pl.String).str.join("; ")
    flags = {
        "ucdpongoing": own,
        "ucdponset": own & begins,
        "ucdpnewconflict": own & is_new,
        "ucdpwar": own & (pl.col("intensity") == 2),
        "ucdp_territory": own & about.is_in(["territory", "both"]),
        "ucdp_government": own & about.is_in(["government", "both"]),
        "ucdp_interstate": (kind == "interstate") & side.is_in(["a", "b"]),
        "ucdp_extrasystemic": (kind == "extrasystemic") & (side == "a"),
        "ucdp_foreign_support": side.is_in(["a_2nd", "b_2nd"]),
    }
    rows = shelf.table("ucdp").select("year", "conflict", "intensity", own=own, code=gw, **flags)
    return rows.group_by("code", "year").agg(
        *(pl.col(flag).any(ignore_nulls=False).cast(pl.Int8) for flag in flags),
        maxintensity=pl.col("intensity").filter(pl.col("own")).max().fill_null(0).cast(pl.Int8),
        conflict_ids=pl.when(pl.col("own").any()).then(numbers),
    )


def conflict_onset(shelf: Shelf) -> pl.DataFrame:
    """Return UCDP's own counts of outbreaks by GW code."""
    return shelf.table("ucdp_onset").select("year", "sumnewconf", *_ONSETS, code="gw")


_TWO_CODES_NOTE = "In 1990 COW counts two codes of Germany and two of Yemen; {}"
_FROM_ONE = _TWO_CODES_NOTE.format("a figure that the source has for one of the two stands in both.")

ADDS = (
    Add(
        name="regime", title="V-Dem's five indices of democracy, with their bounds", sources=("vdem",),
        first_year=1789, last_year=2024,
        state=StateForm("cow", tuple(
            Variable(f"v2x_{index}{end}", f"{kind} democracy index{told}", "0 to 1") for index, kind in _REGIMES.items()
            for end, told in (("", ""), ("_codelow", ", lower bound (68 %)"), ("_codehigh", ", upper bound (68 %)"))
        ), regime),
        note="By V-Dem's own COW code; Sardinia to 1861, which V-Dem leaves without one, is COW's Italy. The "
             "deliberative and the egalitarian index begin in 1900. It lacks most microstates. The others "
             "carry the electoral one. The Soviet Union and Yugoslavia are rated as Russia and Serbia. " + _FROM_ONE,
        also=("vdem", "v_dem", "v-dem", "democracy", "polyarchy", "v2x_polyarchy", "v2x_libdem"),
    ),
    Add(
        name="polity", title="Polity5: democracy, autocracy and how executives are chosen and bound",
        sources=("polity",), first_year=1776, last_year=2020,
        state=StateForm("cow", tuple(
            Variable(c, label, "years" if c == "durable" else "") for c, label in _POLITY.items()), polity),
        note="Without the raw score polity, which is democ less autoc: the second state's would be called polity2 in a "
             "dyad. After 2018 the United States only, and there without durable. Foreign rule (-66), anarchy (-77) "
             "and transition (-88) are null in all but polity2. A year belongs to the regime of 31 December. Polity's "
             "own codes for states that split or merged are turned into COW's. Polity leaves out states with fewer "
             "than half a million people. " + _FROM_ONE,
        also=("polity5", "polity4", "polity_iv", "polity2"),
    ),
    Add(
        name="democracy_scores", title="Extended Unified Democracy Scores", sources=("democracy",),
        first_year=1816, last_year=2025,
        state=StateForm("cow", (
            Variable("euds", "extended Unified Democracy Score (latent, mean near 0)", "points"),
            Variable("aeuds", "the same, 0 at the mean cut between democracies and others", "points"),
        ), democracy_scores),
        note="A model's estimate from many indices, those of regime and polity among them: not independent of these. "
             + _TWO_CODES_NOTE.format("the scores of that year stand under the codes of the united states alone."),
        also=("euds", "uds", "xm_qudsest", "unified_democracy_scores", "udscores"),
    ),
    Add(
        name="leaders", title="Archigos 4.1: leaders, how long they have led, and changes", sources=("archigos",),
        first_year=_LEADERS_FROM, last_year=2015,
        state=StateForm("gw", (
            Variable("leader", "leader in office on 31 December"),
            Variable("leader_tenure_days", "days on 31 December since this term of the leader began", "days"),
            Variable("leader_changes", "how many leaders entered office in the year"),
            Variable("leader_irregular", "a leader entered irregularly or imposed from abroad in the year"),
            Variable("leader_entry", "how the leader of 31 December had entered"),
            Variable("leader_age", "years from birth of the leader of 31 December to this year", "years"),
            Variable("leader_female", "leader of 31 December is a woman"),
            Variable("leadertransition", "the year's last leader is another person than its first"),
            Variable("n_leaders", "how many persons led in the year"),
            Variable("jan1leadid", "Archigos' number of the person in office on 1 January"),
            Variable("dec31leadid", "Archigos' number of the person in office on 31 December"),
        ), leaders),
        note="Null on 31 December where nobody was in office, where the state had ended (East Germany in 1990), and "
             "where Archigos has no leader in the year at all (Somalia 1992–2011, Montenegro from 2006, Romania 2015). "
             "The first leader of a new state counts as an entry. Whoever returns to office starts a new term. Where "
             "both share 31 December, the successor counts. irregular of add_archigos is left out: it looks at exits "
             "of whoever held office in the year, in whatever year they left. A year of a GW code that COW gives to "
             "another is COW's later code's: 1990 is 255's and 679's.",
        also=("archigos", "leader", "irregular", "tenure", "reign"),
    ),
    Add(
        name="civil_conflict", title="UCDP/PRIO armed conflict v25.1: conflicts within states, and parts in others",
        sources=("ucdp",), first_year=_CONFLICTS_FROM, last_year=2024,
        state=StateForm("gw", (
            Variable("ucdpongoing", "its government fights a conflict within a state", absent=0, union="any"),
            Variable("ucdponset", "an episode of such a conflict begins: new, or after a year or more of calm",
                     absent=0, union="any"),
            Variable("ucdpnewconflict", "such a conflict is active for the first time", absent=0, union="any"),
            Variable("ucdpwar", "such a conflict reaches 1,000 deaths in battle in the year", absent=0, union="any"),
            Variable("ucdp_territory", "such a conflict is about territory, alone or among else", absent=0,
                     union="any"),
            Variable("ucdp_government", "such a conflict is about government, alone or among else", absent=0,
                     union="any"),
            Variable("ucdp_interstate", "is a party to a conflict between states", absent=0, union="any"),
            Variable("ucdp_extrasystemic", "is a party to a colonial conflict", absent=0, union="any"),
            Variable("ucdp_foreign_support", "sends troops in support of a party to any conflict", absent=0,
                     union="any"),
            Variable("maxintensity", "greatest intensity of a conflict within: 0 none, 1 minor, 2 war", absent=0,
                     union="max"),
            Variable("conflict_ids", "UCDP's numbers of its conflicts within"),
        ), civil_conflict),
        note="Conflicts within a state, with foreign troops or not, count for side a, the government: so al-Qaeda's "
             "counts for the United States (2001 on). An episode begins in the year of start_date2: each conflict that "
             "starts or starts again counts, also while others go on; turning into an internationalised one is no "
             "onset. add_ucdp_acd's ucdponset is a conflict's first year only (ucdpnewconflict here), in all kinds of "
             "conflict, and of side a alone. Conflicts of 1946 that are older have no onset known. Zero is no conflict "
             "of 25 deaths a year; microstates that Gleditsch and Ward leave out are null unless UCDP lists them.",
        also=("ucdp", "ucdp_acd", "acd", "prio", "armed_conflict", "civil_war", "ucdpongoing"),
    ),
    Add(
        name="conflict_onset", title="UCDP's counts of outbreaks of armed conflict v19.1", sources=("ucdp_onset",),
        first_year=_CONFLICTS_FROM, last_year=2017,
        state=StateForm("gw", (
            Variable("sumnewconf", "conflicts that are active for the first time", union="sum"),
            *(Variable(c, f"episodes that begin, new or after {c[8:]} or more years of calm", union="sum")
              for c in _ONSETS),
        ), conflict_onset),
        note="All kinds of conflict. One between states counts for one of them only in most cases, so that an attacked "
             "state may have 0: civil_conflict has both sides, and later years. Microstates are null, where "
             "add_ucdp_onsets has 0.",
        also=("ucdp_onset", "ucdp_onsets", "sumonset1"),
    ),
    Add(
        name="creg", title="Ethnic and religious fractionalisation and polarisation (CREG)", sources=("creg",),
        first_year=1945, last_year=2013,
        state=StateForm("cow", tuple(Variable(c, label, "0 to 1") for c, label in _CREG.items()), creg),
        note="Computed from groups' shares by the compiler. Not in it: France, India and others. In 1991 the "
             "Soviet Union's and Yugoslavia's figures stand for Russia and Serbia. " + _FROM_ONE,
        also=("ethnic", "creg_fractionalization", "ethfrac", "fractionalization", "religion"),
    ),
    Add(
        name="hief", title="Historical Index of Ethnic Fractionalisation", sources=("hief",),
        first_year=1945, last_year=2013,
        state=StateForm("cow", (Variable("efindex", "two people at random are of different ethnic groups", "0 to 1"),),
                        hief),
        note="The figures are those of creg's ethfrac to three digits, wherever both have one but in Serbia 1991: use "
             "one of the two. Not in it: France, India and others. In 1991 Russia has the Soviet "
             "Union's figure. " + _FROM_ONE,
        also=("efindex", "ethnic_fractionalization", "elf"),
    ),
)
