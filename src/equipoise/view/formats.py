"""How numbers, amounts and dates are written, by language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

NOTHING = "–"
"""What stands where there is no value."""

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_LARGE = {
    "en": ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")),
    "zh": ((1e12, "兆"), (1e8, "億"), (1e4, "萬")),
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Writes figures in one language (``en`` or ``zh``); every method answers ``–`` to None.

    Examples
    --------
    >>> n = Numbers("en")
    >>> n.share(0.384), n.index(0.62), n.interval(0.41, 1), n.amount(2.5e9)
    ('38%', '0.62', '0.41–1.00', '2.5 billion')
    >>> Numbers("zh").amount(2.5e9), Numbers("zh").date(dt.date(2022, 1, 6))
    ('25億', '2022年1月6日')
    """

    lang: str

    def share(self, value: float | None, *, digits: int = 0) -> str:
        """A share between 0 and 1, as a percentage."""
        return NOTHING if value is None else f"{100 * value:.{digits}f}%"

    def index(self, value: float | None, *, digits: int = 2) -> str:
        """A number without a unit."""
        return NOTHING if value is None else f"{value:.{digits}f}".replace("-", "−")

    def interval(self, low: float | None, high: float | None, *, digits: int = 2) -> str:
        """Two bounds with a dash between them."""
        if low is None or high is None:
            return NOTHING
        dash = "–" if self.lang == "en" else "～"
        return f"{self.index(low, digits=digits)}{dash}{self.index(high, digits=digits)}"

    def amount(self, value: float | None) -> str:
        """A large amount in words of size: million, billion; 萬, 億, 兆."""
        if value is None:
            return NOTHING
        for size, word in _LARGE[self.lang]:
            if abs(value) >= size:
                return f"{_three_digits(value / size)}{word}"
        return _three_digits(value)

    def usd(self, value: float | None) -> str:
        """US dollars."""
        if value is None:
            return NOTHING
        return f"US${self.amount(value)}" if self.lang == "en" else f"{self.amount(value)}美元"

    def whole(self, value: float | None) -> str:
        """A whole number with separators of thousands."""
        return NOTHING if value is None else f"{value:,.0f}".replace("-", "−")

    def date(self, value: dt.date | None) -> str:
        """A day."""
        if value is None:
            return NOTHING
        if self.lang == "zh":
            return f"{value.year}年{value.month}月{value.day}日"
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"

    def month(self, value: dt.date | None) -> str:
        """A month, for dates that are known no closer."""
        if value is None:
            return NOTHING
        return f"{value.year}年{value.month}月" if self.lang == "zh" else f"{_MONTHS[value.month - 1]} {value.year}"


def _three_digits(value: float) -> str:
    digits = 0 if abs(value) >= 100 else 1
    return f"{value:,.{digits}f}".removesuffix(".0").replace("-", "−")
