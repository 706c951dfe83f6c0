"""Finding space (空间找寻): who has room that fits, for rent, for sale or first one then the other; and how old each open need is.

Owns the order of spaces: hard constraints decide who is listed at all, then the form of contract, then the price against the ceiling, then
distance. Constraints themselves are ``eligibility``.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from kaiwu.match.constraint import ConstraintResult, check_constraint
from kaiwu.match.record import Need, Offer
from kaiwu.match.retrieval import OfferIndex
from kaiwu.quantity import index_date
from kaiwu.rule.decision import Reason

FORMS: dict[str, tuple[str, str, str, str]] = {
    "rent": ("can_rent", "month_rent", "租", "rent"),
    "rent_then_buy": ("can_rent_then_buy", "month_rent", "先租后买", "rent, then buy"),
    "buy": ("can_buy", "sale_price", "买", "buy"),
}
"""Forms of contract: the flag on both sides, the price that a ceiling bounds, the words."""
EAST, NORTH, ASKED_ON = "east_km", "north_km", "asked_on"
AGE_CLASSES = (30, 90, 180)
"""Days at which an open need becomes older: up to a month, a quarter, half a year, beyond."""


@dataclass(frozen=True, slots=True)
class SpaceFit:
    """One space that meets every hard constraint. ``over``: price above the ceiling in the price's grains, None where either is unknown.

    ``metres`` is the straight distance, None where a place is not known. ``is_open``: it would fit if something were known.
    """

    offer: Offer
    form: str | None
    price: int | None
    over: int | None
    metres: int | None
    results: tuple[ConstraintResult, ...]
    is_open: bool = False

    @property
    def form_words(self) -> tuple[str, str]:
        """The form of contract in words."""
        return FORMS[self.form][2:] if self.form else ("合同形式未填", "form not stated")

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every hard constraint with its value and margin."""
        return tuple(reason for result in self.results for reason in result.reasons)


@dataclass(frozen=True, slots=True)
class Backlog:
    """One open need for space (积压): its age in days, None where nobody wrote down when it was asked, and how many spaces fit."""

    need: Need
    age: int | None
    fits: int
    nearly: int

    @property
    def age_class(self) -> str:
        """``≤30``, ``31–90``, ``91–180``, ``>180``; ``?`` where the age is not known."""
        if self.age is None:
            return "?"
        lower = 0
        for limit in AGE_CLASSES:
            if self.age <= limit:
                return f"{lower + 1 if lower else ''}{'–' if lower else '≤'}{limit}"
            lower = limit
        return f">{lower}"


def find_spaces(need: Need, offers: OfferIndex, day: dt.date, count: int = 10) -> list[SpaceFit]:
    """Spaces that meet every hard constraint of a need, best first, then those that would if something were known."""
    eligibility = offers.table.judge(need, day, offers.texts.is_alive)
    found: list[SpaceFit] = []
    for mask, is_open in ((eligibility.met, False), (eligibility.open, True)):
        fits = [_fit(need, offers.offers[row], day, is_open) for row in np.flatnonzero(mask)]
        found += sorted((fit for fit in fits if fit.form or (is_open and not _states_form(fit.offer))), key=_order)
    return found[:count]


def age_backlog(needs: Sequence[Need], offers: OfferIndex, day: dt.date, closed: Collection[str] = ()) -> list[Backlog]:
    """Every open need for space as of a day, the oldest first; those of unknown age last. Ended and ``closed`` needs are not open."""
    rows = []
    for need in needs:
        if need.code in closed or need.is_expired(day):
            continue
        fits = find_spaces(need, offers, day, len(offers.offers))
        rows.append(Backlog(need, age_of(need, day), sum(not f.is_open for f in fits), sum(f.is_open for f in fits)))
    return sorted(rows, key=lambda row: (row.age is None, -(row.age or 0), row.need.code))


def age_of(need: Need, day: dt.date) -> int | None:
    """Days since a need was asked, None where that is not known."""
    asked = need.fields.get(ASKED_ON)
    return (day - index_date(asked)).days if isinstance(asked, int) else None


def _fit(need: Need, offer: Offer, day: dt.date, is_open: bool) -> SpaceFit:
    form, price, over = _form(need, offer)
    results = tuple(check_constraint(c, offer.fields, day) for c in need.constraints)
    return SpaceFit(offer, form, price, over, _metres(need, offer), results, is_open)


def _form(need: Need, offer: Offer) -> tuple[str | None, int | None, int | None]:
    """The best form that both sides take: within the ceiling first, in the order of ``FORMS``. A need that names no form takes any."""
    wanted = [name for name, (flag, *_) in FORMS.items() if need.fields.get(flag) == 1] or list(FORMS)
    options = []
    for at, name in enumerate(wanted):
        flag, key, *_ = FORMS[name]
        if offer.fields.get(flag) != 1:
            continue
        price, ceiling = offer.fields.get(key), need.fields.get(key)
        known = price if isinstance(price, int) else None
        over = max(known - ceiling, 0) if known is not None and isinstance(ceiling, int) else None
        options.append(((over or 0) > 0, at, name, known, over))
    if not options:
        return None, None, None
    _, _, name, known, over = min(options, key=lambda option: option[:2])
    return name, known, over


def _states_form(offer: Offer) -> bool:
    """Whether an offer says anything of how it may be had."""
    return any(flag in offer.fields for flag, *_ in FORMS.values())


def _order(fit: SpaceFit) -> tuple[bool, int, bool, int, bool, int, str]:
    """Within the ceiling first, then known before unknown prices, cheaper, nearer, by code."""
    return (
        (fit.over or 0) > 0, list(FORMS).index(fit.form) if fit.form else len(FORMS), fit.price is None, fit.price or 0,
        fit.metres is None, fit.metres or 0, fit.offer.code,
    )  # fmt: skip


def _metres(need: Need, offer: Offer) -> int | None:
    """Whole metres on the local grid; coordinates are declared to thousandths of a kilometre."""
    places = [record.fields.get(key) for record in (need, offer) for key in (EAST, NORTH)]
    if not all(isinstance(value, int) for value in places):
        return None
    east, north, other_east, other_north = (int(value) for value in places if isinstance(value, int))
    return math.isqrt((east - other_east) ** 2 + (north - other_north) ** 2)
