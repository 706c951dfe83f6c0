"""The chart of accounts (科目表): how public money moves, as commands for the ledger.

```
               appropriate            issue_voucher · award                  disburse (treasury's number)
 appropriation ───────────▶ available ═══════ hold ═══════▶ payable ─────────────────────▶ disbursed
 预算指标          │          可用(资金池)   ▲   │ expires     应付(firm, clause)               已拨付
                   │              │         └───┘ 到期释放         ▲                             │  │
                   │              │ close_year      redeem 部分兑付 │       return_money 退汇     │  │ claw_back 追回
                   ◀──────────────┘ 年终结转: lapse, or carry to     └────────────────────────────┘  ▼
                                    next year's available                                         returned 已收回

 eligible ──register_invoice (cost × cap)──▶ invoice ──redeem, award: every programme's subsidy──▶ subsidised
 可补成本                                     发票                                                 已补贴
```

An arrow is a transfer: it debits the account at its tail and credits the one at its head. Pots, payables, disbursed and
invoices may not spend more than they were credited; that is all that keeps a pot from being overdrawn and an invoice
from being subsidised twice. Owns names of accounts and the legs of each step; it decides nothing: every function
returns a ``Command``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kaiwu.ledger.account import Account, Limit
from kaiwu.ledger.command import Command
from kaiwu.ledger.transfer import Action, Transfer

INVOICE_UNIT = "fen_eligible"  # not money: what may be subsidised, in fen
_POT = Limit.DEBITS_WITHIN_CREDITS


@dataclass(frozen=True, slots=True)
class Fund:
    """A pot (资金池): fund source, year and level, and the clause where it serves one only. ``signers`` different people
    must approve what moves it (双人复核)."""

    fund: str
    year: int
    level: str = ""
    clause: str = ""
    unit: str = "fen"
    signers: int = 0

    def account(self, kind: str, limit: Limit = _POT, firm: str = "", clause: str = "") -> Account:
        """An account of the fund: kind, fund, year, level, clause and firm make its id."""
        clause = clause or self.clause
        parts = (kind, self.fund, str(self.year), self.level, clause, firm)
        id = "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts).rstrip("/")
        return Account(id, self.unit, limit, kind, self.fund, self.year, self.level, clause, firm, self.signers)

    @property
    def appropriation(self) -> Account:
        """Where the budget comes from (预算指标)."""
        return self.account("appropriation", Limit.NONE)

    @property
    def available(self) -> Account:
        """What can still be promised (可用)."""
        return self.account("available")

    @property
    def disbursed(self) -> Account:
        """What the treasury has paid (已拨付)."""
        return self.account("disbursed")

    @property
    def returned(self) -> Account:
        """What was clawed back (已收回)."""
        return self.account("returned")

    def payable(self, firm: str, clause: str = "") -> Account:
        """What is owed to a firm by a clause (应付)."""
        return self.account("payable", firm=firm, clause=clause)


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why an entry is made and who answers for it (依据): document, article, approvers."""

    document: str = ""
    article: str = ""
    approvers: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """How much of an invoice a subsidy uses (发票占用), in fen."""

    invoice: str
    amount: int


NO_GROUNDS = Grounds()


def invoice_account(invoice: str, firm: str = "") -> Account:
    """An invoice as an account (发票即账户)."""
    return Account(f"invoice/{invoice}", INVOICE_UNIT, _POT, "invoice", firm=firm)


_ELIGIBLE = Account("eligible", INVOICE_UNIT, kind="eligible")
_SUBSIDISED = Account("subsidised", INVOICE_UNIT, kind="subsidised")


def appropriate(key: str, fund: Fund, amount: int, grounds: Grounds = NO_GROUNDS) -> Command:
    """Budget arrives (下达指标)."""
    return _command(key, [(fund.appropriation, fund.available, amount)], fund.unit, grounds)


def register_invoice(key: str, invoice: str, eligible: int, firm: str = "", grounds: Grounds = NO_GROUNDS) -> Command:
    """An invoice with its eligible cost × cap, in fen (发票登记): once, whoever asks, because the transfer bears its name."""
    command = _command(key, [(_ELIGIBLE, invoice_account(invoice, firm), eligible)], INVOICE_UNIT, grounds)
    return replace(command, transfers=(replace(command.transfers[0], id=f"invoice/{invoice}/1"),))


def issue_voucher(
    key: str, fund: Fund, firm: str, amount: int, expires: dt.datetime | None,
    clause: str = "", grounds: Grounds = NO_GROUNDS,
) -> Command:  # fmt: skip
    """A voucher (发券): the hold ``key/1`` on the pot, released by itself at ``expires``."""
    command = _command(key, [(fund.available, fund.payable(firm, clause), amount)], fund.unit, grounds)
    return replace(command, transfers=(replace(command.transfers[0], action=Action.HOLD, expires=expires),))


def redeem(
    key: str, voucher: str, amount: int, invoices: Sequence[Use] = (),
    grounds: Grounds = NO_GROUNDS, rest: Transfer | None = None,
) -> Command:  # fmt: skip
    """Redeem a voucher (兑付): ``amount`` (``ALL``: the whole) becomes payable, the rest of the hold is released.

    ``voucher`` is the id of its hold. ``invoices`` are debited in the same command. ``rest`` (see ``hold_rest``) holds
    what is left again, for a later redemption.
    """
    post = _leg(key, 1, "", "", amount, "", grounds, action=Action.POST_HOLD, hold=voucher)
    legs = (post, *_use_invoices(key, 2, invoices, grounds))
    return Command(key, (*legs, rest) if rest else legs, (_SUBSIDISED,) if invoices else ())


