"""What became of a synthetic list (合成对接过程): views, contacts, quotations, contracts and refusals in the months after it.

Owns the draw of steps. Planted pairs, which truly fit, go on likelier; every step's note says that it is synthetic.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl

from kaiwu.match.funnel import REFUSALS, STAGES, STEP_SCHEMA
from kaiwu.match.funnel.stage import REFUSED, Stage
from kaiwu.synth.draw import Streams
from kaiwu.synth.market_setting import MarketRule

LIKELIER = 1.6
STEP = 10_000  # fen
MOST_CHANCE = 0.95
AMOUNTS = {Stage.QUOTED: (0.9, 1.1), Stage.SIGNED: (0.8, 1.0), Stage.DELIVERED: (0.75, 1.0)}
"""By what an amount of a stage stands to what was asked."""


def play_funnel(
    shown: pl.DataFrame, planted: Iterable[tuple[str, str]], rule: MarketRule, streams: Streams, label: str
) -> pl.DataFrame:
    """Steps of all shown pairs, in the order of days; determined by the seed."""
    rng, true = streams.open("market funnel"), set(planted)
    rows: list[dict[str, Any]] = []
    for pair in shown.iter_rows(named=True):
        rows += _play_pair(rng, pair, (pair["need"], pair["offer"]) in true, rule, label)
    return pl.DataFrame(rows, schema=STEP_SCHEMA).sort("day", maintain_order=True)


def _play_pair(
    rng: np.random.Generator, pair: dict[str, Any], is_true: bool, rule: MarketRule, label: str
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    day: dt.date = pair["day"]
    for stage in STAGES[1:]:
        chance = min(getattr(rule.funnel, stage.value) * (LIKELIER if is_true else 1.0), MOST_CHANCE)
        day += dt.timedelta(int(rng.integers(1, 15)))
        row = {"list": pair["list"], "need": pair["need"], "offer": pair["offer"], "day": day, "note": label}
        if rng.random() >= chance:
            if stage is not Stage.VIEWED:
                rows.append(row | {"stage": REFUSED, "reason": _reason(rng, rule)})
            return rows
        rows.append(row | {"stage": stage.value} | _amounts(rng, stage, pair["asked"]))
    return rows


def _reason(rng: np.random.Generator, rule: MarketRule) -> str:
    """A reason by its weight; those that the rule does not name do not occur."""
    names = [name for name in REFUSALS if name in rule.refusals]
    weights = np.array([rule.refusals[name] for name in names])
    return str(rng.choice(names, p=weights / weights.sum()))


def _amounts(rng: np.random.Generator, stage: Stage, asked: int | None) -> dict[str, int]:
    if asked is None or stage not in AMOUNTS:
        return {}
    amount = int(asked * rng.uniform(*AMOUNTS[stage]))
    return {"amount": amount} | (
        {"logistics": int(amount * rng.uniform(0.005, 0.04))} if stage is Stage.DELIVERED else {}
    )
