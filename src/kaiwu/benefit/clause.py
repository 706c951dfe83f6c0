"""The clause (条款) as declared and checked, before it is lowered.

Owns the data of a clause: named conditions, vetoes, findings, cohort, amount, caps, matter and pot. It does not
evaluate anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from kaiwu.benefit.settlement import Settlement
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Source, Validity
from kaiwu.rule.rulebook import Head


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition with a name that people know it by, or a group of such (``all`` / ``any``)."""

    tree: x.Bool
    text: str
    zh: str = ""
    en: str = ""
    article: str = ""
    role: str = "when"  # when | veto | human | cohort
    group: str = ""  # "" for a single condition, else all | any
    parts: tuple[Condition, ...] = ()

    def leaves(self) -> Iterator[Condition]:
        """The single conditions below, in reading order."""
        if not self.group:
            yield self
        for part in self.parts:
            yield from part.leaves()


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit on the amount (封顶): ``formula`` minus ``less`` (what was already granted); ``per`` names its reach."""

    tree: x.Num
    text: str
    per: tuple[str, ...]
    article: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """What a clause grants in money: ``tree`` has caps and the floor of zero in it, ``formula`` does not."""

    tree: x.Num
    formula: x.Num
    text: str
    caps: tuple[Cap, ...]
    step: Fraction  # fen
    mode: str
    is_upper_limit: bool = False  # 最高, 不超过: the office may grant less


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: who (``condition``), how much (``amount``), on which article."""

    id: str
    article: str
    zh: str
    en: str
    text: str
    condition: Condition
    amount: Amount | None
    department: str
    validity: Validity
    document: Source
    matter: str = ""
    pot: dict[str, Any] = field(default_factory=dict)
    grants: str = ""  # what is granted where it is no money: recognition, entry, priority …
    status: str = "in_use"
    application: Validity = field(default_factory=Validity)
    where: str = ""


@dataclass(frozen=True, slots=True)
class ClauseBook:
    """A checked rulebook of kind ``clauses``."""

    head: Head
    clauses: tuple[Clause, ...]
    settlement: Settlement | None = None

    def clause(self, clause_id: str) -> Clause:
        """The clause of an id; ``KeyError`` where there is none."""
        return next(c for c in self.clauses if c.id == clause_id)
