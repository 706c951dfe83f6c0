"""Screens of amounts (筛查): round numbers and leading digits. Hints only; integers only.

Owns the two screens. Firms have good reasons for round contracts, and few amounts follow no law: nothing follows from a hint.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from kaiwu.pack.programme import CheckRule, Programme
from kaiwu.procedure.claim.case import Case
from kaiwu.procedure.claim.finding import Exhibit, Finding
from kaiwu.procedure.claim.surroundings import Surroundings

BENFORD = (30103, 17609, 12494, 9691, 7918, 6695, 5799, 5115, 4576)
"""log10(1 + 1/d) in 10^-5 for the digits 1 to 9 (Benford 1938)."""
CHI_SQUARE = Fraction(2009, 100)
"""Chi-square with 8 degrees of freedom at 1 %."""
STEP = 1_000_000  # 1万元, where the programme declares none
LEAST_AMOUNTS = 5
LEAST_DIGITS = 30  # fewer amounts follow no law
MOST_ROUND = Fraction(4, 5)


def _amounts(case: Case, around: Surroundings) -> list[tuple[str, int]]:
    """Invoices of the firm over all its claims, this one included, each once."""
    cases = [c for c in around.by_firm.get(case.firm, ()) if c.number != case.number]
    found = {i.key: (f"{c.number}:{i.number}", i.total) for c in (*cases, case) for i in c.invoices}
    return list(found.values())


def screen_round_numbers(programme: Programme, case: Case, rule: CheckRule, around: Surroundings) -> Iterator[Finding]:
    """Most of a firm's invoices are round."""
    amounts = _amounts(case, around)
    step = rule.step or STEP
    round_ones = [(ref, fen) for ref, fen in amounts if fen % step == 0]
    most = MOST_ROUND if rule.share is None else rule.share
    if len(amounts) >= (rule.at_least or LEAST_AMOUNTS) and len(round_ones) >= most * len(amounts):
        zh = f"{len(amounts)} 张发票中 {len(round_ones)} 张为整数"
        en = f"{len(round_ones)} of {len(amounts)} invoices are round"
        exhibits = tuple(Exhibit("invoice", ref, ref, ref) for ref, _ in round_ones[:20])
        yield Finding(rule.code, "hint", zh, en, exhibits)


def screen_leading_digits(programme: Programme, case: Case, rule: CheckRule, around: Surroundings) -> Iterator[Finding]:
    """Leading digits of a firm's invoices that stray far from Benford's law."""
    amounts = _amounts(case, around)
    if len(amounts) < max(rule.at_least, LEAST_DIGITS):
        return
    counts = Counter(str(fen)[0] for _, fen in amounts)
    strayed = benford_distance([counts[str(d)] for d in range(1, 10)])
    if strayed > CHI_SQUARE:
        zh = f"{len(amounts)} 张发票的首位数字分布反常"
        en = f"the leading digits of {len(amounts)} invoices are unusual"
        digits = ", ".join(f"{d}: {counts[str(d)]}" for d in range(1, 10))
        yield Finding(rule.code, "hint", zh, en, (Exhibit("row", "digits", digits, digits),))


def benford_distance(counts: list[int]) -> Fraction:
    """Chi-square of nine counts against Benford's law, exactly."""
    n = sum(counts)
    expected = [Fraction(n * share, sum(BENFORD)) for share in BENFORD]
    return sum(((c - e) ** 2 / e for c, e in zip(counts, expected, strict=True)), Fraction(0)) if n else Fraction(0)
