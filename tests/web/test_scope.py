"""Who sees which row: a firm itself, a town its firms, an officer the district, a stranger nothing."""

from __future__ import annotations

import pytest

from small_county import FIRMS


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("officer", set(FIRMS)), ("chief", set(FIRMS)), ("auditor", set(FIRMS)), ("east", set(FIRMS[::2])), ("west", set(FIRMS[1::2])),
        ("clerk01", {"F01"}), ("taxman", set()), ("system", set()), ("security", set()),
    ],
)  # fmt: skip
def test_everybody_sees_their_own_firms(person, login, seen):
    from kaiwu.web.registry.models import Firm

    assert {f.entity for f in Firm.objects.visible_to(person(login))} == seen


@pytest.mark.parametrize("login", ["officer", "east", "clerk01", "taxman"])
def test_public_rows_are_seen_by_everybody(person, login):
    from kaiwu.web.registry.models import Place

    assert {p.name for p in Place.objects.visible_to(person(login))} == {"东镇", "西镇"}


def test_a_stranger_is_sent_to_the_login(browse):
    answer = browse("").get("/firm/")
    assert answer.status_code == 302
    assert answer["Location"] == "/login/?next=/firm/"


def test_the_api_tells_a_stranger_to_log_in(browse):
    answer = browse("").get("/api/firm")
    assert answer.status_code == 401
    assert answer.json()["code"] == "W-LOGIN"


def test_a_firm_out_of_reach_does_not_exist(browse):
    client = browse("clerk01")
    assert client.get("/firm/F01/").status_code == 200
    assert client.get("/firm/F02/").status_code == 404
    assert client.get("/api/firm/F02").status_code == 404


def test_a_list_of_a_town_has_its_firms_only(browse):
    page = browse("east").get("/firm/").content.decode()
    assert "F02" in page
    assert "F01" not in page
