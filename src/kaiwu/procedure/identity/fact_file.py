"""Fields of records as sources tell them (字段来源表), as a CSV; and which entity each record is.

Owns reading the sheet. Which value survives is ``kaiwu.identity.history.survivorship``.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from kaiwu.identity.history import Fact, History, Survivor, choose_survivors
from kaiwu.quantity import KaiwuError, Problem

COLUMNS = ("record", "field", "value", "source", "day")
HEADS = ("记录", "字段", "值", "来源", "日期")


def read_facts(path: Path) -> list[Fact]:
    """The facts of a sheet, headed in English or Chinese. Raises ``KaiwuError`` with every row that is none."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    head = [h.strip() for h in rows[0]] if rows else []
    places = [next((i for i, h in enumerate(head) if h in names), None) for names in zip(COLUMNS, HEADS, strict=True)]
    if None in places:
        zh = f"表头应有 {'、'.join(HEADS)}"
        raise KaiwuError(Problem("S-FACTS", zh, f"the head should have {', '.join(COLUMNS)}", where=path.name))
    facts: list[Fact] = []
    problems: list[Problem] = []
    for line, row in enumerate(rows[1:], start=2):
        record, name, value, source, day = (row[i].strip() if i is not None and i < len(row) else "" for i in places)
        try:
            on = dt.date.fromisoformat(day)
        except ValueError:
            zh, en = "日期写成 2021-04-08", "write the day as 2021-04-08"
            problems.append(Problem("S-FACTS-DAY", zh, en, where=f"{path.name}:{line}", text=day))
            continue
        facts.append(Fact(record, name, value, source, on))
    if problems:
        raise KaiwuError(problems)
    return facts


def survive(facts: Sequence[Fact], history: History, priority: Sequence[str]) -> dict[str, tuple[Survivor, ...]]:
    """The values that hold, by entity: records are taken as the entity that they are now, one without events as itself."""
    by_entity: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_entity[history.standing.of_record(fact.record) or fact.record].append(fact)
    return {entity: choose_survivors(own, priority) for entity, own in sorted(by_entity.items())}
