"""Explains total and rank (总分与名次) of one entity, and hands over to what tells of its class.

Owns the lines below the items but for those on the class (``class_explanation.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kaiwu.quantity import KaiwuError, Problem, format_decimal
from kaiwu.rating.book import RatingBook
from kaiwu.rating.class_explanation import ClassExplainer, tell_change
from kaiwu.rating.lookup import Lookup
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
                lines += self.explain_class().reasons()
        return lines + tell_change(self.row)

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

    def explain_class(self) -> ClassExplainer:
        """What tells of its class; there is a table where there is a class."""
        book = self.book
        assert book.classes is not None
        field = self.lookup.fields[self.row["league"]]
        return ClassExplainer(book.classes, book.ties.shared, book.total, field, self.row, book.total_cap)


def _signed(points: Fraction) -> str:
    printed = format_decimal(points)
    return f"({printed})" if points < 0 else printed
