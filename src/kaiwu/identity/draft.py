"""The register as it stands, and as a batch would make it: what must hold between entities.

Owns the indexes of the register, the replacing of facts that are said again, and the problems that only
show between entities: a code borne twice, a relation to nobody, shares beyond the whole. It does not own
look-ups (``register``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal, TypeVar

from kaiwu.identity.batch import Batch
from kaiwu.identity.entity import (
    USCC,
    Basis,
    Code,
    Entity,
    EntityKind,
    Name,
    NameKind,
    Relation,
    RelationKind,
    Span,
)
from kaiwu.identity.name import normalise_name
from kaiwu.identity.plot import SHARED, find_share_problems
from kaiwu.quantity.problem import Problem

RelationKey = tuple[RelationKind, str, str, Basis | None]
CodeKey = tuple[str, str]  # system, levelled spelling

_LAND = frozenset({EntityKind.PLOT, EntityKind.SPACE})
_TARGETS: dict[RelationKind, frozenset[EntityKind]] = {
    RelationKind.MEMBER_OF_GROUP: frozenset({EntityKind.GROUP}),
    RelationKind.TENANT_OF_PLOT: _LAND,
    RelationKind.OWNER_OF_PLOT: _LAND,
    RelationKind.LOCATED_IN_TOWN: frozenset({EntityKind.TOWN}),
    RelationKind.IN_PARK: frozenset({EntityKind.PARK, EntityKind.PLATFORM, EntityKind.CLUSTER}),
    RelationKind.PART_OF: frozenset({EntityKind.COUNTY, EntityKind.CITY}),
}


@dataclass(slots=True)
class State:
    """Entities and relations with their indexes; an index may name an entity that no longer fits."""

    entities: dict[str, Entity] = field(default_factory=dict)
    by_code: dict[CodeKey, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    relations: dict[RelationKey, tuple[Relation, ...]] = field(default_factory=dict)
    keys_from: dict[tuple[RelationKind, str], dict[RelationKey, None]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    keys_to: dict[tuple[RelationKind, str], dict[RelationKey, None]] = field(default_factory=lambda: defaultdict(dict))

    def list_from(self, kind: RelationKind, entity_id: str) -> tuple[Relation, ...]:
        """Relations of a kind from an entity, of any day."""
        return tuple(r for key in self.keys_from.get((kind, entity_id), ()) for r in self.relations[key])

    def list_to(self, kind: RelationKind, entity_id: str) -> tuple[Relation, ...]:
        """Relations of a kind to an entity, of any day."""
        return tuple(r for key in self.keys_to.get((kind, entity_id), ()) for r in self.relations[key])

    def commit(self, draft: Draft) -> None:
        """Take over what a sound draft holds."""
        for entity in draft.entities.values():
            self.entities[entity.id] = entity
            for code in entity.codes:
                self.by_code[code.system, code.levelled].add(entity.id)
            for name in entity.names:
                self.by_name[normalise_name(name.text)].add(entity.id)
        for key, relations in draft.relations.items():
            self.relations[key] = relations
            self.keys_from[key[0], key[1]][key] = None
            self.keys_to[key[0], key[2]][key] = None


class Draft:
    """The entities and relations that a batch touches, as they would be after it."""

    def __init__(self, state: State, batch: Batch) -> None:
        self.state = state
        self.batch = batch
        self.entities: dict[str, Entity] = {}
        self.relations: dict[RelationKey, tuple[Relation, ...]] = {}
        for entity in batch.entities:
            known = state.entities.get(entity.id)
            self.entities[entity.id] = merge_entity(known, entity) if known else entity
        told: dict[RelationKey, list[Relation]] = defaultdict(list)
        for relation in batch.relations:
            told[key_of(relation)].append(relation)
        for key, relations in told.items():
            self.relations[key] = _replace_overlapping(state.relations.get(key, ()), relations)

    def find_problems(self) -> Iterator[Problem]:
        """Everything that would be wrong after the batch."""
        yield from self._find_repeated_entities()
        for entity in self.entities.values():
            yield from entity.find_problems()
        yield from self._find_taken_codes()
        for relation in self.batch.relations:
            yield from relation.find_problems()
            yield from self._find_end_problems(relation)
        yield from self._find_repeated_relations()
        yield from self._find_share_problems()
        yield from self._find_double_towns()

    def _entity(self, entity_id: str) -> Entity | None:
        return self.entities.get(entity_id) or self.state.entities.get(entity_id)

    def _find_repeated_entities(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for entity in self.batch.entities:
            where = f"{entity.kind} {entity.id}"
            if entity.id in seen:
                zh, en = (
                    "主体在本批中出现两次, 请合为一条",
                    "the entity occurs twice in the batch: make it one",
                )
                yield Problem("I-ENTITY-TWICE", zh, en, where=where)
            seen.add(entity.id)
            known = self.state.entities.get(entity.id)
            if known is not None and known.kind is not entity.kind:
                zh = f"编号已属于 {known.kind}, 编号不得再用于别的主体"
                en = f"the id belongs to a {known.kind}; ids are never used again"
                yield Problem("I-ENTITY-KIND", zh, en, where=where)

    def _find_taken_codes(self) -> Iterator[Problem]:
        touched = {(c.system, c.levelled) for e in self.entities.values() for c in e.codes}
        staged: dict[CodeKey, set[str]] = defaultdict(set)
        for entity in self.entities.values():
            for code in entity.codes:
                staged[code.system, code.levelled].add(entity.id)
        for key in sorted(touched):
            ids = sorted(staged[key] | self.state.by_code.get(key, set()))
            bearers = [(i, code) for i in ids for code in self._list_codes(i, key)]
            for (left_id, left), (right_id, right) in combinations(bearers, 2):
                if left_id != right_id and (key[0] == USCC or left.overlaps(right)):
                    zh = f"同一 {key[0]} 编码属于两个主体: {left_id} 与 {right_id}"
                    en = f"{left_id} and {right_id} bear the same {key[0]} code; it can belong to one only"
                    yield Problem("I-CODE-TAKEN", zh, en, text=key[1])

    def _list_codes(self, entity_id: str, key: CodeKey) -> Iterable[Code]:
        entity = self._entity(entity_id)
        return (c for c in (entity.codes if entity else ()) if (c.system, c.levelled) == key)

    def _find_end_problems(self, relation: Relation) -> Iterator[Problem]:
        where = f"{relation.kind} {relation.from_id} → {relation.to_id}"
        ends = {i: self._entity(i) for i in (relation.from_id, relation.to_id)}
        for entity_id, entity in ends.items():
            if entity is None:
                zh, en = f"没有主体 {entity_id}", f"there is no entity {entity_id}"
                yield Problem("I-RELATION-UNKNOWN", zh, en, where=where)
        source, target = ends[relation.from_id], ends[relation.to_id]
        if source is None or target is None:
            return
        wanted = _TARGETS.get(relation.kind, frozenset({source.kind}))  # a successor is of its forerunner's kind
        if target.kind not in wanted:
            zh = f"对方应为 {'/'.join(sorted(wanted))}, 现为 {target.kind}"
            en = f"{relation.kind} leads to a {' or '.join(sorted(wanted))}, not to a {target.kind}"
            yield Problem("I-RELATION-KIND", zh, en, where=where)

    def _find_repeated_relations(self) -> Iterator[Problem]:
        told: dict[RelationKey, list[Relation]] = defaultdict(list)
        for relation in self.batch.relations:
            told[key_of(relation)].append(relation)
        for key, relations in told.items():
            if any(left.overlaps(right) for left, right in combinations(relations, 2)):
                zh, en = (
                    "同一关系在本批中有重叠的有效期",
                    "the relation is told twice for the same days in the batch",
                )
                yield Problem("I-RELATION-OVERLAP", zh, en, where=f"{key[0]} {key[1]} → {key[2]}")

    def _find_share_problems(self) -> Iterator[Problem]:
        for kind in SHARED:
            for plot_id, drafted in self._group_drafted(kind, 2):
                yield from find_share_problems([*self._untouched(self.state.list_to(kind, plot_id)), *drafted])

    def _find_double_towns(self) -> Iterator[Problem]:
        kind = RelationKind.LOCATED_IN_TOWN
        for from_id, drafted in self._group_drafted(kind, 1):
            stored = self._untouched(self.state.list_from(kind, from_id))
            for left, right in combinations([*stored, *drafted], 2):
                if left.to_id != right.to_id and left.basis is right.basis and left.overlaps(right):
                    zh = f"同一口径同一时间在两个镇街: {left.to_id} 与 {right.to_id}, 请填前者的截止日"
                    en = f"in two towns at once ({left.basis}): {left.to_id} and {right.to_id}; end the first"
                    yield Problem("I-TOWN-TWICE", zh, en, where=f"{kind} {from_id}")

    def _group_drafted(self, kind: RelationKind, end: Literal[1, 2]) -> list[tuple[str, list[Relation]]]:
        """Drafted relations of a kind by the entity at one end (1 from, 2 to), in the order of its id."""
        groups: dict[str, list[Relation]] = defaultdict(list)
        for key, relations in self.relations.items():
            if key[0] is kind:
                groups[key[end]] += relations
        return sorted(groups.items())

    def _untouched(self, stored: Iterable[Relation]) -> Iterator[Relation]:
        return (r for r in stored if key_of(r) not in self.relations)


def key_of(relation: Relation) -> RelationKey:
    """What makes two relations the same apart from their days."""
    return (relation.kind, relation.from_id, relation.to_id, relation.basis)


def merge_entity(known: Entity, told: Entity) -> Entity:
    """A known entity after it was told again: facts with overlapping days are replaced, the rest is added."""
    names, codes = list(known.names), list(known.codes)
    for name in told.names:
        names = [n for n in names if _name_key(n) != _name_key(name) or not n.overlaps(name)]
    for code in told.codes:
        same = (code.system, code.levelled)
        codes = [c for c in codes if (c.system, c.levelled) != same or not c.overlaps(code)]
    return replace(known, names=(*names, *told.names), codes=(*codes, *told.codes))


def _name_key(name: Name) -> tuple[NameKind, str]:
    # A legal name that ended may be told again as a former name.
    kind = NameKind.LEGAL if name.kind is NameKind.FORMER else name.kind
    return kind, normalise_name(name.text)


S = TypeVar("S", bound=Span)


def _replace_overlapping(known: Sequence[S], told: Sequence[S]) -> tuple[S, ...]:
    kept = (k for k in known if not any(k.overlaps(t) for t in told))
    return (*kept, *told)
