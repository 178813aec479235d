"""Amounts as claims state them: units, tolerances, and dates of day, month or year."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
UNITS = {"person": "persons", "people": "persons", "percent": "%", "per cent": "%", "year": "years", "dollars": "USD",
         "US dollars": "USD", "kilometres": "km"}
"""Other names of units."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a figure may lie from the one that is claimed: in the claim's unit."""

    amount: float

    def holds(self, found: float, *, claimed: float, relation: str) -> bool:
        """Whether what is found bears the claim out.

        >>> Tolerance(0.5).holds(31.2, claimed=31, relation="equals"), Tolerance(0).holds(9, claimed=60,
        ...                                                                             relation="more_than")
        (True, False)
        """
        tiny = 1e-9 * max(abs(found), abs(claimed), 1e-300)
        return {
            "equals": abs(found - claimed) <= self.amount + tiny,
            "more_than": found > claimed - self.amount, "at_least": found >= claimed - self.amount - tiny,
            "less_than": found < claimed + self.amount, "at_most": found <= claimed + self.amount + tiny,
        }[relation]


def tolerance(given: float | str | None, *, claimed: float) -> Tolerance:
    """Return a tolerance of a number in the claim's unit, or of text such as ``2 %`` of what is claimed.

    Where none is given, it is half a unit of the last digit that is claimed; write a tolerance where that is not what
    the document's rounding means.

    Raises:
        ValueError: it is negative, or text that is no share.

    Examples:
        >>> [tolerance(t, claimed=c).amount for t, c in ((None, 23.7), ("2 %", 50.0), (None, 31))]
        [0.05, 1.0, 0.5]
    """
    if given is None:
        exponent = Decimal(repr(float(claimed))).normalize().as_tuple().exponent
        return Tolerance(0.5 * 10.0 ** min(int(exponent), 0))
    if isinstance(given, str):
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", given)
        if not found:
            raise ValueError(f"{given!r} is no tolerance; write a number in the claim's unit, or a share such as '2 %'")
        return Tolerance(abs(claimed) * float(found[1]) / 100)
    if given < 0:
        raise ValueError(f"a tolerance of {given:g} is negative")
    return Tolerance(given)


def in_base(unit: str) -> tuple[str, float]:
    """Return the base unit of a unit's name, and how many of it are in one.

    >>> in_base("million persons"), in_base("billion USD"), in_base("%")
    (('persons', 1000000.0), ('USD', 1000000000.0), ('%', 1.0))
    """
    text = unit.strip()
    head, _, rest = text.partition(" ")
    scale = SCALES.get(head.lower())
    base = rest.strip() if scale and rest else text
    return UNITS.get(base, base), scale if scale and rest else 1.0


def day_span(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a year, a month or a day.

    Raises:
        ValueError: there never was such a date.

    Examples:
        >>> day_span("2019-02")
        (datetime.date(2019, 2, 1), datetime.date(2019, 2, 28))
        >>> day_span("2019-02-30")
        Traceback (most recent call last):
        ...
        ValueError: 2019-02-30 never was
    """
    parts = [int(p) for p in text.split("-")]
    try:
        first = dt.date(*[*parts, 1, 1][:3])
        month = parts[1] if len(parts) > 1 else 12
        last = dt.date(parts[0], month, parts[2] if len(parts) > 2 else calendar.monthrange(parts[0], month)[1])
    except (ValueError, IndexError):
        raise ValueError(f"{text} never was") from None
    return first, last
