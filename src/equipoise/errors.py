"""The errors equipoise raises, all under one base class.

::

    EquipoiseError                exit code
    ├── UsageError                2   the call is wrong: an unknown state, years the wrong way round
    │   ├── UnknownState
    │   ├── NotAPower
    │   ├── BadYears
    │   ├── BadShares             shares that do not sum to one, are negative, or have the wrong length
    │   ├── BadMatrix             a matrix that is not square, symmetric or of the right size
    │   └── CannotWrite           the output path
    ├── DataError                 3   a file is not what it should be
    │   ├── DamagedPack
    │   ├── BadSourceFile         a missing column, a wrong encoding, HTML where a table was expected
    │   ├── BadClaims             a claims file with a key, check, unit, date or name that cannot be; with the line
    │   └── MissingSource         a file that is needed is not there
    ├── NotConverged              4   only raised where a result cannot carry a status
    └── SourceUnreachable         5   a download failed after all retries

Every message says what is wrong, where, and what to try, on one line.
"""

from __future__ import annotations


class EquipoiseError(Exception):
    """Base of every error that equipoise raises on purpose."""

    exit_code = 1

    def __init__(self, what: str, *, hint: str | None = None) -> None:
        self.what = " ".join(what.split())
        self.hint = " ".join(hint.split()) if hint else None
        super().__init__(f"{self.what} {self.hint}" if self.hint else self.what)


class UsageError(EquipoiseError):
    """The call is wrong."""

    exit_code = 2


class UnknownState(UsageError):
    """No state has this name or code."""


class NotAPower(UsageError):
    """The set of powers is not one that can be used."""


class BadYears(UsageError):
    """The years are reversed, or outside the coverage."""


class BadShares(UsageError):
    """Shares that are negative, do not sum to one, or have the wrong length."""


class BadMatrix(UsageError):
    """A matrix that is not square, not symmetric, or not of the size its companions need."""


class CannotWrite(UsageError):
    """The output path cannot be written."""


class DataError(EquipoiseError):
    """A file is not what it should be."""

    exit_code = 3


class DamagedPack(DataError):
    """The embedded pack is incomplete or altered."""


class BadSourceFile(DataError):
    """A source file that cannot be read as what its registry entry says."""


class BadClaims(DataError):
    """A claims file, or a document to take claims from, that cannot be used."""


class MissingSource(DataError):
    """A source file that is needed is not there."""


class NotConverged(EquipoiseError):
    """A solver gave up where no result can carry its status."""

    exit_code = 4


class SourceUnreachable(EquipoiseError):
    """A download failed after all retries."""

    exit_code = 5
