"""Mean (平均): of several formulas, or of one over the years that a declared period word names.

Every year must be known: a mean over the years that happen to be there would reward a missing bad year.
"""

from __future__ import annotations

from typing import Any

from kaiwu.rule.mechanism.context import MechanismContext, Path
from kaiwu.rule.vocabulary import PeriodKind

REQUIRED = ("of", "period")
OPTIONAL = ()


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``mean``; mistakes are recorded at their keys."""
    if isinstance(spec, list):
        return _of_list(spec, context, path)
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    of = context.part(entry.data["of"], (*path, "of"))
    words = [p.word for p in context.checker.vocabulary.periods.values() if p.kind is PeriodKind.MEAN]
    word = entry.text("period")
    if word not in words:
        listed = "、".join(words) or "(还没有声明)"
        context.complain(
            (*path, "period"),
            "R-MEAN-PERIOD",
            f"“{word}”不是平均类的年份词; 可用: {listed}; 在 periods 中这样声明: {{mean: [-1, -2, -3]}}",
            f"“{word}” is no period word for a mean; there are: {listed}; declare one under periods as {{mean: [-1, -2, -3]}}",
        )
    return f"{word} {of.text}"


def _of_list(spec: list[Any], context: MechanismContext, path: Path) -> str:
    parts = [context.part(item, where) for item, where in context.items(spec, path, least=2)]
    for part in parts[1:]:
        context.alike(parts[0], part)
    return f"({' + '.join(part.term for part in parts)}) / {len(parts)}"
