"""What is done in a land round (供地办理): the notice, a decided objection, the final result, the state of a supply. Each writes its event.

Owns the verbs of the platform. Which step may follow which, the records and the log are ``kaiwu.procedure.allot``'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from kaiwu.allot.appeal import Appeal, Correction
from kaiwu.procedure.allot.desk import Desk
from kaiwu.report.allot_page import render_notice
from kaiwu.report.allot_site import make_paper
from kaiwu.web.event.services import Actor, Deed, record


@contextmanager
def _told(actor: Actor, deed: Deed) -> Iterator[None]:
    """The event of a deed, which falls where the deed is refused."""
    with transaction.atomic():
        record(actor, deed)
        yield


def publish_notice(actor: Actor, desk: Desk, code: str, issuer: str) -> None:
    """Publish the result of a round. Raises ``KaiwuError`` where it may not be."""
    page = render_notice(make_paper(desk, code), signer=actor.name, issuer=issuer)
    with _told(actor, Deed("land.notice", "land_round", code, after={"signer": actor.name, "issuer": issuer})):
        desk.notice(code, timezone.localdate(), actor.name, page.encode())


def decide_objection(
    actor: Actor, desk: Desk, code: str, correction: Correction, reason: str, *, is_upheld: bool
) -> Appeal:
    """Uphold or reject an objection. Raises ``KaiwuError`` where the round is not noticed, already final, or no reason is given."""
    verb = "land.uphold" if is_upheld else "land.reject"
    firm = desk.placed(code).round.applicant(correction.applicant).firm
    after = {
        "applicant": correction.applicant,
        "field": correction.field,
        "key": correction.key,
        "value": correction.value,
    }
    with _told(actor, Deed(verb, "land_round", code, firm=firm, after=after, evidence=reason)):
        return desk.decide_objection(code, correction, timezone.localdate(), actor.name, reason, is_upheld=is_upheld)


def finalise(actor: Actor, desk: Desk, code: str) -> None:
    """Close a round."""
    with _told(actor, Deed("land.final", "land_round", code)):
        desk.finalise(code, timezone.localdate(), actor.name)


def move_supply(actor: Actor, desk: Desk, code: str, supply: str, state: str, evidence: str) -> None:
    """Move a supply on: listed, sold, unsold, won by another, granted directly."""
    before = {"state": desk.supply_states(code).get(supply, "")}
    with _told(
        actor,
        Deed(
            "land.supply",
            "land_round",
            code,
            before=before,
            after={"supply": supply, "state": state},
            evidence=evidence,
        ),
    ):
        desk.supply(code, supply, state, timezone.localdate(), actor.name, evidence)
