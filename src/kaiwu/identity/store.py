"""Batches of the register on disk: one Parquet file each and a manifest; files are added, never changed.

Owns the folder: numbered files ``identity-000001.parquet`` and ``manifest.jsonl`` with file, sha256,
digest, rows, known_at, source. A file that the manifest does not list was never completely written and is
ignored. It does not own what the facts mean (``register``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from kaiwu.identity.batch import Batch, batch_from_frame, batch_to_frame
from kaiwu.quantity.problem import KaiwuError, Problem
from kaiwu.table.digest import digest_frame, digest_value

MANIFEST = "manifest.jsonl"


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One batch file as the manifest records it (清单行)."""

    file: str
    sha256: str  # of the file's bytes: has it been touched?
    digest: str  # of the logical content: is it the same batch?
    rows: int
    known_at: str
    source: str


def digest_batch(batch: Batch) -> str:
    """SHA-256 of what a batch says: its facts in order, its day and its source."""
    facts = digest_frame(batch_to_frame(batch).with_row_index("row"), ["row"])
    return digest_value([facts, batch.known_at, batch.source])


def digest_batches(batches: Iterable[Batch]) -> str:
    """SHA-256 of a whole register; a run that used it stores this."""
    return digest_value([digest_batch(b) for b in batches])


def read_manifest(folder: Path) -> tuple[ManifestLine, ...]:
    """The lines of a folder's manifest, oldest first; none for a folder that has not been written yet."""
    path = folder / MANIFEST
    if not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    try:
        return tuple(ManifestLine(**json.loads(line)) for line in lines)
    except (ValueError, TypeError) as e:
        zh, en = "清单文件损坏, 请从备份恢复", "the manifest is damaged: restore it from a copy"
        raise KaiwuError(Problem("I-STORE-MANIFEST", zh, en, where=MANIFEST)) from e


def save_batches(folder: Path, batches: Sequence[Batch]) -> int:
    """Write the batches that the folder does not have yet; returns how many.

    Raises ``KaiwuError`` and writes nothing if the folder holds other batches than the ones before them.
    """
    known = read_manifest(folder)
    if [line.digest for line in known] != [digest_batch(b) for b in batches[: len(known)]]:
        zh = "文件夹中已有别的批次, 请先重新载入再追加"
        en = "the folder holds batches that this register does not know: load it again, then append"
        raise KaiwuError(Problem("I-STORE-DIVERGED", zh, en, where=folder.name))
    folder.mkdir(parents=True, exist_ok=True)
    lines = list(known)
    for number, batch in enumerate(batches[len(known) :], start=len(known) + 1):
        lines.append(_write_batch(folder, number, batch))
        text = "".join(json.dumps(asdict(line), ensure_ascii=False) + "\n" for line in lines)
        _replace_file(folder / MANIFEST, text.encode())
    return len(batches) - len(known)


def load_batches(folder: Path, known_at: dt.date | None = None) -> tuple[Batch, ...]:
    """The batches of a folder, oldest first; with ``known_at`` only what was known by that day.

    Raises ``KaiwuError`` where a file is missing or was changed after it was written.
    """
    lines = read_manifest(folder)
    if known_at is not None:
        lines = tuple(line for line in lines if dt.date.fromisoformat(line.known_at) <= known_at)
    return tuple(_read_batch(folder, line) for line in lines)


def _write_batch(folder: Path, number: int, batch: Batch) -> ManifestLine:
    path = folder / f"identity-{number:06d}.parquet"
    part = path.with_suffix(".part")
    frame = batch_to_frame(batch)
    frame.write_parquet(part)
    raw = part.read_bytes()
    _replace_file(path, raw)
    part.unlink()
    sha256 = hashlib.sha256(raw).hexdigest()
    return ManifestLine(path.name, sha256, digest_batch(batch), frame.height, batch.known_at.isoformat(), batch.source)


def _replace_file(path: Path, raw: bytes) -> None:
    """Put a whole file in place at once: readers see the old one or the new one."""
    part = path.with_name(path.name + ".new")
    with part.open("wb") as f:
        f.write(raw)
        f.flush()
        os.fsync(f.fileno())
    part.replace(path)


def _read_batch(folder: Path, line: ManifestLine) -> Batch:
    path = folder / line.file
    raw = path.read_bytes() if path.is_file() and path.parent == folder else b""
    if hashlib.sha256(raw).hexdigest() != line.sha256:
        zh, en = (
            "批次文件缺失或被改动, 请从备份恢复",
            "the batch file is missing or was changed: restore it from a copy",
        )
        raise KaiwuError(Problem("I-STORE-CHANGED", zh, en, where=line.file))
    return batch_from_frame(pl.read_parquet(raw), dt.date.fromisoformat(line.known_at), line.source)
