"""The sentences of an allotment in Chinese and English: short, with the number that matters in front.

Owns wording only.
"""

from __future__ import annotations

from kaiwu.allot.constraint import WORDS
from kaiwu.allot.cutoff import HOLDER, PASS, QUOTA, THRESHOLD
from kaiwu.allot.explanation import Barrier, Explanation, Line
from kaiwu.allot.quota import Cell
from kaiwu.allot.result import GRANTED, STATUSES, WAITING
from kaiwu.allot.rule import Rule

Sentence = tuple[str, str]
_BARRIERS: dict[str, Sentence] = {
    "owner": ("只供产权人使用", "for the owner only"),
    "condition": ("不符合该宗附加条件", "conditions of the supply not met"),
    "reserved": ("留给其他预留", "kept for another reserve"),
    "quota": ("指标自始不够", "quotas too small from the start"),
    "before": ("在其可参加的轮次之前(预留、会议)已安排或已用完", "gone to reserves or meetings before its first pass"),
}


def tell(rule: Rule, found: Explanation) -> list[Sentence]:
    """The whole explanation of one applicant, the answer first."""
    if found.status == GRANTED:
        return [_tell_grant(rule, found)]
    if found.status != WAITING:
        zh, en = STATUSES[found.status]
        return [(f"{zh}: 未进入排序", f"{en}: not in line")]
    points = rule.scale.print_score(found.score)
    out = [
        (
            f"符合条件, 得分 {points}, 排第 {found.place} 名(共 {found.entered} 个), 本批次未安排",
            f"conditions met, score {points}, place {found.place} of {found.entered}, not placed in this round",
        )
    ]
    if found.line is not None:
        return [*out, *tell_line(rule, found.line)]
    no_score = ("得分再高也没有可用的供给", "no score would change that")
    return [*out, *(_tell_barrier(rule, barrier) for barrier in found.barriers), no_score]


def _tell_grant(rule: Rule, found: Explanation) -> Sentence:
    points = rule.scale.print_score(found.score)
    zh = f"已安排: {found.supply}, 供地优先序第 {found.order}; 得分 {points}, 排第 {found.place} 名(共 {found.entered} 个)"
    en = f"placed: {found.supply}, number {found.order} in the order of supply; score {points}, place {found.place} of {found.entered}"  # fmt: skip
    return zh, en


def tell_line(rule: Rule, line: Line) -> list[Sentence]:
    """Cut-off, who set it, what was used up, the difference by parts, and the counterfactual."""
    show = rule.scale.print_score
    if line.binding == THRESHOLD:
        out = [(f"未达到门槛 {show(line.needed)} 分", f"below the threshold of {show(line.needed)}")]
    else:
        out = [_tell_winner(rule, line), _tell_binding(rule, line)]
    if line.is_reachable:
        zh = f"其他都不变, 得分到 {show(line.needed)}(高 {show(line.gap)} 分)即可安排, 再低一步则不能"
        en = f"all else equal, a score of {show(line.needed)} (higher by {show(line.gap)}) is placed, one step less is not"
    else:
        zh, en = "其他都不变, 满分也不能安排", "all else equal, not even the full score is placed"
    return [*out, (zh, en)]


def _tell_winner(rule: Rule, line: Line) -> Sentence:
    show = rule.scale.print_score
    if line.behind == 0:
        zh = f"与第 {line.winner_place} 名({line.winner})同分, 按规则排在其后"
        en = f"tied with place {line.winner_place} ({line.winner}) and behind it by the rule"
    else:
        zh = f"与第 {line.winner_place} 名({line.winner})差 {show(line.behind)} 分"
        en = f"{show(line.behind)} behind place {line.winner_place} ({line.winner})"
    labels = {code: (a, b) for code, a, b in rule.items}
    lacking = [(labels[code], show(-part)) for code, part in line.differences if part < 0]
    gained = [(labels[code], show(part)) for code, part in line.differences if part > 0]
    if lacking:
        zh += ("; 低的有" if line.behind == 0 else ", 其中") + "、".join(f"{name[0]} {n}" for name, n in lacking)
        en += ("; behind in " if line.behind == 0 else ", of which ") + ", ".join(
            f"{name[1]} {n}" for name, n in lacking
        )
    if gained:
        zh += "; 高出的有" + "、".join(f"{name[0]} {n}" for name, n in gained)
        en += "; ahead in " + ", ".join(f"{name[1]} {n}" for name, n in gained)
    return zh, en


def _tell_binding(rule: Rule, line: Line) -> Sentence:
    if line.binding == QUOTA and line.cell is not None:
        zh, en = tell_cell(rule, line.cell)
        return f"{line.winner} 安排后, {zh}不够", f"after {line.winner} there was too little {en}"
    if line.binding == HOLDER:
        return (
            f"本企业(集团)的 {line.winner} 已安排, 每家一宗",
            f"{line.winner} of the same firm or group is placed: one each",
        )
    if line.binding == PASS:
        stage = next(p for p in rule.passes if p.code == line.stage)
        return (
            f"{line.winner} 安排后, “{stage.zh}”额度用完",
            f"after {line.winner} the limit of “{stage.en}” was used up",
        )
    return (
        f"最后一宗合适的 {line.supply} 由 {line.winner} 取得",
        f"the last supply that fits, {line.supply}, went to {line.winner}",
    )


def tell_cell(rule: Rule, cell: Cell) -> Sentence:
    """A quota cell as people call it: ``北园 2027-03 能耗``."""
    code, park, period = cell
    resource = next(r for r in rule.resources if r.code == code)
    return " ".join(filter(None, (park, period, resource.zh))), " ".join(filter(None, (resource.en, park, period)))


def _tell_barrier(rule: Rule, barrier: Barrier) -> Sentence:
    kind = rule.kind(barrier.kind)
    constraints = {c.code: (f"{c.zh}{WORDS[c.test][0]}", f"{c.en} {WORDS[c.test][1]}") for c in rule.constraints}
    named = {**constraints, **_BARRIERS}
    zh = "、".join(f"{named[code][0]} {n}" for code, n in barrier.reasons) or "本批次没有"
    en = ", ".join(f"{n} {named[code][1]}" for code, n in barrier.reasons) or "none in this round"
    return f"{kind.zh} {barrier.supplies} 宗: {zh}", f"{kind.en}, {barrier.supplies} in all: {en}"
