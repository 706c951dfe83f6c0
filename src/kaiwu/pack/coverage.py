"""Coverage (覆盖情况): how much of every pack's clauses a machine decides and settles, and how much is left to people.

Owns the counting and the page. It decides nothing: what counts as human is read off the compiled clauses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kaiwu.benefit import ClauseScheme
from kaiwu.benefit.clause import Clause, Condition
from kaiwu.figure.variable import Kind
from kaiwu.pack.library import Library
from kaiwu.pack.settlement_coverage import SECTION, SettledClause, count_ways, settled_clauses
from kaiwu.rating import RubricScheme
from kaiwu.rating.rubric.book import Route
from kaiwu.rule import expression as x

HEAD = """\
# Coverage 覆盖情况

Generated from the packs by `kaiwu.pack.coverage.write_coverage`; do not edit by hand. 由内容包生成, 请勿手改。

A clause is decided **by machine** 全由机器判断 where every condition is a figure; **partly** 部分需人认定 where some conditions can
only be found by people; **human only** 全由人认定 where all of them are. *At most* 最高 counts clauses whose text gives only an
upper limit, so that the office sets the amount. *Other rulebooks* 其他规则 are ratings, bands and streaks; *templates* 空模板
are rulebooks whose content is not published. The four columns *settlement* 兑付 count clauses with money; they are explained and
listed below.

"""
COLUMNS = "| pack | 内容包 | clauses 条款 | by machine 机器 | partly 部分 | human only 人工 | at most 最高 | other rulebooks 其他规则 | templates 空模板 | settlement declared 兑付已声明 | partly 部分 | asks 由人认定 | not stated 原文未写 |"
RULE = "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"


@dataclass(slots=True)
class Coverage:
    """Counts of one pack; ``total`` of clauses is the sum of the three ways of deciding."""

    pack: str
    zh: str
    machine: int = 0
    partly: int = 0
    human: int = 0
    at_most: int = 0
    others: int = 0
    templates: int = 0
    settled: list[SettledClause] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All clauses of the pack."""
        return self.machine + self.partly + self.human

    def line(self) -> str:
        """One row of the page."""
        numbers = (self.total, self.machine, self.partly, self.human, self.at_most, self.others, self.templates, *count_ways(self.settled).values())  # fmt: skip
        return f"| {self.pack} | {self.zh} | {' | '.join(str(n) for n in numbers)} |"


def measure_coverage(library: Library) -> list[Coverage]:
    """Coverage of every pack of a library that holds a rulebook, by pack code."""
    rows = {code: Coverage(code, shelf.pack.zh) for code, shelf in library.shelves.items()}
    for code, (pack, _, head) in library.heads.items():
        row = rows[pack]
        if head.status == "template":
            row.templates += 1
            continue
        scheme = library.scheme(code)
        if isinstance(scheme, RubricScheme) and any(_has_conditions(route) for route in scheme.book.routes):
            for route in scheme.book.routes:
                _add(row, way_of_route(route))
            continue
        if not isinstance(scheme, ClauseScheme):
            row.others += 1
            continue
        row.settled += settled_clauses(pack, scheme)
        for clause in scheme.book.clauses:
            _count(row, clause)
    return sorted((r for r in rows.values() if r.total + r.others + r.templates), key=lambda r: r.pack)


def _count(row: Coverage, clause: Clause) -> None:
    _add(row, way_of(clause))
    row.at_most += clause.amount is not None and clause.amount.is_upper_limit


def _add(row: Coverage, way: str) -> None:
    row.machine += way == "machine"
    row.partly += way == "partly"
    row.human += way == "human"


def _has_conditions(route: Route) -> bool:
    return bool(route.gates or route.direct)


def way_of_route(route: Route) -> str:
    """Who can answer a route of a rubric: a machine where no finding is asked for and no expert gives points."""
    found = [_is_finding(condition.tree) for condition in (*route.gates, *route.direct)]
    if not any(found):
        return "machine"
    return "human" if all(found) and not route.marks else "partly"


def way_of(clause: Clause) -> str:
    """``machine``, ``partly`` or ``human``: who can answer the conditions of a clause."""
    leaves = [leaf for leaf in clause.condition.leaves() if not isinstance(leaf.tree, x.Truth)]
    human = [_is_human(leaf) for leaf in leaves]
    if not any(human):
        return "machine"
    return "human" if all(human) else "partly"


def _is_human(leaf: Condition) -> bool:
    return leaf.role == "human" or _is_finding(leaf.tree)


def _is_finding(tree: x.Bool) -> bool:
    return any(ref.variable.kind is Kind.JUDGEMENT for ref in x.slots_of(tree).values())


def print_coverage(rows: Iterable[Coverage]) -> str:
    """The page: counts by pack with a line of totals, then the settlement of every clause with money."""
    rows = list(rows)
    total = Coverage("total", "合计")
    for row in rows:
        for name in ("machine", "partly", "human", "at_most", "others", "templates"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
        total.settled += row.settled
    table = "\n".join([COLUMNS, RULE, *(row.line() for row in rows), total.line()]) + "\n"
    return HEAD + table + SECTION + "".join(f"{clause.line()}\n" for clause in total.settled)


def write_coverage(library: Library, path: Path) -> None:
    """Write the page of a library, such as ``docs/coverage.md`` for all packs that come with Kaiwu."""
    path.write_text(print_coverage(measure_coverage(library)), encoding="utf-8")
