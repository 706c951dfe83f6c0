"""Hard constraints of a need (硬约束), written in the rule language over the declared attributes of offers.

Owns compiling them, checking one offer exactly, and saying which attribute no offer has. It does not own the rule
language (``kaiwu.rule``) or which attributes there are (``attribute``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kaiwu.figure.variable import Variable
from kaiwu.quantity import KaiwuError, Problem, date_index
from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker
from kaiwu.rule.decision import Reason
from kaiwu.rule.explain import explain_condition, missing_slots
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference
from kaiwu.rule.vocabulary import Vocabulary

Fields = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One condition that an offer must meet: its text as written and its typed tree."""

    text: str
    tree: x.Bool

    @property
    def attributes(self) -> tuple[Variable, ...]:
        """The attributes that it reads, each once."""
        return tuple({ref.variable.code: ref.variable for ref in x.slots_of(self.tree).values()}.values())


@dataclass(frozen=True, slots=True)
class ConstraintResult:
    """What a constraint says of one offer, with value and margin in words; ``missing`` names what is not known."""

    constraint: Constraint
    outcome: Outcome
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...] = ()


def compile_constraints(text: str, vocabulary: Vocabulary, where: str = "") -> tuple[Constraint, ...]:
    """Compile a condition; what is joined by 且 becomes constraints of its own, so that each can be told and relaxed.

    Raises ``KaiwuError`` with the offset in the text: an unknown attribute, a unit of another dimension, no condition.
    """
    if not text.strip():
        return ()
    try:
        tree = Checker(vocabulary).condition(text)
    except KaiwuError as error:
        raise KaiwuError([p.located(where) for p in error.problems] if where else error.problems) from error
    parts = tree.items if isinstance(tree, x.And) else (tree,)
    return tuple(Constraint(part.text or text, part) for part in parts)


def check_constraint(constraint: Constraint, fields: Fields, day: dt.date) -> ConstraintResult:
    """Check one offer by the exact reference; a missing attribute is 缺数据, never a pass and never a failure."""
    row = constraint_row(constraint, fields, day)
    outcome = Reference(row).outcome(constraint.tree)
    reasons = tuple(explain_condition(constraint.tree, row))
    missing = tuple(missing_slots(constraint.tree, row)) if outcome is Outcome.MISSING else ()
    return ConstraintResult(constraint, outcome, reasons, missing)


def constraint_row(constraint: Constraint, fields: Fields, day: dt.date) -> dict[str, int | None]:
    """The stored integers that a constraint reads, as the evaluators of the rule language want them."""
    row: dict[str, int | None] = {"#as_of": date_index(day), "#rated": day.year}
    for slot, ref in x.slots_of(constraint.tree).items():
        value = fields.get(ref.variable.code)
        row[slot] = value if isinstance(value, int) else None
    return row


def find_unstated(
    constraints: Iterable[Constraint], is_stated: Callable[[str], bool], where: str = ""
) -> list[Problem]:
    """Attributes that a constraint asks for and that no offer states (无供给填报): the answer can only be 缺数据."""
    return [
        Problem(
            "M-ATTRIBUTE-UNSTATED",
            f"没有一项供给填了“{variable.zh}”, “{constraint.text}”只能答缺数据; 请向供给方补采, 或先不设此条件",
            f"no offer states “{variable.en}”, so “{constraint.text}” can only be answered “data missing”: "
            "collect it from those who offer, or leave the condition out",
            where=where,
            text=constraint.text,
        )
        for constraint in constraints
        for variable in constraint.attributes
        if not is_stated(variable.code)
    ]
