"""Looking at samples (看样学样): the nearest samples by process and equipment, never by the name of the industry.

Owns the likeness and the range of effects that results of followers move. What a sample is called or classed plays no part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.match.record import Offer, Record
from kaiwu.match.text import fold_text
from kaiwu.quantity import format_decimal

PROCESSES, EQUIPMENT = "process_list", "equipment_list"
EFFECT_LOW, EFFECT_HIGH, FOLLOWERS = "effect_low", "effect_high", "followers"
PERCENT = 1_000_000  # 10^-8
_PARTS = re.compile(r"[、;；,，/\s]+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a sample is: what both have, over what either has, processes and equipment together."""

    sample: Offer
    processes: tuple[str, ...]
    equipment: tuple[str, ...]
    shared: int
    all: int

    @property
    def share(self) -> Fraction:
        """Jaccard's coefficient: shared over all."""
        return Fraction(self.shared, self.all)

    def tell(self) -> tuple[str, str]:
        """What is shared, in one sentence."""
        zh = "; ".join(
            f"{word}相同: {'、'.join(found)}"
            for word, found in (("工艺", self.processes), ("设备", self.equipment))
            if found
        )
        en = "; ".join(
            f"same {word}: {', '.join(found)}"
            for word, found in (("processes", self.processes), ("equipment", self.equipment))
            if found
        )
        return f"{zh} ({self.shared}/{self.all})", f"{en} ({self.shared}/{self.all})"


def effect_words(sample: Offer, results: Iterable[int] = ()) -> str:
    """The range of effects in %, with what followers reported; empty where nothing is known."""
    found = move_range(sample, results)
    return (
        ""
        if found is None
        else "–".join(f"{format_decimal(Fraction(each, PERCENT))}%" for each in dict.fromkeys(found))
    )


def find_samples(firm: Sequence[Record], samples: Iterable[Offer], count: int = 3) -> list[Likeness]:
    """The samples nearest to what a firm's own records state; those that share nothing are not listed.

    Of equal ones that with more followers comes first, then by code. The firm's own samples are left out.
    """
    processes, equipment = read_parts(firm, PROCESSES), read_parts(firm, EQUIPMENT)
    own = {record.party for record in firm if record.party}
    found = []
    for sample in samples:
        if sample.party in own and sample.party is not None:
            continue
        theirs = read_parts([sample], PROCESSES), read_parts([sample], EQUIPMENT)
        shared = processes.keys() & theirs[0].keys(), equipment.keys() & theirs[1].keys()
        count_shared = len(shared[0]) + len(shared[1])
        count_all = len(processes.keys() | theirs[0].keys()) + len(equipment.keys() | theirs[1].keys())
        if count_shared:
            words = tuple(processes[k] for k in sorted(shared[0])), tuple(equipment[k] for k in sorted(shared[1]))
            found.append(Likeness(sample, *words, count_shared, count_all))
    return sorted(found, key=lambda each: (-each.share, -_followers(each.sample), each.sample.code))[:count]


def read_parts(records: Iterable[Record], attribute: str) -> dict[str, str]:
    """The parts of a text list (压铸、机加工) over some records: folded spelling -> as written."""
    found: dict[str, str] = {}
    for record in records:
        text = record.fields.get(attribute)
        if isinstance(text, str):
            found |= {fold_text(part): part for part in _PARTS.split(text) if part}
    return found


def move_range(sample: Offer, results: Iterable[int]) -> tuple[int, int] | None:
    """The range of effects after followers reported theirs (10^-8): it covers all that was seen. None where nothing is known."""
    stated = [v for key in (EFFECT_LOW, EFFECT_HIGH) if isinstance(v := sample.fields.get(key), int)]
    seen = [*stated, *results]
    return (min(seen), max(seen)) if seen else None


def _followers(sample: Offer) -> int:
    value = sample.fields.get(FOLLOWERS)
    return value if isinstance(value, int) else 0
