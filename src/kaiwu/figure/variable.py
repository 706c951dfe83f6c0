"""Variables (变量): the declared quantities that figures give values of and rules read.

Owns the declaration of a variable and its storage form. It does not own values (``figure``) or formulas
(``rule``): ``derive`` is kept as text and compiled there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from kaiwu.quantity import Unit


class Kind(StrEnum):
    """What sort of value a variable holds, and so which comparisons make sense."""

    MONEY = "money"  # int64 fen
    QUANTITY = "quantity"  # any other dimension: area, energy, per-mu amounts …
    RATIO = "ratio"  # %, stored in 10^-8
    COUNT = "count"  # persons, firms, items
    SCORE = "score"  # points and levels
    DATE = "date"  # stored as a date index (month × 31 + day)
    YEAR = "year"  # a calendar year
    FLAG = "flag"  # yes / no
    CATEGORY = "category"  # one of declared values
    JUDGEMENT = "judgement"  # a human finding; unknown means 需认定, not 缺数据
    TEXT = "text"  # shown, never decided on


class PeriodType(StrEnum):
    """Over what stretch of time one value of a variable is taken."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    CUMULATIVE = "cumulative"
    POINT = "point"  # the state at a date, the latest known one answers
    CONSTANT = "constant"  # does not change (registration date)


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared quantity.

    ``grain`` is the exact size of one stored integer step in base units of the unit's dimension, so a stored
    integer ``n`` means ``n * grain`` base units. ``low`` and ``high`` bound the stored integer; the compiler
    proves integer widths from them and a figure outside is refused at import. ``scope`` is the level of
    entity that may answer (``legal_entity``, ``group``, ``plot``, ``county`` …): a consolidated figure never
    answers an entity-level variable.
    """

    code: str
    zh: str
    en: str
    kind: Kind
    unit: Unit | None = None
    grain: Fraction = Fraction(1)
    low: int = 0
    high: int = 0
    period: PeriodType = PeriodType.YEAR
    scope: str = "legal_entity"
    owner: str = ""
    definition: str = ""
    source: str = ""
    aliases: tuple[str, ...] = ()
    values: tuple[str, ...] = ()  # categories, in stored order
    value_labels: tuple[tuple[str, str], ...] = ()  # (zh, en) beside each value
    derive: str | None = None  # formula used where no figure is given
    purposes: tuple[str, ...] = ()  # empty: any lawful purpose
    standing: str = "attested"
    confidential: bool = True
    replaces: bool = field(default=False, compare=False)  # takes the place of an earlier pack's variable
    where: str = field(default="", compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """All names that a rule may use for this variable."""
        return (self.zh, self.code, *self.aliases)

    @property
    def is_numeric(self) -> bool:
        """Whether arithmetic with units applies."""
        return self.kind in (Kind.MONEY, Kind.QUANTITY, Kind.RATIO, Kind.COUNT, Kind.SCORE)
