"""A table from the values of a category to amounts or rates.

Owns the check that every key is a value, no value stands twice and none is forgotten. Used by ``by_value`` and
``top_up``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kaiwu.figure.variable import Variable
from kaiwu.quantity import Dimension
from kaiwu.rule.mechanism.context import MAX_ROWS, MechanismContext, Part, Path, choose


@dataclass(frozen=True, slots=True)
class ValueTable:
    """Grants by the value of a category; ``otherwise`` for the values that are not listed."""

    grants: dict[str, Part]
    otherwise: Part | None
    path: Path

    def text(self, of: str) -> str:
        """The formula for the category ``of``."""
        cases = [(_equals(of, value), part.raw) for value, part in self.grants.items()]
        if self.otherwise is None:
            return choose(cases[:-1], cases[-1][1])
        return choose(cases, self.otherwise.raw)

    def check_values(self, context: MechanismContext, of: str, variable: Variable) -> None:
        """Complain of keys that are no values of the category, of twins and of forgotten values."""
        seen: dict[int, str] = {}
        for value in self.grants:
            for code in context.members(of, value, (*self.path, value)):
                if code in seen:
                    context.complain(
                        (*self.path, value),
                        "R-TABLE-TWICE",
                        f"“{value}”与“{seen[code]}”是同一个取值",
                        f"“{value}” and “{seen[code]}” are the same value",
                    )
                seen[code] = value
        forgotten = [value for code, value in enumerate(variable.values) if code not in seen]
        if forgotten and self.otherwise is None:
            listed = "、".join(forgotten[:12])
            context.complain(
                self.path,
                "R-TABLE-OPEN",
                f"没有写这些取值怎样处理: {listed}; 请补上, 或写 otherwise",
                f"nothing is said for: {listed}; add them, or write otherwise",
            )


def read_table(
    spec: Any, context: MechanismContext, path: Path, otherwise: Part | None, dimension: Dimension | None = None
) -> ValueTable | None:
    """Read ``{value: formula}``; mistakes are recorded at their keys."""
    if not isinstance(spec, dict) or not 0 < len(spec) <= MAX_ROWS:
        context.complain(
            path,
            "R-TABLE",
            f"这里要写“取值: 金额”, 一至 {MAX_ROWS} 行",
            f"one to {MAX_ROWS} lines “value: amount” are wanted here",
        )
        return None
    grants = {value: context.part(formula, (*path, value), dimension) for value, formula in spec.items()}
    parts = [*grants.values(), *([otherwise] if otherwise else [])]
    for part in parts[1:]:
        context.alike(parts[0], part)
    return ValueTable(grants, otherwise, path)


def _equals(of: str, value: str) -> str:
    quote = '"' if "'" in value else "'"
    return f"{of} = {quote}{value}{quote}"
