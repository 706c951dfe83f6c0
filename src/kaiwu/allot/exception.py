"""Exceptions of a leaders' meeting (联席会议, 区长办公会): signed, minuted, and naming whom they displace.

Owns the entry. It stands before the first pass; it may override score, order and threshold, never a veto, a hard constraint
or a quota. For land in public sale it moves a plot forward and names no buyer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kaiwu.quantity import Problem


@dataclass(frozen=True, slots=True)
class MeetingException:
    """One entry of the minutes: which project, which supply, who signed, why, and whom it displaced (``displaces``)."""

    applicant: str
    supply: str
    minutes: str
    signer: str
    day: dt.date
    reason: str
    displaces: tuple[str, ...] = ()

    def check(self, where: str) -> list[Problem]:
        """What the entry lacks."""
        lacking = [
            (zh, en)
            for value, zh, en in (
                (self.minutes, "会议纪要编号", "the number of the minutes"),
                (self.signer, "签署人", "a signer"),
                (self.reason, "理由", "a reason"),
            )
            if not value.strip()
        ]
        return [
            Problem("A-EXCEPTION", f"例外事项缺少{zh}, 不能执行", f"an exception lacks {en}", where=where)
            for zh, en in lacking
        ]
