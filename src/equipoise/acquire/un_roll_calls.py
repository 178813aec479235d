"""Roll calls of the UN General Assembly with what each was about, session by session, states that are gone included.

Source: Voeten 2013, "Data and Analyses of Voting in the UN General Assembly", sessions 1–74, as the R package unvotes
(Robinson) has it. Later roll calls, of today's states only, are in :mod:`equipoise.acquire.un_votes`.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables
from equipoise.errors import BadSourceFile

SOURCE = "un_roll_calls"
FILES = ("unga/un_roll_call_issues.rda", "unga/un_roll_calls.rda", "unga/un_votes.rda")

ISSUES = ("me", "nu", "di", "hr", "co", "ec")
"""The Middle East, nuclear weapons, disarmament, human rights, colonialism, economic development."""

_VOTES = {"yes": 1, "abstain": 2, "no": 3}

# Two-letter codes name the state of today; these have none of their own, or share one.
_OF_NAME = {
    "Czechoslovakia": 315, "Federal Republic of Germany": 260, "German Democratic Republic": 265,
    "Yemen Arab Republic": 678, "Yemen People's Republic": 680, "Yugoslavia": 345, "Zanzibar": 511,
}
_OF_CODE = {
    "AD": 232, "AE": 696, "AF": 700, "AG": 58, "AL": 339, "AM": 371, "AO": 540, "AR": 160, "AT": 305, "AU": 900,
    "AZ": 373, "BA": 346, "BB": 53, "BD": 771, "BE": 211, "BF": 439, "BG": 355, "BH": 692, "BI": 516, "BJ": 434,
    "BN": 835, "BO": 145, "BR": 140, "BS": 31, "BT": 760, "BW": 571, "BY": 370, "BZ": 80, "CA": 20, "CD": 490,
    "CF": 482, "CG": 484, "CH": 225, "CI": 437, "CL": 155, "CM": 471, "CN": 710, "CO": 100, "CR": 94, "CU": 40,
    "CV": 402, "CY": 352, "CZ": 316, "DE": 255, "DJ": 522, "DK": 390, "DM": 54, "DO": 42, "DZ": 615, "EC": 130,
    "EE": 366, "EG": 651, "ER": 531, "ES": 230, "ET": 530, "FI": 375, "FJ": 950, "FM": 987, "FR": 220, "GA": 481,
    "GB": 200, "GD": 55, "GE": 372, "GH": 452, "GM": 420, "GN": 438, "GQ": 411, "GR": 350, "GT": 90, "GW": 404,
    "GY": 110, "HN": 91, "HR": 344, "HT": 41, "HU": 310, "ID": 850, "IE": 205, "IL": 666, "IN": 750, "IQ": 645,
    "IR": 630, "IS": 395, "IT": 325, "JM": 51, "JO": 663, "JP": 740, "KE": 501, "KG": 703, "KH": 811, "KI": 946,
    "KM": 581, "KN": 60, "KP": 731, "KR": 732, "KW": 690, "KZ": 705, "LA": 812, "LB": 660, "LC": 56, "LI": 223,
    "LK": 780, "LR": 450, "LS": 570, "LT": 368, "LU": 212, "LV": 367, "LY": 620, "MA": 600, "MC": 221, "MD": 359,
    "ME": 341, "MG": 580, "MH": 983, "MK": 343, "ML": 432, "MM": 775, "MN": 712, "MR": 435, "MT": 338, "MU": 590,
    "MV": 781, "MW": 553, "MX": 70, "MY": 820, "MZ": 541, "NA": 565, "NE": 436, "NG": 475, "NI": 93, "NL": 210,
    "NO": 385, "NP": 790, "NR": 970, "NZ": 920, "OM": 698, "PA": 95, "PE": 135, "PG": 910, "PH": 840, "PK": 770,
    "PL": 290, "PT": 235, "PW": 986, "PY": 150, "QA": 694, "RO": 360, "RU": 365, "RW": 517, "SA": 670, "SB": 940,
    "SC": 591, "SD": 625, "SE": 380, "SG": 830, "SI": 349, "SK": 317, "SL": 451, "SM": 331, "SN": 433, "SO": 520,
    "SR": 115, "SS": 626, "ST": 403, "SV": 92, "SY": 652, "SZ": 572, "TD": 483, "TG": 461, "TH": 800, "TJ": 702,
    "TL": 860, "TM": 701, "TN": 616, "TO": 955, "TR": 640, "TT": 52, "TV": 947, "TW": 713, "TZ": 510, "UA": 369,
    "UG": 500, "US": 2, "UY": 165, "UZ": 704, "VC": 57, "VE": 101, "VN": 816, "VU": 935, "WS": 990, "YE": 679,
    "ZA": 560, "ZM": 551, "ZW": 552,
}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the votes.

    Returns:
        One row a state's vote on a roll call, 1946-01-01 to 2020-01-14, sorted by ``rcid`` and ``cow``: ``rcid``
        (Int32, the roll call), ``cow`` (Int32; 260 and 255 are the two Germanies in the West and united, 678 and 679
        the Yemens so, 365 the Soviet Union and Russia, 345 Yugoslavia and Serbia, 710 and 713 who sat for China),
        ``vote`` (Int8: 1 yes, 2 abstain, 3 no), ``session`` (Int16), ``date``, ``amend`` and ``para`` (Boolean: on an
        amendment, on a paragraph; null where not known, as in most sessions since 1985), ``important`` (Boolean: named
        an important vote by the State Department; null since 2018), and whether it concerns each of :data:`ISSUES`.

    Absences are not recorded. Raises BadSourceFile and MissingSource.
    """
    issues, calls, votes = (
        tables.read_r(tables.content_of(files, path, source=SOURCE), name=path, source=SOURCE) for path in FILES
    )
    return tidy(votes, calls=calls, issues=issues)


