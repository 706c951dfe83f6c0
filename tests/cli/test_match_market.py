"""``kaiwu match import|invite|funnel|finds|spaces|samples|assign`` on a small market."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from market_workspace import LEADER, LOCAL, MAKER, STEPS, write_market_workspace

ON = ("--on", "2026-03-01")


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from click.testing import CliRunner

    from kaiwu.cli.main import main

    folder = write_market_workspace(tmp_path_factory.mktemp("market") / "w")
    result = CliRunner().invoke(main, ["match", "import", str(folder), "--known-at", "2026-03-01"])
    assert result.exit_code == 0, result.output
    assert "其中 1 条已过期" in result.output
    return folder


@pytest.fixture
def market(taken: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(taken, tmp_path / "own"))


def test_a_wrong_sheet_comes_back_with_its_errors(kaiwu, tmp_path):
    folder = write_market_workspace(tmp_path / "w")
    path = folder / "inbox" / "market" / "采购需求清单.csv"
    path.write_text("需求编号,采购标的\nN1,详见附件\n", "utf-8")
    answer = kaiwu("match", "import", folder, path)
    assert answer.code == 1
    assert "M-NO-OBJECT" in answer.out and (folder / "errors" / "采购需求清单.错误.xlsx").is_file()
    assert kaiwu("match", "import", folder, path, "--json").data["accepted"] is False


def test_an_empty_inbox_is_told(kaiwu, tmp_path):
    folder = write_market_workspace(tmp_path / "w")
    shutil.rmtree(folder / "inbox")
    assert "C-NO-FILES" in kaiwu("match", "import", folder).err


def test_an_invitation_list_is_given_out_kept_and_printed(kaiwu, market):
    answer = kaiwu("match", "invite", market, "--local", LOCAL, "--event", "专场", "--section", "产业科", *ON, "--json")
    assert answer.code == 0
    data = answer.data
    assert data["invited"] == {"N1": ["O1"], "N2": ["O3"], "N3": []}
    assert data["expired"] == 1 and data["proven"] is True and data["uninvited"] == ["N3"]
    assert data["local_share"]["before"] == 50_000_000 and data["local_share"]["possible"] == 150_000_000
    book = openpyxl.load_workbook(data["file"])
    assert book.sheetnames == ["邀请名单", "未找到供应商", "为何未选", "名额已满"]
    cells = [c.value for row in book["邀请名单"].iter_rows() for c in row if c.value is not None]
    assert "压铸甲厂" in cells and any("需求标题与供给都写" in str(c) for c in cells)
    assert any("名额已给 N1" in str(c.value) for row in book["为何未选"].iter_rows() for c in row)


def test_rivals_a_reserve_and_other_buyers_change_the_list(kaiwu, market, tmp_path):
    rivals = tmp_path / "rivals.csv"
    rivals.write_text(f"a,b\n{LEADER},{MAKER}\n", "utf-8")
    told = kaiwu("match", "invite", market, "--local", LOCAL, "--rivals", rivals, *ON).out
    assert "rival 2" in told
    data = kaiwu("match", "invite", market, "--local", LOCAL, "--small-share", "100%", *ON, "--json").data
    assert data["invited"]["N2"] == []
    assert "S-NO-NEEDS" in kaiwu("match", "invite", market, "--local", LOCAL, "--buyer", "NOBODY", *ON).err
    rivals.write_text("a,b\nx\n", "utf-8")
    assert "C-RIVALS" in kaiwu("match", "invite", market, "--local", LOCAL, "--rivals", rivals, *ON).err


def test_the_funnel_counts_recorded_steps(kaiwu, market, tmp_path):
    name = kaiwu("match", "invite", market, "--local", LOCAL, "--event", "专场", *ON, "--json").data["list"]
    steps = tmp_path / "进展.csv"
    steps.write_text(STEPS.replace("L1", name), "utf-8")
    out = tmp_path / "漏斗.xlsx"
    answer = kaiwu(
        "match", "funnel", market, "--record", steps, "--by", "event", "--on", "2026-06-01", "--out", out, "--json"
    )
    (row,) = answer.data["rows"]
    assert row["key"] == "专场" and row["reached"]["signed"] == 1 and row["response_days"] == 7
    assert (row["asked"], row["signed"], row["refusals"]) == (150_000_000, 90_000_000, {"price": 1})
    assert openpyxl.load_workbook(out).sheetnames == ["漏斗", "集中度"]
    english = kaiwu("match", "funnel", market, "--by", "month", "--on", "2026-06-01", "--lang", "en").out
    assert "2026-03" in english and "60.0%" in english and "first places" in english
    steps.write_text(STEPS, "utf-8")
    assert "MF-NOT-SHOWN" in kaiwu("match", "funnel", market, "--record", steps).err


def test_four_finds_of_a_firm_stand_on_one_page(kaiwu, market, tmp_path):
    page = tmp_path / "四找.html"
    answer = kaiwu("match", "finds", market, MAKER, *ON, "--out", page, "--json")
    assert answer.data["orders"] == ["N1", "N2"] and answer.data["chains"]["innovation"] == ["T1"]
    text = page.read_text("utf-8")
    assert all(
        word in text for word in ("找产业链", "找创新链", "找服务链", "找政策链", "已积压 90 天", "铝合金压铸支架")
    )
    told = kaiwu("match", "finds", market, MAKER, *ON, "--lang", "en").out
    assert "industry chain: 2 orders" in told and "policy chain: 0 clauses" in told


def test_spaces_and_samples_are_listed(kaiwu, market, tmp_path):
    assert "31–90" in kaiwu("match", "spaces", market, *ON, "--out", tmp_path / "k.xlsx").out
    assert (tmp_path / "k.xlsx").is_file()
    told = kaiwu("match", "spaces", market, "K1", *ON).out
    assert "一号楼" in told and "二号楼" not in told
    assert "S-NEED" in kaiwu("match", "spaces", market, "K9", *ON).err
    assert "压铸数字化样本" in kaiwu("match", "samples", market, MAKER, *ON).out
    assert "没有工艺或设备相同" in kaiwu("match", "samples", market, LEADER, *ON).out


def test_tables_are_assigned_with_prices_and_reasons(kaiwu, tmp_path):
    (tmp_path / "edges.csv").write_text(
        "need,supplier,score\n轴,甲,90000000\n盖,甲,80000000\n盖,乙,60000000\n", "utf-8-sig"
    )
    (tmp_path / "needs.csv").write_text("need,buyer,places\n轴,链主,1\n盖,链主,1\n", "utf-8")
    (tmp_path / "suppliers.csv").write_text("supplier,capacity,is_small\n甲,1,0\n乙,1,1\n", "utf-8")
    tables = [tmp_path / f"{name}.csv" for name in ("edges", "needs", "suppliers")]
    data = kaiwu("match", "assign", *tables, "--solver", "plain", "--out", tmp_path / "out", "--json").data
    assert data["total"] == 150_000_000 and data["proven"] is True
    assert [(p["supplier"], p["next_place"]) for p in data["prices"]] == [("甲", 20_000_000)]
    assert "20.00" in (tmp_path / "out" / "why.csv").read_text("utf-8")
    assert "最优已证明" in kaiwu("match", "assign", *tables).out
    assert "MA-SHARE" in kaiwu("match", "assign", *tables, "--small-share", "140%").err


def test_tables_with_mistakes_are_refused_with_their_place(kaiwu, tmp_path):
    for name, text in (
        ("edges", "need,supplier,score\na,b,高\n"),
        ("needs", "need,buyer\na,x\n"),
        ("suppliers", "supplier,capacity,is_small\nb,1,0\n"),
    ):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    tables = [tmp_path / f"{name}.csv" for name in ("edges", "needs", "suppliers")]
    assert "edges.csv:2 score" in kaiwu("match", "assign", *tables).err
    (tmp_path / "edges.csv").write_text("need,supplier,score\na,b,1\n", "utf-8")
    assert "C-ASSIGN-COLUMN" in kaiwu("match", "assign", *tables).err
