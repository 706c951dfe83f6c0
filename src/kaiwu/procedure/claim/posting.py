"""Ledger entries (分录) of a claim: what each event moves, as one linked command in the ledger's own chart of accounts.

Owns which event makes which entries. It decides nothing (the case has) and writes nothing (the desk does): decided = the
voucher is issued and the invoices are used; payable = redeemed; paid = disbursed; refused later = all of it turned round.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction

from kaiwu.ledger import chart
from kaiwu.ledger.account import Account
from kaiwu.ledger.chart import INVOICE_UNIT, Grounds, invoice_account
from kaiwu.ledger.command import Command, join_commands
from kaiwu.ledger.transfer import ALL, Transfer
from kaiwu.pack.programme import Fund, Programme
from kaiwu.procedure.claim.apportion import apportion
from kaiwu.procedure.claim.case import Case, Line, State
from kaiwu.procedure.claim.event import Event, EventKind

TWO_PERSONS = 2
CHINA = dt.timezone(dt.timedelta(hours=8))
SUBSIDISED = Account("subsidised", INVOICE_UNIT, kind="subsidised")


def fund_account(programme: Programme, fund: Fund) -> chart.Fund:
    """A fund source's share of a pot as the ledger knows it; several programmes may draw on one."""
    year = fund.year or programme.pot.year
    return chart.Fund(f"{programme.pot.code}.{fund.code}", year, fund.level, signers=TWO_PERSONS)


def appropriate(programme: Programme, fund: Fund, amount: int, document: str, by: tuple[str, ...]) -> Command:
    """Money comes into the pot by a budget document (下达指标), which is the key: the same document counts once."""
    account = fund_account(programme, fund)
    grounds = Grounds(document, programme.pot.ground.article, by, "appropriation")
    return chart.appropriate(f"budget/{account.fund}/{account.year}/{document}", account, amount, grounds)


def post_event(
    programme: Programme, before: Case, after: Case, event: Event, is_known: Callable[[str], bool]
) -> Command | None:
    """The command of one event, or None where nothing moves. ``is_known`` tells whether the ledger has a transfer."""
    entry = _Entry(programme, before, after, event)
    match event.kind:
        case EventKind.APPROVE | EventKind.RELEASE:
            made = entry.approve(is_known)
        case EventKind.RETURN | EventKind.REFUSE | EventKind.WITHDRAW | EventKind.CLOSE_OBJECTION:
            made = entry.undo()
        case EventKind.PAY:
            made = [entry.pay()]
        case EventKind.BANK_RETURN:
            made = [entry.take_back()]
        case EventKind.CLAW_BACK:
            made = entry.stop()
        case EventKind.RECOVER:
            made = entry.recover()
        case _:
            made = []
    command = join_commands(f"{before.number}/{before.events}", *made)
    return command if command.transfers else None


