"""What became of each pair (逐对去向) by a day: furthest stage, amounts, days between steps, refusal.

Owns one row per pair. Counting rows is ``report``.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from kaiwu.match.funnel.stage import PAIR, REFUSED, STAGES, Stage

_NUMBER = {stage.value: i for i, stage in enumerate(STAGES)}


def trace_pairs(shown: pl.DataFrame, steps: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """The shown pairs with what is known of them on ``day``.

    Adds ``stage`` (number of the furthest stage: a contract implies that there was a contact), ``quoted``, ``signed`` and ``delivered``
    amounts and ``logistics`` in fen (the last recorded, null where none), ``response_days`` (订单响应时间: first contact to first
    quotation), ``delivery_days`` (signed to delivered), ``reason`` of a refusal that no later step has overtaken.
    """
    base = shown.filter(pl.col("day") <= day)
    known = steps.filter(pl.col("day") <= day).with_row_index("order").sort("day", "order")
    forward = known.filter(pl.col("stage") != REFUSED).with_columns(
        number=pl.col("stage").replace_strict(_NUMBER, return_dtype=pl.Int64)
    )
    facts = forward.group_by(PAIR, maintain_order=True).agg(
        pl.col("number").max().alias("stage"),
        *(_amount(stage) for stage in (Stage.QUOTED, Stage.SIGNED, Stage.DELIVERED)),
        pl.col("logistics").drop_nulls().last().alias("logistics"),
        *(_first_day(stage) for stage in (Stage.CONTACTED, Stage.QUOTED, Stage.SIGNED, Stage.DELIVERED)),
    )  # fmt: skip
    last = known.group_by(PAIR, maintain_order=True).agg(pl.col("stage").last().alias("last"), pl.col("reason").last())
    return (
        base.join(facts, on=PAIR, how="left", maintain_order="left")
        .join(last, on=PAIR, how="left", maintain_order="left")
        .with_columns(
            pl.col("stage").fill_null(0),
            pl.when(pl.col("last") == REFUSED).then(pl.col("reason")).alias("reason"),
            _days("contacted_on", "quoted_on").alias("response_days"), _days("signed_on", "delivered_on").alias("delivery_days"),
        )
        .drop("last")
    )  # fmt: skip


def _amount(stage: Stage) -> pl.Expr:
    return pl.col("amount").filter(pl.col("stage") == stage.value).drop_nulls().last().alias(stage.value)


def _first_day(stage: Stage) -> pl.Expr:
    return pl.col("day").filter(pl.col("stage") == stage.value).min().alias(f"{stage.value}_on")


def _days(first: str, then: str) -> pl.Expr:
    """Whole days from one step to another; null where one is missing or they stand the wrong way round."""
    days = (pl.col(then) - pl.col(first)).dt.total_days()
    return pl.when(days >= 0).then(days)
