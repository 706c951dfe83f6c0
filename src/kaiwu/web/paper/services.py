"""Deeds on papers (文书办理): make one, which freezes what it says under a number."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.utils import timezone

from kaiwu.web.account.models import Person
from kaiwu.web.case.services import next_number
from kaiwu.web.event.services import Actor, Deed, record
from kaiwu.web.paper.kind import Kind
from kaiwu.web.paper.models import Paper
from kaiwu.web.paper.word import keep_template
from kaiwu.web.registry.models import Firm


@transaction.atomic
def make_paper(actor: Actor, person: Person, kind: Kind, subject: str = "") -> Paper:
    """Write and freeze a paper. Raises ``KaiwuError`` where what it needs is not there, or no pack has its template."""
    told = kind.write(person, subject)
    content = told.freeze()
    digest = hashlib.sha256(content.encode()).hexdigest()
    firm = Firm.objects.filter(entity=told.firm).first() if told.firm else None
    made = Paper.objects.create(
        number=next_number(f"{kind.code}-{timezone.localdate().year}"), kind=kind.code, title=told.title[:200], subject=subject[:64], firm=firm,
        as_of=told.as_of, run=told.run, rule_version=told.rule_version[:64], content=content, digest=digest,
        template=keep_template(kind.code), made_by=actor.login,
    )  # fmt: skip
    after = {"kind": kind.code, "digest": digest, "run": told.run}
    record(actor, Deed("paper.make", "paper", made.number, firm=told.firm, after=after, rule_version=made.rule_version))
    return made
