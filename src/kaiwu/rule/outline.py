"""The outline of a condition (提纲): which lines explain it for one row, and in which order.

Owns the flattening of nested groups to lines and headings, and leaving out the branches of cases that are known not to
apply. It does not own what a line says (``explain``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kaiwu.rule import expression as x
from kaiwu.rule.outcome import Outcome, negated
from kaiwu.rule.reference import Reference, Row
from kaiwu.rule.trace import is_open
from kaiwu.rule.wording import FLIPPED


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an outline: an atom, or a heading above the ``count`` parts of a group.

    ``outcome`` is that of ``node``, turned round where ``is_negated``. ``matters`` says whether an unknown answer can
    still change the whole, ``helps`` whether meeting a failed one could. ``branch`` is what a derived flag's formula says.
    """

    node: x.Bool
    outcome: Outcome
    is_negated: bool = False
    role: str = "atom"  # atom | any | all | case | formula
    count: int = 0
    matters: bool = True
    helps: bool = True
    branch: tuple[x.Bool, ...] = ()


def outline(tree: x.Bool, row: Row) -> list[Line]:
    """The lines that explain a condition, in reading order; branches of cases known not to apply are left out."""
    return list(_Outline(Reference(row)).lines(tree, False, True, True))


@dataclass(frozen=True, slots=True)
class _Outline:
    reference: Reference

    def lines(self, node: x.Bool, is_negated: bool, matters: bool, helps: bool) -> Iterator[Line]:
        if isinstance(node, x.Not):
            yield from self.lines(node.inner, not is_negated, matters, helps)
        elif isinstance(node, x.And | x.Or):
            yield from self._group(node, is_negated, matters, helps)
        else:
            yield Line(node, self._outcome(node, is_negated), is_negated, matters=matters, helps=helps)

    def _outcome(self, node: x.Bool, is_negated: bool) -> Outcome:
        outcome = self.reference.outcome(node)
        return negated(outcome) if is_negated else outcome

    def _group(self, node: x.And | x.Or, is_negated: bool, matters: bool, helps: bool) -> Iterator[Line]:
        outcome = self._outcome(node, is_negated)
        below, helped = matters and is_open(outcome), helps and outcome is not Outcome.PASS
        if not is_negated and isinstance(node, x.Or) and (case := split_case(node)) is not None:
            test, then, other = case
            holds = self.reference.outcome(test)
            if not is_open(holds):
                branch = then if holds is Outcome.PASS else other
                yield from self._case_head(test if holds is Outcome.PASS else negation(test), branch, outcome)
                for part in branch:
                    yield from self.lines(part, False, below, helped)
                return
        is_any = isinstance(node, x.Or) != is_negated
        if is_any:
            yield Line(node, outcome, is_negated, "any", len(node.items), matters)
        for item in node.items:
            if is_any and isinstance(item, x.And | x.Or) and not self._is_flat(item):
                yield Line(item, self._outcome(item, is_negated), is_negated, "all", len(item.items), below)
            yield from self.lines(item, is_negated, below, helped)

    def _is_flat(self, item: x.And | x.Or) -> bool:
        return len(item.items) < 2 or (isinstance(item, x.Or) and split_case(item) is not None)

    def _case_head(self, test: x.Bool, branch: tuple[x.Bool, ...], outcome: Outcome) -> Iterator[Line]:
        if isinstance(test, x.Known):
            return
        if isinstance(test, x.Not) and isinstance(test.inner, x.Known) and isinstance(test.inner.inner, x.Ref):
            yield Line(test.inner, outcome, role="formula", branch=branch)
            return
        yield Line(test, Outcome.PASS, role="case")


def split_case(node: x.Or) -> tuple[x.Bool, tuple[x.Bool, ...], tuple[x.Bool, ...]] | None:
    """Take ``(t 且 a) 或 (非 t 且 b)`` apart into t, a, b: what ``如果(t, a, b)`` and derived flags become."""
    if len(node.items) != 2:
        return None
    first, second = node.items
    if not (isinstance(first, x.And) and isinstance(second, x.And)):
        return None
    test, contrary = first.items[0], second.items[0]
    if negation(test) != contrary:
        return None
    return test, first.items[1:], second.items[1:]


def negation(node: x.Bool) -> x.Bool:
    """The contrary of a condition, with the negation pushed down as the checker does."""
    match node:
        case x.Truth():
            return x.Truth(value=not node.value)
        case x.Not():
            return node.inner
        case x.And():
            return x.Or(items=tuple(negation(item) for item in node.items))
        case x.Or():
            return x.And(items=tuple(negation(item) for item in node.items))
        case x.Compare() | x.CompoundCompare():
            return replace(node, op=FLIPPED[node.op], text="")
    return x.Not(inner=node)
