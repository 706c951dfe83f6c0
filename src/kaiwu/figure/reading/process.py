"""The reader process (读入子进程): one file in on standard input, cells out as JSON lines, then gone.

Owns the limits on itself and the protocol. It runs as ``python -I`` with this folder as its only package of ours,
reads no other file, writes none, and is killed by its parent when it is too slow. Lines out, in order:

* ``{"sheet": name, "visible": bool, "encoding": text, "has_formats": bool, "formats": [code…], "merged":
  [[top, left, bottom, right]…], "left": int, "hidden_rows": int}``
* ``[row, [cell…]]`` for each row that holds something; a cell is ``null``, a text, or ``[tag, text,
  format?]`` with tag ``n`` number, ``d`` date, ``t`` time or moment, ``b`` truth value, ``e`` error value,
  ``f`` formula without result;
* ``{"end": rows}`` or ``{"fault": code, "particulars": {…}}``.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .archive import open_archive
from .biff_scan import scan_xls
from .book_scan import DATE_FORMAT, scan_book
from .csv_read import read_csv
from .encoding import decode_text
from .fault import Fault, Limits
from .file_kind import TEXT, XLSX, find_kind
from .sheet_scan import ERROR, FORMULA, SheetScan, scan_sheet

Cell = Any  # one cell of the protocol
_EPOCH = dt.date(1899, 12, 30)
_EPOCH_1904 = dt.date(1904, 1, 1)
MAX_SERIAL = 2_958_465  # 9999-12-31


@dataclass(slots=True)
class _SheetOut:
    """A sheet on its way out; rows are (row, cells) with cells from column ``left`` on."""

    name: str
    is_visible: bool = True
    encoding: str = ""
    has_formats: bool = True
    formats: list[str] = field(default_factory=list)
    merged: list[list[int]] = field(default_factory=list)
    left: int = 0
    hidden_rows: int = 0

    def head(self) -> dict[str, Any]:
        """The line that opens the sheet."""
        return {
            "sheet": self.name,
            "visible": self.is_visible,
            "encoding": self.encoding,
            "has_formats": self.has_formats,
            "formats": self.formats,
            "merged": self.merged,
            "left": self.left,
            "hidden_rows": self.hidden_rows,
        }


def main() -> None:
    """Read ``argv[1]`` (the extension) and ``argv[2]`` (limits as JSON); write lines; never raise."""
    limits = Limits(**json.loads(sys.argv[2]))
    limit_self(limits)
    count = 0
    try:
        for line in read_lines(sys.stdin.buffer.read(limits.file_bytes + 1), sys.argv[1], limits):
            count += isinstance(line, list)
            _write(line)
        _write({"end": count})
    except Fault as fault:
        _write({"fault": fault.code, "particulars": fault.particulars})
    except MemoryError:
        _write({"fault": "memory", "particulars": {}})
    except BaseException as flaw:  # calamine panics with an exception that is no Exception
        _write({"fault": "broken", "particulars": {"reason": f"{type(flaw).__name__}: {flaw}"[:300]}})
    sys.stdout.flush()


def _write(line: object) -> None:
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def limit_self(limits: Limits) -> None:
    """Give up memory, time, files and core dumps beyond the limits; where the system has no such limits, the
    parent's clock and the scans remain."""
    try:
        import resource
    except ImportError:
        return
    wanted = (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    )
    for which, amount in wanted:
        _, hard = resource.getrlimit(which)
        ceiling = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(which, (ceiling, ceiling))


def read_lines(data: bytes, extension: str, limits: Limits) -> Iterator[dict[str, Any] | list[Any]]:
    """The lines of one file, without the last one. Raises ``Fault`` and whatever calamine raises."""
    if len(data) > limits.file_bytes:
        raise Fault("file-size", size=len(data), limit=limits.file_bytes)
    kind = find_kind(data, extension)
    if kind == TEXT:
        text, encoding = decode_text(data)
        yield _SheetOut("CSV", encoding=encoding, has_formats=False).head()
        for number, row in enumerate(read_csv(text, limits)):
            if any(row):
                yield [number, row]
        return
    yield from _read_xlsx(data, limits) if kind == XLSX else _read_xls(data, limits)


