"""The cells of one sheet's XML as they really stand (扫描), beside what the value reader returns.

Owns what calamine hides: which cells hold something whatever ``dimension`` says, formulas without a stored
result, error values, number formats, cells out of order. It reads no values.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import NoReturn

from .book_scan import BookScan
from .fault import Fault, Limits
from .xml_stream import scan_member

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384
ERROR = "#error"
FORMULA = "#formula"


@dataclass(slots=True)
class SheetScan:
    """What stands in a sheet; rows and columns count from 0.

    ``flags`` marks cells by (row, column): ``#error``, ``#formula`` (no stored result), else a telling
    number format. ``certain`` and ``texts`` count per row the cells that surely and that possibly (a text
    may be blank) hold something.
    """

    flags: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    certain: dict[int, int] = field(default_factory=dict)
    texts: dict[int, int] = field(default_factory=dict)
    cells: int = 0
    top: int = MAX_ROW
    left: int = MAX_COLUMN
    bottom: int = -1
    right: int = -1
    merged: int = 0
    hidden_rows: int = 0

    @property
    def area(self) -> int:
        """Cells of the rectangle that holds everything."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1) if self.cells else 0

    def note_cell(self, row: int, column: int, sheet: str, limits: Limits) -> None:
        """Count one cell that holds something. Raises ``Fault`` ``sheet-cells``, ``sheet-area`` at once."""
        self.cells += 1
        self.top, self.bottom = min(self.top, row), max(self.bottom, row)
        self.left, self.right = min(self.left, column), max(self.right, column)
        if self.cells > limits.cells:
            raise Fault("sheet-cells", sheet=sheet, limit=limits.cells)
        if self.area > limits.area:
            raise Fault("sheet-area", sheet=sheet, cell=print_reference(row, column), limit=limits.area)

    def note_error(self, row: int, column: int, spelling: str) -> None:
        """Mark an error value such as #DIV/0!."""
        self.flags[row, column] = ERROR
        self.errors[row, column] = spelling

    def note_value(self, row: int, column: int, code: str) -> None:
        """Count a number, date or truth value with its telling number format, if any."""
        self.certain[row] = self.certain.get(row, 0) + 1
        if code:
            self.flags[row, column] = code

    def note_formula(self, row: int, column: int) -> None:
        """Mark a formula without a result; a filler may still stand there."""
        self.flags[row, column] = FORMULA
        self.note_text(row)

    def note_text(self, row: int) -> None:
        """Count a text, which may turn out blank."""
        self.texts[row] = self.texts.get(row, 0) + 1


def scan_sheet(archive: zipfile.ZipFile, member: str, sheet: str, book: BookScan, limits: Limits) -> SheetScan:
    """Scan one sheet. Raises ``Fault`` ``sheet-area``, ``sheet-cells``, ``sheet-merged`` as soon as a limit
    breaks."""
    reader = _Reader(sheet, book, limits)
    scan_member(archive, member, reader.start, reader.end, reader.text)
    return reader.scan


class _Reader:
    """The state between the elements of a sheet."""

    def __init__(self, sheet: str, book: BookScan, limits: Limits) -> None:
        self.scan = SheetScan()
        self._sheet, self._book, self._limits = sheet, book, limits
        self._row = self._column = self._last_column = -1
        self._kind = self._style = self._text = ""
        self._in_cell = self._in_value = self._has_formula = self._has_value = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "row":
            self._start_row(attributes)
        elif self._in_cell:
            self._has_formula |= tag == "f"
            self._in_value = tag in ("v", "t")
            self._has_value |= self._in_value
        elif tag == "mergeCell":
            self.scan.merged += 1
            if self.scan.merged > self._limits.merged:
                raise Fault("sheet-merged", sheet=self._sheet, limit=self._limits.merged)

    def text(self, data: str) -> None:
        if self._in_value and len(self._text) < 8:
            self._text += data

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._in_value = False
        elif tag == "c":
            self._in_cell = False
            if self._text or self._has_formula:
                self._close_cell()

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        row = _to_index(number, self._sheet) if number else self._row + 1
        if row <= self._row:
            self._refuse_order(row, 0)
        self._row, self._column, self._last_column = row, -1, -1
        self.scan.hidden_rows += attributes.get("hidden") in ("1", "true")

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._in_cell, self._in_value, self._has_formula, self._has_value = True, False, False, False
        self._text = ""
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            row, self._column = parse_reference(reference, self._sheet)
            if row != self._row:
                self._refuse_order(row, self._column)
        if self._column <= self._last_column:
            self._refuse_order(self._row, self._column)
        self._last_column = self._column

    def _refuse_order(self, row: int, column: int) -> NoReturn:
        """Rows and cells ascend in every lawful file; calamine would let the last of two equal ones win."""
        raise Fault("cell-order", sheet=self._sheet, cell=print_reference(row, column))

    def _close_cell(self) -> None:
        """Note a cell that holds something. One that only has a style does not: whole-column borders are usual."""
        scan, row, column = self.scan, self._row, self._column
        scan.note_cell(row, column, self._sheet, self._limits)
        if self._kind == "e":
            scan.note_error(row, column, self._text)
        elif self._has_formula and self._is_without_result():
            scan.note_formula(row, column)
        elif self._kind in ("n", "b", "d"):
            scan.note_value(row, column, self._book.format_of(int(self._style)) if self._style else "")
        else:
            scan.note_text(row)

    def _is_without_result(self) -> bool:
        """No ``<v>``, an empty one for a number, or the 0 that programs store which never calculated anything."""
        if self._kind == "str":
            return not self._has_value
        return not self._text or (self._book.is_uncalculated and self._text == "0")


def parse_reference(text: str, sheet: str = "") -> tuple[int, int]:
    """(row, column) from 0 of an A1 reference. Raises ``Fault`` beyond XFD1048576."""
    letters = text.rstrip("0123456789")
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        raise Fault("xml-broken", member=sheet, line=0, reason=f"cell reference {text[:20]}")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    if column > MAX_COLUMN:
        raise Fault("xml-broken", member=sheet, line=0, reason=f"cell reference {text[:20]}")
    return _to_index(text[len(letters) :], sheet), column - 1


def _to_index(text: str, sheet: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= MAX_ROW):
        raise Fault("xml-broken", member=sheet, line=0, reason=f"row number {text[:20]}")
    return int(text) - 1


def print_reference(row: int, column: int) -> str:
    """The A1 reference (单元格地址) of a row and column from 0: ``C5`` for (4, 2)."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
