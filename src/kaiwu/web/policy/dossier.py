"""Policies and titles of a firm on its page (一企一档)."""

from __future__ import annotations

from django.urls import reverse

from kaiwu.rule.outcome import Outcome
from kaiwu.web.account.models import Person
from kaiwu.web.policy.models import PolicyAnswer, PolicyClause, Title
from kaiwu.web.registry.models import Firm
from kaiwu.web.run.models import NearRow
from kaiwu.web.screen import Section
from kaiwu.web.screen.table import make_table
from kaiwu.web.wording import pick


def show_policies(firm: Firm, person: Person) -> Section | None:
    """How many clauses fit, nearly fit or wait for a finding, with the way to them."""
    answers = PolicyAnswer.objects.visible_to(person).filter(firm=firm)
    counts = {o: answers.filter(outcome=int(o)).count() for o in (Outcome.PASS, Outcome.HUMAN)}
    run = PolicyClause.objects.values_list("run_id", flat=True).first()
    near = NearRow.objects.visible_to(person).filter(firm=firm, run=run).count()
    if not near and not any(counts.values()):
        return None
    heads = (pick("结论", "Answer"), pick("条款数", "Clauses"))
    rows = [
        (pick("符合", "fits"), f"{counts[Outcome.PASS]:,}"),
        (pick("差一点", "nearly"), f"{near:,}"),
        (pick("需认定", "finding"), f"{counts[Outcome.HUMAN]:,}"),
    ]
    url = reverse("policy-firm", args=[firm.entity])
    return Section(
        "policies",
        pick("可享政策", "Policies"),
        make_table(heads, rows, urls=[f"{url}#{a}" for a in ("fits", "near", "human")]),
    )


def show_titles(firm: Firm, person: Person) -> Section | None:
    """Titles that it holds or held."""
    titles = list(Title.objects.visible_to(person).filter(firm=firm))
    if not titles:
        return None
    heads = (
        pick("认定", "Title"),
        pick("认定日期", "Granted on"),
        pick("有效期至", "Valid to"),
        pick("文号", "Document"),
    )
    rows = [(t.name, str(t.granted_on), str(t.valid_to or ""), t.document) for t in titles]
    return Section("titles", pick("认定结果", "Titles"), make_table(heads, rows), len(rows))
