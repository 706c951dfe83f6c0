"""Which figure answers (取数): for every entity and slot the one figure that may, and why others may not.

Owns the order of precedence and the reasons for withholding. It does not own the frame's shape or storage
(``frame.py``).

Of the figures recorded by the known day, of the variable's scope, permitted for the purpose and of the period
asked for, the one recorded last answers; of two recorded on one day the more final (final > revised > flash);
then the later in the store. At a point in time the latest state on or before the day goes first.

Neighbouring rows that agree in variable, period, scope and purposes form a run. Batches are kept in that order,
so that a million rows are a few hundred runs, and all words are compared once for each run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from kaiwu.figure.figure import PERIOD_PATTERNS
from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.figure.vocabulary import STATUSES
from kaiwu.quantity.period import Period, point_period
from kaiwu.quantity.problem import KaiwuError, Problem

Integers = npt.NDArray[np.int64]

NOTHING = -1
"""Row index of a cell that no figure answers."""

RUN_KEYS = ("variable", "period", "scope", "purposes")

_STATUS_BITS = 2
_DAY_BITS = 20  # days since 1970 stay below 2^20 until the year 4800


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable in the rated year (offset 0) or in an earlier one (取数位); at a point in time the same day
    of that earlier year, of a month or quarter the same one of that year."""

    variable: Variable
    offset: int = 0

    @property
    def name(self) -> str:
        """``revenue`` or ``revenue@-1``, the column of a frame."""
        return f"{self.variable.code}@{self.offset:+d}" if self.offset else self.variable.code


@dataclass(frozen=True, slots=True)
class Question:
    """For which year, day and purpose slots are filled. ``periods`` says which month, quarter or cumulative
    months of the rated year monthly, quarterly and cumulative variables are read for, one of each type."""

    rated: int
    as_of: dt.date
    purpose: str = ""
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """``rows[slot, entity]`` is the index of the row that answers, or ``NOTHING``.

    ``withheld`` has the columns slot, entity, row (all indices) and reason.
    """

    rows: npt.NDArray[np.int64]
    withheld: pl.DataFrame


def select_rows(rows: pl.LazyFrame, entities: pl.Series, slots: Sequence[Slot], question: Question) -> Selection:
    """Choose the answering row for each slot and entity.

    ``rows`` are stored figures in store order, all of whose entities are in ``entities`` (sorted, unique).
    Raises ``KaiwuError`` for a slot that cannot be asked.
    """
    asked = _ask_slots(slots, question)
    facts, runs = _read_facts(rows, entities)
    claims = _judge_runs(runs, asked, question.purpose)
    answers = claims.filter(pl.col("reason") == "")
    best = _choose_rows(facts, answers, runs.height, len(slots), len(entities))
    return Selection(best, _list_withheld(facts, claims.filter(pl.col("reason") != ""), best))


def _ask_slots(slots: Sequence[Slot], question: Question) -> pl.DataFrame:
    """One line for each slot: what it wants of a figure."""
    lines = [_ask_slot(i, slot, question) for i, slot in enumerate(slots)]
    schema = {
        "slot": pl.Int64, "variable": pl.String, "type": pl.String, "wanted_scope": pl.String,
        "is_barred": pl.Boolean, "exact": pl.String, "year": pl.String,
    }  # fmt: skip
    return pl.DataFrame(lines, schema=schema, orient="row")


def _ask_slot(index: int, slot: Slot, question: Question) -> tuple[int, str, str, str, bool, str, str]:
    variable = slot.variable
    if variable.kind is Kind.TEXT:
        zh, en = (
            f"“{variable.zh}”是文字, 不能参与测算",
            f"“{variable.en}” is text and cannot be computed with",
        )
        raise KaiwuError(Problem("F-FRAME-TEXT", zh, en, where=variable.where or variable.code))
    year = question.rated + slot.offset
    match variable.period:
        case PeriodType.YEAR:
            exact = f"{year:04d}"
        case PeriodType.CONSTANT:
            exact = ""
        case PeriodType.POINT:
            exact = point_period(question.as_of).previous(-slot.offset).code
            year = int(exact[:4])
        case _:
            exact = _stated_period(variable, question).previous(-slot.offset).code
            year = int(exact[:4])
    barred = bool(variable.purposes) and question.purpose not in variable.purposes
    return index, variable.code, variable.period.value, variable.scope, barred, exact, f"{year:04d}"


def _stated_period(variable: Variable, question: Question) -> Period:
    stated = [p for p in question.periods if p.kind.value == variable.period.value]
    if len(stated) == 1:
        return stated[0]
    zh = f"“{variable.zh}”是{variable.period}数据, 要明确给出取哪一期(如 2024-06), 且只给一期"
    en = f"“{variable.en}” is a {variable.period} variable: name exactly one period to read, such as 2024-06"
    raise KaiwuError(Problem("F-FRAME-PERIOD", zh, en, where=variable.where or variable.code))


def _starts_run() -> pl.Expr:
    return pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift()) for key in RUN_KEYS)


