"""The parts of an .xlsx beside its sheets (工作簿结构): sheet list, number formats, date system.

Owns which file holds which sheet and which cell style shows percent or scaled numbers. Cells are ``sheet_scan``.
"""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass, field

from .fault import Fault
from .xml_stream import scan_member

PERCENT_BUILTIN = {9: "0%", 10: "0.00%"}
# Dates of the Chinese built-in formats, which have no code in styles.xml (ECMA-376 part 1, 18.8.30, zh-cn).
DATE_BUILTIN = frozenset({27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58})
DATE_FORMAT = "date"
_GENERAL = frozenset({"General", "GENERAL", "G/通用格式", "@"})


@dataclass(slots=True)
class SheetPart:
    """One sheet of the list: its name, the file that holds it, whether people see it."""

    name: str
    member: str
    is_visible: bool


@dataclass(slots=True)
class BookScan:
    """What the workbook parts say. ``formats`` is by cell style: the number format where it changes the
    meaning of a number (a code with ``%``, scaling commas, letters; ``date``), else empty."""

    sheets: list[SheetPart] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    is_1904: bool = False
    is_uncalculated: bool = False
    """The writer asks for a full calculation on opening: a program made it, and its stored results may be fillers."""

    def format_of(self, style: int) -> str:
        """The telling number format of a cell style, or empty."""
        return self.formats[style] if 0 <= style < len(self.formats) else ""


def scan_book(archive: zipfile.ZipFile) -> BookScan:
    """Read workbook, relations and styles. Raises ``Fault`` ``not-xlsx`` where there is no workbook part."""
    main = _find_main(archive)
    base = posixpath.dirname(main)
    targets = _scan_relations(archive, _relations_of(main))
    book = BookScan()
    _scan_workbook(archive, main, base, targets, book)
    styles = next((t for kind, t in targets.values() if kind.endswith("/styles")), None)
    if styles is not None and _resolve(base, styles) in archive.namelist():
        book.formats = _scan_styles(archive, _resolve(base, styles))
    return book


def _find_main(archive: zipfile.ZipFile) -> str:
    if "_rels/.rels" in archive.namelist():
        for kind, target in _scan_relations(archive, "_rels/.rels").values():
            if kind.endswith("/officeDocument") and _resolve("", target) in archive.namelist():
                return _resolve("", target)
    if "xl/workbook.xml" in archive.namelist():
        return "xl/workbook.xml"
    raise Fault("not-xlsx")


def _relations_of(member: str) -> str:
    folder, name = posixpath.split(member)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _resolve(base: str, target: str) -> str:
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(base, target))


def _scan_relations(archive: zipfile.ZipFile, member: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        # A link to the outside is never followed.
        if tag == "Relationship" and attributes.get("TargetMode", "Internal") == "Internal":
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), attributes.get("Target", ""))

    if member in archive.namelist():
        scan_member(archive, member, start)
    return found


def _scan_workbook(
    archive: zipfile.ZipFile, main: str, base: str, targets: dict[str, tuple[str, str]], book: BookScan
) -> None:
    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "workbookPr":
            book.is_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif tag == "calcPr":
            book.is_uncalculated = attributes.get("fullCalcOnLoad", "0") in ("1", "true")
        elif tag == "sheet":
            relation = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id" and ":" in k), "")
            kind, target = targets.get(relation, ("", ""))
            if kind.endswith("/worksheet"):
                is_visible = attributes.get("state", "visible") == "visible"
                book.sheets.append(SheetPart(attributes.get("name", ""), _resolve(base, target), is_visible))

    scan_member(archive, main, start)
    names = set(archive.namelist())
    for sheet in book.sheets:
        if sheet.member not in names:
            raise Fault("zip-broken", reason=f"{sheet.name}: {sheet.member} is missing")


def _scan_styles(archive: zipfile.ZipFile, member: str) -> list[str]:
    codes: dict[int, str] = {}
    styles: list[int] = []
    inside: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt" and "dxfs" not in inside:
            codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif tag == "xf" and inside and inside[-1] == "cellXfs":
            styles.append(_number(attributes.get("numFmtId")))
        inside.append(tag)

    def end(_: str) -> None:
        inside.pop()

    scan_member(archive, member, start, end)
    return [telling_format(n, codes) for n in styles]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def telling_format(number: int, codes: dict[int, str]) -> str:
    """The code of a number format by its id: the file's own, percent, ``date`` for the Chinese dates, else empty."""
    if number in codes:
        return "" if codes[number] in _GENERAL else codes[number]
    return DATE_FORMAT if number in DATE_BUILTIN else PERCENT_BUILTIN.get(number, "")