def tidy(frame: pl.DataFrame, *, calls: pl.DataFrame, issues: pl.DataFrame) -> pl.DataFrame:
    """Turn the published votes, roll calls and their issues into the table that :func:`parse` returns."""
    tables.require_columns(frame, ("rcid", "country", "country_code", "vote"), name=FILES[2], source=SOURCE)
    known = ("rcid", "session", "date", "amend", "para", "importantvote")
    tables.require_columns(calls, known, name=FILES[1], source=SOURCE)
    tables.require_columns(issues, ("rcid", "short_name"), name=FILES[0], source=SOURCE)
    cow = pl.coalesce(
        pl.col("country").replace_strict(_OF_NAME, default=None, return_dtype=pl.Int32),
        pl.col("country_code").replace_strict(_OF_CODE, default=None, return_dtype=pl.Int32),
    )
    cast = frame.select(
        "country", pl.col("rcid").cast(pl.Int32), cow=cow,
        vote=pl.col("vote").replace_strict(_VOTES, default=None, return_dtype=pl.Int8),
    )
    _check(cast)
    about = calls.select(
        pl.col("rcid").cast(pl.Int32), pl.col("session").cast(pl.Int16), "date",
        pl.col("amend", "para").cast(pl.Boolean),
        *(pl.col("rcid").is_in(issues.filter(short_name=issue)["rcid"].cast(pl.Int32).to_list()).alias(issue)
          for issue in ISSUES),
        important=pl.col("importantvote").cast(pl.Boolean),
    )
    columns = ("rcid", "cow", "vote", "session", "date", "amend", "para", "important", *ISSUES)
    return cast.join(about, on="rcid", how="inner").select(columns).sort("rcid", "cow")


def _check(cast: pl.DataFrame) -> None:
    odd = cast.filter(pl.col("cow").is_null() | pl.col("vote").is_null())
    if odd.height:
        raise BadSourceFile(f"{FILES[2]} has a state or vote that is not known, of {odd['country'][0]}.",
                            hint=f"Try `equipoise data pull {SOURCE}`.")
