"""Demo accounts (演示账号): one for each kind of person, in a workspace that is labelled synthetic.

Owns who they are. Their passwords are drawn anew for every site and shown once, on the terminal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, F

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.account.models import Organisation, Person
from kaiwu.web.account.password import make_first_password, reset_password
from kaiwu.web.account.role import OrganisationKind, Role
from kaiwu.web.account.services import add_organisation, add_person
from kaiwu.web.event.services import SYSTEM
from kaiwu.web.registry.models import Firm, Place, PlaceKind
from kaiwu.web.workspace import workspace


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A login that was made for the demo, with the password that nobody can read again."""

    login: str
    password: str
    who: str
    home: str


@dataclass(frozen=True, slots=True)
class _Cast:
    login: str
    name: str
    roles: tuple[Role, ...]
    home: Callable[[], Organisation]


def add_demo_accounts() -> list[DemoAccount]:
    """Make or renew the demo accounts. Raises ``KaiwuError`` where the workspace is not labelled synthetic."""
    if not workspace().is_synthetic:
        zh, en = "演示账号只能建在合成数据的工作区", "demo accounts belong into a synthetic workspace only"
        raise KaiwuError(Problem("W-DEMO", zh, en, where=str(workspace().folder)))
    return [_renew(part) for part in _cast()]


def _cast() -> list[_Cast]:
    return [
        _Cast("officer", "演示经办", (Role.OFFICER,), _bureau),
        _Cast("chief", "演示局长", (Role.CHIEF,), _bureau),
        _Cast("town", "演示镇街", (Role.TOWN,), lambda: _place(PlaceKind.TOWN)),
        _Cast("firm", "演示申报员", (Role.CLERK,), _firm),
        _Cast("auditor", "演示审计", (Role.AUDIT,), _bureau),
        _Cast("security", "演示安全管理员", (Role.SECURITY,), _bureau),
        _Cast("system", "演示系统管理员", (Role.SYSTEM,), _bureau),
    ]


def _renew(part: _Cast) -> DemoAccount:
    home = part.home()
    person = Person.objects.filter(login=part.login).first()
    if person is not None:
        password = reset_password(SYSTEM, person, must_change=False)
    else:
        password = make_first_password()
        add_person(SYSTEM, part.login, part.name, home, part.roles, password, must_change=False)
    return DemoAccount(part.login, password, part.name, home.name)


def _organisation(code: str, name: str, kind: OrganisationKind, entity: str = "") -> Organisation:
    known = Organisation.objects.filter(code=code).first()
    return known or add_organisation(SYSTEM, code, name, kind, entity=entity)


def _bureau() -> Organisation:
    return _organisation("bureau", "经信局(演示)", OrganisationKind.BUREAU)


def _place(kind: PlaceKind) -> Organisation:
    """The town with most firms."""
    town = (
        Place.objects.filter(kind=kind, is_current=True)
        .annotate(firms=Count("town_firms"))
        .order_by("-firms", "name")
        .first()
    )
    if town is None:
        raise KaiwuError(Problem("W-DEMO", "主体库里没有镇街", "the register has no town"))
    return _organisation(town.entity, town.name, OrganisationKind.TOWN, town.entity)


def _firm() -> Organisation:
    """The first above-scale firm of that town."""
    town = _place(PlaceKind.TOWN)
    known = Firm.objects.filter(is_current=True, town__entity=town.entity)
    firm = known.order_by(F("is_above_scale").desc(nulls_last=True), "entity").first()
    if firm is None:
        raise KaiwuError(Problem("W-DEMO", "主体库里没有企业", "the register has no firm"))
    return _organisation(firm.entity, firm.name, OrganisationKind.FIRM, firm.entity)
