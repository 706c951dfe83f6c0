"""Renewal of low-yield land (低效用地改造): the stage of a plot, one of five ways with its reasons, and before against after.

Owns the choice among the answers of the rules and the sums of what was freed. The thresholds, their edges and dates, and
when a way is open are rules of a pack; their order is declared with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.decision import Reason
from kaiwu.rule.outcome import Outcome

WAYS: dict[str, tuple[str, str]] = {
    "upgrade": ("整治提升", "upgrade"), "merge": ("兼并重组", "merge"), "buy_back": ("收购收回", "buy back"),
    "move": ("搬迁入园", "move to a park"), "close": ("关停退出", "close"),
}  # fmt: skip
"""The five ways (五种方式)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rule of a stage or way says of one plot, with its reasons."""

    code: str
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Renewal:
    """One line of the list (低效用地清单): the first stage that holds, the way, and why; ``outcome`` is one of the four answers.

    ``way`` is empty where none is open or an earlier one is still undecided; ``stage`` is empty off the list.
    """

    plot: str
    stage: str
    way: str
    outcome: Outcome
    reasons: tuple[Reason, ...]


def list_plot(plot: str, stages: Sequence[Answer], ways: Sequence[Answer]) -> Renewal:
    """The line of one plot; both sequences stand in their declared order, the most urgent first.

    An undecided answer is never passed over: a plot whose first stage lacks a figure is 缺数据, not on the next stage.
    """
    stage = _first_not_failed(stages)
    if stage is None or stage.outcome is not Outcome.PASS:
        outcome = Outcome.FAIL if stage is None else stage.outcome
        return Renewal(plot, "", "", outcome, () if stage is None else stage.reasons)
    way = _first_not_failed(ways)
    if way is None:
        note = Reason(
            "没有一种方式的条件成立, 须由专班认定", "no way is open: the task force must find one", Outcome.HUMAN
        )
        return Renewal(plot, stage.code, "", Outcome.HUMAN, (*stage.reasons, note))
    is_open = way.outcome is Outcome.PASS
    return Renewal(plot, stage.code, way.code if is_open else "", way.outcome, (*stage.reasons, *way.reasons))


def _first_not_failed(answers: Sequence[Answer]) -> Answer | None:
    return next((a for a in answers if a.outcome is not Outcome.FAIL), None)


@dataclass(frozen=True, slots=True)
class Yield:
    """What a plot was used for in a year: area in µmu, tax in fen, energy in g of coal; None is missing."""

    area: int
    tax: int | None
    energy: int | None = None


@dataclass(frozen=True, slots=True)
class Freed:
    """Land that was freed (腾出用地): plot, way, area in µmu, and the document that proves it."""

    plot: str
    way: str
    area: int
    document: str


@dataclass(frozen=True, slots=True)
class Effect:
    """Before against after (前后对比) over the plots whose figures are known on both sides; ``left_out`` names the others."""

    plots: int
    freed: int
    before: Yield
    after: Yield
    left_out: tuple[str, ...]


def measure_effect(before: Mapping[str, Yield], after: Mapping[str, Yield], freed: Sequence[Freed]) -> Effect:
    """Compare the same plots, and sum what was freed. Raises ``KaiwuError`` (A-RENEWAL) for freed land without a document,
    of an unknown plot or way, and for more than the plot has."""
    problems = [p for entry in freed for p in _check_freed(entry, before)]
    problems += _check_sums(freed, before)
    if problems:
        raise KaiwuError(problems)
    known = [p for p in sorted(before) if p in after and before[p].tax is not None and after[p].tax is not None]
    left_out = tuple(sorted((set(before) | set(after)) - set(known)))
    return Effect(len(known), sum(f.area for f in freed), _sum([before[p] for p in known]), _sum([after[p] for p in known]), left_out)  # fmt: skip


def _check_freed(entry: Freed, before: Mapping[str, Yield]) -> list[Problem]:
    checks = (
        (entry.document.strip() != "", "没有文件; 每一亩腾出的地都要有依据", "has no document: every freed mu needs one"),
        (entry.way in WAYS, f"方式“{entry.way}”不在五种之内: {', '.join(WAYS)}", f"has the way “{entry.way}”, which is none of: {', '.join(WAYS)}"),
        (entry.area > 0, "腾出面积不大于零", "frees an area that is not above zero"),
        (entry.plot in before, "不在清单的地块中", "is not among the plots of the list"),
    )  # fmt: skip
    return [Problem("A-RENEWAL", f"“{entry.plot}”{zh}", f"“{entry.plot}” {en}", where=entry.document) for is_right, zh, en in checks if not is_right]  # fmt: skip


def _check_sums(freed: Sequence[Freed], before: Mapping[str, Yield]) -> list[Problem]:
    total: dict[str, int] = {}
    for entry in freed:
        total[entry.plot] = total.get(entry.plot, 0) + entry.area
    return [
        Problem("A-RENEWAL", f"“{plot}”腾出面积合计超过地块面积; 是否重复登记?", f"“{plot}” frees more than its area: was it entered twice?", where=plot)
        for plot, area in total.items() if plot in before and area > before[plot].area
    ]  # fmt: skip


def _sum(yields: Sequence[Yield]) -> Yield:
    """Sums; energy is missing where one is missing, never a zero."""
    energies = [y.energy for y in yields]
    energy = None if None in energies else sum(e for e in energies if e is not None)
    return Yield(sum(y.area for y in yields), sum(y.tax for y in yields if y.tax is not None), energy)
