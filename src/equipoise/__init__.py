"""equipoise: how a state between great powers steers, how much room it has left, and what would take it away.

Reports of states: :func:`report`, :func:`compare`. Panels to work with: :func:`state_years`, :func:`dyad_years`,
:func:`power_years`, :func:`triads`, and what can be added to them: :func:`panel_adds`.

>>> import equipoise
>>> equipoise.report("KAZ", until=2010, draws=20).figures.year
2010
>>> equipoise.state_years(years=2010).frame.height
194
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from equipoise.assemble.panel import Panel, dyad_years, panel_adds, power_years, state_years, triads
    from equipoise.pipeline import Comparison, Report, compare, report

__all__ = [
    "Comparison", "Panel", "Report", "compare", "dyad_years", "panel_adds", "power_years", "report", "state_years",
    "triads",
]

_PANELS = frozenset({"Panel", "dyad_years", "panel_adds", "power_years", "state_years", "triads"})


def __getattr__(name: str) -> Any:
    # Importing the package must stay cheap: `equipoise --help` needs none of Polars and NumPy.
    if name in __all__:
        return getattr(import_module("equipoise.assemble.panel" if name in _PANELS else "equipoise.pipeline"), name)
    raise AttributeError(f"module 'equipoise' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
