"""The first accounts of a site (首批账号): three administrators, who add everybody else."""

from __future__ import annotations

from django.db import transaction

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.account.models import Organisation, Person
from kaiwu.web.account.password import make_first_password
from kaiwu.web.account.role import OrganisationKind, Role
from kaiwu.web.account.services import add_organisation, add_person
from kaiwu.web.event.services import SYSTEM
from kaiwu.web.workspace import workspace

THREE = (
    ("system", "系统管理员", Role.SYSTEM),
    ("security", "安全管理员", Role.SECURITY),
    ("audit", "审计员", Role.AUDIT),
)


@transaction.atomic
def add_administrators() -> list[tuple[str, str]]:
    """Login and first password of each. Raises ``KaiwuError`` where the site has people already."""
    if Person.objects.exists():
        zh, en = "站点已有人员, 由系统管理员新增", "the site has people: the system administrator adds more"
        raise KaiwuError(Problem("W-FIRST", zh, en))
    name = workspace().zh
    home = Organisation.objects.filter(code="bureau").first()
    home = home or add_organisation(SYSTEM, "bureau", name, OrganisationKind.BUREAU)
    made = []
    for login, title, role in THREE:
        password = make_first_password()
        add_person(SYSTEM, login, title, home, (role,), password)
        made.append((login, password))
    return made
