"""How good a ranking is on judged pairs (指标); unjudged pairs are left out, never counted as wrong.

Owns three numbers. nDCG: K. Järvelin, J. Kekäläinen, Cumulated gain-based evaluation of IR techniques, TOIS 2002, with the
grade as gain, on the condensed list (T. Sakai, Alternatives to bpref, SIGIR 2007: what nobody judged is taken out of the
ranking first). bpref: C. Buckley, E. Voorhees, Retrieval evaluation with incomplete information, SIGIR 2004.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Discounted gain of the first ``depth`` judged offers over that of the best possible order; from 0 to 1."""
    condensed = [grades[code] for code in ranking if code in grades][:depth]
    ideal = _gain(sorted(grades.values(), reverse=True)[:depth])
    return _gain(condensed) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / log2(place + 2) for place, grade in enumerate(grades))


def bpref(ranking: Sequence[str], grades: Mapping[str, int], useful: int = 1) -> float:
    """How rarely an offer judged useless stands above one judged useful (from grade ``useful`` on); from 0 to 1."""
    wanted = sum(grade >= useful for grade in grades.values())
    useless = len(grades) - wanted
    if not wanted:
        return 0.0
    above, total = 0, 0.0
    for code in ranking:
        if code not in grades:
            continue
        if grades[code] >= useful:
            total += 1 - min(above, wanted) / min(wanted, useless) if useless else 1.0
        else:
            above += above < wanted
    return total / wanted


def judged_share(ranking: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """How much of the first ``depth`` of the whole ranking anybody judged: below a half, collect more judgements."""
    top = ranking[:depth]
    return sum(code in grades for code in top) / len(top) if top else 0.0
