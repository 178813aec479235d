"""Sources: where the data come from, how they are fetched, and how their files are read.

:data:`CONNECTORS` maps each source's id to what reads it. A connector's module is imported only when it is asked for,
so that importing this package stays cheap.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_MODULES = (
    "archigos", "arms_transfers", "atop", "brent", "capitals", "contiguity", "cow_igo", "cow_states", "cow_trade",
    "creg", "dca", "democracy", "distances", "fuels", "gdp_population", "gml", "gw_states", "hief", "ideal_points",
    "imf_trade", "itpd", "kaz_trade", "mid", "min_distance", "nmc", "penn", "polity", "reign", "shapes",
    "strategic_rivalries", "territorial_threat", "trade_agreements", "ucdp", "ucdp_onset", "un_roll_calls",
    "un_votes", "vdem", "wars", "world_bank",
)


@dataclass(frozen=True, slots=True)
class Connector:
    """What reads one source.

    Attributes:
        source: its id in the registry.
        files: the paths of the files it needs, in the layout of downloaded sources.
        parse: from the files' bytes by path to one tidy table; it touches neither disk nor network, and raises
            BadSourceFile or MissingSource.
    """

    source: str
    files: tuple[str, ...]
    parse: Callable[[Mapping[str, bytes]], pl.DataFrame]


class _Connectors(Mapping[str, Connector]):
    """The connectors by source id; each is imported on its first use."""

    def __getitem__(self, source: str) -> Connector:
        if source not in _MODULES:
            raise KeyError(source)
        module = importlib.import_module(f"equipoise.acquire.{source}")
        return Connector(module.SOURCE, module.FILES, module.parse)

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)

    def __contains__(self, source: object) -> bool:
        return source in _MODULES


CONNECTORS: Mapping[str, Connector] = _Connectors()
"""Every source's connector by its id.

>>> CONNECTORS["nmc"].files
('peacesciencer/cow_nmc.rda',)
"""
