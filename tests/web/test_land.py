"""Land rounds and the map of plots in the browser: who sees what when, why a project waits, what an objection moves, the records."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest

pytest.importorskip("django")
from market_fixture import market
from market_site import PLOTS

from market_workspace import MAKER, OTHER

__all__ = ["market"]
ROUND = "/land/round/R1/"


@pytest.fixture
def noticed(market, browse):
    assert browse("chief").post(f"{ROUND}do/notice/").status_code == 302
    return market


def page_of(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.content.decode()[-800:])
    return answer.content.decode()


def parts_of(market):
    from kaiwu.procedure import open_workspace
    from kaiwu.procedure.allot.desk import open_land_desk

    return open_land_desk(open_workspace(market)).placed("R1").round


def correction(market):
    """A correction that lifts the rival's project above the maker's, where the scale allows it."""
    found = parts_of(market)
    code, steps = max(
        found.applicant("P1").items.items(), key=lambda item: item[1] - found.applicant("P2").items[item[0]]
    )
    return {"applicant": "P2", "item": code, "points": found.rule.scale.print_score(steps)}


def test_before_the_notice_only_the_bureau_and_auditors_see_a_result(market, browse):
    for login in ("officer", "auditor"):
        assert "甲项目" in page_of(browse(login), ROUND)
    for login in ("clerk01", "east", "taxman", "security"):
        page_of(browse(login), ROUND, 404)
    page_of(browse(""), "/public/land/R1/", 404)
    assert "未公示" in page_of(browse("officer"), "/land/round/")


def test_the_notice_is_public_and_names_no_buyer_and_its_publication_is_told(noticed, browse):
    from kaiwu.web.event.models import Event

    page = page_of(browse(""), "/public/land/R1/")
    assert "甲项目" in page and "乙项目" in page and "不定受让人" in page and "/project/P2/" not in page
    assert Event.objects.get(verb="land.notice").key == "R1"
    assert browse("officer").post(f"{ROUND}do/notice/").status_code == 404


def test_a_clerk_reads_its_own_project_and_nobody_else_s(noticed, browse):
    page = page_of(browse("clerk02"), f"{ROUND}project/P2/")
    assert (
        "轮候" in page and "需要得分" in page and "第 1 名" in page and "逐项得分" in page and "企业: 可以怎样" in page
    )
    page_of(browse("clerk02"), f"{ROUND}project/P1/", 404)
    page_of(browse("clerk01"), f"{ROUND}project/P2/", 404)
    page_of(browse("west"), f"{ROUND}project/P2/", 404)
    listed = page_of(browse("clerk01"), ROUND)
    assert f'href="{ROUND}project/P1/"' in listed and f"{ROUND}project/P2/" not in listed


def test_an_officer_and_an_auditor_read_every_page_and_why_one_is_not_in_line(noticed, browse):
    for login in ("officer", "auditor"):
        for name in ("P1", "P2", "P3", "P4"):
            page_of(browse(login), f"{ROUND}project/{name}/")
    assert "评分所用的数据有缺" in page_of(browse("officer"), f"{ROUND}project/P3/")
    page_of(browse("officer"), f"{ROUND}project/P9/", 404)


def test_a_correction_shows_everybody_whom_it_moves_and_changes_nothing(noticed, browse):
    page = page_of(
        browse("officer"),
        f"{ROUND}appeal/?applicant=P2&item={correction(noticed)['item']}&points={correction(noticed)['points']}",
    )
    assert "改变结果" in page and "乙项目" in page
    assert parts_of(noticed).applicant("P2").items != {}
    assert page_of(browse("officer"), f"{ROUND}records/").count("record-") == 1


def test_an_upheld_objection_stands_with_its_reason_beside_the_first_record(noticed, browse):
    from kaiwu.web.event.models import Event

    told = correction(noticed) | {"reason": "统计更正", "decision": "uphold"}
    assert browse("auditor").post(f"{ROUND}appeal/", told).status_code == 404
    assert browse("clerk02").post(f"{ROUND}appeal/", told).status_code == 404
    assert browse("officer").post(f"{ROUND}appeal/", told | {"reason": " "}).status_code == 422
    assert not Event.objects.filter(verb="land.uphold").exists()
    assert browse("officer").post(f"{ROUND}appeal/", told).status_code == 302
    event = Event.objects.get(verb="land.uphold")
    assert (event.firm, event.evidence) == (OTHER, "统计更正")
    page = page_of(browse("auditor"), f"{ROUND}appeal/")
    assert "统计更正" in page and "成立" in page
    checked = page_of(browse("auditor"), f"{ROUND}records/")
    assert checked.count("record-") == 2 and "有问题" not in checked


@pytest.mark.parametrize("points", ["许多", "9999", "-1", "0.033"])
def test_what_is_no_score_is_told(noticed, browse, points):
    page_of(browse("officer"), f"{ROUND}appeal/?applicant=P2&item={correction(noticed)['item']}&points={points}", 422)


def test_an_altered_record_is_found(noticed, browse):
    path = noticed / "rounds" / "R1" / "record-1.json"
    record = json.loads(path.read_text("utf-8"))
    record["outcome_hash"] = "0" * 64
    path.write_text(json.dumps(record), "utf-8")
    assert "有问题" in page_of(browse("auditor"), f"{ROUND}records/")


def test_the_order_of_supply_is_handed_over_as_excel_and_supplies_move_on(noticed, browse):
    from kaiwu.web.event.models import Event

    assert (
        browse("officer").post(f"{ROUND}do/supply/", {"supply": "S1", "state": "listed"}).status_code == 422
    )  # not final yet
    assert browse("chief").post(f"{ROUND}do/final/").status_code == 302
    assert (
        browse("officer").post(f"{ROUND}do/supply/", {"supply": "S1", "state": "granted"}).status_code == 422
    )  # public land is sold
    assert (
        browse("officer")
        .post(f"{ROUND}do/supply/", {"supply": "S1", "state": "listed", "evidence": "公告1号"})
        .status_code
        == 302
    )
    assert json.loads(Event.objects.get(verb="land.supply").after) == {"supply": "S1", "state": "listed"}
    book = openpyxl.load_workbook(io.BytesIO(browse("auditor").get(f"{ROUND}order.xlsx").content))
    cells = [str(cell.value) for row in book.active for cell in row]
    assert "S1" in cells and "已挂牌" in cells and "甲项目" in cells


def test_the_file_of_a_firm_has_its_applications_once_they_are_noticed(market, browse):
    assert "用地申请" not in page_of(browse("clerk01"), f"/firm/{MAKER}/")
    browse("chief").post(f"{ROUND}do/notice/")
    assert f'href="{ROUND}project/P1/"' in page_of(browse("clerk01"), f"/firm/{MAKER}/")


# The map


def features(browse, login, layer):
    answer = browse(login).get(f"/land/map.geojson?layer={layer}")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/geo+json"
    return answer.json()["features"]


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("stage", ("一类低效", "不在清单")),
        ("block", ("第 1 片", "不愿搬迁")),
        ("after", ("已改造", "二类低效")),
        ("supply", ("已排供地序", "其他地块")),
    ],
)
def test_each_layer_has_its_legend_and_the_same_plots_as_a_table(market, browse, layer, words):
    page = page_of(browse("officer"), f"/land/map/?layer={layer}")
    assert all(word in page for word in words) and "合成数据" in page
    assert all(f'<td class="left" data-label="地块">H{i}</td>' in page for i in range(PLOTS))
    assert len(features(browse, "officer", layer)) == PLOTS


def test_the_plots_lie_in_degrees_where_they_were_declared_to_lie(market, browse):
    longitude, latitude = features(browse, "officer", "stage")[0]["geometry"]["coordinates"][0][0]
    assert (
        longitude == pytest.approx(120, abs=1e-6) and 30.1 < latitude < 30.3
    )  # the false easting lies on the meridian 120°


def test_an_applicant_stands_on_its_plot(market, browse):
    named = [f["properties"] for f in features(browse, "officer", "supply") if f["properties"]["name"]]
    assert [(p["name"], p["url"]) for p in named] == [("S1 ← 甲项目", f"{ROUND}project/P1/")]


def test_a_firm_sees_its_own_plot_and_the_supplies_of_a_noticed_round(market, browse):
    assert len(features(browse, "clerk01", "stage")) == 1
    assert features(browse, "clerk02", "stage") == []
    assert "没有您可以查看的地块" in page_of(browse("clerk02"), "/land/map/")
    browse("chief").post(f"{ROUND}do/notice/")
    shown = features(browse, "clerk02", "supply")
    assert [(f["properties"]["name"], f["properties"]["url"]) for f in shown] == [
        ("S1 ← 甲项目", "")
    ]  # another's page is not theirs
    assert browse("taxman").get("/land/map.geojson").status_code == 404


def test_a_map_without_a_declared_datum_is_refused_with_what_to_do(market, browse):
    path = market / "land" / "plots.geojson"
    whole = json.loads(path.read_text("utf-8"))
    del whole["datum"]
    path.write_text(json.dumps(whole), "utf-8")
    assert "坐标系没有声明" in page_of(browse("officer"), "/land/map/", 422)


def test_without_a_map_the_page_says_where_to_put_one(market, browse):
    (market / "land" / "plots.geojson").unlink()
    assert "land/plots.geojson" in page_of(browse("officer"), "/land/map/")


def test_the_table_of_a_layer_is_handed_over_as_excel(market, browse):
    book = openpyxl.load_workbook(io.BytesIO(browse("officer").get("/land/map.xlsx?layer=block").content))
    assert sum(str(row[0].value).startswith("H") for row in book.active) == PLOTS
