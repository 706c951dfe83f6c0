"""Workbooks and CSV files (工作簿) into sheets of cells, read by a limited child process.

Owns starting, bounding and hearing the child; a file that breaks it is a located error here and nothing
worse. What the child does is the folder ``reading``; what a fault is called in words is ``file_fault``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from kaiwu.figure.file_fault import word_fault
from kaiwu.figure.number_text import spell_number
from kaiwu.figure.reading.fault import Limits
from kaiwu.figure.sheet import BLANK, Cell, CellKind, Sheet
from kaiwu.quantity.problem import KaiwuError, Problem

# The folder ``reading`` becomes a package of its own in the child, without a search path that others could fill.
_BOOT = """
import importlib.util, sys
folder = sys.argv.pop(1)
spec = importlib.util.spec_from_file_location("reading", folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules["reading"] = importlib.util.module_from_spec(spec)
from reading.process import main
main()
"""
_KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "SYSTEMROOT")  # what a Python itself may need to start
_KINDS = {
    "n": CellKind.NUMBER,
    "d": CellKind.DATE,
    "t": CellKind.TIME,
    "b": CellKind.FLAG,
    "e": CellKind.ERROR,
    "f": CellKind.FORMULA,
}


def read_workbook(source: Path | bytes, *, name: str = "", limits: Limits | None = None) -> list[Sheet]:
    """Read all sheets of an .xlsx, .xls or .csv (工作簿), hidden ones too (``is_visible`` says so).

    ``source`` is a path, or the bytes of a file whose ``name`` (with extension) is given. Raises ``KaiwuError`` with
    one problem ``IN-FILE-…`` for whatever makes the file unreadable; never hangs, never exhausts the memory.
    """
    limits = limits or Limits()
    name = name or (source.name if isinstance(source, Path) else "")
    with _open_source(source, name) as stream:
        return list(_collect(_run_child(stream, Path(name).suffix.lower(), name, limits), name))


def choose_sheet(sheets: Iterable[Sheet], name: str) -> Sheet:
    """The one visible sheet with content. Raises ``KaiwuError`` where there are none or several."""
    filled = [sheet for sheet in sheets if sheet.is_visible and sheet.rows]
    if len(filled) != 1:
        zh = f"要恰好一个有内容的表页, 现有 {len(filled)} 个"
        en = f"exactly one sheet with content is wanted, there are {len(filled)}"
        raise KaiwuError(Problem("IN-SHEET-NONE", zh, en, where=name))
    return filled[0]


@contextmanager
def _open_source(source: Path | bytes, name: str) -> Iterator[IO[bytes]]:
    if isinstance(source, bytes):
        with tempfile.TemporaryFile() as held:
            held.write(source)
            held.seek(0)
            yield held
        return
    try:
        stream = source.open("rb")
    except OSError as flaw:
        raise KaiwuError(word_fault("unreadable", {"reason": flaw.strerror or str(flaw)}, name)) from flaw
    with stream:
        yield stream


def _run_child(stream: IO[bytes], extension: str, name: str, limits: Limits) -> Iterator[Any]:
    """Yield the child's lines up to its end mark; a fault, a crash or silence is a ``KaiwuError``."""
    folder = str(Path(__file__).parent / "reading")
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", _BOOT, folder, extension, json.dumps(limits.to_dict())],
        stdin=stream,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ},
    )
    clock = threading.Timer(limits.seconds, child.kill)
    clock.start()
    rows = 0
    try:
        for line in _lines(child, limits, name):
            if isinstance(line, dict) and "fault" in line:
                raise KaiwuError(word_fault(line["fault"], line["particulars"], name))
            if isinstance(line, dict) and "end" in line:
                assert line["end"] == rows, "rows read and rows sent differ"
                return
            rows += isinstance(line, list)
            yield line
        raise KaiwuError(word_fault("killed", {"seconds": limits.seconds}, name))
    finally:
        clock.cancel()
        child.kill()
        child.communicate()


def _lines(child: subprocess.Popen[bytes], limits: Limits, name: str) -> Iterator[Any]:
    assert child.stdout is not None
    left = limits.output_bytes
    while raw := child.stdout.readline(left + 1):
        left -= len(raw)
        if left < 0:
            raise KaiwuError(word_fault("memory", {}, name))
        if not raw.endswith(b"\n"):
            return  # cut off in the middle: the child is dead
        yield json.loads(raw)


def _collect(lines: Iterator[Any], file: str) -> Iterator[Sheet]:
    sheet: Sheet | None = None
    formats: list[str] = []
    for line in lines:
        if isinstance(line, dict):
            if sheet is not None:
                sheet.check_merged()
                yield sheet
            formats = line["formats"]
            sheet = _open_sheet(line, file)
        else:
            assert sheet is not None, "a row before its sheet"
            sheet.add_row(line[0], tuple(_unpack(cell, formats) for cell in line[1]))
    if sheet is not None:
        sheet.check_merged()
        yield sheet


def _open_sheet(line: dict[str, Any], file: str) -> Sheet:
    return Sheet(
        name=line["sheet"],
        file=file,
        left=line["left"],
        merged=tuple((top, left, bottom, right) for top, left, bottom, right in line["merged"]),
        is_visible=line["visible"],
        has_formats=line["has_formats"],
        encoding=line["encoding"],
        hidden_rows=line["hidden_rows"],
    )


def _unpack(packed: Any, formats: list[str]) -> Cell:
    if packed is None or packed == "":
        return BLANK
    if isinstance(packed, str):
        return Cell(CellKind.TEXT, packed)
    kind, text = _KINDS[packed[0]], packed[1]
    if kind == CellKind.NUMBER:
        spelled = spell_number(text)
        kind, text = (kind, spelled) if spelled else (CellKind.ERROR, text)
    return Cell(kind, text, formats[packed[2]] if len(packed) > 2 else "")
