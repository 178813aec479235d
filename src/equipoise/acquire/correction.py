"""What a connector changes in a published file, said once and openly."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Correction:
    """One change to a source's figures: which source, what is changed, and why it is an error there."""

    source: str
    what: str
    why: str
