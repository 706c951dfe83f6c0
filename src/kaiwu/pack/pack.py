"""A pack (内容包): a folder of YAML and CSV that makes a district run; no Python.

Owns the head of a pack, its files and its digest. What stands in the files is read by ``library``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kaiwu.figure.entry import Entry
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.table import Document, digest_value, parse_document
from kaiwu.table.document import MAX_BYTES

PACK_KEYS = ("pack", "zh", "en", "version", "jurisdiction", "depends", "synthetic", "note", "licence")
SUFFIXES = (".yaml", ".csv", ".md", ".toml")


@dataclass(frozen=True, slots=True)
class Pack:
    """One folder. ``files`` maps paths relative to it to their text; the digest covers the code, version and all files."""

    code: str
    zh: str
    en: str
    version: str
    jurisdiction: str
    depends: tuple[str, ...]
    is_synthetic: bool
    files: Mapping[str, str] = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the logical content: file names and texts with line ends unified."""
        return digest_value({"pack": self.code, "files": dict(self.files)})

    def document(self, name: str) -> Document:
        """A YAML file of the pack, parsed with places."""
        return parse_document(self.files[name], f"{self.code}/{name}")

    def names(self, folder: str, suffix: str = ".yaml") -> list[str]:
        """Files of one folder (or a single top file ``folder.yaml``), in order."""
        return sorted(
            n for n in self.files if n.endswith(suffix) and (n.startswith(f"{folder}/") or n == folder + suffix)
        )

    def rows(self, name: str) -> list[dict[str, str]]:
        """A CSV file of the pack as rows; cells are stripped text. Raises ``KaiwuError`` where it is malformed."""
        reader = csv.DictReader(io.StringIO(self.files[name]))
        try:
            rows = list(reader)
        except csv.Error as error:
            where = f"{self.code}/{name}:{reader.line_num}"
            raise KaiwuError(
                Problem("P-CSV", f"CSV 写法有误: {error}", f"the CSV cannot be read: {error}", where=where)
            ) from error
        for line, row in enumerate(rows, start=2):
            if any(row.get(None) or ()):
                zh, en = f"第 {line - 1} 行的单元格多于表头", f"row {line - 1} has more cells than the head"
                raise KaiwuError(Problem("P-CSV", zh, en, where=f"{self.code}/{name}:{line}"))
        return [{(k or "").strip(): (v or "").strip() for k, v in row.items() if k is not None} for row in rows]


def read_pack(folder: Path) -> Pack:
    """Read the folder of a pack. Raises ``KaiwuError`` if ``pack.yaml`` is missing or wrong."""
    head = folder / "pack.yaml"
    if not head.is_file():
        raise KaiwuError(
            Problem(
                "P-NONE",
                "这里没有 pack.yaml, 不是内容包",
                "there is no pack.yaml: this is no pack",
                where=str(folder.name),
            )
        )
    return make_pack(_read_files(folder), folder.name)


def _read_files(folder: Path) -> dict[str, str]:
    files: dict[str, str] = {}
    inner_packs = {p.parent for p in folder.rglob("pack.yaml")} - {folder}
    for path in sorted(folder.rglob("*")):
        if path.suffix not in SUFFIXES or not path.is_file() or any(p in path.parents for p in inner_packs):
            continue
        if path.stat().st_size > MAX_BYTES:
            raise KaiwuError(Problem("P-SIZE", "文件过大", "the file is too large", where=path.name))
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise KaiwuError(
                Problem("T-YAML-UTF8", "不是 UTF-8, 请另存为 UTF-8", "not UTF-8: save it as UTF-8", where=name)
            ) from error
    return files


def make_pack(files: Mapping[str, str], name: str = "") -> Pack:
    """A pack from its files, as frozen in a run or read from a folder."""
    document = parse_document(files["pack.yaml"], f"{name}/pack.yaml")
    problems: list[Problem] = []
    entry = Entry(document, (), document.data if isinstance(document.data, dict) else {}, problems)
    entry.check_keys(PACK_KEYS)
    pack = Pack(
        code=entry.text("pack", required=True),
        zh=entry.text("zh", required=True),
        en=entry.text("en", required=True),
        version=entry.text("version", required=True),
        jurisdiction=entry.text("jurisdiction"),
        depends=entry.texts("depends"),
        is_synthetic=entry.flag("synthetic", False),
        files=dict(files),
    )
    if problems:
        raise KaiwuError(problems)
    return pack
