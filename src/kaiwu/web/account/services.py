"""Deeds on accounts (账号办理): log in with lock-out, log out, grant and revoke roles, create people and organisations.

Owns the rules of the lock-out and of the three-role split. Every deed writes its event in the same transaction.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.account.models import Organisation, Person, RoleGrant
from kaiwu.web.account.role import SPLIT, OrganisationKind, Role
from kaiwu.web.event.services import Actor, Deed, record

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
_NOBODY = make_password("nobody")
"""Checked where there is no such login, so that an answer takes as long as for one that exists."""


def authenticate(login: str, password: str, address: str) -> Person | None:
    """The person whose password this is, or ``None``: unknown, wrong, locked and closed accounts get the same answer.

    After ``TRIES`` wrong passwords an account is locked for ``LOCKED_FOR``.
    """
    with transaction.atomic():
        people = Person.objects.filter(login=login.strip().lower(), is_active=True)
        person: Person | None = people.select_related("organisation").first()
        is_locked = person is not None and person.locked_until is not None and person.locked_until > timezone.now()
        is_right = check_password(password, _NOBODY if person is None else person.password)
        if person is not None and is_right and not is_locked:
            Person.objects.filter(pk=person.pk).update(failed_logins=0, locked_until=None)
            _tell(person, "login", address)
            return person
        if person is not None and not is_locked:
            _count_failure(person, address)
        return None


def _count_failure(person: Person, address: str) -> None:
    Person.objects.filter(pk=person.pk).update(failed_logins=F("failed_logins") + 1)
    person.refresh_from_db(fields=["failed_logins"])
    _tell(person, "login_failed", address)
    if person.failed_logins >= TRIES:
        until = timezone.now() + LOCKED_FOR
        Person.objects.filter(pk=person.pk).update(failed_logins=0, locked_until=until)
        _tell(person, "locked", address)


def _tell(person: Person, verb: str, address: str) -> None:
    actor = Actor(person.login, person.name, person.organisation.code, address)
    record(actor, Deed(f"person.{verb}", "person", str(person.pk)))


@transaction.atomic
def add_organisation(
    actor: Actor, code: str, name: str, kind: OrganisationKind, *, entity: str = "", parent: Organisation | None = None
) -> Organisation:
    """A new organisation. Raises ``KaiwuError`` where the code is taken."""
    if Organisation.objects.filter(code=code).exists():
        raise KaiwuError(
            Problem("W-TAKEN", f"机构代码“{code}”已存在", f"there is an organisation “{code}” already", text=code)
        )
    home = Organisation.objects.create(code=code, name=name, kind=kind, entity=entity, parent=parent)
    after = {"code": code, "name": name, "kind": str(kind), "entity": entity}
    record(actor, Deed("organisation.add", "organisation", str(home.pk), after=after))
    return home


@transaction.atomic
def add_person(
    actor: Actor,
    login: str,
    name: str,
    organisation: Organisation,
    roles: tuple[Role, ...],
    password: str,
    *,
    must_change: bool = True,
) -> Person:
    """A new person with roles and a first password. Raises ``KaiwuError`` where the login is taken or roles clash."""
    login = login.strip().lower()
    if Person.objects.filter(login=login).exists():
        raise KaiwuError(Problem("W-TAKEN", f"登录名“{login}”已存在", f"the login “{login}” is taken", text=login))
    person = Person(login=login, name=name, organisation=organisation, must_change_password=must_change)
    person.set_password(password)
    person.password_changed_at = timezone.now()
    person.save()
    record(
        actor, Deed("person.add", "person", str(person.pk), after={"login": login, "organisation": organisation.code})
    )
    for role in roles:
        grant_role(actor, person, role)
    return person


@transaction.atomic
def grant_role(actor: Actor, person: Person, role: Role) -> None:
    """Give a role. Raises ``KaiwuError`` where the three administrators' roles would meet in one person."""
    person.refresh_from_db()
    others = person.roles & SPLIT - {role}
    if role in SPLIT and others:
        held = Role(next(iter(others))).label
        raise KaiwuError(
            Problem(
                "W-SPLIT",
                f"三员分立: 已是{held}, 不能再任{role.label}",
                "system, security and audit are held by three people",
                text=role,
            )
        )
    _, is_new = RoleGrant.objects.get_or_create(person=person, role=role, defaults={"granted_by": actor.login})
    if is_new:
        record(actor, Deed("person.grant", "person", str(person.pk), after={"role": str(role)}))
    person.refresh_from_db()


@transaction.atomic
def revoke_role(actor: Actor, person: Person, role: Role) -> None:
    """Take a role away."""
    taken, _ = RoleGrant.objects.filter(person=person, role=role).delete()
    if taken:
        record(actor, Deed("person.revoke", "person", str(person.pk), before={"role": str(role)}))
    person.refresh_from_db()
