"""The rule of a reserve pool (储备项目库办法) in its plain form: lines, batches, modes, resources of bundles, forms of promises.

Owns the data and its digest. It does not read pack files (``loader``) and decides nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction

from kaiwu.allot.pool.rescore import Band
from kaiwu.allot.scale import Scale
from kaiwu.rule.decision import Source
from kaiwu.table import digest_value

DRAFT, IN_USE, TEMPLATE = "draft", "in_use", "template"
STATUSES = (DRAFT, IN_USE, TEMPLATE)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of entries (批次): projects pooled from ``first`` to ``last``, both inclusive."""

    code: str
    zh: str
    en: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class PoolResource:
    """A resource of bundles: whole ``unit``; below ``least`` % of the request it is useless; ``price`` in fen adds one unit."""

    code: str
    zh: str
    en: str
    unit: str
    least: int
    price: int
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class PromiseForm:
    """A commitment that contracts of this pool carry: due ``months`` after signing, ``rate`` fen for each unit short."""

    code: str
    zh: str
    en: str
    unit: str
    months: int
    rate: Fraction
    article: str
    is_floor: bool = True


@dataclass(frozen=True, slots=True)
class Trial:
    """How the lines are tried before adoption: error of a score in steps, years, declared seed."""

    noise: int
    runs: int
    seed: int


@dataclass(frozen=True, slots=True)
class PoolRule:
    """One pool. ``ruler`` is the code of the rating that scores its projects, blank where scores are handed in."""

    code: str
    zh: str
    en: str
    status: str
    years: tuple[int, int]
    modes: tuple[str, ...]
    scale: Scale
    ruler: str
    band: Band
    trial: Trial
    batches: tuple[Batch, ...] = ()
    resources: tuple[PoolResource, ...] = ()
    promises: tuple[PromiseForm, ...] = ()
    document: Source = field(default_factory=Source)

    @property
    def digest(self) -> str:
        """SHA-256 over what decides who enters and leaves: scale, ruler and lines."""
        lines = {"enter": self.band.enter, "leave": self.band.leave}
        return digest_value({"pool": self.code, "step": str(self.scale.step), "full": str(self.scale.full), "ruler": self.ruler, **lines})  # fmt: skip

    def batch_of(self, day: dt.date) -> Batch | None:
        """The batch in whose days a project was pooled."""
        return next((b for b in self.batches if b.first <= day <= b.last), None)

    def resource(self, code: str) -> PoolResource | None:
        """The resource of a code."""
        return next((r for r in self.resources if r.code == code), None)

    def promise(self, code: str) -> PromiseForm | None:
        """The form of a promise of a code."""
        return next((p for p in self.promises if p.code == code), None)
