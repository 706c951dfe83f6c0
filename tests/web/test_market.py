"""Needs and offers in the browser: search with reasons, lists, the funnel and its steps, spaces, four finds; each for whom it is."""

from __future__ import annotations

import io
import json
from urllib.parse import urlencode

import openpyxl
import pytest

pytest.importorskip("django")
from market_fixture import market

from market_workspace import LEADER, MAKER, OTHER

__all__ = ["market"]
PAIR = {"list": "L1", "need": "N1", "offer": "O1"}
PAGES = (
    "search/",
    "list/",
    "funnel/",
    "space/",
    "list/one/?name=L1",
    "funnel.xlsx",
    "space.xlsx",
    "list/one.xlsx?name=L1",
)


def text(client, path, status=200):
    answer = client.get(f"/market/{path}")
    assert answer.status_code == status, path
    return answer.content.decode()


def pair_url(**keys):
    return f"list/pair/?{urlencode(PAIR | keys)}"


def test_a_search_tells_every_reason_and_the_margin_of_a_hard_condition(market, browse):
    page = text(browse("officer"), "search/?kind=part&title=压铸支架&when=年产能 >= 1000件")
    assert "铝合金压铸支架" in page and "都写“压铸" in page
    assert "年产能为5,000件, 要求 ≥ 1000件" in page


def test_no_match_names_the_condition_to_relax_and_what_it_brings(market, browse):
    page = text(browse("officer"), "search/?kind=part&title=压铸支架&when=年产能 >= 100000件")
    assert "没有符合的供给, 下一步" in page and "若不设“年产能 &gt;= 100000件”" in page


def test_a_condition_that_cannot_be_read_is_told_where_it_was_typed(market, browse):
    page = text(browse("officer"), "search/?kind=part&title=压铸支架&when=无此属性 >= 1件", 422)
    assert "无此属性" in page and "field-wrong" not in page.split("<form")[0]


def test_a_stated_need_is_found_by_its_code_in_reach_alone(market, browse):
    assert "铝合金压铸支架" in text(browse("officer"), "search/?need=N1")
    text(browse("east"), "search/?need=N1", 404)  # the buyer lies in no town of theirs
    text(browse("officer"), "search/?need=N9", 404)


@pytest.mark.parametrize("login", ["clerk01", "taxman", "security", "system"])
@pytest.mark.parametrize("path", PAGES[:1] + PAGES[2:])
def test_the_board_is_the_government_s(market, browse, login, path):
    assert browse(login).get(f"/market/{path}").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_officer_town_and_auditor_open_every_page(market, browse, path):
    for login in ("officer", "auditor", "east"):
        assert browse(login).get(f"/market/{path}").status_code == 200


def test_a_town_counts_only_pairs_with_a_firm_of_its_own(market, browse):
    both, own = (text(browse(login), "list/one/?name=L1") for login in ("officer", "east"))
    assert "外地丙厂" in both and "外地丙厂" not in own and "压铸甲厂" in own
    assert browse("west").get("/market/list/one/?name=L1").status_code == 404


def test_the_funnel_counts_stages_amounts_and_refusals_and_watches_first_places(market, browse):
    page = text(browse("officer"), "funnel/")
    assert "60.0%" in page and "90.00" in page and "价格 1" in page and "首位" in page
    assert "&lt;专场&gt;" in page and "<专场>" not in page


def test_a_round_is_held_kept_told_and_printed(market, browse):
    from kaiwu.web.event.models import Event

    client = browse("officer")
    asked = {
        "event": "新专场",
        "section": "产业科",
        "local": "330109",
        "places": 2,
        "capacity": 5,
        "small_share": 0,
        "candidates": 5,
        "buyers": [LEADER],
    }
    answer = client.post("/market/list/new/", asked)
    assert answer.status_code == 302
    event = Event.objects.get(verb="market.invite")
    assert json.loads(event.after)["event"] == "新专场" and event.actor == "officer"
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(client.get(f"/market/list/one.xlsx?name={event.key}").streaming_content))
    )
    assert book.sheetnames[:2] == ["邀请名单", "未找到供应商"]
    assert any("压铸甲厂" in str(cell.value) for row in book["邀请名单"] for cell in row)
    assert "新专场" in text(client, "list/")
    assert browse("east").post("/market/list/new/", asked).status_code == 404


