"""Reading the review queue (复核查询): items, the evidence of each candidate, answers; and one name resolved.

Owns the step from ``kaiwu.procedure.identity`` to plain rows, and the resolver that is kept open.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from kaiwu.identity.linking.answer import Hints, Link, LinkStatus, Mention
from kaiwu.identity.linking.evidence import Evidence, Grounds, tell_evidence
from kaiwu.identity.linking.resolver import Resolver
from kaiwu.procedure import Workspace
from kaiwu.procedure.identity import MODEL, ReviewAnswer, ReviewItem, ReviewStore, open_resolver
from kaiwu.procedure.identity.review import NOBODY
from kaiwu.web.registry.models import Firm
from kaiwu.web.wording import pick
from kaiwu.web.workspace import workspace

STATUSES: dict[LinkStatus, tuple[str, str, str]] = {
    LinkStatus.SAME: ("同一主体", "the same", "ok"), LinkStatus.FORMER_NAME: ("曾用名", "former name", "ok"), LinkStatus.BRANCH_OF: ("其分支机构", "a branch of it", "info"),
    LinkStatus.GROUP_OF: ("其所在集团", "its group", "info"), LinkStatus.AMBIGUOUS: ("待人工复核", "a person decides", "warn"), LinkStatus.NONE: ("库中没有", "not in the register", "muted"),
}  # fmt: skip
SIGNS = {1: ("支持", "for", "ok"), 0: ("参考", "neither", "muted"), -1: ("反对", "against", "bad")}


def review_store() -> ReviewStore:
    """The queue of the workspace."""
    return ReviewStore(workspace().folder / "state.db")


def resolver() -> Resolver:
    """The resolver over the register as of today, with the learnt weights where there are any; opened once."""
    home = workspace()
    model = home.folder / MODEL
    return _open(home, timezone.localdate(), model.stat().st_mtime_ns if model.is_file() else 0)


@lru_cache(maxsize=1)
def _open(home: Workspace, day: dt.date, model: int) -> Resolver:
    return open_resolver(home, day)


def find_item(number: int) -> ReviewItem:
    """An item of the queue. Raises ``Http404`` where there is none."""
    found = next((i for i in review_store().items() if i.number == number), None)
    if found is None:
        raise Http404
    return found


def queue_rows(items: list[ReviewItem], answers: dict[int, ReviewAnswer]) -> list[tuple[Any, ...]]:
    """The queue: mention, hints, the likeliest candidate, the answer where there is one."""
    return [
        (
            str(i.number), i.text, i.code, i.place, Path(i.source).name, f"{i.candidates[0].name} {i.candidates[0].weight:.2f}" if i.candidates else "", str(len(i.candidates)),
            {"text": pick("待复核", "waits"), "tag": "warn"} if i.number not in answers else {"text": answer_words(i, answers[i.number]), "tag": "ok" if answers[i.number].entity else "muted"},
        )
        for i in items
    ]  # fmt: skip


def answer_words(item: ReviewItem, answer: ReviewAnswer) -> str:
    """An answer as a person reads it."""
    if answer.entity == NOBODY:
        return pick("库中没有", "not in the register")
    return next((c.name for c in item.candidates if c.entity == answer.entity), answer.entity)


def show_candidates(item: ReviewItem) -> list[dict[str, Any]]:
    """Every candidate with what speaks for and against it now, by the resolver that is open."""
    found = resolver()
    told = _evidence_of(found, item.mention)
    urls = set(Firm.objects.filter(entity__in=[c.entity for c in item.candidates]).values_list("entity", flat=True))
    return [
        {
            "entity": c.entity, "name": found.name_of(c.entity) or c.name, "found_by": c.name, "weight": f"{c.weight:.2f}", "evidence": show_evidence(told.get(c.entity, ())),
            "url": reverse("firm-detail", args=[c.entity]) if c.entity in urls else "",
        }
        for c in item.candidates
    ]  # fmt: skip


def _evidence_of(found: Resolver, mention: Mention) -> dict[str, tuple[Evidence, ...]]:
    """What speaks for and against each entity whose name is like a mention."""
    ranking = found.rank([mention])
    told: dict[str, tuple[Evidence, ...]] = {}
    for row in np.argsort(-ranking.weights).tolist():
        entry = int(ranking.pairs.entry[row])
        grounds = Grounds(found.index.entries[entry].text, ranking.measures.names, ranking.measures.values[row])
        told.setdefault(found.entity_of(entry), tell_evidence(grounds))
    return told


def show_evidence(told: tuple[Evidence, ...]) -> list[dict[str, str]]:
    """Signed sentences as reasons of a page."""
    return [{"text": pick(e.zh, e.en), "outcome": pick(*SIGNS[e.sign][:2]), "tag": SIGNS[e.sign][2]} for e in told]


def resolve_name(text: str, code: str, place: str) -> Link:
    """Who is meant by one name."""
    return resolver().resolve(text, Hints(code, place))


def show_link(link: Link) -> dict[str, Any]:
    """A resolved name as a page shows it."""
    zh, en, tag = STATUSES[link.status]
    found = resolver()
    return {
        "status": pick(zh, en), "tag": tag, "name": found.name_of(link.entity) if link.entity else "", "entity": link.entity, "weight": f"{link.weight:.3f}", "evidence": show_evidence(link.evidence),
        "problems": [pick(p.zh, p.en) for p in link.problems], "alternatives": [(a.entity, a.name, f"{a.weight:.2f}") for a in link.alternatives if a.entity != link.entity],
    }  # fmt: skip
