"""Spaces: brought in by Excel, seen by their own town only."""

from __future__ import annotations

import io

import pytest
import xlsxwriter


@pytest.fixture
def spaces(browse):
    """Two spaces of the eastern town, taken in by that town."""
    sheet = [
        ["名称", "镇街", "面积(㎡)", "方式"],
        ["一号楼二层", "东镇", "1200.5", "出租"],
        ["二号楼", "东镇", 800, "出售"],
    ]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        for row, cells in enumerate(sheet):
            page.write_row(row, 0, cells)
    buffer.seek(0)
    buffer.name = "空间.xlsx"
    client = browse("east")
    checked = client.post("/space/import/", {"file": buffer})
    assert checked.context["is_accepted"], checked.context["problems"]
    return client.post("/space/import/", {"deed": "take", "ticket": checked.context["ticket"]}, follow=True)


def test_the_list_shows_what_came_in(spaces):
    assert "1,200.50" in spaces.content.decode()
    assert "共 2 条" in spaces.content.decode()


def test_another_town_does_not_see_it(spaces, browse):
    assert "一号楼二层" not in browse("west").get("/space/").content.decode()
    assert browse("officer").get("/api/space").json()["count"] == 2
