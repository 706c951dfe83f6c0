"""What a file really is (文件类型), by its first bytes and never by its name alone.

Owns the comparison of content and extension, so that a renamed file is told what it is. It opens nothing.
"""

from __future__ import annotations

from .fault import Fault

XLSX, XLS, TEXT = "xlsx", "xls", "text"
_EXTENSIONS = {
    ".xlsx": XLSX,
    ".xlsm": XLSX,
    ".xls": XLS,
    ".et": XLS,
    ".csv": TEXT,
    ".tsv": TEXT,
    ".txt": TEXT,
}
_SIGNATURES = (
    (b"PK\x03\x04", XLSX),
    (b"PK\x05\x06", XLSX),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", XLS),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def find_kind(data: bytes, extension: str) -> str:
    """``xlsx``, ``xls`` or ``text``. ``extension`` is lower case with its dot, or empty where there is no name.

    ``data`` is the whole file. Raises ``Fault``: ``empty``, ``encrypted``, ``renamed`` (with what it is),
    ``extension`` for a name that cannot be read.
    """
    if not data.strip():
        raise Fault("empty")
    kind = _sniff(data)
    if kind == XLS and _ENCRYPTED in data:
        raise Fault("encrypted")
    if extension and extension not in _EXTENSIONS:
        raise Fault("extension", extension=extension, kind=kind)
    if (extension and _EXTENSIONS[extension] != kind) or kind not in (XLSX, XLS, TEXT):
        raise Fault("renamed", extension=extension or "-", kind=kind)
    return kind


def _sniff(data: bytes) -> str:
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<style")) or b"<html" in head:
        return "html"
    if head.startswith(b"<?xml"):
        return "xml"
    return TEXT
