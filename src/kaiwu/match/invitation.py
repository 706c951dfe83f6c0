"""The order at the door (家门口的订单): a chain leader's bill of needs becomes an invitation list, with reasons and with what was left out.

Owns the joining of answers and assignment for one buyer or several. Retrieval finds, ``assignment`` gives out, ``local_share`` counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from kaiwu.match.assignment import Limits, Plan, assign, edges_of, list_unchosen, make_market
from kaiwu.match.assignment.why import WhyNot
from kaiwu.match.record import Match, Need
from kaiwu.match.retrieval import Answer, OfferIndex
from kaiwu.quantity import KaiwuError

PLACES, CAPACITY, IS_SMALL = "need_places", "offer_places", "is_small_supplier"
"""Attributes that an invitation reads: how many a need wants, how many a supplier can take, whether it is small."""
CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of an invitation round. ``places`` for needs that do not say how many they want; ``capacity`` is assumed for suppliers
    that do not say what they can take (None: they take no part). Both are told on every list."""

    limits: Limits = field(default_factory=Limits)
    places: int = 3
    capacity: int | None = 5
    candidates: int = CANDIDATES
    draw: str = ""
    solver: str | None = None


@dataclass(frozen=True)
class Invitation:
    """A round: the answers by need, the plan, and who is invited. ``expired`` counts needs left out because they had ended."""

    answers: Mapping[str, Answer]
    plan: Plan
    terms: Terms
    assumed: int
    expired: int
    refused: Mapping[str, KaiwuError]

    @cached_property
    def invited(self) -> dict[str, tuple[Match, ...]]:
        """Chosen matches by need, best first; a need for which nobody was found has none."""
        chosen = set(self.plan.edges.select("need", "supplier").iter_rows())
        out: dict[str, tuple[Match, ...]] = {}
        for code, answer in self.answers.items():
            best: dict[str, Match] = {}
            for match in answer.matches:
                supplier = supplier_of(match)
                if (code, supplier) in chosen:
                    best.setdefault(supplier, match)
            out[code] = tuple(best.values())
        return out

    def unchosen(self, need: str) -> list[WhyNot]:
        """Better pairs that were not chosen, with the reason."""
        return list_unchosen(self.plan, need) if need in self.plan.market.needs else []

    @property
    def invitations(self) -> int:
        """Pairs in all."""
        return sum(map(len, self.invited.values()))

    @property
    def uninvited(self) -> list[str]:
        """Needs for which nobody could be invited."""
        return [code for code, matches in self.invited.items() if not matches]


def supplier_of(match: Match) -> str:
    """The firm behind an offer, the offer itself where no firm is known."""
    return match.offer.party or match.offer.code


def invite(
    needs: Sequence[Need], offers: OfferIndex, day: dt.date, terms: Terms, *, groups: Mapping[str, str] | None = None,
    rivals: Iterable[tuple[str, str]] = (),
) -> Invitation:  # fmt: skip
    """Find, then give out. Needs that ended before ``day`` are left out and counted; a need that says nothing to look for is refused."""
    standing = [need for need in needs if not need.is_expired(day)]
    answers: dict[str, Answer] = {}
    refused: dict[str, KaiwuError] = {}
    for need in standing:
        try:
            answers[need.code] = offers.find(need, day, terms.candidates)
        except KaiwuError as error:
            refused[need.code] = error
    matches = [match for answer in answers.values() for match in answer.matches]
    suppliers, assumed = _suppliers(matches, terms)
    table = pl.DataFrame(
        [(a.need.code, a.need.party or a.need.code, _whole(a.need.fields.get(PLACES), terms.places)) for a in answers.values()],
        schema={"need": pl.String, "buyer": pl.String, "places": pl.Int64}, orient="row",
    )  # fmt: skip
    known = {**_groups(matches), **(groups or {})}
    market = make_market(edges_of(matches), table, suppliers, limits=terms.limits, groups=known, rivals=rivals)
    plan = assign(market, draw=terms.draw, solver=terms.solver)
    return Invitation(answers, plan, terms, assumed, len(needs) - len(standing), refused)


def _suppliers(matches: Iterable[Match], terms: Terms) -> tuple[pl.DataFrame, int]:
    """Capacity and size of every supplier met, over all its offers; and how many capacities were assumed."""
    capacity: dict[str, int | None] = {}
    small: dict[str, bool] = {}
    for match in matches:
        supplier, value = supplier_of(match), match.offer.fields.get(CAPACITY)
        known = capacity.get(supplier)
        capacity[supplier] = max(known or 0, value) if isinstance(value, int) else known
        small[supplier] = small.get(supplier, False) or match.offer.fields.get(IS_SMALL) == 1
    assumed = sum(value is None for value in capacity.values())
    rows = [(s, terms.capacity if value is None else value, small[s]) for s, value in capacity.items()]
    return pl.DataFrame(
        rows, schema={"supplier": pl.String, "capacity": pl.Int64, "is_small": pl.Boolean}, orient="row"
    ), assumed


def _groups(matches: Iterable[Match]) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in matches:
        for record in (match.need, match.offer):
            if record.party and record.group:
                found[record.party] = record.group
    return found


def _whole(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise
