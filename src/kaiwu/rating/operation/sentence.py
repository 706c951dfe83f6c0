"""Sentences about a month (快报文字), in both languages, with every convention said.

Owns wording. Numbers come rounded by the declared rounding, and the parts in a sentence add up to its rate.
"""

from __future__ import annotations

from fractions import Fraction

from kaiwu.quantity import format_decimal
from kaiwu.rating.operation.apportion import apportion
from kaiwu.rating.operation.contribution import PERCENT, list_parts, merge_small, print_units, rank_parts
from kaiwu.rating.operation.growth import Growth
from kaiwu.rating.operation.revision import CAUSES, compare_revisions, print_change

NAMED = 3
"""Parts that a sentence names on either side."""


def describe_growth(growth: Growth, what: tuple[str, str], decimals: int = 1, least: int = 1) -> tuple[str, str]:
    """``2024年6月规上工业增加值同比增长6.2%(可比价、可比样本), 拉动最大的是纺织业(+2.1个百分点) …``.

    ``what`` is the name of the amount. Contributions are of industries, rounded to add up to the printed rate.
    """
    month = growth.month
    prices = ("可比价", "comparable prices") if growth.is_real else ("现价", "current prices")
    zh = (
        f"{month.period.zh}{what[0]}同比{_rise_zh(growth.rate, decimals)}({prices[0]}、可比样本{month.sample.height}家)"
    )
    en = f"{month.period.en}: {what[1]} {_rise_en(growth.rate, decimals)} on a year before ({prices[1]}, {month.sample.height} comparable firms)"
    for zh_more, en_more in (_pulls(growth, decimals, least), _sample(growth), _gaps(growth)):
        zh, en = zh + zh_more, en + en_more
    return f"{zh}。", f"{en}."


def _pulls(growth: Growth, decimals: int, least: int) -> tuple[str, str]:
    parts = rank_parts(merge_small(list_parts(growth, "industry"), least))
    units = apportion([p.contribution for p in parts], decimals + PERCENT)
    shown = list(zip(parts, units, strict=True))
    zh, en = "", ""
    up = [(p, u) for p, u in shown if u > 0][:NAMED]
    down = [(p, u) for p, u in reversed(shown) if u < 0][:NAMED]
    for found, zh_word, en_word in (
        (up, "拉动最大的是", "pulled up most by"),
        (down, "拖累最大的是", "held back most by"),
    ):
        if found:
            zh += f", {zh_word}" + "、".join(f"{p.zh}({_signed(u, decimals)}个百分点)" for p, u in found)
            en += f"; {en_word} " + ", ".join(f"{p.en} ({_signed(u, decimals)} pp)" for p, u in found)
    return zh, en


def _sample(growth: Growth) -> tuple[str, str]:
    entries, exits = growth.month.entries.height, growth.month.exits.height
    named = [(f"新增入统而无同期 {entries} 家", f"{entries} entries without a base") if entries else None,
             (f"退出 {exits} 家", f"{exits} exits") if exits else None]  # fmt: skip
    shown = [pair for pair in named if pair is not None]
    if not shown:
        return "", ""
    zh, en = "、".join(pair[0] for pair in shown), " and ".join(pair[1] for pair in shown)
    return f"; 另有{zh}, 单列不计入增速", f"; {en} stand apart and are not in the rate"


def _gaps(growth: Growth) -> tuple[str, str]:
    gaps, share = growth.month.gaps.height, growth.gap_share
    if not gaps:
        return "", ""
    zh = "占比不明" if share is None else f"占同期基数{format_decimal(share * 100, 2)}%"
    en = "share unknown" if share is None else f"{format_decimal(share * 100, 2)}% of the base"
    return (
        f"; 尚有 {gaps} 家缺数据({zh}), 以上按已报企业计算",
        f"; {gaps} firms lack figures ({en}), the above is of those that reported",
    )


def describe_revision(earlier: Growth, later: Growth, decimals: int = 2, *, is_public: bool = False) -> tuple[str, str]:
    """``增速由6.10%修订为6.23%(+0.13个百分点), 影响最大的是 …``; the change is that of the printed rates. ``is_public`` names no firm."""
    units, period = print_change(earlier, later, decimals), later.month.period
    if not units:
        rate = _percent(later.rate, decimals)
        is_same = later.rate == earlier.rate
        zh, en = (
            ("与首次公布相同", "as first known")
            if is_same
            else ("修订不改变公布位数", "no revision changes its printed digits")
        )
        return f"{period.zh}增速 {rate}, {zh}。", f"growth of {period.en} is {rate}, {en}."
    change = _signed(units, decimals)
    zh = f"{period.zh}增速由{_percent(earlier.rate, decimals)}修订为{_percent(later.rate, decimals)}({change}个百分点)"
    en = f"growth of {period.en} revised from {_percent(earlier.rate, decimals)} to {_percent(later.rate, decimals)} ({change} pp)"
    moved = [] if is_public else compare_revisions(earlier, later)[:NAMED]
    moves = [m for m in moved if print_units(m.effect, decimals)]
    if moves:
        told = [
            (m.name or m.entity, CAUSES[m.cause], _signed(print_units(m.effect, decimals), decimals)) for m in moves
        ]
        zh += ", 影响最大的是" + "、".join(f"{name}({cause[0]}, {effect}个百分点)" for name, cause, effect in told)
        en += ", mostly by " + ", ".join(f"{name} ({cause[1]}, {effect} pp)" for name, cause, effect in told)
    return f"{zh}。", f"{en}."


def _percent(rate: Fraction, decimals: int) -> str:
    return f"{format_decimal(rate * 100, decimals)}%"


def _signed(units: int, decimals: int) -> str:
    text = format_decimal(Fraction(units, 10**decimals), decimals)
    return text if units < 0 else f"+{text}"


def _rise_zh(rate: Fraction, decimals: int) -> str:
    text = format_decimal(abs(rate) * 100, decimals)
    if not text.strip("0."):
        return "持平"
    return f"{'增长' if rate > 0 else '下降'}{text}%"


def _rise_en(rate: Fraction, decimals: int) -> str:
    text = format_decimal(abs(rate) * 100, decimals)
    if not text.strip("0."):
        return "unchanged"
    return f"{'up' if rate > 0 else 'down'} {text}%"
