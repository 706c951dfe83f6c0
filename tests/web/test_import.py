"""Excel into a screen: all of a sheet or nothing, each fault with its cell, nobody writes outside their reach."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADS = ("名称", "镇街", "面积(㎡)", "价格(元/㎡·月)", "方式", "可用日期")


def workbook(*rows, heads=HEADS):
    book = openpyxl.Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    buffer.seek(0)
    buffer.name = "空间.xlsx"
    return buffer


def send(client, *rows, heads=HEADS):
    return client.post("/space/import/", {"file": workbook(*rows, heads=heads)})


def take(client, answer):
    return client.post("/space/import/", {"deed": "take", "ticket": answer.context["ticket"]})


GOOD = ("一号", "东镇", 1200.5, "18.5", "出租", dt.date(2026, 12, 1))


def test_a_sheet_comes_in_exactly_and_every_row_leaves_its_event(browse):
    from kaiwu.web.event.models import Event
    from kaiwu.web.registry.models import Space

    client = browse("officer")
    checked = send(client, GOOD, ("二号", "西镇", 800, None, "sale", None))
    assert Space.objects.count() == 0, "a check writes nothing"
    take(client, checked)
    made = Space.objects.get(name="一号")
    assert (made.area, made.price, made.form, made.free_from) == (120_050, 1_850, "rent", dt.date(2026, 12, 1))
    assert Space.objects.get(name="二号").price is None
    assert Event.objects.filter(record="space", verb="record.import", actor="officer").count() == 2


@pytest.mark.parametrize(
    ("row", "place", "code"),
    [
        (("", "东镇", 5, 1, "出租", None), "A2", "W-IMPORT-MISSING"),
        (("x", "南镇", 5, 1, "出租", None), "B2", "W-IMPORT-LINK"),
        (("x", "东镇", 5.001, 1, "出租", None), "C2", "W-IMPORT-VALUE"),
        (("x", "东镇", -5, 1, "出租", None), "C2", "W-IMPORT-VALUE"),
        (("x", "东镇", 5, 1, "借用", None), "E2", "W-IMPORT-VALUE"),
        (("x", "东镇", 5, 1, "出租", "明年"), "F2", "Q-DATE"),
        (("x" * 201, "东镇", 5, 1, "出租", None), "A2", "W-IMPORT-VALUE"),
    ],
)
def test_a_fault_is_told_with_its_cell_and_stops_the_whole_sheet(browse, row, place, code):
    from kaiwu.web.registry.models import Space

    client = browse("officer")
    answer = send(client, row, ("好的", "东镇", 5, 1, "出租", None))
    assert answer.status_code == 422
    told = answer.context["problems"][0]
    assert place in told["where"]
    assert told["code"].startswith(code)
    assert take(client, answer).status_code == 422
    assert Space.objects.count() == 0


def test_the_error_workbook_has_the_rows_and_the_reasons(browse):
    client = browse("officer")
    answer = send(client, ("x", "南镇", 5, 1, "出租", None))
    sent = client.post("/space/import/", {"deed": "errors", "ticket": answer.context["ticket"]})
    book = openpyxl.load_workbook(io.BytesIO(sent.content))
    texts = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert "南镇" in texts
    assert any("不在您的范围内" in str(t) for t in texts)


def test_two_rows_of_one_name_are_refused(browse):
    answer = send(browse("officer"), GOOD, GOOD)
    assert [p["code"] for p in answer.context["problems"]] == ["W-IMPORT-TWICE"]


def test_a_sheet_without_a_required_head_says_which(browse):
    answer = send(browse("officer"), ("x",), heads=("名称",))
    assert "面积" in answer.context["problems"][0]["text"]


def test_a_town_cannot_write_into_another_town(browse):
    from kaiwu.web.registry.models import Space

    answer = send(browse("east"), ("x", "西镇", 5, 1, "出租", None))
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        assert take(browse("east"), answer).status_code == 422
    assert Space.objects.count() == 0


def test_only_importers_reach_the_page(browse):
    assert browse("auditor").get("/space/import/").status_code == 404
    assert browse("clerk00").get("/space/import/").status_code == 404
    assert browse("auditor").get("/space/template.xlsx").status_code == 404
    assert "导入 Excel" not in browse("auditor").get("/space/").content.decode()


def test_a_ticket_is_of_one_person(browse):
    answer = send(browse("officer"), GOOD)
    assert take(browse("east"), answer).status_code == 422


def test_what_is_no_workbook_is_refused_with_words(browse):
    bad = io.BytesIO(b"PK\x03\x04 nothing")
    bad.name = "空间.xlsx"
    answer = browse("officer").post("/space/import/", {"file": bad})
    assert answer.status_code == 422
    assert "IN-FILE" in answer.content.decode()


def test_the_template_and_the_exported_list_can_be_imported(browse):
    from kaiwu.web.registry.models import Space

    client = browse("officer")
    template = openpyxl.load_workbook(io.BytesIO(client.get("/space/template.xlsx").content))
    page = template.worksheets[0]
    heads = [cell.value for cell in page[1]]
    row = {"名称": "甲", "镇街": "东镇", "面积(㎡)": 5, "方式": "出租"}
    page.append([row.get(h) for h in heads])
    buffer = io.BytesIO()
    template.save(buffer)
    buffer.seek(0)
    buffer.name = "模板.xlsx"
    take(client, client.post("/space/import/", {"file": buffer}))
    assert Space.objects.get().area == 500
    exported = io.BytesIO(client.get("/space/export.xlsx").content)
    exported.name = "清单.xlsx"
    checked = client.post("/space/import/", {"file": exported})
    assert (checked.context["changed"], checked.context["fresh"]) == (1, 0)
    take(client, checked)
    assert Space.objects.get().area == 500


def test_a_row_that_changes_a_record_tells_what_changed(browse):
    import json

    from kaiwu.web.event.models import Event

    client = browse("officer")
    take(client, send(client, GOOD))
    take(client, send(client, (GOOD[0], "东镇", 900, "18.5", "出租", GOOD[5])))
    event = Event.objects.filter(record="space").order_by("-pk").first()
    assert json.loads(event.before) == {"area": 120_050}
    assert json.loads(event.after) == {"area": 90_000}


def test_the_document_builds_exactly_the_record_type_that_is_there_in_120_lines():
    """docs/add-a-record-type.md shows the code of spaces as it stands: at most 4 files and 120 lines with its tests."""
    text = (ROOT / "docs/add-a-record-type.md").read_text(encoding="utf-8")
    blocks = re.findall(r"`([\w/.]+\.py)`:\n\n```python\n(.*?)```", text, re.S)
    assert {name for name, _ in blocks} == {
        "src/kaiwu/web/registry/models.py", "src/kaiwu/web/registry/screens.py", "src/kaiwu/web/menu.py", "tests/web/test_space.py",
    }  # fmt: skip
    for name, block in blocks:
        assert block in (ROOT / name).read_text(encoding="utf-8"), f"{name} differs from the document"
    assert sum(len([line for line in block.splitlines() if line.strip()]) for _, block in blocks) <= 120
    web = ROOT / "src/kaiwu/web"
    mentions = {p for p in web.rglob("*.py") if re.search(r"\bSpace(Screen)?\b", p.read_text(encoding="utf-8"))}
    written = {ROOT / name for name, _ in blocks}
    assert {p for p in mentions - written if "migrations" not in p.parts} == set()
