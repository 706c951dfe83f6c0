"""How far a procedure has come among the firms (覆盖面): by town and by trade, from the same cases as the list.

Owns the counts. A firm counts once for each stage group, by its newest case; firms without a town or trade stand apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kaiwu.pack.procedure_chart import Procedure
from kaiwu.web.account.models import Person
from kaiwu.web.case.models import Case
from kaiwu.web.registry.models import Firm
from kaiwu.web.wording import pick


@dataclass(frozen=True, slots=True)
class Covered:
    """One town or trade: firms, those with a case, and how many stand at which stage (in the order of the procedure)."""

    name: str
    firms: int
    covered: int
    stages: tuple[int, ...]

    @property
    def share(self) -> int | None:
        """Tenths of a per cent of the firms that have a case; ``None`` without firms."""
        return None if not self.firms else (self.covered * 1000 * 2 + self.firms) // (self.firms * 2)


def measure_coverage(person: Person, procedure: Procedure, by: str) -> list[Covered]:
    """Coverage by ``town`` or ``trade`` over the firms in reach, the largest first and a last line for all."""
    firms = dict(
        Firm.objects.visible_to(person)
        .filter(is_current=True)
        .values_list("pk", "town__name" if by == "town" else "industry")
    )
    newest = dict(
        Case.objects.visible_to(person)
        .filter(procedure=procedure.code, firm__in=list(firms))
        .order_by("pk")
        .values_list("firm", "stage")
    )
    groups: dict[str, list[int]] = {}
    for key, name in firms.items():
        groups.setdefault(name or pick("未登记", "not registered"), []).append(key)
    rows = [_count(name, keys, newest, procedure) for name, keys in groups.items()]
    rows.sort(key=lambda row: (-row.covered, -row.firms, row.name))
    return [*rows, _count(pick("合计", "All"), firms, newest, procedure)]


def _count(name: str, keys: Iterable[int], newest: Mapping[Any, str], procedure: Procedure) -> Covered:
    listed = list(keys)
    stages = Counter(newest[key] for key in listed if key in newest)
    return Covered(name, len(listed), sum(stages.values()), tuple(stages[code] for code in procedure.stages))
