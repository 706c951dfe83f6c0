"""Completeness (名单完整性): the classes sum to the scope, or the list is refused with the names of the rest.

Owns the check of results and of printed tables. It publishes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.standing import STATUSES, Status
from kaiwu.rule.decision import Result

NAMES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Completeness:
    """Counts of a complete list: by status, and by class among those rated or vetoed (``""``: no class table)."""

    population: int
    statuses: Mapping[str, int]
    classes: Mapping[str, int]

    @property
    def is_final(self) -> bool:
        """Whether nobody is pending."""
        return not self.statuses.get(Status.PENDING.value)


def check_complete(result: Result, population: Iterable[str]) -> Completeness:
    """Check that everybody has exactly one status, and every rated or vetoed one its class where there are classes.

    Raises ``KaiwuError`` naming who is missing, who is there twice, who is not of the population, who lacks a class.
    """
    table = result.decisions
    wanted, found = list(population), table["entity"].to_list()
    counted, members = Counter(found), set(wanted)
    classed = table.filter(pl.col("status").is_in([Status.RATED.value, Status.VETOED.value]))
    has_classes = bool(classed["class"].is_not_null().any())
    groups = (
        ("S-LIST-MISSING", "名单缺少", "the list lacks", [e for e in wanted if e not in counted]),
        ("S-LIST-TWICE", "名单重复", "the list has twice", [e for e, n in counted.items() if n > 1]),
        ("S-LIST-STRANGER", "名单多出", "the list has beyond the population", [e for e in counted if e not in members]),
        ("S-LIST-STATUS", "没有状态", "no status for",
         table.filter(~pl.col("status").is_in([s.value for s in STATUSES]))["entity"].to_list()),
        ("S-LIST-CLASS", "没有档次", "no class for",
         classed.filter(pl.col("class").is_null())["entity"].to_list() if has_classes else []),
    )  # fmt: skip
    problems = [_problem(code, zh, en, names) for code, zh, en, names in groups if names]
    if problems:
        raise KaiwuError(problems)
    by_class = Counter(classed["class"].fill_null("").to_list())
    return Completeness(len(wanted), dict(Counter(table["status"].to_list())), dict(by_class))


def check_counts(scope: int, counts: Mapping[str, int]) -> None:
    """Check a printed table: its classes must sum to its scope. Raises ``KaiwuError`` with the number unexplained."""
    total = sum(counts.values())
    if total != scope:
        listed = " + ".join(f"{name} {n}" for name, n in counts.items())
        raise KaiwuError(
            Problem(
                "S-LIST-SUM",
                f"各档合计 {total}({listed}), 范围内 {scope}, 差 {abs(scope - total)} 未说明; 请逐一列明",
                f"the classes sum to {total} ({listed}) but the scope is {scope}: {abs(scope - total)} are unexplained; name them",
            )
        )


def _problem(code: str, zh: str, en: str, names: list[str]) -> Problem:
    shown = "、".join(names[:NAMES_SHOWN]) + (f" … ({len(names)})" if len(names) > NAMES_SHOWN else "")
    return Problem(code, f"{zh}: {shown}; 名单不能发布", f"{en}: {shown}; the list cannot be published")
