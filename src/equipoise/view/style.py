"""What every chart shares: one fixed colour, shape and dash per power, the fonts, the theme."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from equipoise.schema import OUTSIDE

FONTS = {
    "en": '"Segoe UI", "Helvetica Neue", Arial, "Noto Sans", "Noto Sans CJK TC", sans-serif',
    "zh": '"Noto Sans CJK TC", "Noto Sans TC", "Microsoft JhengHei", "PingFang TC", sans-serif',
}
"""What the page and its charts are drawn with; the reader's machine has at least one of each."""

MEASURED = "sans-serif"
"""What vl-convert measures labels with: a list of fonts costs it a search of the system at every label."""

COLOURS = {"RUS": "#A83200", "CHN": "#B98E00", "USA": "#1257A8", "EUU": "#2A9D6F", "JPN": "#D06AAE", OUTSIDE: "#4B535E"}
SHAPES = {
    "RUS": "circle",
    "CHN": "square",
    "USA": "triangle-up",
    "EUU": "diamond",
    "JPN": "triangle-down",
    OUTSIDE: "cross",
}
SPARE = ("#4A3AA7", "#6B4423", "#2C9AC4", "#66761F", "#1E2A4A", "#D1638B", "#3F7F3F", "#8C7355")
"""Colours of the other powers, in the order in which a report names them."""

_SPARE_SHAPES = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "triangle-down",
    "cross",
    "triangle-left",
    "triangle-right",
)

INK, MUTED, GRID, ACCENT = "#1F2933", "#52606D", "#E4E7EB", "#2D3E50"
BLOCS = ("#3B4A5E", "#B9C4D0")
"""The two sides of the order's deepest split; neither is a power's colour."""

RANGE = "#00757A"
"""What would be without one component of rivalry; always dashed."""

RAMP = ("#F4F1EA", "#F0D9B5", "#E0A96D", "#BF6B3A", "#7A2E1D")
"""Low to high, by rising darkness, for rivalry and threat."""

WIDTH = 720
"""Plot area plus its labels, in pixels: what an A4 page takes."""


def palette(powers: Sequence[str]) -> dict[str, str]:
    """The colour of each power of a report and of the outside option; the same in every chart.

    >>> palette(["RUS", "IND"])
    {'RUS': '#A83200', 'IND': '#4A3AA7', '0': '#4B535E'}
    """
    spare = cycle(SPARE)
    return {code: COLOURS.get(code) or next(spare) for code in (*powers, OUTSIDE)}


def point_shapes(powers: Sequence[str]) -> dict[str, str]:
    """The point shape of each power, so that colour is never the only sign."""
    taken = {SHAPES[code] for code in (*powers, OUTSIDE) if code in SHAPES}
    spare = cycle([s for s in _SPARE_SHAPES if s not in taken])
    return {code: SHAPES.get(code) or next(spare) for code in (*powers, OUTSIDE)}


def theme() -> dict[str, object]:
    """The Vega-Lite ``config`` that every chart of a report carries."""
    fonts = {"labelFont": MEASURED, "titleFont": MEASURED}
    return {
        "aria": False,
        "font": MEASURED,
        "background": "transparent",
        # Wider on the left: the reader's font may be a little wider than the one that was measured.
        "padding": {"left": 14, "right": 8, "top": 2, "bottom": 2},
        "axis": fonts | _AXIS,
        "legend": fonts | _LEGEND,
        "title": {"font": MEASURED} | _TITLE,
        "view": {"stroke": None},
        "text": {"font": MEASURED, "color": INK},
    }


_LABELS = {"titleColor": MUTED, "titleFontSize": 11, "titleFontWeight": "normal", "labelLimit": 260}
_AXIS = _LABELS | {
    "labelColor": MUTED,
    "labelFontSize": 11,
    "gridColor": GRID,
    "domainColor": "#9AA5B1",
    "tickColor": "#9AA5B1",
    "titlePadding": 8,
}
_LEGEND = _LABELS | {
    "labelColor": INK,
    "labelFontSize": 11.5,
    "orient": "bottom",
    "direction": "horizontal",
    "columnPadding": 14,
    "symbolSize": 90,
    "titleLimit": 400,
    "symbolOpacity": 1,
    "layout": {"bottom": {"direction": "vertical", "anchor": "start"}},
}
_TITLE = {
    "color": INK,
    "fontSize": 12,
    "fontWeight": 600,
    "anchor": "start",
    "frame": "group",
    "offset": 6,
    "limit": WIDTH,
}
