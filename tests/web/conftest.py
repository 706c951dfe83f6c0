"""One site over the small county for all tests of the platform: Django is set up once a process, each test rolls back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from small_site import add_people, make_site_folder

if TYPE_CHECKING:
    from django.test import Client

    from kaiwu.web.account.models import Person
    from kaiwu.web.evaluation.models import Evaluation


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the site: the small county with towns, and one run of its job."""
    return make_site_folder(tmp_path_factory.mktemp("platform"))


@pytest.fixture(scope="session")
def platform(site_folder: Path) -> Path:
    """Django set up over that workspace, tables made, registry filled, one account of every kind."""
    pytest.importorskip("django", reason="the platform needs the extra web")
    from kaiwu.web import site

    site.set_up(site_folder)
    from django.test import override_settings
    from django.test.utils import setup_test_environment

    setup_test_environment()
    override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]
    ).enable()  # quick, for tests alone
    site.migrate()
    site.sync()
    add_people()
    return site_folder


@pytest.fixture
def db(platform: Path) -> Iterator[Path]:
    """The site; what a test writes into the database is rolled back."""
    from django.db import transaction

    from kaiwu.web.limit import COUNTER

    COUNTER.forget()
    with transaction.atomic():
        yield platform
        transaction.set_rollback(True)


@pytest.fixture
def person(db: Path) -> Callable[[str], Person]:
    """The person of a login."""
    from kaiwu.web.account.models import Person

    return lambda login: Person.objects.select_related("organisation").get(login=login)


@pytest.fixture
def browse(person: Callable[[str], Person]) -> Callable[[str], Client]:
    """A client that is logged in as somebody; "" is a stranger. Every request that writes has to leave an event."""
    from django.test import Client
    from event_watch import Watch

    class WatchedClient(Client):
        def request(self, **asked: object) -> object:
            with Watch() as watch:
                answer = super().request(**asked)
            assert watch.silent == [], f"{asked.get('PATH_INFO')} wrote {watch.silent} without an event"
            return answer

    def enter(login: str) -> Client:
        client = WatchedClient(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="zh-hans")
        if login:
            client.force_login(person(login), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture
def year(db: Path, tmp_path: Path, person: Callable[[str], Person]) -> Iterator[Evaluation]:
    """An evaluation whose firms have their sheets."""
    from evaluated_year import begun

    with begun(db, tmp_path / "kept", person) as made:
        yield made


@pytest.fixture
def settings_of(db: Path) -> Iterator[Callable[..., None]]:
    """Changes settings until the test ends."""
    from django.test import override_settings

    changed = []

    def change(**values: object) -> None:
        changed.append(override_settings(**values))
        changed[-1].enable()

    yield change
    for each in reversed(changed):
        each.disable()


@pytest.fixture
def rf_session(db: Path) -> Callable[[Person | None], object]:
    """A bare request with a session, of somebody or of a stranger."""
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import RequestFactory

    def make(person: Person | None) -> object:
        request = RequestFactory(HTTP_HOST="localhost").get("/oidc/kaiwu/login/callback/")
        request.session, request.user = SessionStore(), person or AnonymousUser()
        return request

    return make
