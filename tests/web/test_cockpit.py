"""The cockpit: every tile leads to its list and its Excel, and shows the numbers of that list."""

from __future__ import annotations

import json
import re

import pytest


@pytest.fixture
def cases(db):
    from kaiwu.web.case.services import open_case
    from kaiwu.web.event.services import Actor
    from kaiwu.web.registry.models import Firm

    for entity in ("F00", "F01", "F02"):
        open_case(
            Actor("x"), "request", firm=Firm.objects.get(entity=entity), fields={"theme": "用地用房", "text": "要厂房"}
        )


def tiles(client):
    return {tile.code: tile for tile in client.get("/cockpit/").context["tiles"]}


def test_every_address_on_a_tile_answers(cases, browse):
    client = browse("officer")
    page = client.get("/cockpit/")
    assert page.status_code == 200
    addresses = {tile.list_url for tile in page.context["tiles"]} | {tile.excel_url for tile in page.context["tiles"]}
    addresses |= {kpi["url"] for tile in page.context["tiles"] for kpi in tile.kpis} | {
        t["url"] for tile in page.context["tiles"] for t in tile.towns
    }
    for address in addresses - {""}:
        assert client.get(address).status_code == 200, address


def test_the_figures_on_top_are_the_counts_of_their_lists(cases, browse):
    client = browse("officer")
    for kpi in tiles(client)["overview"].kpis:
        if kpi["url"] and "evaluation" not in kpi["url"]:
            shown = client.get(kpi["url"]).context
            assert f"{shown['count']:,}" == kpi["value"], kpi["label"]


def test_the_classes_are_those_of_the_run(browse):
    from kaiwu.web.run.models import RunRow
    from kaiwu.web.run.queries import listing_of

    number = RunRow.objects.order_by("-number")[0].number
    rows = tiles(browse("officer"))["classes"].chart["rows"]
    assert rows == [[label, f"{n:,}"] for label, n in listing_of(number, "ruler").counts]


def test_cases_are_stacked_by_procedure_and_late_ones_are_told_apart(cases, browse):
    import datetime as dt

    from kaiwu.web.case.models import Case

    Case.objects.filter(firm__entity="F00").update(due=dt.date(2020, 1, 1))
    tile = tiles(browse("officer"))["procedures"]
    assert tile.chart["rows"] == [["有求必应", "2", "1"]]


def test_a_tile_without_figures_says_why(browse):
    shown = tiles(browse("officer"))
    assert "月度数据" in shown["operation"].note
    assert shown["pots"].note


def test_towns_are_tiles_where_no_pack_has_outlines_with_a_source(browse, db):
    client = browse("officer")
    tile = tiles(client)["towns"]
    assert {t["name"] for t in tile.towns} == {"东镇", "西镇"}
    assert tile.map is None
    assert client.get("/cockpit/towns.geojson").status_code == 404
    folder = db / "packs/county/map"
    folder.mkdir()
    square = {"type": "Polygon", "coordinates": [[[120, 30], [120.1, 30], [120.1, 30.1], [120, 30]]]}
    data = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": square, "properties": {"name": "东镇"}}],
    }
    file = folder / "towns.geojson"
    try:
        file.write_text(json.dumps(data), encoding="utf-8")
        assert tiles(client)["towns"].map is None, "no boundary without a source"
        file.write_text(json.dumps({**data, "source": "小县自然资源局 2024"}), encoding="utf-8")
        assert tiles(client)["towns"].map["note"] == "小县自然资源局 2024"
        answer = client.get("/cockpit/towns.geojson").json()
        assert answer["features"][0]["properties"]["name"] == "东镇"
        assert isinstance(answer["features"][0]["properties"]["value"], int)
    finally:
        file.unlink()
        folder.rmdir()


def test_only_the_bureau_and_audit_open_it(browse):
    for login in ("east", "clerk00", "taxman", "system"):
        assert browse(login).get("/cockpit/").status_code == 404
    assert browse("auditor").get("/cockpit/").status_code == 200
    assert browse("officer").get("/cockpit/nothing/").status_code == 404


def test_a_page_has_no_style_of_its_own_and_no_outside_address(browse):
    page = browse("officer").get("/cockpit/").content.decode()
    assert not re.search(r"\sstyle=|<style|https?://(?!localhost)", page.replace("http://www.w3.org", ""))
