"""Who uses a plot (用地主体): owners and tenants with exact shares on a day.

Owns the rule that shares of a plot never exceed the whole, and the reading of who uses it. It does not own
the relations (``register``) nor the merging of tenants' figures (``kaiwu.rating``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.identity.entity import Relation, RelationKind
from kaiwu.quantity.problem import Problem

SHARED = (RelationKind.TENANT_OF_PLOT, RelationKind.OWNER_OF_PLOT)


@dataclass(frozen=True, slots=True)
class PlotUser:
    """A user of a plot on a day (用地企业): its role and exact share; ``None`` is unknown, never zero."""

    entity_id: str
    role: RelationKind
    share: Fraction | None


def find_share_problems(relations: Sequence[Relation]) -> Iterator[Problem]:
    """Days on which the shares of one plot in one role add up to more than the whole.

    A sum can grow only where a relation begins, so these days are enough; unknown shares count as nothing.
    """
    days = {r.valid_from or dt.date.min for r in relations}
    seen: set[Fraction] = set()
    for day in sorted(days):
        total = sum((r.share for r in relations if r.share is not None and r.holds_on(day)), Fraction(0))
        if total > 1 and total not in seen:
            seen.add(total)
            first = relations[0]
            zh = f"{first.to_id} 的份额合计 {total} 超过 1(自 {day} 起)"
            en = f"the shares of {first.to_id} add up to {total}, more than 1, from {day}"
            yield Problem("I-SHARE-SUM", f"{zh}, 请核对各户份额", en, where=f"{first.kind} {first.to_id}")


def list_tenants(tenancies: Sequence[Relation], day: dt.date) -> tuple[PlotUser, ...]:
    """The tenants of one plot on a day, by id."""
    held = sorted((r for r in tenancies if r.holds_on(day)), key=lambda r: r.from_id)
    return tuple(PlotUser(r.from_id, r.kind, r.share) for r in held)


def list_users(tenancies: Sequence[Relation], ownerships: Sequence[Relation], day: dt.date) -> tuple[PlotUser, ...]:
    """Everybody who uses one plot on a day: its tenants, and its owners for what is not let.

    The owner's use is the whole less the tenants' shares. It is unknown where a tenant's share is unknown
    or where several owners divide the rest; an owner who has let everything is no user.
    """
    tenants = list_tenants(tenancies, day)
    shares = [t.share for t in tenants]
    rest = None if None in shares else 1 - sum((s for s in shares if s is not None), Fraction(0))
    if rest == 0:
        return tenants
    owners = sorted(r.from_id for r in ownerships if r.holds_on(day))
    own = rest if len(owners) == 1 else None
    known = {t.entity_id for t in tenants}
    return (*tenants, *(PlotUser(o, RelationKind.OWNER_OF_PLOT, own) for o in owners if o not in known))
