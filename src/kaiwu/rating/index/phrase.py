"""Sentences about certainty, gaps and advice, in Chinese and English (说明语句).

Owns wording only; every number was computed before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaiwu.rating.points import print_points

if TYPE_CHECKING:
    from kaiwu.rating.index.advice import Advice
    from kaiwu.rating.index.decomposition import Parts
    from kaiwu.rating.index.year_gap import YearGap

Sentence = tuple[str, str]


def signed(points: int, decimals: int) -> str:
    """Points with their sign."""
    return f"{'+' if points > 0 else ''}{print_points(points, decimals)}"


def tell_advice(advice: Advice) -> list[Sentence]:
    """What is advised, what it costs, and what was not advised on."""
    from kaiwu.rating.index.advice import CLOSED

    before, after = (print_points(p, advice.decimals) for p in (advice.before, advice.after))
    zh, en = _target(advice)
    out: list[Sentence] = []
    if advice.status == "closed":
        return [(f"{advice.unit}: 得分 {before}, 第 {advice.rank_before:g} 名; {CLOSED[0]}", f"{advice.unit}: score {before}, place {advice.rank_before:g}; {CLOSED[1]}")]  # fmt: skip
    if advice.status == "reached":
        out.append((f"{advice.unit}已达到{zh}(得分 {before}, 第 {advice.rank_before:g} 名)", f"{advice.unit} has reached {en} already (score {before}, place {advice.rank_before:g})"))  # fmt: skip
    elif advice.status == "withheld":
        out.append(
            (
                "没有可以就实际行动提建议的指标, 只列构成与差距",
                "no indicator can be advised on by real action; parts and gaps only",
            )
        )
    elif advice.status == "infeasible":
        out.append((
            f"{advice.unit}在可行范围内达不到{zh}; 全部措施用足为 {after} 分, 第 {advice.rank_after:g} 名",
            f"{advice.unit} cannot reach {en} within what is feasible; all measures together give {after}, place {advice.rank_after:g}",
        ))  # fmt: skip
    else:
        out.append((
            f"{advice.unit}达到{zh}的最低成本为 {advice.cost:,.2f}: 得分 {before} → {after}, 名次 {advice.rank_before:g} → {advice.rank_after:g}(已重新计算核实)",
            f"the least cost for {advice.unit} to reach {en} is {advice.cost:,.2f}: score {before} → {after}, place {advice.rank_before:g} → {advice.rank_after:g} (verified by computing again)",
        ))  # fmt: skip
    for c in advice.changes:
        out.append((
            f"{c.action_zh}: {c.zh} {c.before:g} → {c.after:g} {c.unit}, 成本 {c.cost:,.2f}", f"{c.action_en}: {c.en} {c.before:g} → {c.after:g} {c.unit}, cost {c.cost:,.2f}",
        ))  # fmt: skip
    for w in advice.withheld:
        gap = print_points(w.points, advice.decimals)
        out.append((f"{w.zh}是统计数据(或缺), 只列差距 {gap} 分, 不作改动建议", f"{w.en} is a statistical figure (or missing): the gap is {gap}, nothing is advised"))  # fmt: skip
    return out


def _target(advice: Advice) -> Sentence:
    target = advice.target
    if target.kind == "class" and target.line is not None:
        return f"“{target.line.zh}”", f"“{target.line.en}”"
    if target.kind == "rank":
        return f"第 {target.value:g} 名", f"place {target.value:g}"
    return f" {target.value:g} 分", f"a score of {target.value:g}"


def tell_parts(parts: Parts, most: int = 5) -> list[Sentence]:
    """The whole and the largest parts of a score or gap."""
    from kaiwu.rating.index.attribution import SCHEMES

    zh, en = SCHEMES[parts.scheme]
    whole = print_points(parts.points, parts.decimals)
    if len(parts.units) == 1:
        out = [(f"{parts.units[0]}得 {whole} 分; 分解方法: {zh}", f"{parts.units[0]} scores {whole}; split by: {en}")]
    else:
        a, b = parts.units
        whole = signed(parts.points, parts.decimals)
        out = [(f"{a}与{b}相差 {whole} 分; 分解方法: {zh}", f"{a} less {b} is {whole}; split by: {en}")]
    for part in sorted(parts.leaves, key=lambda p: -abs(p.points))[:most]:
        told = (
            print_points(part.points, parts.decimals) if len(parts.units) == 1 else signed(part.points, parts.decimals)
        )
        note = ("(缺, 按所在板块计)", " (missing, counts as its block)") if part.is_missing else ("", "")
        out.append((f"{part.zh} {told}{note[0]}", f"{part.en} {told}{note[1]}"))
    return out


def tell_years(gap: YearGap) -> list[Sentence]:
    """The change of a year by cause."""
    whole = signed(gap.points, gap.decimals)
    out = [(f"{gap.unit}比上一年 {whole} 分, 其中:", f"{gap.unit} changed by {whole} over the year, of which:")]
    return out + [
        (f"{c.zh} {signed(c.points, gap.decimals)}", f"{c.en} {signed(c.points, gap.decimals)}") for c in gap.causes
    ]
