"""XML (流式) of workbook parts, element by element, in bounded memory.

Owns the parser's settings: no document type, no entities, local names only. What the elements mean is
``book_scan`` and ``sheet_scan``.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from typing import Any, NoReturn
from xml.parsers import expat

from .archive import read_chunks
from .fault import Fault

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def scan_member(
    archive: zipfile.ZipFile, name: str, start: Start, end: End | None = None, text: Text | None = None
) -> None:
    """Walk through one part of a package. Raises ``Fault``: ``xml-doctype``, ``xml-broken``, ``zip-…``."""
    scan_xml(read_chunks(archive, name), name, start, end, text)


def scan_xml(
    chunks: Iterable[bytes], name: str, start: Start, end: End | None = None, text: Text | None = None
) -> None:
    """Walk through XML given in pieces; ``start`` gets local names, attributes keep their prefix."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    _set_handlers(parser, name, start, end, text)
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as flaw:
        raise Fault("xml-broken", member=name, line=flaw.lineno, reason=expat.ErrorString(flaw.code)) from flaw


def _set_handlers(parser: Any, name: str, start: Start, end: End | None, text: Text | None) -> None:
    def refuse(*_: object) -> NoReturn:
        # calamine stops silently at a document type and returns no rows; entities are a bomb.
        raise Fault("xml-doctype", member=name)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: start(local_name(tag), attributes)
    if end is not None:
        on_end = end
        parser.EndElementHandler = lambda tag: on_end(local_name(tag))
    if text is not None:
        parser.CharacterDataHandler = text


def local_name(tag: str) -> str:
    """``c`` for ``x:c``: some programs write every element with a prefix."""
    return tag.rpartition(":")[2]
