"""Stages of a project (项目阶段) and which step may follow which.

Owns the ten states, the four modes and the two origins. What is counted at a stage is ``posting``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kaiwu.quantity import KaiwuError, Problem

STAGES: dict[str, tuple[str, str]] = {
    "candidate": ("备选", "candidate"), "pooled": ("入库", "pooled"), "promoted": ("重点", "promoted"), "allotted": ("要素已配", "allotted"),
    "signed": ("签约", "signed"), "started": ("开工", "started"), "landed": ("落地", "landed"), "producing": ("投产", "producing"),
    "checked": ("履约达标", "promise checked"), "expelled": ("出库", "expelled"),
}  # fmt: skip
"""In the order of a project's life; 出库 may follow any of them but the last."""
MODES: dict[str, tuple[str, str]] = {
    "innovation": ("创新裂变", "new core technology turned into a product"), "transformation": ("转型裂变", "a new way of producing"),
    "chain": ("链式裂变", "builds, strengthens, extends or fills the chain"), "added_value": ("增值裂变", "a new business or company"),
}  # fmt: skip
"""The four modes (四种裂变模式): labels, each with its evidence."""
ORIGINS = ("internal", "attracted")
SKIPPABLE = "allotted"
"""An upgrade on own land (零土地) needs no allotment; every other stage is passed."""
_ORDER = list(STAGES)


@dataclass(frozen=True, slots=True)
class Project:
    """A project: its firm, origin (a label that no rule reads), ``modes`` with the evidence of each, planned investment in fen."""

    id: str
    firm: str
    origin: str
    investment: int
    modes: Mapping[str, str] = field(default_factory=dict)
    zh: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of stage (阶段变动): the day on which it happened, the document that proves it, who entered it, and the
    investment known then (fen)."""

    project: str
    stage: str
    day: dt.date
    document: str
    by: str
    investment: int


def check_projects(projects: Iterable[Project]) -> None:
    """Raises ``KaiwuError`` for doubled ids, unknown modes or origins, labels without evidence, negative investments."""
    problems: list[Problem] = []
    seen: set[str] = set()
    for p in projects:
        checks = (
            (p.id not in seen, "A-POOL-TWICE", "出现两次; 同一项目只入库一次", "stands twice: a project enters the pool once"),
            (p.origin in ORIGINS, "A-POOL-ORIGIN", f"来源“{p.origin}”不是 {'、'.join(ORIGINS)}", f"has origin “{p.origin}”, which is none of {', '.join(ORIGINS)}"),
            (set(p.modes) <= set(MODES), "A-POOL-MODE", f"裂变模式不在四种之内: {', '.join(MODES)}", f"has a mode that is none of: {', '.join(MODES)}"),
            (all(e.strip() for e in p.modes.values()), "A-POOL-EVIDENCE", "裂变模式没有依据; 标签须附证明", "has a mode without evidence: a label needs its proof"),
            (p.investment >= 0, "A-POOL-MONEY", "投资额为负", "has a negative investment"),
        )  # fmt: skip
        problems += [Problem(code, f"项目“{p.id}”{zh}", f"project “{p.id}” {en}", where=p.id) for is_right, code, zh, en in checks if not is_right]  # fmt: skip
        seen.add(p.id)
    if problems:
        raise KaiwuError(problems)


def check_steps(steps: Sequence[Step], projects: Mapping[str, Project]) -> None:
    """Raises ``KaiwuError`` for a step that cannot follow the one before it, goes back in time, or has no document."""
    problems: list[Problem] = []
    at: dict[str, Step] = {}
    for step in steps:
        before = at.get(step.project)
        checks = (
            (step.project in projects, "A-POOL-WHO", "不在项目库", "is not in the pool"),
            (may_follow(before.stage if before else "", step.stage), "A-POOL-STEP", f"不能由“{before.stage if before else '-'}”到“{step.stage}”", f"cannot go from “{before.stage if before else '-'}” to “{step.stage}”"),
            (before is None or before.day <= step.day, "A-POOL-DATE", "日期早于上一阶段", "is dated before the stage before it"),
            (step.document.strip() != "", "A-POOL-EVIDENCE", "阶段变动没有文件依据", "changes stage without a document"),
            (step.investment >= 0, "A-POOL-MONEY", "投资额为负", "has a negative investment"),
        )  # fmt: skip
        problems += [Problem(code, f"项目“{step.project}”{zh}", f"project “{step.project}” {en}", where=f"{step.project} {step.day}") for is_right, code, zh, en in checks if not is_right]  # fmt: skip
        at[step.project] = step
    if problems:
        raise KaiwuError(problems)


def may_follow(before: str, stage: str) -> bool:
    """Whether a stage may follow another; the empty one is before the pool."""
    if stage not in STAGES:
        return False
    if before == "":
        return stage == _ORDER[0]
    if stage == "expelled":
        return before not in ("expelled", "checked")
    position = _ORDER.index(stage) - _ORDER.index(before)
    return position == 1 or (position == 2 and _ORDER[_ORDER.index(before) + 1] == SKIPPABLE)
