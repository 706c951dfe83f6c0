"""Which offers may be shown to a need at all (可见范围): decided before the best are chosen, never after.

Owns the columns that masks are made from and the count of what they leave out. Three-valued: an offer whose place or
certificates nobody stated is neither in nor out, it stays open. Hard constraints of the rule language are
``eligibility``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kaiwu.match.record import Need, Offer, Window
from kaiwu.rule.outcome import Outcome, known

Mask = NDArray[np.bool_]
Outcomes = NDArray[np.uint8]

FOREVER = dt.date.max.toordinal()

MASK_WORDS: dict[str, tuple[str, str]] = {
    "kind": ("类别不同", "of another kind"),
    "expired": ("已过期", "expired"),
    "own_group": ("本企业或本集团的", "of the same firm or group"),
    "no_capacity": ("已无余量", "no capacity left"),
    "window": ("所要的时间里没有", "not there in the time wanted"),
    "region": ("不在所要区域", "outside the region asked for"),
    "certificate": ("没有所要证书", "without the certificate asked for"),
}
"""Why an offer is not shown, in the order in which it is looked at."""

RELAXABLE = ("region", "certificate")
"""Masks that are the wish of the need and could be given up; the others are facts."""


@dataclass(slots=True)
class Column:
    """One integer per row, growing; ``values`` are what the integers stand for and ``rows`` how many there are."""

    values: list[Any] = field(default_factory=list)
    _places: dict[Hashable, int] = field(default_factory=dict)
    _ids: NDArray[np.intp] = field(default_factory=lambda: np.zeros(16, np.intp))
    rows: int = 0

    def append(self, value: Hashable) -> None:
        """Add a row."""
        if self.rows == len(self._ids):
            self._ids = np.concatenate([self._ids, np.zeros_like(self._ids)])
        at = self._places.get(value)
        if at is None:
            at = self._places[value] = len(self.values)
            self.values.append(value)
        self._ids[self.rows] = at
        self.rows += 1

    def equals(self, value: Hashable) -> Mask:
        """Whether each row holds a value."""
        at = self._places.get(value)
        if at is None:
            return np.zeros(self.rows, np.bool_)
        same: Mask = self._ids[: self.rows] == at
        return same

    def test(self, holds: Callable[[Any], bool]) -> Mask:
        """Whether something holds of each row; asked once per distinct value."""
        return self._spread(np.fromiter(map(holds, self.values), np.bool_, len(self.values)))

    def grade(self, outcome: Callable[[Any], Outcome]) -> Outcomes:
        """The ``Outcome`` code of each row; asked once per distinct value."""
        return self._spread(np.fromiter(map(outcome, self.values), np.uint8, len(self.values)))

    def _spread(self, answers: NDArray[Any]) -> NDArray[Any]:
        if len(answers) == 1:
            return np.repeat(answers, self.rows)
        spread: NDArray[Any] = answers.take(self._ids[: self.rows], mode="clip")
        return spread


class MaskTable:
    """What masks read of every offer, by row."""

    def __init__(self) -> None:
        self.kind, self.place, self.party, self.group = Column(), Column(), Column(), Column()
        self.certificates, self.expiry, self.has_capacity, self.window = Column(), Column(), Column(), Column()
        self._of_day: tuple[int, int, dict[str, Mask]] = (0, 0, {})  # day, rows, and what does not depend on the need

    def append(self, offer: Offer) -> None:
        """Add an offer as the next row."""
        self.kind.append(offer.kind)
        self.place.append(offer.place)
        self.party.append(offer.party)
        self.group.append(offer.group)
        self.certificates.append(frozenset(offer.certificates))
        self.expiry.append(FOREVER if offer.expiry is None else offer.expiry.toordinal())
        self.has_capacity.append(offer.capacity is None or offer.capacity.base > 0)
        self.window.append(offer.window)

    def facts(self, need: Need, day: dt.date) -> dict[str, Mask]:
        """For every mask that is no wish: the rows that it leaves out."""
        gone = self._gone_on(day.toordinal())
        return {
            "kind": ~self.kind.equals(need.kind),
            "expired": gone["expired"],
            "own_group": self._own(need),
            "no_capacity": gone["no_capacity"],
            "window": self._out_of_time(need),
        }

    def _gone_on(self, today: int) -> dict[str, Mask]:
        """What is expired or used up, the same for every need of a day; kept until an offer comes or the day changes."""
        if self._of_day[:2] != (today, self.expiry.rows):
            expired = self.expiry.test(lambda last: last < today)
            used_up = self.has_capacity.test(lambda has: not has)
            self._of_day = (today, self.expiry.rows, {"expired": expired, "no_capacity": used_up})
        return self._of_day[2]

    def _out_of_time(self, need: Need) -> Mask:
        """Offers whose time has no day in common with that of the need; a need without one takes any."""
        if need.window == Window():
            return np.zeros(self.window.rows, np.bool_)
        return self.window.test(lambda window: not window.overlaps(need.window))

    def _own(self, need: Need) -> Mask:
        """Offers of the firm that asks, or of its group; what is not known of either is no reason."""
        known = [(self.party, need.party), (self.group, need.group)]
        own = [column.equals(value) for column, value in known if value is not None]
        return np.logical_or.reduce(own) if own else np.zeros(self.kind.rows, np.bool_)

    def wishes(self, need: Need) -> dict[str, Outcomes]:
        """For every wish of the need the ``Outcome`` codes by row; what an offer does not state is 缺数据."""
        found: dict[str, Outcomes] = {}
        if need.regions:
            found["region"] = self.place.grade(lambda place: _stated(place, place.startswith(need.regions)))
        if need.certificates:
            asked = frozenset(need.certificates)
            found["certificate"] = self.certificates.grade(lambda held: _stated(held, asked <= held))
        return found


def _stated(value: object, holds: bool) -> Outcome:
    return known(holds) if value else Outcome.MISSING
