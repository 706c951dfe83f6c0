"""A round (供地批次): rule, applicants, supplies, quotas, draw and exceptions, checked before anything is placed.

Owns that the parts fit together. What is wrong is reported all at once, each with its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from kaiwu.allot.applicant import Applicant
from kaiwu.allot.exception import MeetingException
from kaiwu.allot.quota import DEMAND, Quotas, add_up
from kaiwu.allot.rule import Rule
from kaiwu.allot.supply import Supply
from kaiwu.allot.tie import Draw
from kaiwu.quantity import KaiwuError, Problem

MOST = 2**53 - 1
"""Amounts above are not exact in every reader of JSON, so that a record could not be checked elsewhere."""


@dataclass(frozen=True, slots=True)
class Round:
    """Everything that decides one round; two equal rounds have equal results on every machine."""

    code: str
    zh: str
    en: str
    rule: Rule
    applicants: tuple[Applicant, ...]
    supplies: tuple[Supply, ...]
    quotas: Quotas = field(default_factory=dict)
    draw: Draw | None = None
    exceptions: tuple[MeetingException, ...] = ()
    is_synthetic: bool = False

    def applicant(self, name: str) -> Applicant:
        """The applicant of an id. Raises ``KaiwuError`` ``A-WHO``."""
        for applicant in self.applicants:
            if applicant.id == name:
                return applicant
        raise KaiwuError(Problem("A-WHO", f"本批次没有项目“{name}”", f"no project “{name}” in this round", text=name))


def check_round(round_: Round) -> None:
    """Raise ``KaiwuError`` with everything that keeps a round from being placed."""
    problems = [*_twins(round_), *_supplies(round_), *_applicants(round_), *_quotas(round_), *_exceptions(round_)]
    if problems:
        raise KaiwuError(problems)


def _twins(round_: Round) -> Iterator[Problem]:
    for zh, en, names in (
        ("项目", "project", [a.id for a in round_.applicants]),
        ("供给", "supply", [s.id for s in round_.supplies]),
    ):
        for name, times in Counter(names).items():
            if times > 1:
                yield Problem(
                    "A-TWICE", f"{zh}“{name}”出现 {times} 次", f"{en} “{name}” occurs {times} times", text=name
                )


def _supplies(round_: Round) -> Iterator[Problem]:
    known = {k.code for k in round_.rule.kinds}
    for supply in round_.supplies:
        where = supply.where or supply.id
        if not 0 < supply.area <= MOST:
            zh, en = f"“{supply.id}”的面积是 {supply.area}, 必须大于零", f"“{supply.id}” has area {supply.area}: it must be positive"  # fmt: skip
            yield Problem("A-AREA", zh, en, where=where)
        if supply.kind not in known:
            yield _unknown_kind(supply.kind, known, where)
    if round_.rule.plots is not None and not round_.rule.plots[0] <= len(round_.supplies) <= round_.rule.plots[1]:
        low, high = round_.rule.plots
        zh = f"本批次有 {len(round_.supplies)} 宗, 规则规定每批 {low} 到 {high} 宗; 请分批"
        en = f"the round has {len(round_.supplies)} supplies, the rule wants {low} to {high}: split it"
        yield Problem("A-PLOTS", zh, en, where=round_.code)


def _applicants(round_: Round) -> Iterator[Problem]:
    rule, known = round_.rule, {k.code for k in round_.rule.kinds}
    items = {code for code, _, _ in rule.items}
    for applicant in round_.applicants:
        where = applicant.where or applicant.id
        if not applicant.accepts:
            zh = f"项目“{applicant.id}”没有写可接受的供给方式; 请至少写一种: {', '.join(sorted(known))}"
            en = f"project “{applicant.id}” accepts no kind of supply: name at least one of {', '.join(sorted(known))}"
            yield Problem("A-NO-KIND", zh, en, where=where)
        for kind in applicant.accepts:
            if kind not in known:
                yield _unknown_kind(kind, known, where)
        if not 0 <= applicant.score <= rule.scale.highest:
            zh = f"项目“{applicant.id}”的得分是 {applicant.score} 步, 尺度是 0 到 {rule.scale.highest} 步"
            en = f"project “{applicant.id}” scores {applicant.score} steps on a scale of 0 to {rule.scale.highest}"
            yield Problem("A-SCORE", zh, en, where=where)
        if applicant.items and (sum(applicant.items.values()) != applicant.score or not items >= set(applicant.items)):
            zh = f"项目“{applicant.id}”的分项合计与总分不等, 或有规则没有的分项"
            en = f"project “{applicant.id}”: the parts do not sum to the score, or one is not in the rule"
            yield Problem("A-ITEMS", zh, en, where=where)
        amounts = [n for months in applicant.demand.values() for n in months.values()]
        if any(not 0 <= n <= MOST for n in amounts):
            zh, en = (
                f"项目“{applicant.id}”的指标需求有负数或过大",
                f"project “{applicant.id}” has a negative or huge demand",
            )
            yield Problem("A-DEMAND", zh, en, where=where)


def _unknown_kind(kind: str, known: set[str], where: str) -> Problem:
    listed = ", ".join(sorted(known))
    return Problem("A-KIND", f"规则里没有供给方式“{kind}”; 可用: {listed}", f"the rule has no kind “{kind}”; there are: {listed}", where=where)  # fmt: skip


def _quotas(round_: Round) -> Iterator[Problem]:
    """Every cell that somebody may draw on is given: an unknown quota is not an unlimited one."""
    for cell, amount in round_.quotas.items():
        if not 0 <= amount <= MOST:
            yield Problem("A-QUOTA", f"指标 {_name(cell)} 不能为负或过大", f"quota {_name(cell)} is negative or huge")
    parks = sorted({s.park for s in round_.supplies})
    asked = {key for a in round_.applicants if a.is_entered for key in add_up(round_.rule.resources, a)}
    for resource in round_.rule.resources:
        periods = sorted({t for code, t in asked if code == resource.code}) if resource.takes == DEMAND else [""]
        for cell in sorted({resource.cell(park, t) for park in parks for t in periods}):
            if cell not in round_.quotas:
                zh = f"没有给出指标 {_name(cell)}; 没有指标请写 0"
                en = f"quota {_name(cell)} is not given; write 0 where there is none"
                yield Problem("A-QUOTA-NONE", zh, en, where=round_.code)


def _name(cell: tuple[str, str, str]) -> str:
    return " ".join(part for part in cell if part)


def _exceptions(round_: Round) -> Iterator[Problem]:
    names, supplies = {a.id for a in round_.applicants}, {s.id for s in round_.supplies}
    for i, entry in enumerate(round_.exceptions):
        where = f"{round_.code} exceptions[{i}]"
        yield from entry.check(where)
        for value, known in ((entry.applicant, names), (entry.supply, supplies)):
            if value not in known:
                yield Problem(
                    "A-WHO", f"例外事项所写“{value}”不在本批次", f"“{value}” is not in this round", where=where
                )
