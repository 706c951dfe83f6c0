"""Answering who is meant (复核办理): the answer is kept in the workspace, for ever, and its event is written.

Owns the verb. What an answer means to the resolver is ``kaiwu.procedure.identity``: a branch or the group of a firm is not that
firm, so it is kept as nobody of the register, with the relation in the note.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from kaiwu.procedure.identity import ReviewAnswer, ReviewItem, answer_item
from kaiwu.procedure.identity.review import NOBODY
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.event.services import Actor, Deed, record
from kaiwu.web.identity.queries import review_store
from kaiwu.web.workspace import workspace

SAME, NONE, BRANCH, GROUP = "same", "none", "branch", "group"
RELATIONS: dict[str, tuple[str, str]] = {
    SAME: ("就是它", "this very firm"),
    BRANCH: ("是它的分支机构", "a branch of it"),
    GROUP: ("是它所在的集团", "the group that it belongs to"),
    NONE: ("库中没有", "not in the register"),
}
"""What a person may answer; all but the last name a candidate."""


def answer(actor: Actor, item: ReviewItem, relation: str, entity: str, note: str) -> ReviewAnswer:
    """Answer an item: one candidate, a relation to one, or nobody. Raises ``KaiwuError`` where it is none of these."""
    named = next((c.name for c in item.candidates if c.entity == entity), "")
    if relation not in RELATIONS or (relation != NONE and not named):
        raise KaiwuError(
            Problem(
                "W-REVIEW",
                "请选一个候选主体和关系, 或答“库中没有”",
                "choose a candidate and how it is related, or say that it is not in the register",
            )
        )
    told = "; ".join(
        filter(
            None, (f"{RELATIONS[relation][0]}: {entity} {named}" if relation in (BRANCH, GROUP) else "", note.strip())
        )
    )
    with transaction.atomic():
        after = {
            "relation": relation,
            "entity": entity if relation != NONE else "",
            "name": named if relation != NONE else "",
        }
        record(
            actor,
            Deed(
                "identity.answer",
                "review_item",
                str(item.number),
                before={"mention": item.text, "source": item.source},
                after=after,
                evidence=told,
            ),
        )
        return answer_item(
            workspace(), review_store(), item.number, entity if relation == SAME else NOBODY, by=actor.name or actor.login,
            answered_at=timezone.localtime().isoformat(timespec="seconds"), note=told,
        )  # fmt: skip