def test_a_firm_records_a_step_of_its_own_pair_and_the_event_says_so(market, browse):
    from kaiwu.web.event.models import Event

    told = {"stage": "delivered", "day": "2026-05-01", "amount": "88.5", "logistics": "0.5", "note": "发票001"}
    assert browse("clerk02").get(f"/market/{pair_url()}").status_code == 404
    assert browse("clerk02").post(f"/market/{pair_url()}", told).status_code == 404
    assert browse("auditor").post(f"/market/{pair_url()}", told).status_code == 404
    assert browse("clerk01").post(f"/market/{pair_url()}", told).status_code == 302
    event = Event.objects.get(verb="market.step")
    assert (event.firm, json.loads(event.before)["stage"], json.loads(event.after)["amount"]) == (
        MAKER,
        "signed",
        88_500_000,
    )
    page = text(browse("officer"), pair_url())
    assert "交付" in page and "发票001" in page and "88.5" in page


@pytest.mark.parametrize(
    "wrong", [{"stage": "refused"}, {"day": "2026-01-01"}, {"amount": "许多"}, {"amount": "-3"}, {"day": "2999-01-01"}]
)
def test_a_step_against_the_rules_is_told_and_neither_it_nor_its_event_is_kept(market, browse, wrong):
    from kaiwu.web.event.models import Event

    told = {"stage": "delivered", "day": "2026-05-01"} | wrong
    answer = browse("officer").post(f"/market/{pair_url()}", told)
    assert answer.status_code == 422 and "alert-bad" in answer.content.decode()
    assert not Event.objects.filter(verb="market.step").exists()
    assert "交付" not in text(browse("officer"), pair_url()).split("登记进展")[0]


def test_open_needs_for_space_stand_with_their_age_and_lead_to_the_spaces(market, browse):
    page = text(browse("east"), "space/")
    assert "两千平厂房" in page and "面积 &gt;= 2000平方米" in page
    found = text(browse("east"), "search/?need=K1")
    assert (
        "一号楼" in found
        and "面积为2,400平方米" in found
        and "二号楼" not in found.split("已登记的需求")[0].split("下一步")[0]
    )


def test_a_clerk_reads_the_four_finds_of_its_own_firm_only(market, browse):
    client = browse("clerk01")
    assert client.get("/market/firm/")["Location"] == f"/market/firm/{MAKER}/"
    page = text(client, f"firm/{MAKER}/")
    assert (
        "铝合金压铸支架" in page
        and "基于视觉的压铸气孔检测技术" in page
        and "一号楼" in page
        and "压铸数字化样本" in page
    )
    text(client, f"firm/{OTHER}/", 404)
    text(browse("west"), f"firm/{MAKER}/", 404)


def test_the_page_of_a_firm_has_its_pairs_and_the_way_to_the_four_finds(market, browse):
    page = browse("clerk01").get(f"/firm/{MAKER}/").content.decode()
    assert "供需对接" in page and f'href="/market/firm/{MAKER}/"' in page


def test_the_api_searches_and_records_under_the_same_scope(market, browse):
    def post(login, path, **words):
        return browse(login).post(f"/api/market/{path}", json.dumps(words), content_type="application/json")

    found = post("officer", "search", kind="part", title="压铸支架", when="年产能 >= 1000件").json()
    assert found["matches"][0]["offer"] == "O1" and {"MISSING", "PASS", ""} >= {
        r["outcome"] for r in found["matches"][0]["reasons"]
    }
    assert post("officer", "search", title="压铸支架", when="无此属性 >= 1件").status_code == 422
    assert post("clerk01", "search", title="压铸支架").status_code == 404
    step = PAIR | {"stage": "delivered", "day": "2026-05-01", "amount": 100}
    assert post("clerk02", "step", **step).status_code == 404
    assert post("clerk01", "step", **step).json()["stage"] == "delivered"
    assert [p["offer"] for p in browse("clerk01").get("/api/market/pair").json()] == ["O1"]
    assert browse("officer").get("/api/market/funnel").json()["reached"]["delivered"] == 1
    assert browse("clerk01").get(f"/api/market/finds/{MAKER}").json()["chains"]["innovation"]
    assert browse("clerk01").get(f"/api/market/finds/{OTHER}").status_code == 404


def test_a_write_over_the_api_wants_the_token_of_a_form(market, person):
    from django.test import Client

    client = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    client.force_login(person("clerk01"), backend="django.contrib.auth.backends.ModelBackend")
    step = PAIR | {"stage": "delivered", "day": "2026-05-01"}
    assert client.post("/api/market/step", json.dumps(step), content_type="application/json").status_code == 403
