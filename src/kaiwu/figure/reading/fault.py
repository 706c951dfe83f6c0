"""Why a file cannot be read (读入故障): a code and its particulars, worded by the parent process.

Owns the exception and the limits that raise it. It owns no wording, because the child speaks to a program.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


class Fault(Exception):
    """Reading must stop. ``code`` is a key of ``kaiwu.figure.file_fault.WORDING``; ``particulars`` fill its
    blanks."""

    def __init__(self, code: str, **particulars: str | int) -> None:
        self.code = code
        self.particulars = particulars
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost (读入上限). The defaults hold a province of firms with room to spare."""

    file_bytes: int = 256 * 1024 * 1024
    """Size on disk; 14,000 firms × 40 columns are 3 MB as .xlsx and 6 MB as .csv."""
    members: int = 4_000
    """Files in one .xlsx; a workbook of 200 sheets with drawings has about 1,000."""
    unpacked_bytes: int = 1024 * 1024 * 1024
    """Sum of the unpacked sizes, pictures included."""
    ratio: int = 250
    """Unpacked to packed size of one member beyond ``ratio_floor_bytes``; real sheets stay below 60."""
    ratio_floor_bytes: int = 4 * 1024 * 1024
    cells: int = 5_000_000
    """Cells that hold something, over all sheets."""
    area: int = 10_000_000
    """Rows × columns of the rectangle that holds one sheet's cells, because readers store the whole rectangle."""
    merged: int = 200_000
    """Merged ranges of one sheet."""
    text_chars: int = 32_767
    """Characters in one cell: Excel's own limit, kept for CSV too."""
    output_bytes: int = 1024 * 1024 * 1024
    """What the child may answer: one long shared text repeated in many cells unfolds here."""
    memory_bytes: int = 2 * 1024 * 1024 * 1024
    """Address space of the child."""
    seconds: int = 120
    """Time of the child, both on the clock and of the processor."""

    def to_dict(self) -> dict[str, int]:
        """Plain numbers, to hand over to the child."""
        return asdict(self)
