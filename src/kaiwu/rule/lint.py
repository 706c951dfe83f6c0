"""Lint (规则体检): everything that can be said about rules without deciding anybody.

Owns the round through all inspections and what concerns a pack as a whole: owners, unused variables, and rules that nobody
or everybody meets. The inspections themselves are the modules ``lint_*``. Nothing here refuses a pack: errors of content
that stop loading are found when it is loaded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import polars as pl

from kaiwu.figure.variable import Variable
from kaiwu.rule import expression as x
from kaiwu.rule.lint_condition import inspect_condition
from kaiwu.rule.lint_finding import Finding, LintItem, make_finding
from kaiwu.rule.lint_phrase import ERROR, NOTE, SEVERITIES, WARNING
from kaiwu.rule.lint_scale import inspect_scale
from kaiwu.rule.lint_text import inspect_text, undeclared_edges
from kaiwu.rule.lint_tier import Scale, Tier, inspect_chains, inspect_tiers
from kaiwu.rule.outcome import Outcome

__all__ = [
    "ERROR",
    "NOTE",
    "WARNING",
    "Finding",
    "LintItem",
    "Scale",
    "Tier",
    "inspect_tiers",
    "lint_rules",
    "undeclared_edges",
]


def lint_rules(
    items: Sequence[LintItem],
    catalogue: Iterable[Variable],
    facts: pl.DataFrame | None = None,
    *,
    used: Collection[str] = (),
) -> list[Finding]:
    """Inspect rules and their variables; worst findings first, each said once.

    ``catalogue`` holds all variables of the packs. ``facts`` is a population: one Int64 column of stored integers for each
    slot, with which constants are compared. ``used`` names variables that something else than these rules needs.
    """
    found: list[Finding] = []
    for item in items:
        found += inspect_text(item)
        if item.tree is not None:
            found += inspect_scale(item, item.tree, facts)
        if isinstance(item.tree, x.Bool):
            found += inspect_condition(item, item.tree)
        elif isinstance(item.tree, x.Num):
            found += inspect_chains(item, item.tree, _medians(item.tree, facts))
        found += inspect_counts(item)
    found += inspect_variables(items, catalogue, used)
    return sorted(_once(found), key=lambda f: SEVERITIES.index(f.severity))


def inspect_counts(item: LintItem) -> Iterator[Finding]:
    """Rules that nobody or everybody of a population meets, and rules for which nobody has the figures."""
    counts = item.counts or {}
    passed, failed = counts.get(Outcome.PASS, 0), counts.get(Outcome.FAIL, 0)
    total, known = sum(counts.values()), passed + failed
    if total and not known and not counts.get(Outcome.HUMAN, 0):
        yield make_finding("L-NO-DATA", item, total=total)
    elif known and not passed:
        yield make_finding("L-NOBODY", item, known=known)
    elif known and known == total and not failed:
        yield make_finding("L-EVERYBODY", item, known=known)


def inspect_variables(
    items: Sequence[LintItem], catalogue: Iterable[Variable], used: Collection[str] = ()
) -> Iterator[Finding]:
    """Variables without an owner that some rule reads, and variables that no rule reads."""
    read = {ref.variable.code for item in items if item.tree is not None for ref in x.slots_of(item.tree).values()}
    read |= set(used)
    for variable in catalogue:
        name = (variable.zh, variable.en or variable.code)
        where = variable.where or variable.code
        if variable.code not in read:
            yield make_finding("L-UNUSED", None, where, name=name)
        elif not variable.owner:
            yield make_finding("L-OWNER", None, where, name=name)


def _medians(tree: x.Num, facts: pl.DataFrame | None) -> dict[str, int]:
    """The stored median of every figure of a formula that the population knows."""
    if facts is None:
        return {}
    columns = {slot: facts[slot].drop_nulls().sort() for slot in x.slots_of(tree) if slot in facts.columns}
    return {slot: int(values[len(values) // 2]) for slot, values in columns.items() if len(values)}


def _once(found: Iterable[Finding]) -> list[Finding]:
    return list({(f.code, f.where, f.zh): f for f in found}.values())
