"""Structured XML inside a file of a stranger (XML, OFD, PDF): bytes to the texts of its leaf elements, within limits.

Owns finding the XML and scanning it. DTDs and entities are refused, nothing outside the file is opened. What the elements
mean is told elsewhere; codes of faults are worded by the parent.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from .fault import Fault

MAX_XML_BYTES = 4 << 20  # a structured invoice has some kilobytes; 4 MB hold ten thousand lines
MAX_DEPTH = 32
MAX_ELEMENTS = 100_000
MAX_TEXT = 1 << 16
MAX_MEMBERS = 500
MAX_UNPACKED_BYTES = 64 << 20
MAX_ATTACHMENTS = 16
MAX_DICTIONARY = 512  # bytes between /EmbeddedFile and its stream

Leaves = dict[str, tuple[str, int]]


def read_leaves(data: bytes, kind: str, roots: str) -> Leaves | None:
    """Texts of leaf elements by path of local names, with their line; None where the file has no such XML.

    ``kind``: xml, ofd (a zip), pdf, other; ``roots``: names of root elements, parted by ``|``. Raises ``Fault``.
    """
    match kind:
        case "xml":
            return scan_leaves(data)
        case "ofd":
            found = _from_archive(data, roots)
        case "pdf":
            found = _from_pdf(data, roots)
        case _:
            found = None
    return None if found is None else scan_leaves(found)


def has_root(data: bytes, roots: str) -> bool:
    """Whether a root element of these names stands at the beginning of the bytes."""
    return bool(re.search(rb"<(?:\w+:)?(?:%s)[\s>]" % roots.encode(), data[:4096]))


def _from_archive(data: bytes, roots: str) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED_BYTES:
                raise Fault("CL-ZIP-LIMIT")
            for member in members:
                if member.filename.lower().endswith(".xml") and member.file_size <= MAX_XML_BYTES:
                    with archive.open(member) as stream:
                        text = stream.read(MAX_XML_BYTES + 1)
                    if has_root(text, roots):
                        return text
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error, ValueError) as flaw:
        raise Fault("CL-ZIP-BROKEN", reason=str(flaw)[:200]) from flaw
    return None


def _from_pdf(data: bytes, roots: str) -> bytes | None:
    """An embedded XML attachment of a PDF, where it lies open or deflated; anything else stays unread."""
    at = 0
    for _ in range(MAX_ATTACHMENTS):
        at = data.find(b"/EmbeddedFile", at)
        if at < 0:
            return None
        at += 1
        begin = data.find(b"stream", at, at + MAX_DICTIONARY)
        end = data.find(b"endstream", begin) if begin >= 0 else -1
        if end < 0:
            continue
        raw = data[begin + len(b"stream") : end].strip(b"\r\n")
        for text in (raw, _inflate(raw)):
            if text is not None and len(text) <= MAX_XML_BYTES and has_root(text, roots):
                return text
    return None


def _inflate(raw: bytes) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(raw, MAX_XML_BYTES)
    except zlib.error:
        return None


def scan_leaves(data: bytes) -> Leaves:
    """Texts of leaf elements by path of local names, with their line; the first of equal paths counts. Raises ``Fault``."""
    if len(data) > MAX_XML_BYTES:
        raise Fault("CL-XML-SIZE")
    parser = expat.ParserCreate(namespace_separator=None)
    parser.buffer_text = True
    stack: list[str] = []
    held: list[str] = []
    leaves: Leaves = {}
    count = length = 0

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal count, length
        count, length = count + 1, 0
        stack.append(tag.rpartition(":")[2])
        held.clear()
        if len(stack) > MAX_DEPTH or count > MAX_ELEMENTS:
            raise Fault("CL-XML-DEPTH")

    def text(part: str) -> None:
        nonlocal length
        length += len(part)
        held.append(part)
        if length > MAX_TEXT:
            raise Fault("CL-XML-TEXT")

    def end(_tag: str) -> None:
        nonlocal length
        leaves.setdefault("/" + "/".join(stack), ("".join(held).strip(), parser.CurrentLineNumber))
        stack.pop()
        held.clear()
        length = 0

    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, text, end
    _refuse_entities(parser)
    try:
        parser.Parse(data, True)
    except Fault as fault:
        raise Fault(fault.code, line=parser.CurrentLineNumber) from fault
    except (expat.ExpatError, LookupError, ValueError) as flaw:
        raise Fault("CL-XML-BROKEN", line=int(getattr(flaw, "lineno", 1)), reason=str(flaw)[:200]) from flaw
    return leaves


def _refuse_entities(parser: Any) -> None:
    def refuse(*_: Any) -> None:
        raise Fault("CL-XML-ENTITY")

    handlers: tuple[str, ...] = ("StartDoctypeDeclHandler", "EntityDeclHandler", "ExternalEntityRefHandler", "UnparsedEntityDeclHandler")  # fmt: skip
    for name in handlers:
        handler: Callable[..., None] = refuse
        setattr(parser, name, handler)
