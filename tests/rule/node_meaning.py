"""What every node means, read off docs/semantics.md line by line, and random programs to try it on."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from kaiwu.rule.outcome import Outcome, all_of, any_of, known, negated
from kaiwu.rule.program import Op, Program, WidthError

Value = int | None
DIVISIONS = (Op.ROUND, Op.TRUNC, Op.AWAY, Op.FLOOR)


def divided(op: Op, a: int, b: int) -> int:
    """a / b for b > 0, rounded as the page says."""
    sign, n = (-1, -a) if a < 0 else (1, a)
    if op is Op.FLOOR:
        return a // b
    return sign * {Op.ROUND: (2 * n + b) // (2 * b), Op.TRUNC: n // b, Op.AWAY: -(-n // b)}[op]


def meaning(program: Program, row: dict[str, Value]) -> list[Value | Outcome]:
    """The value of every node for one row."""
    p, out = program, []
    for node in range(len(p)):
        out.append(_one(p, node, row, out))
    return out


def _one(p: Program, node: int, row: dict[str, Value], v: list[Value | Outcome]) -> Value | Outcome:
    op, a, b, c = Op(p.op[node]), p.a[node], p.b[node], p.c[node]
    if op is Op.CONST:
        return p.constants[a]
    if op is Op.SLOT:
        return row[p.slots[a]]
    if op in (Op.TRUE, Op.FALSE, Op.HUMAN):
        return {Op.TRUE: Outcome.PASS, Op.FALSE: Outcome.FAIL, Op.HUMAN: Outcome.HUMAN}[op]
    if op in (Op.AND, Op.OR):
        return (all_of if op is Op.AND else any_of)([v[a], v[b]])  # type: ignore[list-item]
    if op is Op.NOT:
        return negated(v[a])  # type: ignore[arg-type]
    if op is Op.IS_HUMAN:
        return known(v[a] is Outcome.HUMAN)
    if op is Op.KNOWN:
        return known(v[a] is not None)
    if op is Op.SELECT:
        return {Outcome.PASS: v[b], Outcome.FAIL: v[c]}.get(v[a])  # type: ignore[call-overload,no-any-return]
    if op is Op.COALESCE:
        return v[b] if v[a] is None else v[a]
    if op in (Op.FLAG, Op.JUDGE, Op.IN):
        if v[a] is None:
            return Outcome.HUMAN if op is Op.JUDGE else Outcome.MISSING
        return known(v[a] in p.sets[b] if op is Op.IN else v[a] != 0)
    x, y = v[a], v[b]
    if x is None or y is None:
        return Outcome.MISSING if op in (Op.LT, Op.LE, Op.EQ) else None
    if op in (Op.LT, Op.LE, Op.EQ):
        return known({Op.LT: x < y, Op.LE: x <= y, Op.EQ: x == y}[op])
    if op in DIVISIONS:
        return None if y <= 0 else divided(op, x, y)
    return {Op.ADD: x + y, Op.SUB: x - y, Op.MUL: x * y, Op.MIN: min(x, y), Op.MAX: max(x, y)}[op]


@dataclass(frozen=True)
class Nodes:
    """A program with some of its nodes as roots, and rows within bounds."""

    program: Program
    truths: list[int]
    integers: list[int]
    rows: list[dict[str, Value]]


_SIZES = (1, 3, 100, 10**6, 2**31, 10**12, 2**62, 2**63 - 1)


@st.composite
def programs(draw: st.DrawFn, sizes: tuple[int, ...] = _SIZES) -> Nodes:
    """Any nodes over any nodes, with every way in which they may be missing."""
    p = Program()
    integers = [p.const(draw(st.sampled_from([0, 1, -1, 2, 7, -7, 100, 2**31, -(2**31), 10**10])))]
    for i in range(draw(st.integers(1, 4))):
        high = draw(st.sampled_from(sizes))
        low = draw(st.sampled_from([0, 1, -high, high, -1])) if high > 1 else 0
        integers.append(p.slot(f"slot {i}", low, high))
    slots = list(integers[1:])
    truths = [p.truth(draw(st.booleans())), p.needs_human(), p.flag(draw(st.sampled_from(slots)))]
    for _ in range(draw(st.integers(1, 24))):
        _grow(draw, p, slots, integers, truths)
    rows = draw(
        st.lists(
            st.fixed_dictionaries({p.slots[p.a[s]]: _cell(p.low[s], p.high[s]) for s in slots}), min_size=1, max_size=6
        )
    )
    recent = st.integers(0, 9)
    return Nodes(
        p,
        [t for t in dict.fromkeys(truths) if draw(recent) < 5] or truths[-1:],
        [n for n in dict.fromkeys(integers) if draw(recent) < 4] or integers[-1:],
        rows,
    )


def _cell(low: int, high: int) -> st.SearchStrategy[Value]:
    edges = [v for v in (low, high, 0, 1, -1, 2, 3, 50, 51, low + 1, high - 1) if low <= v <= high]
    return st.one_of(st.none(), st.sampled_from(edges), st.integers(low, high))


def _grow(draw: st.DrawFn, p: Program, slots: list[int], integers: list[int], truths: list[int]) -> None:
    one = st.sampled_from([*integers[-6:], *integers])
    truth = st.sampled_from([*truths[-6:], *truths])
    op = draw(st.sampled_from([op for op in Op if op not in (Op.SLOT, Op.TRUE, Op.FALSE, Op.HUMAN)]))
    try:
        match op:
            case Op.CONST:
                integers.append(p.const(draw(st.integers(-1000, 1000))))
            case Op.ADD | Op.SUB | Op.MUL:
                integers.append({Op.ADD: p.add, Op.SUB: p.sub, Op.MUL: p.mul}[op](draw(one), draw(one)))
            case Op.MIN | Op.MAX:
                integers.append(p.pick(op, draw(one), draw(one)))
            case Op.SELECT:
                integers.append(p.select(draw(truth), draw(one), draw(one)))
            case Op.ROUND | Op.TRUNC | Op.AWAY | Op.FLOOR:
                integers.append(p.divide(op, draw(one), draw(one)))
            case Op.COALESCE:
                integers.append(p.coalesce(draw(one), draw(one)))
            case Op.LT | Op.LE | Op.EQ:
                truths.append(p.compare(op, draw(one), draw(one)))
            case Op.AND | Op.OR:
                truths.append(p.conjunction(op, draw(st.lists(truth, min_size=1, max_size=4))))
            case Op.NOT:
                truths.append(p.negate(draw(truth)))
            case Op.KNOWN:
                truths.append(p.is_known(draw(one)))
            case Op.FLAG:
                truths.append(p.flag(draw(st.sampled_from(slots))))
            case Op.JUDGE:
                truths.append(p.judged(draw(st.sampled_from(slots))))
            case Op.IN:
                truths.append(p.member(draw(st.sampled_from(slots)), draw(st.sets(st.integers(-3, 3), max_size=4))))
            case Op.IS_HUMAN:
                truths.append(p.is_human(draw(truth)))
    except WidthError:
        return
