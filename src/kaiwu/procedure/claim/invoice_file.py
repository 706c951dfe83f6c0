"""Files of invoices and other proofs (凭证文件): XML, OFD (a zip), PDF; kept by digest, fields read where structured.

Owns the kinds of files and the folder ``evidence/``. Pictures of invoices are kept, never read. What a stranger's bytes hold is
read by a limited child process, one for all files (``invoice_child``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from kaiwu.procedure.claim.invoice import Invoice, with_digest
from kaiwu.procedure.claim.invoice_child import SHARED, InvoiceChild
from kaiwu.procedure.claim.invoice_xml import read_leaves_of_invoice
from kaiwu.quantity import KaiwuError, Problem

MAX_FILE_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Evidence:
    """A kept file (凭证): SHA-256 of its bytes, name as uploaded, size, kind: xml, ofd, pdf or other."""

    digest: str
    name: str
    size: int
    kind: str


def read_invoice_file(data: bytes, name: str, child: InvoiceChild = SHARED) -> tuple[Evidence, Invoice | None]:
    """The evidence of a file, and its invoice where the file carries structured fields. Raises ``KaiwuError``."""
    if len(data) > MAX_FILE_BYTES:
        raise KaiwuError(Problem("CL-FILE-SIZE", "文件超过32MB", "the file is larger than 32 MB", where=name))
    kind = _kind(data)
    evidence = Evidence(hashlib.sha256(data).hexdigest(), name, len(data), kind)
    leaves = None if kind == "other" else child.read(data, kind, name)
    if leaves is None:
        return evidence, None
    return evidence, with_digest(read_leaves_of_invoice(leaves, name), evidence.digest, name)


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
