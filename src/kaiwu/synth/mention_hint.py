"""Invented codes and addresses for names of an evaluation (合成线索): seeded, and of towns that do not exist.

Owns drawing them. They stand for what a department's list would carry beside the name; nothing of them is real.
"""

from __future__ import annotations

import numpy as np

from kaiwu.identity import make_uscc
from kaiwu.identity.linking.evaluation import SEED, LinkTask
from kaiwu.identity.naming.grammar import NameGrammar
from kaiwu.identity.naming.reading import NameReader

TOWNS = "甲乙丙丁戊己庚辛壬癸子丑"
"""One invented town of each city for each character."""

MOVED, SILENT = 0.1, 0.2
"""Shares of addresses that say another place, and of mentions without one."""

CODED = 0.5
NO_REGION = "339999"


def invent_codes(count: int) -> list[str]:
    """Well-formed credit codes of a region that does not exist."""
    return [make_uscc("9", "1", NO_REGION, f"MA{i:06d}") for i in range(count)]


def invent_mention_codes(task: LinkTask, codes: list[str]) -> list[str]:
    """For half of the mentions the code of their firm, or for an absent one a code that nobody bears; blank for the others.

    ``codes`` are those of the register's names, then one for each mention.
    """
    rng = np.random.default_rng(SEED + 1)
    has_code = rng.random(len(task.texts)) < CODED
    meant = [codes[t] if t >= 0 else codes[len(task.names) + i] for i, t in enumerate(task.truth.tolist())]
    return [code if has else "" for code, has in zip(meant, has_code.tolist(), strict=True)]


def invent_places(task: LinkTask, grammar: NameGrammar) -> tuple[list[str], list[str]]:
    """Addresses of registered firms and of mentions: the city of the name, else a drawn one, and one of its invented towns.

    A mention of a firm repeats the firm's, except for those that moved or are silent; an absent firm has one of its own.
    """
    rng = np.random.default_rng(SEED)
    reader = NameReader(grammar)
    cities = sorted({r.zh for several in grammar.regions.values() for r in several if len(r.lineage) == 2})

    def draw(name: str) -> str:
        regions = reader.read(name).regions
        city = regions[-1].zh if regions else str(rng.choice(cities))
        return f"{city}{TOWNS[int(rng.integers(len(TOWNS)))]}镇"

    own = [draw(name) for name in task.names]
    told = []
    for text, truth in zip(task.texts, task.truth.tolist(), strict=True):
        place = own[truth] if truth >= 0 and rng.random() >= MOVED else draw(text)
        told.append("" if rng.random() < SILENT else place)
    return own, told
