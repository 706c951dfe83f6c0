"""The words and numbers of the synthetic market (合成供需), as ``synth_market.yaml`` of a pack states them.

Owns their shape and opening the file. What is drawn from them is ``market``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kaiwu.pack import builtin_packs
from kaiwu.pack.library import find_packs
from kaiwu.pack.pack import read_pack
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.synth.section import read_whole

FILE = "synth_market.yaml"
PACK = "market"
"""The pack that holds the listings and the words of the synthetic market."""


@dataclass(frozen=True, slots=True)
class FunnelRule:
    """Share of pairs that go on from each stage to the next."""

    viewed: float
    contacted: float
    quoted: float
    sampled: float
    signed: float
    delivered: float


@dataclass(frozen=True, slots=True)
class MarketRule:
    """The whole file; its keys are explained where they stand."""

    market: int
    day_month: int
    leaders: int
    needs: int
    offers_per_firm: float
    most_offers: int
    technology_needs: int
    results: int
    patents: int
    services: int
    service_needs: int
    spaces: int
    space_needs: int
    samples: int
    institutes: int
    contracts: int
    expired: float
    planted: float
    present_local: float
    outside_place: str
    materials: tuple[str, ...]
    processes: dict[str, tuple[str, ...]]
    parts: tuple[str, ...]
    synonyms: dict[str, str]
    adjectives: tuple[str, ...]
    uses: tuple[str, ...]
    certificates: tuple[str, ...]
    openings: tuple[str, ...]
    problems: tuple[str, ...]
    methods: tuple[str, ...]
    service_words: dict[str, tuple[str, ...]]
    space_names: tuple[str, ...]
    firm_word: str
    institute: str
    refusals: dict[str, float]
    funnel: FunnelRule


def open_market_rule(roots: Sequence[Path] = ()) -> MarketRule:
    """The rule of the market pack. Raises ``KaiwuError`` with every mistake, or where there is no such pack."""
    places = find_packs([*roots, builtin_packs()])
    if PACK not in places:
        raise KaiwuError(Problem("Y-PACK", f"没有内容包“{PACK}”", f"there is no pack “{PACK}”"))
    return read_whole(read_pack(places[PACK]).document(FILE), MarketRule)
