"""The published tables of TigerBeetle (Apache-2.0) on two-phase transfers: our decisions agree, row by row.

The tables are not part of the project: they are read from the file named by ``KAIWU_TWO_PHASE_TABLES``, or from the folder
``shared/data/ledger`` beside the repository.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from pathlib import Path

import pytest

from kaiwu.ledger import INT64_MAX, Accepted, Account, Action, Balance, Command, Limit, MemoryBook, Transfer

FILE = Path(
    os.environ.get("KAIWU_TWO_PHASE_TABLES")
    or Path(__file__).parents[3] / "shared" / "data" / "ledger" / "two-phase-tables.txt"
)
# Their status -> our code and, where theirs names a field, our detail.
MAPPING: dict[str, tuple[str, ...]] = {
    "created": ("accepted",),
    "exists": ("again",),
    "exists_with_different_flags": ("key_reused", "action"),
    "exists_with_different_debit_account_id": ("key_reused", "debit"),
    "exists_with_different_credit_account_id": ("key_reused", "credit"),
    "exists_with_different_amount": ("key_reused", "amount"),
    "exists_with_different_pending_id": ("key_reused", "hold"),
    "exists_with_different_ledger": ("key_reused", "unit"),
    "exists_with_different_timeout": ("key_reused", "expires"),
    # Their three fields of user data are our document, article and reason; their code is our reference.
    "exists_with_different_user_data_128": ("key_reused", "document"),
    "exists_with_different_user_data_64": ("key_reused", "article"),
    "exists_with_different_user_data_32": ("key_reused", "reason"),
    "exists_with_different_code": ("key_reused", "reference"),
    "debit_account_id_must_not_be_zero": ("debit_empty",),
    "credit_account_id_must_not_be_zero": ("credit_empty",),
    "accounts_must_be_different": ("accounts_same",),
    "pending_id_must_be_zero": ("hold_not_expected",),
    "timeout_reserved_for_pending_transfer": ("expires_not_expected",),
    "ledger_must_not_be_zero": ("unit_empty",),
    "debit_account_not_found": ("debit_unknown",),
    "credit_account_not_found": ("credit_unknown",),
    "accounts_must_have_the_same_ledger": ("units_differ",),
    "transfer_must_have_the_same_ledger_as_accounts": ("unit_not_of_accounts",),
    "overflows_debits_pending": ("overflows_debits_pending",),
    "overflows_credits_pending": ("overflows_credits_pending",),
    "overflows_debits_posted": ("overflows_debits_posted",),
    "overflows_credits_posted": ("overflows_credits_posted",),
    "overflows_debits": ("overflows_debits",),
    "overflows_credits": ("overflows_credits",),
    "exceeds_credits": ("exceeds_credits",),
    "exceeds_debits": ("exceeds_debits",),
    "pending_id_must_not_be_zero": ("hold_empty",),
    "pending_id_must_be_different": ("hold_is_itself",),
    "pending_transfer_not_found": ("hold_unknown",),
    "pending_transfer_not_pending": ("hold_not_pending",),
    "pending_transfer_has_different_debit_account_id": ("hold_debit_differs",),
    "pending_transfer_has_different_credit_account_id": ("hold_credit_differs",),
    "pending_transfer_has_different_ledger": ("hold_unit_differs",),
    "exceeds_pending_transfer_amount": ("hold_exceeded",),
    "pending_transfer_has_different_amount": ("hold_amount_differs",),
    "pending_transfer_already_posted": ("hold_posted",),
    "pending_transfer_already_voided": ("hold_voided",),
    "pending_transfer_expired": ("hold_expired",),
}
# Statuses that cannot occur here, and why; such rows are refused there too, so leaving them out changes no balance.
NOT_APPLICABLE = {
    "timestamp_must_be_zero": "a transfer has no timestamp of the client's; the moment is an argument",
    "reserved_flag": "there are no padding bits",
    "id_must_not_be_zero": "the key of the command is the id in this test, so that an empty one is told as key_empty",
    "id_must_not_be_int_max": "ids are text and have no largest value",
    "debit_account_id_must_not_be_int_max": "ids are text",
    "credit_account_id_must_not_be_int_max": "ids are text",
    "pending_id_must_not_be_int_max": "ids are text",
    "flags_are_mutually_exclusive": "an action is one of four; two at once, or a balancing one, cannot be written",
    "closing_transfer_must_be_pending": "accounts are closed by the command, not by a flag of a transfer",
    "code_must_not_be_zero": "there is no code",
    "pending_transfer_has_different_code": "there is no code",
    "overflows_timeout": "an expiry is a date, not a span that could pass the end of time",
    "id_already_failed": "a refusal writes nothing: the mended command may be sent again under its key",
}
# What differs on purpose: an amount of zero is refused, and a hold of which nothing is posted is voided. A post of zero is
# therefore played as a void, and a difference of its amount shows as one of its action.
ZERO = "a post of zero"

needs_tables = pytest.mark.skipif(not FILE.is_file(), reason=f"the published tables are not at {FILE}")


class Reader:
    """Plays one table on a book in memory."""

    def __init__(self) -> None:
        self.book = MemoryBook()
        self.now = dt.datetime(2025, 1, 1)
        self.counts: Counter[str] = Counter()
        self.voided_as_zero: set[str] = set()

    def play(self, line: str) -> None:
        word, *cells = line.split("//")[0].split()
        match word:
            case "account":
                self._open(cells)
            case "setup":
                standing = self.book.state.accounts[cells[0]]
                self.book.state.accounts[cells[0]] = standing._replace(balance=Balance(*map(_number, cells[1:5])))
            case "tick":
                self.now += dt.timedelta(seconds=max(int(cells[0]), 0))  # −3: three seconds before the end of time
                self.book.expire(self.now)
            case "transfer":
                self._transfer(cells, line)
            case "lookup_account":
                assert self.book.balance(cells[0]) == Balance(*map(_number, cells[1:5])), line
            case "lookup_transfer":
                self._look_up(cells, line)
            case _:
                assert word == "commit", line

    def _open(self, cells: list[str]) -> None:
        limit = Limit.NONE
        if "D<C" in cells:
            limit = Limit.DEBITS_WITHIN_CREDITS
        if "C<D" in cells:
            limit = Limit.CREDITS_WITHIN_DEBITS
        account = Account(cells[0], cells[9], limit)
        assert isinstance(self.book.apply(Command(f"open {account.id}", (), (account,)), self.now), Accepted)

    def _transfer(self, cells: list[str], line: str) -> None:
        status = cells[-1]
        if status in NOT_APPLICABLE:
            self.counts["not applicable"] += 1
            return
        transfer = self._read(cells)
        answer = self.book.apply(Command(transfer.id, (transfer,)), self.now)
        told = (
            ("again" if answer.again else "accepted",) if isinstance(answer, Accepted) else (answer.code, answer.detail)
        )
        wanted = self._wanted(transfer, status)
        assert told[: len(wanted)] == wanted, f"{line}\n  ours {told}"
        self.counts["agreed"] += 1

    def _wanted(self, t: Transfer, status: str) -> tuple[str, ...]:
        if status == "created" and t.amount == 0 and t.action is Action.POST:
            return ("amount_zero",)
        if status == "created" and t.action is Action.VOID_HOLD and t.amount == 0:
            self.voided_as_zero.add(t.id)
        was_zero = t.id in self.voided_as_zero or (t.action is Action.VOID_HOLD and t.amount == 0)
        if status == "exists_with_different_amount" and was_zero:
            return ("key_reused", "action")
        return MAPPING[status]

    def _read(self, cells: list[str]) -> Transfer:
        id, debit, credit, amount, hold, document, article, reason, timeout, unit, code = cells[:11]
        flags = set(cells[11:20])
        action = Action.POST
        for flag, one in {"PEN": Action.HOLD, "POS": Action.POST_HOLD, "VOI": Action.VOID_HOLD}.items():
            action = one if flag in flags else action
        count = _number(amount)
        if action is Action.POST_HOLD and count == 0:
            action = Action.VOID_HOLD
        if action in (Action.POST_HOLD, Action.VOID_HOLD):
            code = "_"  # theirs is the hold's when it is left out
        seconds = _number(timeout)
        return Transfer(
            id, _name(debit), _name(credit), count, _name(unit), action, _name(f"T{hold}" if hold.isdigit() else hold),
            self.now + dt.timedelta(seconds=seconds) if seconds else None,
            document=_name(document), article=_name(article), reason=_name(reason), reference=_name(code),
        )  # fmt: skip

    def _look_up(self, cells: list[str], line: str) -> None:
        found = self.book.transfer(cells[0])
        if cells[0] == "T8" or cells[0] in self.voided_as_zero:
            return  # of zero: refused here, or played as a void
        if cells[1] == "exists":
            assert (found is not None) == (cells[2] == "true"), line
        else:
            assert found is not None and found.amount == _number(cells[2]), line


def _name(cell: str) -> str:
    """``_`` and a number zero are empty."""
    return "" if cell == "_" or cell[1:] == "0" else cell


def _number(cell: str) -> int:
    if cell == "_":
        return 0
    return INT64_MAX - int(cell[1:]) if cell.startswith("-") else int(cell)


def _sections() -> dict[str, list[str]]:
    parts = FILE.read_text(encoding="utf-8").split("# ")[1:]
    lines = {part.splitlines()[0]: [line.strip() for line in part.splitlines()[1:]] for part in parts}
    return {title: [line for line in body if line] for title, body in lines.items()}


@needs_tables
@pytest.mark.parametrize("number", range(4))
def test_a_published_table_is_answered_alike(number: int) -> None:
    title, lines = list(_sections().items())[number]
    reader = Reader()
    for line in lines:
        reader.play(line)
    assert reader.counts["agreed"] == (33, 50, 3, 8)[number], f"{title}: {dict(reader.counts)}"
    assert all(total.is_balanced for total in reader.book.trial_balance()) or number == 0  # the first sets balances


@needs_tables
def test_every_status_of_theirs_is_mapped_or_said_not_to_apply() -> None:
    rows = [line.split("//")[0].split() for lines in _sections().values() for line in lines]
    theirs = {cells[-1] for cells in rows if cells[0] == "transfer"}
    assert theirs == MAPPING.keys() | NOT_APPLICABLE.keys()
    assert MAPPING.keys().isdisjoint(NOT_APPLICABLE)
