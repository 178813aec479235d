"""equipoise: how a state between great powers steers, how much room it has left, and what would take it away.

>>> import equipoise
>>> equipoise.report("KAZ", until=2010, draws=20).figures.year
2010
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from equipoise.pipeline import Comparison, Report, compare, report

__all__ = ["Comparison", "Report", "compare", "report"]


def __getattr__(name: str) -> Any:
    # Importing the package must stay cheap: `equipoise --help` needs none of Polars and NumPy.
    if name in __all__:
        return getattr(import_module("equipoise.pipeline"), name)
    raise AttributeError(f"module 'equipoise' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
