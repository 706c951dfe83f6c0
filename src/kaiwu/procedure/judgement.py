"""Judged pairs and permits as files (判定文件): needs and offers as JSON lines, grades as a tab-separated table.

Owns the forms of the files. What is done with them is ``kaiwu.match.evaluation``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kaiwu.match.evaluation import JudgedNeed, Judgements
from kaiwu.match.stage import Permit
from kaiwu.match.text import FieldText
from kaiwu.quantity import KaiwuError, Problem

CODE_KEYS = ("code", "need_id", "result_id", "offer_id")
MAX_GRADE = 3


def read_judgements(needs: Path, offers: Path, grades: Path) -> Judgements:
    """Read the three files. Raises ``KaiwuError`` with every line that is wrong.

    ``needs`` and ``offers`` hold one JSON object a line: ``code`` (or ``need_id``, ``result_id``, ``offer_id``), ``title``
    or ``title_keywords``, ``text``. ``grades`` has three columns: need, offer, grade 0 to 3; the first line is a head.
    """
    problems: list[Problem] = []
    need_texts, offer_texts = (_read_texts(path, problems) for path in (needs, offers))
    found: dict[str, dict[str, int]] = {}
    for where, (need, offer, grade) in _read_rows(grades, problems):
        if need not in need_texts or offer not in offer_texts:
            zh, en = f"没有这个需求或供给: {need}, {offer}", f"no such need or offer: {need}, {offer}"
            problems.append(Problem("M-JUDGED-UNKNOWN", zh, en, where=where))
        elif not grade.isdecimal() or int(grade) > MAX_GRADE:
            zh, en = f"等级要写 0 到 {MAX_GRADE}", f"the grade must be 0 to {MAX_GRADE}"
            problems.append(Problem("M-JUDGED-GRADE", zh, en, where=where, text=grade))
        else:
            found.setdefault(need, {})[offer] = int(grade)
    if problems:
        raise KaiwuError(problems)
    return Judgements(
        tuple(JudgedNeed(code, text, found.get(code, {})) for code, text in need_texts.items()), offer_texts
    )


def write_permit(path: Path, permit: Permit) -> None:
    """Keep a permit."""
    path.write_text(json.dumps(asdict(permit), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_permit(path: Path) -> Permit:
    """Read a permit. Raises ``KaiwuError`` ``M-PERMIT`` where the file is none."""
    try:
        data = json.loads(path.read_text("utf-8"))
        return Permit(str(data["stage"]), str(data["judgements"]), int(data["needs"]), int(data["low"]))
    except (ValueError, KeyError, TypeError) as error:
        zh, en = (
            "不是准用文件; 请用 kaiwu match evaluate --permit 重新生成",
            "no permit: make one with kaiwu match evaluate --permit",
        )
        raise KaiwuError(Problem("M-PERMIT", zh, en, where=path.name)) from error


def _read_texts(path: Path, problems: list[Problem]) -> dict[str, FieldText]:
    found: dict[str, FieldText] = {}
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            data = json.loads(line)
            code = next(str(data[key]) for key in CODE_KEYS if key in data)
        except (ValueError, TypeError, StopIteration):
            zh, en = "每行要写一个 JSON 对象, 有 code 和 title", "each line must be a JSON object with code and title"
            problems.append(Problem("M-JUDGED-LINE", zh, en, where=where))
            continue
        if code in found:
            problems.append(
                Problem("M-JUDGED-TWICE", f"编号“{code}”重复", f"the code “{code}” occurs twice", where=where)
            )
        found[code] = FieldText(_title(data), str(data.get("text") or ""))
    return found


def _title(data: dict[str, Any]) -> str:
    words = data.get("title_keywords")
    return "".join(map(str, words)) if isinstance(words, list) else str(data.get("title") or "")


def _read_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), start=1):
        cells = line.split("\t")
        if number == 1 or not line.strip():
            continue
        if len(cells) == 3:
            yield f"{path.name}:{number}", (cells[0].strip(), cells[1].strip(), cells[2].strip())
        else:
            zh, en = "每行三列: 需求、供给、等级, 以制表符分隔", "three columns separated by tabs: need, offer, grade"
            problems.append(Problem("M-JUDGED-LINE", zh, en, where=f"{path.name}:{number}"))
