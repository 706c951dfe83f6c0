"""Text encodings (编码) of files from bureaus: a ladder that never guesses by frequency.

Owns bytes → text: byte-order mark, else strict UTF-8, else strict GB18030 (which holds GBK and GB2312). It refuses
what decodes only by accident: a damaged UTF-8 file, binary files, another Asian encoding. It knows no CSV.
"""

from __future__ import annotations

import codecs
import re

from .fault import Fault

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),  # what Excel calls "Unicode text"
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_HAN_PER_FLAW = 4
"""A file with more than this many well-formed UTF-8 characters of three bytes for every flaw is damaged
UTF-8; GB18030 text read as UTF-8 has hardly any."""


def decode_text(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding (编码): ``utf-8``, ``gb18030``, ``utf-16-le`` …

    Raises ``Fault``: ``encoding`` where no rung holds, ``encoding-damaged`` for UTF-8 with bad bytes,
    ``binary`` where the characters are not those of a text.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _checked(_decode(data[len(mark) :], name, "encoding-damaged"), name)
    try:
        return _checked(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as flaw:
        if _is_damaged_utf8(data):
            raise Fault("encoding-damaged", encoding="utf-8", at=flaw.start) from flaw
    return _checked(_decode(data, "gb18030", "encoding"), "gb18030")


def _decode(data: bytes, name: str, fault: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as flaw:
        raise Fault(fault, encoding=name, at=flaw.start) from flaw


def _is_damaged_utf8(data: bytes) -> bool:
    lenient = data.decode("utf-8", errors="replace")
    flaws = lenient.count("\ufffd")
    wide = sum(1 for c in lenient if "\u0800" <= c <= "\uffff") - flaws
    return wide > _HAN_PER_FLAW * flaws


def _checked(text: str, name: str) -> tuple[str, str]:
    if odd := _NOT_TEXT.search(text):
        raise Fault("binary", encoding=name, at=odd.start(), character=f"U+{ord(odd[0]):04X}")
    return text, name
