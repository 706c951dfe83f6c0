"""The laws of the platform, over every route: nobody in without a login, nothing out of reach, no write without its event,
nothing of another firm in an answer, a fixed number of queries for a list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from full_site import A, B, addresses, fill, routes
from own_process import run_python

OPEN = ("/login/", "/public/", "/health/", "/language/")
SAFE = {200, 302, 404, 405, 422}
HERE = Path(__file__).parent


@pytest.fixture
def keys(db):
    """A site with something of everything, and its keys."""
    return fill()


def get(client, url):
    from kaiwu.web.limit import COUNTER

    COUNTER.forget()
    return client.get(url)


def post(client, url):
    from kaiwu.web.limit import COUNTER

    COUNTER.forget()
    return client.post(url, {"to": "working", "deed": "confirm", "evidence": "x"})


# Routes


def test_a_stranger_reaches_the_login_and_what_is_public_only(keys, browse):
    client = browse("")
    for url in {u for owner in (A, "") for u in addresses(keys[owner])}:
        answers = [get(client, url)] if url.startswith("/language/") else [get(client, url), post(client, url)]
        for answer in answers:
            if url.startswith("/api/"):
                assert answer.status_code == 401, url
            elif not url.startswith(OPEN):
                assert (answer.status_code, answer["Location"].startswith("/login/?")) == (302, True), url


def test_what_is_public_without_a_login_is_known(platform):
    """A new public route is a decision: it is written here."""
    public = {route for route, _ in routes() if route.startswith("/public/")}
    assert public == {
        "/public/sheet/{key}/{code}/", "/public/list/{number}/", "/public/land/{code}/", "/public/api/sheet/{key}/{code}",
        "/public/api/sheet/{key}/{code}/confirm", "/public/api/sheet/{key}/{code}/dispute",
    } | {r for r in public if r.startswith(("/public/api/openapi", "/public/api/docs", "/public/api/"))}  # fmt: skip


@pytest.mark.parametrize("login", ["clerk01", "west"])
def test_nothing_of_another_firm_is_read_or_changed_by_its_address(keys, browse, login):
    """Every route with the keys of a firm out of reach answers as if there were no such thing."""
    client = browse(login)
    empty = {url.format(**dict.fromkeys(names, "x")) for url, names in routes() if not names}
    for url in set(addresses(keys[B])) - empty:
        for answer in (get(client, url), post(client, url)):
            is_refused = answer.status_code in (404, 405) or (answer.status_code == 422 and "/public/" in url)
            assert is_refused or url.startswith(("/language/", "/public/", "/rating/")), (url, answer.status_code)


@pytest.mark.parametrize("login", ["officer", "clerk01", "east", "security"])
def test_no_route_breaks_for_anybody(keys, browse, login):
    client = browse(login)
    for url in {u for owner in (A, "") for u in addresses(keys[owner][:3])}:
        if not url.startswith("/account/"):
            assert get(client, url).status_code in SAFE, url


def test_no_deed_is_done_by_a_link(keys, browse):
    """Reading changes nothing: no address writes on GET, the session and the signs of life apart."""
    from event_watch import Watch

    client = browse("officer")
    with Watch() as watch:
        for url in {u for owner in (A, "") for u in addresses(keys[owner][:2])}:
            get(client, url)
    assert watch.writes == []


@pytest.mark.parametrize("login", ["auditor"])
def test_who_only_reads_changes_no_record_of_the_business(keys, browse, login):
    from event_watch import Watch

    client = browse(login)
    business = [u for owner in (A, "") for u in addresses(keys[owner])]
    with Watch() as watch:
        for url in business:
            if not url.startswith(
                ("/account/", "/person/", "/organisation/", "/login/", "/logout/", "/public/", "/language/")
            ):
                post(client, url)
    assert [w for w in watch.changed if not w.startswith("kaiwu_account")] == []


# Screens


def test_a_screen_opens_in_every_form_for_its_viewers_and_for_nobody_else(keys, browse, person):
    from kaiwu.web.menu import screens

    for login in ("officer", "auditor", "security", "taxman", "east", "clerk01"):
        client, who = browse(login), person(login)
        for screen in screens():
            wanted = 200 if screen.can_view(who) else 404
            for url in (f"/{screen.code}/", f"/{screen.code}/export.xlsx", f"/api/{screen.code}"):
                assert get(client, url).status_code == wanted, (login, url)
            hits = get(client, "/search/?q=F").context["found"]
            assert screen.can_view(who) or screen.code not in [h.screen.code for h in hits]


MATRIX = {
    "system": {"job", "person", "organisation"},
    "security": {"person", "organisation", "event"},
}


@pytest.mark.parametrize("login", MATRIX)
def test_administrators_see_no_record_of_the_business(db, person, login):
    from kaiwu.web.menu import screens

    assert {s.code for s in screens() if s.can_view(person(login))} == MATRIX[login]


def test_a_firm_sees_no_screen_of_the_office(db, person):
    from kaiwu.web.menu import screens

    seen = {s.code for s in screens() if s.can_view(person("clerk01"))}
    assert not seen & {"run", "consequence", "person", "organisation", "event", "place", "group"}


def test_a_list_costs_the_same_queries_however_many_rows_it_has(keys, browse):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from kaiwu.web.menu import screens

    client = browse("officer")
    for screen in screens():
        if get(client, f"/{screen.code}/").status_code == 200 and screen.search:
            counts = []
            for words in ("", "F01"):
                with CaptureQueriesContext(
                    connection,
                ) as made:
                    page = get(client, f"/{screen.code}/?q={words}")
                counts.append((len(page.context["rows"]), len(made)))
            (many, most), (few, least) = counts
            assert most <= 30, (screen.code, most)
            assert most - least <= 1 or many == few, (screen.code, counts)


# Events


def test_the_watch_sees_a_write_without_its_event(db, person):
    from django.db import transaction
    from event_watch import Watch

    from kaiwu.web.account.models import Organisation, Person
    from kaiwu.web.event.services import Actor, Deed, record

    with Watch() as watch:
        Person.objects.filter(login="east").update(name="x")  # in no transaction
        with transaction.atomic():
            Organisation.objects.bulk_create([Organisation(code="b1", name="b1", kind="bureau")])  # without an event
        with transaction.atomic():
            Organisation.objects.filter(code="b1").delete()
            record(Actor("x"), Deed("organisation.remove", "organisation", "b1"))
    assert watch.silent == ["kaiwu_account_person", "kaiwu_account_organisation"]


def test_the_work_of_the_system_leaves_events_too(db):
    from django.utils import timezone
    from event_watch import Watch

    from kaiwu.web.event.services import SYSTEM
    from kaiwu.web.job.services import ask
    from kaiwu.web.job.work import work_once
    from kaiwu.web.registry.models import Firm
    from kaiwu.web.registry.services import sync_registry
    from kaiwu.web.run.models import RunRow
    from kaiwu.web.run.services import keep_rows

    Firm.objects.filter(entity=B).update(name="stale")
    RunRow.objects.all().delete()
    with Watch(is_working=True) as watch:
        sync_registry(SYSTEM, timezone.localdate())
        keep_rows(SYSTEM)
        ask(SYSTEM, "sync", "sync", {})
        assert work_once("w").state == "done"
    assert watch.silent == []
    assert {"kaiwu_registry_firm", "kaiwu_run_runrow"} <= set(watch.changed)


# Non-interference


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What four viewers see before and after everything confidential of firm B has changed, in a process of its own."""
    folder = tmp_path_factory.mktemp("interference")
    program = f"import sys, runpy; sys.argv = ['x', sys.argv[1]]; runpy.run_path({str(HERE / 'interference.py')!r}, run_name='__main__')"
    return json.loads(run_python(program, folder / "site"))


@pytest.mark.slow
@pytest.mark.parametrize(("login", "least"), [("clerk01", 60), ("west", 80), ("taxman", 20), ("", 3)])
def test_no_byte_of_an_answer_depends_on_what_is_confidential_of_another_firm(seen, login, least):
    own_figures = {"taxman": "/reconcile/"}  # a department reads the figures that it gave itself, of every firm
    assert [url for url in seen[login]["differ"] if not url.startswith(own_figures.get(login, "-"))] == []
    assert seen[login]["opened"] >= least


@pytest.mark.slow
def test_who_may_see_that_firm_sees_the_change(seen):
    assert len(seen["officer"]["differ"]) == seen["officer"]["seen"]
