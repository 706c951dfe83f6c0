"""Who sees which row (行级范围): one declaration on a model, one method on its queryset.

Owns the rule of law 12: a firm sees only itself, a town its firms, an officer the own district. Every read for a
person begins with ``Model.objects.visible_to(person)``; services and reports of the system itself use the manager bare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Q

from kaiwu.web.account.role import OrganisationKind, Role

if TYPE_CHECKING:
    from kaiwu.web.account.models import Person

Lookup = str | tuple[str, ...]
NOTHING = Q(pk__in=())
EVERYTHING = Q()


@dataclass(frozen=True, slots=True)
class Scope:
    """Through which look-up a row belongs to somebody; a blank look-up keeps that kind of organisation out.

    ``firm``, ``town`` and ``platform`` are look-ups that end at the register's id (``Organisation.entity``), ``provider``,
    ``expert``, ``department`` and ``section`` at the organisation's code; of several, one is enough. ``public`` are rows that
    everybody sees.
    ``audit`` tells whether auditors read it (they read, never write); ``office`` whether the bureau's officers do.
    """

    firm: Lookup = ""
    town: Lookup = ""
    platform: Lookup = ""
    provider: Lookup = ""
    expert: Lookup = ""
    department: Lookup = ""
    section: Lookup = ""
    public: Q | None = None
    office: bool = True
    audit: bool = True
    system: bool = False
    security: bool = False

    def condition(self, person: Person) -> Q:
        """The condition on rows that this person may see."""
        reach = self._of_organisation(person)
        if (
            (person.holds(Role.AUDIT) and self.audit)
            or (person.holds(Role.SYSTEM) and self.system)
            or (person.holds(Role.SECURITY) and self.security)
        ):
            reach = EVERYTHING
        if self.public is not None and reach is not EVERYTHING:
            reach = reach | self.public if self.public else EVERYTHING  # an empty Q adds nothing to another by itself
        return reach

    def _of_organisation(self, person: Person) -> Q:
        home = person.organisation
        if home.kind == OrganisationKind.BUREAU and person.holds(Role.OFFICER, Role.CHIEF):
            return EVERYTHING if self.office else NOTHING
        if home.kind == OrganisationKind.SECTION and person.holds(Role.OFFICER, Role.CHIEF):
            if not self.office:
                return NOTHING
            return _any(self.section, home.code) if self.section else EVERYTHING
        lookup, key = {
            OrganisationKind.FIRM: (self.firm, home.entity),
            OrganisationKind.TOWN: (self.town, home.entity),
            OrganisationKind.PLATFORM: (self.platform, home.entity),
            OrganisationKind.PROVIDER: (self.provider, home.code),
            OrganisationKind.EXPERT: (self.expert, home.code),
            OrganisationKind.DEPARTMENT: (self.department, home.code),
        }.get(OrganisationKind(home.kind), ("", ""))
        return _any(lookup, key) if lookup and key else NOTHING


def _any(lookup: Lookup, key: str) -> Q:
    condition = Q()
    for name in (lookup,) if isinstance(lookup, str) else lookup:
        condition |= Q(**{name: key})
    return condition


M = TypeVar("M", bound=models.Model, covariant=True)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset of a model that declares ``scope``."""

    def visible_to(self, person: Person) -> Self:
        """The rows that this person may see."""
        scope: Scope = self.model.scope  # type: ignore[attr-defined]
        return self.filter(scope.condition(person))
