"""Units (计量单位): find one by what people write, combine two by ``/``, convert exactly.

Owns lookup, aliases and compounds such as 万元/亩, 吨/平方米 and 元/平方米/月. It does not own the list of
units (``unit_table.py``) nor reading numbers (``parse.py``).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache

from kaiwu.quantity.dimension import COAL, COAL_CALORIFIC, COAL_EQUIVALENT, DURATION, YEAR, Dimension
from kaiwu.quantity.problem import KaiwuError, Problem
from kaiwu.quantity.unit_table import MULTIPLIERS, SPELLINGS, STEMS, Stem

MAX_UNIT_LENGTH = 64
"""No unit that people write is longer; longer text is refused before it is looked at."""

MAX_UNIT_PARTS = 4
"""元/平方米/月 has three parts; more than four is a mistake."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit (单位): ``factor`` base units of ``dimension`` per one; ``zh``/``en`` are printed."""

    code: str
    zh: str
    en: str
    dimension: Dimension
    factor: Fraction

    def __truediv__(self, other: Unit) -> Unit:
        return Unit(
            f"{self.code}/{other.code}",
            f"{self.zh}/{other.zh}",
            f"{self.en}/{other.en}",
            self.dimension / other.dimension,
            self.factor / other.factor,
        )

    def __str__(self) -> str:
        return self.zh or self.code

    def to_base(self, amount: Fraction | int) -> Fraction:
        """Return an amount in this unit as base units of the dimension."""
        return amount * self.factor

    def from_base(self, base: Fraction | int) -> Fraction:
        """Return base units as an amount in this unit."""
        return base / self.factor


def find_unit(text: str, *, dimension: Dimension | None = None) -> Unit:
    """Find the unit (单位) that a text names: code, Chinese name, alias, or a quotient of such by ``/``.

    ``dimension`` is what a variable declares. It decides the two spellings that have several meanings: plain
    吨标煤 (equivalent or calorific value) and 年 (a duration or a calendar year). Without it they are the
    dimension ``coal`` and a duration. 分 is always the score; money cents are 分钱.

    Raises KaiwuError ``Q-UNIT-UNKNOWN``, or ``Q-UNIT-DIMENSION`` where ``dimension`` is another one.
    """
    unit = _lookup(text)
    if unit is None:
        raise KaiwuError(_unknown(text))
    if dimension is None or unit.dimension == dimension:
        return unit
    settled = settle_unit(unit, dimension)
    if settled is None:
        raise KaiwuError(dimension_problem(text, unit.dimension, dimension))
    return settled


def has_unit(text: str) -> bool:
    """Say whether ``find_unit`` would find a unit of that name."""
    return _lookup(text) is not None


def settle_unit(unit: Unit, dimension: Dimension) -> Unit | None:
    """Give a unit of two meanings the one that ``dimension`` declares; None where it has no such."""
    if unit.dimension == dimension:
        return unit
    for meant in (COAL_EQUIVALENT, COAL_CALORIFIC):
        power = unit.dimension.power_of("coal")
        if power and _replaced(unit.dimension, COAL, meant, power) == dimension:
            return _lookup("/".join(_settled_part(part, meant) for part in unit.code.split("/")))
    if unit.dimension == DURATION and unit.code == "year" and dimension == YEAR:
        return _lookup("calendar_year")
    return None


def scaled_unit(unit: Unit, multiplier: str) -> Unit | None:
    """Return the unit with 万, 亿 … in front (元 → 万元, 元/亩 → 万元/亩); None where it takes none."""
    first, slash, rest = unit.code.partition("/")
    return _lookup(f"{code}{slash}{rest}") if (code := _SCALED_CODE.get((first, multiplier))) else None


def plain_unit(unit: Unit) -> Unit:
    """Return the unit without its multiplier (万元/亩 → 元/亩); itself where it has none."""
    first, slash, rest = unit.code.partition("/")
    code, _ = _PLAIN_CODE.get(first, (first, ""))
    return _lookup(f"{code}{slash}{rest}") or unit


def scale_of(unit: Unit) -> str:
    """Return the multiplier that a unit carries: 万 for 万元 and for 万元/亩, empty for 元."""
    return _PLAIN_CODE.get(unit.code.split("/")[0], ("", ""))[1]


def known_units() -> tuple[Unit, ...]:
    """Return every simple unit (no quotients), in the order of the table."""
    return tuple(_BY_CODE.values())


