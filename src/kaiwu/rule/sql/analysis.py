"""What can be said of nodes before any SQL is written.

Owns three questions: which nodes may be missing, which answers may occur, who reads a node. The answers only
make text shorter; a wider answer is never wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

from kaiwu.rule.outcome import Outcome, all_of, any_of, known, negated
from kaiwu.rule.program import Op, Program

Answers = frozenset[Outcome]

KNOWN: Answers = frozenset({Outcome.FAIL, Outcome.PASS})
_WITH_MISSING: Answers = KNOWN | {Outcome.MISSING}
_WITH_HUMAN: Answers = KNOWN | {Outcome.HUMAN}
_FIXED: dict[int, Answers] = {
    Op.TRUE: frozenset({Outcome.PASS}),
    Op.FALSE: frozenset({Outcome.FAIL}),
    Op.HUMAN: frozenset({Outcome.HUMAN}),
    Op.FLAG: _WITH_MISSING,
    Op.IN: _WITH_MISSING,
    Op.JUDGE: _WITH_HUMAN,
}
_DIVISIONS = frozenset({Op.ROUND, Op.TRUNC, Op.AWAY, Op.FLOOR})


@dataclass(slots=True)
class Analysis:
    """Answers for every node below some roots.

    ``nodes``: those nodes, operands first. ``nullable``: integer nodes that may be missing. ``answers``: of
    truth nodes. ``uses``: how many nodes and roots read a node. ``absorbed``: a link of an AND or OR chain
    that its one reader takes up whole.
    """

    nodes: list[int]
    nullable: dict[int, bool] = field(default_factory=dict)
    answers: dict[int, Answers] = field(default_factory=dict)
    uses: dict[int, int] = field(default_factory=dict)
    absorbed: set[int] = field(default_factory=set)


def analyse(program: Program, roots: Sequence[int]) -> Analysis:
    """Analyse all nodes below the roots in one pass."""
    result = Analysis(program.needed(roots))
    uses = dict.fromkeys(result.nodes, 0)
    result.uses = uses
    for root in roots:
        uses[root] += 1
    for node in result.nodes:
        op = program.op[node]
        for operand in program.operands(node):
            uses[operand] += 1
        if op < Op.LT:
            result.nullable[node] = _may_be_missing(program, node, result)
        else:
            result.answers[node] = _answers(program, node, result)
    for node in result.nodes:
        if program.op[node] in (Op.AND, Op.OR):
            for operand in program.operands(node):
                if program.op[operand] == program.op[node] and uses[operand] == 1:
                    result.absorbed.add(operand)
    return result


def _may_be_missing(p: Program, node: int, known_so_far: Analysis) -> bool:
    nullable = known_so_far.nullable
    op, a, b = p.op[node], p.a[node], p.b[node]
    if op == Op.CONST:
        return False
    if op == Op.SLOT:
        return True
    if op == Op.SELECT:
        return not known_so_far.answers[a] <= KNOWN or nullable[b] or nullable[p.c[node]]
    if op == Op.COALESCE:
        return nullable[a] and nullable[b]
    return nullable[a] or nullable[b] or (op in _DIVISIONS and p.low[b] <= 0)


def _answers(p: Program, node: int, known_so_far: Analysis) -> Answers:
    nullable, answers = known_so_far.nullable, known_so_far.answers
    op, a, b = p.op[node], p.a[node], p.b[node]
    if op in _FIXED:
        return _FIXED[op]
    if op in (Op.LT, Op.LE, Op.EQ):
        return _WITH_MISSING if nullable[a] or nullable[b] else KNOWN
    if op in (Op.AND, Op.OR):
        combine = all_of if op == Op.AND else any_of
        return frozenset(combine(pair) for pair in product(answers[a], answers[b]))
    if op == Op.NOT:
        return frozenset(negated(answer) for answer in answers[a])
    if op == Op.KNOWN:
        return KNOWN if nullable[a] else frozenset({Outcome.PASS})
    return frozenset(known(answer is Outcome.HUMAN) for answer in answers[a])  # IS_HUMAN
