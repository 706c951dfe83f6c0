"""Explains total, rank, class and the distance to the next class (距上一档的差距).

Owns the lines below the items. A gap is printed only after the class was computed anew with the score that would close it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from kaiwu.quantity import KaiwuError, Problem, format_decimal
from kaiwu.rating.book import ClassRow, ClassTable, RatingBook
from kaiwu.rating.classing import edges_of, reaches
from kaiwu.rating.lookup import Field, Lookup
from kaiwu.rating.phrase import EMPTY, Words, say
from kaiwu.rating.points import points_of, print_points
from kaiwu.rating.standing import Status
from kaiwu.rating.table import EVERYBODY
from kaiwu.rule.decision import Reason
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import round_to

PLACES = 6  # decimals shown of a sum before it is rounded


@dataclass
class PlaceExplainer:
    """Explains where one entity stands; ``row`` is its row in the decisions, ``parts`` the points of its items."""

    book: RatingBook
    lookup: Lookup
    row: dict[str, Any]
    parts: dict[str, Fraction]

    def reasons(self) -> list[Reason]:
        """Total, rank, class, gap and change, as far as each is known."""
        lines = [] if self.row["score"] is None else [self.total()]
        if self.row["status"] == Status.RATED.value:
            lines.append(self.rank())
            if self.row["computed_class"] is not None:
                lines += [self.label(), *self.gap()]
        if self.row["class"] != self.row["computed_class"]:
            words = say("changed", before=self.row["computed_class"], after=self.row["class"])
            lines.append(Reason(*words, outcome=Outcome.PASS, kind="class"))
        return lines

    def total(self) -> Reason:
        """The sum as it is added up, computed anew: by blocks, with the weight of excluded items handed on."""
        terms, exact = [], Fraction(0)
        for code, share in (
            {b.code: b.weight for b in self.book.blocks}.items() if self.book.blocks else [("", Fraction(1))]
        ):
            members = [i for i in self.book.indicators if i.block == code]
            counted = [i for i in members if i.code in self.parts]
            if not counted:
                continue
            factor = share * sum(i.weight for i in members) / sum((i.weight for i in counted), Fraction(0))
            sums = " + ".join(_signed(self.parts[i.code]) for i in counted)
            terms.append(sums if factor == 1 else f"({sums}) × {format_decimal(factor)}")
            exact += factor * sum((self.parts[i.code] for i in counted), Fraction(0))
        added = [self.parts[a.code] for a in self.book.adjustments if a.code in self.parts]
        exact += sum(added, Fraction(0))
        rounded = round_to(exact, self.book.total.step, self.book.total.mode)
        score = points_of(self.row["score"], self.row["decimals"])
        limits = [limit for limit in (self.book.total_cap, self.book.total_floor) if limit is not None]
        if score != rounded and score not in limits:
            raise KaiwuError(
                Problem(
                    "S-EXPLAIN",
                    "总分与各项之和不一致",
                    "the total differs from the sum of its parts",
                    where=self.row["entity"],
                )
            )
        shown = print_points(self.row["score"], self.row["decimals"])
        parts = " + ".join([*terms, *(_signed(points) for points in added)])
        limited = say("total-limited", raw=format_decimal(rounded)) if score != rounded else EMPTY
        if exact == rounded:
            words = say("total", parts=parts, score=shown, limited=limited)
        else:
            words = say("total-rounded", parts=parts, exact=format_decimal(exact, PLACES), score=shown, limited=limited)
        return Reason(*words, outcome=Outcome.PASS, kind="score")

    def rank(self) -> Reason:
        """The rank in its league."""
        tied = say("tied", tied=self.row["tied"]) if self.row["tied"] > 1 else EMPTY
        words = say("rank-of", league=self.league(), number=self.row["ranked"], rank=self.row["rank"], tied=tied)
        return Reason(*words, outcome=Outcome.PASS, kind="score")

    def league(self) -> Words:
        """The league by name."""
        code = self.row["league"]
        if code == EVERYBODY or self.book.leagues is None:
            return say("everybody")
        if self.book.leagues.by is not None:
            variable = self.book.leagues.by.variable
            labels = dict(zip(variable.values, variable.value_labels, strict=False))
            zh, en = labels.get(code, (code, code))
        else:
            zh, en = next((g.zh, g.en) for g in self.book.leagues.groups if g.code == code)
        return say("league", zh=zh, en=en)

    # -- classes -----------------------------------------------------------------------------------------

    @property
    def table(self) -> ClassTable:
        """The class table; there is one where there is a class."""
        assert self.book.classes is not None
        return self.book.classes

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
        cap = self.book.total_cap
        if wanted is None or (cap is not None and Fraction(wanted, 10 ** self.row["decimals"]) > cap):
            return []
        if not self.reaches(index - 1, wanted) or self.reaches(index - 1, wanted - self.step):
            return []
        gap = print_points(wanted - self.row["score"], self.row["decimals"])
        words = say("gap", zh=target.zh, en=target.en, gap=gap)
        return [Reason(*words, outcome=Outcome.PASS, gap=say("gap-short", gap=gap)[0], kind="class")]

    @property
    def step(self) -> int:
        """The rounding step of totals in stored units."""
        return self.book.total.units(self.row["decimals"])

    @property
    def field(self) -> Field:
        """The ranked units of its league, itself among them."""
        return self.lookup.fields[self.row["league"]]

    def wanted_score(self, index: int) -> int | None:
        """The least score that reaches a class, others staying as they are."""
        if self.table.by == "cutoff":
            low = self.table.rows[index].low
            assert low is not None
            exact = low / self.book.total.step
            steps = -(-exact.numerator // exact.denominator)
            wanted = steps * self.step
            return wanted if self.reaches(index, wanted) else wanted + self.step
        last = int(edges_of(self.table, self.counted())[index])
        edge = self.field.at(last, self.row["score"])
        return None if edge is None else edge + (0 if self.book.ties.shared else self.step)

    def reaches(self, index: int, score: int) -> bool:
        """Whether a score gives this class or a better one: the class computed anew, a tie counting against it."""
        if self.table.by == "cutoff":
            return bool(reaches(self.table, index, np.array([score], dtype=np.int64), self.row["decimals"])[0])
        own = self.row["score"]
        place = self.field.above(score, own) + 1 + (0 if self.book.ties.shared else self.field.alike(score, own))
        return place <= int(edges_of(self.table, self.counted())[index])


def _signed(points: Fraction) -> str:
    printed = format_decimal(points)
    return f"({printed})" if points < 0 else printed
