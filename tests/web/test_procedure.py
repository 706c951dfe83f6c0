"""Every procedure of the province as a generic case: walked to each of its ends by the people whose steps they are."""

from __future__ import annotations

import datetime as dt

import pytest

from kaiwu.quantity import KaiwuError

FIRM_PROCEDURES = (
    "recognition", "digital_upgrade", "accompany_visit", "listing_pipeline", "incubation_pipeline", "voucher_claim", "request",
)  # fmt: skip
OTHERS = ("ding_year", "headquarters_pipeline")
PEOPLE = {
    "officer": "officer",
    "chief": "chief",
    "town": "west",
    "department": "taxman",
    "clerk": "clerk01",
    "provider": "helper",
    "expert": "judge",
}
HANDLERS = {"department": "tax", "provider": "soft", "expert": "academy"}


@pytest.fixture
def everybody(db):
    """A provider and an expert besides the people of the site, and somebody else for what a second person must do."""
    from small_site import PASSWORD

    from kaiwu.web.account.role import OrganisationKind, Role
    from kaiwu.web.account.services import add_organisation, add_person
    from kaiwu.web.event.services import SYSTEM

    soft = add_organisation(SYSTEM, "soft", "某软件", OrganisationKind.PROVIDER)
    rival = add_organisation(SYSTEM, "rival", "另一软件", OrganisationKind.PROVIDER)
    academy = add_organisation(SYSTEM, "academy", "某学院", OrganisationKind.EXPERT)
    add_person(SYSTEM, "helper", "helper", soft, (Role.PROVIDER,), PASSWORD, must_change=False)
    add_person(SYSTEM, "rival", "rival", rival, (Role.PROVIDER,), PASSWORD, must_change=False)
    add_person(SYSTEM, "judge", "judge", academy, (Role.EXPERT,), PASSWORD, must_change=False)


def open_one(code, **more):
    from kaiwu.web.case.queries import procedure_of
    from kaiwu.web.case.services import open_case
    from kaiwu.web.event.services import Actor
    from kaiwu.web.registry.models import Firm

    procedure = procedure_of(code)
    fields = {
        f.code: f.choices[0] if f.choices else "2023" if f.kind == "whole" else "内容"
        for f in procedure.fields
        if f.is_required
    }
    firm = Firm.objects.get(entity="F01") if procedure.subject == "firm" else None
    year = 2023 if procedure.subject == "year" else None
    return open_case(Actor("officer"), code, firm=firm, year=year, fields=fields | more)


def ways(procedure):
    """The shortest way to each end, as steps."""
    reached, queue = {procedure.first.code: []}, [procedure.first.code]
    while queue:
        at = queue.pop(0)
        for step in procedure.stages[at].steps:
            if step.to not in reached:
                reached[step.to] = [*reached[at], step]
                queue.append(step.to)
    return [reached[code] for code, stage in procedure.stages.items() if stage.is_end]


@pytest.mark.parametrize("code", [*FIRM_PROCEDURES, *OTHERS])
def test_a_procedure_reaches_each_of_its_ends(everybody, person, code):
    from kaiwu.web.account.models import Organisation
    from kaiwu.web.case.models import Case
    from kaiwu.web.case.queries import procedure_of
    from kaiwu.web.case.services import advance
    from kaiwu.web.event.services import Actor

    procedure = procedure_of(code)
    for way in ways(procedure):
        case = open_one(code)
        for step in way:
            role = next(r for r in step.roles if r in PEOPLE)
            handler = HANDLERS.get(procedure.stages[step.to].owner)
            Case.objects.filter(pk=case.pk).update(moved_by="nobody", stage_since=dt.date(2020, 1, 1), due=None)
            case.refresh_from_db()
            assert case in Case.objects.visible_to(person(PEOPLE[role])), f"{PEOPLE[role]} does not see {case.stage}"
            words = {name: "1" for name in ("minutes", "amount", "payment") if name in step.needs}
            organisation = Organisation.objects.get(code=handler) if handler else None
            advance(
                Actor("x"), person(PEOPLE[role]), case, step.to, evidence="依据", words=words, department=organisation
            )
        assert case.is_closed
        Case.objects.filter(pk=case.pk).update(year=None)


