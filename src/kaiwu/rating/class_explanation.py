"""Explains a class and the distance to the next one (档次与差距) of one ranked unit.

Owns the lines on the class. A gap is printed only after the class was computed anew with the score that would close it. Who is
ranked in the league is given as a ``Field``; what comes above these lines is the engines'.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from kaiwu.quantity import format_decimal
from kaiwu.rating.book import ClassRow, ClassTable
from kaiwu.rating.classing import edges_of, reaches
from kaiwu.rating.lookup import Field
from kaiwu.rating.phrase import EMPTY, say
from kaiwu.rating.points import Rounding, print_points
from kaiwu.rule.decision import Reason
from kaiwu.rule.outcome import Outcome


@dataclass(frozen=True)
class ClassExplainer:
    """Explains the class of one entity; ``row`` is its row in the decisions, ``field`` the ranked units of its league.

    ``shared`` says that tied units share the better class, ``total`` how totals are rounded, ``cap`` what they cannot pass.
    """

    table: ClassTable
    shared: bool
    total: Rounding
    field: Field
    row: dict[str, Any]
    cap: Fraction | None = None

    def reasons(self) -> list[Reason]:
        """The class and the line that it was given by; how many points are short of the next better one."""
        return [self.label(), *self.gap()]

    def class_row(self) -> tuple[int, ClassRow]:
        """The computed class and its number, best first."""
        index = self.table.codes().index(self.row["computed_class"])
        return index, self.table.rows[index]

    def label(self) -> Reason:
        """The class and the line that it was given by."""
        index, row = self.class_row()
        if self.table.by == "cutoff":
            edge = say("class-edge", low=format_decimal(row.low)) if row.low is not None else EMPTY
            words = say(
                "class-score",
                zh=row.zh,
                en=row.en,
                score=print_points(self.row["score"], self.row["decimals"]),
                edge=edge,
            )
        else:
            edges = edges_of(self.table, self.counted())
            first = int(edges[index - 1]) + 1 if index else 1
            words = say("class-share", zh=row.zh, en=row.en, number=self.counted(), first=first, last=int(edges[index]))
        return Reason(*words, outcome=Outcome.PASS, kind="class")

    def counted(self) -> int:
        """How many units shares are taken of: those ranked, and the vetoed ones where they count."""
        return int(self.row["ranked"]) + (self.field.vetoed if self.table.vetoed == "inside" else 0)

    def gap(self) -> list[Reason]:
        """How many points are short of the next better class, if any score reaches it."""
        index, _ = self.class_row()
        if index == 0:
            return []
        target = self.table.rows[index - 1]
        wanted = self.wanted_score(index - 1)
        if wanted is None or (self.cap is not None and Fraction(wanted, 10 ** self.row["decimals"]) > self.cap):
            return []
        if not self.reaches(index - 1, wanted) or self.reaches(index - 1, wanted - self.step):
            return []
        gap = print_points(wanted - self.row["score"], self.row["decimals"])
        words = say("gap", zh=target.zh, en=target.en, gap=gap)
        return [Reason(*words, outcome=Outcome.PASS, gap=say("gap-short", gap=gap)[0], kind="class")]

    @property
    def step(self) -> int:
        """The rounding step of totals in stored units."""
        return self.total.units(self.row["decimals"])

    def wanted_score(self, index: int) -> int | None:
        """The least score that reaches a class, others staying as they are."""
        if self.table.by == "cutoff":
            low = self.table.rows[index].low
            assert low is not None
            exact = low / self.total.step
            steps = -(-exact.numerator // exact.denominator)
            wanted = steps * self.step
            return wanted if self.reaches(index, wanted) else wanted + self.step
        last = int(edges_of(self.table, self.counted())[index])
        edge = self.field.at(last, self.row["score"])
        return None if edge is None else edge + (0 if self.shared else self.step)

    def reaches(self, index: int, score: int) -> bool:
        """Whether a score gives this class or a better one: the class computed anew, a tie counting against it."""
        if self.table.by == "cutoff":
            return bool(reaches(self.table, index, np.array([score], dtype=np.int64), self.row["decimals"])[0])
        own = self.row["score"]
        place = self.field.above(score, own) + 1 + (0 if self.shared else self.field.alike(score, own))
        return place <= int(edges_of(self.table, self.counted())[index])


def tell_change(row: dict[str, Any]) -> list[Reason]:
    """The signed change of class of a row of decisions, if there is one."""
    if row["class"] == row["computed_class"]:
        return []
    words = say("changed", before=row["computed_class"], after=row["class"])
    return [Reason(*words, outcome=Outcome.PASS, kind="class")]
