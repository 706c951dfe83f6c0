"""A year of vouchers played at the desk (演示一年): every step as the officers of an office would take it, from the files.

Owns the calendar of the year and who signs. It decides nothing: what is granted, refused or asked is said by the
programme, the checks and the clauses; how a finding is answered stands in the key of the year (``voucher_plant``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from kaiwu.pack.programme import Programme, Stage
from kaiwu.procedure.claim import Case, Desk, Event, EventKind, Evidence, Finding, Invoice, Session, State
from kaiwu.procedure.claim.bank import Due, check_amount, list_due, read_answers
from kaiwu.procedure.claim.batch import read_filings
from kaiwu.procedure.claim.closing import close_year
from kaiwu.procedure.claim.invoice_file import keep_evidence, read_invoice_file
from kaiwu.procedure.claim.paid_list import read_paid, read_parties
from kaiwu.procedure.claim.posting import CHINA
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.synth.voucher import FILING_DAY, VoucherYear
from kaiwu.synth.voucher_bank import confirm_payments, return_payments
from kaiwu.synth.voucher_file import CORRECTED, FOLDER, month_name

NOON = dt.time(12)
BUDGET, FILE, COMPLETE, CHECK, ANSWER, ASSESS, SIGN, PUBLISH, OBJECT, CLOSE = 2, FILING_DAY, 4, 5, 6, 7, 8, 11, 13, 16
RELEASE, PAY, BANK, QUARTER, RETURN, AUDIT = 20, 24, 25, 27, 29, 26
"""Days of every month on which each step is taken."""
NOT_ASSESSED = ("CL-HUMAN", "CL-MISSING", "CL-RANGE")
NOT_GRANTED = ("CL-ZERO", "CL-FAILED")
Progress = Callable[[int], None]


@dataclass(slots=True)
class Asked:
    """A claim that waits for a human finding (需认定), and why."""

    claim: str
    problem: Problem


@dataclass(slots=True)
class YearReport:
    """What happened: claims by number in the order of filing, and what people had to do."""

    programme: Programme
    filed: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)  # claim -> the check that found it
    cleared: dict[str, str] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)  # what a claim was refused for
    asked: list[Asked] = field(default_factory=list)
    corrected: list[Problem] = field(default_factory=list)  # why a whole sheet came back
    frozen: list[tuple[str, dt.date, dt.date | None]] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    clawed_back: list[str] = field(default_factory=list)
    carried: int = 0
    last_day: dt.date = dt.date.min


@dataclass
class YearPlay:
    """One year at one desk. ``on_list`` is told every payment list; ``label`` marks every name."""

    desk: Desk
    year: VoucherYear
    folder: Path
    on_list: Callable[[Programme, Sequence[Due], dt.date], Any] | None = None
    report: YearReport = field(init=False)
    known: dict[str, Case] = field(default_factory=dict, init=False)
    reference: int = 1
    day: dt.date = field(init=False)

    def __post_init__(self) -> None:
        rule = self.year.rule
        code = next(p.code for p in self.desk.library.programmes.values() if p.pack == rule.pack)
        self.programme = self.desk.library.programme(code)
        self.report = YearReport(self.programme)
        self.inbox = self.folder / FOLDER
        self.day = dt.date(rule.year, 1, 1)

    def play(self, progress: Progress | None = None) -> YearReport:
        """All twelve months and the closing of the year."""
        self._import_lists()
        for month in range(1, 13):
            self._play_month(month)
            if progress is not None:
                progress(month)
        self._close_year()
        self.report.last_day = self.day
        return self.report

    # -- the clock and the people ------------------------------------------------------------------------

    @property
    def now(self) -> dt.datetime:
        """Noon of the day that is played."""
        return dt.datetime.combine(self.day, NOON, CHINA)

    def person(self, office: str) -> str:
        """An invented signer."""
        return f"{office}({self.year.label})"

    def _on(self, month: int, day: int) -> None:
        self.day = dt.date(self.year.rule.year, month, day)

    def cases(self, *states: State) -> list[Case]:
        """Claims as the last step left them, in the order of filing."""
        return [c for c in (self.known[n] for n in self.report.filed) if not states or c.state in states]

    def _do(self, numbers: Sequence[str], kind: EventKind, by: str, **data: Any) -> None:
        event = Event(kind, self.day, by, data)
        self._each(numbers, lambda s, n: s.do(n, event, self.day))

    def _each(self, numbers: Sequence[str], step: Callable[[Session, str], Case]) -> list[Case]:
        """A step on many claims in one transaction."""
        cases = self.desk.do_each(numbers, step, now=self.now) if numbers else []
        self.known |= {case.number: case for case in cases}
        return cases

    # -- a month -----------------------------------------------------------------------------------------

    def _play_month(self, month: int) -> None:
        self._on(month, BUDGET)
        self._bring_budget(month)
        self._file(month)
        self._on(month, COMPLETE)
        new = [c.number for c in self.cases(State.CLAIMED)]
        officer = self.person("经办甲")
        self._do(new, EventKind.COMPLETE, officer)
        self._on(month, CHECK)
        self._check(new, officer)
        self._on(month, ASSESS)
        self._assess(new, officer)
        self._sign(month, SIGN, State.ASSESSED, State.APPROVING)
        self._on(month, PUBLISH)
        if self.cases(State.DECIDED):
            by = self.person("经信部门")
            _, cases = self.desk.publish(self.programme, day=self.day, by=by, today=self.day, now=self.now)
            self.known |= {case.number: case for case in cases}
        self._object(month)
        self._on(month, RELEASE)
        self._release()
        self._sign(month, RELEASE + 1, State.RELEASED)
        self._pay(month)
        self._claw_back(month)

    def _bring_budget(self, month: int) -> None:
        pot = self.programme.pot.amount or 0
        by = (self.person("预算甲"), self.person("预算乙"))
        for budget in self.year.rule.budget:
            if budget.month != month:
                continue
            with self.desk.session(self.now) as session:
                for fund in self.programme.funds:
                    amount = (
                        round(budget.share * 1000) * (fund.budget or pot * (fund.share or 0)) // 1000
                    )  # shares of a thousandth
                    session.appropriate(self.programme, fund.code, int(amount), budget.document, by)

    def _import_lists(self) -> None:
        label = self.year.label
        digest, rows = read_paid(self.inbox / f"{label}_他处已兑付清单.xlsx")
        parties = read_parties(self.inbox / f"{label}_企业人员与地址.xlsx", self.desk.witness.secret)
        with self.desk.session(self.now) as session:
            session.store.add_paid(digest, rows)
            session.store.add_parties(parties)

    def _file(self, month: int) -> None:
        """File the sheet of a month; a sheet that comes back is filed again as corrected."""
        name = month_name(self.year, month)
        sheet = self.inbox / f"{name}_兑付申报表.xlsx"
        if not sheet.is_file():
            return
        kept, invoices = read_proofs(self.inbox / f"{name}_凭证", self.desk.evidence_folder)
        self._on(month, FILE)
        library = self.desk.library
        try:
            filings = read_filings(sheet, library, self.programme, attached=invoices)
        except KaiwuError as error:
            self.report.corrected += error.problems
            sheet = sheet.with_name(f"{name}_兑付申报表_{CORRECTED}.xlsx")
            filings = read_filings(sheet, library, self.programme, attached=invoices)
        by = self.person("镇街申报员")
        made = self.desk.file_all(filings, day=self.day, by=by, today=self.day, now=self.now)
        self.report.filed += [number for number, _ in made]
        with self.desk.session(self.now) as session:
            self.known |= {number: session.case(number) for number, _ in made}
            for evidence in kept:
                session.store.add_evidence(evidence)

    def _check(self, numbers: Sequence[str], officer: str) -> None:
        """Check all new claims against everything; findings are answered on the next day."""
        if not numbers:
            return
        with self.desk.session(self.now) as session:
            around = session.around()
        cases = self._each(numbers, lambda s, n: s.check(n, around, day=self.day, by=officer, today=self.day))
        self.day = self.day.replace(day=ANSWER)
        verdicts = {c.contract: c.plant for c in self.year.claims if c.plant is not None}
        for case in cases:
            plant = verdicts.get(str(case.contract.get("number", "")))
            for finding in case.report.findings if case.report else ():
                if finding.severity != "hint":
                    is_cleared = plant is None or plant.verdict == "cleared"
                    self._answer(case, finding, officer, is_cleared, plant.zh if plant else "经核不成立")

    def _answer(self, case: Case, finding: Finding, officer: str, is_cleared: bool, reason: str) -> None:
        outcome = "cleared" if is_cleared else "confirmed"
        self._do([case.number], EventKind.ANSWER, officer, finding=finding.id, outcome=outcome, reason=reason)
        if is_cleared:
            self.report.cleared[case.number] = finding.check
        elif case.number not in self.report.refused:
            self.report.refused[case.number] = finding.check
            self.report.findings[case.number] = finding
            self._do([case.number], EventKind.REFUSE, officer, reason=self._letter())

    def _letter(self) -> str:
        """What a firm is told of a refusal after checks: findings and other firms' data stay inside."""
        return f"经核验不予支持, 理由见书面告知书{self.year.label}〔{self.day.year}〕{len(self.report.refused)}号"

    def _assess(self, numbers: Sequence[str], officer: str) -> None:
        """In the order of filing; from the first claim that the pot cannot pay, people are asked and nothing is guessed."""
        with self.desk.session(self.now) as session:
            for number in numbers:
                if number in self.report.refused:
                    continue
                if self.report.asked:
                    first = self.report.asked[0]
                    zh = f"在 {first.claim} 之后申报; 资金池不足, 余额归谁未声明"
                    en = f"filed after {first.claim}; the pot is short and nothing says who comes first"
                    self.report.asked.append(Asked(number, Problem("CL-HUMAN", zh, en, where=number)))
                    continue
                session.connection.execute("SAVEPOINT assess")
                try:
                    self.known[number] = session.assess(number, day=self.day, by=officer, today=self.day)
                except KaiwuError as error:
                    session.connection.execute("ROLLBACK TO assess")
                    session.forget()
                    self._not_assessed(session, number, error, officer)
                session.connection.execute("RELEASE assess")

    def _not_assessed(self, session: Session, number: str, error: KaiwuError, officer: str) -> None:
        """What the clauses do not grant is refused with their reason; what they cannot decide is asked."""
        problem = error.problems[0]
        if problem.code in NOT_ASSESSED:
            self.report.asked.append(Asked(number, problem))
        elif problem.code in NOT_GRANTED:
            self.report.refused[number] = "clause"
            event = Event(EventKind.REFUSE, self.day, officer, {"reason": problem.zh})
            self.known[number] = session.do(number, event, self.day)
        else:
            raise error

    # -- signatures --------------------------------------------------------------------------------------

    def _sign(self, month: int, first: int, *states: State) -> None:
        """Sign stage by stage until the notice or the treasury; a day for each stage."""
        for offset in range(len(self.programme.stages)):
            waiting = [c for c in self.cases(*states) if not c.open_objections]
            if not waiting:
                return
            self._on(month, min(first + offset, PAY if first > PUBLISH else PUBLISH))
            stages = {c.number: self.programme.stages[c.stage] for c in waiting}
            self._each(list(stages), partial(self._sign_stage, stages))

    def _sign_stage(self, stages: Mapping[str, Stage], session: Session, number: str) -> Case:
        """All signatures of a claim's next stage."""
        stage = stages[number]
        rounds = stage.departments or (("", "") if stage.is_two_person else ("",))
        case = session.case(number)
        for i, department in enumerate(rounds):
            by = self.person(f"{stage.zh}{department or '甲乙丙'[i]}")
            data = {"stage": stage.code, "department": department}
            if stage.has_minutes:
                data["minutes"] = f"{self.year.label}纪要〔{self.day.year}〕{self.day.month}号"
            case = session.do(number, Event(EventKind.APPROVE, self.day, by, data), self.day)
        return case

    def _release(self) -> None:
        over = [c for c in self.cases(State.PUBLISHED) if c.window_ends is not None and c.window_ends < self.day]
        self._do([c.number for c in over if not c.open_objections], EventKind.RELEASE, self.person("经信部门"))

    def _object(self, month: int) -> None:
        """One objection within the window freezes its claim; it is closed months later."""
        rule = self.year.rule.events.objection
        if month == rule.month and (cases := self.cases(State.PUBLISHED)):
            self._on(month, OBJECT)
            self._do([cases[0].number], EventKind.OBJECT, self.person("异议受理"), reason=rule.zh)
            self.report.frozen.append((cases[0].number, self.day, None))
        if month == rule.closed and self.report.frozen:
            self._on(month, CLOSE)
            number, since, _ = self.report.frozen[0]
            self._do(
                [number], EventKind.CLOSE_OBJECTION, self.person("异议受理"), objection="1", is_upheld=False, reason=rule.outcome
            )  # fmt: skip
            self.report.frozen[0] = (number, since, self.day)

    # -- money -------------------------------------------------------------------------------------------

    def _pay(self, month: int) -> None:
        """The list goes to the bank, its answers come back; treasuries pay in their months."""
        funds = [f.code for f in self.programme.funds if month in self.year.rule.pays.get(f.code, ())]
        for day, codes in ((BANK, funds[:1]), (QUARTER, funds[1:])):
            self._on(month, day - 1)
            dues = [d for d in self._dues() if d.line.fund in codes and not d.waits_zh]
            if not dues:
                continue
            if self.on_list is not None:
                self.on_list(self.programme, dues, self.day)
            self._on(month, day)
            path = self.inbox / f"{month_name(self.year, month)}{day:02d}日_银行回单.xlsx"
            confirm_payments(path, self.year.label, dues, self.day, self.reference)
            self.reference += len(dues)
            self._take_answers(path)
        for rule in self.year.rule.events.returned:
            if rule.month == month:
                self._return_one(month, rule.reason)

    def _dues(self) -> list[Due]:
        return list_due(self.programme, self.cases(State.PAYABLE, State.PAYING), {})

    def _take_answers(self, path: Path) -> None:
        rows = {place: (claim, event, amount) for place, claim, _, event, amount in read_answers(path)}
        by = self.person("国库支付中心")

        def step(session: Session, place: str) -> Case:
            claim, event, amount = rows[place]
            check_amount(session.case(claim), event, amount, place)
            return session.do(claim, Event(event.kind, event.day, by, event.data), self.day)

        self._each(list(rows), step)

    def _return_one(self, month: int, reason: str) -> None:
        """The bank sends the last payment of the month back."""
        self._on(month, RETURN)
        since = dt.date(self.day.year, month, 1)
        paid = [(c.number, p) for c in self.cases() for p in c.payments if p.day >= since and not p.is_returned]
        if paid:
            path = self.inbox / f"{month_name(self.year, month)}{RETURN:02d}日_银行退票.xlsx"
            return_payments(path, self.year.label, paid[-1:], self.day, reason)
            self._take_answers(path)
            self.report.returned.append(paid[-1][0])

    def _claw_back(self, month: int) -> None:
        rule = self.year.rule.events.claw_back
        by = self.person("监督检查")
        self._on(month, AUDIT)
        if month == rule.month:
            paid = [c for c in self.cases(State.PAID) if c.number not in self.report.returned]
            chosen = next((c for c in paid if c.claimed_on is not None and c.claimed_on.month >= rule.of), None)
            if chosen is not None:
                self._on(month, RETURN)
                self._do(
                    [chosen.number],
                    EventKind.CLAW_BACK,
                    by,
                    rule=rule.rule,
                    reason=rule.zh,
                    second=self.person("追回复核"),
                )
                self.report.clawed_back.append(chosen.number)
        elif month == rule.month + 1 and self.report.clawed_back:
            self._on(month, RETURN)
            reference = f"{self.year.label}-JK-{self.day.year}-0001"
            self._do(self.report.clawed_back, EventKind.RECOVER, by, rule=rule.rule, reference=reference)

    def _close_year(self) -> None:
        """年终结账: what is left is carried into the next year's pot, because claims still wait for a finding."""
        self._on(12, 31)
        by = (self.person("预算甲"), self.person("预算乙"))
        with self.desk.session(self.now) as session:
            document = f"{self.year.label}年终结账〔{self.day.year}〕1号"
            self.report.carried += sum(close_year(session, self.programme, document, by, is_carried=True).values())
        self.desk.sign()


def read_proofs(folder: Path, evidence: Path) -> tuple[list[Evidence], list[Invoice]]:
    """Keep every file of a folder by digest and read the structured ones (凭证). Raises ``KaiwuError``."""
    kept, invoices = [], []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        data = path.read_bytes()
        found = read_invoice_file(data, path.name)[1]
        kept.append(keep_evidence(evidence, data, path.name))
        invoices += [found] if found else []
    return kept, invoices
