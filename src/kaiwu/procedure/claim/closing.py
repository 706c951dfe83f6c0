"""The books at the year's end (年终结账) and entries put right (更正): new transfers, never an edit.

Owns which accounts a programme's year closes and what a correction cites. The entries are ``kaiwu.ledger.chart``'s.
"""

from __future__ import annotations

from kaiwu.ledger import chart
from kaiwu.ledger.chart import Grounds
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.desk import Session
from kaiwu.procedure.claim.posting import fund_account
from kaiwu.quantity import KaiwuError, Problem


def close_year(
    session: Session, programme: Programme, document: str, by: tuple[str, ...], *, is_carried: bool
) -> dict[str, int]:
    """Close the pots of a programme's year; what is left lapses, or is carried into the next year's pot of the same fund.

    Returns the rest in fen by fund code. Raises ``KaiwuError`` where vouchers are still held or a pot is closed already.
    """
    rests: dict[str, int] = {}
    for fund in programme.funds:
        account = fund_account(programme, fund)
        rest = session.book.balance(account.available.id).available
        after = chart.Fund(account.fund, account.year + 1, account.level, signers=account.signers)
        grounds = Grounds(document, programme.pot.ground.article, by, "closing")
        key = f"close/{account.fund}/{account.year}"
        session.enter(chart.close_year(key, account, rest, after if rest and is_carried else None, grounds))
        rests[fund.code] = rest
    return rests


def correct_entry(session: Session, transfer: str, document: str, reason: str, by: tuple[str, ...]) -> int:
    """Turn an entry round in full, citing it (更正); the fen that it moved. Once for each entry.

    Only budget that arrived wrongly is put right here: entries of a claim go back by the claim's own steps, so that claim and
    book never differ. Raises ``KaiwuError``.
    """
    original = session.book.transfer(transfer)
    if original is None:
        zh = f"没有分录“{transfer}”; 用 kaiwu ledger statement 查看"
        raise KaiwuError(
            Problem("CL-ENTRY", zh, f"there is no entry “{transfer}”: see kaiwu ledger statement", text=transfer)
        )
    if not transfer.startswith("budget/"):
        zh = f"“{transfer}”属于申报, 请用退票、追回或撤回等步骤更正, 使申报与账一致"
        en = f"“{transfer}” belongs to a claim: correct it by the claim's steps (bank return, claw-back, withdrawal), so that both agree"
        raise KaiwuError(Problem("CL-ENTRY", zh, en, text=transfer))
    grounds = Grounds(document, original.article, by, reason)
    session.enter(chart.correct(f"correct/{transfer}", original, None, grounds))
    return original.amount
