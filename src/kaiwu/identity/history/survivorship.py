"""Which value of a field an entity has (字段取值): by the priority of sources, then by date.

Owns the choice and telling it. The values that lose stay facts of their records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kaiwu.identity.history.event import Fact


@dataclass(frozen=True, slots=True)
class Survivor:
    """The value that holds for a field, where it comes from, and what it was preferred to."""

    field: str
    fact: Fact
    beaten: tuple[Fact, ...]


def choose_survivors(
    facts: Iterable[Fact], priority: Sequence[str], by_field: Mapping[str, Sequence[str]] | None = None
) -> tuple[Survivor, ...]:
    """One value per field, in the order of fields.

    ``priority`` names sources, the most trusted first; ``by_field`` overrides it for single fields (the tax office for
    revenue). A source that is not named comes last. Among facts of equal priority the latest day wins, then the record's id,
    so that the order of the facts changes nothing. Blank values never win over others.
    """
    fields: dict[str, list[Fact]] = {}
    for fact in facts:
        fields.setdefault(fact.field, []).append(fact)
    chosen = []
    for name in sorted(fields):
        order = list((by_field or {}).get(name, priority))
        ranked = sorted(fields[name], key=lambda f: (f.record, f.value))
        ranked.sort(key=lambda f: f.day, reverse=True)
        ranked.sort(key=lambda f: (not f.value.strip(), order.index(f.source) if f.source in order else len(order)))
        chosen.append(Survivor(name, ranked[0], tuple(f for f in ranked[1:] if f.value != ranked[0].value)))
    return tuple(chosen)
