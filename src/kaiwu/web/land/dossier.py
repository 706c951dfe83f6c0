"""Land applications on a firm's page (一企一档: 用地申请): every round in which one of its projects stands, once it was noticed."""

from __future__ import annotations

from kaiwu.allot.explanation import explain
from kaiwu.allot.result import STATUSES
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.land.queries import TAGS, find_paper, land_desk, project_url, round_codes
from kaiwu.web.registry.models import Firm
from kaiwu.web.registry.reach import reach_of
from kaiwu.web.screen import Section
from kaiwu.web.screen.table import make_table
from kaiwu.web.wording import pick

READERS = OFFICE | {Role.TOWN, Role.AUDIT, Role.CLERK}


def show_applications(firm: Firm, person: Person) -> Section | None:
    """The firm's projects by round, with the answer to each; ``None`` where it has none that this person may see."""
    if not person.holds(*READERS):
        return None
    reach, desk = reach_of(person), land_desk()
    rows, urls = [], []
    for code in round_codes(desk, reach):
        paper = find_paper(desk, code, reach)
        show = paper.placed.round.rule.scale.print_score
        for applicant in paper.placed.round.applicants:
            if applicant.firm not in (firm.entity, firm.uscc):
                continue
            found = explain(paper.placed, applicant.id)
            place = "" if found.place is None else f"{found.place} / {found.entered}"
            rows.append(
                (
                    pick(paper.zh, paper.en),
                    paper.name_of(applicant.id),
                    {"text": pick(*STATUSES[found.status]), "tag": TAGS[found.status]},
                    show(found.score),
                    place,
                    found.supply,
                )
            )
            urls.append(project_url(paper, applicant.id, reach))
    heads = (
        pick("批次", "Round"),
        pick("项目", "Project"),
        pick("结果", "Result"),
        pick("得分", "Score"),
        pick("名次", "Place"),
        pick("供给", "Supply"),
    )
    return (
        Section(
            "land", pick("用地申请", "Land applications"), make_table(heads, rows, right=(3, 4), urls=urls), len(rows)
        )
        if rows
        else None
    )
