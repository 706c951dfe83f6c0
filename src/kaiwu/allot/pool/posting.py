"""The pool's ledger (项目台账): every change of stage moves one project and its investment from account to account.

Owns accounts and commands, and the counts read back from a book. That a project is counted once is the ledger's doing: a
transfer's id can be posted only once, and what left a stage was credited to the next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from kaiwu.allot.pool.stage import STAGES, Step
from kaiwu.ledger import Account, Book, Command, Limit, Refusal, Transfer, is_accepted
from kaiwu.quantity import KaiwuError, Problem

OUTSIDE = "outside"
PROJECT, FEN = "item", "fen"
_LAST = dt.time(23, 59, 59, 999_999)
_NOON = dt.time(12)


@dataclass(frozen=True, slots=True)
class Tally:
    """Projects and investment (fen) of a stage on a day: that ``reached`` it by then, and that stand there."""

    stage: str
    day: dt.date
    reached: int
    reached_fen: int
    standing: int
    standing_fen: int

    def tell(self) -> tuple[str, str]:
        """The sentence with its stage and date: a number without them is no number."""
        zh, en = STAGES[self.stage]
        yi = f"{self.reached_fen / 10_000_000_000:.2f}"
        return (
            f"截至 {self.day} 累计{zh} {self.reached} 个, {yi} 亿元",
            f"by {self.day}, {self.reached} projects {en}, {yi} hundred million yuan",
        )


def post_steps(book: Book, steps: Sequence[Step]) -> None:
    """Enter steps in the order of their days, onto what the book already holds. Raises ``KaiwuError`` (A-POOL-LEDGER) where the
    ledger refuses one, for example because that project has entered that stage before."""
    for step in sorted(steps, key=lambda s: (s.day, s.project, list(STAGES).index(s.stage))):
        command = make_command(step, *find_standing(book, step.project))
        answer = book.apply(command, dt.datetime.combine(step.day, _NOON))
        if not is_accepted(answer):
            assert isinstance(answer, Refusal)
            zh, en = f"项目“{step.project}”记不进“{step.stage}”: {answer.zh}", f"project “{step.project}” cannot be entered as “{step.stage}”: {answer.en}"  # fmt: skip
            raise KaiwuError(Problem("A-POOL-LEDGER", zh, en, where=f"{step.project} {step.day}"))


def find_standing(book: Book, project: str) -> tuple[str, int]:
    """The stage that a project stands at by the book and its investment there (fen); outside and 0 before its first step."""
    for stage in reversed(STAGES):
        key = f"pool/{project}/{stage}"
        if book.transfer(f"{key}/item") is not None:
            held = (book.transfer(f"{key}/fen"), book.transfer(f"{key}/more"))
            return stage, sum(t.amount for t in held if t is not None)
    return OUTSIDE, 0


def make_command(step: Step, before: str, held: int) -> Command:
    """One project from the stage before, with the investment that stood there; what changed since then comes from, or goes
    back, outside."""
    key = f"pool/{step.project}/{step.stage}"
    transfers = [_move(f"{key}/item", before, step.stage, 1, PROJECT, step)]
    kept = min(held, step.investment)
    if kept:
        transfers.append(_move(f"{key}/fen", before, step.stage, kept, FEN, step))
    if step.investment > kept:
        transfers.append(_move(f"{key}/more", OUTSIDE, step.stage, step.investment - kept, FEN, step))
    if held > kept:
        transfers.append(_move(f"{key}/less", before, OUTSIDE, held - kept, FEN, step))
    stages = {OUTSIDE, before, step.stage}
    accounts = tuple(_account(stage, unit) for stage in sorted(stages) for unit in (PROJECT, FEN))
    return Command(key, tuple(transfers), accounts)


def _move(id: str, source: str, target: str, amount: int, unit: str, step: Step) -> Transfer:
    return Transfer(id, _name(source, unit), _name(target, unit), amount, unit, document=step.document, reason=f"{step.stage} {step.by}".strip())  # fmt: skip


def _account(stage: str, unit: str) -> Account:
    limit = Limit.NONE if stage == OUTSIDE else Limit.DEBITS_WITHIN_CREDITS
    return Account(_name(stage, unit), unit, limit, kind="pool")


def _name(stage: str, unit: str) -> str:
    return f"pool/{stage}/{unit}"


def tally(book: Book, stage: str, day: dt.date) -> Tally:
    """What a stage counts by the end of a day (按阶段和日期统计)."""
    moment = dt.datetime.combine(day, _LAST)
    items, fen = book.balance(_name(stage, PROJECT), moment), book.balance(_name(stage, FEN), moment)
    return Tally(stage, day, items.credits_posted, fen.credits_posted, items.available, fen.available)
