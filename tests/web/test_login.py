"""Logging in: right, wrong, locked; nobody learns which part was wrong, and every try leaves its event."""

from __future__ import annotations

from datetime import timedelta

PASSWORD = "a long enough pass phrase"


def log_in(client, login, password):
    return client.post("/login/", {"login": login, "password": password})


def test_the_right_password_opens_the_desk(browse):
    client = browse("")
    assert log_in(client, "Officer ", PASSWORD)["Location"] == "/"
    assert client.get("/").status_code == 200


def test_wrong_and_unknown_get_the_same_answer(browse):
    wrong = log_in(browse(""), "officer", "wrong")
    unknown = log_in(browse(""), "nobody", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_five_wrong_passwords_lock_the_account_for_a_while(browse, person):
    from django.utils import timezone

    from kaiwu.web.account.models import Person
    from kaiwu.web.event.models import Event

    client = browse("")
    for _ in range(5):
        log_in(client, "officer", "wrong")
    assert log_in(client, "officer", PASSWORD).status_code == 401
    verbs = list(Event.objects.filter(actor="officer").values_list("verb", flat=True))
    assert verbs.count("person.login_failed") == 5
    assert verbs.count("person.locked") == 1
    Person.objects.filter(login="officer").update(locked_until=timezone.now() - timedelta(seconds=1))
    assert log_in(client, "officer", PASSWORD).status_code == 302


def test_nobody_holds_two_of_the_three_administrators_roles(person):
    import pytest

    from kaiwu.quantity import KaiwuError
    from kaiwu.web.account.role import Role
    from kaiwu.web.account.services import grant_role
    from kaiwu.web.event.services import SYSTEM

    with pytest.raises(KaiwuError, match="W-SPLIT"):
        grant_role(SYSTEM, person("auditor"), Role.SYSTEM)


def test_a_login_does_not_lead_to_another_site(browse):
    answer = browse("").post("/login/?next=https://elsewhere.example/", {"login": "officer", "password": PASSWORD})
    assert answer["Location"] == "/"
