"""One site over the small county for all tests of the platform: Django is set up once a process, each test rolls back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kaiwu.identity import Basis, Batch, Entity, EntityKind, Name, Register, Relation, RelationKind
from small_county import FIRMS, make_county, run_county

if TYPE_CHECKING:
    from django.test import Client

    from kaiwu.web.account.models import Person

TOWNS = ("东镇", "西镇")
PASSWORD = "a long enough pass phrase"


def add_towns(folder: Path) -> None:
    """Two towns; firms with an even number lie in the first, the others in the second."""
    register = Register.load(folder / "register")
    towns = tuple(Entity(id=f"town:{t}", kind=EntityKind.TOWN, names=(Name(t),)) for t in TOWNS)
    places = tuple(
        Relation(RelationKind.LOCATED_IN_TOWN, f, f"town:{TOWNS[i % 2]}", basis=Basis.REGISTERED)
        for i, f in enumerate(FIRMS)
    )
    register.append(Batch(dt.date(2024, 1, 2), "test", towns, places))
    register.save(folder / "register")


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the site: the small county with towns, and one run of its job."""
    folder = tmp_path_factory.mktemp("platform")
    make_county(folder)
    add_towns(folder)
    config = folder / "kaiwu.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace('["county"]', '["county", "zhejiang"]'), encoding="utf-8"
    )
    from kaiwu.procedure import open_workspace

    run_county(open_workspace(folder))
    return folder


@pytest.fixture(scope="session")
def platform(site_folder: Path) -> Path:
    """Django set up over that workspace, tables made, registry filled, one account of every kind."""
    pytest.importorskip("django", reason="the platform needs the extra web")
    from kaiwu.web import site

    site.set_up(site_folder)
    from django.test.utils import setup_test_environment

    setup_test_environment()
    site.migrate()
    site.sync()
    _add_people()
    return site_folder


def _add_people() -> None:
    from kaiwu.web.account.role import OrganisationKind, Role
    from kaiwu.web.account.services import add_organisation, add_person
    from kaiwu.web.event.services import SYSTEM

    homes = {
        "bureau": add_organisation(SYSTEM, "bureau", "经信局", OrganisationKind.BUREAU),
        "tax": add_organisation(SYSTEM, "tax", "税务局", OrganisationKind.DEPARTMENT),
        **{
            f"town:{t}": add_organisation(SYSTEM, f"town:{t}", t, OrganisationKind.TOWN, entity=f"town:{t}")
            for t in TOWNS
        },
        **{f: add_organisation(SYSTEM, f, f, OrganisationKind.FIRM, entity=f) for f in FIRMS[:4]},
    }
    people = [
        ("officer", "bureau", Role.OFFICER), ("chief", "bureau", Role.CHIEF), ("auditor", "bureau", Role.AUDIT),
        ("system", "bureau", Role.SYSTEM), ("security", "bureau", Role.SECURITY), ("taxman", "tax", Role.DEPARTMENT),
        ("east", "town:东镇", Role.TOWN), ("west", "town:西镇", Role.TOWN),
        *((f"clerk{f[1:]}", f, Role.CLERK) for f in FIRMS[:4]),
    ]  # fmt: skip
    for login, home, role in people:
        add_person(SYSTEM, login, login, homes[home], (role,), PASSWORD, must_change=False)


@pytest.fixture
def db(platform: Path) -> Iterator[Path]:
    """The site; what a test writes into the database is rolled back."""
    from django.db import transaction

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
    """A client that is logged in as somebody; "" is a stranger."""
    from django.test import Client

    def enter(login: str) -> Client:
        client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="zh-hans")
        if login:
            client.force_login(person(login), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter
