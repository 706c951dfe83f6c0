"""Files of the reserve pool (项目库文件): steps and scores from CSV, with the row of every mistake.

Owns the columns. What they mean is ``kaiwu.allot.pool``'s.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kaiwu.allot.pool.stage import STAGES, Project, Step, check_steps
from kaiwu.quantity import KaiwuError, Problem, parse_quantity
from kaiwu.quantity.dimension import MONEY

STEP_COLUMNS = ("project", "stage", "day", "document", "by", "investment")
SCORE_COLUMNS = ("project", "score", "member")


def read_steps(path: Path) -> tuple[Step, ...]:
    """Steps of projects: ``day`` as 2025-05-31, ``investment`` with its unit (``3.2亿元``). Raises ``KaiwuError`` with every
    wrong row, and for steps that cannot follow one another."""
    steps: list[Step] = []
    problems: list[Problem] = []
    for where, row in _rows(path, STEP_COLUMNS):
        try:
            amount = parse_quantity(row["investment"], dimension=MONEY).base
            steps.append(Step(row["project"], row["stage"], dt.date.fromisoformat(row["day"]), row["document"], row["by"], amount.numerator // amount.denominator))  # fmt: skip
        except KaiwuError as error:
            problems += [p.located(where) for p in error.problems]
        except ValueError:
            problems.append(Problem("A-POOL-ROW", f"日期“{row['day']}”读不出; 请写 2025-05-31", f"the date “{row['day']}” cannot be read: write 2025-05-31", where=where))  # fmt: skip
    if problems:
        raise KaiwuError(problems)
    ordered = sorted(steps, key=lambda s: (s.day, s.project, list(STAGES).index(s.stage) if s.stage in STAGES else 0))
    check_steps(ordered, {s.project: Project(s.project, "", "internal", 0) for s in steps})
    return tuple(ordered)


def read_scores(path: Path) -> tuple[dict[str, int | None], frozenset[str]]:
    """Scores in whole steps (blank: missing) and who is in the pool now (``member``: 是 or 否)."""
    scores: dict[str, int | None] = {}
    members: set[str] = set()
    problems: list[Problem] = []
    for where, row in _rows(path, SCORE_COLUMNS):
        text, member = row["score"].strip(), row["member"].strip()
        if text and not text.lstrip("-").isdigit():
            problems.append(Problem("A-POOL-ROW", f"得分“{text}”不是整数; 请按评分尺度写整数", f"the score “{text}” is no whole number of the scale", where=where))  # fmt: skip
            continue
        if member not in ("是", "否"):
            problems.append(Problem("A-POOL-ROW", f"在库“{member}”只能写 是 或 否", f"member “{member}” must be 是 or 否", where=where))  # fmt: skip
            continue
        scores[row["project"]] = int(text) if text else None
        members |= {row["project"]} if member == "是" else set()
    if problems:
        raise KaiwuError(problems)
    return scores, frozenset(members)


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Rows with their places. Raises ``KaiwuError`` where a column is missing or the file cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            absent = [c for c in columns if c not in (reader.fieldnames or ())]
            if absent:
                raise KaiwuError(Problem("A-POOL-ROW", f"缺少列 {', '.join(absent)}; 需要 {', '.join(columns)}", f"columns {', '.join(absent)} are missing; wanted: {', '.join(columns)}", where=path.name))  # fmt: skip
            for number, row in enumerate(reader, 2):
                yield f"{path.name}:{number}", {c: row[c] or "" for c in columns}
    except (OSError, UnicodeDecodeError) as error:
        raise KaiwuError(Problem("A-POOL-ROW", f"读不了文件: {error}", f"the file cannot be read: {error}", where=str(path))) from None  # fmt: skip
