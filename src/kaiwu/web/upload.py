"""Uploads that wait for a decision (待确认的上传): bytes kept by their digest between the check of a file and taking it in.

Owns the folder. A ticket binds a file to one person and purpose for an hour; files older than a day are removed.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from pathlib import Path

from django.conf import settings
from django.core import signing

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.account.models import Person
from kaiwu.web.environment import MEBIBYTE

SALT = "kaiwu.web.upload"
HOUR, DAY = 3600, 86_400


def keep_upload(person: Person, purpose: str, name: str, content: bytes) -> str:
    """Keep the bytes; returns the ticket. Raises ``KaiwuError`` where the file is empty or too large."""
    check_size(name, content)
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    keep_bytes(path, content)
    _sweep(path.parent)
    name = Path(name.replace("\\", "/")).name[:200]
    return signing.dumps([person.login, purpose, digest, name], salt=SALT)


def open_upload(person: Person, purpose: str, ticket: str) -> tuple[str, bytes]:
    """Name and bytes of a ticket. Raises ``KaiwuError`` where it is not this person's, or too old."""
    try:
        login, kind, digest, name = signing.loads(ticket, salt=SALT, max_age=HOUR)
        content = _path(digest).read_bytes()
    except (signing.BadSignature, ValueError, OSError) as flaw:
        raise _stale() from flaw
    if (login, kind) != (person.login, purpose) or hashlib.sha256(content).hexdigest() != digest:
        raise _stale()
    return name, content


def keep_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; two who write the same file at once do not meet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    temporary.write_bytes(content)
    temporary.replace(path)


def check_size(name: str, content: bytes) -> None:
    """Raises ``KaiwuError`` where a file is empty or larger than the site takes."""
    if not 0 < len(content) <= settings.KAIWU_UPLOAD_BYTES:
        limit = settings.KAIWU_UPLOAD_BYTES // MEBIBYTE
        raise KaiwuError(
            Problem("W-UPLOAD", f"文件要在 1 字节到 {limit} MiB 之间", f"a file has 1 byte to {limit} MiB", where=name)
        )


def _path(digest: str) -> Path:
    return Path(settings.KAIWU_WORKSPACE) / "uploads" / digest


def _sweep(folder: Path) -> None:
    oldest = time.time() - DAY
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def _stale() -> KaiwuError:
    return KaiwuError(
        Problem("W-UPLOAD-STALE", "上传已失效, 请重新上传", "the upload is no longer there: upload it again")
    )
