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
    role: str = "atom"  # atom | any | all | case | if | else | formula
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
        if not is_negated and isinstance(node, x.Or) and (choice := split_cases(node)) is not None:
            yield from self._choice(choice, outcome, below, helped)
            return
        is_any = isinstance(node, x.Or) != is_negated
        if is_any:
            yield Line(node, outcome, is_negated, "any", len(node.items), matters)
        for item in node.items:
            if is_any and isinstance(item, x.And | x.Or) and not self._is_flat(item):
                yield Line(item, self._outcome(item, is_negated), is_negated, "all", len(item.items), below)
            yield from self.lines(item, is_negated, below, helped)

    def _is_flat(self, item: x.And | x.Or) -> bool:
        return len(item.items) < 2 or (isinstance(item, x.Or) and split_cases(item) is not None)

    def _choice(self, choice: Choice, outcome: Outcome, matters: bool, helps: bool) -> Iterator[Line]:
        """The case that applies; where that is not known, the test that leaves it open and every case still possible."""
        for i, (test, branch) in enumerate(choice.cases):
            holds = self.reference.outcome(test)
            if holds is Outcome.PASS:
                yield from self._case_head(test, branch, outcome)
                yield from self._parts(branch, matters, helps)
                return
            if is_open(holds):
                yield from self.lines(test, False, matters, helps)
                for later, then in choice.cases[i:]:
                    yield Line(later, self.reference.outcome(later), role="if", matters=matters)
                    yield from self._parts(then, matters, helps)
                yield Line(test, outcome, role="else", matters=matters)
                yield from self._parts(choice.otherwise, matters, helps)
                return
        last = choice.cases[-1][0]
        yield from self._case_head(negation(last), choice.otherwise, outcome)
        yield from self._parts(choice.otherwise, matters, helps)

    def _parts(self, branch: tuple[x.Bool, ...], matters: bool, helps: bool) -> Iterator[Line]:
        for part in branch:
            yield from self.lines(part, False, matters, helps)

    def _case_head(self, test: x.Bool, branch: tuple[x.Bool, ...], outcome: Outcome) -> Iterator[Line]:
        if isinstance(test, x.Known):
            return
        if isinstance(test, x.Not) and isinstance(test.inner, x.Known) and isinstance(test.inner.inner, x.Ref):
            yield Line(test.inner, outcome, role="formula", branch=branch)
            return
        yield Line(test, Outcome.PASS, role="case")


@dataclass(frozen=True, slots=True)
class Choice:
    """``如果(t1, a1, t2, a2, …, b)`` between conditions, as its tests with what each asks for, and the rest."""

    cases: tuple[tuple[x.Bool, tuple[x.Bool, ...]], ...]
    otherwise: tuple[x.Bool, ...]


def split_cases(node: x.Or) -> Choice | None:
    """Take apart what the checker makes of ``如果`` and of derived flags: ``(t 且 a) 或 (非 t 且 b)``; None for others."""
    branches = [item.items for item in node.items if isinstance(item, x.And)]
    if len(branches) != len(node.items) or len(branches) < 2:
        return None
    if any(len(items) <= min(i, len(branches) - 2) for i, items in enumerate(branches)):
        return None
    tests = [items[i] for i, items in enumerate(branches[:-1])]
    for i, items in enumerate(branches):
        if not all(is_contrary(test, failed) for test, failed in zip(tests[:i], items, strict=False)):
            return None
    cases = tuple((test, items[i + 1 :]) for i, (test, items) in enumerate(zip(tests, branches, strict=False)))
    return Choice(cases, branches[-1][len(tests) :])


def is_contrary(one: x.Bool, other: x.Bool) -> bool:
    """Whether two conditions are each other's negation as the checker writes it."""
    if negation(one) == other:
        return True
    if not (isinstance(one, x.Or) and isinstance(other, x.Or)):
        return False
    here, there = split_cases(one), split_cases(other)
    if here is None or there is None or [t for t, _ in here.cases] != [t for t, _ in there.cases]:
        return False
    pairs = zip(
        (*(b for _, b in here.cases), here.otherwise), (*(b for _, b in there.cases), there.otherwise), strict=True
    )
    return all(len(a) == len(b) == 1 and is_contrary(a[0], b[0]) for a, b in pairs)


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
