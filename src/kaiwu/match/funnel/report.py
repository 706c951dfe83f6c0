"""Reports of the funnel (漏斗报表): by event, section or month of showing; counts, amounts, times, refusals.

Owns the counting. Every rate is an exact fraction of two counts that stand beside it; a rate over nothing is not known.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kaiwu.match.funnel.stage import STAGES, Stage
from kaiwu.quantity import KaiwuError, Problem

GROUPINGS: dict[str, tuple[str, str]] = {
    "event": ("活动", "event"),
    "section": ("科室", "section"),
    "month": ("月份", "month"),
}


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One line of a report. ``reached`` counts pairs by stage; amounts in fen.

    ``asked`` sums each need once, over ``asked_known`` of ``needs`` needs whose amount is known. ``signed`` and ``delivered`` sum the
    known amounts of pairs that came so far; ``signed_unknown`` counts contracts without an amount.
    """

    key: str
    lists: int
    needs: int
    needs_signed: int
    reached: dict[Stage, int]
    refusals: dict[str, int]
    asked: int
    asked_known: int
    signed: int
    signed_unknown: int
    delivered: int
    logistics: int
    logistics_known: int
    response_days: tuple[int, ...]
    delivery_days: tuple[int, ...]

    @property
    def signed_share(self) -> Fraction | None:
        """Signed amount over asked amount (签约率), of needs whose amount is known."""
        return Fraction(self.signed, self.asked) if self.asked else None

    @property
    def logistics_share(self) -> Fraction | None:
        """Logistics cost over the amounts delivered."""
        return Fraction(self.logistics, self.delivered) if self.delivered and self.logistics_known else None

    @property
    def median_response_days(self) -> Fraction | None:
        """The middle of the days from first contact to first quotation (订单响应时间)."""
        return _median(self.response_days)

    @property
    def median_delivery_days(self) -> Fraction | None:
        """The middle of the days from contract to delivery."""
        return _median(self.delivery_days)

    def rate(self, stage: Stage) -> Fraction | None:
        """Pairs that reached a stage over pairs that reached the one before."""
        at = STAGES.index(stage)
        before = self.reached[STAGES[at - 1]] if at else self.reached[stage]
        return Fraction(self.reached[stage], before) if before else None


def report_funnel(pairs: pl.DataFrame, by: str | None = None) -> list[FunnelRow]:
    """Lines by ``event``, ``section`` or ``month`` of showing, in order; one line over all without ``by``.

    Raises ``KaiwuError`` for another grouping.
    """
    if by is not None and by not in GROUPINGS:
        listed = ", ".join(GROUPINGS)
        raise KaiwuError(
            Problem("MF-GROUPING", f"不能按“{by}”汇总; 可用: {listed}", f"no report by “{by}”; there are: {listed}")
        )
    if by is None:
        return [_count("", pairs)]
    key = pl.col("day").dt.strftime("%Y-%m") if by == "month" else pl.col(by)
    keyed = pairs.with_columns(key.fill_null("").alias("#key"))
    return [_count(name, keyed.filter(pl.col("#key") == name)) for name in keyed["#key"].unique().sort()]


def _count(key: str, pairs: pl.DataFrame) -> FunnelRow:
    needs = pairs.group_by("need", maintain_order=True).agg(
        pl.col("asked").drop_nulls().last(), (pl.col("stage") >= STAGES.index(Stage.SIGNED)).any().alias("is_signed")
    )
    signed = pairs.filter(pl.col("stage") >= STAGES.index(Stage.SIGNED))
    delivered = pairs.filter(pl.col("stage") >= STAGES.index(Stage.DELIVERED))
    return FunnelRow(
        key=key, lists=pairs["list"].n_unique(), needs=needs.height, needs_signed=int(needs["is_signed"].sum()),
        reached={stage: int((pairs["stage"] >= i).sum()) for i, stage in enumerate(STAGES)},
        refusals=dict(Counter(pairs["reason"].drop_nulls().sort().to_list()).most_common()),
        asked=int(needs["asked"].sum()), asked_known=needs.height - needs["asked"].null_count(),
        signed=int(signed["signed"].sum()), signed_unknown=signed["signed"].null_count(),
        delivered=int(delivered["delivered"].sum()), logistics=int(delivered["logistics"].sum()),
        logistics_known=delivered.height - delivered["logistics"].null_count(),
        response_days=tuple(pairs["response_days"].drop_nulls().sort()), delivery_days=tuple(pairs["delivery_days"].drop_nulls().sort()),
    )  # fmt: skip


def _median(values: tuple[int, ...]) -> Fraction | None:
    """The middle value, or the mean of the two in the middle."""
    if not values:
        return None
    half = len(values) // 2
    return Fraction(values[half]) if len(values) % 2 else Fraction(values[half - 1] + values[half], 2)
