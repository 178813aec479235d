"""The embedded data: the pack, and the hand-kept tables of states, organisations, events and sanctions."""

from __future__ import annotations

from importlib.resources import files

from equipoise.errors import DamagedPack


def read(name: str) -> bytes:
    """Return the bytes of a packaged data file.

    Raises:
        DamagedPack: the file is not in the installed package.

    Examples:
        >>> read("aliases.csv").splitlines()[0]
        b'alias,iso3'
    """
    try:
        return files("equipoise.data").joinpath(name).read_bytes()
    except OSError as err:
        raise DamagedPack(f"the packaged data file {name} is not there.", hint="Install equipoise again.") from err
