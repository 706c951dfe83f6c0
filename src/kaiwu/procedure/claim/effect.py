"""Effect per voucher yuan (成效): what paid firms answered, beside the figure before, question by question.

Owns the comparison. It is a plain difference between two moments, not what the money caused (``CAVEAT``). All numbers are
exact; an answer or figure that is missing is left out of both sides and counted, never taken for nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

import polars as pl

from kaiwu.figure.fact import read_value
from kaiwu.figure.selection import Slot
from kaiwu.figure.variable import Kind, Variable
from kaiwu.identity.frame import code_frame
from kaiwu.pack import Library
from kaiwu.pack.programme import Programme, Question
from kaiwu.procedure.claim.case import Case
from kaiwu.procedure.claim.event import Event
from kaiwu.procedure.claim.payment import add_months
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError
from kaiwu.quantity.unit import Unit

CAVEAT = (
    "仅为兑付前后对比, 不是因果效应: 未扣除市场、价格和其他政策的影响, 也没有对照组; 未答和无前值的企业不计入",
    "a comparison of before and after, not a causal effect: neither market, prices and other policies nor a control group are accounted "
    "for; firms without an answer or a figure before are left out",
)  # fmt: skip
DECIMALS = 4
"""Decimals of a ratio as printed, half up, where the question declares none; the ratio itself is exact."""


class Before(Protocol):
    """Figures from before the claims."""

    def __call__(self, variable: Variable, years: Mapping[str, int]) -> Mapping[str, int]:
        """Stored figures of a variable by firm, each of the firm's year; firms without one are left out."""
        ...


@dataclass(frozen=True, slots=True)
class Pair:
    """One firm's figure before and after, as stored integers, and what it was paid (fen)."""

    firm: str
    before: int
    after: int
    paid: int
    origin: str  # claim | figures


@dataclass(frozen=True, slots=True)
class QuestionEffect:
    """One question over all claims that are due. ``pairs`` are the firms whose figure is known before and after."""

    question: Question
    variable: Variable | None
    due: int
    answered: int
    unreadable: tuple[str, ...]  # numbers of claims whose kept answer is not a figure of the variable
    pairs: tuple[Pair, ...]

    @property
    def is_summed(self) -> bool:
        """Whether figures of firms may be added: money, counts and plain quantities; never shares, scores and intensities."""
        v = self.variable
        if v is None or v.unit is None or not self.pairs:
            return False
        return v.kind in (Kind.MONEY, Kind.COUNT) or (v.kind is Kind.QUANTITY and is_plain(v.unit))

    @property
    def paid(self) -> int:
        """Fen paid to the firms that are compared."""
        return sum(pair.paid for pair in self.pairs)

    @property
    def before(self) -> Fraction | None:
        """The sum before, in the unit of the variable; None where nothing can be compared."""
        return self._sum([pair.before for pair in self.pairs])

    @property
    def after(self) -> Fraction | None:
        """The sum after, in the unit of the variable."""
        return self._sum([pair.after for pair in self.pairs])

    @property
    def change(self) -> Fraction | None:
        """After less before, in the unit of the variable."""
        return self._sum([pair.after - pair.before for pair in self.pairs])

    @property
    def per_yuan(self) -> Fraction | None:
        """Change per yuan paid, exactly: yuan per yuan for money, else the variable's unit per yuan."""
        if self.change is None or not self.paid or self.variable is None or self.variable.unit is None:
            return None
        if self.variable.kind is Kind.MONEY:
            return self.variable.unit.to_base(self.change) / self.paid
        return self.change / Fraction(self.paid, 100)

    @property
    def decimals(self) -> int:
        """Decimals by which the ratio is printed."""
        return DECIMALS if self.question.decimals is None else self.question.decimals

    def _sum(self, stored: Sequence[int]) -> Fraction | None:
        if not self.is_summed or self.variable is None or self.variable.unit is None:
            return None
        return self.variable.unit.from_base(sum(stored) * self.variable.grain)


def is_plain(unit: Unit) -> bool:
    """Whether a unit is of one dimension (吨, 千瓦时), so that amounts of firms add up; 万元/亩 do not."""
    return [power for _, power in unit.dimension.powers] == [1]


