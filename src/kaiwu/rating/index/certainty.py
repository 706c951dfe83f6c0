"""How certain a place is (名次的确定性): intervals, chances, certain and contested winners of a quota, and which choice matters.

Owns what is said about runs. Drawing and scoring in bulk is in ``runs.py``, the indices in ``sobol.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.model import IndexModel
from kaiwu.rating.index.runs import Choices, Runs, place, score_choices, vary_method
from kaiwu.rating.index.sobol import Sobol, draw_pair, estimate
from kaiwu.rating.index.statistic import Array
from kaiwu.rating.index.step.normalise import Normalise

CERTAIN = 0.95
STANDINGS = {"certain": ("稳入", "certain"), "contested": ("待定", "contested"), "out": ("无望", "out"), "unrated": ("缺数据", "not rated")}  # fmt: skip
CHOICES = {
    "normalise": ("标准化方法", "normalisation"), "means": ("合成方法", "aggregation"), "weights": ("权重", "weights"),
    "equal": ("等权或给定权重", "equal or given weights"), "leave_out": ("剔除一项指标", "one indicator left out"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """What the runs say of one unit: its place, 5–95 % of its places, the chance to be in the quota and what that makes it."""

    unit: str
    league: str
    rank: float
    low: float
    high: float
    chance: float
    standing: str

    def tell(self, quota: int) -> tuple[str, str]:
        """The sentence, zh and en."""
        zh, en = STANDINGS[self.standing]
        if self.standing == "unrated":
            return f"{self.unit}: {zh}", f"{self.unit}: {en}"
        return (
            f"{self.unit}: 名次 {self.rank:g}, 90% 的试算在第 {self.low:g}–{self.high:g} 名, 进前 {quota} 名的比例 {self.chance:.0%}, {zh}",
            f"{self.unit}: place {self.rank:g}, {self.low:g}–{self.high:g} in 90 % of the runs, among the first {quota} in {self.chance:.0%}, {en}",
        )


def judge_quota(
    runs: Runs, ranks: Array, quota: int | Mapping[str, int], *, leagues: Sequence[str] = (), certain: float = CERTAIN
) -> tuple[Standing, ...]:
    """Certain, contested and out of a quota (名额), in the order of the runs' units.

    ``ranks`` are the printed places ``(units,)``, ``leagues`` the league of every unit where ``quota`` is by league (``runs`` then must
    keep scores). Certain: in the quota in at least ``certain`` of the runs; out: in at most ``1 − certain``.
    """
    labels = tuple(leagues) or ("",) * len(runs.units)
    out: dict[str, Standing] = {}
    for league, part in split_leagues(runs, labels).items():
        k = quota if isinstance(quota, int) else quota.get(league, 0)
        low, high = part.interval()
        chance = part.in_top(k)
        for i, unit in enumerate(part.units):
            at = runs.units.index(unit)
            what = "certain" if chance[i] >= certain else "out" if chance[i] <= 1 - certain else "contested"
            if np.isnan(low[i]):
                what = "unrated"
            out[unit] = Standing(unit, league, float(ranks[at]), float(low[i]), float(high[i]), float(chance[i]), what)
    return tuple(out[unit] for unit in runs.units)


def split_leagues(runs: Runs, leagues: Sequence[str]) -> dict[str, Runs]:
    """The runs of every league with places among its own units. Raises ``KaiwuError`` where the runs kept no scores."""
    if len(set(leagues)) < 2:
        return {leagues[0] if leagues else "": runs}
    if runs.scores is None:
        raise KaiwuError(Problem(
            "IX-RUNS-SCORES", "分组排名要保留各次得分: keep_scores=True", "places inside leagues want the scores kept: keep_scores=True",
        ))  # fmt: skip
    out = {}
    for league in sorted(set(leagues)):
        at = [i for i, name in enumerate(leagues) if name == league]
        scores = np.ascontiguousarray(runs.scores[:, at])
        out[league] = Runs(tuple(runs.units[i] for i in at), place(scores), scores, runs.choices)
    return out


def usual_choices(model: IndexModel) -> Choices:
    """Choices to try where none are declared: min-max, z-scores and ranks; two means; weights a quarter off; one indicator out."""
    within = next((s.within for s in model.method.steps if isinstance(s, Normalise)), "")
    ways = (Normalise(to=(1.0, 100.0)), Normalise("z_score", to=(50.0, 10.0)), Normalise("percentile", to=(1.0, 100.0)))
    return Choices(
        normalise=tuple(replace(way, within=within, constant=50.0) for way in ways), means=("arithmetic", "geometric"), weight_noise=0.25,
        leave_out=True,
    )  # fmt: skip


def rank_certainty(
    model: IndexModel,
    quota: int | Mapping[str, int],
    choices: Choices | None = None,
    runs: int = 2000,
    seed: int = 20240101,
) -> tuple[Runs, tuple[Standing, ...]]:
    """Runs over the choices and what they say of everybody, inside leagues where the method ranks in them."""
    result = model.run()
    drawn = vary_method(model, choices or usual_choices(model), runs, seed, keep_scores=True)
    return drawn, judge_quota(drawn, result.ranks, quota, leagues=result.leagues if result.rank.within else ())


def attribute_ranks(
    model: IndexModel, choices: Choices | None = None, n: int = 1024, bootstraps: int = 100, seed: int = 20240101, *,
    leagues: Sequence[str] = (), of: str = "rank",
) -> Sobol:  # fmt: skip
    """Sobol' indices of every choice for every unit's place (or ``score``), ``(choices, units)`` (每个单位、每项选择的敏感度).

    Weights of all nodes are one choice. ``n`` (k + 2) runs of the model. Raises ``KaiwuError`` where nothing may vary.
    """
    wanted = choices or usual_choices(model)
    widths = _widths(model, wanted)
    if not widths:
        raise KaiwuError(Problem("IX-RUNS-NONE", "没有可变的选择", "there is nothing to vary"))
    a, b = draw_pair(sum(widths.values()), n, seed)
    starts = np.cumsum([0, *widths.values()])
    slices = {name: slice(int(s), int(s) + w) for (name, w), s in zip(widths.items(), starts, strict=False)}

    def outputs(sample: Array) -> Array:
        drawn = {name: _levels(model, wanted, name, sample[:, at]) for name, at in slices.items()}
        scores = score_choices(model, wanted, drawn)
        return scores if of == "score" else _places(scores, leagues)

    crossed = []
    for at in slices.values():
        mixed = a.copy()
        mixed[:, at] = b[:, at]
        crossed.append(outputs(mixed))
    return estimate(outputs(a), outputs(b), crossed, tuple(slices), bootstraps, seed)


def _widths(model: IndexModel, choices: Choices) -> dict[str, int]:
    """Coordinates of the sample for every choice that varies."""
    out = {}
    if len(choices.normalise) > 1:
        out["normalise"] = 1
    if len(choices.means) > 1:
        out["means"] = 1
    if choices.equal_weights:
        out["equal"] = 1
    if choices.leave_out:
        out["leave_out"] = 1
    if choices.weight_noise:
        out["weights"] = len(model.tree.nodes)
    return out


def _levels(model: IndexModel, choices: Choices, name: str, u: Array) -> Array:
    """Levels of a choice as ``score_choices`` reads them, from coordinates in 0 … 1."""
    if name == "weights":
        return u
    count = {"normalise": len(choices.normalise), "means": len(choices.means), "equal": 2, "leave_out": len(model.tree.leaves) + 1}[name]  # fmt: skip
    level = np.minimum(np.floor(u[:, 0] * count), count - 1)
    return np.asarray(level - 1 if name == "leave_out" else level)


def _places(scores: Array, leagues: Sequence[str]) -> Array:
    """Places as numbers for products; missing ones NaN, which makes the unit's indices NaN."""
    out = np.empty(scores.shape, dtype=np.float32)
    labels = np.asarray(leagues) if len(set(leagues)) > 1 else np.zeros(scores.shape[1], dtype=np.int8)
    for label in np.unique(labels):
        at = np.flatnonzero(labels == label)
        ranks = place(scores if len(at) == scores.shape[1] else np.ascontiguousarray(scores[:, at]))
        out[:, at] = np.where(ranks == 0, np.float32(np.nan), ranks)
    return np.asarray(out)
