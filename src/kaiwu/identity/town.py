"""Towns with their history (镇街沿革): what a town of an old address is called and belongs to on a day.

Owns reading the table of a pack and following successors through time. It holds no place itself: every row is
content. It does not own who is located where (``register``).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from kaiwu.identity.entity import (
    Code,
    Entity,
    EntityKind,
    Name,
    Relation,
    RelationKind,
    Span,
    raise_problems,
    reversed_problem,
)
from kaiwu.identity.name import normalise_name
from kaiwu.quantity.problem import KaiwuError, Problem

COLUMNS = (
    "code",
    "name",
    "kind",
    "parent",
    "valid_from",
    "valid_to",
    "successor",
    "source",
    "standing",
    "note",
)
DIVISION = "division"
"""The code system of towns, counties and cities (行政区划代码)."""

MAX_BYTES = 16 * 1024 * 1024  # every town of the country over decades stays below this

_KINDS = {
    "街道": EntityKind.TOWN,
    "镇": EntityKind.TOWN,
    "乡": EntityKind.TOWN,
    "区": EntityKind.COUNTY,
    "县": EntityKind.COUNTY,
    "县级市": EntityKind.COUNTY,
    "市": EntityKind.CITY,
    "地级市": EntityKind.CITY,
}


@dataclass(frozen=True, slots=True)
class Town(Span):
    """One row of the history (镇街的一段): what a town, county or city was from one day to another.

    ``key`` identifies it for ever: its division code, or its name where the code is unknown. ``parent``
    and ``successors`` are keys; a parent may stand outside the table. ``standing`` says how well the row
    is attested.
    """

    code: str
    name: str
    kind: str
    parent: str
    successors: tuple[str, ...]
    source: str
    standing: str
    note: str = ""

    @property
    def key(self) -> str:
        """Division code, or the name where the code is unknown."""
        return self.code or self.name


class TownHistory:
    """All rows of one table, looked up by day. Errors: ``KaiwuError`` with every problem of the table."""

    def __init__(self, rows: Iterable[Town], where: str = "towns") -> None:
        self.rows: tuple[Town, ...] = tuple(rows)
        self._by_key: dict[str, list[Town]] = defaultdict(list)
        self._by_name: dict[str, list[Town]] = defaultdict(list)
        self._ancestors: dict[str, list[Town]] = defaultdict(list)
        for row in self.rows:
            self._by_key[row.key].append(row)
            self._by_name[normalise_name(row.name)].append(row)
            for successor in row.successors:
                self._ancestors[successor].append(row)
        raise_problems(p.located(where) for p in self._find_problems())

    def at(self, town: str, day: dt.date) -> Town:
        """What a town, given by code or name of whatever time, is on a day.

        Follows successors forward and predecessors back. Raises ``KaiwuError`` where no row is known for
        the town or the day, or where a split leaves several answers: then an address is needed, not a
        guess.
        """
        rows = self._by_key.get(town) or self._by_name.get(normalise_name(town))
        if not rows:
            zh, en = "沿革表中没有这个镇街", "no such town in the history"
            raise KaiwuError(Problem("I-TOWN-UNKNOWN", zh, en, text=town))
        found = self._follow(rows, day)
        if len(found) == 1:
            return next(iter(found.values()))
        if not found:
            zh, en = f"{day} 没有这个镇街的记录", f"nothing is known of this town on {day}"
            raise KaiwuError(Problem("I-TOWN-DAY", zh, en, text=town))
        keys = ", ".join(sorted(found))
        zh = f"{day} 对应多个镇街({keys}), 请改用区划代码或按地址认定"
        en = f"several towns answer on {day} ({keys}): give the division code or decide by address"
        raise KaiwuError(Problem("I-TOWN-SEVERAL", zh, en, text=town))

    def list_children(self, parent: str, day: dt.date) -> tuple[Town, ...]:
        """The towns of a county (or counties of a city) on a day, by key."""
        held = (r for r in self.rows if r.parent == parent and r.holds_on(day))
        return tuple(sorted(held, key=lambda r: r.key))

    def list_entities(self) -> tuple[Entity, ...]:
        """One entity per key, in the order of the table, with all its names and codes over time."""
        return tuple(_make_entity(key, rows) for key, rows in self._by_key.items())

    def list_relations(self) -> Iterator[Relation]:
        """``part_of`` for parents inside the table and ``successor_of`` from the new to the old."""
        for row in self.rows:
            if row.parent in self._by_key:
                yield Relation(
                    RelationKind.PART_OF,
                    row.key,
                    row.parent,
                    source=row.source,
                    valid_from=row.valid_from,
                    valid_to=row.valid_to,
                )
            for successor in row.successors:
                if successor != row.key and row.valid_to is not None:
                    since = row.valid_to + dt.timedelta(days=1)
                    yield Relation(RelationKind.SUCCESSOR_OF, successor, row.key, source=row.source, valid_from=since)

    def _follow(self, rows: list[Town], day: dt.date) -> dict[str, Town]:
        """Rows in force on the day that are reached from these rows, by key; never forward and back again."""
        held = [r for r in rows if r.holds_on(day)]
        if held:
            return {r.key: r for r in held}
        ended = [r for r in rows if r.ended_before(day)]
        later = [r for r in rows if r.begins_after(day)]
        return {**self._walk(ended, day, is_forward=True), **self._walk(later, day, is_forward=False)}

    def _walk(self, rows: list[Town], day: dt.date, *, is_forward: bool) -> dict[str, Town]:
        found: dict[str, Town] = {}
        seen: set[int] = set()
        queue = list(rows)
        while queue:
            row = queue.pop()
            if id(row) in seen:
                continue
            seen.add(id(row))
            if row.holds_on(day):
                found[row.key] = row
            elif is_forward and row.ended_before(day):
                queue += [r for s in row.successors for r in self._by_key[s]]
            elif not is_forward and row.begins_after(day):
                queue += self._ancestors[row.key]
        return found

    def _find_problems(self) -> Iterator[Problem]:
        for rows in self._by_key.values():
            for left, right in combinations(rows, 2):
                if left.overlaps(right):
                    zh = f"两行的有效期重叠: {left.print_days()} 与 {right.print_days()}"
                    en = f"two rows hold at the same time: {left.print_days()} and {right.print_days()}"
                    yield Problem("I-TOWN-OVERLAP", zh, en, where=left.key)
        for row in self.rows:
            yield from self._find_row_problems(row)

    def _find_row_problems(self, row: Town) -> Iterator[Problem]:
        if row.is_reversed:
            yield reversed_problem(row, row.key)
        for successor in row.successors:
            if successor not in self._by_key:
                zh, en = f"继任“{successor}”不在表中", f"successor “{successor}” is not in the table"
                yield Problem("I-TOWN-SUCCESSOR", f"{zh}, 请补一行", f"{en}: add its row", where=row.key)
        if row.successors and row.valid_to is None:
            zh, en = "有继任者须填截止日", "a row with a successor needs its last day"
            yield Problem("I-TOWN-END", zh, en, where=row.key)


def _make_entity(key: str, rows: list[Town]) -> Entity:
    names = tuple(Name(r.name, valid_from=r.valid_from, valid_to=r.valid_to, source=r.source) for r in rows)
    first = [r.valid_from for r in rows]
    last = [r.valid_to for r in rows]
    days = Span(
        valid_from=None if None in first else min(d for d in first if d),
        valid_to=None if None in last else max(d for d in last if d),
    )
    code = Code(DIVISION, rows[0].code, rows[0].source, valid_from=days.valid_from, valid_to=days.valid_to)
    codes = (code,) if rows[0].code else ()
    return Entity(key, _KINDS[rows[0].kind], names, codes, rows[0].source)


def load_towns(path: Path) -> TownHistory:
    """Read a pack's table of towns (镇街沿革表): UTF-8 CSV with the columns ``COLUMNS`` in any order.

    ``successor`` may name several keys with ``;``. Days are ``2021-04-08``, blank where unknown or open;
    ``valid_to`` is the last day. Every row needs name, kind, source and standing. All problems are
    reported together.
    """
    if path.stat().st_size > MAX_BYTES:
        raise KaiwuError(Problem("I-TOWN-SIZE", "文件过大", f"larger than {MAX_BYTES} bytes", where=path.name))
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as e:
        zh, en = "不是 UTF-8, 请另存为 UTF-8", "not UTF-8: save the file as UTF-8"
        raise KaiwuError(Problem("I-TOWN-UTF8", zh, en, where=path.name)) from e
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    problems: list[Problem] = []
    missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
    if missing:
        zh, en = f"缺列: {', '.join(missing)}", f"missing columns: {', '.join(missing)}"
        raise KaiwuError(Problem("I-TOWN-COLUMN", zh, en, where=f"{path.name}:1"))
    try:
        rows = [_read_row(row, f"{path.name}:{reader.line_num}", problems) for row in reader]
    except csv.Error as e:
        zh, en = "CSV 格式错误", f"not a well-formed CSV: {e}"
        raise KaiwuError(Problem("I-TOWN-CSV", zh, en, where=f"{path.name}:{reader.line_num}")) from e
    raise_problems(problems)
    return TownHistory(rows, path.name)


def _read_row(row: dict[str, str | None], where: str, problems: list[Problem]) -> Town:
    cells = {c: (row.get(c) or "").strip() for c in COLUMNS}
    if None in row:
        zh, en = (
            "单元格比表头多, 含逗号的内容请加引号",
            "more cells than headings: quote a text that holds a comma",
        )
        problems.append(Problem("I-TOWN-CELLS", zh, en, where=where))
    for column in ("name", "kind", "source", "standing"):
        if not cells[column]:
            problems.append(Problem("I-TOWN-BLANK", f"{column} 不能为空", f"{column} is blank", where=where))
    if cells["kind"] and cells["kind"] not in _KINDS:
        zh = f"类型“{cells['kind']}”未知, 可用: {' '.join(_KINDS)}"
        en = f"unknown kind “{cells['kind']}”; use one of {' '.join(_KINDS)}"
        problems.append(Problem("I-TOWN-KIND", zh, en, where=where))
    return Town(
        cells["code"],
        cells["name"],
        cells["kind"],
        cells["parent"],
        tuple(s.strip() for s in cells["successor"].split(";") if s.strip()),
        cells["source"],
        cells["standing"],
        cells["note"],
        valid_from=_read_day(cells["valid_from"], "valid_from", where, problems),
        valid_to=_read_day(cells["valid_to"], "valid_to", where, problems),
    )


def _read_day(text: str, column: str, where: str, problems: list[Problem]) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        zh, en = f"{column} 不是日期, 请写成 2021-04-08", f"{column} is no date: write 2021-04-08"
        problems.append(Problem("I-TOWN-DATE", zh, en, where=where, text=text))
        return None
