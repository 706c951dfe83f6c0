"""What a row grants: a rate of a base, an amount of money, or another value.

Owns the three keys ``rate``, ``amount`` and ``value`` and the item ``{when, amount}`` of lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.quantity.dimension import MONEY
from kaiwu.rule.mechanism.context import MechanismContext, Part, Path, broken, choose

GRANT_KEYS = ("rate", "amount", "value")


@dataclass(frozen=True, slots=True)
class Grant:
    """The formula of a row, and its rate where it has one."""

    part: Part
    rate: Part | None = None


def read_grant(row: Entry, context: MechanismContext, base: Part | None) -> Grant:
    """Read ``rate`` (times ``base``), ``amount`` (money) or ``value`` (anything else) of a row: exactly one of them."""
    given = [key for key in GRANT_KEYS if row.data.get(key) is not None]
    if len(given) != 1:
        row.complain(
            "R-GRANT",
            "每行要写且只写一项: rate(按 base 的比例), amount(金额)或 value(其他数值)",
            "a row has exactly one of rate (share of the base), amount (money) or value (anything else)",
        )
        return Grant(broken(row.path))
    (key,) = given
    path = (*row.path, key)
    if key == "amount":
        return Grant(context.part(row.data[key], path, MONEY))
    part = context.part(row.data[key], path)
    if key == "rate":
        return _read_rate(part, context, base)
    if not part.is_broken and part.tree.dimension == MONEY:
        context.complain(path, "R-GRANT", "金额请写 amount, 不写 value", "money is written under amount, not value")
    return Grant(part)


def _read_rate(rate: Part, context: MechanismContext, base: Part | None) -> Grant:
    if base is None:
        context.complain(
            rate.path,
            "R-GRANT-BASE",
            "写了 rate 就要写 base: 按什么金额计算",
            "a rate needs a base: say what it is a share of",
        )
        return Grant(broken(rate.path))
    return Grant(context.compose(f"{rate.term} * {base.term}", rate.path, rate, base), rate)


def read_base(entry: Entry, context: MechanismContext) -> Part | None:
    """The optional ``base`` of a mechanism."""
    base = entry.data.get("base")
    return None if base is None else context.part(base, (*entry.path, "base"))


def read_otherwise(entry: Entry, context: MechanismContext) -> Part | None:
    """The optional ``otherwise`` of a mechanism."""
    otherwise = entry.data.get("otherwise")
    return None if otherwise is None else context.part(otherwise, (*entry.path, "otherwise"))


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list; ``when`` is the condition under which it counts, empty where it always does."""

    part: Part
    when: str = ""

    @property
    def or_nothing(self) -> str:
        """Its text, zero where its condition does not hold."""
        return choose([(self.when, self.part.raw)], "0") if self.when else self.part.raw


def read_items(spec: Any, context: MechanismContext, path: Path) -> list[Item]:
    """Two or more formulas, mechanisms or ``{when, amount}``, all of one dimension."""
    items = [_read_item(item, context, where) for item, where in context.items(spec, path, least=2)]
    for item in items[1:]:
        context.alike(items[0].part, item.part)
    return items


def _read_item(spec: Any, context: MechanismContext, path: Path) -> Item:
    if not isinstance(spec, dict) or "when" not in spec:
        return Item(context.part(spec, path))
    row = context.mapping(spec, path, ("when",), ("amount", "value"))
    if row is None:
        return Item(broken(path))
    when = context.condition(row.data["when"], (*path, "when"))
    return Item(read_grant(row, context, None).part, when)
