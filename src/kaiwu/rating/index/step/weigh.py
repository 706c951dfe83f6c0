"""Weigh (赋权): how much each indicator counts, from data, from people, or from both.

Owns weights that follow from a table of values (entropy, CRITIC, variation, MEREC, Gini, principal components) and their joining
with given ones. Comparison in pairs is in ``ahp.py``, target influence in ``influence.py``, unit-specific weights in ``frontier.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index import statistic
from kaiwu.rating.index.statistic import Array

WAYS = ("given", "equal", "expert", "ahp", "entropy", "critic", "variation", "merec", "gini", "components", "influence")
FROM_JUDGEMENT = ("given", "equal", "expert", "ahp")  # the others find weights in the figures
ENTROPIES = ("share", "shifted", "min_max")
COMPONENTS = ("first", "explained")
JOININGS = ("none", "multiply", "linear", "root")


@dataclass(frozen=True, slots=True)
class Weigh:
    """Setting. ``over`` says whether weights are found among all indicators (``leaves``) or below each parent (``siblings``).

    ``join`` combines the found weights with those of the tree: ``multiply``, ``linear`` (``share`` for the found ones) or ``root``
    (geometric mean). ``experts`` are rows of weights, ``pairs`` comparison matrices by parent, ``targets`` wanted influences.
    """

    by: str = "given"
    over: str = "leaves"
    variant: str = ""
    shift: float = 1e-4
    keep: float = 0.85
    ddof: int = 1
    join: str = "none"
    share: float = 0.5
    weights: dict[str, float] = field(default_factory=dict, hash=False)
    experts: tuple[tuple[tuple[str, float], ...], ...] = ()
    pairs: dict[str, tuple[tuple[str, ...], tuple[tuple[float, ...], ...]]] = field(default_factory=dict, hash=False)
    largest_ratio: float = 0.1
    targets: dict[str, float] = field(default_factory=dict, hash=False)
    family: str = "weigh"


def share_out(raw: Array, names: Sequence[str] = (), what: str = "") -> Array:
    """Weights that sum to one. Raises ``KaiwuError`` where all are zero or one is missing."""
    whole = raw.sum()
    if not np.isfinite(whole) or whole <= 0 or (raw < 0).any():
        bad = [n for n, v in zip(names, raw, strict=False) if not np.isfinite(v)] or list(names)
        raise KaiwuError(Problem(
            "IX-WEIGH-NONE", f"{what or '赋权'}得不出权重: {', '.join(bad[:5]) or '各指标'} 没有差异或没有数据; 先剔除或改用别的方法",
            f"no weights follow ({what or 'weighing'}): {', '.join(bad[:5]) or 'the indicators'} do not vary or have no data; drop them or weigh otherwise",
        ))  # fmt: skip
    return np.asarray(raw / whole)


def entropy(x: Array, variant: str = "share", shift: float = 1e-4) -> Array:
    """Entropy weights (熵权法), ``w = (1 - e) / sum(1 - e)``, ``e = -sum(p ln p) / ln n``, with 0 ln 0 = 0.

    ``share``: p = x / sum x, x >= 0. ``shifted``: p of x - min + shift * (max - min). ``min_max``: p of min-max scores, zeros kept.
    Shape ``(units, indicators)``; n counts present cells. Zou, Yun and Sun 2006; Shannon 1948.
    """
    low, high = statistic.least(x), statistic.greatest(x)
    flat = statistic.is_constant(x)
    width = np.where(flat, 1.0, high - low)
    if variant == "min_max":
        base = (x - low) / width
    elif variant == "shifted":
        base = x - low + shift * width
    else:
        base = x
        if (base < 0).any():
            at = int(np.argwhere(base < 0)[0][1])
            raise KaiwuError(Problem(
                "IX-WEIGH-NEGATIVE", f"熵权“share”不能有负值(第 {at + 1} 列); 用 shifted 或 min_max",
                f"entropy “share” cannot take negative values (column {at + 1}); use shifted or min_max",
            ))  # fmt: skip
    n = statistic.count(x)
    whole = statistic.total(base)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = base / np.where(whole > 0, whole, np.nan)
        terms = np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0)
        e = -terms.sum(axis=-2, keepdims=True) / np.log(np.maximum(n, 2))
    spread = np.where(flat | ~(whole > 0), 0.0, np.maximum(1 - e, 0.0))
    return share_out(spread[0], what="熵权 entropy")


def critic(x: Array, ddof: int = 1) -> Array:
    """CRITIC weights: deviation of min-max scores times the sum of (1 - correlation) with all others.

    Diakoulaki, Mavrotas and Papayannakis 1995, C&OR 22(7). A constant column gets nothing.
    """
    low, high = statistic.least(x), statistic.greatest(x)
    flat = statistic.is_constant(x)
    y = (x - low) / np.where(flat, 1.0, high - low)
    sd = np.where(flat, 0.0, statistic.deviation(y, ddof))[0]
    conflict = 1 - statistic.correlation(y)
    conflict[np.isnan(conflict)] = 0.0
    return share_out(sd * conflict.sum(axis=0), what="CRITIC")


def variation(x: Array, ddof: int = 1) -> Array:
    """Coefficients of variation as weights (变异系数法): ``sd / |mean|``."""
    mean = statistic.mean(x)[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        return share_out(
            np.where(mean != 0, statistic.deviation(x, ddof)[0] / np.abs(mean), np.nan), what="变异系数 variation"
        )


def merec(x: Array, is_cost: Sequence[bool] | None = None) -> Array:
    """MEREC weights: how much the units' scores change when an indicator is left out.

    ``n = min/x`` (benefit) or ``x/max`` (cost); ``S = ln(1 + mean|ln n|)``; ``w ~ sum |S without j - S|``. Values must be positive.
    Keshavarz-Ghorabaee et al. 2021, Symmetry 13(4) 525.
    """
    cost = np.zeros(x.shape[1], dtype=bool) if is_cost is None else np.asarray(is_cost)
    if (x <= 0).any():
        raise KaiwuError(Problem("IX-WEIGH-POSITIVE", "MEREC 要求数值为正", "MEREC wants positive values"))
    with np.errstate(invalid="ignore"):
        n = np.where(cost, x / statistic.greatest(x), statistic.least(x) / x)
    logs = np.nan_to_num(np.abs(np.log(n)))
    m = x.shape[1]
    whole = logs.sum(axis=1, keepdims=True)
    effect = np.abs(np.log1p((whole - logs) / m) - np.log1p(whole / m))
    return share_out(effect.sum(axis=0), what="MEREC")


def gini(x: Array) -> Array:
    """Gini coefficients of the columns as weights (基尼系数法): ``sum |xi - xj| / (2 n² mean)``."""
    if (x < 0).any():
        at = int(np.argwhere(x < 0)[0][1])
        raise KaiwuError(Problem(
            "IX-WEIGH-NEGATIVE", f"基尼系数不能有负值(第 {at + 1} 列); 先归一到正的标度", f"Gini coefficients cannot take negative values (column {at + 1}); normalise to a positive scale first",
        ))  # fmt: skip
    out = np.zeros(x.shape[1])
    for i in range(x.shape[1]):
        v = np.sort(x[~np.isnan(x[:, i]), i])
        n, whole = len(v), v.sum()
        if n and whole > 0:
            out[i] = max(((2 * np.arange(1, n + 1) - n - 1) * v).sum() / (n * whole), 0.0)
    return share_out(out, what="基尼 Gini")


def components(x: Array, variant: str = "explained", keep: float = 0.85) -> Array:
    """Principal components of the correlation matrix (主成分法).

    ``first``: absolute loadings of the first component. ``explained``: squared loadings times the share of variance of each of the
    components that together explain ``keep`` (OECD/JRC Handbook 2008, without rotation).
    """
    r = statistic.correlation(x)
    used = ~np.isnan(np.diag(r))
    out = np.zeros(x.shape[1])
    if used.any():
        values, vectors = np.linalg.eigh(np.nan_to_num(r[np.ix_(used, used)]))
        values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
        if variant == "first":
            out[used] = np.abs(vectors[:, 0])
        else:
            share = values / values.sum()
            many = int(np.searchsorted(np.cumsum(share), keep - 1e-12) + 1)
            out[used] = (vectors[:, :many] ** 2 * share[:many]).sum(axis=1)
    return share_out(out, what="主成分 components")


def pool_experts(rows: Sequence[Sequence[float]], how: str = "mean") -> Array:
    """Weights of several experts (专家打分) pooled: each row shared out first, then mean, median or geometric mean."""
    table = np.stack([share_out(np.asarray(row, dtype=np.float64), what="专家 experts") for row in rows])
    if how == "median":
        pooled = np.median(table, axis=0)
    elif how == "root":
        with np.errstate(divide="ignore"):
            pooled = np.exp(np.log(table).mean(axis=0))
    else:
        pooled = table.mean(axis=0)
    return share_out(pooled)


def join(found: Array, given: Array, how: str, share: float = 0.5) -> Array:
    """Objective and subjective weights together (组合赋权): multiply, linear with ``share`` for the found ones, or root."""
    a, b = share_out(found), share_out(given)
    if how == "multiply":
        return share_out(a * b)
    if how == "root":
        return share_out(np.sqrt(a * b))
    if how == "linear":
        return share_out(share * a + (1 - share) * b)
    return a


def weigh_table(x: Array, setting: Weigh) -> Array:
    """Weights of the columns of one table by a setting that follows from data."""
    ways: dict[str, Callable[[], Array]] = {
        "equal": lambda: share_out(np.ones(x.shape[1])),
        "entropy": lambda: entropy(x, setting.variant or "share", setting.shift),
        "critic": lambda: critic(x, setting.ddof),
        "variation": lambda: variation(x, setting.ddof),
        "merec": lambda: merec(x),
        "gini": lambda: gini(x),
        "components": lambda: components(x, setting.variant or "explained", setting.keep),
    }
    return ways[setting.by]()
