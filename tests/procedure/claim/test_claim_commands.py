"""The commands claim, pay and ledger over a synthetic workspace."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from claim_office import FIRM, OTHER, PROGRAMME, SELLER
from click.testing import CliRunner

from kaiwu.cli.main import main

HEAD = "统一社会信用代码,企业名称,合同编号,签订日期,合同金额,供应方代码,供应方名称,发票号码,付款日期,付款金额,企业星级,发生亡人事故\n"
XML = """<EInvoice><!-- 合成 synthetic --><EInvoiceData><SellerInformation><SellerIdNum>{seller}</SellerIdNum><SellerName>培训测试公司</SellerName></SellerInformation>
<BuyerInformation><BuyerIdNum>{buyer}</BuyerIdNum><BuyerName>甲测试公司</BuyerName></BuyerInformation><BasicInformation>
<TotalTax-includedAmount>200000.00</TotalTax-includedAmount></BasicInformation></EInvoiceData>
<TaxSupervisionInfo><InvoiceNumber>25332000000000000001</InvoiceNumber><IssueTime>2025-01-20</IssueTime></TaxSupervisionInfo></EInvoice>"""

TWO = ("--by", "甲", "--by", "乙")
WINDOW = ("--by", "窗口", "--on", "2025-03-03")


@dataclass
class Town:
    """A workspace and a way to call the command there."""

    folder: Path

    def __call__(self, *words: str, code: int = 0) -> Any:
        arguments = [*words, "-w", str(self.folder), "--json"]
        result = CliRunner().invoke(main, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    (tmp_path / "kaiwu.toml").write_text('[workspace]\npacks = ["demo"]\nsynthetic = true\n', encoding="utf-8")
    made = Town(tmp_path)
    for fund, amount in (("city", "60万元"), ("county", "40万元")):
        made(*budget(fund, amount))
    return made


def budget(fund: str, amount: str, document: str = "财预1号", day: str = "2025-01-02") -> tuple[str, ...]:
    return ("claim", "budget", PROGRAMME, fund, amount, "--document", document, *TWO, "--on", day)


def file_one(town: Town) -> Any:
    return town("claim", "file", PROGRAMME, write_rows(town, row()), *WINDOW, "--attach", attach(town))


def write_rows(town: Town, *rows: str) -> str:
    path = town.folder / "claims.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


def row(firm: str = FIRM, name: str = "甲测试公司", number: str = "25332000000000000001") -> str:
    return f"{firm},{name},HT-1,2025-01-10,200000,{SELLER},培训测试公司,{number},2025-02-01,200000,四星,否"


def attach(town: Town) -> str:
    folder = town.folder / "proofs"
    folder.mkdir(exist_ok=True)
    (folder / "发票.xml").write_text(XML.format(seller=SELLER, buyer=FIRM), encoding="utf-8")
    (folder / "合同.pdf").write_bytes(b"%PDF-1.4 synthetic")
    return str(folder)


def test_a_claim_is_filed_with_its_invoice_file_kept_by_digest(town: Town) -> None:
    filed = file_one(town)
    assert filed == [{"claim": "C000001", "again": False}]
    shown = town("claim", "show", "C000001")
    (invoice,) = shown["invoices"]
    assert invoice["total"] == 20_000_000 and len(invoice["digest"]) == 64
    assert (town.folder / "evidence" / invoice["digest"][:2] / invoice["digest"]).is_file()
    assert len([p for p in (town.folder / "evidence").rglob("*") if p.is_file()]) == 2
    assert [c["state"] for c in town("claim", "list")] == ["claimed"]
    assert town("claim", "list", "--state", "paid") == []


def test_a_refusal_is_a_problem_with_exit_code_two_and_keeps_nothing(town: Town) -> None:
    sheet = write_rows(town, row())
    answer = town("claim", "file", PROGRAMME, sheet, *WINDOW, code=2)
    assert [p["code"] for p in answer["problems"]] == ["CL-INVOICE-AMOUNT"]
    town("claim", "file", PROGRAMME, sheet, *WINDOW, "--attach", attach(town))
    answer = town("claim", "approve", "C000001", "--by", "x", "--on", "2025-03-03", code=2)
    assert [p["code"] for p in answer["problems"]] == ["CL-ORDER"]
    assert [p["code"] for p in town("claim", "show", "C9", code=2)["problems"]] == ["CL-UNKNOWN"]
    assert [p["code"] for p in town("claim", "file", "none", sheet, "--by", "x", code=2)["problems"]] == [
        "P-PROGRAMME-NONE"
    ]


def test_steps_on_many_claims_are_done_for_all_or_none(town: Town) -> None:
    file_one(town)
    answer = town("claim", "complete", "C000001", "C000009", *WINDOW, code=2)
    assert [p["code"] for p in answer["problems"]] == ["CL-UNKNOWN"]
    assert town("claim", "show", "C000001")["state"] == "claimed"


def test_lists_of_others_and_parties_widen_what_a_check_covers(town: Town) -> None:
    file_one(town)
    paid = town.folder / "市.csv"
    paid.write_text(
        f"来源单位,层级,政策名称,统一社会信用代码,企业名称,发票号码,兑付金额,兑付日期\n市科技局,city,科技券,{FIRM},甲,25332000000000000001,30000,2024-12-01\n",
        encoding="utf-8",
    )
    assert town("claim", "import-paid", str(paid))["new"] is True
    assert town("claim", "import-paid", str(paid))["new"] is False
    people = town.folder / "人员.csv"
    people.write_text(
        f"统一社会信用代码,企业名称,证件号码,地址\n{FIRM},甲,110101199001010011,甲路1号\n{SELLER},丙,110101199001010011,乙路2号\n",
        encoding="utf-8",
    )
    assert town("claim", "import-parties", str(people)) == {"firms": 2}
    town("claim", "complete", "C000001", "--by", "窗口", "--on", "2025-03-04")
    (report,) = town("claim", "check", "C000001", "--by", "经办", "--on", "2025-03-04")
    assert {f["check"] for f in report["findings"]} == {"same_invoice", "related_party"}
    assert report["coverage"]["lists"] == ["市科技局 (city)"] and report["coverage"]["rows"] == 1
    firm = json.dumps(town("claim", "show", "C000001", "--firm-view"), ensure_ascii=False)
    assert "科技券" not in firm and "related_party" not in firm
    answer = town("claim", "prove", "C000001", "2", str(town.folder / "p.json"), code=2)
    assert [p["code"] for p in answer["problems"]] == ["CL-INSIDE"]


def test_the_book_of_a_workspace_is_read_by_commands(town: Town) -> None:
    assert [t["difference"] for t in town("ledger", "trial")] == [0]
    accounts = {a["id"]: a["available"] for a in town("ledger", "accounts", "--kind", "available")}
    assert sorted(accounts.values()) == [40_000_000, 60_000_000]
    (line,) = town("ledger", "statement", next(iter(accounts)))
    assert line["document"] == "财预1号" and line["approvers"] == ["甲", "乙"]
    assert town("ledger", "statement", next(iter(accounts)), "--until", "2024-12-31") == []
    assert [p["code"] for p in town("ledger", "statement", "nothing", code=2)["problems"]] == ["CL-ACCOUNT"]
    assert town("ledger", "audit") == {"is_sound": True, "difference": None}


def test_a_budget_counts_once_and_wants_two_people(town: Town) -> None:
    assert town(*budget("city", "60万元"))["is_new"] is False
    assert sum(a["available"] for a in town("ledger", "accounts", "--kind", "available")) == 100_000_000
    alone = ("claim", "budget", PROGRAMME, "city", "1万元", "--document", "财预2号", "--by", "甲", "--on", "2025-01-03")
    assert [p["code"] for p in town(*alone, code=2)["problems"]] == ["CL-LEDGER"]
    assert "key_reused" in town(*budget("city", "2万元", day="2025-01-03"), code=2)["problems"][0]["zh"]
    assert [
        p["code"]
        for p in town("claim", "budget", PROGRAMME, "x", "1万元", "--document", "d", "--by", "甲", code=2)["problems"]
    ] == ["CL-FUND"]


def test_programmes_and_templates_are_listed(town: Town) -> None:
    assert town("claim", "programmes")[0]["代码"] == PROGRAMME
    heads = town("claim", "template", PROGRAMME, str(town.folder / "empty.csv"))["heads"]
    assert heads[0] == "统一社会信用代码" and "企业星级" in heads
    assert OTHER != FIRM and sys.version_info >= (3, 11)


def test_all_checked_claims_are_assessed_at_once_and_refusals_are_told(town: Town, tmp_path: Path) -> None:
    sheet = tmp_path / "claims.csv"
    rows = [f"{firm},测试,HT-{i},2025-01-10,200000,{SELLER},培训测试公司,2533200000000000000{i},2025-02-01,200000,{star},否" for i, firm, star in ((1, FIRM, "四星"), (2, OTHER, ""))]  # fmt: skip
    sheet.write_text(HEAD.replace("付款日期", "发票金额,付款日期") + "\n".join(r.replace(",2025-02-01", ",200000,2025-02-01") for r in rows), encoding="utf-8")  # fmt: skip
    town("claim", "file", PROGRAMME, str(sheet), *WINDOW)
    town("claim", "complete", "C000001", "C000002", *WINDOW)
    town("claim", "check", "--programme", PROGRAMME, "--by", "乙", "--on", "2025-03-03")
    made = town("claim", "assess", PROGRAMME, "--all", "--by", "乙", "--on", "2025-03-04")
    assert made["assessed"] == [{"claim": "C000001", "amount_fen": 6_000_000}]
    assert [(r["claim"], r["code"]) for r in made["refused"]] == [("C000002", "CL-MISSING")]
    town("claim", "assess", PROGRAMME, "--all", "--amount", "1", "--by", "乙", "--on", "2025-03-04", code=2)


def test_wrongly_entered_budget_is_reversed_once_and_cites_its_entry(town: Town) -> None:
    entries = [
        line["id"]
        for account in town("ledger", "accounts", "--kind", "available")
        for line in town("ledger", "statement", account["id"])
    ]
    entry = entries[0]
    assert entry.startswith("budget/") and len(entries) == 2
    words = ("ledger", "correct", entry, "--document", "财预更正1号", "--reason", "文号有误", "--on", "2025-01-05")
    town(*words, "--by", "甲", code=2)  # two people
    reversed_fen = town(*words, *TWO)["reversed_fen"]
    assert reversed_fen in (60_000_000, 40_000_000)
    assert sum(a["available"] for a in town("ledger", "accounts", "--kind", "available")) == 100_000_000 - reversed_fen
    other = ("ledger", "correct", entry, "--document", "财预更正2号", "--reason", "再来", "--on", "2025-01-06", *TWO)
    assert town(*other, code=2)["problems"][0]["code"] == "CL-LEDGER"
    unknown = ("ledger", "correct", "budget/none/1", "--document", "d", "--reason", "r", *TWO, "--on", "2025-01-06")
    assert town(*unknown, code=2)["problems"][0]["code"] == "CL-ENTRY"


@pytest.mark.parametrize("is_carried", [True, False])
def test_a_year_is_closed_and_its_pot_takes_no_more(town: Town, is_carried: bool) -> None:
    words = ["ledger", "close", PROGRAMME, "--document", "财结1号", "--on", "2025-12-31", *TWO]
    closed = town(*words, *(["--carry"] if is_carried else []))
    assert closed["rest_fen"] == {"city": 60_000_000, "county": 40_000_000}
    assert {t["difference"] for t in town("ledger", "trial")} == {0}
    after = town("ledger", "accounts", "--kind", "available", "--year", "2026")
    assert sum(a["available"] for a in after) == (100_000_000 if is_carried else 0)
    assert town(*budget("city", "1万元", "财预9号", "2025-12-31"), code=2)["problems"][0]["code"] == "CL-LEDGER"


def test_an_empty_pot_is_closed_too(town: Town) -> None:
    for account in town("ledger", "accounts", "--kind", "available"):
        (line,) = town("ledger", "statement", account["id"])
        town("ledger", "correct", line["id"], "--document", "d", "--reason", "r", "--on", "2025-01-05", *TWO)
    closed = town("ledger", "close", PROGRAMME, "--document", "财结1号", "--on", "2025-12-31", *TWO)
    assert set(closed["rest_fen"].values()) == {0}
    assert town(*budget("city", "1万元", "财预9号", "2025-12-31"), code=2)["problems"][0]["code"] == "CL-LEDGER"


def test_an_emptied_book_beside_a_full_log_is_named(town: Town) -> None:
    town("log", "publish")
    for name in ("state.db", "state.db-wal", "state.db-shm"):
        (town.folder / name).unlink(missing_ok=True)
    assert town("ledger", "audit", code=2)["problems"][0]["code"] == "LOG-BOOK-SHORT"
    assert town("log", "publish", code=2)["problems"][0]["code"] == "LOG-BOOK-SHORT"
