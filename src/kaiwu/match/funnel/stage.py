"""Stages of a pair (环节) and the steps that are recorded of it, checked before they are kept.

Owns the words, the two tables and their rules: a step belongs to a pair that was shown, on or after that day; an amount is whole fen and
never negative; a refusal has a reason.
"""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from kaiwu.quantity import Problem


class Stage(StrEnum):
    """How far a pair has come; each stage holds all before it."""

    SHOWN = "shown"
    VIEWED = "viewed"
    CONTACTED = "contacted"
    QUOTED = "quoted"
    SAMPLED = "sampled"
    SIGNED = "signed"
    DELIVERED = "delivered"

    @property
    def words(self) -> tuple[str, str]:
        """Its name in Chinese and English."""
        return _WORDS[self]


_WORDS = {
    Stage.SHOWN: ("推送", "shown"), Stage.VIEWED: ("查看", "viewed"), Stage.CONTACTED: ("联系", "contacted"), Stage.QUOTED: ("报价", "quoted"),
    Stage.SAMPLED: ("打样", "sampled"), Stage.SIGNED: ("签约", "signed"), Stage.DELIVERED: ("交付", "delivered"),
}  # fmt: skip
STAGES = tuple(Stage)
REFUSED = "refused"
REFUSALS: dict[str, tuple[str, str]] = {
    "price": ("价格", "price"), "capacity": ("产能不足", "capacity"), "specification": ("规格不符", "specification"), "certificate": ("缺资质证书", "certificate"),
    "delivery": ("交期", "delivery time"), "logistics": ("物流成本", "logistics"), "payment": ("付款条件", "terms of payment"),
    "quality": ("样品不合格", "sample not good enough"), "silent": ("无回应", "no answer"), "other": ("其他", "other"),
}  # fmt: skip
"""Why a pair came to nothing."""

SHOWN_SCHEMA = pl.Schema({
    "list": pl.String, "event": pl.String, "section": pl.String, "day": pl.Date, "need": pl.String, "need_title": pl.String, "buyer": pl.String,
    "asked": pl.Int64, "offer": pl.String, "supplier": pl.String, "rank": pl.Int64, "score": pl.Int64,
})  # fmt: skip
"""One row per pair that a match list showed. ``asked``: the need's amount in fen, null where not known."""
STEP_SCHEMA = pl.Schema({
    "list": pl.String, "need": pl.String, "offer": pl.String, "stage": pl.String, "day": pl.Date, "amount": pl.Int64, "logistics": pl.Int64,
    "reason": pl.String, "note": pl.String,
})  # fmt: skip
"""One row per step of a pair. ``amount`` and ``logistics``: fen, null where not known; ``stage`` may be ``refused``, with a ``reason``."""
PAIR = ["list", "need", "offer"]


def check_steps(steps: pl.DataFrame, shown: pl.DataFrame, where: str = "") -> list[Problem]:
    """Every mistake of new steps, each with its row; the first row of data is 1."""
    known = shown.select(*PAIR, pl.col("day").alias("shown_on")).unique(PAIR, keep="first")
    rows = steps.with_row_index("row", offset=1).join(known, on=PAIR, how="left", maintain_order="left")
    allowed = [*(stage.value for stage in STAGES[1:]), REFUSED]
    checks: list[tuple[str, pl.Expr, str, str]] = [
        ("MF-STAGE", ~pl.col("stage").is_in(allowed), f"环节只能是 {', '.join(allowed)}", f"the stage is one of {', '.join(allowed)}"),
        ("MF-NOT-SHOWN", pl.col("shown_on").is_null(), "这一对没有在该名单中推送过; 请核对名单、需求和供给编号", "this pair was never shown in that list: check the codes of list, need and offer"),
        ("MF-DAY", pl.col("day").is_null() | (pl.col("day") < pl.col("shown_on")), "日期缺失或早于推送日", "the day is missing or before the pair was shown"),
        ("MF-AMOUNT", (pl.col("amount") < 0) | (pl.col("logistics") < 0), "金额不能为负", "an amount is never negative"),
        ("MF-REASON", (pl.col("stage") == REFUSED) & ~pl.col("reason").is_in(list(REFUSALS)).fill_null(False), f"谢绝要写原因: {', '.join(REFUSALS)}", f"a refusal names its reason: {', '.join(REFUSALS)}"),
    ]  # fmt: skip
    problems = []
    for code, broken, zh, en in checks:
        for row, need, offer in rows.filter(broken.fill_null(False)).select("row", "need", "offer").iter_rows():
            problems.append(Problem(code, zh, en, where=f"{where}:{row}".lstrip(":"), text=f"{need} – {offer}"))
    return problems
