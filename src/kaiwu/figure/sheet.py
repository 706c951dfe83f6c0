"""Sheets of typed cells (表页), as a sender wrote them, with the address of every cell.

Owns cells, addresses and merged ranges. It does not own where they come from (``workbook``), where the table
in a sheet begins (``layout``) or what a cell means (``cell_value``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kaiwu.figure.reading.sheet_scan import print_reference
from kaiwu.quantity.problem import KaiwuError, Problem

Place = tuple[int, int]
"""Row and column, both from 0."""


class CellKind(StrEnum):
    """What sort of content a cell has."""

    BLANK = "blank"
    TEXT = "text"
    NUMBER = "number"  # text holds the shortest decimal spelling
    DATE = "date"  # text is 2024-06-30
    TIME = "time"  # a time of day, or a moment that is no whole day
    FLAG = "flag"  # TRUE or FALSE, text is 1 or 0
    ERROR = "error"  # #DIV/0!, #N/A …
    FORMULA = "formula"  # a formula without a stored result


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell (单元格). ``format`` is the number format where it may change the meaning, such as ``0.00%``."""

    kind: CellKind
    text: str
    format: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing visible stands in the cell."""
        return self.kind == CellKind.BLANK or (self.kind == CellKind.TEXT and not self.text.strip(_INVISIBLE))


_INVISIBLE = " \t\r\n\u3000\u00a0\u200b\u200c\u200d\u2060\ufeff"
BLANK = Cell(CellKind.BLANK, "")


@dataclass(slots=True)
class Sheet:
    """One sheet (表页): rows that hold something, by row number from 0; cells stand from column ``left`` on.

    ``has_formats`` is false where number formats are unknown (CSV). ``merged`` has (top, left, bottom,
    right), inclusive, from 0.
    """

    name: str
    file: str
    rows: dict[int, tuple[Cell, ...]] = field(default_factory=dict)
    left: int = 0
    merged: tuple[tuple[int, int, int, int], ...] = ()
    is_visible: bool = True
    has_formats: bool = True
    encoding: str = ""
    hidden_rows: int = 0
    width: int = 0
    """Columns from ``left`` to the last cell of the longest row."""
    _anchors: dict[Place, Place] | None = field(default=None, repr=False)

    def add_row(self, row: int, cells: tuple[Cell, ...]) -> None:
        """Put a row of cells, which begin at column ``left``."""
        self.rows[row] = cells
        self.width = max(self.width, len(cells))

    @property
    def columns(self) -> range:
        """Numbers of the columns in use."""
        return range(self.left, self.left + self.width)

    @property
    def is_text_file(self) -> bool:
        """Whether the sheet is a CSV file, where every cell is text and merging is unknown."""
        return bool(self.encoding)

    def cell(self, row: int, column: int) -> Cell:
        """The cell as it stands; blank outside and in all but the first cell of a merged range."""
        cells = self.rows.get(row, ())
        at = column - self.left
        return cells[at] if 0 <= at < len(cells) else BLANK

    def anchor(self, row: int, column: int) -> Place:
        """The first cell of the merged range that covers a cell, else the cell itself."""
        return self._anchor_map().get((row, column), (row, column))

    def is_merged(self, row: int, column: int) -> bool:
        """Whether a merged range covers the cell."""
        return (row, column) in self._anchor_map()

    def filled(self, row: int, column: int) -> Cell:
        """The cell, or the content of the merged range that covers it."""
        return self.cell(*self.anchor(row, column))

    def cells(self) -> Iterator[tuple[int, int, Cell]]:
        """All cells that are not blank, with row and column."""
        for row in sorted(self.rows):
            for at, cell in enumerate(self.rows[row]):
                if not cell.is_blank:
                    yield row, self.left + at, cell

    def print_place(self, row: int, column: int) -> str:
        """``file|sheet|C5``, the place kept with a figure."""
        return f"{self.file}|{self.name}|{print_reference(row, column)}"

    def print_where(self, row: int, column: int) -> str:
        """The place in words of a problem: ``file 表页“sheet” C5``."""
        return f"{self.file} 表页“{self.name}” {print_reference(row, column)}"

    def check_merged(self) -> None:
        """Raise ``KaiwuError`` ``IN-MERGED-OVERLAP`` for merged ranges that together cover more than the sheet."""
        bottom, right = max(self.rows, default=-1), self.columns.stop - 1
        covered = sum(
            max(0, min(each[2], bottom) - each[0] + 1) * max(0, min(each[3], right) - each[1] + 1)
            for each in self.merged
        )
        if covered > (bottom + 1) * (right + 1):
            zh = "合并单元格互相重叠, 请取消合并后重新上传"
            en = "merged ranges overlap: unmerge them and send the file again"
            raise KaiwuError(Problem("IN-MERGED-OVERLAP", zh, en, where=f"{self.file} 表页“{self.name}”"))

    def _anchor_map(self) -> Mapping[Place, Place]:
        if self._anchors is None:
            last_row, columns = max(self.rows, default=-1), self.columns
            self._anchors = {
                (r, c): (top, left)
                for top, left, bottom, right in self.merged
                for r in range(top, min(bottom, last_row) + 1)
                for c in range(left, min(right, columns.stop - 1) + 1)
            }
        return self._anchors
