"""R files with much text, read in a twentieth of the time: equal strings are parsed and decoded once.

R writes every cell of a column of text with its own head, and rdata makes an object of each: a minute for the 2.6
million cells of a table of roll calls that hold 400 different words. The two classes here keep what was made of a
string and hand it out again; the rest is rdata's own. They stand on methods of rdata that are not public, hence the
comparison with rdata itself in the tests.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from typing import Any

from rdata.conversion import SimpleConverter
from rdata.parser import DEFAULT_ALTREP_MAP, RObject, RObjectInfo, RObjectType, parse_data
from rdata.parser._xdr import ParserXDR

_COMPRESSED: dict[bytes, Callable[[bytes], bytes]] = {
    b"BZh": bz2.decompress, b"\x1f\x8b": gzip.decompress, b"\xfd7zXZ": lzma.decompress}
_HEADS = (b"RDX2\nX\n", b"RDX3\nX\n")
_PLAIN, _BITS = 0x0FFF, 12
"""Type and flags of a string's head, and where its encoding begins: a string without attributes has no flag."""


class Parser(ParserXDR):
    """rdata's parser of R's usual binary form, which keeps the strings it has seen."""

    def __init__(self, data: bytes) -> None:
        super().__init__(memoryview(data), expand_altrep=True, altrep_constructor_dict=DEFAULT_ALTREP_MAP)
        self._seen: dict[tuple[int, bytes | None], Any] = {}

    def _parse_vector_value(self, reference_list: Any, bytecode_rep_list: Any = None) -> list[Any]:
        return [self._item(reference_list, bytecode_rep_list) for _ in range(self.parse_int())]

    def _item(self, reference_list: Any, bytecode_rep_list: Any) -> Any:
        head = self.file.read(8)
        info = int.from_bytes(head[:4])
        if info & _PLAIN != RObjectType.CHAR.value:
            self.file.seek(-len(head), 1)
            return self.parse_R_object(reference_list, bytecode_rep_list)
        size = int.from_bytes(head[4:], signed=True)
        text = self.file.read(size) if size >= 0 else None      # -1: R's NA
        if (info, text) not in self._seen:
            about = RObjectInfo(type=RObjectType.CHAR, object=False, attributes=False, tag=False, gp=info >> _BITS,
                                reference=0)
            self._seen[info, text] = RObject(info=about, tag=None, attributes=None, value=text, referenced_object=None)
        return self._seen[info, text]


class Converter(SimpleConverter):
    """rdata's converter, which decodes a string that stands in many places once."""

    def _reset(self) -> None:
        super()._reset()
        self._decoded: dict[int, Any] = {}

    def _convert_next(self, data: Any) -> Any:
        if id(data) in self._decoded:
            return self._decoded[id(data)]
        value = super()._convert_next(data)
        if isinstance(data, RObject) and data.info.type is RObjectType.CHAR:
            self._decoded[id(data)] = value
        return value


def parse(content: bytes) -> Any:
    """Return what ``rdata.parser.parse_data`` does; text and forms other than the usual one are left to it."""
    unpack = next((f for head, f in _COMPRESSED.items() if content.startswith(head)), bytes)
    data = unpack(content)
    if not data.startswith(_HEADS):
        return parse_data(content)
    parser = Parser(data[len(_HEADS[0]) :])
    found = parser.parse_all()
    parser.check_complete()
    return found
