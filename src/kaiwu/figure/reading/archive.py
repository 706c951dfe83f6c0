"""The zip directory (压缩包目录) of an .xlsx file, looked at before anything is unpacked.

Owns the limits on members and sizes, and what kind of package it is. It unpacks only in bounded pieces, for
others to parse; it follows no link to the outside.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from .fault import Fault, Limits

CHUNK_BYTES = 1 << 16
MAX_MIMETYPE_BYTES = 200


def open_archive(file: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    """Open and judge a zip file by its directory. Raises ``Fault``: ``zip-broken``, ``zip-members``,
    ``zip-bomb``, ``encrypted``, ``not-xlsx`` …"""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as flaw:
        raise Fault("zip-broken", reason=str(flaw)) from flaw
    members = archive.infolist()
    if len(members) > limits.members:
        raise Fault("zip-members", count=len(members), limit=limits.members)
    total = sum(m.file_size for m in members)
    if total > limits.unpacked_bytes:
        raise Fault("zip-bomb", member="*", size=total, limit=limits.unpacked_bytes)
    for member in members:
        _check_member(member, limits)
    names = [m.filename for m in members]
    if len(set(names)) != len(names):
        raise Fault("zip-twice", member=next(n for n in names if names.count(n) > 1))
    _check_kind(archive, set(names))
    return archive


def _check_member(member: zipfile.ZipInfo, limits: Limits) -> None:
    if member.flag_bits & 0x1:
        raise Fault("encrypted")
    packed = max(member.compress_size, 1)
    if member.file_size > limits.ratio_floor_bytes and member.file_size > packed * limits.ratio:
        raise Fault("zip-bomb", member=member.filename, size=member.file_size, limit=packed * limits.ratio)


def _check_kind(archive: zipfile.ZipFile, names: set[str]) -> None:
    for beginning, kind in (("xl/workbook.bin", "xlsb"), ("word/", "docx"), ("ppt/", "pptx")):
        if any(name.lower().startswith(beginning) for name in names):
            raise Fault("other-kind", kind=kind)
    if {"[Content_Types].xml", "_rels/.rels"} <= names:
        return
    if "mimetype" in names and archive.getinfo("mimetype").file_size < MAX_MIMETYPE_BYTES:
        kind = archive.read("mimetype").decode("ascii", "replace").strip()
        raise Fault("other-kind", kind="ods" if "opendocument.spreadsheet" in kind else kind)
    raise Fault("other-kind", kind="zip")


def read_chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The unpacked bytes of one member in pieces, never more than its directory entry declares."""
    declared = archive.getinfo(name).file_size
    seen = 0
    try:
        with archive.open(name) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                seen += len(chunk)
                if seen > declared:
                    raise Fault("zip-bomb", member=name, size=seen, limit=declared)
                yield chunk
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as flaw:
        raise Fault("zip-broken", reason=f"{name}: {flaw}") from flaw
