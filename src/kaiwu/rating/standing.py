"""Who takes part (参评资格): scope, exemptions and vetoes, each known or not.

Owns the first answer for every entity. A gate that is not known leaves the entity pending: a veto must be known clean,
an exemption known not to apply.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kaiwu.rating.batch import Answers, Mask, Outcomes, any_answers
from kaiwu.rating.book import Gate, RatingBook
from kaiwu.rule.outcome import Outcome


class Status(StrEnum):
    """What became of an entity (评价状态); everybody in the population has exactly one."""

    RATED = "rated"
    VETOED = "vetoed"
    EXEMPT = "exempt"
    PENDING = "pending"
    OUT_OF_SCOPE = "out_of_scope"

    @property
    def zh(self) -> str:
        """The word on lists."""
        return {
            "rated": "已评",
            "vetoed": "一票否决",
            "exempt": "暂不参评",
            "pending": "待定",
            "out_of_scope": "不在评价范围",
        }[self]


STATUSES = tuple(Status)


@dataclass(frozen=True, slots=True)
class Standing:
    """Per entity: whether it certainly takes part, or may (``doubt`` is then MISSING or HUMAN, else FAIL), and why."""

    taking: Mask
    out: Mask
    exempt: Mask
    doubt: Outcomes
    cause: list[str]  # scope, or the code of the exemption that holds or is not known


def settle_standing(book: RatingBook, answers: Answers) -> Standing:
    """Read scope and exemptions."""
    scope = answers.outcomes["scope"]
    exemptions = [answers.outcomes[f"exempt.{g.code}"] for g in book.exempt]
    anyhow = any_answers(len(scope), exemptions)
    out = scope == Outcome.FAIL
    inside = scope == Outcome.PASS
    exempt = inside & (anyhow == Outcome.PASS)
    doubt = np.where(inside, anyhow, scope)
    doubt = np.where(out | exempt | (doubt == Outcome.PASS), np.uint8(Outcome.FAIL), doubt)
    taking = inside & ~exempt & (doubt == Outcome.FAIL)
    cause = [""] * len(scope)
    for row in np.flatnonzero(~taking & ~out):
        cause[row] = _exemption(book.exempt, exemptions, int(row), bool(exempt[row])) if inside[row] else "scope"
    return Standing(taking, np.asarray(out), np.asarray(exempt), doubt.astype(np.uint8), cause)


def _exemption(gates: tuple[Gate, ...], exemptions: list[Outcomes], row: int, holds: bool) -> str:
    """The first exemption that holds, or the first one that is not known."""
    wanted = (Outcome.PASS,) if holds else (Outcome.MISSING, Outcome.HUMAN)
    found = [gate.code for gate, outcome in zip(gates, exemptions, strict=True) if outcome[row] in wanted]
    return found[0] if holds else f"exempt.{found[0]}"
