"""The declared scale of scores (分值尺度): whole steps only, so that an order never hangs on a rounding.

Owns reading and printing a score in steps. It does not own how a score is made: a rating, a rubric or an office gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kaiwu.quantity import KaiwuError, Problem


@dataclass(frozen=True, slots=True)
class Scale:
    """Scores are whole numbers of ``step`` 分, from 0 to ``full`` 分."""

    step: Fraction
    full: Fraction

    @property
    def highest(self) -> int:
        """The full score in steps."""
        return int(self.full / self.step)

    @property
    def decimals(self) -> int:
        """Decimals that a printed score needs."""
        places = 0
        while (self.step * 10**places).denominator != 1:
            places += 1
        return places

    def count_steps(self, points: Fraction, where: str = "") -> int:
        """Points as steps. Raises ``KaiwuError`` ``A-SCORE`` where they are no whole step, or lie outside the scale."""
        steps = points / self.step
        if steps.denominator == 1 and 0 <= steps <= self.highest:
            return int(steps)
        shown = float(points)
        zh = f"得分 {shown:g} 不是 {float(self.step):g} 分的整数倍, 或不在 0 到 {float(self.full):g} 分之间; 请按规则舍入后再报"
        en = (
            f"a score of {shown:g} is no whole multiple of {float(self.step):g} from 0 to {float(self.full):g}: "
            "round it as the rule declares"
        )
        raise KaiwuError(Problem("A-SCORE", zh, en, where=where, text=str(points)))

    def print_score(self, steps: int) -> str:
        """A score, or a difference of scores, as people read it: ``83.2``."""
        size, places = abs(steps) * self.step, self.decimals
        whole = int(size * 10**places)
        text = f"{whole // 10**places}.{whole % 10**places:0{places}d}" if places else str(whole)
        return f"-{text}" if steps < 0 else text
