"""Accounts: passwords, one-time codes, sessions, single sign-on, the three administrators."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from own_process import clean
from small_site import PASSWORD

NEW = "another quite long phrase"


def log_in(client, login, password=PASSWORD):
    return client.post("/login/", {"login": login, "password": password})


def verbs_of(person):
    from kaiwu.web.event.models import Event

    return list(Event.objects.filter(record="person", key=str(person.pk)).order_by("pk").values_list("verb", flat=True))


@pytest.fixture
def with_totp(person):
    """Somebody with one-time codes; gives the person, the key and the recovery codes."""
    from kaiwu.web.account.sign_in import start_totp
    from kaiwu.web.account.totp import code_at, make_secret
    from kaiwu.web.event.services import Actor

    def make(login):
        who, secret = person(login), make_secret()
        codes = start_totp(Actor(login), who, secret, code_at(secret, int(time.time()) // 30 - 1))
        assert len(codes) == 10
        return who, secret, codes

    return make


def code_now(secret):
    from kaiwu.web.account.totp import code_at

    return code_at(secret, int(time.time()) // 30)


# Passwords


def test_a_first_password_is_changed_before_anything_else(browse, person):
    from kaiwu.web.account.models import Person

    Person.objects.filter(login="officer").update(must_change_password=True)
    client = browse("officer")
    assert client.get("/firm/")["Location"] == "/account/password/"
    assert client.get("/api/firm").status_code == 403
    assert client.get("/account/password/").status_code == 200
    client.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert client.get("/firm/").status_code == 200
    assert log_in(browse(""), "officer", NEW)["Location"] == "/"
    assert log_in(browse(""), "officer").status_code == 401


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("short", "12"), ("qwertyuiop[]", "常见"), ("my officer phrase is", "登录名"), ("kaiwu kaiwu kaiwu", "系统名称"),
        (PASSWORD, "最近"), ("x" * 129, "128"),
    ],
)  # fmt: skip
def test_a_weak_password_is_refused_and_says_why(browse, password, word):
    if word == "常见":
        password = "1qaz2wsx3edc"  # in the list of the most used
    answer = browse("officer").post("/account/password/", {"old": PASSWORD, "new": password, "again": password})
    assert answer.status_code == 422
    assert word in answer.content.decode()


def test_any_kind_of_characters_and_sixty_four_of_them_are_taken(browse):
    long = "只要够长就行 spaces and ß and 🎈 are fine, no rule about kinds" + "." * 10
    assert len(long) >= 64
    assert (
        browse("officer").post("/account/password/", {"old": PASSWORD, "new": long, "again": long}).status_code == 302
    )


def test_the_present_password_is_asked_for_and_both_new_ones_agree(browse):
    client = browse("officer")
    assert client.post("/account/password/", {"old": "wrong", "new": NEW, "again": NEW}).status_code == 422
    assert client.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": NEW + "x"}).status_code == 422


def test_none_of_the_last_five_comes_back(person):
    from kaiwu.quantity import KaiwuError
    from kaiwu.web.account.password import KEPT, change_password
    from kaiwu.web.event.services import Actor

    who = person("officer")
    phrases = [f"phrase number {word} of them" for word in ("one", "two", "three", "four", "five")]
    for phrase in phrases:
        change_password(Actor("officer"), who, phrase)
    for phrase in phrases:
        with pytest.raises(KaiwuError, match="W-PASSWORD"):
            change_password(Actor("officer"), who, phrase)
    change_password(Actor("officer"), who, PASSWORD)  # the sixth last
    assert who.former_passwords.count() == KEPT


def test_a_password_is_kept_as_a_slow_hash(settings_of):
    from django.conf import global_settings
    from django.contrib.auth.hashers import make_password

    settings_of(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS)  # the site's own: it names none
    algorithm, rounds, _, _ = make_password(PASSWORD).split("$")
    assert algorithm == "pbkdf2_sha256"
    assert int(rounds) >= 600_000


def test_a_changed_password_ends_every_other_session(browse):
    here, there = browse("officer"), browse("officer")
    assert there.get("/").status_code == 200
    here.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert here.get("/").status_code == 200
    assert there.get("/")["Location"].startswith("/login/")


# One-time codes


def test_codes_are_those_of_the_standard(db):
    """RFC 6238, appendix B, SHA-1; six of its eight digits."""
    import base64

    from kaiwu.web.account.totp import code_at

    secret = base64.b32encode(b"12345678901234567890").decode()
    told = {59: "94287082", 1111111109: "07081804", 1234567890: "89005924", 20000000000: "65353130"}
    assert {at: code_at(secret, at // 30) for at in told} == {at: code[-6:] for at, code in told.items()}


def test_the_code_is_the_second_step_and_is_taken_once(browse, with_totp):
    who, secret, _ = with_totp("officer")
    client = browse("")
    assert log_in(client, "officer")["Location"] == "/login/code/"
    assert client.get("/firm/")["Location"].startswith("/login/")  # half a login is none
    code = code_now(secret)
    assert client.post("/login/code/", {"code": code})["Location"] == "/"
    assert client.get("/firm/").status_code == 200
    other = browse("")
    log_in(other, "officer")
    assert other.post("/login/code/", {"code": code}).status_code == 401
    assert verbs_of(who)[-3:] == ["person.code", "person.login", "person.login_failed"]


def test_a_recovery_code_stands_in_once(browse, with_totp):
    _, _, codes = with_totp("officer")
    for status in (302, 401):
        client = browse("")
        log_in(client, "officer")
        assert client.post("/login/code/", {"code": codes[0].lower().replace("-", " ")}).status_code == status


def test_neither_the_key_nor_a_recovery_code_is_kept_readable(with_totp):
    who, secret, codes = with_totp("officer")
    assert secret not in who.secret
    kept = " ".join(who.recovery_codes.values_list("digest", flat=True))
    assert not any(code.replace("-", "") in kept or code in kept for code in codes)
    assert len(codes[0].replace("-", "")) * 5 >= 112  # bits: a keyed digest is enough


def test_five_wrong_codes_lock_the_account(browse, with_totp):
    _, secret, _ = with_totp("officer")
    client = browse("")
    log_in(client, "officer")
    for _ in range(5):
        client.post("/login/code/", {"code": "000000"})
    assert client.post("/login/code/", {"code": code_now(secret)})["Location"] == "/login/"
    assert log_in(browse(""), "officer").status_code == 401


def test_half_a_login_does_not_wait_for_ever(browse, with_totp, monkeypatch):
    _, secret, _ = with_totp("officer")
    client = browse("")
    log_in(client, "officer")
    now = time.time()
    monkeypatch.setattr("kaiwu.web.account.sign_in.time.time", lambda: now + 301)
    assert client.post("/login/code/", {"code": code_now(secret)})["Location"] == "/login/"


@pytest.mark.parametrize(("login", "is_sent"), [("officer", True), ("chief", True), ("system", True), ("security", True), ("auditor", True), ("clerk01", False), ("east", False)])  # fmt: skip
def test_roles_that_decide_need_codes_where_the_site_asks(browse, settings_of, login, is_sent):
    settings_of(KAIWU_REQUIRE_TOTP=True)
    answer = browse(login).get("/")
    assert (answer.status_code == 302 and answer["Location"] == "/account/totp/") is is_sent


def test_a_site_of_real_data_asks_unless_told_otherwise(browse, monkeypatch):
    assert browse("officer").get("/").status_code == 200
    monkeypatch.setattr("kaiwu.web.account.sign_in.is_synthetic", lambda: False)
    assert browse("officer").get("/")["Location"] == "/account/totp/"


def test_codes_are_set_up_with_the_password_and_the_first_code(browse, person):
    client = browse("officer")
    page = client.get("/account/totp/")
    secret = page.context["secret"]
    assert page.context["qr"].startswith("data:image/svg+xml")
    assert client.post("/account/totp/", {"code": code_now(secret), "password": "wrong"}).status_code == 422
    done = client.post("/account/totp/", {"code": code_now(secret), "password": PASSWORD})
    assert done.context["recovery_codes"][0] in done.content.decode()
    assert person("officer").has_totp


# Sessions


def test_a_login_gets_a_new_session_key(browse):
    client = browse("")
    client.get("/language/en/")
    client.get("/login/code/")
    before = client.session.session_key
    log_in(client, "officer")
    after = client.cookies["kaiwu"].value
    assert after != before
    assert len(after) >= 26  # of 36 letters and digits: more than 128 bits


def test_a_session_ends_when_nobody_clicks(browse, settings_of):
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    settings_of(SESSION_COOKIE_AGE=60)
    client = browse("officer")
    client.get("/")
    key = client.cookies["kaiwu"].value
    left = Session.objects.get(session_key=key).expire_date - timezone.now()
    assert 50 < left.total_seconds() <= 60
    Session.objects.filter(session_key=key).update(expire_date=timezone.now())
    assert client.get("/")["Location"].startswith("/login/")


def test_a_busy_session_ends_after_half_a_day(browse, monkeypatch):
    client = browse("officer")
    assert client.get("/").status_code == 200
    now = time.time()
    monkeypatch.setattr("kaiwu.web.account.gate.time.time", lambda: now + 12 * 3600 + 1)
    assert client.get("/")["Location"] == "/login/"


def test_logging_out_ends_the_session_on_the_server(browse, person):
    from django.contrib.sessions.models import Session

    client = browse("officer")
    key = client.cookies["kaiwu"].value
    answer = client.post("/logout/")
    assert "storage" in answer["Clear-Site-Data"]
    assert not Session.objects.filter(session_key=key).exists()
    assert verbs_of(person("officer"))[-1] == "person.logout"
    assert client.get("/logout/").status_code in (302, 405)  # never by a link


def test_one_ends_all_of_ones_own_sessions(browse):
    here, there = browse("officer"), browse("officer")
    here.post("/account/sessions/")
    assert there.get("/")["Location"].startswith("/login/")
    assert here.get("/")["Location"].startswith("/login/")


# Administrators


def test_the_system_administrator_adds_people_without_roles(browse):
    from kaiwu.web.account.models import Person

    client = browse("system")
    page = client.post("/person/new/", {"login": "new.one", "name": "新人", "organisation": "经信局"})
    made = Person.objects.get(login="new.one")
    assert made.must_change_password
    assert made.roles == frozenset()
    password = page.content.decode().split("初始口令 ")[1].split("<")[0].split()[0]
    assert log_in(browse(""), "new.one", password)["Location"] == "/"


def test_a_taken_login_and_an_unknown_organisation_are_refused(browse):
    client = browse("system")
    assert client.post("/person/new/", {"login": "officer", "name": "x", "organisation": "bureau"}).status_code == 422
    assert client.post("/person/new/", {"login": "other", "name": "x", "organisation": "nowhere"}).status_code == 422
    assert client.post("/person/new/", {"login": "Has Space", "name": "x", "organisation": "bureau"}).status_code == 422


def test_a_firms_organisation_names_its_register_id(browse):
    client = browse("system")
    assert client.post("/organisation/new/", {"code": "F09", "name": "厂", "kind": "firm"}).status_code == 422
    told = {"code": "F09", "name": "厂", "kind": "firm", "entity": "F09"}
    assert client.post("/organisation/new/", told).status_code == 302
    assert client.post("/organisation/new/", told).status_code == 422


def test_the_security_administrator_gives_and_takes_roles(browse, person):
    client, who = browse("security"), person("west")
    assert client.post(f"/person/{who.pk}/roles/", {"roles": ["town", "expert"]}).status_code == 302
    assert person("west").roles == {"town", "expert"}
    client.post(f"/person/{who.pk}/roles/", {"roles": ["town"]})
    assert person("west").roles == {"town"}
    assert {"person.grant", "person.revoke"} <= set(verbs_of(who))


def test_a_refused_change_of_roles_changes_none(browse, person):
    who = person("auditor")
    assert browse("security").post(f"/person/{who.pk}/roles/", {"roles": ["system", "security"]}).status_code == 422
    assert person("auditor").roles == {"audit"}


def test_nobody_administers_the_own_account(browse, person):
    me, boss = person("security"), person("system")
    assert browse("security").post(f"/person/{me.pk}/roles/", {"roles": ["security", "officer"]}).status_code == 422
    assert browse("system").post(f"/person/{boss.pk}/turn/").status_code == 422
    assert browse("system").post(f"/person/{boss.pk}/password/").status_code == 422
    assert browse("system").post(f"/organisation/{boss.organisation_id}/turn/").status_code == 422


@pytest.mark.parametrize(
    ("deed", "allowed"),
    [("turn", "system"), ("password", "system"), ("roles", "security"), ("totp", "security"), ("sessions", "security")],
)
def test_each_deed_belongs_to_one_administrator(browse, person, deed, allowed):
    who = person("west")
    for login in ("officer", "chief", "auditor", "system", "security", "east", "clerk01"):
        status = browse(login).post(f"/person/{who.pk}/{deed}/", {"roles": ["town"]}).status_code
        assert (status != 404) is (login == allowed), login


def test_the_auditor_reads_and_changes_nothing(browse):
    client = browse("auditor")
    for url in ("/person/", "/organisation/", "/event/"):
        page = client.get(url)
        assert page.status_code == 200
        assert page.context["actions"] == []
    assert client.get("/person/new/").status_code == 404


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(browse, person):
    who, there = person("west"), browse("west")
    there.get("/")
    boss = browse("system")
    boss.post(f"/person/{who.pk}/turn/")
    assert there.get("/")["Location"].startswith("/login/")
    assert log_in(browse(""), "west").status_code == 401
    boss.post(f"/person/{who.pk}/turn/")
    assert log_in(browse(""), "west").status_code == 302


def test_the_people_of_a_closed_organisation_are_out(browse, person):
    there = browse("west")
    assert there.get("/").status_code == 200
    browse("system").post(f"/organisation/{person('west').organisation_id}/turn/")
    assert there.get("/")["Location"].startswith("/login/")
    assert log_in(browse(""), "west").status_code == 401


def test_a_reset_password_is_shown_once_and_ends_a_lock_out(browse, person):
    for _ in range(5):
        log_in(browse(""), "west", "wrong")
    assert log_in(browse(""), "west").status_code == 401
    page = browse("system").post(f"/person/{person('west').pk}/password/").content.decode()
    password = page.split("初始口令 ")[1].split("<")[0].split()[0]
    client = browse("")
    assert log_in(client, "west", password).status_code == 302
    assert client.get("/")["Location"] == "/account/password/"


def test_lost_codes_are_reset_by_the_security_administrator(browse, with_totp, person):
    who, _, _ = with_totp("west")
    browse("security").post(f"/person/{who.pk}/totp/")
    assert not person("west").has_totp
    assert log_in(browse(""), "west")["Location"] == "/"


# Single sign-on


def test_a_subject_opens_the_account_that_its_owner_linked_and_no_other(db, person, browse):
    from kaiwu.web.account.sign_in import find_linked, link_identity
    from kaiwu.web.event.services import Actor

    assert find_linked("kaiwu", "s-1") is None
    assert link_identity(Actor("east"), person("east"), "kaiwu", "s-1")
    assert not link_identity(Actor("west"), person("west"), "kaiwu", "s-1")
    assert find_linked("kaiwu", "s-1") == person("east")
    assert find_linked("elsewhere", "s-1") is None
    browse("system").post(f"/person/{person('east').pk}/turn/")
    assert find_linked("kaiwu", "s-1") is None


def test_a_proved_subject_logs_in_links_or_is_told_to_link(browse, rf_session, person):
    from kaiwu.web.account.models import Person
    from kaiwu.web.account.single_sign_on import accept_subject

    count = Person.objects.count()
    assert accept_subject(rf_session(None), "kaiwu", "s-2").status_code == 403
    assert accept_subject(rf_session(person("east")), "kaiwu", "s-2")["Location"] == "/account/"
    assert accept_subject(rf_session(person("west")), "kaiwu", "s-2").status_code == 409
    request = rf_session(None)
    assert accept_subject(request, "kaiwu", "s-2")["Location"] == "/"
    assert request.user == person("east")
    assert Person.objects.count() == count
    assert person("east").roles == {"town"}


def test_a_proved_subject_still_owes_the_code(rf_session, with_totp):
    from kaiwu.web.account.sign_in import link_identity
    from kaiwu.web.account.single_sign_on import accept_subject
    from kaiwu.web.event.services import Actor

    who, _, _ = with_totp("officer")
    link_identity(Actor("officer"), who, "kaiwu", "s-3")
    request = rf_session(None)
    assert accept_subject(request, "kaiwu", "s-3")["Location"] == "/login/code/"
    assert not request.user.is_authenticated


def test_the_handshake_with_a_provider_links_and_logs_in(tmp_path):
    """A provider of the test's own, in a process whose settings name it."""
    program = Path(__file__).parent / "provider_site.py"
    command = [sys.executable, str(program), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=clean())
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == ["refused", "linked", "entered", "forged"]