class _Entry:
    """The legs of one event."""

    def __init__(self, programme: Programme, before: Case, after: Case, event: Event) -> None:
        self.programme, self.before, self.after, self.event = programme, before, after, event
        self.funds = {fund.code: fund_account(programme, fund) for fund in programme.funds}
        self.award = before.award or after.award
        self.base = f"{before.number}/{before.events}"

    @property
    def clause(self) -> str:
        return self.award.clause if self.award else ""

    def grounds(self, reason: str = "", further: Sequence[str] = ()) -> Grounds:
        """Document and article of the clause; approvers are who handled and who signed, each once, with ``further`` ones."""
        signers = (
            *sorted(self.before.handlers),
            *(s.by for s in self.after.signatures or self.before.signatures),
            *further,
            self.event.by,
        )
        document = self.programme.document.number or self.programme.document.title
        article = self.award.article if self.award else ""
        return Grounds(document, article, tuple(dict.fromkeys(signers)), reason or str(self.event.kind))

    # -- decided and payable -----------------------------------------------------------------------------

    def approve(self, is_known: Callable[[str], bool]) -> list[Command]:
        award, number = self.after.award, self.before.events
        assert award is not None, "what is approved has an award"
        is_decided, is_payable = self.after.decided_event == number, self.after.payable_event == number
        made: list[Command] = []
        for i, line in enumerate(award.lines):
            key, fund = f"{self.base}/{i}", self.funds[line.fund]
            if is_decided and is_payable:
                made.append(chart.award(key, fund, self.before.firm, line.amount, self.clause, (), self.grounds()))
            elif is_decided:
                made.append(chart.issue_voucher(
                    key, fund, self.before.firm, line.amount, self._expiry(), self.clause, self.grounds("voucher")))  # fmt: skip
            elif is_payable:
                made.append(chart.redeem(key, self._voucher(i), ALL, (), self.grounds("redeem")))
        return made + self._use_invoices(award.amount, is_known) if is_decided else made

    def _voucher(self, i: int) -> str:
        return f"{self.before.number}/{self.before.decided_event}/{i}/1"

    def _expiry(self) -> dt.datetime | None:
        day = self.programme.pot.expires
        return None if day is None else dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), CHINA)

    def _use_invoices(self, amount: int, is_known: Callable[[str], bool]) -> list[Command]:
        """Each invoice is credited once with its amount × cap, and debited by what this programme pays on it."""
        made = []
        for invoice in self.before.invoices if self.programme.is_invoiced else ():
            key = f"invoice/{invoice.key}"
            if invoice.total > 0 and not is_known(f"{key}/1"):
                most = int(invoice.total * self.programme.invoice_cap)
                made.append(chart.register_invoice(key, invoice.key, most, grounds=self.grounds("eligible cost × cap")))
        uses = self._uses(self.before.number, self.before.events, amount)
        return [*made, Command("", tuple(uses), (SUBSIDISED,))] if uses else made

    def _uses(self, claim: str, event: int, amount: int) -> list[Transfer]:
        """What the award uses of each invoice, in proportion to the totals; the ids follow from the deciding event."""
        totals = {i.key: i.total for i in self.before.invoices if i.total > 0}
        if not totals or not self.programme.is_invoiced:
            return []
        grounds = self.grounds("subsidy on invoice")
        parts = apportion(amount, [Fraction(total) for total in totals.values()])
        return [
            Transfer(
                f"{claim}/{event}/use/{j}", invoice_account(key).id, SUBSIDISED.id, part, INVOICE_UNIT, reason=grounds.reason,
                document=grounds.document, article=grounds.article, approvers=grounds.approvers,
            )
            for j, (key, part) in enumerate(zip(totals, parts, strict=True))
            if part
        ]  # fmt: skip

    # -- undone ------------------------------------------------------------------------------------------

    def undo(self) -> list[Command]:
        """The award falls: vouchers are voided, payables go back, invoices are free again; each cites its original."""
        before = self.before
        if not before.decided_event or before.award is None or self.after.award is not None:
            return []
        made = []
        for i, line in enumerate(before.award.lines):
            key = f"{self.base}/{i}"
            if before.payable_event:
                made.append(chart.correct(key, self._redeemed(i, line), None, self.grounds()))
            else:
                made.append(chart.void_voucher(key, self._voucher(i), self.grounds()))
        for j, use in enumerate(self._uses(before.number, before.decided_event, before.award.amount)):
            made.append(chart.correct(f"{self.base}/free/{j}", use, None, self.grounds()))
        return made

    def _redeemed(self, i: int, line: Line) -> Transfer:
        fund = self.funds[line.fund]
        payable = fund.payable(self.before.firm, self.clause)
        id = f"{self.before.number}/{self.before.payable_event}/{i}/1"
        return Transfer(id, fund.available.id, payable.id, line.amount, fund.unit)

    # -- paid --------------------------------------------------------------------------------------------

    def pay(self) -> Command:
        data = self.event.data
        return chart.disburse(
            f"{self.base}/pay", self.funds[data["fund"]], self.before.firm, data["amount"], data["reference"], self.clause,
            self.grounds(data["line"]),
        )  # fmt: skip

    def take_back(self) -> Command:
        data = self.event.data
        paid = self._paid(data["payment"])
        grounds = self.grounds("return")
        return chart.return_money(
            f"{self.base}/return", self.funds[data["fund"]], paid, data["amount"], data["reference"], grounds
        )

    def stop(self) -> list[Command]:
        """Money is claimed back: what is still due is not paid any more and goes back to the pot."""
        if self.before.award is None or self.before.state == State.CLAWED_BACK:
            return []
        due = {line.code for line in self.before.due}
        return [
            chart.correct(f"{self.base}/{i}", self._redeemed(i, line), None, self.grounds())
            for i, line in enumerate(self.before.award.lines)
            if line.code in due
        ]

    def recover(self) -> list[Command]:
        """Each part cites the payment that it claims back; parts of one payment are told apart by the event."""
        data = self.event.data
        decided = next(c for c in self.before.claw_backs if c.rule == data["rule"])
        grounds = self.grounds(f"claw_back:{data['rule']}:{self.before.events}", decided.approvers)
        made = []
        for number, amount in data["shares"]:
            fund = self.funds[next(p.fund for p in self.before.payments if p.event == number)]
            key = f"{self.base}/recover/{number}"
            made.append(chart.claw_back(key, fund, self._paid(number), amount, data["reference"], (), grounds))
        return made

    def _paid(self, number: int) -> Transfer:
        payment = next(p for p in self.before.payments if p.event == number)
        fund = self.funds[payment.fund]
        payable = fund.payable(self.before.firm, self.clause)
        id = f"{self.before.number}/{number}/pay/1"
        return Transfer(id, payable.id, fund.disbursed.id, payment.amount, fund.unit)
