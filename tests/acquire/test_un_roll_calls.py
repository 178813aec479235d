from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from equipoise.acquire import un_roll_calls
from equipoise.errors import BadSourceFile

CALLS = pl.DataFrame({
    "rcid": [77, 9147], "session": [2.0, 74.0], "date": [date(1947, 11, 29), date(2019, 12, 10)],
    "amend": [0, None], "para": [1, None], "importantvote": [0, None],
})
ISSUES = pl.DataFrame({"rcid": [77, 9147], "short_name": ["me", "ec"], "issue": ["Palestinian conflict", "Economy"]})


def votes(*rows: tuple[float, str, str | None, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["rcid", "country", "country_code", "vote"], orient="row")


def test_columns_types_and_codes() -> None:
    cast = votes((77.0, "Taiwan", "TW", "abstain"), (77.0, "Yemen Arab Republic", None, "no"),
                 (9147.0, "Namibia", "NA", "yes"), (9147.0, "Yemen", "YE", "yes"))
    frame = un_roll_calls.tidy(cast, calls=CALLS, issues=ISSUES)
    assert frame.columns == ["rcid", "cow", "vote", "session", "date", "amend", "para", "important",
                             *un_roll_calls.ISSUES]
    assert frame.dtypes == [pl.Int32, pl.Int32, pl.Int8, pl.Int16, pl.Date, *[pl.Boolean] * 9]
    assert frame.select("rcid", "cow", "vote").rows() == [(77, 678, 3), (77, 713, 2), (9147, 565, 1), (9147, 679, 1)]
    assert frame.select("amend", "para", "important", "me", "ec").row(0) == (False, True, False, True, False)
    assert frame.select("amend", "para", "important", "me", "ec").row(3) == (None, None, None, False, True)


@pytest.mark.parametrize(("country", "code", "vote"), [("Atlantis", "XX", "yes"), ("Namibia", "NA", "absent")])
def test_an_unknown_state_or_vote_is_refused(country: str, code: str, vote: str) -> None:
    with pytest.raises(BadSourceFile, match=f"state or vote that is not known, of {country}"):
        un_roll_calls.tidy(votes((77.0, country, code, vote)), calls=CALLS, issues=ISSUES)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column para"):
        un_roll_calls.tidy(votes((77.0, "Namibia", "NA", "yes")), calls=CALLS.drop("para"), issues=ISSUES)


@pytest.mark.raw
@pytest.mark.slow
def test_the_real_files(parsed) -> None:
    frame = parsed("un_roll_calls")
    assert frame.shape == (870_109, 14)
    assert not frame.select("rcid", "cow").is_duplicated().any()
    assert dict(frame["vote"].value_counts().rows()) == {1: 693_664, 2: 110_897, 3: 65_548}
    assert (frame["rcid"].n_unique(), frame["cow"].n_unique(), frame["session"].max()) == (6203, 200, 74)
    # Partition of Palestine, November 1947: 33 for, 13 against, 10 abstentions. Early dates are not exact.
    partition = frame.filter(rcid=77, me=True)["vote"].value_counts()
    assert dict(partition.rows()) == {1: 33, 2: 10, 3: 13}
