"""Whom to ask where too little is found (问谁): the office of each kind, declared by packs in ``match/desk.yaml``.

Owns the keys. When it is named is ``next_step``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kaiwu.figure.entry import Entry
from kaiwu.match.record import MatchKind
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.table import Document

DESK_KEYS = ("zh", "en")
Desk = tuple[str, str]
"""The name of an office in Chinese and English."""


def load_desks(documents: Iterable[Document]) -> Mapping[MatchKind, Desk]:
    """Read the files of packs, later packs on top. Raises ``KaiwuError`` with every mistake of all files."""
    problems: list[Problem] = []
    found: dict[MatchKind, Desk] = {}
    for document in documents:
        data = document.data if isinstance(document.data, dict) else {}
        Entry(document, (), data, problems).check_keys([*MatchKind])
        for kind in MatchKind:
            if kind in data:
                inner = Entry(document, (kind,), data[kind] if isinstance(data[kind], dict) else {}, problems)
                inner.check_keys(DESK_KEYS)
                found[kind] = inner.text("zh", required=True), inner.text("en", required=True)
    if problems:
        raise KaiwuError(problems)
    return found