def hold_rest(key: str, voucher: Transfer, redeemed: int) -> Transfer:
    """The hold ``key/rest`` of what a partial redemption leaves, with the voucher's accounts, papers and expiry."""
    return replace(voucher, id=f"{key}/rest", amount=voucher.amount - redeemed)


def void_voucher(key: str, voucher: str, grounds: Grounds = NO_GROUNDS) -> Command:
    """Take a voucher back before it expires (撤销)."""
    return Command(key, (_leg(key, 1, "", "", 0, "", grounds, action=Action.VOID_HOLD, hold=voucher),))


def award(
    key: str, fund: Fund, firm: str, amount: int, clause: str = "",
    invoices: Sequence[Use] = (), grounds: Grounds = NO_GROUNDS,
) -> Command:  # fmt: skip
    """An award without a voucher (直接兑付): payable at once."""
    command = _command(key, [(fund.available, fund.payable(firm, clause), amount)], fund.unit, grounds)
    uses = _use_invoices(key, 2, invoices, grounds)
    opened = (*command.accounts, _SUBSIDISED) if invoices else command.accounts
    return Command(key, (*command.transfers, *uses), opened)


def disburse(
    key: str, fund: Fund, firm: str, amount: int, reference: str, clause: str = "", grounds: Grounds = NO_GROUNDS
) -> Command:
    """The treasury has paid (拨付); ``reference`` is its number."""
    command = _command(key, [(fund.payable(firm, clause), fund.disbursed, amount)], fund.unit, grounds)
    return replace(command, transfers=(replace(command.transfers[0], reference=reference),))


def return_money(
    key: str, fund: Fund, paid: Transfer, amount: int, reference: str = "", grounds: Grounds = NO_GROUNDS
) -> Command:
    """The bank has sent a payment back (退汇): it is payable again. ``paid`` is the disbursement."""
    leg = _leg(
        key, 1, fund.disbursed.id, paid.debit, amount, fund.unit, grounds,
        cites=paid.id, reason=grounds.reason or "return", reference=reference,
    )  # fmt: skip
    return Command(key, (leg,))


def claw_back(
    key: str, fund: Fund, paid: Transfer, amount: int, reference: str = "",
    uses: Sequence[tuple[Transfer, int]] = (), grounds: Grounds = NO_GROUNDS,
) -> Command:  # fmt: skip
    """A firm pays back (追回), once per disbursement and never more than it got; so much of the ``uses`` of invoices is free
    for a subsidy again, each citing the use."""
    leg = _leg(
        key, 1, fund.disbursed.id, fund.returned.id, amount, fund.unit, grounds,
        cites=paid.id, reason=grounds.reason or "claw_back", reference=reference,
    )  # fmt: skip
    freed = [
        _leg(
            key, n, use.credit, use.debit, freed_amount, use.unit, grounds,
            cites=use.id, reason=grounds.reason or "claw_back",
        )
        for n, (use, freed_amount) in enumerate(uses, start=2)
    ]  # fmt: skip
    return Command(key, (leg, *freed), (fund.disbursed, fund.returned))


def correct(key: str, original: Transfer, right: Transfer | None, grounds: Grounds = NO_GROUNDS) -> Command:
    """Correct an entry (更正): the original turned round in full, citing it, and the right one where there is one."""
    reversal = _leg(
        key, 1, original.credit, original.debit, original.amount, original.unit, grounds,
        cites=original.id, reason=grounds.reason or "correction",
    )  # fmt: skip
    return Command(key, (reversal, right) if right else (reversal,))


def close_year(key: str, fund: Fund, rest: int, into: Fund | None = None, grounds: Grounds = NO_GROUNDS) -> Command:
    """Close a year's pot (年终结账): ``rest`` (its available balance; 0: none) lapses to the appropriation, or is carried
    ``into`` the pot of the next year; then the pot takes no more entries. Open vouchers refuse it."""
    target = into.available if into else fund.appropriation
    moved = _command(key, [(fund.available, target, rest)], fund.unit, grounds) if rest else Command(key)
    return replace(moved, closes=(fund.available.id,))


def _command(key: str, legs: Sequence[tuple[Account, Account, int]], unit: str, grounds: Grounds) -> Command:
    made = [
        _leg(key, n, debit.id, credit.id, amount, unit, grounds) for n, (debit, credit, amount) in enumerate(legs, 1)
    ]
    opened = tuple(dict.fromkeys(account for debit, credit, _ in legs for account in (debit, credit)))
    return Command(key, tuple(made), opened)


def _use_invoices(key: str, start: int, invoices: Sequence[Use], grounds: Grounds) -> list[Transfer]:
    return [
        _leg(key, n, invoice_account(use.invoice).id, _SUBSIDISED.id, use.amount, INVOICE_UNIT, grounds)
        for n, use in enumerate(invoices, start)
    ]


def _leg(
    key: str, number: int, debit: str, credit: str, amount: int, unit: str, grounds: Grounds,
    action: Action = Action.POST, hold: str = "", cites: str = "", reason: str = "", reference: str = "",
) -> Transfer:  # fmt: skip
    return Transfer(
        f"{key}/{number}", debit, credit, amount, unit, action, hold, cites=cites, reason=reason or grounds.reason,
        document=grounds.document, article=grounds.article, approvers=grounds.approvers, reference=reference,
    )  # fmt: skip
