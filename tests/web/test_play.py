"""The demo's story: every desk has something on it, told by the services that people call, once."""

from __future__ import annotations

import pytest


@pytest.fixture
def played(db, monkeypatch):
    """The story over the small county; the people of the demo are those of the county."""
    from kaiwu.web import play
    from kaiwu.web.account.models import Person

    for demo, login in (("town", "west"), ("firm", "clerk01")):
        Person.objects.filter(login=login).update(login=demo)
    play.play()
    return play


def test_the_officer_has_an_evaluation_and_a_dispute_on_the_desk(played):
    from kaiwu.web.evaluation.models import Dispute, Evaluation, Sheet

    made = Evaluation.objects.get()
    assert made.case.stage == "confirm"
    assert Dispute.objects.get().state == "forwarded"
    states = set(Sheet.objects.values_list("state", flat=True))
    assert states == {"sent", "confirmed", "disputed"}
    assert Sheet.objects.get(firm__entity="F01").state == "sent"  # the demo firm answers itself


def test_requests_stand_at_several_stages_and_one_is_overdue(played):
    from django.utils import timezone

    from kaiwu.web.case.models import Case

    cases = Case.objects.filter(procedure="request")
    assert {c.stage for c in cases} == {"raised", "working", "department", "answered"}
    assert any(c.due < timezone.localdate() for c in cases if c.due)


def test_it_is_played_once(played):
    from kaiwu.web.case.models import Case

    before = Case.objects.count()
    played.play()
    assert Case.objects.count() == before
