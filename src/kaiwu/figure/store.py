"""The figure store (数据仓): an append-only folder of Parquet batches with a manifest.

Owns writing batches without ever changing one, reading them as known on a day, and compaction. It does not
own what a figure may say (``figure.py``) or which figure answers (``frame.py``).

A batch is written beside its final name, brought to disk, renamed, and counts once its manifest line is on
disk; what a crash leaves behind is ignored and reported by ``check``. Every file is verified against its
SHA-256 each time it is read. Writers take a lock; readers need none, because nothing they read ever changes.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import io
import os
import time
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kaiwu.figure.figure import FIGURE_SCHEMA, STORED_SCHEMA, shape_figures
from kaiwu.figure.frame import Frame, Slot, build_frame
from kaiwu.figure.manifest import MANIFEST_NAME, ManifestLine, add_line, has_torn_line, read_manifest
from kaiwu.figure.variable import Variable
from kaiwu.quantity.problem import KaiwuError, Problem
from kaiwu.table import digest_frame, digest_value

LOCK_NAME = "lock"
LOCK_SECONDS = 60.0
"""A writer that waits longer than any import lasts gives up instead of hanging."""

ROW_GROUP = 131_072
"""Rows are ordered by variable: with small groups a reader skips the variables it does not ask for."""

_FILE_SCHEMA = pl.Schema({**FIGURE_SCHEMA, "batch": pl.Int64(), "row": pl.Int64(), "known_at": pl.Date()})


@dataclass(frozen=True, slots=True)
class FigureStore:
    """A folder of figures. The folder appears with the first batch."""

    folder: Path

    def append(self, figures: pl.DataFrame, known_at: dt.date, source: str) -> int:
        """Store figures (``FIGURE_SCHEMA``, any order) as one batch (批次) and return its number.

        ``known_at`` is the day of recording and never earlier than that of the batch before, so that what was
        known on a day stays what it was. ``source`` says where the batch came from. Raises ``KaiwuError`` and
        stores nothing where a figure is malformed, a cell has two values, or the day goes back.
        """
        shaped = shape_figures(figures)
        if not shaped.height:
            raise KaiwuError(Problem("F-STORE-EMPTY", "没有可入库的数据", "there is nothing to store", where=source))
        with self._lock():
            lines = read_manifest(self.folder)
            _check_day(lines, known_at)
            number = max((line.batch for line in lines), default=0) + 1
            rows = shaped.with_columns(
                batch=pl.lit(number, pl.Int64),
                row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
                known_at=pl.lit(known_at, pl.Date),
            )
            digest = _digest_batch(rows)
            file, sha256 = self._write(rows, f"batch-{number:06d}-{digest[:8]}.parquet")
            line = ManifestLine(number, "batch", file, sha256, rows.height, known_at, source, (number, number), digest)
            add_line(self.folder, line)
        return number

    def compact(self) -> int | None:
        """Add a snapshot of all batches, so that reading opens one file; old files stay as evidence.

        Returns the number of its last batch, or None where a snapshot would save nothing. The logical content
        of every batch is compared with its digest before the snapshot counts.
        """
        with self._lock():
            lines = read_manifest(self.folder)
            batches = [line for line in lines if line.kind == "batch"]
            if len(_files_to_read(lines, None)) < 2:
                return None
            last = batches[-1]
            rows = self._read(lines, None).collect()
            for line in batches:
                if _digest_batch(rows.filter(pl.col("batch") == line.batch)) != line.digest:
                    raise KaiwuError(_content_problem(f"{self.folder.name}/{line.file}"))
            digest = digest_value([line.digest for line in batches])
            file, sha256 = self._write(rows, f"snapshot-{last.batch:06d}-{digest[:8]}.parquet")
            covers = (1, last.batch)
            add_line(
                self.folder,
                ManifestLine(last.batch, "snapshot", file, sha256, rows.height, last.known_at, "", covers, digest),
            )
        return last.batch

    def scan(self, variables: Iterable[str] | None, known_at: dt.date) -> pl.DataFrame:
        """Figures (``STORED_SCHEMA``) of the variables recorded on or before a day; None means all variables.

        Rows stand in the order of batch and row. Raises ``KaiwuError`` for a missing or altered file.
        """
        return self.scan_lazily(variables, known_at).collect()

    def scan_lazily(self, variables: Iterable[str] | None, known_at: dt.date) -> pl.LazyFrame:
        """As ``scan``, read only as far as the query needs; files are verified now, not when collected."""
        rows = self._read(read_manifest(self.folder), known_at)
        if variables is not None:
            rows = rows.filter(pl.col("variable").is_in(sorted(set(variables))))
        return rows.with_columns(figure=pl.format("{}#{}", "batch", "row")).select(STORED_SCHEMA.names())

    def batches(self, known_at: dt.date | None = None) -> list[ManifestLine]:
        """Manifest lines of the batches recorded on or before a day (all without one), oldest first."""
        lines = read_manifest(self.folder)
        return [n for n in lines if n.kind == "batch" and (known_at is None or n.known_at <= known_at)]

    def manifest_digest(self, known_at: dt.date, batches: Collection[int] | None = None) -> str:
        """Digest of all that was known on a day: the logical content of every batch with its day and source.

        Compaction does not change it, nor do batches recorded later. ``batches`` leaves out all others.
        """
        chosen = [n for n in self.batches(known_at) if batches is None or n.batch in batches]
        return digest_value([[n.batch, n.known_at, n.source, n.rows, n.digest] for n in chosen])

    def only(self, batches: Collection[int]) -> ChosenBatches:
        """The figures of some batches alone, as a source of frames."""
        return ChosenBatches(self, tuple(sorted(batches)))

    def frame(
        self,
        population: pl.DataFrame,
        variables: Sequence[Variable | Slot],
        as_of: dt.date,
        known_at: dt.date,
        *,
        rated: int | None = None,
        purpose: str = "",
    ) -> Frame:
        """The frame of a population as of a date, as known at a date; see ``build_frame``.

        Without ``rated`` the last calendar year that has ended by ``as_of`` is rated.
        """
        slots = [Slot(item) if isinstance(item, Variable) else item for item in variables]
        year = (as_of + dt.timedelta(days=1)).year - 1 if rated is None else rated
        return build_frame(self, population, slots, rated=year, as_of=as_of, known_at=known_at, purpose=purpose)

    def check(self) -> list[Problem]:
        """Verify every file of the manifest and name what a crash left behind."""
        lines = read_manifest(self.folder)
        problems: list[Problem] = []
        for line in lines:
            try:
                self._load(line)
            except KaiwuError as e:
                problems += e.problems
        if has_torn_line(self.folder):
            zh, en = (
                "清单末行未写完(写入时中断), 已忽略",
                "the last line of the manifest was cut short and is ignored",
            )
            problems.append(Problem("F-STORE-TORN", zh, en, where=f"{self.folder.name}/{MANIFEST_NAME}"))
        known = {line.file for line in lines} | {MANIFEST_NAME, LOCK_NAME}
        for path in sorted(self.folder.iterdir()) if self.folder.exists() else ():
            if path.name not in known:
                zh = "文件不在清单中(写入中断的残留), 已忽略, 可以删除"
                en = "not in the manifest (left by an interrupted write); it is ignored and may be deleted"
                problems.append(Problem("F-STORE-ORPHAN", zh, en, where=f"{self.folder.name}/{path.name}"))
        return problems

    def _read(self, lines: list[ManifestLine], known_at: dt.date | None) -> pl.LazyFrame:
        frames = [pl.scan_parquet(io.BytesIO(self._load(line))) for line in _files_to_read(lines, known_at)]
        rows = pl.concat(frames) if frames else pl.LazyFrame(schema=_FILE_SCHEMA)
        return rows if known_at is None else rows.filter(pl.col("known_at") <= known_at)

    def _load(self, line: ManifestLine) -> bytes:
        """The verified bytes of a file; what is parsed is what was hashed."""
        where = f"{self.folder.name}/{line.file}"
        try:
            content = (self.folder / line.file).read_bytes()
        except OSError as e:
            zh, en = (
                "数据文件缺失或不可读, 请从备份恢复",
                "the file is missing or unreadable; restore it from a backup",
            )
            raise KaiwuError(Problem("F-STORE-MISSING", zh, en, where=where)) from e
        if hashlib.sha256(content).hexdigest() != line.sha256:
            raise KaiwuError(_content_problem(where))
        return content

    def _write(self, rows: pl.DataFrame, name: str) -> tuple[str, str]:
        """Write a Parquet file that is complete under its name or not there at all; its name and SHA-256."""
        buffer = io.BytesIO()
        rows.select(_FILE_SCHEMA.names()).write_parquet(buffer, compression="zstd", row_group_size=ROW_GROUP)
        content = buffer.getvalue()
        temporary = self.folder / f".{name}.{uuid.uuid4().hex}"
        with temporary.open("wb") as f:
            f.write(content)
            f.flush()
            os.fsync(f.fileno())
        temporary.rename(self.folder / name)
        _sync_folder(self.folder)
        return name, hashlib.sha256(content).hexdigest()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the only right to write to this folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOCK_NAME).open("w") as f:
            _take_lock(f.fileno(), self.folder.name)
            yield  # closing the file gives the lock back, also after a crash


def _take_lock(descriptor: int, name: str) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                zh, en = "另一个程序正在写入, 请稍后再试", "another program is writing; try again later"
                raise KaiwuError(Problem("F-STORE-LOCKED", zh, en, where=name)) from None
            time.sleep(0.02)


def _sync_folder(folder: Path) -> None:
    """Bring a rename to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest_batch(rows: pl.DataFrame) -> str:
    return digest_frame(rows.select(*FIGURE_SCHEMA.names(), "row"), ["row"])


