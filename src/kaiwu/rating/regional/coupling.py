"""Coupling coordination degree (耦合协调度): whether two or more subsystems are high together.

Owns the named variants of the coupling degree C; T and D follow alike from each. It does not own the scores of the
subsystems, which lie in 0 … 1 (a score out of 100 is divided first).

    T = Σ aᵢ·Uᵢ   (Σ aᵢ = 1)        D = √(C·T)

The variants differ, and numbers of two variants are not to be compared:

``standard``  C = n·(Π Uᵢ)^(1/n) / Σ Uᵢ — the geometric over the arithmetic mean, 0 … 1; the normative form by Wang et al. 2021.
``liao``      C = [Π Uᵢ / (Σ Uᵢ/n)ⁿ]^k with an adjusting exponent k ≥ 1, for two subsystems k = 2 as a rule — Liao 1999.
``modified``  C = √{ [1 − Σ_{i<j} |Uᵢ−Uⱼ| / (n(n−1)/2)] · (Π Uᵢ/max U)^{1/(n−1)} } — Wang et al. 2021; spreads C over 0 … 1.
``unscaled``  C = (Π Uᵢ)^(1/n) / Σ Uᵢ, at most 1/n: the lost-coefficient misuse that Liu 2017 and Wang et al. 2021 describe; here only so
              that a published number can be recomputed.

Sources: Liao Chongbin (廖重斌) 1999, 热带地理 19(2), from memory; Liu Chunlin (刘春林) 2017, 耦合度计算的常见错误分析; Wang Shujia
(王淑佳) et al. 2021, 国内耦合协调度模型的误区及修正, 自然资源学报 36(3):793, doi 10.31497/zrzyxb.20210319.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.regional.array import Floats, read_floats, read_weights

VARIANTS = ("standard", "liao", "modified", "unscaled")
CLASSES: tuple[tuple[str, str], ...] = (
    ("极度失调", "extreme imbalance"), ("严重失调", "severe imbalance"), ("中度失调", "moderate imbalance"), ("轻度失调", "slight imbalance"),
    ("濒临失调", "near imbalance"), ("勉强协调", "barely coordinated"), ("初级协调", "primary coordination"),
    ("中级协调", "intermediate coordination"), ("良好协调", "good coordination"), ("优质协调", "excellent coordination"),
)  # fmt: skip
"""Ten classes of equal width 0.1. The literature shuts the upper end: 0.40 < D ≤ 0.50 is 濒临失调."""
DECIMALS = 4
"""Decimals to which D is rounded before it is classed, so that 0.5 does not depend on the last bit."""


@dataclass(frozen=True, slots=True)
class Coupling:
    """``c``, ``t``, ``d``: (units,) coupling, development and coupling coordination; ``nan`` where every subsystem is zero."""

    variant: str
    c: Floats
    t: Floats
    d: Floats


def couple(scores: ArrayLike, *, variant: str, weights: ArrayLike | None = None, exponent: float = 2.0) -> Coupling:
    """Coupling coordination of units (耦合协调度).

    ``scores`` is (units, subsystems) within 0 … 1, two or more subsystems; ``weights`` of the subsystems sum to 1, equal by
    default; ``exponent`` is k of ``liao``. Raises ``KaiwuError``: ``S-REGION-VARIANT`` and those of the shapes.
    """
    u = read_floats(scores, "scores", dimensions=2, high=1.0)
    count = u.shape[1]
    if count < 2:
        raise KaiwuError(Problem("S-REGION-SHAPE", "耦合要有两个以上子系统", "coupling takes two or more subsystems"))
    a = read_weights(weights, count, "weights")
    total = u.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        c = _degree(u, variant, exponent)
    c = np.where(total > 0, c, np.nan)
    t = u @ a
    return Coupling(variant, c, t, np.sqrt(c * t))


def _degree(u: Floats, variant: str, exponent: float) -> Floats:
    count = u.shape[1]
    geometric = np.prod(u, axis=1) ** (1 / count)
    mean = u.mean(axis=1)
    match variant:
        case "standard":
            return np.asarray(np.minimum(geometric / mean, 1.0))
        case "unscaled":
            return np.asarray(geometric / u.sum(axis=1))
        case "liao":
            if not exponent >= 1:
                raise KaiwuError(
                    Problem(
                        "S-REGION-VARIANT", "调节系数 k 要不小于 1", "the exponent k is at least 1", text=str(exponent)
                    )
                )
            return np.asarray(np.minimum((geometric / mean) ** count, 1.0) ** exponent)
        case "modified":
            gaps = sum(np.abs(u[:, i] - u[:, j]) for i, j in combinations(range(count), 2))
            # One of the factors Uᵢ/max U is that of the maximum itself and is 1.
            ratio = np.prod(u / u.max(axis=1, keepdims=True), axis=1) ** (1 / (count - 1))
            return np.asarray(np.sqrt(np.maximum(1 - gaps / (count * (count - 1) / 2), 0.0) * ratio))
    listed = ", ".join(VARIANTS)
    raise KaiwuError(
        Problem(
            "S-REGION-VARIANT",
            f"没有耦合度变体“{variant}”; 要写明 {listed}",
            f"no variant “{variant}”: name one of {listed}",
        )
    )


def classify_coordination(d: float) -> tuple[str, str] | None:
    """The class (协调等级) of a coupling coordination degree in both languages; ``None`` for ``nan``."""
    if np.isnan(d):
        return None
    place = int(np.ceil(round(float(d), DECIMALS) * 10 - 1e-9)) - 1
    return CLASSES[min(max(place, 0), len(CLASSES) - 1)]
