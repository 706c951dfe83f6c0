"""The concentration watch (集中度观察): whether a few suppliers stand first in most lists.

Owns the share of first places of the top 1 % of suppliers. Who stands first is the lists' affair.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import polars as pl

TOP = Fraction(1, 100)
"""Which part of the suppliers is watched."""
ALARM = 10
"""Told where the watched suppliers hold at least this many times what an equal share would give them."""
LEAST_FIRST_PLACES = 30
"""Below so many first places a share says nothing and no alarm is given."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """First places of the ``watched`` best placed of ``suppliers``: ``held`` of ``first_places``; ``names`` are the watched ones."""

    suppliers: int
    watched: int
    first_places: int
    held: int
    names: tuple[tuple[str, int], ...]

    @property
    def share(self) -> Fraction | None:
        """Share of first places that the watched suppliers hold."""
        return Fraction(self.held, self.first_places) if self.first_places else None

    @property
    def equal_share(self) -> Fraction | None:
        """What they would hold if all suppliers stood first equally often."""
        return Fraction(self.watched, self.suppliers) if self.suppliers else None

    @property
    def is_alarming(self) -> bool:
        """Whether the lists favour a few so much that somebody should look."""
        share, equal = self.share, self.equal_share
        return (
            share is not None
            and equal is not None
            and self.first_places >= LEAST_FIRST_PLACES
            and share >= ALARM * equal
        )

    def tell(self) -> tuple[str, str]:
        """One sentence."""
        if self.share is None:
            return "还没有名单, 无从观察集中度", "no list yet: nothing to watch"
        percent = f"{float(self.share):.1%}"
        zh = f"前 1% 的供应商({self.watched} 家)占首位 {self.held}/{self.first_places} = {percent}"
        en = f"the top 1 % of suppliers ({self.watched}) hold {self.held} of {self.first_places} first places = {percent}"
        if self.is_alarming:
            return (
                f"{zh}, 达到均分的 {ALARM} 倍以上, 请核查名单是否偏向少数企业",
                f"{en}, {ALARM} times an equal share or more: check whether the lists favour a few",
            )
        return zh, en


def watch_concentration(shown: pl.DataFrame, suppliers: int | None = None) -> Concentration:
    """The watch over all lists. ``suppliers``: how many could have been shown; by default those that were."""
    count = suppliers if suppliers is not None else shown["supplier"].n_unique()
    first = shown.filter(pl.col("rank") == 1)
    ranked = first.group_by("supplier").len("places").sort(["places", "supplier"], descending=[True, False])
    watched = -(-count * TOP.numerator // TOP.denominator)
    names = tuple((name, int(places)) for name, places in ranked.head(watched).iter_rows())
    return Concentration(count, watched, first.height, sum(places for _, places in names), names)
