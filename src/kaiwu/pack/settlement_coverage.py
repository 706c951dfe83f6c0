"""Coverage of settlements (兑付覆盖): for every clause with money, whether its document says how it is settled.

Owns the four answers and the table of clauses. What a step means stands with the step; nothing is settled here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kaiwu.benefit import ClauseScheme
from kaiwu.benefit.clause import Clause
from kaiwu.benefit.settlement import Settlement, Step
from kaiwu.benefit.settlement.step.pot import Pot
from kaiwu.benefit.settlement.step.same_matter import SameMatter

DECLARED, PARTLY, ASKS, SILENT = "declared", "partly", "asks", "not stated"
WAYS = {DECLARED: "已声明", PARTLY: "部分", ASKS: "由人认定", SILENT: "原文未写"}
"""Answers and their Chinese words, from the best to the least declared."""
STANDINGS = ("attested", "single_copy", "inferred", "memory")
"""How well a step is attested, from the best to the least."""
UNVERIFIED = STANDINGS[2:]

SECTION = """
## Settlement of clauses with money 有金额条款的兑付

**Declared** 已声明: every step that reaches the clause follows from its document. **Partly** 部分: a step was inferred or stands on
memory, or a rare case is left to people (an earlier award for the same matter, a tie). **Asks** 由人认定: the document names a pot
without its amount or without a rule for its end, so nothing that it cannot pay is paid before somebody decides. **Not stated**
原文未写: the document, as far as it is known, says nothing between the clause and the payment.

*Standing* 来源 is that of the least attested step.

| pack | rulebook | clause 条款 | article 依据 | settlement 兑付 | steps 步骤 | standing 来源 | left to people 待认定 |
|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class SettledClause:
    """How one clause with money is settled; ``steps`` are kinds in their order, ``left`` what people decide or verify."""

    pack: str
    scheme: str
    clause: str
    article: str
    way: str
    steps: tuple[str, ...]
    standing: str
    left: tuple[str, ...]

    def line(self) -> str:
        """One row of the table."""
        cells = (self.pack, self.scheme, self.clause, self.article, f"{self.way} {WAYS[self.way]}", " → ".join(self.steps), self.standing, "; ".join(self.left))  # fmt: skip
        return f"| {' | '.join(cells)} |"


def settled_clauses(pack: str, scheme: ClauseScheme) -> Iterator[SettledClause]:
    """A row for every clause of a rulebook that grants money or draws on a pot."""
    for clause in scheme.book.clauses:
        if clause.amount is not None or clause.pot:
            yield _read_clause(pack, scheme, clause)


def _read_clause(pack: str, scheme: ClauseScheme, clause: Clause) -> SettledClause:
    steps = steps_of(clause, scheme.book.settlement)
    found = [(way, word) for step in steps for way, word in _open_ends(step)]
    ways = {way for way, _ in found}
    way = SILENT if not steps else ASKS if ASKS in ways else PARTLY if ways else DECLARED
    left = tuple(dict.fromkeys(word for _, word in found))
    standing = max((s.term.standing for s in steps), key=STANDINGS.index, default="")
    kinds = tuple(s.term.kind for s in steps)
    return SettledClause(pack, scheme.code, clause.id, clause.article, way, kinds, standing, left)


def steps_of(clause: Clause, plan: Settlement | None) -> list[Step]:
    """The steps of a settlement that reach a clause, in their order."""
    steps = plan.steps if plan is not None else ()
    return [step for step in steps if not step.term.clauses or clause.id in step.term.clauses]


def _open_ends(step: Step) -> Iterator[tuple[str, str]]:
    """What a step leaves open: how far that goes, and in which words."""
    if step.term.standing in UNVERIFIED:
        yield PARTLY, "待核实 to be verified"
    if isinstance(step, Pot):
        yield from _open_pot(step)
    elif isinstance(step, SameMatter) and step.keep == "highest" and step.paid_before == "ask":
        yield PARTLY, "以前已兑付 paid before"


def _open_pot(pot: Pot) -> Iterator[tuple[str, str]]:
    if pot.amount is None and pot.exhaustion != "quota":
        yield ASKS, "总额 amount of the pot"
    if pot.exhaustion is None:
        yield ASKS, "耗尽规则 end of the pot"
    if pot.exhaustion in ("first_come", "ranked", "quota") and not pot.tie:
        yield PARTLY, "并列 ties"
    if pot.exhaustion in ("first_come", "ranked") and pot.last == "ask":
        yield PARTLY, "最后一笔 last claim"


def count_ways(rows: Iterable[SettledClause]) -> dict[str, int]:
    """How many clauses have each answer, in the order of ``WAYS``."""
    counts = dict.fromkeys(WAYS, 0)
    for row in rows:
        counts[row.way] += 1
    return counts
