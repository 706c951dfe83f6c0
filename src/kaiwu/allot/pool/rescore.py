"""Yearly re-scoring (优进劣汰): who enters, stays or leaves, with two thresholds so that nobody flutters; tried before adoption.

Owns the rule of two thresholds and its trial on perturbed scores. Scores are whole steps of a declared scale; None is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kaiwu.allot.kernel import draw, seed_state
from kaiwu.quantity import KaiwuError, Problem

WORDS: dict[str, tuple[str, str]] = {
    "enter": ("入库", "enters"), "stay": ("留库", "stays"), "leave": ("出库", "leaves"), "outside": ("未入库", "stays outside"),
    "undecided": ("缺数据待定", "undecided for want of data"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Band:
    """Two thresholds (双门槛): a project enters at ``enter`` or above and leaves below ``leave``."""

    enter: int
    leave: int

    def __post_init__(self) -> None:
        """Raises ``KaiwuError`` (A-POOL-BAND) where leaving is harder than entering."""
        if self.leave > self.enter:
            raise KaiwuError(Problem("A-POOL-BAND", f"出库线 {self.leave} 高于入库线 {self.enter}; 请对调", f"the line of leaving {self.leave} is above that of entering {self.enter}: swap them"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one project: one of ``WORDS``, with the score and the line that it was held against."""

    project: str
    outcome: str
    score: int | None
    line: int

    def tell(self, show: Callable[[int], str] = str) -> tuple[str, str]:
        """The sentence in both languages; ``show`` prints steps of the scale as points."""
        zh, en = WORDS[self.outcome]
        if self.score is None:
            return f"{self.project} {zh}: 缺评分数据", f"{self.project} {en}: its score lacks data"
        gap = self.score - self.line
        score, line, size = show(self.score), show(self.line), show(abs(gap))
        return f"{self.project} {zh}: {score} 分, 线 {line}, {'高' if gap >= 0 else '低'} {size}", f"{self.project} {en}: {score}, line {line}, {size} {'above' if gap >= 0 else 'below'}"  # fmt: skip


def rescore(members: frozenset[str] | set[str], scores: Mapping[str, int | None], band: Band) -> tuple[Verdict, ...]:
    """A verdict for everybody, by id. A member without a score is neither kept for good nor put out: it is undecided."""
    out = []
    for project in sorted({*members, *scores}):
        score, is_member = scores.get(project), project in members
        line = band.leave if is_member else band.enter
        if score is None:
            outcome = "undecided"
        elif is_member:
            outcome = "stay" if score >= line else "leave"
        else:
            outcome = "enter" if score >= line else "outside"
        out.append(Verdict(project, outcome, score, line))
    return tuple(out)


def members_after(members: frozenset[str], verdicts: tuple[Verdict, ...]) -> frozenset[str]:
    """Who is in the pool after a re-scoring; the undecided stay where they were."""
    entered = {v.project for v in verdicts if v.outcome == "enter"}
    return (members | entered) - {v.project for v in verdicts if v.outcome == "leave"}


@dataclass(frozen=True, slots=True)
class Trial:
    """How a band behaves on perturbed scores (扰动试算): changes of membership in all runs with the band, and with one line at
    ``enter``; ``shaky`` are projects that changed in any run, by how often."""

    runs: int
    changes: int
    changes_one_line: int
    shaky: Mapping[str, int]

    def tell(self) -> tuple[str, str]:
        """The sentence in both languages."""
        return (
            f"{self.runs} 次扰动: 双门槛进出 {self.changes} 次, 单一门槛 {self.changes_one_line} 次, {len(self.shaky)} 个项目摇摆",
            f"{self.runs} runs on perturbed data: {self.changes} moves with two lines, {self.changes_one_line} with one, {len(self.shaky)} projects move",
        )  # fmt: skip


def try_band(members: frozenset[str], scores: Mapping[str, int | None], band: Band, noise: int, runs: int = 200, seed: int = 1) -> Trial:  # fmt: skip
    """Try a band before it is adopted: ``runs`` years one after the other, each score off by up to ``noise`` steps either way.

    Errors of data alone move projects here; how often they do is what the band costs. Whole numbers and a declared seed.
    """
    state, one = seed_state(seed), Band(band.enter, band.enter)
    held, held_one = frozenset(members), frozenset(members)
    changes = changes_one = 0
    shaky: dict[str, int] = {}
    for _ in range(runs):
        drawn = {p: None if s is None else s - noise + draw(state) % (2 * noise + 1) for p, s in sorted(scores.items())}
        after, after_one = members_after(held, rescore(held, drawn, band)), members_after(held_one, rescore(held_one, drawn, one))  # fmt: skip
        for project in held ^ after:
            shaky[project] = shaky.get(project, 0) + 1
        changes, changes_one = changes + len(held ^ after), changes_one + len(held_one ^ after_one)
        held, held_one = after, after_one
    return Trial(runs, changes, changes_one, dict(sorted(shaky.items())))
