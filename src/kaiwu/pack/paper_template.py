"""Word templates of a pack (文书模板): ``papers/<kind>.docx``; a district's own template stands before that of a pack it rests on.

Owns finding them. They are no rules: they are not part of a pack's digest, and a paper keeps the digest of its own template.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kaiwu.pack.library import Library, find_packs
from kaiwu.quantity import KaiwuError, Problem

FOLDER = "papers"


def find_paper_template(library: Library, roots: Sequence[Path], kind: str) -> Path:
    """The template of a kind. Raises ``KaiwuError`` where no pack of the library has one."""
    places = find_packs(roots)
    for code in reversed(library.shelves):
        path = places[code] / FOLDER / f"{kind}.docx" if code in places else None
        if path is not None and path.is_file():
            return path
    zh, en = (
        f"没有文书模板 {FOLDER}/{kind}.docx; 请放进本地内容包",
        f"no paper template {FOLDER}/{kind}.docx: put one into a pack",
    )
    raise KaiwuError(Problem("P-PAPER", zh, en, text=kind))
