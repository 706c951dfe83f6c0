"""Quota accounts over time (指标账户): what the district has of a resource in a period, held by guarantees and released.

Owns accounts and commands. The decision is ``bundle``'s; the ledger refuses whatever would pass a quota, also under concurrency.
"""

from __future__ import annotations

import datetime as dt

from kaiwu.allot.pool.bundle import Cell, Guarantee
from kaiwu.ledger import ALL, Account, Action, Command, Limit, Transfer


def open_quota(cell: Cell, amount: int, document: str) -> Command:
    """Enter a quota (下达指标), once for a cell and document."""
    resource, period = cell
    plan = Account(f"quota/plan/{resource}", resource, kind="quota")
    key = f"quota/{resource}/{period}/{document}"
    return Command(
        key,
        (Transfer(key, plan.id, quota_account(cell).id, amount, resource, document=document),),
        (plan, quota_account(cell)),
    )


def hold_guarantee(guarantee: Guarantee, round_code: str, expires: dt.datetime) -> Command:
    """Hold what a guarantee promises (冻结) in every period; all of it or nothing. It lapses by itself on ``expires``, the
    milestone that the project must have passed by then."""
    used = f"quota/used/{guarantee.project}"
    transfers = tuple(
        Transfer(_hold(guarantee.project, round_code, cell), quota_account(cell).id, f"{used}/{cell[0]}", amount, cell[0], Action.HOLD, expires=expires, document=round_code)
        for cell, amount in sorted(guarantee.drawn.items()) if amount
    )  # fmt: skip
    resources = sorted({resource for resource, _ in guarantee.drawn})
    accounts = tuple(Account(f"{used}/{r}", r, kind="quota", firm=guarantee.project) for r in resources)
    return Command(
        f"guarantee/{round_code}/{guarantee.project}",
        transfers,
        (*accounts, *(quota_account(c) for c in sorted(guarantee.drawn))),
    )


def release_guarantee(guarantee: Guarantee, round_code: str, reason: str) -> Command:
    """Release all that a guarantee still holds (进度滑坡释放), for the next in the queue."""
    return _end(guarantee, round_code, "release", Action.VOID_HOLD, reason)


def use_guarantee(guarantee: Guarantee, round_code: str) -> Command:
    """Turn what a guarantee holds into what is used (兑现保障)."""
    return _end(guarantee, round_code, "use", Action.POST_HOLD, "")


def _end(guarantee: Guarantee, round_code: str, verb: str, action: Action, reason: str) -> Command:
    holds = [_hold(guarantee.project, round_code, cell) for cell, amount in sorted(guarantee.drawn.items()) if amount]
    amount = ALL if action is Action.POST_HOLD else 0
    transfers = tuple(
        Transfer(f"{hold}/{verb}", "", "", amount, "", action, hold=hold, reason=reason) for hold in holds
    )
    return Command(f"guarantee/{round_code}/{guarantee.project}/{verb}", transfers)


def _hold(project: str, round_code: str, cell: Cell) -> str:
    return f"guarantee/{round_code}/{project}/{cell[0]}/{cell[1]}"


def quota_account(cell: Cell) -> Account:
    """The pot (账户) of a resource in a period: it spends only what was entered."""
    return Account(f"quota/{cell[0]}/{cell[1]}", cell[0], Limit.DEBITS_WITHIN_CREDITS, kind="quota")
