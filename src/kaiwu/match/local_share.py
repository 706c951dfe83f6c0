"""The local share (本地配套率) of a bill of needs: today, if every invitation succeeded, and by what was signed.

Owns the three numbers. Each is a quotient of two sums of fen over the same needs; what is not known is counted beside it and stands in neither
sum, so that anybody can take the number apart again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.match.record import Match, Need

BUDGET, PRESENT_PLACE = "need_budget", "present_place"
"""Attributes of a need: its amount, and the administrative code of the place of its present supplier."""


@dataclass(frozen=True, slots=True)
class LocalShare:
    """Fen of ``total`` that are bought locally: ``before`` today, ``possible`` where every need with a local invitation went there,
    ``signed`` where a local contract was signed. ``unknown`` needs lack the amount or the place of the present supplier."""

    needs: int
    unknown: int
    total: int
    before: int
    possible: int
    signed: int
    won: tuple[str, ...]  # needs bought elsewhere today for which a local supplier is invited

    def share(self, part: int) -> Fraction | None:
        """A part of the total; ``None`` where nothing is known."""
        return Fraction(part, self.total) if self.total else None

    def tell(self) -> tuple[str, str]:
        """The three shares in one sentence."""
        if not self.total:
            return (
                "需求都没有金额或现供应商所在地, 算不出本地配套率",
                "no need states its amount and present supplier's place: no local share",
            )
        before, possible, signed = (
            f"{float(Fraction(p, self.total)):.1%}" for p in (self.before, self.possible, self.signed)
        )
        return (
            f"本地配套率: 现在 {before}, 邀请全部成功最多 {possible}, 按已签约 {signed}; {self.needs - self.unknown} 项需求有数, {self.unknown} 项缺数据",
            f"local share: {before} today, {possible} at most if every invitation succeeds, {signed} by contracts; {self.needs - self.unknown} needs known, {self.unknown} not",
        )  # fmt: skip


def count_local_share(
    needs: Sequence[Need],
    invited: Mapping[str, Sequence[Match]],
    local: Sequence[str],
    signed: Mapping[str, Collection[str]] | None = None,
) -> LocalShare:
    """The local share over a bill of needs. ``local``: leading digits of local places; ``signed``: places of signed suppliers by need.

    A need counts as local after an invitation where one invited supplier stands in a local place.
    """
    prefixes = tuple(local)
    total = before = possible = reached = unknown = 0
    won = []
    for need in needs:
        amount, place = need.fields.get(BUDGET), need.fields.get(PRESENT_PLACE)
        if not isinstance(amount, int) or not isinstance(place, str) or not place:
            unknown += 1
            continue
        is_local = place.startswith(prefixes)
        can_be = any(
            match.offer.place.startswith(prefixes) for match in invited.get(need.code, ()) if match.offer.place
        )
        places = (signed or {}).get(need.code)
        total += amount
        before += amount * is_local
        possible += amount * (is_local or can_be)
        reached += amount * (is_local if not places else any(p.startswith(prefixes) for p in places))
        if can_be and not is_local:
            won.append(need.code)
    return LocalShare(len(needs), unknown, total, before, possible, reached, tuple(won))
