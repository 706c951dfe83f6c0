"""Low-yield lists by the rules of packs (低效用地清单): decides stages and ways of plots, and lays the case of blocks.

Owns the step from facts by plot to lines of the list. The rules are a pack's, the choice among their answers
``kaiwu.allot.land.renewal``'s, blocks ``kaiwu.allot.land.block``'s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kaiwu.allot.land.renewal import WAYS, Answer, Renewal, list_plot
from kaiwu.pack.decide import Decided, decide, find_scheme
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.outcome import Outcome


def list_renewals(
    facts: Mapping[str, Mapping[str, Any]], stages: str, ways: str, as_of: dt.date, roots: Sequence[Path] = ()
) -> tuple[Renewal, ...]:
    """The line of every plot, in the order of ``facts``: names of variables to values with units, by plot.

    ``stages`` and ``ways`` are schemes of clauses; their clauses stand in order of urgency. Raises ``KaiwuError`` for a way
    that is none of the five, and for mistakes in the facts.
    """
    staged = _answers(decide(stages, _only_read(facts, stages, as_of, roots), as_of=as_of, roots=roots))
    listed = {plot: facts[plot] for plot, answers in staged.items() if any(a.outcome is Outcome.PASS for a in answers)}
    opened = _answers(decide(ways, _only_read(listed, ways, as_of, roots), as_of=as_of, roots=roots)) if listed else {}
    unknown = sorted({a.code for answers in opened.values() for a in answers} - set(WAYS))
    if unknown:
        raise KaiwuError(Problem("A-RENEWAL", f"“{ways}”的条款“{unknown[0]}”不是五种方式之一: {', '.join(WAYS)}", f"clause “{unknown[0]}” of “{ways}” is none of the five ways: {', '.join(WAYS)}"))  # fmt: skip
    return tuple(list_plot(plot, staged[plot], opened.get(plot, ())) for plot in facts)


def _only_read(facts: Mapping[str, Mapping[str, Any]], scheme: str, as_of: dt.date, roots: Sequence[Path]) -> dict[str, dict[str, Any]]:  # fmt: skip
    """The facts that a scheme reads, directly or through what they derive: a plot's other facts are not its business."""
    _, compiled = find_scheme(scheme, as_of, roots)
    names = {name for need in compiled.needs() for name in (need.variable.zh, need.variable.code)}
    return {plot: {k: v for k, v in row.items() if k in names} for plot, row in facts.items()}


def _answers(decided: Decided) -> dict[str, list[Answer]]:
    out: dict[str, list[Answer]] = {}
    for decision in decided.decisions():
        out.setdefault(decision.entity, []).append(Answer(decision.item, decision.outcome, decision.reasons))
    return out


def name_stages(stages: str, as_of: dt.date, roots: Sequence[Path] = ()) -> dict[str, tuple[str, str]]:
    """The names of the stages of a scheme in both languages, by clause, in their order."""
    _, compiled = find_scheme(stages, as_of, roots)
    return {code: (zh, en) for code, (zh, en, *_) in compiled.titles().items()}
