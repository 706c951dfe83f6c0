"""Conditions of entry (准入条件) and vetoes, read from a rulebook: of an allotment itself, or of a clause elsewhere.

Owns reading them into one checked condition with named parts. It does not evaluate anything (``scheme``). A condition may read
only figures that the applicant sees on its own sheet, and may fit no firm by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.quantity import KaiwuError
from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker
from kaiwu.table import Document

PART_KEYS = ("all", "any", "zh", "en", "article", "when", "note")
NOT_TAKEN = ("cohort", "human", "valid", "status")
"""Keys of a clause that an allotment does not take over; a clause with one of them is refused rather than half read."""
TRUE = x.Truth(value=True, text="true")
_FIRM_NAME = re.compile(r"[\u4e00-\u9fff（）()]{2,}(?:有限公司|有限责任公司|股份公司|集团公司)|[0-9A-HJ-NPQRTUWXY]{18}")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition with the name that people know it by; ``role`` is ``when`` or ``veto``."""

    tree: x.Bool
    text: str
    zh: str = ""
    en: str = ""
    article: str = ""
    role: str = "when"


@dataclass(frozen=True, slots=True)
class EntryRule:
    """All that a project must meet for one kind of supply, or for a reserve."""

    parts: tuple[Condition, ...]

    @property
    def tree(self) -> x.Bool:
        """The conditions joined."""
        if not self.parts:
            return TRUE
        return x.And(items=tuple(p.tree for p in self.parts), text=" 且 ".join(p.text for p in self.parts))


class EntryReader:
    """Reads conditions with one checker; ``sees`` are codes of the figures that the applicant sees (none: not declared)."""

    def __init__(self, checker: Checker, sees: frozenset[str]) -> None:
        self.checker = checker
        self.sees = sees

    def read(self, entry: Entry) -> EntryRule:
        """``when`` and ``veto`` of a mapping."""
        parts = list(self._parts(entry, entry.data.get("when"), ("when",), "", "", ""))
        for i, veto in enumerate(_listed(entry.data.get("veto"))):
            parts += [self._contrary(entry, p, ("veto", i)) for p in self._parts(entry, veto, ("veto", i), "", "", "")]
        return EntryRule(tuple(parts))

    def read_clause(self, entry: Entry, document: Document, clause: str) -> EntryRule:
        """The conditions of a clause of another rulebook; its text stays in one place."""
        rows = document.data.get("clauses") if isinstance(document.data, dict) else None
        found = [(i, r) for i, r in enumerate(rows or ()) if isinstance(r, Mapping) and r.get("id") == clause]
        if len(found) != 1 or any(key in found[0][1] for key in NOT_TAKEN):
            keys = ", ".join(NOT_TAKEN)
            entry.complain(
                "A-CLAUSE", f"“{document.name}”里没有可引用的条款“{clause}”(不能含 {keys})",
                f"“{document.name}” has no clause “{clause}” that can be taken over (without {keys})", "clause", text=clause,
            )  # fmt: skip
            return EntryRule(())
        at, row = found[0]
        return self.read(Entry(document, ("clauses", at), row, entry.problems))

    def _parts(self, entry: Entry, spec: Any, path: tuple[str | int, ...], zh: str, en: str, article: str) -> Iterator[Condition]:  # fmt: skip
        """Text, a list, ``{all: […]}``, ``{any: […]}`` or ``{zh, en, article, when}``; an ``any`` stays one part."""
        if spec is None:
            return
        if isinstance(spec, bool | str):
            text = spec if isinstance(spec, str) else str(spec).lower()
            yield Condition(self.check(entry, text, *path), text, zh, en, article)
            return
        if isinstance(spec, list):
            for i, item in enumerate(spec):
                yield from self._parts(entry, item, (*path, i), zh, en, article)
            return
        if not isinstance(spec, dict):
            entry.complain(
                "A-WHEN", "条件要写文字, 或 all/any 列表", "a condition is text or a list under all/any", *path
            )
            return
        own = Entry(entry.document, (*entry.path, *path), spec, entry.problems)
        own.check_keys(PART_KEYS)
        named = own.text("zh", zh), own.text("en", en), own.text("article", article)
        if isinstance(spec.get("any"), list):
            parts = [p for i, item in enumerate(spec["any"]) for p in self._parts(own, item, ("any", i), "", "", "")]
            text = " 或 ".join(f"({p.text})" for p in parts)
            yield Condition(x.Or(items=tuple(p.tree for p in parts), text=text), text, *named)
            return
        inner = "all" if spec.get("all") is not None else "when"
        yield from self._parts(own, spec.get(inner), (inner,), *named)

    def _contrary(self, entry: Entry, part: Condition, path: tuple[str | int, ...]) -> Condition:
        """A veto must be known clean: its contrary is one of the conditions."""
        tree = self.check(entry, f"非 ({part.text})", *path)
        return Condition(tree, part.text, part.zh, part.en, part.article, "veto")

    def check(self, entry: Entry, text: str, *path: str | int) -> x.Bool:
        """Check the text of a condition; mistakes are added to the entry with their place."""
        if _FIRM_NAME.search(text):
            refuse_named(entry, *path, text=text)
        try:
            tree = self.checker.condition(text)
        except KaiwuError as error:
            where = entry.document.where(*entry.path, *path)
            entry.problems += [p.located(where) for p in error.problems]
            return TRUE
        self.refuse_unseen(entry, tree, *path)
        return tree

    def refuse_unseen(self, entry: Entry, tree: x.Expr, *path: str | int) -> None:
        """A rule reads nothing that the applicant may not see on its own sheet."""
        for ref in x.slots_of(tree).values():
            if ref.variable.code not in self.sees:
                name = ref.variable.zh
                zh = f"规则读取了申请人看不到的数据“{name}”; 请列入 sees, 或改用申请人可见的数据"
                en = f"the rule reads “{ref.variable.en}”, which the applicant does not see: list it under sees, or use another"
                entry.complain("A-UNSEEN", zh, en, *path, text=name)


def refuse_named(entry: Entry, *path: str | int, text: str) -> None:
    """A condition for one named firm is none."""
    zh, en = "条件写了具体企业, 不能为一家企业设条件", "the condition names a firm: conditions are for all"
    entry.complain("A-NAMED", zh, en, *path, text=text)


def names_a_firm(text: str) -> bool:
    """Whether a text holds the name of a company or a credit code."""
    return bool(_FIRM_NAME.search(text))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
