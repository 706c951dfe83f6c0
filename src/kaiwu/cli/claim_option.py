"""Options that the commands about claims share, and the one way in which they do a step.

Owns who, when and in which workspace. In a synthetic workspace the told day is the clock, so that a year can be played.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.console import Speaker
from kaiwu.cli.option import Day, today
from kaiwu.ledger.moment import CHINA
from kaiwu.procedure import Workspace, open_workspace
from kaiwu.procedure.claim import STATES, Case, Desk, Event, Session
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.quantity import KaiwuError, Problem

NOON = dt.time(12)

by_option = click.option("--by", required=True, help="经办或签署人 / who does or signs it")
on_option = click.option("--on", "day", type=Day(), default=None, help="日期, 默认今天 / day, default today")
reason_option = click.option("--reason", required=True, help="理由 / reason")
numbers_argument = click.argument("numbers", nargs=-1, required=True)


@dataclass(slots=True)
class Counter:
    """A desk with the day of a command and its clock."""

    workspace: Workspace
    desk: Desk
    day: dt.date
    today: dt.date
    now: dt.datetime

    def do(self, numbers: Sequence[str], kind: str, by: str, data: dict[str, Any]) -> list[Case]:
        """The same step on many claims, all or nothing."""
        event = Event(kind, self.day, by, data)
        return self.desk.do_each(numbers, lambda s, number: s.do(number, event, self.today), now=self.now)

    def each(self, numbers: Sequence[str], step: Callable[[Session, str], Case]) -> list[Case]:
        """A step that looks around on many claims, all or nothing."""
        return self.desk.do_each(numbers, step, now=self.now)


def open_counter(folder: Path, day: dt.date | None) -> Counter:
    """The counter of a workspace on a day."""
    workspace = open_workspace(folder)
    told = day or today()
    is_played = workspace.is_synthetic and day is not None
    clock = dt.datetime.combine(told, NOON, CHINA) if is_played else dt.datetime.now().astimezone()
    return Counter(workspace, Desk(workspace.folder, workspace.library), told, told if is_played else today(), clock)


def read_pairs(words: Sequence[str]) -> dict[str, str]:
    """``name=value`` words. Raises ``KaiwuError`` for a word without ``=``."""
    pairs = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name.strip():
            zh, en = f"要写成 名称=值, 不是“{word}”", f"wants name=value, not “{word}”"
            raise KaiwuError(Problem("C-PAIR", zh, en, text=word))
        pairs[name.strip()] = value.strip()
    return pairs


def print_cases(speaker: Speaker, cases: Sequence[Case]) -> None:
    """A line for every claim after a step, or JSON."""
    if speaker.is_json:
        speaker.data([{"claim": c.number, "state": c.state.value, "amount_fen": c.amount or None, "paid_fen": c.paid} for c in cases])  # fmt: skip
        return
    for case in cases:
        zh, en = STATES[case.state]
        amount = f" {yuan(case.amount)}" if case.amount else ""
        speaker.say(f"{case.number} {zh}{amount}", f"{case.number} {en}{amount}")
