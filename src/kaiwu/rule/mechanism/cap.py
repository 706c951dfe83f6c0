"""Caps and floors (封顶/起付): one amount held within limits, always in the same order.

First ``only_above`` (只补超出部分), then ``nothing_below`` (起付), then ``at_least`` (保底), then ``at_most`` (封顶). Where a
clause means another order, one ``capped`` stands inside another.
"""

from __future__ import annotations

from typing import Any

from kaiwu.rule.mechanism.context import MechanismContext, Part, Path

REQUIRED = ("of",)
OPTIONAL = ("only_above", "nothing_below", "at_least", "at_most")


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``capped``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    given = [key for key in OPTIONAL if entry.data.get(key) is not None]
    if not given:
        listed = ", ".join(OPTIONAL)
        entry.complain("R-CAPPED", f"至少写一项限制: {listed}", f"write at least one limit: {listed}")
    of = context.part(entry.data["of"], (*path, "of"))
    limits = {key: context.part(entry.data[key], (*path, key)) for key in given}
    for limit in limits.values():
        context.alike(of, limit)
    _check_order(limits, context)
    text = of.raw
    for key in given:
        text = _STEPS[key](text, limits[key].raw, limits[key].term)
    return text


def _check_order(limits: dict[str, Part], context: MechanismContext) -> None:
    low, high = (limits[key].constant if key in limits else None for key in ("at_least", "at_most"))
    if low is not None and high is not None and low > high:
        context.complain(
            limits["at_least"].path,
            "R-CAPPED-ORDER",
            f"保底 {limits['at_least'].raw} 高于封顶 {limits['at_most'].raw}",
            f"the least, {limits['at_least'].raw}, is above the most, {limits['at_most'].raw}",
        )


_STEPS = {
    "only_above": lambda amount, raw, term: f"较大值({amount} - {term}, 0)",
    "nothing_below": lambda amount, raw, term: f"如果({amount} < {raw}, 0, {amount})",
    # What is nothing stays nothing: 不足 1 万元的按 1 万元 speaks of those who get something.
    "at_least": lambda amount, raw, term: f"如果({amount} > 0, 较大值({amount}, {raw}), 0)",
    "at_most": lambda amount, raw, term: f"较小值({amount}, {raw})",
}
