"""Comparison in pairs (层次分析法): weights as the principal eigenvector, with the consistency ratio.

Owns the matrix checks. Saaty 1980; random indices of Saaty for n = 1 … 15.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.statistic import Array

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Weights with the largest eigenvalue and the consistency ratio CR (一致性比例)."""

    weights: Array
    eigenvalue: float
    ratio: float


def compare_pairs(matrix: Sequence[Sequence[float]], largest_ratio: float = 0.1, where: str = "") -> Comparison:
    """Weights of a reciprocal matrix of pairwise judgements.

    Raises ``KaiwuError`` for a matrix that is not square, positive and reciprocal, or whose CR is above ``largest_ratio``.
    """
    a = np.asarray(matrix, dtype=np.float64)
    n = len(a)
    if a.ndim != 2 or a.shape != (n, n) or not n or n > len(RANDOM_INDEX):
        raise KaiwuError(
            Problem(
                "IX-AHP-SHAPE",
                "判断矩阵要是方阵, 最多 15 阶",
                "the matrix must be square, of at most 15 rows",
                where=where,
            )
        )
    off = ~(np.abs(a * a.T - 1) < 1e-6) | (a <= 0)
    if off.any():
        i, j = (int(v) for v in np.argwhere(off)[0])
        raise KaiwuError(Problem(
            "IX-AHP-RECIPROCAL", f"第 {i + 1} 行第 {j + 1} 列与其对称位置不互为倒数", f"row {i + 1}, column {j + 1} is not the reciprocal of its mirror",
            where=where,
        ))  # fmt: skip
    values, vectors = np.linalg.eig(a)
    at = int(np.argmax(values.real))
    top = float(values[at].real)
    weights = np.abs(vectors[:, at].real)
    ratio = (top - n) / (n - 1) / RANDOM_INDEX[n - 1] if n > 2 else 0.0
    if ratio > largest_ratio:
        raise KaiwuError(Problem(
            "IX-AHP-RATIO", f"判断矩阵一致性比例 {ratio:.3f} 大于 {largest_ratio}; 请修改判断", f"consistency ratio {ratio:.3f} above {largest_ratio}; revise the judgements",
            where=where,
        ))  # fmt: skip
    return Comparison(weights / weights.sum(), top, max(ratio, 0.0))