def measure_effect(
    library: Library, programme: Programme, cases: Iterable[Case], *, as_of: dt.date, before: Before | None = None
) -> list[QuestionEffect]:
    """The effect by question (逐题成效) of a programme's claims, as of a day. ``before`` has figures that no claim states."""
    asked = programme.survey
    if asked is None:
        return []
    due = [c for c in cases if c.programme == programme.code and _is_due(c, asked.months, as_of)]
    return [_measure(library, programme, question, due, before) for question in asked.questions]


def _is_due(case: Case, months: int, as_of: dt.date) -> bool:
    if not case.award or case.due:
        return bool(case.survey)
    last = max((p.day for p in case.payments if not p.is_returned), default=None)
    return bool(case.survey) or (last is not None and add_months(last, months) <= as_of)


def _measure(
    library: Library, programme: Programme, question: Question, due: Sequence[Case], before: Before | None
) -> QuestionEffect:
    variable = find_variable(library, programme, question.variable)
    after: dict[str, int] = {}
    answered, unreadable = 0, []
    for case in due:
        text = case.survey.get(question.code, "").strip()
        try:
            stored = read_value(variable, text) if variable is not None else None
        except KaiwuError:
            unreadable.append(case.number)
            continue
        if text and (variable is None or stored is not None):
            answered += 1
        if stored is not None:
            after[case.firm] = stored  # the last claim's answer is the firm's
    made = QuestionEffect(question, variable, len(due), answered, tuple(unreadable), ())
    if variable is None:
        return made
    known = _before_of(library, programme, question, variable, due, after, before)
    paid: dict[str, int] = defaultdict(int)
    for case in due:
        paid[case.firm] += case.paid - sum(c.recovered for c in case.claw_backs)
    pairs = [Pair(firm, known[firm][0], value, paid[firm], known[firm][1]) for firm, value in sorted(after.items()) if firm in known]  # fmt: skip
    return replace(made, pairs=tuple(pairs))


def _before_of(
    library: Library, programme: Programme, question: Question, variable: Variable, due: Sequence[Case], wanted: Mapping[str, int],
    figures: Before | None,
) -> dict[str, tuple[int, str]]:  # fmt: skip
    """The figure before of each firm that answered: what its first claim stated, else the figure of the year before that claim."""
    source = find_variable(library, programme, question.before) or variable
    found: dict[str, tuple[int, str]] = {}
    years: dict[str, int] = {}
    for case in due:
        if case.firm not in wanted or case.firm in years:
            continue
        assert case.claimed_on is not None, "what was paid was claimed"
        years[case.firm] = case.claimed_on.year - 1
        stated = next((case.facts[name] for name in source.names if name in case.facts), None)
        stored = read_value(source, stated)
        if stored is not None:
            found[case.firm] = (stored, "claim")
    missing = {firm: year for firm, year in years.items() if firm not in found}
    if figures is not None and missing:
        found |= {firm: (stored, "figures") for firm, stored in figures(source, missing).items()}
    return found


def find_variable(library: Library, programme: Programme, name: str) -> Variable | None:
    """A variable of the programme's pack by name, None for no name."""
    catalogue = library.shelves[programme.pack].catalogue
    return (catalogue.get(name) or catalogue.find(name)) if name else None


def check_answers(library: Library, programme: Programme, number: str, event: Event) -> None:
    """Answers of a survey that name a variable must be figures of it. Raises ``KaiwuError`` with all that are not."""
    problems = []
    answers = event.data.get("answers") or {}
    for question in programme.survey.questions if programme.survey is not None else ():
        variable = find_variable(library, programme, question.variable)
        try:
            if variable is not None:
                read_value(variable, answers.get(question.code))
        except KaiwuError as error:
            problems += [p.located(f"{number} {question.code}") for p in error.problems]
    if problems:
        raise KaiwuError(problems)


def figures_before(workspace: Workspace, known_at: dt.date) -> Before:
    """Figures before from the workspace: firms by their code, each of the year before its claim."""
    codes = code_frame(workspace.register)
    by_code = dict(zip(codes["code"], codes["entity_id"], strict=True))

    def read(variable: Variable, years: Mapping[str, int]) -> dict[str, int]:
        found: dict[str, int] = {}
        for year in sorted(set(years.values())):
            firms = {by_code.get(firm, firm): firm for firm, y in years.items() if y == year}
            population = pl.DataFrame({"entity": list(firms)})
            frame = workspace.figures.frame(population, [Slot(variable)], dt.date(year, 12, 31), known_at, rated=year)
            for entity, stored in frame.table.select("entity", variable.code).iter_rows():
                if stored is not None:
                    found[firms[entity]] = stored
        return found

    return read
