"""A chart as an SVG element that can stand in a page beside others."""

from __future__ import annotations

import re
from html import escape

import altair as alt
import vl_convert

from equipoise.view.style import FONTS, theme

_LARGEST = 1.25
"""How far a drawing may grow on a wide screen."""

MARGIN = 14
"""Pixels around a drawing that stands by itself."""

_FONT = re.compile(r' font-family="[^"]*"')
_ROLE = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_ID = re.compile(r'\bid="([^"]+)"')
_REFERENCE = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')
_SIZE = re.compile(r'^<svg[^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>')


def inline(chart: alt.TopLevelMixin, *, key: str, alt_text: str, lang: str) -> str:
    """Draw a chart as an SVG element.

    Parameters
    ----------
    key
        Unique on the page: it prefixes every id, since ``clip0`` of one chart would clip another.
    alt_text
        What the chart shows, for those who do not see it.
    """
    spec = chart.to_dict(validate=False)
    spec["config"] = theme()
    return _portable(vl_convert.vegalite_to_svg(spec, vl_version="6.1"), key=key, alt_text=alt_text, lang=lang)


def alone(chart: alt.TopLevelMixin, *, alt_text: str, lang: str) -> str:
    """Draw a chart as an SVG file of its own, of a size of its own, in the fonts of the language; arguments as before.

    The background is white.
    """
    spec = chart.to_dict(validate=False)
    spec["config"] = theme() | {"background": "white", "padding": MARGIN}
    svg = vl_convert.vegalite_to_svg(spec, vl_version="6.1")
    width, height = _SIZE.match(svg).groups()  # type: ignore[union-attr]
    drawn = _portable(svg, key="chart", alt_text=alt_text, lang=lang)
    return drawn.replace("<svg ", f'<svg width="{width}" height="{height}" ', 1)


def _portable(svg: str, *, key: str, alt_text: str, lang: str) -> str:
    # The whole drawing is one image with one description, in the page's font; its marks need neither.
    svg = _ROLE.sub("", _FONT.sub("", svg))
    # vl-convert numbers its clips and gradients on from one drawing to the next: number them anew, from 0 in each.
    new = {name: f"{key}-{i}" for i, name in enumerate(dict.fromkeys(_ID.findall(svg)))}
    svg = _REFERENCE.sub(lambda found: found[1] + new.get(found[2], found[2]), svg)
    width, height = _SIZE.match(svg).groups()  # type: ignore[union-attr]
    style = f"max-width:{_LARGEST * float(width):.0f}px"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt_text)}" '
        f'viewBox="0 0 {width} {height}" font-family="{escape(FONTS[lang])}" style="{style}" '
        'preserveAspectRatio="xMinYMin meet">'
    )
    return _SIZE.sub(lambda _: head, svg, count=1)
