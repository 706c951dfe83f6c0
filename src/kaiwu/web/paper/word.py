"""Papers as Word (Word 文书): the pack's template filled with the frozen content; names never become markup.

Owns rendering. Templates are found by ``kaiwu.pack.paper_template``; the bytes that a paper was made with are kept by digest.
"""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage  # type: ignore[import-untyped]

from kaiwu.pack.paper_template import find_paper_template
from kaiwu.report.printed import SYNTHETIC_ZH
from kaiwu.web.paper.models import Paper
from kaiwu.web.workspace import is_synthetic, workspace

QR_WIDTH = Mm(24)


def keep_template(kind: str) -> str:
    """Keep the bytes of the newest template of a kind; returns their SHA-256. Raises ``KaiwuError`` where no pack has one."""
    home = workspace()
    content = find_paper_template(home.library, home.pack_roots, kind).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        temporary.write_bytes(content)
        temporary.replace(path)
    return digest


def render_word(paper: Paper, url: str) -> bytes:
    """The document of a paper. ``url`` is the full address of its evidence, for the link and the QR."""
    template = DocxTemplate(io.BytesIO(_path(paper.template).read_bytes()))
    qr = io.BytesIO()
    segno.make(url, error="m").save(qr, kind="png", scale=6, border=2)
    qr.seek(0)
    told: dict[str, Any] = json.loads(paper.content)
    context = told | {
        "number": paper.number, "made_on": f"{paper.made_at:%Y-%m-%d}", "url": url, "qr": InlineImage(template, qr, width=QR_WIDTH),
        "digest": paper.digest[:16], "synthetic": f"【{SYNTHETIC_ZH}】" if is_synthetic() else "",
    }  # fmt: skip
    template.render(context, autoescape=True)
    buffer = io.BytesIO()
    template.save(buffer)
    return buffer.getvalue()


def _path(digest: str) -> Path:
    return Path(settings.KAIWU_WORKSPACE) / "paper_templates" / f"{digest}.docx"
