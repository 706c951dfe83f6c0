"""One file for each firm (一企一档): everything that the platform holds about it, on its page.

Owns which parts there are and in which order. Each part belongs to its app and is a function ``(firm, person) -> Section | None``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

from kaiwu.web.account.models import Person
from kaiwu.web.registry.models import Firm
from kaiwu.web.screen.screen import Section

Part = Callable[[Firm, Person], Section | None]

PARTS = (
    "kaiwu.web.registry.queries:main_figures",
    "kaiwu.web.evaluation.dossier:show_grades",
    "kaiwu.web.policy.dossier:show_policies",
    "kaiwu.web.claim.dossier:show_claims",
    "kaiwu.web.policy.dossier:show_titles",
    "kaiwu.web.case.dossier:show_cases",
    "kaiwu.web.market.dossier:show_pairs",
    "kaiwu.web.land.dossier:show_applications",
    "kaiwu.web.registry.queries:names_section",
    "kaiwu.web.registry.queries:figure_section",
)
"""The parts of a firm's page, as dotted names."""


@cache
def _parts() -> tuple[Part, ...]:
    return tuple(getattr(import_module(name.partition(":")[0]), name.partition(":")[2]) for name in PARTS)


def dossier(firm: Firm, person: Person) -> tuple[Section, ...]:
    """All parts that have something to say."""
    return tuple(section for part in _parts() if (section := part(firm, person)) is not None)
