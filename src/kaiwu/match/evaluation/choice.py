"""Choosing settings without looking at the needs that they are judged on (嵌套选择).

Owns folds and the nested choice: needs fall into five folds by the SHA-256 of their code; for each fold the variant that
is best on the other four is taken, and only its scores on the fold count. The mean is what a site can expect of the whole
procedure, choice included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """What nested choice gives: the scores of held-out needs in their order, and what was chosen for each fold."""

    scores: tuple[float, ...]
    chosen: tuple[str, ...]

    @property
    def mean(self) -> float:
        """The mean over all needs, each held out once."""
        return sum(self.scores) / len(self.scores) if self.scores else 0.0


def fold_of(code: str, folds: int = FOLDS) -> int:
    """The fold of a need; it depends on its code alone."""
    return int.from_bytes(sha256(code.encode()).digest()[:8], "big") % folds


def choose_nested(codes: Sequence[str], scores: Mapping[str, Sequence[float]], folds: int = FOLDS) -> Choice:
    """Choose among variants by their scores per need. Ties go to the variant that is named first."""
    places = [fold_of(code, folds) for code in codes]
    held_out = [0.0] * len(codes)
    chosen = []
    for fold in range(folds):
        train = [i for i, place in enumerate(places) if place != fold]
        best = max(scores, key=lambda name: sum(scores[name][i] for i in train))
        chosen.append(best)
        for i, place in enumerate(places):
            if place == fold:
                held_out[i] = scores[best][i]
    return Choice(tuple(held_out), tuple(chosen))
