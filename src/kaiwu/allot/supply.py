"""What is given out (供给): plots, leases, floors and own land, each of one of five kinds.

Owns the five kinds and the data of one supply. It does not own who gets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LAND_SALE, LEASE, LEASE_THEN_SELL, FLOOR, UPGRADE = "land_sale", "lease", "lease_then_sell", "floor", "upgrade"
KINDS: dict[str, tuple[str, str]] = {
    LAND_SALE: ("工业用地出让", "industrial land for sale"),
    LEASE: ("工业用地租赁", "industrial land for lease"),
    LEASE_THEN_SELL: ("先租后让", "lease, then sale"),
    FLOOR: ("标准厂房(楼层)", "floor area"),
    UPGRADE: ("零土地技改", "upgrade on own land"),
}
LAND_KINDS = (LAND_SALE, LEASE, LEASE_THEN_SELL)
"""Kinds that by law are put up in public (招拍挂): here data decide entry and order, never the buyer."""


@dataclass(frozen=True, slots=True)
class SupplyKind:
    """One kind as a rulebook declares it.

    ``is_public``: what is ordered is the supply (供地优先序), the buyer is found by public sale. ``threshold`` is the least
    score in steps. ``article`` is where a direct grant is allowed.
    """

    code: str
    zh: str
    en: str
    is_public: bool
    threshold: int = 0
    article: str = ""


@dataclass(frozen=True, slots=True)
class Supply:
    """One plot, floor or site. ``area`` is positive, in µmu (10^-6 亩; 1 m² is 1500 of them).

    ``offers`` holds by constraint what it offers, ``None`` where that is not known. ``owner``: only that firm may take it
    (零土地). ``is_reserved`` keeps it for the passes of its ``pools``. ``barred`` are applicants who are not known to meet the
    conditions that this supply has of its own.
    """

    id: str
    kind: str
    park: str
    area: int
    offers: Mapping[str, int | None] = field(default_factory=dict)
    owner: str = ""
    pools: frozenset[str] = frozenset()
    is_reserved: bool = False
    barred: frozenset[str] = frozenset()
    zh: str = ""
    where: str = ""
