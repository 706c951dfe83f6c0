"""Pages of the market on the local site: the board, a list, a firm's four finds, workbooks; in both languages."""

from __future__ import annotations

import datetime as dt
import html
import re
from pathlib import Path

import pytest

from kaiwu.match.invitation import Terms
from kaiwu.procedure import open_workspace
from kaiwu.procedure.market import MarketDesk, hold_round, take_listings
from kaiwu.procedure.market.step_sheet import read_steps
from kaiwu.report.site import Site
from market_workspace import MAKER, SHEETS, STEPS, write_market_workspace

DAY = dt.date(2026, 3, 1)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = write_market_workspace(tmp_path_factory.mktemp("site") / "w")
    workspace = open_workspace(folder)
    take_listings(
        workspace, [folder / "inbox" / "market" / name for name in SHEETS], known_at=DAY, day=DAY, synthetic=True
    )
    desk = MarketDesk(workspace, DAY)
    hold_round(desk.funnel, desk.invite(Terms(solver="plain")), event="<专场>", section="产业科", day=DAY, name="L1")
    (folder / "steps.csv").write_text(STEPS, "utf-8")
    desk.funnel.add_steps(read_steps(folder / "steps.csv"))
    return Site(open_workspace(folder))


def text(site: Site, url: str) -> str:
    page = site.answer(url)
    assert page.status == 200, page.body.decode()
    return page.body.decode()


def test_the_board_shows_the_funnel_lists_and_the_backlog(market: Site) -> None:
    board = text(market, "/market")
    assert all(word in board for word in ("对接漏斗", "签约率", "60.0%", "空间需求台账", "合成数据", "&lt;专场&gt;"))
    assert "价格 1" in board
    english = text(market, "/market?by=month&lang=en")
    assert "2026-03" in english and "The funnel" in english and "price 1" in english


def test_every_link_of_the_market_leads_somewhere(market: Site) -> None:
    for start in ("/market", "/market?lang=en"):
        for link in {html.unescape(found) for found in re.findall(r'href="(/market[^"]*)"', text(market, start))}:
            page = market.answer(link)
            assert page.status == 200, link
            if start.endswith("en") and page.content_type.startswith("text/html"):
                assert "lang=zh" in link or 'lang="en"' in page.body.decode()


def test_a_list_shows_what_became_of_its_pairs(market: Site) -> None:
    shown = text(market, "/market/list/L1")
    assert "压铸甲厂" in shown and "签约" in shown and "谢绝: 价格" in shown
    assert market.answer("/market/list/L9").status == 404


def test_a_firm_has_its_four_finds_on_one_page(market: Site) -> None:
    page = text(market, f"/market/firm/{MAKER}")
    assert all(
        word in page
        for word in ("找产业链", "找创新链", "找服务链", "找政策链", "由规则逐条判定", "按产品推测", "压铸数字化样本")
    )
    assert "2025: 2 份, 30 万元" in page and "另 1 份没有金额" in page
    assert "industry chain" in text(market, f"/market/firm/{MAKER}?lang=en")
    assert market.answer("/market/firm/NOBODY").status == 404


def test_workbooks_are_handed_out(market: Site) -> None:
    for url in ("/market/funnel.xlsx?by=section", "/market/spaces.xlsx"):
        page = market.answer(url)
        assert page.file_name.endswith(".xlsx") and page.body.startswith(b"PK")


def test_an_empty_market_says_how_to_begin(tmp_path: Path) -> None:
    folder = write_market_workspace(tmp_path / "w")
    assert "kaiwu match import" in text(Site(open_workspace(folder)), "/market")