def unit_spellings() -> frozenset[str]:
    """Return every folded spelling of a simple unit, for readers that look for a unit behind a number."""
    return frozenset(_BY_KEY)


def fold_unit(text: str) -> str:
    """Fold widths, spaces, traditional forms and 标准煤, so that spellings of one unit become equal."""
    for written, meant in SPELLINGS:
        text = text.replace(written, meant)
    text = "".join(unicodedata.normalize("NFKC", text).split())
    return text.replace("∕", "/").replace("⁄", "/")


def dimension_problem(text: str, found: Dimension, wanted: Dimension) -> Problem:
    """Word the problem that a text has one dimension where another is wanted; both are named."""
    return Problem(
        "Q-UNIT-DIMENSION",
        f"“{text}”是{found.zh}, 这里要{wanted.zh}; 请改用{wanted.zh}的单位",
        f"'{text}' is {found.en}, but {wanted.en} is wanted here; write it in a unit of {wanted.en}",
        text=text,
    )


@lru_cache(maxsize=4096)
def _lookup(text: str) -> Unit | None:
    if len(text) > MAX_UNIT_LENGTH:
        return None
    parts = fold_unit(text).split("/")
    found = [_lookup_simple(part) for part in parts]
    if len(parts) > MAX_UNIT_PARTS or any(unit is None for unit in found):
        return None
    units = [unit for unit in found if unit is not None]
    result = units[0]
    for unit in units[1:]:
        result = result / unit
    return result


def _lookup_simple(key: str) -> Unit | None:
    if key in _BY_KEY:
        return _BY_KEY[key]
    # KWH and Tce are typed; a single letter stays exact, because W and M are also slang for 万 and million.
    return _BY_CASELESS_KEY.get(key.casefold()) if len(key) > 1 else None


def _replaced(dimension: Dimension, old: Dimension, new: Dimension, power: int) -> Dimension:
    for _ in range(abs(power)):
        dimension = dimension / old * new if power > 0 else dimension * old / new
    return dimension


def _settled_part(code: str, meant: Dimension) -> str:
    suffix = "_eq" if meant == COAL_EQUIVALENT else "_cal"
    return code + suffix if code in _BY_CODE and _BY_CODE[code].dimension == COAL else code


def _unknown(text: str) -> Problem:
    shown = text if len(text) <= MAX_UNIT_LENGTH else text[:MAX_UNIT_LENGTH] + "…"
    near = get_close_matches(fold_unit(shown), _BY_KEY, n=3, cutoff=0.5)
    zh, en = "请写成元、万元、亩、平方米、人、%等单位", "write a unit such as 元, 万元, 亩, 平方米, 人, %"
    if near:
        zh, en = f"是否指{'、'.join(near)}?", f"did you mean {', '.join(near)}?"
    return Problem("Q-UNIT-UNKNOWN", f"不认识单位“{shown}”; {zh}", f"unknown unit '{shown}'; {en}", text=shown)


_BY_CODE: dict[str, Unit] = {}
_BY_KEY: dict[str, Unit] = {}
_BY_CASELESS_KEY: dict[str, Unit] = {}
_PLAIN_CODE: dict[str, tuple[str, str]] = {}
"""Code of a scaled unit to the code without multiplier and the multiplier."""
_SCALED_CODE: dict[tuple[str, str], str] = {}


def _register(unit: Unit, spellings: list[str]) -> None:
    _BY_CODE[unit.code] = unit
    for spelling in spellings:
        key = fold_unit(spelling)
        if key:
            # The first one wins: 年 is the duration, the calendar year comes later in the table.
            _BY_KEY.setdefault(key, unit)
            _BY_CASELESS_KEY.setdefault(key.casefold(), unit)


def _register_stem(stem: Stem) -> None:
    names = [stem.zh, *stem.aliases, stem.code]
    _register(Unit(stem.code, stem.zh, stem.en, stem.dimension, stem.factor), [*names, stem.en])
    for multiplier in stem.multipliers.split():
        times, code, en = MULTIPLIERS[multiplier]
        scaled = Unit(
            f"{code}_{stem.code}",
            multiplier + stem.zh,
            f"{en} {stem.en}",
            stem.dimension,
            stem.factor * times,
        )
        _PLAIN_CODE[scaled.code] = (stem.code, multiplier)
        _SCALED_CODE[stem.code, multiplier] = scaled.code
        _register(scaled, [scaled.code, *(multiplier + name for name in names)])


for _each in STEMS:
    _register_stem(_each)
