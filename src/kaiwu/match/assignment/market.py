"""The market (撮合市场): needs with places, suppliers with capacities, scored edges between them, and the limits of a plan.

Owns these arrays and their checks. Where they come from is ``market_table``; what is decided is ``plan``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kaiwu.quantity import KaiwuError, Problem

Whole: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]

MOST_SCORE = 10**9
"""Scores are integers below this, so that sums and the solvers' scaled costs stay within 64 bits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan must respect beyond capacities.

    ``small_share`` (中小企业预留份额) of all places is reserved: larger firms together take at most the rest. ``per_buyer`` is how many
    needs of one buyer one supplier may get (同一采购方上限).
    """

    small_share: Fraction = Fraction(0)
    per_buyer: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.small_share <= 1:
            raise KaiwuError(Problem(
                "MA-SHARE", "中小企业预留份额要在 0 至 1 之间, 如 2/5", "the share of small firms lies between 0 and 1, such as 2/5", text=str(self.small_share),
            ))  # fmt: skip
        if self.per_buyer is not None and self.per_buyer < 1:
            raise KaiwuError(Problem(
                "MA-PER-BUYER", "同一采购方上限至少为 1; 不设上限请留空", "the cap per buyer is at least 1; leave it out for none", text=str(self.per_buyer),
            ))  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Needs, suppliers and edges as arrays.

    ``places`` (needs): how many suppliers a need wants. ``buyer`` (needs): number of its buyer. ``capacity`` (suppliers): how many
    places it can take. ``need``, ``supplier``, ``score`` (edges): sorted by need, then supplier; scores are positive integers.
    ``left_out`` counts the edges that never took part, by reason.
    """

    needs: Sequence[str]
    buyers: Sequence[str]
    suppliers: Sequence[str]
    buyer: Whole
    places: Whole
    capacity: Whole
    is_small: Mask
    need: Whole
    supplier: Whole
    score: Whole
    limits: Limits = field(default_factory=Limits)
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sizes = {len(self.need), len(self.supplier), len(self.score)}
        if len(sizes) != 1 or len(self.buyer) != len(self.needs) or len(self.capacity) != len(self.suppliers):
            raise ValueError("arrays of a market must have one length per kind")
        if len(self.score) and (int(self.score.min()) < 1 or int(self.score.max()) >= MOST_SCORE):
            raise KaiwuError(Problem(
                "MA-SCORE", f"分数要是 1 至 {MOST_SCORE - 1} 的整数; 不合格的配对请先去掉",
                f"scores are integers from 1 to {MOST_SCORE - 1}; leave out pairs that do not qualify",
            ))  # fmt: skip
        key = self.need * max(len(self.suppliers), 1) + self.supplier
        if len(key) > 1 and not bool((np.diff(key) > 0).all()):
            raise KaiwuError(Problem(
                "MA-EDGES", "边要按需求、供应商排序, 一对只出现一次", "edges are sorted by need and supplier, each pair once",
            ))  # fmt: skip
        if min(self.places.min(initial=1), self.capacity.min(initial=1)) < 1:
            raise KaiwuError(Problem(
                "MA-CAPACITY", "需求的名额和供应商的容量至少为 1; 没有余量的请先去掉",
                "places and capacities are at least 1; leave out whoever has none left",
            ))  # fmt: skip

    @property
    def most_large(self) -> int | None:
        """How many places larger firms may take together; ``None`` where nothing is reserved."""
        if not self.limits.small_share:
            return None
        return int((1 - self.limits.small_share) * int(self.places.sum()))

    def edge_of(self, need: str, supplier: str) -> int | None:
        """The number of an edge, or ``None`` where there is none."""
        n, s = _place(self.needs, need), _place(self.suppliers, supplier)
        if n is None or s is None:
            return None
        first, last = np.searchsorted(self.need, [n, n + 1])
        at = int(first + np.searchsorted(self.supplier[first:last], s))
        return at if at < last and self.supplier[at] == s else None


def _place(names: Sequence[str], name: str) -> int | None:
    try:
        return names.index(name)
    except ValueError:
        return None
