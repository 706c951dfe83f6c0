"""Splitting an amount to the fen (分摊): shares of funds and instalments by largest remainder.

Owns the arithmetic. Parts always sum to the whole; equal remainders go to the earlier part.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.case import Line


def apportion(amount: int, shares: Sequence[Fraction]) -> list[int]:
    """Whole fen for every share. ``shares`` sum to 1, or to anything above zero that they are taken relative to."""
    whole = sum(shares, Fraction(0))
    exact = [amount * share / whole for share in shares]
    parts = [int(e.numerator // e.denominator) for e in exact]
    order = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    assert sum(parts) == amount, "parts of an amount sum to it"
    return parts


def split_award(programme: Programme, amount: int, shares: Sequence[Fraction]) -> tuple[Line, ...]:
    """The lines of an award: every fund's share, each by instalments; a line of nothing is left out.

    A fund's lines sum to its share of the award to the fen.
    """
    instalments = [(i.code, i.share) for i in programme.instalments] or [("whole", Fraction(1))]
    lines = []
    for fund, part in zip(programme.funds, apportion(amount, shares), strict=True):
        split = apportion(part, [share for _, share in instalments])
        lines += [Line(code, fund.code, fen) for (code, _), fen in zip(instalments, split, strict=True)]
    assert sum(line.amount for line in lines) == amount, "lines sum to the award"
    order = {code: i for i, (code, _) in enumerate(instalments)}
    return tuple(sorted((line for line in lines if line.amount), key=lambda line: order[line.instalment]))
