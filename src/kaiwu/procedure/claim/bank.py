"""Payment lists for the bank (支付清单), its confirmations and returns (回单、退票), and arrears (清零).

Owns which lines are due and how the bank's answer is matched to them. A list never carries a finding.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.case import PAY_STATES, RESERVING, Case, Line, State
from kaiwu.procedure.claim.event import Event, EventKind
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.procedure.claim.row import read_rows
from kaiwu.quantity import KaiwuError, Problem

ANSWER_HEADS: Mapping[str, tuple[str, ...]] = {
    "claim": ("申报号",), "line": ("批次", "行"), "amount": ("金额", "支付金额"), "reference": ("支付凭证号", "凭证号", "国库单号"), "day": ("日期", "支付日期", "退票日期"),
    "result": ("结果", "状态"), "reason": ("原因", "退票原因"),
}  # fmt: skip
RETURNED_WORDS = ("退票", "退汇", "退回", "失败", "returned", "failed")


@dataclass(frozen=True, slots=True)
class Due:
    """One line that may be paid now (应付), or that waits, with the reason."""

    claim: str
    firm: str
    firm_name: str
    line: Line
    article: str
    account: Mapping[str, str]
    waits_zh: str = ""
    waits_en: str = ""


@dataclass(frozen=True, slots=True)
class Arrear:
    """One granted line that is not paid yet (未兑付), with its age in days since the decision."""

    claim: str
    firm: str
    firm_name: str
    line: Line
    since: dt.date
    age: int
    state: State


def list_due(programme: Programme, cases: Iterable[Case], accounts: Mapping[str, Mapping[str, str]]) -> list[Due]:
    """Lines of payable claims in order of number. A frozen claim, or one whose instalment lacks material, waits."""
    names = {i.code: i.materials for i in programme.instalments}
    made = []
    for case in cases:
        if case.state not in PAY_STATES or case.award is None:
            continue
        for line in case.due:
            missing = [m for m in names.get(line.instalment, ()) if m not in case.materials]
            zh, en = ("异议未办结", "an objection is open") if case.open_objections else ("", "")
            if missing and not zh:
                labels = [m for m in programme.materials if m.code in missing]
                zh, en = f"待 {'、'.join(m.zh for m in labels)}", f"waits for {', '.join(m.en for m in labels)}"
            article, account = case.award.article, accounts.get(case.number, {})
            made.append(Due(case.number, case.firm, case.firm_name, line, article, account, zh, en))
    return made


def list_arrears(cases: Iterable[Case], decided: Mapping[str, dt.date], today: dt.date) -> list[Arrear]:
    """Granted lines that are not paid, oldest first. ``decided`` has the day of each claim's decision."""
    made = [
        Arrear(case.number, case.firm, case.firm_name, line, since, (today - since).days, case.state)
        for case in cases
        if case.state in RESERVING
        and case.state != State.CLAWED_BACK
        and (since := decided.get(case.number)) is not None
        for line in case.due
    ]
    return sorted(made, key=lambda a: (-a.age, a.claim, a.line.code))


def read_answers(source: Path | bytes, *, name: str = "") -> list[tuple[str, str, str, Event, int | None]]:
    """The bank's answer: (place, claim, result, event without signer, amount as stated) for every row.

    A row with a result such as 退票 is a return, any other a payment. Raises ``KaiwuError`` with every mistake.
    """
    problems: list[Problem] = []
    made = []
    for row in read_rows(source, ANSWER_HEADS, ("claim", "line", "reference", "day"), name=name, problems=problems):
        is_return = any(word in row.text("result").lower() for word in RETURNED_WORDS)
        kind = EventKind.BANK_RETURN if is_return else EventKind.PAY
        data = {"line": row.text("line"), "reference": row.text("reference")}
        if is_return:
            data["reason"] = row.text("reason") or row.text("result")
        day = row.day("day") or dt.date.min
        made.append((row.place, row.text("claim"), str(kind), Event(kind, day, "", data), row.fen("amount")))
    if problems:
        raise KaiwuError(problems)
    return made


def check_amount(case: Case, event: Event, amount: int | None, place: str) -> None:
    """Raise ``KaiwuError`` ``CL-BANK-AMOUNT`` where the bank states another amount than the line's."""
    lines: Sequence[Line] = case.award.lines if case.award else ()
    line = next((each for each in lines if each.code == event.data["line"]), None)
    if amount is not None and line is not None and line.amount != amount:
        zh = f"银行金额与应付不同: 应付 {yuan(line.amount)}"
        en = f"the bank's amount is not what is due, {yuan(line.amount)}"
        raise KaiwuError(Problem("CL-BANK-AMOUNT", zh, en, where=place))
