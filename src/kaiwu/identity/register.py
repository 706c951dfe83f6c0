"""The register (主体库): who is known, by which codes and names, and how they stand to one another.

Owns the append-only collection of entities and relations, what must hold between them, and every look-up
by code, name, relation and day. It does not own files (``store``), the spelling of the answer to a mention
(``resolution``) or figures about entities (``kaiwu.figure``). Nothing is ever matched by name alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

from kaiwu.identity.batch import Batch
from kaiwu.identity.draft import Draft, State
from kaiwu.identity.entity import (
    USCC,
    Basis,
    Code,
    Entity,
    EntityKind,
    Relation,
    RelationKind,
    level_code,
    raise_problems,
)
from kaiwu.identity.name import normalise_name
from kaiwu.identity.plot import SHARED, PlotUser, list_tenants, list_users
from kaiwu.identity.resolution import Candidate, Resolution, rank_candidates, resolve_mention
from kaiwu.identity.store import digest_batches, load_batches, save_batches
from kaiwu.identity.town import Town, TownHistory
from kaiwu.quantity.problem import KaiwuError, Problem


class Register:
    """Entities and relations, built up by batches.

    ``towns`` brings the towns of a pack with their history; their entities and relations are part of the
    register but not of its batches, since they are content.
    """

    def __init__(self, towns: TownHistory | None = None) -> None:
        self.towns = towns
        self._batches: list[Batch] = []
        self._state = State()
        if towns is not None:
            content = Batch(dt.date.min, "pack", towns.list_entities(), tuple(towns.list_relations()))
            self._merge(content)

    @classmethod
    def load(cls, folder: Path, towns: TownHistory | None = None, known_at: dt.date | None = None) -> Register:
        """The register of a folder of batches, as known by ``known_at`` (``None``: everything)."""
        register = cls(towns)
        for batch in load_batches(folder, known_at):
            register.append(batch)
        return register

    def save(self, folder: Path) -> int:
        """Write the batches that the folder does not have yet; returns how many."""
        return save_batches(folder, self._batches)

    def append(self, batch: Batch) -> None:
        """Add a batch of facts. Raises ``KaiwuError`` with all problems and then changes nothing.

        A fact said again with days that overlap the earlier ones replaces it; all else is added.
        """
        if self._batches and batch.known_at < self._batches[-1].known_at:
            zh = f"批次的获知日 {batch.known_at} 早于前一批 {self._batches[-1].known_at}"
            en = f"known at {batch.known_at}, before the previous batch of {self._batches[-1].known_at}"
            raise KaiwuError(Problem("I-BATCH-ORDER", zh, en, where=batch.source))
        self._merge(batch)
        self._batches.append(batch)

    @property
    def batches(self) -> tuple[Batch, ...]:
        """The batches in the order in which they were appended."""
        return tuple(self._batches)

    def digest(self) -> str:
        """SHA-256 of all batches; a run that used this register stores it."""
        return digest_batches(self._batches)

    def __len__(self) -> int:
        return len(self._state.entities)

    def __contains__(self, entity_id: object) -> bool:
        return entity_id in self._state.entities

    def entity(self, entity_id: str) -> Entity:
        """The entity of an id. Raises ``KaiwuError`` where there is none."""
        try:
            return self._state.entities[entity_id]
        except KeyError:
            zh, en = "主体库中没有此编号", "no entity of this id"
            raise KaiwuError(Problem("I-ENTITY-UNKNOWN", zh, en, text=entity_id)) from None

    def entities(self, kind: EntityKind | None = None) -> Iterator[Entity]:
        """All entities (of a kind), in the order in which they became known."""
        return (e for e in self._state.entities.values() if kind is None or e.kind is kind)

    # Who is meant

    def find_by_code(self, text: str, system: str = USCC, as_of: dt.date | None = None) -> tuple[Code, Entity] | None:
        """The bearer of a code: on ``as_of`` if somebody bears it then, else the last who bore it."""
        level = level_code(system, text)
        borne = [
            (code, self._state.entities[i])
            for i in sorted(self._state.by_code.get((system, level), ()))
            for code in self._state.entities[i].codes
            if code.system == system and code.levelled == level
        ]
        held = [pair for pair in borne if as_of is not None and pair[0].holds_on(as_of)]
        return max(held or borne, key=lambda pair: pair[0].valid_from or dt.date.min, default=None)

    def find_by_name(self, text: str, as_of: dt.date) -> tuple[Candidate, ...]:
        """Entities whose current or former name, short name or brand is spelled so; ranked, never decided."""
        level = normalise_name(text)
        ids = sorted(self._state.by_name.get(level, ())) if level else []
        bearers = ((name, self._state.entities[i]) for i in ids for name in self._state.entities[i].find_name(text))
        return rank_candidates(bearers, as_of)

    def resolve(
        self, *, code: str | None = None, name: str | None = None, as_of: dt.date, system: str = USCC
    ) -> Resolution:
        """Who is meant (认定): a code decides, a different valid code vetoes, a name alone only ranks."""
        return resolve_mention(self, code=code, name=name, as_of=as_of, system=system)

    # How they stand to one another

    def relations_from(self, kind: RelationKind, entity_id: str, as_of: dt.date) -> tuple[Relation, ...]:
        """Relations of a kind that an entity has to others on a day, by the other's id."""
        held = (r for r in self._state.list_from(kind, entity_id) if r.holds_on(as_of))
        return tuple(sorted(held, key=lambda r: (r.to_id, r.basis or "")))

    def relations_to(self, kind: RelationKind, entity_id: str, as_of: dt.date) -> tuple[Relation, ...]:
        """Relations of a kind that others have to an entity on a day, by the other's id."""
        return tuple(r for r in self._all_to(kind, entity_id) if r.holds_on(as_of))

    def relations(self, kind: RelationKind, as_of: dt.date) -> Iterator[Relation]:
        """All relations of a kind on a day, in the order in which they became known."""
        return (r for key, told in self._state.relations.items() if key[0] is kind for r in told if r.holds_on(as_of))

    def groups_of(self, entity_id: str, as_of: dt.date) -> tuple[Entity, ...]:
        """The groups (集团) of which an entity is directly a member on a day."""
        found = self.relations_from(RelationKind.MEMBER_OF_GROUP, entity_id, as_of)
        return tuple(self._state.entities[r.to_id] for r in found)

    def members_of(self, group_id: str, as_of: dt.date, *, is_nested: bool = False) -> tuple[Entity, ...]:
        """Members of a group (集团成员) on a day, by id; ``is_nested`` adds those of its member groups."""
        found: set[str] = set()
        queue = [group_id]
        while queue:
            members = {r.from_id for r in self.relations_to(RelationKind.MEMBER_OF_GROUP, queue.pop(), as_of)}
            queue += sorted(members - found) if is_nested else []
            found |= members
        return tuple(self._state.entities[i] for i in sorted(found - {group_id}))

    def tenants_of(self, plot_id: str, as_of: dt.date) -> tuple[PlotUser, ...]:
        """Tenants (承租企业) of a plot on a day with their shares."""
        return list_tenants(self._all_to(RelationKind.TENANT_OF_PLOT, plot_id), as_of)

    def users_of(self, plot_id: str, as_of: dt.date) -> tuple[PlotUser, ...]:
        """Everybody who uses a plot (用地企业) on a day: tenants, and owners for what is not let."""
        tenancies = self._all_to(RelationKind.TENANT_OF_PLOT, plot_id)
        return list_users(tenancies, self._all_to(RelationKind.OWNER_OF_PLOT, plot_id), as_of)

    def plots_of(self, entity_id: str, as_of: dt.date) -> tuple[Relation, ...]:
        """What an entity rents and owns on a day: its tenancies, then its ownerships."""
        return tuple(r for kind in SHARED for r in self.relations_from(kind, entity_id, as_of))

    def successors_of(self, entity_id: str, as_of: dt.date) -> tuple[Entity, ...]:
        """Entities that have directly taken the place of this one by a day, by id."""
        found = self.relations_to(RelationKind.SUCCESSOR_OF, entity_id, as_of)
        return tuple(self._state.entities[r.from_id] for r in found)

    def merged(self, as_of: dt.date) -> dict[str, str]:
        """Records that were found to be another entity (并入), and which; however often they were merged."""
        leads = {r.from_id: r.to_id for r in self.relations(RelationKind.MERGED_INTO, as_of)}
        return {record: _follow(leads, record) for record in leads}

    def town_at(self, town: str, day: dt.date) -> Town:
        """What a town, by code or name of any time, is on a day (镇街沿革). See ``TownHistory.at``."""
        if self.towns is None:
            zh, en = "主体库未载入镇街沿革", "the register has no history of towns"
            raise KaiwuError(Problem("I-TOWN-NONE", zh, en, text=town))
        return self.towns.at(town, day)

    def town_of(self, entity_id: str, as_of: dt.date, basis: Basis = Basis.REGISTERED) -> Town | None:
        """The town, as it is on the day, in which an entity lies in one sense; ``None`` where unknown."""
        found = self.relations_from(RelationKind.LOCATED_IN_TOWN, entity_id, as_of)
        own = [r.to_id for r in found if r.basis is basis]
        return self.town_at(own[0], as_of) if own else None

    def _all_to(self, kind: RelationKind, entity_id: str) -> tuple[Relation, ...]:
        return tuple(sorted(self._state.list_to(kind, entity_id), key=lambda r: (r.from_id, r.basis or "")))

    def _merge(self, batch: Batch) -> None:
        draft = Draft(self._state, batch)
        raise_problems(draft.find_problems())
        self._state.commit(draft)


def _follow(leads: Mapping[str, str], record: str) -> str:
    seen = {record}
    while (record := leads.get(record, record)) not in seen:
        seen.add(record)
    return record
