"""Per unit (按量计): so much for each unit counted, or for each full step of a quantity (每满)."""

from __future__ import annotations

from typing import Any

from kaiwu.rule.mechanism.context import MechanismContext, Part, Path

REQUIRED = ("count", "each")
OPTIONAL = ("every", "remainder")
REMAINDERS = {"dropped": "舍去", "full": "进位"}


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``per_unit``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    count = context.part(entry.data["count"], (*path, "count"))
    each = context.part(entry.data["each"], (*path, "each"))
    if entry.data.get("every") is None:
        if entry.data.get("remainder") is not None:
            entry.complain(
                "R-PER-UNIT", "没有 every, remainder 无从适用", "remainder without every means nothing", "remainder"
            )
        _check_cancels(count, each, context)
        return f"{count.term} * {each.term}"
    every = context.bound(count, entry.data["every"], (*path, "every"))
    if every.constant is not None and every.constant <= 0 and not every.is_broken:
        context.complain((*path, "every"), "R-PER-UNIT", "every 要大于零", "every must be above zero")
    if entry.data.get("remainder") is None:
        entry.complain(
            "F-KEY-MISSING",
            "缺少“remainder”: 不足一份的, 写 dropped(不计)或 full(按一份计)",
            "“remainder” is missing: write dropped or full for a part of a step",
        )
    rounding = REMAINDERS[entry.choice("remainder", REMAINDERS, "dropped")]
    return f"{rounding}({count.raw}, {every.raw}) / {every.text} * {each.term}"


def _check_cancels(count: Part, each: Part, context: MechanismContext) -> None:
    """``20万元`` for each of 3 家 must be written ``20万元/家``, or the product is no money."""
    product = context.compose(f"{count.term} * {each.term}", each.path, count, each)
    if product.is_broken:
        return
    left = product.tree.dimension
    if any(power > 0 and left.power_of(name) > 0 for name, power in count.tree.dimension.powers):
        what = count.tree.dimension
        context.complain(
            each.path,
            "R-PER-UNIT",
            f"“{each.raw}”没有写明每多少{what.zh}; 请写成如 20万元/家、350元/吨 的单位, 或写 every",
            f"“{each.raw}” does not say per how much {what.en}: write a unit such as 20万元/家 or 350元/吨, or use every",
        )
