"""The growth rate of a month (同比增速): exact, at comparable prices, on the comparable sample.

Owns the ratio and the amounts of every firm behind it. It does not own who is in the sample (``month``) nor the parts
(``contribution``).

    growth = Σ rᵢ·yᵢ/pᵢ / Σ rᵢ·bᵢ − 1

with yᵢ the current amount, bᵢ the firm's own base a year ago, pᵢ the price index of its industry (上年同期 = 1) and rᵢ the
value-added rate of its industry (1 where none is declared). Price deflation as since 2006 (W41); sample as in W39.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.operation.month import MAX_LISTED, UNKNOWN, Month

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Growth:
    """A growth rate as an exact ratio (1/10 is 10 %) with what stands behind it.

    ``real`` and ``base`` are fen of each firm of the sample, current at the prices of a year ago and a year ago, both after
    the value-added rate. ``nominal`` is the growth at current prices of the same sample. ``gap_share`` is the base of firms
    that have not reported over the whole known base of the list; ``None`` where even their bases are unknown.
    """

    month: Month
    rate: Fraction
    nominal: Fraction
    real: Mapping[str, Fraction]
    base: Mapping[str, Fraction]
    gap_share: Fraction | None

    @property
    def is_real(self) -> bool:
        """Whether prices are taken out."""
        return self.month.basis.prices is not None

    @property
    def total_base(self) -> Fraction:
        """The base of the whole sample in fen."""
        return sum(self.base.values(), Fraction(0))


def measure_growth(month: Month) -> Growth:
    """Measure the growth of a month.

    Raises ``KaiwuError``: ``S-OP-PRICE`` where an index that is needed is missing (there is no real growth then),
    ``S-OP-RATE`` where a value-added rate is, ``S-OP-INDUSTRY`` where the industry of a firm is unknown and one of the two is
    asked for, ``S-OP-BASE`` where the base is not positive, ``S-OP-EMPTY`` without a sample.
    """
    if month.sample.is_empty():
        zh, en = f"{month.period.zh}没有可比企业", f"there are no comparable firms in {month.period.en}"
        raise KaiwuError(
            Problem("S-OP-EMPTY", f"{zh}, 请先导入当月和上年同期数", f"{en}: import the month and its base first")
        )
    _check_industries(month)
    prices = {} if month.basis.prices is None else month.basis.prices
    rates = {} if month.basis.rates is None else month.basis.rates
    real: dict[str, Fraction] = {}
    base: dict[str, Fraction] = {}
    nominal = Fraction(0)
    columns = month.sample.select("entity", "industry", "current", "base")
    for entity, industry, current, before in columns.iter_rows():
        rate = rates.get(industry, ONE)
        amount = rate * current
        nominal += amount
        real[entity] = amount / prices.get(industry, ONE)
        base[entity] = rate * before
    whole = sum(base.values(), Fraction(0))
    if whole <= 0:
        zh, en = (
            "可比样本的上年同期合计不大于零, 没有增速",
            "the base of the comparable sample is not positive: there is no growth",
        )
        raise KaiwuError(Problem("S-OP-BASE", zh, en, where=month.period.code))
    rate = sum(real.values(), Fraction(0)) / whole - 1
    return Growth(month, rate, nominal / whole - 1, real, base, _gap_share(month, whole))


def _check_industries(month: Month) -> None:
    basis = month.basis
    needed = month.sample.group_by("industry").agg(pl.len().alias("firms")).sort("industry", nulls_last=True)
    problems: list[Problem] = []
    for industry, firms in needed.iter_rows():
        if industry is None and (basis.prices is not None or basis.rates is not None):
            names = ", ".join(month.sample.filter(pl.col("industry").is_null())["entity"].head(MAX_LISTED))
            problems.append(Problem("S-OP-INDUSTRY", f"{firms} 家企业没有行业, 无法选价格指数: {names}", f"{firms} firms have no industry, so that no price index fits: {names}"))  # fmt: skip
            continue
        zh, en = month.industries.get(industry, (industry, industry))
        if basis.prices is not None and not _is_positive(basis.prices.get(industry)):
            problems.append(
                Problem("S-OP-PRICE", f"缺{month.period.zh}“{zh}”({industry})的价格指数, 不能算可比价增速; 请导入指数, 或明确改用现价增速",
                        f"the price index of {en} ({industry}) for {month.period.en} is missing: no real growth; import it, or ask for growth at current prices")
            )  # fmt: skip
        if basis.rates is not None and not _is_positive(basis.rates.get(industry)):
            problems.append(
                Problem("S-OP-RATE", f"缺“{zh}”({industry})的增加值率, 不能由产值推算增加值", f"the value-added rate of {en} ({industry}) is missing: output gives no value added")
            )  # fmt: skip
    if problems:
        raise KaiwuError(problems)


def _is_positive(value: Fraction | None) -> bool:
    return value is not None and value > 0


def _gap_share(month: Month, whole: Fraction) -> Fraction | None:
    """The share of the base that belongs to firms which have not reported."""
    if month.gaps.is_empty():
        return Fraction(0)
    if month.gaps["base"].null_count():
        return None
    rates = month.basis.rates or {}
    lacking = sum((rates.get(i, ONE) * b for i, b in month.gaps.select("industry", "base").iter_rows()), Fraction(0))
    return lacking / (whole + lacking) if whole + lacking > 0 else None


def firm_key(growth: Growth, by: str) -> dict[str, str]:
    """The key of every firm of the sample: its ``industry``, ``town`` or itself (``firm``)."""
    column = "entity" if by == "firm" else by
    table = growth.month.sample.select("entity", pl.col(column).fill_null(UNKNOWN).alias("key"))
    return dict(table.iter_rows())
