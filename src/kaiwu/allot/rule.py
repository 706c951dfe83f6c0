"""The declared rule of a round (分配规则) in its plain form: scale, kinds, constraints, resources, passes, ties.

Owns the data of a rule. It does not read pack files (``loader``) nor run anything (``placement``).
"""

from __future__ import annotations

from dataclasses import dataclass

from kaiwu.allot.constraint import Constraint
from kaiwu.allot.quota import Resource
from kaiwu.allot.scale import Scale
from kaiwu.allot.supply import SupplyKind

DATE, DRAW = "date", "draw"
TIES = (DATE, DRAW)
FIRM, GROUP = "firm", "group"
HOLDERS = (FIRM, GROUP)
CHOICES = ("smallest", "number")


@dataclass(frozen=True, slots=True)
class Pass:
    """One walk down the order of priority (一轮): everybody, or one reserve (预留), with what it may use up.

    Without ``pool`` it is open to all. ``most`` limits the grants, ``most_area`` their area in the round's unit.
    """

    code: str
    zh: str
    en: str
    pool: str = ""
    most: int | None = None
    most_area: int | None = None
    article: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What decides a round. Passes run in the order in which they stand.

    ``ties`` is how equal scores are ordered: by date of filing, then by a public draw; ``one_per`` who may be granted only
    once; ``choice`` which of several fitting supplies of a kind is taken: the smallest, or the lowest number.
    """

    code: str
    zh: str
    en: str
    scale: Scale
    kinds: tuple[SupplyKind, ...]
    constraints: tuple[Constraint, ...] = ()
    resources: tuple[Resource, ...] = ()
    passes: tuple[Pass, ...] = (Pass("open", "公开轮", "open pass"),)
    ties: tuple[str, ...] = ()
    one_per: tuple[str, ...] = ()
    choice: str = "smallest"
    items: tuple[tuple[str, str, str], ...] = ()  # code, zh, en of the parts of the score
    plots: tuple[int, int] | None = None  # how many supplies a rolling round offers
    conditions: tuple[tuple[str, str], ...] = ()  # kind of supply or reserve, and the text of its conditions
    ruler: str = ""  # code and digest of the rating that gives the score, where one does

    def kind(self, code: str) -> SupplyKind:
        """The kind of a code; ``KeyError`` where the rule has none."""
        for kind in self.kinds:
            if kind.code == code:
                return kind
        raise KeyError(code)