def _read_facts(rows: pl.LazyFrame, entities: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Facts: entity (index), run, rank (known day and status), a row for each figure. Runs: ``RUN_KEYS``, run."""
    status = pl.col("status").replace_strict({word: i for i, word in enumerate(STATUSES)}, return_dtype=pl.Int64)
    day = pl.col("known_at").to_physical().cast(pl.Int64)
    facts = rows.select(
        entity=pl.col("entity").cast(pl.Enum(entities)).to_physical().cast(pl.Int64),
        run=_starts_run().cum_sum().cast(pl.Int64) - 1,
        rank=day * 2**_STATUS_BITS + status,
    ).collect()
    heads = rows.select(*RUN_KEYS, is_start=_starts_run()).filter("is_start").select(RUN_KEYS).collect()
    # Many small batches make many runs that say the same; one stands for all of them.
    runs = heads.unique(maintain_order=True).with_row_index("run")
    same = heads.join(runs, on=RUN_KEYS, how="left", nulls_equal=True, maintain_order="left")["run"]
    return facts.with_columns(run=same.cast(pl.Int64).gather(facts["run"])), runs


def _judge_runs(runs: pl.DataFrame, asked: pl.DataFrame, purpose: str) -> pl.DataFrame:
    """Each run against each slot it touches: run, slot, reason (empty: it may answer), day (of a point)."""
    is_point = pl.col("type") == PeriodType.POINT.value
    fits = pl.any_horizontal(
        (pl.col("type") == kind.value) & pl.col("period").str.contains(pattern)
        for kind, pattern in PERIOD_PATTERNS.items()
    )
    in_time = (is_point & fits & (pl.col("period") <= pl.col("exact"))) | (pl.col("period") == pl.col("exact"))
    is_touched = (
        in_time
        | is_point
        | (pl.col("type") == PeriodType.CONSTANT.value)
        | (~fits & (pl.col("period").str.slice(0, 4) == pl.col("year")))
    )
    permitted = pl.col("purposes").str.replace_all(" ", "").str.split(",").list.contains(purpose)
    reason = (
        pl.when(pl.col("scope") != pl.col("wanted_scope"))
        .then(pl.lit("scope"))
        .when(pl.col("is_barred") | ((pl.col("purposes") != "") & ~permitted))
        .then(pl.lit("purpose"))
        .when(~in_time)
        .then(pl.lit("period"))
        .otherwise(pl.lit(""))
    )
    day = pl.col("period").str.to_date("%Y-%m-%d", strict=False).to_physical().cast(pl.Int64).fill_null(0)
    return (
        runs.join(asked, on="variable", maintain_order="left_right")
        .filter(is_touched)
        .select(pl.col("run").cast(pl.Int64), "slot", reason=reason, day=pl.when(is_point).then(day).otherwise(0))
    )


def _choose_rows(facts: pl.DataFrame, answers: pl.DataFrame, runs: int, slots: int, entities: int) -> Integers:
    """``best[slot, entity]``: of the rows of that cell the one with the highest precedence."""
    best = np.full(slots * entities, NOTHING, dtype=np.int64)
    run, entity = facts["run"].to_numpy(), facts["entity"].to_numpy()
    days = np.zeros(runs, dtype=np.int64)
    days[answers["run"].to_numpy()] = answers["day"].to_numpy()
    rank = facts["rank"].to_numpy() + (days[run] << (_DAY_BITS + _STATUS_BITS))
    order = _rising_order(rank)
    # A run mostly fills one slot; a constant asked for in several years fills one in each layer.
    layers = answers.with_columns(layer=pl.int_range(pl.len()).over("run"))
    for (_,), layer in sorted(layers.group_by("layer"), key=lambda item: item[0]):
        slot_of_run = np.full(runs, NOTHING, dtype=np.int64)
        slot_of_run[layer["run"].to_numpy()] = layer["slot"].to_numpy()
        slot = slot_of_run[run[order]]
        filled = order[slot != NOTHING]
        # Where a cell is assigned several times the last one stays, and that one ranks highest.
        best[slot[slot != NOTHING] * entities + entity[filled]] = filled
    return best.reshape(slots, entities)


def _rising_order(rank: Integers) -> Integers:
    if np.all(rank[1:] >= rank[:-1]):
        return np.arange(len(rank), dtype=np.int64)
    return np.argsort(rank, kind="stable")


def _list_withheld(facts: pl.DataFrame, barred: pl.DataFrame, best: Integers) -> pl.DataFrame:
    """Rows that may not answer. Another period is worth telling only where the cell stays empty."""
    touched = (
        facts.lazy()
        .select("entity", "run", row=pl.int_range(pl.len(), dtype=pl.Int64))
        .join(barred.lazy().select("run", "slot", "reason"), on="run")
        .sort("slot", "entity", "row")
        .collect()
    )
    is_empty = best[touched["slot"].to_numpy(), touched["entity"].to_numpy()] == NOTHING
    told = (pl.col("reason") != "period") | pl.Series("is_empty", is_empty)
    return touched.filter(told).select("slot", "entity", "row", "reason")