def test_password_fields_hide_and_let_managers_fill(browse):
    for client, url in ((browse(""), "/login/"), (browse("officer"), "/account/password/")):
        page = client.get(url).content.decode()
        fields = [f for f in page.split("<input")[1:] if "password" in f.split(">")[0]]
        assert fields
        assert all('type="password"' in f and "-password" in f and "onpaste" not in f for f in fields)
        assert "提示问题" not in page


def test_a_reset_password_leaves_the_code_in_place(browse, with_totp):
    who, _, _ = with_totp("officer")
    page = browse("system").post(f"/person/{who.pk}/password/").content.decode()
    password = page.split("初始口令 ")[1].split("<")[0].split()[0]
    assert log_in(browse(""), "officer", password)["Location"] == "/login/code/"


def test_every_page_offers_the_way_out(browse):
    for url in ("/", "/firm/", "/firm/F01/", "/account/", "/search/?q=F", "/nowhere/"):
        assert 'action="/logout/"' in browse("officer").get(url).content.decode()


def test_a_sealed_key_that_was_touched_is_refused(db, settings_of):
    from kaiwu.quantity import KaiwuError
    from kaiwu.web.account.totp import make_secret, seal, unseal

    secret = make_secret()
    sealed = seal(secret)
    assert unseal(sealed) == secret
    for touched in (sealed[:-8] + ("A" if sealed[-8] != "A" else "B") + sealed[-7:], sealed[::-1]):
        with pytest.raises(KaiwuError, match="W-SEAL"):
            unseal(touched)
    settings_of(SECRET_KEY="another key of the site, fifty characters long, that is new")
    with pytest.raises(KaiwuError, match="W-SEAL"):
        unseal(sealed)
