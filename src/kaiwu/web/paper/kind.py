"""Kinds of papers (文书种类): what each is about, who may make it, and the function that writes it.

Owns the table. A new kind is a line here and a Word template in a pack.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.paper.content import Told

Writer = Callable[[Person, str], Told]
DISTRICT, EVALUATION, SHEET, PUBLICATION = "district", "evaluation", "sheet", "publication"


@dataclass(frozen=True, slots=True)
class Kind:
    """``subject``: the district as a whole, an evaluation (case number), a sheet (key) or a publication (number)."""

    code: str
    zh: str
    en: str
    subject: str
    writer: str
    roles: frozenset[Role] = OFFICE
    is_wide: bool = False

    def write(self, person: Person, subject: str) -> Told:
        """What the paper says. Raises ``KaiwuError`` where it cannot be written, ``Http404`` where the subject is out of reach."""
        module, _, name = self.writer.partition(":")
        writer: Writer = getattr(import_module(module), name)
        return writer(person, subject)


_YEAR, _DESK, _MONTH = (f"kaiwu.web.paper.{name}" for name in ("year_paper", "desk_paper", "month_paper"))
KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("notice", "公示(附异议单)", "Notice with objection slip", PUBLICATION, f"{_YEAR}:write_notice"),
        Kind("firm_sheet", "一企一单", "Sheet of a firm", SHEET, f"{_YEAR}:write_firm_sheet", OFFICE | {Role.TOWN}),
        Kind("meeting", "会议材料", "Meeting papers", EVALUATION, f"{_YEAR}:write_meeting"),
        Kind("review", "评审表", "Review form", EVALUATION, f"{_YEAR}:write_review", is_wide=True),
        Kind("red_head", "红头文件(代拟稿)", "Draft of the official document", EVALUATION, f"{_YEAR}:write_red_head"),
        Kind("weekly", "周报", "Weekly report", DISTRICT, f"{_DESK}:write_weekly"),
        Kind("problem_list", "问题清单", "List of problems", DISTRICT, f"{_DESK}:write_problems", is_wide=True),
        Kind("ledger", "台账", "Ledger of cases", DISTRICT, f"{_DESK}:write_ledger", is_wide=True),
        Kind("monthly", "月报", "Monthly report", DISTRICT, f"{_MONTH}:write_monthly"),
        Kind(
            "special",
            "专报: 为什么下降、谁来帮",
            "Special report: why down, who helps",
            DISTRICT,
            f"{_MONTH}:write_special",
        ),
    )
}


def kinds_for(person: Person, subject: str) -> list[Kind]:
    """The kinds that a person may make of a subject."""
    return [kind for kind in KINDS.values() if kind.subject == subject and not person.roles.isdisjoint(kind.roles)]
