"""The rating (评价) as declared and checked: indicators, leagues, exemptions, vetoes, adjustments, classes, ties.

Owns the data of a rulebook of kind ``rating``. It evaluates nothing. All points and weights are exact numbers of 分.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kaiwu.figure.variable import Variable
from kaiwu.quantity import Unit
from kaiwu.rating.points import Rounding
from kaiwu.rule import expression as x
from kaiwu.rule.rulebook import Head


@dataclass(frozen=True, slots=True)
class Gate:
    """A named condition that lets a unit in or out: scope, exemption (暂不参评), veto (一票否决), league."""

    code: str
    zh: str
    en: str
    when: x.Bool
    text: str
    article: str = ""
    label: str = ""  # class that a veto gives, or that an exempt firm is treated as
    until: str = ""  # as printed


@dataclass(frozen=True, slots=True)
class Leagues:
    """Groups (分组) inside which units are ranked: by the values of a category, or by conditions, the first that holds."""

    by: x.Ref | None = None
    groups: tuple[Gate, ...] = ()

    def codes(self) -> tuple[str, ...]:
        """League codes in their declared order."""
        return self.by.variable.values if self.by is not None else tuple(g.code for g in self.groups)


@dataclass(frozen=True, slots=True)
class Merge:
    """How the tenants of one plot become one unit (同一宗地合并评价).

    ``how`` says per variable code what the unit's figure is: ``sum`` (all members must be known), ``sum_known`` (of those
    who have one), ``same`` (all equal, else unknown), ``any`` and ``all`` (flags), ``recompute`` (by its formula).
    """

    key: Variable
    without: str  # alone | pending: an entity without a key
    how: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Base:
    """What a value is measured against (基准): a fixed quantity, or a mean over the participants, rounded as declared."""

    value: Fraction | None = None
    mean: str = ""  # "" | participants | total
    step: Fraction | None = None
    mode: str = "half_up"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """One row of a band table: from ``low`` to ``high`` (``None`` is open), on which side the edges say."""

    low: Fraction | None
    high: Fraction | None
    points: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Scoring:
    """How a value becomes points. ``reach`` is the share of the weight given to the worst and to the best.

    ============ =============================================================================
    benchmark    value / base × weight; for ``lower`` base / value × weight
    best         as benchmark, the base being the best participant
    cost         (2 − value / base) × weight, never below 0 (lower is better)
    goalposts    worst → reach[0] × weight, best → reach[1] × weight, linear, clipped
    minmax       as goalposts between the worst and the best participant
    rank         first → reach[1] × weight, last → reach[0] × weight, linear in the rank
    bands        the points of the band that the value lies in
    as_is        the value is points already
    ============ =============================================================================
    """

    method: str
    base: Base | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    reach: tuple[Fraction, Fraction] = (Fraction(0), Fraction(1))
    bands: tuple[Band, ...] = ()
    edges: str = "[)"

    @property
    def is_relative(self) -> bool:
        """Whether the points of one unit depend on the figures of others."""
        return self.method in ("best", "minmax", "rank") or (self.base is not None and bool(self.base.mean))


@dataclass(frozen=True, slots=True)
class Treatment:
    """What happens where an item has no value: mean (of the item), exclude, share, points, pending (缺数据 or 需认定).

    ``amount`` is 分 for ``points`` and a share of the weight for ``share``; ``word`` is how tables call it: mean, neutral,
    excluded, declared, pending.
    """

    kind: str
    amount: Fraction = Fraction(0)
    word: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One item (指标). ``weight`` and ``points`` are 分; ``unit`` prints its value; ``within`` is league or all."""

    code: str
    zh: str
    en: str
    value: x.Num
    text: str
    weight: Fraction
    scoring: Scoring
    missing: Treatment
    undefined: Treatment
    rounding: Rounding
    direction: str = "higher"
    cap: Fraction | None = None
    floor: Fraction | None = None
    within: str = "all"
    block: str = ""
    unit: Unit | None = None
    article: str = ""
    owner: str = ""
    standing: str = "attested"
    source: str = ""
    where: str = ""

    @property
    def is_relative(self) -> bool:
        """Whether its points may depend on other units."""
        return self.scoring.is_relative or "mean" in (self.missing.kind, self.undefined.kind)


@dataclass(frozen=True, slots=True)
class Block:
    """A group of items with a weight in the total (一级指标); the items inside sum to ``full`` 分."""

    code: str
    zh: str
    en: str
    weight: Fraction
    full: Fraction = Fraction(100)
    standing: str = "attested"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points on top of the items (加分, 扣分): ``value`` in score units where ``when`` holds, limited by ``most`` and ``least``."""

    code: str
    zh: str
    en: str
    when: x.Bool
    value: x.Num
    text: str
    rounding: Rounding
    most: Fraction | None = None
    least: Fraction | None = None
    unknown: str = "pending"  # pending | none: an unknown condition grants nothing only where the rulebook says so
    article: str = ""


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class (档次), best first: ``share`` of the league, ``count`` of the league, or scores from ``low`` on."""

    code: str
    zh: str
    en: str
    share: Fraction | None = None
    count: int | None = None
    low: Fraction | None = None


@dataclass(frozen=True, slots=True)
class ClassTable:
    """Classes by ``share``, ``count`` or ``cutoff``.

    ``rounding`` of shares: floor, half_up or up of the cumulative number, or largest_remainder of each class. ``vetoed`` says
    whether vetoed units count in the number that shares are taken of (``inside``, at the bottom) or not (``outside``).
    """

    by: str
    rows: tuple[ClassRow, ...]
    rounding: str = ""
    edges: str = "[)"
    vetoed: str = "outside"

    def codes(self) -> tuple[str, ...]:
        """Class codes, best first."""
        return tuple(row.code for row in self.rows)


@dataclass(frozen=True, slots=True)
class TieKey:
    """A value that decides between equal scores."""

    value: x.Num
    direction: str
    text: str


@dataclass(frozen=True, slots=True)
class Ties:
    """What happens at equal scores (同分): keys in order; ``shared`` lets the tied share the better rank and its class."""

    keys: tuple[TieKey, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """What 提档 and 降档 may be made on: an article, and how many classes at most."""

    articles: tuple[str, ...] = ()
    steps: int = 0


@dataclass(frozen=True, slots=True)
class RatingBook:
    """A checked rulebook of kind ``rating``."""

    head: Head
    scope: Gate
    indicators: tuple[Indicator, ...]
    total: Rounding
    exempt: tuple[Gate, ...] = ()
    vetoes: tuple[Gate, ...] = ()
    leagues: Leagues | None = None
    merge: Merge | None = None
    blocks: tuple[Block, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    total_cap: Fraction | None = None
    total_floor: Fraction | None = None
    classes: ClassTable | None = None
    ties: Ties = field(default_factory=Ties)
    changes: ChangeRule | None = None

    @property
    def point_decimals(self) -> int:
        """Decimals in which points of items and adjustments are stored."""
        roundings = [i.rounding for i in self.indicators] + [a.rounding for a in self.adjustments]
        return max((r.decimals for r in roundings), default=0)

    @property
    def score_decimals(self) -> int:
        """Decimals in which totals are stored."""
        return self.total.decimals

    @property
    def is_relative(self) -> bool:
        """Whether the score of one unit may depend on the figures of others."""
        return any(i.is_relative for i in self.indicators)
