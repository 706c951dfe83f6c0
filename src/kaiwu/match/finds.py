"""The four finds (四找) of one firm: industry chain, innovation chain, service chain and policy chain, on one sheet.

Owns what belongs to which chain. The policy chain is what the rules decided for the firm; it is handed in and never searched by text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kaiwu.match.deal import Deal, DealSum, sum_deals
from kaiwu.match.record import Match, MatchKind, Need, Offer
from kaiwu.match.retrieval import Answer, OfferIndex
from kaiwu.match.sample import Likeness, find_samples
from kaiwu.match.space import SpaceFit, age_of, find_spaces
from kaiwu.quantity import KaiwuError, index_date
from kaiwu.rule.decision import Decision
from kaiwu.rule.outcome import Outcome

CHAINS: dict[str, tuple[str, str]] = {
    "industry": ("找产业链", "industry chain"), "innovation": ("找创新链", "innovation chain"), "service": ("找服务链", "service chain"), "policy": ("找政策链", "policy chain"),
}  # fmt: skip
CHAIN_OF = {
    MatchKind.PART: "industry", MatchKind.TECHNOLOGY: "innovation", MatchKind.PEOPLE: "innovation", MatchKind.SERVICE: "service", MatchKind.MONEY: "service",
}  # fmt: skip
COUNT = 5
STALE_YEARS = 5
DATES, LICENSED = ("published_on", "granted_on"), "is_licensed"
"""When a result or patent dates from, and whether it is used: attributes."""
_ORDER = (Outcome.PASS, Outcome.HUMAN, Outcome.MISSING)


@dataclass(frozen=True, slots=True)
class SpaceFound:
    """A firm's need for space, its age in days, and the spaces that fit."""

    need: Need
    age: int | None
    fits: tuple[SpaceFit, ...]


@dataclass(frozen=True, slots=True)
class FourFinds:
    """What there is for one firm. ``orders`` are needs of others that its offers meet; ``answers`` its own needs by chain.

    ``derived`` names needs that the firm never stated: they are read off what it makes, and say so. ``failed`` counts policies whose conditions
    it is known not to meet. ``contracts`` are its technical contracts by year; ``expired`` counts its needs that have ended.
    """

    firm: str
    orders: tuple[Match, ...]
    answers: Mapping[str, tuple[Answer, ...]]
    derived: frozenset[str]
    policies: tuple[Decision, ...]
    failed: int
    samples: tuple[Likeness, ...]
    spaces: tuple[SpaceFound, ...]
    contracts: tuple[DealSum, ...]
    expired: int


@dataclass(frozen=True, slots=True)
class Supply:
    """What a firm may find: an index of offers by kind, and who may be sold to (``wanted``: matches of all open needs by supplier)."""

    indexes: Mapping[MatchKind, OfferIndex]
    wanted: Mapping[str, Sequence[Match]]


def find_four(
    firm: str, needs: Sequence[Need], offers: Sequence[Offer], supply: Supply, day: dt.date, *,
    policies: Sequence[Decision] = (), failed: int = 0, deals: Sequence[Deal] = (), count: int = COUNT,
) -> FourFinds:  # fmt: skip
    """The four finds of a firm from its own open needs, what it makes, and what the rules decided for it."""
    mine = [need for need in needs if need.party == firm]
    open_needs = [need for need in mine if not need.is_expired(day)]
    made = [offer for offer in offers if offer.party == firm and not offer.is_expired(day)]
    derived = derive_needs(made, {CHAIN_OF[need.kind] for need in open_needs if need.kind in CHAIN_OF})
    answers: dict[str, list[Answer]] = {chain: [] for chain in CHAINS if chain != "policy"}
    for need in (*open_needs, *derived):
        if need.kind in CHAIN_OF and need.kind in supply.indexes:
            answers[CHAIN_OF[need.kind]] += _find(need, supply.indexes[need.kind], day, count)
    rooms = supply.indexes.get(MatchKind.SPACE)
    spaces = [
        SpaceFound(need, age_of(need, day), tuple(find_spaces(need, rooms, day, count)))
        for need in open_needs if need.kind is MatchKind.SPACE and rooms is not None
    ]  # fmt: skip
    samples = supply.indexes.get(MatchKind.SAMPLE)
    known = [decision for decision in policies if decision.outcome in _ORDER]
    known.sort(key=lambda d: (_ORDER.index(d.outcome), -(d.high or 0), d.scheme, d.item))
    return FourFinds(
        firm, tuple(sorted(supply.wanted.get(firm, ()), key=lambda m: (m.rank, -m.score, m.need.code))[:count]),
        {chain: tuple(found) for chain, found in answers.items()}, frozenset(need.code for need in derived), tuple(known), failed,
        tuple(find_samples(made, [o for o in samples.offers if not o.is_expired(day)])) if samples is not None else (), tuple(spaces),
        tuple(sum_deals(deal for deal in deals if deal.client == firm)), len(mine) - len(open_needs),
    )  # fmt: skip


def is_stale(offer: Offer, day: dt.date) -> bool:
    """Whether a result or patent is older than ``STALE_YEARS`` and, as far as is known, nobody uses it (多年未转化)."""
    since = next((v for key in DATES if isinstance(v := offer.fields.get(key), int)), None)
    return (
        since is not None
        and offer.fields.get(LICENSED) != 1
        and index_date(since).replace(day=1) < day.replace(year=day.year - STALE_YEARS, day=1)
    )


def derive_needs(made: Sequence[Offer], stated: set[str]) -> list[Need]:
    """For the innovation and service chains where a firm states no need: what it makes, asked for as technology and as a service."""
    if not made:
        return []
    first = min(made, key=lambda offer: offer.code)
    base = Need(
        code=first.code, kind=MatchKind.TECHNOLOGY, title=first.title, text=first.text, party=first.party, group=first.group, classes=first.classes,
        source=first.source, is_synthetic=first.is_synthetic,
    )  # fmt: skip
    kinds = [kind for kind in (MatchKind.TECHNOLOGY, MatchKind.SERVICE) if CHAIN_OF[kind] not in stated]
    return [replace(base, kind=kind, code=f"{first.code}~{kind}") for kind in kinds]


def _find(need: Need, index: OfferIndex, day: dt.date, count: int) -> list[Answer]:
    """The answer, none where a need says nothing to look for."""
    try:
        return [index.find(need, day, count)]
    except KaiwuError:
        return []
