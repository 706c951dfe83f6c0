"""Dimensions (量纲): what kind of thing a number measures, and which kinds may be compared.

Owns the base dimensions, their products and quotients, and their names in Chinese and English. It does not
own units; see ``unit.py``. Every base dimension has one base unit, in which values are exact rationals:

==================  ================  ==================  ================
dimension           base unit         dimension           base unit
==================  ================  ==================  ================
money               fen 分            item                1 件/项/个/台
area                10^-6 mu 亩       ratio               10^-8
mass                gram              score               10^-6 分
coal (unspecified)  gram              level               10^-6 级
coal_equivalent     gram              duration            month
coal_calorific      gram              day                 day
electricity         Wh                workday             working day
volume              litre             clock               second
length              millimetre        power               W
person              0.01 person       apparent_power      VA
firm                1 家              compute             10^-3 卡时
year                calendar year     dollar              US cent
==================  ================  ==================  ================
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

RATIO_ONE = 10**8
"""Base units of ``RATIO`` in the plain number 1."""

_NAMES: dict[str, tuple[str, str]] = {
    "money": ("金额", "money"),
    "dollar": ("美元金额", "US dollars"),
    "area": ("面积", "area"),
    "mass": ("质量", "mass"),
    "coal": ("标煤(未注明等价或当量)", "standard coal (equivalent or calorific not stated)"),
    "coal_equivalent": ("标煤(等价值)", "standard coal (equivalent value)"),
    "coal_calorific": ("标煤(当量值)", "standard coal (calorific value)"),
    "electricity": ("电量", "electricity"),
    "volume": ("体积", "volume"),
    "length": ("长度", "length"),
    "person": ("人数", "persons"),
    "firm": ("家数", "firms"),
    "item": ("件数", "items"),
    "ratio": ("比率", "ratio"),
    "score": ("分值", "score"),
    "level": ("级别", "level"),
    "duration": ("时长(年月)", "duration in months"),
    "day": ("天数", "days"),
    "workday": ("工作日数", "working days"),
    "clock": ("时长(小时)", "duration in hours"),
    "power": ("功率", "power"),
    "apparent_power": ("视在功率", "apparent power"),
    "year": ("年份", "calendar year"),
    "compute": ("算力", "compute"),
}
_ORDER = {name: index for index, name in enumerate(_NAMES)}


@dataclass(frozen=True, slots=True)
class Dimension:
    """A product of powers of base dimensions (量纲), in a canonical order; hashable, equal by content."""

    powers: tuple[tuple[str, int], ...] = ()

    def __mul__(self, other: Dimension) -> Dimension:
        return _from_powers(dict(self.powers), other.powers, 1)

    def __truediv__(self, other: Dimension) -> Dimension:
        return _from_powers(dict(self.powers), other.powers, -1)

    def __str__(self) -> str:
        return self.name

    @property
    def zh(self) -> str:
        """The Chinese name, such as 金额/面积."""
        return self._spell(0, "纯数")

    @property
    def en(self) -> str:
        """The English name, such as money/area."""
        return self._spell(1, "plain number")

    @property
    def name(self) -> str:
        """Both names, for messages in two languages."""
        return f"{self.zh} ({self.en})"

    def power_of(self, base: str) -> int:
        """Return the power of a base dimension (0 where it does not occur)."""
        return dict(self.powers).get(base, 0)

    def without_ratio(self) -> tuple[Dimension, Fraction]:
        """Drop ratios: return the other powers and the factor that carries base values over.

        ``RATIO * MONEY`` gives ``(MONEY, 1/10**8)``: 30 % of a sum in fen is
        ``30_000_000 * sum * 1/10**8`` fen.
        """
        return _without_ratio(self)

    def _spell(self, language: int, plain: str) -> str:
        above = [_spell_power(name, power, language) for name, power in self.powers if power > 0]
        below = [_spell_power(name, -power, language) for name, power in self.powers if power < 0]
        if not self.powers:
            return plain
        return "/".join(["·".join(above) or "1", *below])


@lru_cache(maxsize=1024)
def _without_ratio(dimension: Dimension) -> tuple[Dimension, Fraction]:
    rest = tuple((name, power) for name, power in dimension.powers if name != "ratio")
    return Dimension(rest), Fraction(1, RATIO_ONE) ** dimension.power_of("ratio")


def _spell_power(name: str, power: int, language: int) -> str:
    return _NAMES[name][language] + (f"^{power}" if power != 1 else "")


def _from_powers(powers: dict[str, int], other: tuple[tuple[str, int], ...], sign: int) -> Dimension:
    for name, power in other:
        powers[name] = powers.get(name, 0) + sign * power
    kept = sorted((item for item in powers.items() if item[1]), key=lambda item: _ORDER[item[0]])
    return Dimension(tuple(kept))


def base_dimension(name: str) -> Dimension:
    """Return the base dimension of that English name (``"money"``); KeyError for an unknown one."""
    if name not in _ORDER:
        raise KeyError(name)
    return Dimension(((name, 1),))


def conversion(source: Dimension, target: Dimension) -> Fraction | None:
    """Return the factor from base values of ``source`` to those of ``target``; None if not comparable.

    The same dimension gives 1. Dimensions that differ only by ratios convert, because a ratio is a plain
    number: 营业收入/上年营业收入 (money/money) compares with 7 % after multiplying by 10**8.
    """
    if source == target:
        return Fraction(1)
    source_rest, source_factor = source.without_ratio()
    target_rest, target_factor = target.without_ratio()
    return source_factor / target_factor if source_rest == target_rest else None


DIMENSIONLESS = Dimension()
MONEY = base_dimension("money")
DOLLAR = base_dimension("dollar")
AREA = base_dimension("area")
MASS = base_dimension("mass")
COAL = base_dimension("coal")
COAL_EQUIVALENT = base_dimension("coal_equivalent")
COAL_CALORIFIC = base_dimension("coal_calorific")
ELECTRICITY = base_dimension("electricity")
VOLUME = base_dimension("volume")
LENGTH = base_dimension("length")
PERSON = base_dimension("person")
FIRM = base_dimension("firm")
ITEM = base_dimension("item")
RATIO = base_dimension("ratio")
SCORE = base_dimension("score")
LEVEL = base_dimension("level")
DURATION = base_dimension("duration")
DAY = base_dimension("day")
WORKDAY = base_dimension("workday")
CLOCK = base_dimension("clock")
POWER = base_dimension("power")
APPARENT_POWER = base_dimension("apparent_power")
YEAR = base_dimension("year")
COMPUTE = base_dimension("compute")

BASE_DIMENSIONS: dict[str, Dimension] = {name: base_dimension(name) for name in _NAMES}
"""Base dimensions by their English code."""
