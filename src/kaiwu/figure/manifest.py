"""The manifest (清单) of a figure store: one JSON line for each Parquet file, in the order they were added.

Owns the shape of a line, reading the file and adding to it. It does not own the Parquet files. A line is
final once its newline is on disk: a last line without one is the trace of a crash and counts for nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kaiwu.quantity.problem import KaiwuError, Problem

MANIFEST_NAME = "manifest.jsonl"


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One Parquet file: a ``batch`` of new figures, or a ``snapshot`` of batches 1 to ``batch``.

    ``sha256`` is of the file's bytes, ``digest`` of its logical content; ``known_at`` is the day on which a
    batch was recorded, of a snapshot that of its last batch. ``covers`` names the batches in the file.
    """

    batch: int
    kind: str
    file: str
    sha256: str
    rows: int
    known_at: dt.date
    source: str
    covers: tuple[int, int]
    digest: str

    def to_json(self) -> str:
        """The line as it stands in the file, without its newline."""
        plain = asdict(self) | {"known_at": self.known_at.isoformat(), "covers": list(self.covers)}
        return json.dumps(plain, ensure_ascii=False, sort_keys=True)


def read_manifest(folder: Path) -> list[ManifestLine]:
    """All finished lines, oldest first. Raises ``KaiwuError`` that names the line which makes no sense."""
    lines: list[ManifestLine] = []
    for number, text in _finished_lines(folder / MANIFEST_NAME):
        where = f"{folder.name}/{MANIFEST_NAME}:{number}"
        try:
            line = _parse_line(json.loads(text))
        except (ValueError, KeyError, TypeError) as e:
            zh, en = (
                "清单的这一行不可读, 请从备份恢复",
                "this line of the manifest is unreadable; restore it from a backup",
            )
            raise KaiwuError(Problem("F-STORE-MANIFEST", zh, en, where=where, text=text[:120])) from e
        last = max((earlier.batch for earlier in lines), default=0)
        if line.batch != (last + 1 if line.kind == "batch" else last) or line.covers[1] != line.batch:
            zh = f"清单的批次号不连续: 第 {last} 批之后是 {line.kind} {line.batch}; 请从备份恢复"
            en = f"batches are not in sequence: {line.kind} {line.batch} after {last}; restore a backup"
            raise KaiwuError(Problem("F-STORE-MANIFEST", zh, en, where=where))
        lines.append(line)
    return lines


def has_torn_line(folder: Path) -> bool:
    """Whether the file ends in a line that a crash cut short."""
    path = folder / MANIFEST_NAME
    return path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size > 0


def add_line(folder: Path, line: ManifestLine) -> None:
    """Add a line and bring it to disk; a torn line at the end is cut away. The caller holds the lock."""
    path = folder / MANIFEST_NAME
    with path.open("r+b" if path.exists() else "w+b") as f:
        content = f.read()
        f.seek(content.rfind(b"\n") + 1)
        f.truncate()
        f.write(line.to_json().encode() + b"\n")
        f.flush()
        os.fsync(f.fileno())


def _finished_lines(path: Path) -> Iterator[tuple[int, str]]:
    if not path.exists():
        return
    content = path.read_bytes()
    finished = content[: content.rfind(b"\n") + 1]
    for number, raw in enumerate(finished.splitlines(), start=1):
        yield number, raw.decode("utf-8", errors="replace")


def _parse_line(data: dict[str, Any]) -> ManifestLine:
    first, last = data["covers"]
    known_at = dt.date.fromisoformat(data["known_at"])
    line = ManifestLine(**data | {"covers": (int(first), int(last)), "known_at": known_at})
    if line.kind not in ("batch", "snapshot") or Path(line.file).name != line.file:
        raise ValueError(line.kind)
    return line
