"""The records of an old .xls workbook (BIFF5/BIFF8), beside what the value reader returns.

Owns the compound file's Workbook stream and what calamine hides in it: error values, number formats, hidden
sheets, passwords. It reads no values. Layouts: [MS-CFB] and [MS-XLS].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from .book_scan import BookScan, telling_format
from .compound_file import read_stream
from .fault import Fault, Limits
from .sheet_scan import SheetScan, print_reference

_BOF, _EOF, _FILEPASS, _DATEMODE, _BOUNDSHEET = 0x809, 0x0A, 0x2F, 0x22, 0x85
_XF, _FORMAT, _ROW = 0xE0, 0x41E, 0x208
_NUMBER, _RK, _MULRK, _BOOLERR, _FORMULA = 0x203, 0x27E, 0xBD, 0x205, 0x06
_TEXTS = (0x204, 0xFD, 0xD6)  # LABEL, LABELSST, RSTRING
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BIFF8, _BIFF5 = 0x600, 0x500
_HIDDEN_ROW = 0x20
_BOOL_RESULT, _ERROR_RESULT, _BLANK_RESULT = 1, 2, 3


@dataclass(slots=True)
class XlsSheet:
    """One sheet in the order of the file."""

    offset: int
    is_visible: bool
    is_worksheet: bool
    scan: SheetScan = field(default_factory=SheetScan)


@dataclass(slots=True)
class XlsScan:
    """What the records say."""

    sheets: list[XlsSheet] = field(default_factory=list)
    is_1904: bool = False


def scan_xls(data: bytes, limits: Limits) -> XlsScan:
    """Scan an .xls file. Raises ``Fault``: ``encrypted``, ``broken``, ``other-kind``, ``sheet-…``."""
    stream = read_stream(data, ("Workbook", "Book"))
    try:
        book, formats = _scan_globals(stream)
        for sheet in book.sheets:
            if sheet.is_worksheet:
                _SheetReader(stream, sheet, formats, limits).read()
    except (struct.error, IndexError) as flaw:
        raise Fault("broken", reason=f"record: {flaw}") from flaw
    return book


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Records of one substream, those of nested ones (charts) left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + size]
        at += 4 + size
        depth += kind == _BOF
        if depth == 1:
            yield kind, body
        depth -= kind == _EOF
        if depth == 0:
            return
    raise Fault("broken", reason="the workbook stream ends early")


def _scan_globals(stream: bytes) -> tuple[XlsScan, BookScan]:
    book, formats, styles = XlsScan(), BookScan(), list[int]()
    codes: dict[int, str] = {}
    version = 0
    for kind, body in _records(stream, 0):
        if kind == _BOF:
            version = struct.unpack_from("<H", body)[0]
            if version not in (_BIFF8, _BIFF5):
                raise Fault("other-kind", kind="xls-old")
        elif kind == _FILEPASS:
            raise Fault("encrypted")
        elif kind == _DATEMODE:
            book.is_1904 = struct.unpack_from("<H", body)[0] == 1
        elif kind == _BOUNDSHEET:
            offset, state, what = struct.unpack_from("<IBB", body)
            book.sheets.append(XlsSheet(offset, state & 3 == 0, what == 0))
        elif kind == _XF:
            styles.append(struct.unpack_from("<HH", body)[1])
        elif kind == _FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _format_text(body, version)
    formats.formats = [telling_format(n, codes) for n in styles]
    return book, formats


def _format_text(body: bytes, version: int) -> str:
    if version == _BIFF5:
        return body[3 : 3 + body[2]].decode("gb18030", "replace")
    size, flags = struct.unpack_from("<HB", body, 2)
    return body[5 : 5 + size * 2].decode("utf-16-le", "replace") if flags & 1 else body[5 : 5 + size].decode("latin-1")


class _SheetReader:
    """The state while walking through one sheet's records."""

    def __init__(self, stream: bytes, sheet: XlsSheet, formats: BookScan, limits: Limits) -> None:
        self._stream, self._sheet, self._formats, self._limits = stream, sheet, formats, limits
        self._seen: set[int] = set()

    def read(self) -> None:
        for kind, body in _records(self._stream, self._sheet.offset):
            if kind == _ROW:
                self._sheet.scan.hidden_rows += bool(struct.unpack_from("<H", body, 12)[0] & _HIDDEN_ROW)
            elif kind == _MULRK:
                row, first = struct.unpack_from("<HH", body)
                for i in range((len(body) - 6) // 6):
                    self._note_number(row, first + i, struct.unpack_from("<H", body, 4 + 6 * i)[0])
            elif kind in (_NUMBER, _RK):
                self._note_number(*struct.unpack_from("<HHH", body))
            elif kind in _TEXTS:
                row, column = struct.unpack_from("<HH", body)
                self._note(row, column)
                self._sheet.scan.note_text(row)
            elif kind in (_BOOLERR, _FORMULA):
                self._note_result(kind, body)

    def _note(self, row: int, column: int) -> None:
        scan, place = self._sheet.scan, row << 16 | column
        if place in self._seen:
            raise Fault("cell-order", sheet="xls", cell=print_reference(row, column))
        self._seen.add(place)
        scan.note_cell(row, column, "xls", self._limits)

    def _note_number(self, row: int, column: int, style: int) -> None:
        self._note(row, column)
        self._sheet.scan.note_value(row, column, self._formats.format_of(style))

    def _note_result(self, kind: int, body: bytes) -> None:
        row, column, style = struct.unpack_from("<HHH", body)
        is_special = kind == _FORMULA and body[12:14] == b"\xff\xff"
        if kind == _FORMULA and not is_special:
            self._note_number(row, column, style)
            return
        result, value = (
            (body[6], body[8]) if kind == _FORMULA else (_ERROR_RESULT if body[7] else _BOOL_RESULT, body[6])
        )
        self._note(row, column)
        if result == _ERROR_RESULT:
            self._sheet.scan.note_error(row, column, _ERRORS.get(value, f"#{value}"))
        elif result == _BOOL_RESULT:
            self._sheet.scan.note_value(row, column, "")
        elif result == _BLANK_RESULT:
            # The result "" and a result that was never calculated are written alike; .xlsx tells them apart.
            self._sheet.scan.note_formula(row, column)
        else:
            self._sheet.scan.note_text(row)
