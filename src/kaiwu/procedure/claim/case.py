"""A claim (申报件) as its events leave it: state, facts, invoices, award, payments. Nothing here is stored.

Owns the fold from events to a case; it needs no pack, so an old case reads the same after a pack changed. What may happen
next is ``advance``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from kaiwu.procedure.claim.event import Event, EventKind
from kaiwu.procedure.claim.finding import CheckReport
from kaiwu.procedure.claim.invoice import Invoice


class State(StrEnum):
    """Where a claim stands (状态)."""

    NEW = "new"
    FILED = "filed"
    WORKING = "working"
    SPENT = "spent"
    CLAIMED = "claimed"
    RETURNED = "returned"
    COMPLETE = "complete"
    CHECKED = "checked"
    ASSESSED = "assessed"
    APPROVING = "approving"
    DECIDED = "decided"
    PUBLISHED = "published"
    RELEASED = "released"
    PAYABLE = "payable"
    PAYING = "paying"
    PAID = "paid"
    SURVEYED = "surveyed"
    CLAWED_BACK = "clawed_back"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


STATES: Mapping[str, tuple[str, str]] = {
    "new": ("未立案", "not filed"), "filed": ("合同已备案", "contract filed"), "working": ("履约中", "work under way"), "spent": ("企业已付款", "paid by the firm"),
    "claimed": ("已申报", "claimed"), "returned": ("退回补正", "returned for correction"), "complete": ("材料齐全", "complete"),
    "checked": ("已核验", "checked"), "assessed": ("已核定", "assessed"), "approving": ("审批中", "being approved"), "decided": ("已决定", "decided"),
    "published": ("公示中", "published"), "released": ("公示期满", "notice over"), "payable": ("待支付", "payable"), "paying": ("部分支付", "partly paid"),
    "paid": ("已支付", "paid"), "surveyed": ("已调查", "surveyed"), "clawed_back": ("追回", "claimed back"), "refused": ("不予支持", "refused"),
    "withdrawn": ("已撤回", "withdrawn"),
}  # fmt: skip

RESERVING = frozenset({
    State.ASSESSED, State.APPROVING, State.DECIDED, State.PUBLISHED, State.RELEASED, State.PAYABLE, State.PAYING, State.PAID, State.SURVEYED,
    State.CLAWED_BACK,
})  # fmt: skip
"""States in which an award counts against caps and the pot."""

PAY_STATES = frozenset({State.PAYABLE, State.PAYING})
AFTER_PAY = frozenset({State.PAYING, State.PAID, State.SURVEYED, State.CLAWED_BACK})


Change = dict[str, Any]
"""Fields of a case that an event changes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an award: an instalment borne by a fund, in fen; one treasury, one date of payment."""

    instalment: str
    fund: str
    amount: int

    @property
    def code(self) -> str:
        """``first/city``."""
        return f"{self.instalment}/{self.fund}"


@dataclass(frozen=True, slots=True)
class Award:
    """What was granted (核定): clause, article, fen, lines; ``event`` is the number of the assessing event, ``version`` the
    rules that it followed (see ``version``)."""

    clause: str
    article: str
    zh: str
    en: str
    amount: int
    lines: tuple[Line, ...]
    event: int
    version: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment (支付) with the treasury's number; ``is_returned`` by the bank. ``event`` is the paying event."""

    line: str
    fund: str
    amount: int
    reference: str
    day: dt.date
    event: int
    is_returned: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of the chain (签署)."""

    stage: str
    by: str
    day: dt.date
    department: str = ""
    minutes: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class ClawBack:
    """An amount claimed back (追回); ``shares`` are (number of the paying event, fen); ``recovered`` has come in."""

    rule: str
    amount: int
    shares: tuple[tuple[int, int], ...]
    event: int
    recovered: int = 0
    references: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()  # who decided it, and who confirmed


@dataclass(frozen=True, slots=True)
class Case:
    """A claim after its events. Amounts in fen; ``stage`` is the place of the next stage in the programme's chain."""

    number: str
    programme: str
    state: State = State.NEW
    firm: str = ""
    firm_name: str = ""
    contract: Mapping[str, Any] = field(default_factory=dict)
    payments_made: tuple[Mapping[str, Any], ...] = ()  # by the firm to its supplier
    invoices: tuple[Invoice, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    materials: Mapping[str, str] = field(default_factory=dict)
    clause: str = ""
    matter: str = ""
    is_granted: bool = False
    claimed_on: dt.date | None = None
    handlers: frozenset[str] = frozenset()  # who filed or assessed; they approve nothing
    report: CheckReport | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    award: Award | None = None
    stage: int = 0
    signatures: tuple[Signature, ...] = ()
    decided_event: int = 0
    payable_event: int = 0
    notice: str = ""
    window_ends: dt.date | None = None
    checkpoint: Mapping[str, Any] = field(default_factory=dict)
    objections: Mapping[str, str] = field(default_factory=dict)  # number -> open | upheld | rejected
    payments: tuple[Payment, ...] = ()
    survey: Mapping[str, str] = field(default_factory=dict)
    claw_backs: tuple[ClawBack, ...] = ()
    last_day: dt.date | None = None
    events: int = 0

    @property
    def paid_by_firm(self) -> int:
        """What the firm really paid its supplier, in fen: the basis."""
        return sum(int(p["amount"]) for p in self.payments_made)

    @property
    def amount(self) -> int:
        """The award in fen, 0 where none stands."""
        return self.award.amount if self.award else 0

    @property
    def paid(self) -> int:
        """What left the treasuries and did not come back by the bank, in fen."""
        return sum(p.amount for p in self.payments if not p.is_returned)

    @property
    def claimed_back(self) -> int:
        """What was claimed back, in fen."""
        return sum(c.amount for c in self.claw_backs)

    @property
    def open_objections(self) -> tuple[str, ...]:
        """Numbers of the objections that are not closed."""
        return tuple(n for n, state in self.objections.items() if state == "open")

    @property
    def due(self) -> tuple[Line, ...]:
        """Lines of the award that are not paid yet."""
        done = {p.line for p in self.payments if not p.is_returned}
        return tuple(line for line in (self.award.lines if self.award else ()) if line.code not in done)

    @property
    def open_findings(self) -> tuple[str, ...]:
        """Findings that bar the way: not answered, or confirmed. Hints never do."""
        found = self.report.findings if self.report else ()
        return tuple(f.id for f in found if f.severity != "hint" and self.answers.get(f.id) != "cleared")


def fold(number: str, programme: str, events: Iterable[Event]) -> Case:
    """The case after all its events."""
    case = Case(number, programme)
    for event in events:
        case = apply(case, event)
    return case


def apply(case: Case, event: Event) -> Case:
    """The case after one more event, which ``advance`` has let pass."""
    change = _CHANGES.get(EventKind(event.kind))
    last_day = event.day if case.last_day is None else max(event.day, case.last_day)
    changes = change(case, event) if change is not None else {}
    return replace(case, state=State(event.data["to"]), last_day=last_day, events=case.events + 1, **changes)


def move_to(event: Event, state: State, **more: Any) -> Event:
    """The event completed with what follows from the programme and the state that it leads to."""
    return replace(event, data={**event.data, **more, "to": state.value})


def _file(case: Case, event: Event) -> Change:
    """Contract, work, payment and claim each add what they bring; a later claim replaces what it states again."""
    data = event.data
    claims = event.kind in (EventKind.CLAIM, EventKind.GRANT)
    invoices = tuple(Invoice.from_data(i) for i in data.get("invoices", ()))
    given = tuple(data.get("payments", ()))
    return {
        "firm": data.get("firm") or case.firm,
        "firm_name": data.get("firm_name") or case.firm_name,
        "contract": data.get("contract") or case.contract,
        "payments_made": (case.payments_made + given) if event.kind == EventKind.SPENT else given or case.payments_made,
        "invoices": invoices or case.invoices,
        "facts": {**case.facts, **data.get("facts", {})},
        "materials": {**case.materials, **data.get("materials", {})},
        "clause": data.get("clause") or case.clause,
        "matter": data.get("matter") or case.matter,
        "is_granted": case.is_granted or event.kind == EventKind.GRANT,
        "claimed_on": (case.claimed_on or event.day) if claims else case.claimed_on,
        "handlers": case.handlers | {event.by},
    }


def _return(case: Case, event: Event) -> Change:
    return _undo(case)


def _undo(case: Case) -> Change:
    """Back to the desk: the award and its signatures fall, what was filed stays."""
    return {"award": None, "report": None, "answers": {}, "stage": 0, "signatures": (), "decided_event": 0, "payable_event": 0, "notice": "", "window_ends": None
    }  # fmt: skip


def _check(case: Case, event: Event) -> Change:
    report = CheckReport.from_data(event.data["report"])
    known = {f.id for f in report.findings}
    return {"report": report, "answers": {k: v for k, v in case.answers.items() if k in known}}


def _answer(case: Case, event: Event) -> Change:
    return {"answers": {**case.answers, event.data["finding"]: event.data["outcome"]}}


def _assess(case: Case, event: Event) -> Change:
    data = event.data
    lines = tuple(Line(*line) for line in data["lines"])
    award = Award(
        data["clause"],
        data["article"],
        data["zh"],
        data["en"],
        data["amount"],
        lines,
        case.events,
        data.get("version", {}),
    )
    return {"award": award, "handlers": case.handlers | {event.by}, "stage": data["stage"], "signatures": ()}


def _approve(case: Case, event: Event) -> Change:
    data = event.data
    signed = Signature(
        data["stage"], event.by, event.day, data.get("department", ""), data.get("minutes", ""), data["article"]
    )
    return {
        "signatures": (*case.signatures, signed),
        "stage": data["next"],
        "decided_event": case.decided_event or (case.events if data["to"] in (State.DECIDED, State.PAYABLE) else 0),
        "payable_event": case.payable_event or (case.events if data["to"] == State.PAYABLE else 0),
    }


def _publish(case: Case, event: Event) -> Change:
    data = event.data
    ends = dt.date.fromisoformat(data["ends"])
    return {"notice": data["notice"], "window_ends": ends, "checkpoint": data["checkpoint"], "stage": data["next"]}


def _release(case: Case, event: Event) -> Change:
    return {"payable_event": case.events if event.data["to"] == State.PAYABLE else 0}


def _object(case: Case, event: Event) -> Change:
    return {"objections": {**case.objections, event.data["objection"]: "open"}}


def _close(case: Case, event: Event) -> Change:
    outcome = "upheld" if event.data["is_upheld"] else "rejected"
    closed = {"objections": {**case.objections, event.data["objection"]: outcome}}
    return {**_undo(case), **closed} if event.data["to"] == State.COMPLETE else closed


def _accept(case: Case, event: Event) -> Change:
    return {"materials": {**case.materials, **event.data["materials"]}}


def _pay(case: Case, event: Event) -> Change:
    data = event.data
    payment = Payment(data["line"], data["fund"], data["amount"], data["reference"], event.day, case.events)
    return {"payments": (*case.payments, payment)}


def _bank_return(case: Case, event: Event) -> Change:
    paid = tuple(replace(p, is_returned=p.is_returned or p.event == event.data["payment"]) for p in case.payments)
    return {"payments": paid}


def _survey(case: Case, event: Event) -> Change:
    return {"survey": event.data["answers"]}


def _claw_back(case: Case, event: Event) -> Change:
    data = event.data
    made = ClawBack(
        data["rule"],
        data["amount"],
        tuple((n, a) for n, a in data["shares"]),
        case.events,
        approvers=(event.by, *filter(None, [data.get("second")])),
    )
    return {"claw_backs": (*case.claw_backs, made)}


def _recover(case: Case, event: Event) -> Change:
    data = event.data
    return {
        "claw_backs": tuple(
            replace(
                c, recovered=c.recovered + data["amount"], references=(*c.references, str(data["reference"]).strip())
            )
            if c.rule == data["rule"]
            else c
            for c in case.claw_backs
        ),
    }


_CHANGES: Mapping[EventKind, Callable[[Case, Event], Change]] = {
    EventKind.CONTRACT: _file, EventKind.WORK: _file, EventKind.SPENT: _file, EventKind.CLAIM: _file, EventKind.GRANT: _file,
    EventKind.RETURN: _return, EventKind.REFUSE: _return, EventKind.WITHDRAW: _return, EventKind.CHECK: _check, EventKind.ANSWER: _answer,
    EventKind.ASSESS: _assess, EventKind.APPROVE: _approve, EventKind.PUBLISH: _publish, EventKind.RELEASE: _release, EventKind.OBJECT: _object,
    EventKind.CLOSE_OBJECTION: _close, EventKind.ACCEPT: _accept, EventKind.PAY: _pay, EventKind.BANK_RETURN: _bank_return,
    EventKind.SURVEY: _survey, EventKind.CLAW_BACK: _claw_back, EventKind.RECOVER: _recover,
}  # fmt: skip
