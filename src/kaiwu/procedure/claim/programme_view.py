"""A programme in words (方案说明): every declared fact with what it rests on, and what the document does not say.

Owns the sentences. What is unknown is said to be unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kaiwu.pack.programme import Ground, Programme, Stage
from kaiwu.procedure.claim.refusal import yuan


@dataclass(frozen=True, slots=True)
class Fact:
    """One declared fact in both languages, with its ground."""

    part: str  # pot | fund | material | check | stage | notice | instalment | survey | claw_back
    zh: str
    en: str
    ground: Ground


def describe_programme(programme: Programme) -> list[Fact]:
    """All facts of a programme, in the order of its file."""
    pot = programme.pot
    amount = ("总额未写", "amount unknown") if pot.amount is None else (yuan(pot.amount), yuan(pot.amount))
    made = [Fact("pot", f"资金池 {pot.code} {amount[0]}", f"pot {pot.code}: {amount[1]}", pot.ground)]
    for fund in programme.funds:
        zh, en = _share(fund.share)
        made.append(Fact("fund", f"资金 {fund.zh}: 分担{zh}", f"fund {fund.en}: share {en}", fund.ground))
    for m in programme.materials:
        zh, en = ("", "") if m.is_required else (", 可后补", ", may come later")
        made.append(Fact("material", f"材料 {m.zh}{zh}", f"material {m.en}{en}", m.ground))
    made += [
        Fact("check", f"核验 {c.code} {c.severity}", f"check {c.code} {c.severity}", c.ground) for c in programme.checks
    ]
    made += [_stage(stage, programme) for stage in programme.stages]
    for i in programme.instalments:
        zh, en = _share(i.share)
        made.append(Fact("instalment", f"分期 {i.zh}: {zh}", f"instalment {i.en}: {en}", i.ground))
    if programme.survey is not None:
        asked = programme.survey
        zh, en = f"绩效调查: 支付后 {asked.months} 个月", f"effect survey: {asked.months} months after payment"
        made.append(Fact("survey", zh, en, asked.ground))
    for rule in programme.claw_back:
        zh, en = _share(rule.share)
        made.append(Fact("claw_back", f"追回 {rule.zh}: {zh}", f"claim back, {rule.en}: {en}", rule.ground))
    return made


def _share(share: Fraction | None) -> tuple[str, str]:
    if share is None:
        return "未写", "unknown"
    percent = share * 100
    text = f"{percent.numerator}%" if percent.denominator == 1 else f"{percent.numerator}/{percent.denominator}%"
    return text, text


def _stage(stage: Stage, programme: Programme) -> Fact:
    days = programme.notice.days if stage.kind == "notice" else stage.days
    is_working = programme.notice.is_working if stage.kind == "notice" else stage.is_working
    zh, en = "时限未写", "days unknown"
    if days is not None:
        zh = f"{days}个{'工作日' if is_working else '自然日'}"
        en = f"{days} {'working' if is_working else 'calendar'} days"
    more_zh = "".join((", 两人" if stage.is_two_person else "", ", 纪要" if stage.has_minutes else ""))
    more_en = "".join((", two signers" if stage.is_two_person else "", ", minutes" if stage.has_minutes else ""))
    ground = programme.notice.ground if stage.kind == "notice" and programme.notice.ground.note else stage.ground
    return Fact("stage", f"环节 {stage.zh}: {stage.role}, {zh}{more_zh}", f"stage {stage.en}: {en}{more_en}", ground)
