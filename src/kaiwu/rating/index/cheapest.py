"""The cheapest values on curves of straight pieces (最低成本规划), as a linear or a small mixed-integer programme.

Owns the programme. The relaxed linear programme is exact where costs per point rise; else (bands, thresholds) one binary per piece makes it
a small MILP, and a place needs one binary per unit in front. Both by HiGHS through ``scipy.optimize.linprog``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import CDLL
from dataclasses import dataclass

import numpy as np

from kaiwu.rating.index.response import Piece
from kaiwu.rating.index.statistic import Array


@dataclass(frozen=True, slots=True)
class Lever:
    """One indicator that a real action can move: ``action`` says what is done, ``low`` … ``high`` what is feasible.

    ``cost`` is per unit of the indicator, up or down, ``fixed`` that of touching it at all; ``decimals`` to which advice is given.
    """

    code: str
    low: float
    high: float
    cost: float
    action_zh: str = ""
    action_en: str = ""
    fixed: float = 0.0
    decimals: int = 2
    is_statistical: bool = False


@dataclass(frozen=True, slots=True)
class _Column:
    """One piece of one lever with the costs at its ends."""

    lever: int
    piece: Piece
    low: float
    high: float


def solve(
    levers: Sequence[Lever], curves: Sequence[Sequence[Piece]], weights: Array, fixed: Array, goal: float, now: Sequence[float],
    place: int | None = None,
) -> Array | None:  # fmt: skip
    """Values ``(levers,)`` of least cost; None where there are none.

    ``weights`` are ``(watched, levers)``, ``fixed`` ``(watched,)`` what the other indicators give. Without ``place`` the unit's own sum is at
    least ``goal``; with it all but ``place − 1`` of the others are at least ``goal`` below it.
    """
    from scipy.optimize import linprog  # heavy; only needed here

    columns = _columns(levers, curves, now)
    n, others = len(columns), len(fixed) - 1 if place is not None else 0
    if {c.lever for c in columns} != set(range(len(levers))):
        return None
    ends = np.array([[c.piece.low, c.piece.high] for c in columns])  # (n, 2, watched)
    w = np.array([weights[:, c.lever] for c in columns])
    with np.errstate(invalid="ignore"):
        part = np.where(w[:, None, :] > 0, w[:, None, :] * ends, 0.0)
    if place is None:
        lead, short = part[:, :, :1], np.array([goal - fixed[0]])
    else:
        lead, short = part[:, :, :1] - part[:, :, 1:], goal - fixed[0] + fixed[1:]
    upper, bound = _leads(lead, short, others, place)
    link = np.hstack([-np.eye(n), np.eye(n), np.zeros((n, others))])
    equal = np.zeros((len(levers), 2 * n + others))
    for k, column in enumerate(columns):
        equal[column.lever, k] = 1.0
    cost = np.concatenate([[c.low for c in columns], [c.high - c.low for c in columns], np.zeros(others)])
    for whole in (0, 1) if place is None else (1,):
        kinds = np.concatenate([np.full(n, whole), np.zeros(n), np.ones(others)])
        with _silenced():
            found = linprog(
                cost, np.vstack([upper, link]), np.concatenate([bound, np.zeros(n)]), equal, np.ones(len(levers)),
                bounds=[(0, 1)] * len(cost), integrality=kinds, method="highs",
            )  # fmt: skip
        if found.x is None:
            return None
        x = np.zeros(len(levers))
        for k, c in enumerate(columns):
            x[c.lever] += c.piece.a * found.x[k] + (c.piece.b - c.piece.a) * found.x[n + k]
        if whole or _is_true(x, curves, weights[0], goal - fixed[0], levers, now, float(found.fun)):
            return x
    return None


@contextmanager
def _silenced() -> Iterator[None]:
    """HiGHS writes notes of its own to the standard output of the process, where a command may be writing JSON."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # there is no standard output to be spoilt
        yield
        return
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.close(nothing)
        yield
    finally:
        CDLL(None).fflush(None)  # what it still holds back goes to nothing too
        os.dup2(kept, 1)
        os.close(kept)


def _columns(levers: Sequence[Lever], curves: Sequence[Sequence[Piece]], now: Sequence[float]) -> list[_Column]:
    """All pieces, and for each lever the piece of staying as it is."""
    out: list[_Column] = []
    for i, (lever, curve, x0) in enumerate(zip(levers, curves, now, strict=True)):
        at = next((p.low for p in curve if p.a == x0), next((p.high for p in curve if p.b == x0), None))
        if at is not None:
            out.append(_Column(i, Piece(x0, x0, at, at), 0.0, 0.0))
        out += [
            _Column(i, p, lever.fixed + lever.cost * abs(p.a - x0), lever.fixed + lever.cost * abs(p.b - x0)) for p in curve
        ]  # fmt: skip
    return out


def _leads(lead: Array, short: Array, others: int, place: int | None) -> tuple[Array, Array]:
    """Rows of ``A x <= b``: every lead is large enough, or, by a binary that costs one of the places in front, need not be."""
    n = len(lead)
    rows = np.hstack([-lead[:, 0].T, -(lead[:, 1] - lead[:, 0]).T, np.zeros((len(short), others))])
    if place is None:
        return rows, -short
    room = np.maximum(short - np.minimum(lead[:, 0], lead[:, 1]).clip(max=0).sum(axis=0), 0.0) + 1.0
    rows[:, 2 * n :] = -np.diag(room)
    most = np.concatenate([np.zeros(2 * n), np.ones(others)])
    return np.vstack([rows, most]), np.concatenate([-short, [place - 1]])


def _is_true(
    x: Array, curves: Sequence[Sequence[Piece]], weights: Array, wanted: float, levers: Sequence[Lever], now: Sequence[float], cost: float
) -> bool:  # fmt: skip
    """Whether the relaxed answer is one on the curves themselves, at its own cost: then it is the least there is."""
    whole, paid = 0.0, 0.0
    for value, curve, w, lever, x0 in zip(x, curves, weights, levers, now, strict=True):
        piece = next((p for p in curve if p.a - 1e-12 <= value <= p.b + 1e-12), None)
        if piece is None:
            return False
        part = 0.0 if piece.b == piece.a else (value - piece.a) / (piece.b - piece.a)
        whole += w * float(piece.low[0] + (piece.high[0] - piece.low[0]) * part)
        paid += (lever.fixed if abs(value - x0) > 1e-9 else 0.0) + lever.cost * abs(value - x0)
    return whole >= wanted - 1e-9 * max(1.0, abs(wanted)) and paid <= cost + 1e-9 * max(1.0, cost)