def test_a_provider_sees_its_own_project_only_and_no_other_firm(everybody, browse, person):
    from kaiwu.web.account.models import Organisation
    from kaiwu.web.case.services import advance
    from kaiwu.web.event.services import Actor

    case = open_one("digital_upgrade")
    advance(Actor("x"), person("officer"), case, "contract", evidence="方案")
    assert browse("helper").get(f"/case/{case.number}/").status_code == 404
    with pytest.raises(KaiwuError, match="W-HANDLER"):
        advance(Actor("x"), person("officer"), case, "building", evidence="合同")
    with pytest.raises(KaiwuError, match="W-HANDLER"):
        advance(
            Actor("x"),
            person("officer"),
            case,
            "building",
            evidence="合同",
            department=Organisation.objects.get(code="tax"),
        )
    browse("officer").post(f"/case/{case.number}/advance/", {"to": "building", "evidence": "合同", "handler": "soft"})
    assert browse("helper").get(f"/case/{case.number}/").status_code == 200
    assert browse("rival").get(f"/case/{case.number}/").status_code == 404
    assert browse("helper").get("/firm/F01/").status_code == 404
    browse("helper").post(f"/case/{case.number}/advance/", {"to": "milestone", "evidence": "上线报告"})
    case.refresh_from_db()
    assert case.stage == "milestone"


def test_an_effect_is_not_measured_before_six_months(everybody, person):
    from kaiwu.web.case.models import Case
    from kaiwu.web.case.services import advance
    from kaiwu.web.event.services import Actor

    case = open_one("digital_upgrade")
    Case.objects.filter(pk=case.pk).update(
        stage="effect", owner="town", stage_since=dt.date.today() - dt.timedelta(days=150)
    )
    case.refresh_from_db()
    with pytest.raises(KaiwuError, match="6个月"):
        advance(Actor("x"), person("west"), case, "measured", evidence="实测")
    Case.objects.filter(pk=case.pk).update(stage_since=dt.date.today() - dt.timedelta(days=190))
    case.refresh_from_db()
    advance(Actor("x"), person("west"), case, "measured", evidence="实测")
    assert case.is_closed


def test_the_day_of_a_contract_is_the_day_of_stages_without_their_own(everybody, person):
    case = open_one("digital_upgrade", due="2099-06-30")
    assert case.due == dt.date(2099, 6, 30)


def test_a_person_opens_what_they_may_and_nothing_else(everybody, browse):
    page = browse("clerk01").get("/case/open/").content.decode()
    assert "有求必应" in page
    assert "天工鼎" not in page
    assert browse("officer").get("/case/new/permu_year/").status_code == 302
    assert "天工鼎" in browse("officer").get("/case/open/").content.decode()
    assert browse("taxman").get("/case/open/").status_code == 404
    assert browse("clerk01").get("/case/new/ding_year/").status_code == 404
    answer = browse("officer").post("/case/new/headquarters_pipeline/", {"name": "某总部", "investor": "某集团"})
    assert answer.status_code == 302
    assert "某总部" in browse("officer").get(answer["Location"]).content.decode()


def test_coverage_counts_each_firm_once_by_its_newest_case(everybody, browse, person):
    from kaiwu.web.case.coverage import measure_coverage
    from kaiwu.web.case.models import Case
    from kaiwu.web.case.queries import procedure_of

    first, second = open_one("digital_upgrade"), open_one("digital_upgrade")
    Case.objects.filter(pk=first.pk).update(stage="stopped", is_closed=True)
    procedure = procedure_of("digital_upgrade")
    rows = {row.name: row for row in measure_coverage(person("officer"), procedure, "town")}
    assert (rows["西镇"].firms, rows["西镇"].covered, rows["东镇"].covered) == (12, 1, 0)
    assert rows["西镇"].share == 83
    assert rows["合计"].covered == 1
    assert rows["西镇"].stages[list(procedure.stages).index(second.stage)] == 1
    assert {row.name for row in measure_coverage(person("west"), procedure, "town")} == {"西镇", "合计"}
    page = browse("officer").get("/case/coverage/digital_upgrade/").content.decode()
    assert "8.3" in page
    assert browse("clerk01").get("/case/coverage/digital_upgrade/").status_code == 404
    assert browse("officer").get("/case/coverage/ding_year/").status_code == 404


def test_days_that_no_document_sets_are_left_open(platform):
    """Only the effect of a project has days here, and requests and evaluations as before; every other stage waits without one."""
    from kaiwu.web.workspace import workspace

    timed = {
        (p.code, s.code)
        for p in workspace().library.procedures.values()
        for s in p.stages.values()
        if s.days is not None
    }
    assert {code for code, _ in timed} <= {"permu_year", "request", "digital_upgrade"}
    assert all(p.document.standing == "inferred" for p in workspace().library.procedures.values())
