"""The reserve pools that packs declare (``pools/*.yaml``), each checked against the ratings of the library.

Owns which files are read and that no code stands twice. Their keys are read by ``kaiwu.allot.pool.loader``.
"""

from __future__ import annotations

from kaiwu.allot.pool.loader import load_pool
from kaiwu.allot.pool.rule import PoolRule
from kaiwu.pack.library import Library
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.table import Document


def open_pools(library: Library) -> dict[str, PoolRule]:
    """Pools by code, in order of packs. Raises ``KaiwuError`` with every mistake of their files."""
    found: dict[str, PoolRule] = {}
    problems: list[Problem] = []
    for shelf in library.shelves.values():
        for name in shelf.pack.names("pools"):
            document = shelf.pack.document(name)
            try:
                rule = load_pool(document)
            except KaiwuError as error:
                problems += error.problems
                continue
            problems += _check(rule, document, library)
            if rule.document.source and rule.document.source not in shelf.sources:
                zh, en = (
                    f"来源“{rule.document.source}”不在 sources.csv 中",
                    f"source “{rule.document.source}” is not in sources.csv",
                )
                problems.append(document.problem("P-SOURCE", zh, en, "document", "source"))
            if rule.code in found:
                zh, en = f"项目库代码“{rule.code}”已被占用", f"pool code “{rule.code}” is taken"
                problems.append(document.problem("P-TWICE", zh, en, "pool"))
            found[rule.code] = rule
    if problems:
        raise KaiwuError(problems)
    return found


def _check(rule: PoolRule, document: Document, library: Library) -> list[Problem]:
    if not rule.ruler or (rule.ruler in library.heads and library.heads[rule.ruler][2].kind == "rating"):
        return []
    zh, en = f"没有评价“{rule.ruler}”(kind: rating)", f"there is no rating “{rule.ruler}” (kind: rating)"
    return [document.problem("A-SCORE", zh, en, "score", "rulebook")]
