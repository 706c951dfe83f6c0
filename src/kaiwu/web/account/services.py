"""Deeds on accounts (账号办理): add, close and open people and organisations, grant and revoke roles.

Owns the three-role split (三员分立): the system administrator keeps people and organisations, the security administrator gives
roles, the auditor reads; nobody acts on the own account. Every deed writes its event in the same transaction.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.account.models import Organisation, Person, RoleGrant
from kaiwu.web.account.role import SPLIT, OrganisationKind, Role
from kaiwu.web.event.services import Actor, Deed, record


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
def set_active(actor: Actor, record_: Person | Organisation, is_active: bool) -> None:
    """Close or open an account or an organisation; closing ends every session. Raises ``KaiwuError`` for one's own account."""
    kind = "person" if isinstance(record_, Person) else "organisation"
    if isinstance(record_, Person):
        check_other(actor, record_)
    changed = type(record_)._default_manager.filter(pk=record_.pk, is_active=not is_active).update(is_active=is_active)
    if changed:
        before, after = {"is_active": not is_active}, {"is_active": is_active}
        record(
            actor, Deed(f"{kind}.{'open' if is_active else 'close'}", kind, str(record_.pk), before=before, after=after)
        )
    record_.refresh_from_db()


@transaction.atomic
def reset_totp(actor: Actor, person: Person) -> None:
    """Take away lost codes; the person sets up new ones at the next login. Ends every session."""
    check_other(actor, person)
    person.recovery_codes.all().delete()
    Person.objects.filter(pk=person.pk).update(secret="", secret_step=0, session_round=person.session_round + 1)
    record(actor, Deed("person.reset_totp", "person", str(person.pk)))
    person.refresh_from_db()


def check_other(actor: Actor, person: Person) -> None:
    """Raises ``KaiwuError`` where an administrator acts on the own account."""
    if actor.login == person.login:
        raise KaiwuError(
            Problem("W-SELF", "不能办理自己的账号", "nobody administers the own account", where=person.login)
        )


@transaction.atomic
def grant_role(actor: Actor, person: Person, role: Role) -> None:
    """Give a role. Raises ``KaiwuError`` where the three administrators' roles would meet in one person, or for oneself."""
    check_other(actor, person)
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
    """Take a role away. Raises ``KaiwuError`` for oneself."""
    check_other(actor, person)
    taken, _ = RoleGrant.objects.filter(person=person, role=role).delete()
    if taken:
        record(actor, Deed("person.revoke", "person", str(person.pk), before={"role": str(role)}))
    person.refresh_from_db()


@transaction.atomic
def set_roles(actor: Actor, person: Person, wanted: frozenset[Role]) -> None:
    """Bring somebody's roles to these, all or none. Raises ``KaiwuError`` as giving one does."""
    for role in sorted(person.roles - wanted):
        revoke_role(actor, person, role)
    for role in sorted(wanted - person.roles):
        grant_role(actor, person, role)
