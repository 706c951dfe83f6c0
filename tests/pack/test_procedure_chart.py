"""Procedures and calendars of packs: what is read, and what is refused with its place."""

from __future__ import annotations

import datetime as dt

import pytest

from kaiwu.pack.pack import make_pack
from kaiwu.pack.procedure_chart import read_calendar, read_procedure
from kaiwu.quantity import KaiwuError
from kaiwu.table import parse_document

GOOD = """\
procedure: visit
zh: 走访
en: Visits
subject: firm
stages:
  - {code: planned, zh: 计划, en: Planned, days: 3, steps: [{to: done, zh: 走访, en: Visit, roles: [town], needs: [evidence]}]}
  - {code: done, zh: 完成, en: Done, end: true}
"""


def read(text):
    return read_procedure(parse_document(text, "p/procedures/visit.yaml"), "p")


def test_a_procedure_begins_with_its_first_stage_and_knows_its_steps():
    procedure = read(GOOD)
    assert procedure.first.code == "planned"
    assert procedure.first.days == 3
    assert procedure.step("planned", "done").roles == ("town",)
    assert procedure.step("done", "planned") is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("to: done", "to: gone", "没有环节“gone”"),
        ("roles: [town]", "roles: []", "由谁办理"),
        ("roles: [town]", "roles: [mayor]", "“mayor”不在可选值中"),
        ("needs: [evidence]", "needs: [luck]", "“luck”不在可选值中"),
        ("end: true", "end: false", "终结环节没有步骤"),
        ("days: 3", "days: 0", "1 到 3660"),
        ("code: done,", "code: planned,", "重复"),
        ("zh: 走访\nen", "en", "缺少“zh”"),
    ],
)
def test_a_mistake_is_told_with_its_place(old, new, said):
    with pytest.raises(KaiwuError) as caught:
        read(GOOD.replace(old, new))
    assert any(said in p.zh and "visit.yaml:" in p.where for p in caught.value.problems)


def test_a_stage_that_cannot_be_reached_or_left_is_refused():
    lost = GOOD + "  - {code: lost, zh: 丢, en: Lost, steps: [{to: lost, zh: 转, en: Turn, roles: [town]}]}\n"
    with pytest.raises(KaiwuError) as caught:
        read(lost)
    assert {p.zh for p in caught.value.problems} == {"环节“lost”走不到", "环节“lost”走不到终结"}


def test_a_calendar_knows_only_published_years():
    text = "day,kind,name,source\n2025-10-01,holiday,国庆节,x\n2025-10-11,workday,国庆节,x\n"
    calendar = read_calendar(
        [make_pack({"pack.yaml": "pack: p\nzh: p\nen: p\nversion: '1'\n", "calendars/cn.csv": text})], []
    )
    assert calendar.years == {2025}
    assert dt.date(2025, 10, 11) in calendar.workdays


def test_a_wrong_day_of_a_calendar_is_told_with_its_row():
    problems = []
    text = "day,kind,name,source\n2025-13-01,holiday,x,x\n2025-10-01,feast,x,x\n"
    read_calendar(
        [make_pack({"pack.yaml": "pack: p\nzh: p\nen: p\nversion: '1'\n", "calendars/cn.csv": text})], problems
    )
    assert [p.where for p in problems] == ["p/calendars/cn.csv:2", "p/calendars/cn.csv:3"]


def test_the_published_calendar_agrees_with_an_independent_list():
    chinese_calendar = pytest.importorskip("chinese_calendar")
    from kaiwu.pack import builtin_packs, open_library
    from kaiwu.procedure.claim.calendar import is_workday

    calendar = open_library(["national"], [builtin_packs()]).calendar
    first, last = dt.date(min(calendar.years), 1, 1), dt.date(max(calendar.years), 12, 31)
    for n in range((last - first).days + 1):
        day = first + dt.timedelta(days=n)
        assert is_workday(day, calendar.holidays, calendar.workdays) == chinese_calendar.is_workday(day), day
