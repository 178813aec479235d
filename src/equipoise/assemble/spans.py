"""Spans of years, as users write them."""

from __future__ import annotations

from equipoise.errors import BadYears

Span = tuple[int, int] | range | int | str
"""``(1990, 2010)``, ``"1990:2010"``, a range, or one year."""


def read_span(years: Span) -> tuple[int, int]:
    """Return the first and the last year of a span as it is given, be they reversed.

    Raises:
        BadYears: it is none.

    Examples:
        >>> read_span("1990:2010"), read_span(1990), read_span(range(1990, 2011))
        ((1990, 2010), (1990, 1990), (1990, 2010))
    """
    if isinstance(years, int):
        return years, years
    try:
        if isinstance(years, str):
            parts = [int(y) for y in years.split(":")]
            first, last = parts if len(parts) == 2 else (*parts, *parts)
            return first, last
        if isinstance(years, range):
            if not years:
                return years.start, years.stop
            if years.step != 1:
                raise ValueError("a span has every one of its years")
            return years[0], years[-1]
        first, last = years
        return int(first), int(last)
    except (TypeError, ValueError) as err:
        example = "1990:2010, or one year such as 1990" if isinstance(years, str) else '(1990, 2010) or "1990:2010"'
        raise BadYears(f"{years!r} is not a span of years.", hint=f"Try {example}.") from err


def within(years: Span | None, *, covered: tuple[int, int], what: str) -> tuple[int, int]:
    """Return the first and the last year of a span that ``what`` covers; all that it covers where none is given.

    Raises:
        BadYears: it is no span, is reversed, or leaves the coverage.

    Examples:
        >>> within(None, covered=(1816, 2018), what="the alliances"), within(1914, covered=(1816, 2018), what="")
        ((1816, 2018), (1914, 1914))
    """
    if years is None:
        return covered
    first, last = read_span(years)
    if first > last:
        raise BadYears(f"the years {first} to {last} are reversed.", hint=f"Try {last}:{first}.")
    for year in (first, last):
        if not covered[0] <= year <= covered[1]:
            raise BadYears(f"{year} is outside the years of {what}, {covered[0]} to {covered[1]}.",
                           hint=f"Choose years from {covered[0]} to {covered[1]}.")
    return first, last