@dataclass(frozen=True, slots=True)
class ChosenBatches:
    """Some batches of a store, read as known on a day like the store itself."""

    store: FigureStore
    batches: tuple[int, ...]

    def scan_lazily(self, variables: Iterable[str] | None, known_at: dt.date) -> pl.LazyFrame:
        """Figures of the variables in these batches, in the order of batch and row."""
        return self.store.scan_lazily(variables, known_at).filter(pl.col("batch").is_in(self.batches))


def _files_to_read(lines: list[ManifestLine], known_at: dt.date | None) -> list[ManifestLine]:
    """The newest snapshot and the batches after it, without batches recorded after the day."""
    snapshots = [line for line in lines if line.kind == "snapshot"]
    covered = snapshots[-1].batch if snapshots else 0
    later = [line for line in lines if line.kind == "batch" and line.batch > covered]
    return snapshots[-1:] + [line for line in later if known_at is None or line.known_at <= known_at]


def _check_day(lines: list[ManifestLine], known_at: dt.date) -> None:
    newest = max((line.known_at for line in lines), default=known_at)
    if known_at < newest:
        zh = f"记录日期 {known_at} 早于上一批的 {newest}; 补录历史数据也要用今天的记录日期"
        en = f"recorded day {known_at} is before the last batch's {newest}; late data are recorded today"
        raise KaiwuError(Problem("F-STORE-DAY", zh, en))


def _content_problem(where: str) -> Problem:
    zh, en = (
        "数据文件与清单不符(被改动或损坏), 请从备份恢复",
        "the file is not what the manifest says; restore a backup",
    )
    return Problem("F-STORE-ALTERED", zh, en, where=where)
