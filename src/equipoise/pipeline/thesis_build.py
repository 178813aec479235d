"""The tables of the tested hypotheses as the pack has them: quick look and main estimates together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack
from equipoise.pipeline.thesis import hypotheses
from equipoise.pipeline.thesis_findings import Main
from equipoise.pipeline.thesis_tables import tables


def thesis_tables(
    pack: Pack, *, main: Mapping[str, Main] | None, parameters: Mapping[str, NDArray[np.float64]] | None,
    progress: Callable[[str], None] | None = None,
) -> dict[str, pl.DataFrame]:
    """Return the tables ``thesis`` and ``verdicts`` of a pack, its own tables being all that they are made of.

    ``main`` and ``parameters`` as :func:`equipoise.pipeline.thesis.hypotheses` has them. The figures are at twelve
    digits, so that the pack's bytes do not hang on the processor's last bits.
    """
    made = tables(hypotheses(pack=pack, main=main, parameters=parameters, progress=progress))
    return {name: t.with_columns(pl.selectors.float().round_sig_figs(12)) for name, t in made.items()}
