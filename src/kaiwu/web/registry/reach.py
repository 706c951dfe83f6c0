"""Whose rows of the workspace somebody sees (工作区的行级范围): the firms in a person's reach, by id and by code.

Owns the step from the scope of firms to data that are no rows of the database: pairs of a market, projects of a land round.
"""

from __future__ import annotations

from kaiwu.web.account.models import Person
from kaiwu.web.account.scope import EVERYTHING
from kaiwu.web.registry.models import Firm

Reach = frozenset[str] | None
"""Ids and credit codes of firms; ``None`` is everybody."""


def reach_of(person: Person) -> Reach:
    """The firms whose rows a person may see, exactly those of ``Firm.objects.visible_to``."""
    if Firm.scope.condition(person) == EVERYTHING:
        return None
    pairs = Firm.objects.visible_to(person).values_list("entity", "uscc")
    return frozenset(word for pair in pairs for word in pair if word)


def is_in(reach: Reach, *parties: str | None) -> bool:
    """Whether one of the parties is in reach; a party that nobody knows is in the reach of everybody's readers alone."""
    return reach is None or any(party in reach for party in parties if party)
