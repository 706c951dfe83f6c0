"""Files of invoices and other proofs (凭证文件): XML, OFD (a zip), PDF; kept by digest, fields read where structured.

Owns the kinds of files, the limits of archives and the folder ``evidence/``. Pictures of invoices are kept, never read.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from kaiwu.procedure.claim.invoice import Invoice, with_digest
from kaiwu.procedure.claim.invoice_xml import MAX_BYTES, is_invoice_xml, read_invoice_xml
from kaiwu.quantity import KaiwuError, Problem

MAX_FILE_BYTES = 32 << 20
MAX_MEMBERS = 500
MAX_UNPACKED_BYTES = 64 << 20
MAX_ATTACHMENTS = 16
MAX_DICTIONARY = 512  # bytes between /EmbeddedFile and its stream


@dataclass(frozen=True, slots=True)
class Evidence:
    """A kept file (凭证): SHA-256 of its bytes, name as uploaded, size, kind: xml, ofd, pdf or other."""

    digest: str
    name: str
    size: int
    kind: str


def read_invoice_file(data: bytes, name: str) -> tuple[Evidence, Invoice | None]:
    """The evidence of a file, and its invoice where the file carries structured fields. Raises ``KaiwuError``."""
    if len(data) > MAX_FILE_BYTES:
        raise KaiwuError(Problem("CL-FILE-SIZE", "文件超过32MB", "the file is larger than 32 MB", where=name))
    kind = _kind(data)
    evidence = Evidence(hashlib.sha256(data).hexdigest(), name, len(data), kind)
    xml = _structured(data, kind, name)
    if xml is None:
        return evidence, None
    return evidence, with_digest(read_invoice_xml(xml, name), evidence.digest, name)


def keep_evidence(folder: Path, data: bytes, name: str) -> Evidence:
    """Keep a file under its digest; the same bytes are kept once. ``folder`` is the workspace's ``evidence``."""
    evidence = Evidence(hashlib.sha256(data).hexdigest(), name, len(data), _kind(data))
    place = evidence_path(folder, evidence.digest)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_suffix(".part")
        part.write_bytes(data)
        part.replace(place)
    return evidence


def evidence_path(folder: Path, digest: str) -> Path:
    """Where a file of a digest lies."""
    return folder / digest[:2] / digest


def _kind(data: bytes) -> str:
    if data[:4] == b"PK\x03\x04":
        return "ofd"
    if data[:5] == b"%PDF-":
        return "pdf"
    return "xml" if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<" else "other"


def _structured(data: bytes, kind: str, name: str) -> bytes | None:
    match kind:
        case "xml":
            return data
        case "ofd":
            return _from_archive(data, name)
        case "pdf":
            return _from_pdf(data)
    return None


def _from_archive(data: bytes, name: str) -> bytes | None:
    """The structured invoice among the members of an OFD file, if it has one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            total = sum(m.file_size for m in members)
            if len(members) > MAX_MEMBERS or total > MAX_UNPACKED_BYTES:
                zh, en = "压缩包成员过多或解开后过大", "the archive has too many members or unpacks too large"
                raise KaiwuError(Problem("CL-ZIP-LIMIT", zh, en, where=name))
            for member in members:
                if member.filename.lower().endswith(".xml") and member.file_size <= MAX_BYTES:
                    with archive.open(member) as stream:
                        text = stream.read(MAX_BYTES + 1)
                    if is_invoice_xml(text):
                        return text
    except KaiwuError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error, ValueError) as flaw:
        zh, en = f"压缩包打不开: {flaw}", f"the archive cannot be opened: {flaw}"
        raise KaiwuError(Problem("CL-ZIP-BROKEN", zh, en, where=name)) from flaw
    return None


def _from_pdf(data: bytes) -> bytes | None:
    """An embedded XML attachment of a PDF, where it lies open or deflated; anything else is kept unread."""
    at = 0
    for _ in range(MAX_ATTACHMENTS):
        at = data.find(b"/EmbeddedFile", at)
        if at < 0:
            return None
        at += 1
        begin = data.find(b"stream", at, at + MAX_DICTIONARY)
        end = data.find(b"endstream", begin) if begin >= 0 else -1
        if end < 0:
            continue
        raw = data[begin + len(b"stream") : end].strip(b"\r\n")
        for text in (raw, _inflate(raw)):
            if text is not None and len(text) <= MAX_BYTES and is_invoice_xml(text):
                return text
    return None


def _inflate(raw: bytes) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(raw, MAX_BYTES)
    except zlib.error:
        return None
