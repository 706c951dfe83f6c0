"""Credit of a project (绩效分享): which towns and platforms count which part of it, by dates; the district counts it once.

Owns shares and their sums. A share is exact; whole parts sum to the whole to the last fen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.quantity import KaiwuError, Problem

MEASURES = ("output", "tax", "investment")
KINDS = ("town", "platform")
ROLES: dict[str, tuple[str, str]] = {"origin": ("流出地", "origin"), "landing": ("落地", "landing")}


@dataclass(frozen=True, slots=True)
class Share:
    """One dated share: ``unit`` (a town or platform) counts ``share`` of a ``measure`` of the project from ``valid_from`` on,
    until ``valid_to`` (inclusive) where that is given."""

    project: str
    kind: str
    unit: str
    role: str
    measure: str
    share: Fraction
    valid_from: dt.date
    valid_to: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Whether the share is valid on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def check_shares(shares: Sequence[Share]) -> None:
    """Raises ``KaiwuError`` (A-POOL-SHARE) where the shares of a project, kind and measure are not one whole on a day on which
    any is valid, or where a word is unknown."""
    problems = [
        Problem("A-POOL-SHARE", f"“{s.project}”的份额写法不对: {s.kind} {s.role} {s.measure}", f"a share of “{s.project}” is badly written: {s.kind} {s.role} {s.measure}", where=s.project)
        for s in shares if s.kind not in KINDS or s.role not in ROLES or s.measure not in MEASURES or not 0 < s.share <= 1
    ]  # fmt: skip
    groups: dict[tuple[str, str, str], list[Share]] = {}
    for share in shares:
        groups.setdefault((share.project, share.kind, share.measure), []).append(share)
    for (project, kind, measure), group in sorted(groups.items()):
        # Sums change only where a share begins or has ended.
        days = {s.valid_from for s in group} | {
            s.valid_to + dt.timedelta(days=1) for s in group if s.valid_to is not None
        }
        for day in sorted(days):
            total = sum((s.share for s in group if s.holds_on(day)), Fraction(0))
            if total not in (0, 1):
                problems.append(Problem("A-POOL-SHARE", f"“{project}”的 {kind} {measure} 份额自 {day} 起合计 {total}, 应为 1", f"the {kind} shares of {measure} of “{project}” add up to {total} from {day}, not to 1", where=project))  # fmt: skip
                break
    if problems:
        raise KaiwuError(problems)


@dataclass(frozen=True, slots=True)
class Credited:
    """Sums of a measure: by unit, without a share, and of the district. ``units`` and ``unshared`` sum to ``district``."""

    units: Mapping[str, int]
    unshared: int
    district: int


def credit(amounts: Mapping[str, int], shares: Sequence[Share], kind: str, measure: str, day: dt.date) -> Credited:
    """Divide each project's amount (whole units) among the towns, or the platforms, that hold shares on a day.

    A project that no unit of this kind holds stays in ``unshared``. Every project is in ``district`` once, however many share it.
    """
    units: dict[str, int] = {}
    unshared = 0
    for project, amount in sorted(amounts.items()):
        held = sorted((s.unit, s.role, s.share) for s in shares if s.project == project and s.kind == kind and s.measure == measure and s.holds_on(day))  # fmt: skip
        if not held:
            unshared += amount
            continue
        for (unit, _, _), part in zip(held, divide(amount, [share for *_, share in held]), strict=True):
            units[unit] = units.get(unit, 0) + part
    return Credited(dict(sorted(units.items())), unshared, sum(amounts.values()))


def divide(amount: int, shares: Sequence[Fraction]) -> list[int]:
    """Whole parts that sum to the amount: the difference of the rounded running sums."""
    total, done, parts = Fraction(0), 0, []
    for share in shares:
        total += share
        upto = amount * total.numerator // total.denominator
        parts.append(upto - done)
        done = upto
    return parts
