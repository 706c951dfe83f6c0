"""How offers of each kind are searched (检索参数), declared by packs in ``match/retrieval.yaml``.

Owns the keys. What a parameter means is ``kaiwu.match.text.bm25``; how to choose them on one's own judgements is
``kaiwu.match.evaluation``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from kaiwu.figure.entry import Entry
from kaiwu.match.record import MatchKind
from kaiwu.match.text import Bm25
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.table import Document

PARAMETERS: dict[str, tuple[int, int]] = {"k1": (0, 10), "b": (0, 1), "title": (0, 100), "body": (0, 100)}
"""Each parameter with the range in which it means anything."""

MAX_DENOMINATOR = 1000
"""Weights are multiples of a thousandth at the finest, so that their common denominator stays small."""

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class RetrievalSettings:
    """``default`` holds for every kind without settings of its own."""

    default: Bm25 = field(default_factory=Bm25)
    kinds: Mapping[MatchKind, Bm25] = field(default_factory=dict)

    def of(self, kind: MatchKind) -> Bm25:
        """The settings of a kind."""
        return self.kinds.get(kind, self.default)


def load_settings(documents: Iterable[Document]) -> RetrievalSettings:
    """Read the files of packs, later packs on top; a parameter that is not named stays. Raises ``KaiwuError``."""
    problems: list[Problem] = []
    found: dict[str, Bm25] = {DEFAULT: Bm25()}
    for document in documents:
        data = document.data if isinstance(document.data, dict) else {}
        entry = Entry(document, (), data, problems)
        entry.check_keys((DEFAULT, *MatchKind))
        for name in (DEFAULT, *MatchKind):
            if isinstance(data.get(name), dict):
                inner = Entry(document, (name,), data[name], problems)
                found[name] = _read(inner, found.get(name, found[DEFAULT]))
            elif name in data:
                zh, en = "这里写 {k1: …, b: …, title: …, body: …}", "write {k1: …, b: …, title: …, body: …} here"
                entry.complain("M-SETTING", zh, en, name)
    if problems:
        raise KaiwuError(problems)
    return RetrievalSettings(found[DEFAULT], {kind: found[kind] for kind in MatchKind if kind in found})


def _read(entry: Entry, base: Bm25) -> Bm25:
    entry.check_keys([*PARAMETERS])
    given: dict[str, Fraction] = {}
    for name, (low, high) in PARAMETERS.items():
        value = entry.data.get(name)
        if value is None:
            continue
        is_number = isinstance(value, int | Fraction) and not isinstance(value, bool)
        if is_number and low <= value <= high and Fraction(value).denominator <= MAX_DENOMINATOR:
            given[name] = Fraction(value)
        else:
            zh, en = (
                f"“{name}”要写 {low} 到 {high} 的数, 最多三位小数",
                f"“{name}” must be a number {low}–{high} of at most three decimals",
            )
            entry.complain("M-SETTING", zh, en, name)
    settings = replace(base, **given)
    if settings.title == settings.body == 0:
        zh, en = "title 和 body 不能都是 0", "title and body may not both be 0"
        entry.complain("M-SETTING", zh, en)
    return settings
