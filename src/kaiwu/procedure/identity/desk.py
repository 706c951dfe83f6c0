"""The desk of identity in a workspace (主体识别台): resolve a list, ask what is unsure, take answers, learn from them.

Owns the order of these steps and where the learnt model lies (``identity/ranker.txt``). The engine is
``kaiwu.identity.linking``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kaiwu.identity import Basis, EntityKind, RelationKind
from kaiwu.identity.linking.answer import Link, LinkStatus, Mention
from kaiwu.identity.linking.learned import LearnedRanker, fit_ranker, load_ranker
from kaiwu.identity.linking.ranking import Ranker
from kaiwu.identity.linking.resolver import Resolver
from kaiwu.pack.alias_shelf import add_aliases, read_aliases
from kaiwu.pack.name_shelf import open_grammar
from kaiwu.procedure.identity.review import NOBODY, ReviewAnswer, ReviewItem, make_item
from kaiwu.procedure.identity.store import ReviewStore
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError

MODEL = Path("identity") / "ranker.txt"


@dataclass(frozen=True, slots=True)
class ListResult:
    """A resolved list: links in its order, and the items that were newly asked."""

    links: tuple[Link, ...]
    asked: tuple[ReviewItem, ...]

    def count(self) -> dict[LinkStatus, int]:
        """How many mentions have each status; they sum to the list."""
        found = Counter(link.status for link in self.links)
        return {status: found[status] for status in LinkStatus}


def open_resolver(workspace: Workspace, as_of: dt.date, kind: EntityKind = EntityKind.FIRM) -> Resolver:
    """A resolver over the entities of a kind in a workspace's register, with the learnt weights where there are any.

    Names and codes of a merged record are those of the entity that it is; brands and short names that packs bring are added.
    """
    register = workspace.register
    merged = register.merged(as_of)
    own = [e for e in register.entities() if e.kind in (kind, EntityKind.GROUP)]
    entities = [replace(e, id=merged.get(e.id, e.id)) for e in add_aliases(own, read_aliases(workspace.library))]
    places = {e.id: _find_place(workspace, e.id, as_of) for e in entities}
    groups = {r.from_id: r.to_id for r in register.relations(RelationKind.MEMBER_OF_GROUP, as_of)}
    path = workspace.folder / MODEL
    ranker: Ranker | None = load_ranker(path) if path.is_file() else None
    return Resolver(entities, open_grammar(workspace.library), as_of=as_of, places=places, groups=groups, ranker=ranker)


def list_touched(resolver: Resolver, store: ReviewStore, entity: str) -> list[ReviewItem]:
    """Items that were asked before an entity came and may be answered otherwise since; all others stand as they are."""
    items = store.items()
    return [items[row] for row in resolver.find_touched(entity, [item.mention for item in items])]


def resolve_list(
    resolver: Resolver, store: ReviewStore, mentions: Sequence[Mention], *, source: str, asked_at: str
) -> ListResult:
    """Resolve a list and ask about what is unsure; a mention that was answered before has that answer."""
    decided = {(i.text, i.code, i.place): store_answer for i, store_answer in _list_answered(store)}
    links = []
    asked = []
    for row, link in enumerate(resolver.resolve_many(mentions), start=1):
        answer = decided.get((link.mention.text, link.mention.hints.code, link.mention.hints.place))
        if link.status is LinkStatus.AMBIGUOUS and answer is not None:
            links.append(_apply_answer(link, answer))
            continue
        links.append(link)
        if link.status is LinkStatus.AMBIGUOUS:
            name = resolver.name_of(link.entity)
            asked.append(make_item(link, f"{source}:{row}", resolver.ranker.version, asked_at, name))
    return ListResult(tuple(links), tuple(store.add_items(asked)))


def answer_item(
    workspace: Workspace, store: ReviewStore, item: int, entity: str, *, by: str, answered_at: str, note: str = ""
) -> ReviewAnswer:
    """Answer an item of the queue with an entity of the register, or with nobody. Raises ``KaiwuError``."""
    if entity != NOBODY:
        workspace.register.entity(entity)
    return store.add_answer(ReviewAnswer(0, item, entity, by, answered_at, note))


def learn(
    workspace: Workspace, resolver: Resolver, store: ReviewStore, more: Sequence[tuple[Mention, str]] = ()
) -> LearnedRanker:
    """Fit weights on the answers of the queue and on more confirmed links, and keep the model in the workspace.

    ``more`` are mentions with their entity, or ``NOBODY``. Branches are left out: the grammar decides them.
    """
    known = [(item.mention, answer.entity) for item, answer in _list_answered(store)] + list(more)
    ranking = resolver.rank([mention for mention, _ in known])
    is_branch = np.array([part.branch != "" for part in ranking.parts], np.bool_)
    truth = [entity for _, entity in known]
    rows = zip(ranking.pairs.mention.tolist(), ranking.pairs.entry.tolist(), strict=True)
    is_link = np.array([resolver.entity_of(entry) == truth[mention] for mention, entry in rows], np.bool_)
    kept = np.flatnonzero(~is_branch[ranking.pairs.mention])
    model = fit_ranker(ranking.measures.take(kept), ranking.odds[kept], is_link[kept])
    path = workspace.folder / MODEL
    path.parent.mkdir(exist_ok=True)
    model.save(path)
    return model


def _list_answered(store: ReviewStore) -> list[tuple[ReviewItem, ReviewAnswer]]:
    answers = store.answers()
    return [(item, answers[item.number]) for item in store.items() if item.number in answers]


def _apply_answer(link: Link, answer: ReviewAnswer) -> Link:
    status = LinkStatus.NONE if answer.entity == NOBODY else LinkStatus.SAME
    return Link(link.mention, status, answer.entity, 1.0 if answer.entity else 0.0, alternatives=link.alternatives)


def _find_place(workspace: Workspace, entity: str, as_of: dt.date) -> str:
    """The town of an entity in words, blank where unknown."""
    try:
        town = workspace.register.town_of(entity, as_of, Basis.REGISTERED)
    except KaiwuError:
        return ""
    return town.name if town else ""
