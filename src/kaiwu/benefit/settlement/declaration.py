"""The settlement (兑付规则) of a rulebook as declared: an ordered list of steps and what they read.

Owns the whole of it. What all steps share is ``term``, what a kind of step means stands in its own file under ``step``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kaiwu.benefit.settlement.tally import Step
from kaiwu.rule.decision import Need, Source
from kaiwu.rule.program import Program


@dataclass(frozen=True, slots=True)
class Settlement:
    """The declared order (结算顺序) of one rulebook, checked: what ``settle`` carries out."""

    scheme: str
    family: str
    version: str
    zh: str
    en: str
    article: str
    standing: str
    document: Source
    clauses: tuple[str, ...]
    clause_titles: Mapping[str, tuple[str, str, str]]
    steps: tuple[Step, ...]
    program: Program = field(default_factory=Program)
    needs: tuple[Need, ...] = ()
    replaces: tuple[str, ...] = ()
    columns_from: Mapping[str, str] = field(default_factory=dict)

    def columns(self) -> tuple[str, ...]:
        """Columns of the claims beside the standard ones, in order of first use."""
        slots = [need.slot for need in self.needs if need.slot not in self.columns_from.values()]
        return tuple(dict.fromkeys([c for step in self.steps for c in step.columns()] + slots))
