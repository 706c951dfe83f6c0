"""Heads of columns (表头) as bureaus write them: names with a unit in brackets and a year before or behind.

Owns folding a head into a comparable name and taking units and periods out of it. It does not know which
names are declared (``binding``) nor which rows are heads (``layout``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from kaiwu.quantity.period import Period
from kaiwu.quantity.period_text import parse_period
from kaiwu.quantity.problem import KaiwuError
from kaiwu.quantity.unit import Unit, find_unit, has_unit

MAX_HEAD_CHARS = 200
"""A head is a name; a longer text is a remark or a paragraph."""

_BRACKETS = str.maketrans("[]{}【】〔〕〖〗「」", "()()()()()()")
_NUMBERING = re.compile(
    r"^(?:\((?:[0-9]{1,2}|[一二三四五六七八九十]+)\)|(?:[0-9]{1,2}|[一二三四五六七八九十]+)[、.](?![0-9]))"
)
_UNIT_WORD = re.compile(r"^(?:计量|数据|金额|货币)?单位:?")
_UNIT_TAIL = re.compile(r"[,:;]([^,:;()]+)$")
_UNIT_LINE = re.compile(r"(?:^|[(,;\s])(?:计量|数据|金额|货币)?单位:([^()\n]*)")
_YEAR = r"(?:19|20)[0-9]{2}"
_PART = (
    r"(?:0?1月?(?:-|—|–|~|至|到)+[0-9]{1,2}月份?|[0-9]{1,2}月份?[末底]?|上半年|下半年|第?[一二三四1-4]季度?"
    r"|前[0-9一二三四五六七八九十]+个?月|前[1-4一二三四]个?季度|全年|[末底])"
)
_YEAR_RANGE = re.compile(rf"({_YEAR})年?度?[-—–~至到、和/]+({_YEAR})年")
_PERIOD = re.compile(
    rf"{_YEAR}年[0-9]{{1,2}}月[0-9]{{1,2}}[日号]|{_YEAR}年度?{_PART}?|{_YEAR}-?[QH][1-4]|{_YEAR}-[0-9]{{2}}-[0-9]{{2}}|{_YEAR}-[0-9]{{2}}(?![0-9])|{_YEAR}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HeadReading:
    """One way to read a head: a folded name with the unit and the period that were taken out of it.

    ``years_back`` counts from ``code@-1``. ``cut`` is how much was taken out; the more literal reading wins.
    """

    name: str
    unit: Unit | None = None
    period: Period | None = None
    years_back: int = 0
    cut: int = 0


@lru_cache(maxsize=8192)
def fold_head(text: str) -> str:
    """The form in which heads and names are compared (表头归一): widths, blanks, brackets, case, numbering.

    ``１、 营业收入 （万元）*`` → ``营业收入(万元)``.
    """
    folded = "".join(unicodedata.normalize("NFKC", text[:MAX_HEAD_CHARS]).split()).translate(_BRACKETS)
    folded = "".join(c for c in folded if unicodedata.category(c) != "Cf").casefold()
    folded = folded.strip("*:").removeprefix("*")
    stripped = _NUMBERING.sub("", folded)
    return stripped or folded


def read_head(text: str) -> list[HeadReading]:
    """Every way to read one head, the most literal first; the caller keeps those whose name is declared.

    ``2023年营业收入(万元)`` gives the whole text, the text without 万元, without 2023年, and without both.
    """
    folded = fold_head(text)
    found = {HeadReading(folded)}
    found |= {cut for reading in list(found) for cut in _cut_units(reading)}
    found |= {cut for reading in list(found) for cut in _cut_periods(reading)}
    found |= {cut for reading in list(found) for cut in _cut_units(reading)}
    return sorted(found, key=lambda r: (r.cut, r.name))


def read_unit_text(text: str) -> Unit | None:
    """The unit that a whole text names (``万元``, ``单位:万元``), else None."""
    body = _UNIT_WORD.sub("", _strip_brackets(fold_head(text)))
    return find_unit(body) if body and has_unit(body) else None


def read_period_text(text: str, *, is_bare_year: bool = False) -> Period | None:
    """The period that a whole text names, else None; a bare ``2024`` counts only with ``is_bare_year``."""
    folded = _strip_brackets(fold_head(text))
    if not _PERIOD.fullmatch(folded) or (folded.isdecimal() and not is_bare_year):
        return None
    return _try_period(folded)


def find_units(line: str) -> list[Unit]:
    """Units that a line above the table declares: ``单位：万元``, ``计量单位：万元、人``."""
    folded = unicodedata.normalize("NFKC", line)
    listed = [re.split(r"[、,;/和]", m[1]) if "/" not in m[1] else [m[1]] for m in _UNIT_LINE.finditer(folded)]
    words = ["".join(word.split()) for words in listed for word in words]
    return [find_unit(word) for word in words if word and has_unit(word)]


def find_periods(line: str) -> list[Period]:
    """Periods that occur in a title; the day on which a form was filled is none, 2023-2024年 are two."""
    folded = "".join(unicodedata.normalize("NFKC", line).split())
    folded = re.sub(r"(?:填报|填表|制表|打印|导出|报出|编制|更新)(?:日期|时间)?:?.*", "", folded)
    ranges = [year for m in _YEAR_RANGE.finditer(folded) for year in m.groups()]
    found = [_try_period(m[0]) for m in _PERIOD.finditer(folded) if not m[0].isdecimal()]
    found += map(_try_period, ranges)
    return [period for period in found if period is not None]


def _cut_units(reading: HeadReading) -> list[HeadReading]:
    """Take out each bracket, or tail behind a comma or colon, that is a unit."""
    spans = [*_find_brackets(reading.name), *((m.start(), m.end()) for m in _UNIT_TAIL.finditer(reading.name))]
    cuts = []
    for start, end in spans:
        unit = read_unit_text(reading.name[start:end].lstrip(",:;"))
        if unit is not None and reading.unit in (None, unit):
            rest = reading.name[:start] + reading.name[end:]
            cuts.append(HeadReading(rest, unit, reading.period, reading.years_back, reading.cut + end - start))
    return cuts


def _cut_periods(reading: HeadReading) -> list[HeadReading]:
    """Take out a period at the beginning, at the end, or in brackets, at every length that is one."""
    name = reading.name
    spans = [(m.start(), m.end()) for m in _PERIOD.finditer(name) if m.start() == 0 or m.end() == len(name)]
    spans += [(0, end) for end in range(4, min(len(name), 16)) if _PERIOD.fullmatch(name, 0, end)]
    spans += [(a, b) for a, b in _find_brackets(name) if _PERIOD.fullmatch(name, a + 1, b - 1)]
    cuts = []
    for start, end in dict.fromkeys(spans):
        period = _try_period(_strip_brackets(name[start:end]))
        rest = name[:start] + name[end:]
        # 2023 before a digit or a month is part of a longer period, not a year of its own.
        if period is not None and rest and not rest[0].isdecimal():
            cuts.append(HeadReading(rest, reading.unit, period, 0, reading.cut + end - start))
    if back := re.fullmatch(r"(.+?)@-([0-9])", name):
        cuts.append(HeadReading(back[1], reading.unit, None, int(back[2]), reading.cut + 3))
    return cuts


def _strip_brackets(text: str) -> str:
    """The inside of a text that is one bracket, else the text."""
    return text[1:-1] if _find_brackets(text) == [(0, len(text))] else text


def _find_brackets(name: str) -> list[tuple[int, int]]:
    """Outer balanced brackets as (start, end)."""
    spans, depth, start = [], 0, 0
    for at, char in enumerate(name):
        if char == "(":
            start = at if depth == 0 else start
            depth += 1
        elif char == ")" and depth:
            depth -= 1
            if depth == 0:
                spans.append((start, at + 1))
    return spans


@lru_cache(maxsize=1024)
def _try_period(text: str) -> Period | None:
    try:
        return parse_period(text)
    except KaiwuError:
        return None
