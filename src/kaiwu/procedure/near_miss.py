"""Near misses of a whole run (差一点): who would meet a clause if one figure moved, or if one missing figure came.

Owns the search over many firms: which decisions are worth looking at is found by planes over all of them, the change itself
by ``kaiwu.rule.gap``, and every change is proven by deciding anew. Two conditions short is no near miss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from kaiwu.benefit import Clause, ClauseScheme
from kaiwu.benefit.clause import Condition
from kaiwu.benefit.explanation import is_open_to_act
from kaiwu.benefit.scheme import program_columns
from kaiwu.figure.variable import Kind
from kaiwu.procedure.execution import Run
from kaiwu.quantity import date_index
from kaiwu.rating import RubricScheme
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Facts, Scheme
from kaiwu.rule.engine_numpy import evaluate_numpy
from kaiwu.rule.explain import missing_slots, tell_miss
from kaiwu.rule.gap import Miss, near_misses
from kaiwu.rule.lower import Lowering
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.program import Program

MOST_FIGURES = 2
"""More figures than these at once are a plan, not a near miss."""
MOST_EFFORT = 1000
"""In thousandths: what would have to more than double, or a count that would have to rise by more than one from nothing, is not near."""
MOST_BLANKS = 3
"""With more blank figures in its open conditions a decision is not looked at: more than one of them is missing."""
KEPT_SEARCHES = 20_000

Plane = np.ndarray[Any, np.dtype[Any]]
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """One firm and one clause, and what is between them.

    ``kind``: figure (that many figures would have to move), fact (one figure is missing). ``slots`` are the frame columns;
    ``gap`` tells it in both languages; ``effort`` is the change relative to the figure in thousandths, 0 for a missing one;
    ``outcome`` is what the answer then is at best; ``low`` and ``high`` what is then granted, in fen.
    """

    entity: str
    scheme: str
    item: str
    kind: str
    slots: tuple[str, ...]
    gap_zh: str
    gap_en: str
    effort: int
    outcome: Outcome
    low: int | None
    high: int | None


def find_near_misses(run: Run, told: Told = lambda done, total: None) -> Iterator[NearMiss]:
    """All near misses of the clauses and routes of recognition of a run, scheme by scheme.

    ``told`` hears how many schemes are done. Advice is given only where a figure can still change (``kaiwu.rule.gap``) and
    where the window of application is open.
    """
    codes = [c for c in run.execution.results if isinstance(run.scheme(c), ClauseScheme | RubricScheme)]
    for done, code in enumerate(codes):
        yield from _search(run, code)
        told(done + 1, len(codes))


@dataclass(frozen=True, slots=True)
class _Item:
    """A clause or a route: the conditions that must all hold, and whether figures may still be advised to move."""

    code: str
    trees: tuple[x.Bool, ...]
    is_open: bool
    tree: x.Bool | None  # the whole condition, where it is one


def _items(run: Run, code: str) -> list[_Item]:
    scheme, facts = run.scheme(code), run.execution.facts
    if isinstance(scheme, ClauseScheme):
        return [
            _Item(c.id, tuple(_named(c)), is_open_to_act(c, facts), c.condition.tree)
            for c in scheme.book.clauses
            if c.status == "in_use"
        ]
    assert isinstance(scheme, RubricScheme), "only clauses and rubrics are searched"
    is_open = facts.rated >= facts.as_of.year - 1
    return [_Item(r.code, tuple(g.tree for g in r.gates), is_open, None) for r in scheme.book.routes]


def _named(clause: Clause) -> Iterator[x.Bool]:
    """The conditions that a clause wants all together, outermost first."""

    def walk(condition: Condition) -> Iterator[x.Bool]:
        if condition.group != "all":
            yield condition.tree
            return
        for part in condition.parts:
            yield from walk(part)

    yield from walk(clause.condition)


def _search(run: Run, code: str) -> Iterator[NearMiss]:
    """Near misses of one scheme."""
    items = [i for i in _items(run, code) if i.trees]
    if not items:
        return
    facts = run.execution.facts
    program = Program()
    lowering = Lowering(program)
    nodes = {tree: lowering.condition(tree) for item in items for tree in item.trees}
    planes = evaluate_numpy(program, list(nodes.values()), [], program_columns(program, facts))
    decided = run.result(code).decisions
    for item in items:
        outcome = decided.filter(pl.col("item") == item.code)["outcome"].to_numpy()
        stand = np.stack([planes.outcome(nodes[tree]) for tree in item.trees])
        if item.is_open:
            yield from _by_figure(run, code, item, outcome, stand)
        yield from _by_fact(run, code, item, outcome, stand)


Read = tuple[tuple[str, int | None], ...]
"""The figures that a condition reads, by slot: what a search depends on, and all that it depends on."""


def _reads(facts: Facts, tree: x.Bool, rows: Sequence[int]) -> list[tuple[str, Read]]:
    """Entity and figures read of some rows."""
    slots = [slot for slot in x.slots_of(tree) if slot in facts.table.columns]
    context = (("#as_of", date_index(facts.as_of)), ("#rated", facts.rated))
    table = facts.table.select("entity", *(s for s in slots if s != "entity"))[list(rows)]
    return [(row[0], (*zip(slots, row[1:], strict=True), *context)) for row in table.iter_rows()]


# -- one figure short ------------------------------------------------------------------------------------------


def _by_figure(run: Run, code: str, item: _Item, outcome: Plane, stand: Plane) -> Iterator[NearMiss]:
    """不符合 by exactly one condition, which one or two figures would turn; proven by deciding anew."""
    facts = run.execution.facts
    failed = stand == int(Outcome.FAIL)
    is_near = (outcome == int(Outcome.FAIL)) & (failed.sum(axis=0) == 1)
    found: list[tuple[int, str, Read, Miss]] = []
    for tree, fails in zip(item.trees, failed, strict=True):
        rows = np.flatnonzero(is_near & fails).tolist()
        for at, (entity, read) in zip(rows, _reads(facts, tree, rows), strict=True):
            miss = _nearest(tree, read)
            if miss is not None and len(miss.changes) <= MOST_FIGURES:
                found.append((at, entity, read, miss))
    after = _decide_changed(run, code, item.code, [(at, miss) for at, _, _, miss in found]) if found else []
    for (_, entity, read, miss), (reached, low, high) in zip(found, after, strict=True):
        effort = sum(abs(c.grains) * 1000 // max(abs(c.before), 1) for c in miss.changes)
        if reached is not Outcome.FAIL and effort <= MOST_EFFORT:
            told = tell_miss(replace(miss, outcome=reached), dict(read), rated=facts.rated)
            yield NearMiss(entity, code, item.code, "figure", told.slots, told.zh, told.en, effort, reached, low, high)


@lru_cache(maxsize=KEPT_SEARCHES)
def _nearest(tree: x.Bool, read: Read) -> Miss | None:
    """The nearest miss of a condition for figures that many firms may share."""
    return next(iter(near_misses(tree, dict(read), 1)), None)


def _decide_changed(
    run: Run, code: str, item: str, changed: Sequence[tuple[int, Miss]]
) -> list[tuple[Outcome, int | None, int | None]]:
    """The answers of one item for rows with other figures, as the engine gives them."""
    facts = run.execution.facts
    table = facts.table[[at for at, _ in changed]]
    for slot in sorted({c.slot for _, miss in changed for c in miss.changes}):
        values = [next((c.after for c in miss.changes if c.slot == slot), None) for _, miss in changed]
        table = table.with_columns(pl.coalesce(pl.Series(slot, values, dtype=pl.Int64), pl.col(slot)).alias(slot))
    decided = run.scheme(code).decide(Facts(table, facts.as_of, facts.rated)).decisions.filter(pl.col("item") == item)
    money = [decided[c].to_list() if c in decided.columns else [None] * decided.height for c in ("low", "high")]
    return [(Outcome(o), low, high) for o, low, high in zip(decided["outcome"], *money, strict=True)]


# -- one fact missing ------------------------------------------------------------------------------------------


def _by_fact(run: Run, code: str, item: _Item, outcome: Plane, stand: Plane) -> Iterator[NearMiss]:
    """缺数据 by one figure that is not there; what only a human can find is no missing figure."""
    facts, scheme = run.execution.facts, run.scheme(code)
    needs = {need.slot: need for need in scheme.needs()}
    reads = (
        [frozenset(x.slots_of(tree)) for tree in item.trees]
        if item.tree is not None
        else [frozenset(needs)] * len(item.trees)
    )
    blank = {s: facts.table[s].is_null().to_numpy() for s in needs if s in facts.table.columns}
    waits = stand == int(Outcome.MISSING)
    count = np.zeros(len(outcome), np.int64)
    for slot, empty in blank.items():
        open_ = np.zeros(len(outcome), bool)
        for reading, waiting in zip(reads, waits, strict=True):
            if slot in reading:
                open_ |= waiting if item.tree is not None else True
        count += open_ & empty
    is_near = (outcome == int(Outcome.MISSING)) & (count >= 1) & (count <= MOST_BLANKS)
    rows = np.flatnonzero(is_near).tolist()
    decided = run.result(code).decisions.filter(pl.col("item") == item.code)
    is_known = "high" in decided.columns and has_limit(scheme, item.code)
    highs = decided["high"].to_list() if is_known else [None] * decided.height
    for at, (entity, missing) in zip(rows, _missing(run, code, item, rows), strict=True):
        if len(missing) == 1 and missing[0] in needs and needs[missing[0]].variable.kind is not Kind.JUDGEMENT:
            variable, high = needs[missing[0]].variable, highs[at]
            zh, en = f"只缺{variable.zh}", f"only {variable.en or variable.code} is missing"
            low = None if high is None else 0
            yield NearMiss(entity, code, item.code, "fact", tuple(missing), zh, en, 0, Outcome.PASS, low, high)


def has_limit(scheme: Scheme, item: str) -> bool:
    """Whether a clause limits what it grants: without a cap the highest amount of an open answer is only that of the variables' bounds."""
    if not isinstance(scheme, ClauseScheme):
        return False
    amount = scheme.book.clause(item).amount
    return amount is not None and (bool(amount.caps) or not x.slots_of(amount.tree))


def _missing(run: Run, code: str, item: _Item, rows: Sequence[int]) -> Iterator[tuple[str, Sequence[str]]]:
    """The missing figures that can still change the answer, exactly, for some rows."""
    facts, scheme, result = run.execution.facts, run.scheme(code), run.result(code)
    if item.tree is not None:
        for entity, read in _reads(facts, item.tree, rows):
            yield entity, _open_slots(item.tree, read)
        return
    for entity in facts.table["entity"][list(rows)]:
        decisions = scheme.explain(facts, entity, result)
        yield entity, next((d.missing for d in decisions if d.item == item.code), ())


@lru_cache(maxsize=KEPT_SEARCHES)
def _open_slots(tree: x.Bool, read: Read) -> tuple[str, ...]:
    return tuple(missing_slots(tree, dict(read)))


__all__ = ["NearMiss", "find_near_misses", "has_limit"]
