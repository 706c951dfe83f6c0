"""What an evaluation reads (追溯): figures used, figures missing that matter, findings still open.

Owns these questions about one tree and one row, all answered by the exact reference; it words nothing.

"Could still change the outcome" is meant as an officer means it: figures whose absence is the reason for
缺数据. Two sorts of slots are never asked for, although a figure there would be used: a derived variable
whose formula answers or asks for its own figures, and what ``已知(…)`` asks about, since there the absence
itself is the fact.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kaiwu.rule import expression as x
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference, Row, Unknown

_OPEN = (Outcome.MISSING, Outcome.HUMAN)


def figures_read(node: x.Expr, reference: Reference) -> dict[str, x.Ref]:
    """The columns that the evaluation of a node reads, by slot in reading order, missing ones included."""
    return {ref.slot: ref for ref in _read(node, reference)}


def derivations_read(node: x.Expr, reference: Reference) -> list[x.Derived]:
    """The derived variables that the evaluation of a node meets, outermost first; nothing below one whose figure answers."""
    return list(_met(node, reference))


def missing_slots(tree: x.Bool, row: Row) -> tuple[str, ...]:
    """Columns without a figure (缺数据) that can still change the outcome of a condition, in reading order.

    Empty unless the outcome is 缺数据; with a figure for each of them it no longer is.
    """
    return tuple(dict.fromkeys(_missing_in_condition(tree, Reference(row))))


def missing_in_amount(tree: x.Num, row: Row) -> tuple[str, ...]:
    """Columns without a figure for which an amount is still a range, in reading order."""
    return tuple(dict.fromkeys(_missing_in_range(tree, Reference(row))))


def open_findings(tree: x.Bool, row: Row) -> tuple[str, ...]:
    """Human findings (需认定) not yet made that can still change the outcome, in reading order."""
    return tuple(dict.fromkeys(_open_in_condition(tree, Reference(row))))


def findings_in_amount(tree: x.Num, row: Row) -> tuple[str, ...]:
    """Human findings not yet made for which an amount is still a range."""
    reference = Reference(row)
    tests = (test for node in x.walk(tree) if isinstance(node, x.Choose) for test, _ in node.cases)
    return tuple(dict.fromkeys(slot for test in tests for slot in _open_in_condition(test, reference)))


def undefined_at(node: x.Num, reference: Reference) -> x.Num | None:
    """The innermost part that has no value although its figures are there; None if there is none."""
    if reference.number(node) is not Unknown.UNDEFINED:
        return None
    below: list[x.Num] = [child for child in x.children(node) if isinstance(child, x.Num)]
    if isinstance(node, x.Derived):
        below = [node.formula]
    elif isinstance(node, x.Choose):
        below = [value for value in _chosen(node, reference) if value is not None]
    return next((cause for child in below if (cause := undefined_at(child, reference)) is not None), node)


def is_open(outcome: Outcome) -> bool:
    """Whether an answer is not known yet."""
    return outcome in _OPEN


def _chosen(node: x.Choose, reference: Reference) -> Iterator[x.Num | None]:
    for test, value in node.cases:
        outcome = reference.outcome(test)
        if outcome is Outcome.PASS:
            yield value
        if outcome is not Outcome.FAIL:
            return
    yield node.otherwise


def _read(node: x.Expr, reference: Reference) -> Iterator[x.Ref]:
    match node:
        case x.Ref():
            yield node
        case x.Derived():
            given = isinstance(reference.number(node.ref), Fraction)
            yield from _read(node.ref if given else node.formula, reference)
        case x.Choose():
            for test, value in node.cases:
                yield from _read(test, reference)
                outcome = reference.outcome(test)
                if outcome is Outcome.PASS:
                    yield from _read(value, reference)
                if outcome is not Outcome.FAIL:
                    return
            yield from _read(node.otherwise, reference)
        case _:
            for child in x.children(node):
                yield from _read(child, reference)


def _met(node: x.Expr, reference: Reference) -> Iterator[x.Derived]:
    match node:
        case x.Derived():
            yield node
            if not isinstance(reference.number(node.ref), Fraction):
                yield from _met(node.formula, reference)
        case x.Choose():
            for test, _ in node.cases:
                yield from _met(test, reference)
                if reference.outcome(test) is not Outcome.FAIL:
                    break
            for value in _chosen(node, reference):
                if value is not None:
                    yield from _met(value, reference)
        case _:
            for child in x.children(node):
                yield from _met(child, reference)


def _missing_in_condition(node: x.Bool, reference: Reference) -> Iterator[str]:
    if reference.outcome(node) is not Outcome.MISSING:
        return
    match node:
        case x.FlagIs() | x.Member() | x.Judged():
            yield node.ref.slot
        case x.And() | x.Or() | x.Not():
            for child in x.children(node):
                if isinstance(child, x.Bool):
                    yield from _missing_in_condition(child, reference)
        case _:
            for child in x.children(node):
                if isinstance(child, x.Num):
                    yield from _missing_in_number(child, reference)


def _missing_in_number(node: x.Num, reference: Reference) -> Iterator[str]:
    if reference.number(node) is not Unknown.MISSING:
        return
    match node:
        case x.Ref() | x.Context():
            yield node.slot
        case x.Derived():
            yield from _missing_in_number(node.formula, reference)
        case x.Choose():
            for test, value in node.cases:
                outcome = reference.outcome(test)
                yield from _missing_in_condition(test, reference)
                if outcome in (Outcome.PASS, Outcome.MISSING):
                    yield from _missing_in_number(value, reference)
                if outcome in (Outcome.PASS, Outcome.HUMAN):
                    return
            yield from _missing_in_number(node.otherwise, reference)
        case _:
            for child in x.children(node):
                if isinstance(child, x.Num):
                    yield from _missing_in_number(child, reference)


def _missing_in_range(node: x.Num, reference: Reference) -> Iterator[str]:
    low, high = reference.interval(node)
    if low == high:
        return
    match node:
        case x.Ref():
            yield node.slot
        case x.Derived():
            yield from _missing_in_number(node.formula, reference)
        case x.Choose():
            for test, value in node.cases:
                outcome = reference.outcome(test)
                yield from _missing_in_condition(test, reference)
                if outcome is not Outcome.FAIL:
                    yield from _missing_in_range(value, reference)
                if outcome is Outcome.PASS:
                    return
            yield from _missing_in_range(node.otherwise, reference)
        case x.Pick():
            for item in node.items:
                ends = reference.interval(item)
                if (ends[0] < high) if node.op == "min" else (ends[1] > low):
                    yield from _missing_in_range(item, reference)
        case _:
            for child in x.children(node):
                if isinstance(child, x.Num):
                    yield from _missing_in_range(child, reference)


def _open_in_condition(node: x.Bool, reference: Reference) -> Iterator[str]:
    if not is_open(reference.outcome(node)):
        return
    match node:
        case x.Judged():
            yield node.ref.slot
        case x.And() | x.Or() | x.Not():
            for child in x.children(node):
                if isinstance(child, x.Bool):
                    yield from _open_in_condition(child, reference)
        case _:
            for below in x.walk(node):
                if isinstance(below, x.Choose):
                    for test, _ in below.cases:
                        yield from _open_in_condition(test, reference)
