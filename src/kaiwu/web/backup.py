"""Backup and restore (备份、恢复) of a whole site: the workspace with its secrets, and the database.

Owns the archive: a gzipped tar with ``workspace/…``, the database as ``database.sqlite`` or ``database.jsonl``, and
``manifest.json`` with the SHA-256 of every file, which a restore checks before anything is used. The database is taken first:
files are only ever added, so every row finds its file. SQLite is copied by its own backup interface while the site runs;
PostgreSQL, and SQLite on demand, as portable rows, which either database takes back. Sessions are left out.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.version import __version__

FORM = 1
MANIFEST, INSIDE = "manifest.json", "workspace/"
COPY, ROWS = "database.sqlite", "database.jsonl"
MAGIC = b"SQLite format 3\0"
BESIDE = ("-wal", "-shm", "-journal")
LEFT_OUT = ["sessions", "contenttypes", "auth.permission"]


@dataclass(frozen=True, slots=True)
class Backup:
    """What an archive holds."""

    files: int
    size: int
    database: str


def write_backup(workspace: Path, file: Path, *, as_rows: bool = False) -> Backup:
    """Write a backup of the site that is set up. The file is readable for its owner alone. Raises ``KaiwuError`` where it exists."""
    if file.exists():
        raise KaiwuError(
            Problem("W-BACKUP", "文件已存在, 请换一个名字", "the file is there already: name another", where=str(file))
        )
    digests: dict[str, str] = {}
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with TemporaryDirectory() as folder, tarfile.open(file, mode="w:gz") as archive:
        database = _take_database(Path(folder), as_rows)
        _add(archive, digests, database, database.name)
        for path in _files(workspace):
            inside = INSIDE + path.relative_to(workspace).as_posix()
            _add(archive, digests, _still(path, Path(folder)), inside, path.stat().st_mode)
        _add_manifest(archive, {"form": FORM, "version": __version__, "files": digests})
    return Backup(len(digests), file.stat().st_size, database.name)


def restore_backup(file: Path, workspace: Path) -> Backup:
    """Bring a backup back into an empty folder, and into the database that the settings name. Sets the site up.

    Raises ``KaiwuError`` where the folder holds something, the archive is damaged or incomplete, or its database does not fit.
    """
    if workspace.exists() and any(workspace.iterdir()):
        raise KaiwuError(Problem("W-RESTORE", "目标目录须为空", "the folder must be empty", where=str(workspace)))
    workspace.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=workspace.parent) as folder:
        unpacked = Path(folder)
        digests = _unpack(file, unpacked)
        database = next(name for name in (COPY, ROWS) if name in digests)
        if workspace.exists():
            workspace.rmdir()
        (unpacked / INSIDE).rename(workspace)
        _give_database(unpacked / database, workspace)
    return Backup(len(digests), file.stat().st_size, database)


def _files(workspace: Path) -> Iterator[Path]:
    """Every file of the workspace but the platform's own database and what SQLite keeps beside a database."""
    own = _sqlite_file()
    for path in sorted(workspace.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.endswith((*BESIDE, ".part")) and path != own:
            yield path


def _still(path: Path, folder: Path) -> Path:
    """The file itself, or a consistent copy where it is a database that somebody may be writing."""
    with path.open("rb") as stream:
        is_database = stream.read(len(MAGIC)) == MAGIC
    return _copy_sqlite(path, folder / "copy.db") if is_database else path


def _copy_sqlite(path: Path, copy: Path) -> Path:
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    return copy


def _take_database(folder: Path, as_rows: bool) -> Path:
    from django.core.management import call_command

    own = _sqlite_file()
    if own is not None and not as_rows:
        copy = _copy_sqlite(own, folder / COPY)
        with closing(sqlite3.connect(copy)) as database, database:
            database.execute("DELETE FROM django_session")
        return copy
    call_command("dumpdata", "--all", format="jsonl", exclude=LEFT_OUT, output=str(folder / ROWS), verbosity=0)
    return folder / ROWS


def _give_database(taken: Path, workspace: Path) -> None:
    from django.core.management import call_command

    from kaiwu.web import site

    site.set_up(workspace)
    own = _sqlite_file()
    if taken.name == COPY:
        if own is None:
            zh, en = (
                "备份里是 SQLite, 目标是 PostgreSQL: 备份时请加 --rows",
                "a SQLite copy cannot go into PostgreSQL: back up with --rows",
            )
            raise KaiwuError(Problem("W-RESTORE", zh, en))
        own.parent.mkdir(parents=True, exist_ok=True)
        _copy_sqlite(taken, own)
    site.migrate()
    if taken.name == ROWS:
        call_command("loaddata", str(taken), verbosity=0)


def _sqlite_file() -> Path | None:
    from django.conf import settings

    database: dict[str, Any] = settings.DATABASES["default"]
    return Path(database["NAME"]) if database["ENGINE"].endswith("sqlite3") else None


def _add(archive: tarfile.TarFile, digests: dict[str, str], path: Path, inside: str, mode: int = 0o600) -> None:
    info = tarfile.TarInfo(inside)
    info.size, info.mtime, info.mode = path.stat().st_size, int(path.stat().st_mtime), mode & 0o777
    with path.open("rb") as stream:
        digests[inside] = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        archive.addfile(info, stream)


def _add_manifest(archive: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest, indent=1, sort_keys=True).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size, info.mode = len(text), 0o600
    archive.addfile(info, io.BytesIO(text))


def _unpack(file: Path, folder: Path) -> dict[str, str]:
    """Unpack and check every digest; returns them."""
    try:
        with tarfile.open(file, mode="r:gz") as archive:
            archive.extractall(folder, filter="data")
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        digests: dict[str, str] = manifest["files"]
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError) as error:
        zh, en = "不是完整的备份文件", "this is no complete backup"
        raise KaiwuError(Problem("W-RESTORE", zh, en, where=str(file), text=type(error).__name__)) from error
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {MANIFEST}
    bad = sorted(found ^ digests.keys())
    for name in sorted(found & digests.keys()):
        with (folder / name).open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != digests[name]:
                bad.append(name)
    if bad or not digests.keys() & {COPY, ROWS}:
        zh, en = "备份已损坏或被改动, 没有恢复任何内容", "the backup is damaged or was changed; nothing was restored"
        raise KaiwuError(Problem("W-RESTORE", zh, en, where=str(file), text=", ".join(bad[:5])))
    return digests
