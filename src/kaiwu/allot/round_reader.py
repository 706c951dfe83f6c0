"""From tables to a round: scores in steps, needs and offers, demands and quotas, conditions answered, all mistakes in one report.

Owns that step. Files and workspaces are ``procedure``; here everything has been read into whole numbers already.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import polars as pl

from kaiwu.allot import round_sheet as sheet
from kaiwu.allot.applicant import Applicant
from kaiwu.allot.constraint import Comparison
from kaiwu.allot.entry import names_a_firm
from kaiwu.allot.exception import MeetingException
from kaiwu.allot.quota import Cell
from kaiwu.allot.round import Round
from kaiwu.allot.scheme import AllotmentScheme, Pair
from kaiwu.allot.supply import KINDS, Supply
from kaiwu.allot.tie import Draw
from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import KaiwuError, Problem, date_index, find_unit, index_date, parse_quantity
from kaiwu.rule.check import Checker
from kaiwu.rule.decision import Facts
from kaiwu.rule.lower import Lowering
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.program import Program
from kaiwu.rule.reference import Reference

SEPARATORS = "、,，;；>＞"
Items = Mapping[str, Mapping[str, Fraction]]
"""Points of each item by project, where a rating gave them."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table as read: whole numbers by slot, texts by column, and its name for messages."""

    name: str
    numbers: pl.DataFrame
    texts: pl.DataFrame

    def rows(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        """Key, values and place of every row."""
        texts = {row["entity"]: row for row in self.texts.iter_rows(named=True)}
        for at, row in enumerate(self.numbers.iter_rows(named=True), start=2):
            yield row["entity"], {**row, **texts.get(row["entity"], {})}, f"{self.name} 第{at}行 / row {at}"


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a round; ``projects`` also holds the figures that the conditions read."""

    projects: Table
    supplies: Table
    quotas: Table
    demands: Table


@dataclass(frozen=True, slots=True)
class RoundHead:
    """What a round is called and when it decides. The draw and exceptions are there when they have been made."""

    code: str
    zh: str
    en: str
    as_of: dt.date
    rated: int
    draw: Draw | None = None
    exceptions: tuple[MeetingException, ...] = ()
    is_synthetic: bool = False


@dataclass(slots=True)
class _Reading:
    scheme: AllotmentScheme
    head: RoundHead
    tables: Tables
    problems: list[Problem] = field(default_factory=list)

    def complain(self, code: str, zh: str, en: str, where: str, text: str = "") -> None:
        self.problems.append(Problem(code, zh, en, where=where, text=text))


def make_round(scheme: AllotmentScheme, head: RoundHead, tables: Tables, items: Items | None = None) -> Round:
    """The round of some tables under a rulebook. Raises ``KaiwuError`` with everything that is wrong in any of them."""
    reading = _Reading(scheme, head, tables)
    facts = facts_of(head, tables)
    quotas, demands = dict(_read_quotas(reading)), _read_demands(reading)
    applicants = tuple(_read_projects(reading, facts, demands, items or {}))
    supplies = tuple(_read_supplies(reading, facts, applicants))
    if reading.problems:
        raise KaiwuError(reading.problems)
    return Round(
        head.code, head.zh, head.en, scheme.rule, applicants, supplies, quotas, head.draw, head.exceptions, head.is_synthetic,
    )  # fmt: skip


def facts_of(head: RoundHead, tables: Tables) -> Facts:
    """The figures of the projects as conditions and ratings read them."""
    return Facts(tables.projects.numbers, head.as_of, head.rated)


# -- projects -------------------------------------------------------------------------------------------------


def _read_projects(reading: _Reading, facts: Facts, demands: Mapping[str, Mapping[str, Mapping[str, int]]], items: Items) -> Iterator[Applicant]:  # fmt: skip
    book, scheme = reading.scheme.book, reading.scheme
    answers: dict[str, dict[str, Outcome]] = {}
    for entity, kind, outcome in scheme.decide(facts).decisions.iter_rows():
        answers.setdefault(entity, {})[kind] = Outcome(outcome)
    pools = scheme.pools_of(facts)
    for name, row, where in reading.tables.projects.rows():
        parts = _read_items(reading, name, row, items, where)
        score = (
            _steps(reading, row, book.score, where)
            if book.score is not None
            else None
            if parts is None
            else sum(parts.values())
        )
        filed = row.get(sheet.FILED.code)
        if filed is None:
            reading.complain("A-FILED", f"项目“{name}”没有申请日期", f"project “{name}” has no date of filing", where)
        yield Applicant(
            name, row.get(sheet.FIRM.code) or name, index_date(filed) if filed is not None else dt.date.min, score or 0,
            _read_kinds(reading, row.get(sheet.ACCEPTS.code) or "", where), answers.get(name, {}), row.get(sheet.GROUP.code) or "", parts or {},
            tuple(split(row.get(sheet.PREFERS.code) or "")), {c: row.get(pair.need.code) for c, pair in book.pairs.items()},
            demands.get(name, {}), pools.get(name, frozenset()), score is not None, row.get(sheet.TITLE.code) or "", where,
        )  # fmt: skip


def split(text: str) -> list[str]:
    """A list as people write it in a cell: ``出让>租赁``, ``甲、乙``."""
    for mark in SEPARATORS:
        text = text.replace(mark, "\n")
    return [part.strip() for part in text.split("\n") if part.strip()]


def _read_kinds(reading: _Reading, text: str, where: str) -> tuple[str, ...]:
    names = {name: code for code, (zh, en) in KINDS.items() for name in (code, zh, en)}
    names |= {name: k.code for k in reading.scheme.rule.kinds for name in (k.zh, k.en)}
    found = []
    for word in split(text):
        if word in names:
            found.append(names[word])
        else:
            listed = "、".join(k.zh for k in reading.scheme.rule.kinds)
            reading.complain("A-KIND", f"不认识的供给方式“{word}”; 可用: {listed}", f"unknown kind of supply “{word}”; there are: {listed}", where, word)  # fmt: skip
    return tuple(dict.fromkeys(found))


def _read_items(
    reading: _Reading, name: str, row: Mapping[str, Any], items: Items, where: str
) -> dict[str, int] | None:
    """The parts of the score in steps: from a rating, or from their columns; ``None`` where one of them is missing."""
    book, scale = reading.scheme.book, reading.scheme.rule.scale
    if not book.ruler:
        found = {code: _steps(reading, row, variable, where) for code, variable in book.items.items()}
        known = {code: steps for code, steps in found.items() if steps is not None}
        return known if len(known) == len(found) else None
    if name not in items:
        return None
    try:
        return {code: scale.count_steps(points, f"{where} {code}") for code, points in items[name].items()}
    except KaiwuError as error:
        reading.problems += error.problems
        return {}


def _steps(reading: _Reading, row: Mapping[str, Any], variable: Variable, where: str) -> int | None:
    """A column of points in steps of the scale; ``None`` where it is blank."""
    value = row.get(variable.code)
    if value is None:
        return None
    try:
        return reading.scheme.rule.scale.count_steps(Fraction(value) * variable.grain / 10**6, f"{where} {variable.zh}")
    except KaiwuError as error:
        reading.problems += error.problems
        return 0


# -- supplies -------------------------------------------------------------------------------------------------


def _read_supplies(reading: _Reading, facts: Facts, applicants: Sequence[Applicant]) -> Iterator[Supply]:
    book, pools = reading.scheme.book, set(reading.scheme.book.pools)
    for name, row, where in reading.tables.supplies.rows():
        kinds = _read_kinds(reading, row.get(sheet.KIND.code) or "", where)
        area, reserved = row.get(sheet.AREA.code), split(row.get(sheet.RESERVED.code) or "")
        if area is None or area <= 0:
            reading.complain(
                "A-AREA",
                f"“{name}”的面积为空、为零或为负, 必须大于零",
                f"“{name}” has no positive area",
                where,
                str(area),
            )
        if not kinds:
            reading.complain("A-KIND", f"“{name}”没有写供给方式", f"“{name}” names no kind of supply", where)
        for pool in set(reserved) - pools:
            reading.complain("A-POOL", f"办法里没有预留“{pool}”", f"the rulebook has no reserve “{pool}”", where, pool)
        kind = kinds[0] if kinds else next(iter(KINDS))
        yield Supply(
            name, kind, row.get(sheet.PARK.code) or "", area or 0, {c: _offer(reading, c, pair, row, where) for c, pair in book.pairs.items()},
            row.get(sheet.OWNER.code) or "", frozenset(reserved), bool(reserved),
            _find_barred(reading, facts, applicants, kind, row.get(sheet.OWN_CONDITION.code) or "", where), row.get(sheet.LABEL.code) or "", where,
        )  # fmt: skip


def _offer(reading: _Reading, code: str, pair: Pair, row: Mapping[str, Any], where: str) -> int | None:
    """What a supply offers; a set of allowed categories stands as bits."""
    value = row.get(pair.offer.code)
    test = next(c.test for c in reading.scheme.rule.constraints if c.code == code)
    if test is not Comparison.ONE_OF or value is None:
        return value
    if pair.offer.kind is not Kind.TEXT:
        return 1 << int(value)
    known = {n: i for i, v in enumerate(pair.need.values) for n in (v, *pair.need.value_labels[i])}
    bits = 0
    for word in split(value):
        if word in known:
            bits |= 1 << known[word]
        else:
            reading.complain("A-VALUE", f"“{pair.need.zh}”没有“{word}”这一类", f"“{pair.need.en}” has no value “{word}”", where, word)  # fmt: skip
    return bits


def _find_barred(reading: _Reading, facts: Facts, applicants: Sequence[Applicant], kind: str, text: str, where: str) -> frozenset[str]:  # fmt: skip
    """Who does not meet the conditions of one supply. They are for all: naming a firm, or fitting one firm alone, is a mistake."""
    if not text:
        return frozenset()
    if names_a_firm(text):
        reading.complain("A-NAMED", "条件写了具体企业, 不能为一家企业设条件", "the condition names a firm: conditions are for all", where, text)  # fmt: skip
        return frozenset()
    try:
        tree = Checker(reading.scheme.book.vocabulary).condition(text)
        Lowering(Program()).condition(tree)
    except KaiwuError as error:
        reading.problems += [p.located(where) for p in error.problems]
        return frozenset()
    context = {"#as_of": date_index(facts.as_of), "#rated": facts.rated}
    met = {
        row["entity"]
        for row in facts.table.iter_rows(named=True)
        if Reference({**row, **context}).outcome(tree) is Outcome.PASS
    }
    able = [a for a in applicants if kind in a.accepts and a.admitted.get(kind) == Outcome.PASS]
    firms = {a.firm for a in able if a.id in met}
    if len(firms) == 1 and len({a.firm for a in able}) > 1:
        zh = f"附加条件只有一家企业({next(iter(firms))})符合, 等于指定; 请改为一般条件"
        en = (
            f"only one firm ({next(iter(firms))}) meets these conditions, which amounts to naming it: make them general"
        )
        reading.complain("A-TAILORED", zh, en, where, text)
    return frozenset(a.id for a in applicants if a.id not in met)


# -- quotas and demands ---------------------------------------------------------------------------------------


def _read_quotas(reading: _Reading) -> Iterator[tuple[Cell, int]]:
    for _, row, where in reading.tables.quotas.rows():
        code, amount = _read_amount(reading, row, where)
        yield (code, row.get(sheet.WHERE.code) or "", row.get(sheet.PERIOD.code) or ""), amount


def _read_demands(reading: _Reading) -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[str, dict[str, int]]] = {}
    known = set(reading.tables.projects.numbers["entity"])
    for _, row, where in reading.tables.demands.rows():
        project = row.get(sheet.PROJECT_CODE.code) or ""
        if project not in known:
            reading.complain("A-WHO", f"没有项目“{project}”", f"no project “{project}”", where, project)
        code, amount = _read_amount(reading, row, where)
        found.setdefault(project, {}).setdefault(code, {})[row.get(sheet.PERIOD.code) or ""] = amount
    return found


def _read_amount(reading: _Reading, row: Mapping[str, Any], where: str) -> tuple[str, int]:
    """Code of a resource and a whole amount in base units of its unit."""
    name, text = row.get(sheet.RESOURCE.code) or "", row.get(sheet.AMOUNT.code) or ""
    found = [r for r in reading.scheme.rule.resources if name in (r.code, r.zh, r.en)]
    if not found:
        listed = "、".join(r.zh for r in reading.scheme.rule.resources)
        reading.complain("A-RESOURCE", f"办法里没有资源“{name}”; 有: {listed}", f"the rulebook has no resource “{name}”; there are: {listed}", where, name)  # fmt: skip
        return name, 0
    unit = find_unit(found[0].unit)
    try:
        base = parse_quantity(text, default_unit=unit, dimension=unit.dimension).base
    except KaiwuError as error:
        reading.problems += [p.located(where) for p in error.problems]
        return found[0].code, 0
    if base.denominator != 1 or base < 0:
        reading.complain("A-AMOUNT", "数量不能为负, 也不能细于基本单位", "an amount is neither negative nor finer than its base unit", where, text)  # fmt: skip
        return found[0].code, 0
    return found[0].code, int(base)