def _read_xlsx(data: bytes, limits: Limits) -> Iterator[Any]:
    archive = open_archive(io.BytesIO(data), limits)
    book = scan_book(archive)
    scans = [scan_sheet(archive, part.member, part.name, book, limits) for part in book.sheets]
    if sum(scan.cells for scan in scans) > limits.cells:
        raise Fault("sheet-cells", sheet="*", limit=limits.cells)
    workbook = _open_calamine(data)
    for part, scan in zip(book.sheets, scans, strict=True):
        yield from _read_sheet(workbook, _SheetOut(part.name, part.is_visible), scan, book.is_1904)


def _read_xls(data: bytes, limits: Limits) -> Iterator[Any]:
    book = scan_xls(data, limits)
    workbook = _open_calamine(data)
    names = workbook.sheet_names
    if len(names) != len(book.sheets):
        raise Fault("broken", reason=f"{len(names)} sheets read, {len(book.sheets)} declared")
    for name, part in zip(names, book.sheets, strict=True):
        if part.is_worksheet:
            yield from _read_sheet(workbook, _SheetOut(name, part.is_visible), part.scan, book.is_1904)


def _open_calamine(data: bytes) -> Any:
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as flaw:
        raise Fault("encrypted") from flaw


def _read_sheet(workbook: Any, out: _SheetOut, scan: SheetScan, is_1904: bool) -> Iterator[Any]:
    if not scan.cells:
        yield out.head()
        return
    sheet = workbook.get_sheet_by_name(out.name)
    top, left = sheet.start or (scan.top, scan.left)
    out.left, out.hidden_rows = min(left, scan.left), scan.hidden_rows
    out.merged = [[*a, *b] for a, b in sheet.merged_cell_ranges or []]
    known = {code: i for i, code in enumerate(sorted(set(scan.flags.values()) - {ERROR, FORMULA}))}
    out.formats = list(known)
    yield out.head()
    rows = sheet.to_python(skip_empty_area=True) if sheet.start else []
    for number in range(min(top, scan.top), max(scan.bottom + 1, top + len(rows))):
        values = rows[number - top] if top <= number < top + len(rows) else []
        _check_count(out.name, scan, number, values)
        line = _merge_row(number, out.left, left, values, scan, known, is_1904)
        if any(cell is not None for cell in line):
            yield [number, line]


def _check_count(name: str, scan: SheetScan, number: int, values: list[Any]) -> None:
    """The reader must return what the scan saw: no row is lost between the two."""
    found = sum(1 for v in values if v != "")
    certain, texts = scan.certain.get(number, 0), scan.texts.get(number, 0)
    if not certain <= found <= certain + texts:
        raise Fault("rows-differ", sheet=name, row=number + 1, scanned=certain, read=found)


def _merge_row(
    number: int,
    first: int,
    left: int,
    values: list[Any],
    scan: SheetScan,
    known: dict[str, int],
    is_1904: bool,
) -> list[Cell]:
    line: list[Cell] = [None] * (scan.right - first + 1)
    for offset, value in enumerate(values, start=left - first):
        if value != "":
            while offset >= len(line):
                line.append(None)
            line[offset] = _pack(value, scan.flags.get((number, first + offset), ""), known, is_1904)
    for offset in range(len(line)):
        flag = scan.flags.get((number, first + offset))
        if flag == ERROR:
            line[offset] = ["e", scan.errors[number, first + offset]]
        elif flag == FORMULA:
            line[offset] = ["f", ""]
    return line


def _pack(value: Any, flag: str, known: dict[str, int], is_1904: bool) -> Cell:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return ["b", "1" if value else "0"]
    if isinstance(value, (int, float)):
        return _pack_number(value, flag, known, is_1904)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return ["d", value.isoformat()]
    return ["t", value.isoformat() if isinstance(value, (dt.datetime, dt.time)) else str(value)]


def _pack_number(value: int | float, flag: str, known: dict[str, int], is_1904: bool) -> Cell:
    if flag == DATE_FORMAT and float(value).is_integer() and 0 < value <= MAX_SERIAL:
        day = (_EPOCH_1904 if is_1904 else _EPOCH) + dt.timedelta(days=int(value))
        return ["d", day.isoformat()]
    packed = ["n", repr(value)]
    return [*packed, known[flag]] if flag in known else packed
