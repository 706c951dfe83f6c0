"""``kaiwu settle`` and ``kaiwu whatif`` on a list of claims of a shipped pack: the voucher cases, formats, mistakes."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from small_county import make_county

HEAD = "申报号,主体代码,条款,事项,年度,申报日期,金额(万元),智能券档次,智能券合同发生金额(万元),生成式多模态基础大模型企业,获准放宽算力券申领上限"
SCHEME = ("--scheme", "hz_compute_voucher_2025", "--as-of", "2025-12-01")


GRANT = """\
rulebook: grant
kind: clauses
zh: 普惠补助
en: Grant for all
document: {title: 补助办法, date: 2023-01-01}
valid: {from: 2023-01-01}
rounding: {to: 1元, mode: half_up}
clauses:
  - {id: g, article: 第二条, zh: 补助, en: Grant, when: true, amount: 5万元}
settlement:
  article: 第三条
  steps:
    - {step: pot, code: grant, amount: 1万元, exhaustion: pro_rata}
"""
JOB = """
[[job]]
code = "grant"
schemes = ["grant"]
as_of = 2024-06-30
rated = 2023
"""


@pytest.fixture
def claims(tmp_path: Path):
    def write(*rows: str, head: str = HEAD) -> Path:
        path = tmp_path / "申报.csv"
        path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8-sig")
        return path

    return write


def awards(answer) -> dict[str, tuple[int, int]]:
    return {a["claim"]: (a["low"], a["high"]) for a in answer.data["awards"]}


def test_a_firm_gets_at_most_the_yearly_cap(kaiwu, claims):
    """GC-006: 5000万元 × 30 % = 1500万元, cap 800万元; a further claim finds the cap used up."""
    path = claims("1,甲,SLQ,v,2025,2025-03-01,1500,,,否,", "2,甲,SLQ,v,2025,2025-03-02,20,,,否,")
    assert awards(kaiwu("settle", "--claims", path, *SCHEME, "--json")) == {
        "1": (800_000_000, 800_000_000),
        "2": (0, 0),
    }


def test_a_pot_that_cannot_pay_makes_the_system_ask(kaiwu, claims):
    """GC-010: 50万元 left, 90万元 due: not fully payable, the queue rule is not declared."""
    answer = kaiwu(
        "settle",
        "--claims",
        claims("1,甲,SLQ,v,2025,2025-03-01,90,,,否,"),
        *SCHEME,
        "--left",
        "hz_compute_2025@2025=50万元",
        "--json",
    )
    assert awards(answer) == {"1": (0, 50_000_000)}
    assert [a["code"] for a in answer.data["asks"]] == ["no_exhaustion"]


@pytest.mark.parametrize(("clause", "amount", "due"), [("C019", "20", 20), ("SLQ", "15.3", 15.3)])
def test_small_and_general_contracts_pay_what_the_clause_grants(kaiwu, claims, clause, amount, due):
    """GC-002: 40万元 × 50 % = 20万元; GC-004: 51万元 × 30 % = 15.3万元."""
    answer = kaiwu("settle", "--claims", claims(f"1,甲,{clause},v,2025,2025-03-01,{amount},,,否,"), *SCHEME, "--json")
    assert awards(answer) == {"1": (round(due * 1_000_000), round(due * 1_000_000))}


def test_both_vouchers_together_stay_within_their_share(kaiwu, claims):
    """C022: high tier 60 % of 100万元; the smart voucher of 30万元 comes first, 30万元 are left of 40万元."""
    path = claims("1,甲,ZNQ,s,2025,2025-03-01,30,high,100,,", "2,甲,C022,v,2025,2025-03-01,40,high,100,否,")
    assert awards(kaiwu("settle", "--claims", path, *SCHEME, "--json")) == {
        "1": (30_000_000,) * 2,
        "2": (30_000_000,) * 2,
    }


def test_the_special_clause_displaces_the_general_one(kaiwu, claims):
    path = claims("1,甲,SLQ,v,2025,2025-03-01,30,,,否,", "2,甲,C021,v,2025,2025-03-01,15,,,否,")
    assert awards(kaiwu("settle", "--claims", path, *SCHEME, "--json")) == {"1": (0, 0), "2": (15_000_000,) * 2}


def test_the_version_in_force_settles_a_family(kaiwu, claims):
    head = "申报号,主体代码,条款,年度,金额(万元),生成式多模态基础大模型企业,获准放宽算力券申领上限"
    answer = kaiwu(
        "settle",
        "--claims",
        claims("1,甲,C015,2024,900,否,", head=head),
        "--scheme",
        "compute_voucher",
        "--as-of",
        "2024-12-01",
        "--json",
    )
    assert answer.data["scheme"] == "hz_compute_voucher_2024" and awards(answer) == {"1": (800_000_000, 800_000_000)}


def test_a_claim_is_explained_line_by_line(kaiwu, claims):
    path = claims("1,甲,SLQ,v,2025,2025-03-01,1500,,,否,")
    out = kaiwu("settle", "--claims", path, *SCHEME, "--explain", "1").out
    assert "单家企业每年封顶: 1,500万元 → 800万元" in out and "〔一(一)〕" in out
    assert (
        "15,000,000 yuan → 8,000,000 yuan"
        in kaiwu("settle", "--claims", path, *SCHEME, "--explain", "1", "--lang", "en").out
    )
    assert kaiwu("settle", "--claims", path, *SCHEME, "--explain", "9").code == 2


def test_tables_csv_and_workbooks_say_the_same(kaiwu, claims, tmp_path):
    path = claims("1,甲,SLQ,v,2025,2025-03-01,1500,,,否,")
    assert "800万元" in kaiwu("settle", "--claims", path, *SCHEME).out
    assert "800000000,800000000" in kaiwu("settle", "--claims", path, *SCHEME, "--format", "csv").out
    assert kaiwu("settle", "--claims", path, *SCHEME, "--format", "xlsx", "--out", tmp_path / "o.xlsx").code == 0
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    assert book.sheetnames == ["兑付", "逐步", "待认定"]
    assert any(cell.value == 800 for row in book["兑付"].iter_rows() for cell in row)


@pytest.mark.parametrize(
    ("row", "code", "place"),
    [
        ("1,甲,SLQ,v,2025,2025-03-01,-5,,,否,", "BS-NEGATIVE", "A2"),
        ("1,甲,C099,v,2025,2025-03-01,5,,,否,", "BS-CLAUSE", "A2"),
        ("1,甲,SLQ,v,2025,2025-02-30,5,,,否,", "Q-DATE-NO-SUCH-DAY", "F2"),
        ("1,甲,SLQ,v,20x5,2025-03-01,5,,,否,", "BS-WHOLE", "E2"),
        ("1,甲,SLQ,v,2025,2025-03-01,五亩,,,否,", "Q-", "G2"),
        ("1,甲,SLQ,v,2025,2025-03-01,5,,,也许,", "F-FACT-KIND", "J2"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_its_place(kaiwu, claims, row, code, place):
    answer = kaiwu("settle", "--claims", claims(row), *SCHEME)
    assert answer.code == 2 and code in answer.err and place in answer.err


def test_a_missing_column_is_named(kaiwu, claims):
    answer = kaiwu(
        "settle", "--claims", claims("1,甲,SLQ,2025,5", head="申报号,主体代码,条款,年度,金额(万元)"), *SCHEME
    )
    assert answer.code == 2 and "生成式多模态基础大模型企业" in answer.err


def test_an_amount_without_a_unit_is_refused(kaiwu, claims):
    answer = kaiwu(
        "settle",
        "--claims",
        claims("1,甲,SLQ,v,2025,2025-03-01,5,,,否,", head=HEAD.replace("金额(万元),智", "金额,智", 1)),
        *SCHEME,
    )
    assert answer.code == 2 and "G2" in answer.err


def test_earlier_awards_use_the_cap_up(kaiwu, claims, tmp_path):
    prior = tmp_path / "已兑付.csv"
    prior.write_text(
        "主体代码,条款,方案,年度,已兑付(万元)\n甲,SLQ,compute_voucher,2025,700\n甲,SLQ,compute_voucher,2024,800\n",
        encoding="utf-8",
    )
    path = claims("1,甲,SLQ,v,2025,2025-03-01,300,,,否,")
    assert awards(kaiwu("settle", "--claims", path, *SCHEME, "--prior", prior, "--json")) == {"1": (100_000_000,) * 2}


def test_payments_are_compared(kaiwu, claims, tmp_path):
    paid = tmp_path / "实付.csv"
    paid.write_text("申报号,实付金额(元)\n1,9000000\n", encoding="utf-8")
    answer = kaiwu("settle", "--claims", claims("1,甲,SLQ,v,2025,2025-03-01,1500,,,否,"), *SCHEME, "--paid", paid)
    assert "多付" in answer.out and "100万元" in answer.out and "封顶" in answer.out


def test_what_if_prints_cost_losers_and_the_pot(kaiwu, claims):
    path = claims("1,甲,SLQ,v,2025,2025-03-01,900,,,否,", "2,乙,SLQ,v,2025,2025-04-01,100,,,否,")
    change = ("--set", "settlement.steps[2].amount=500万元")
    out = kaiwu("whatif", "hz_compute_voucher_2025", "--claims", path, "--as-of", "2025-12-01", *change).out
    assert "成本: 900万元 → 600万元" in out and "受损 1 家" in out and "24,500万元" in out
    data = kaiwu("whatif", "hz_compute_voucher_2025", "--claims", path, "--as-of", "2025-12-01", *change, "--json").data
    assert data["summary"]["losers"] == 1 and data["changes"][0]["after"] == "500万元"


def test_a_change_that_leads_nowhere_is_refused(kaiwu, claims):
    path = claims("1,甲,SLQ,v,2025,2025-03-01,900,,,否,")
    answer = kaiwu(
        "whatif",
        "hz_compute_voucher_2025",
        "--claims",
        path,
        "--set",
        "settlement.steps[7].amount=1元",
        "--as-of",
        "2025-12-01",
    )
    assert answer.code == 2 and "BS-SET" in answer.err


def test_either_a_run_or_claims_are_wanted(kaiwu, claims):
    assert kaiwu("settle").code == 2
    assert kaiwu("whatif", "hz_compute_voucher_2025", "--set", "settlement.steps[2].amount=1元").code == 2


def test_a_step_of_a_document_that_is_not_well_attested_says_so(kaiwu, claims):
    path = claims("1,甲,SLQ,v,2025,2025-03-01,1500,,,否,")
    assert "待核实" in kaiwu("settle", "--claims", path, *SCHEME, "--explain", "1").out


def test_a_run_is_settled_kept_and_replayed(kaiwu, tmp_path):
    county = tmp_path / "county"
    make_county(county)
    book = county / "packs/county/rulebooks"
    (book / "grant.yaml").write_text(GRANT, encoding="utf-8")
    config = county / "kaiwu.toml"
    config.write_text(config.read_text(encoding="utf-8") + JOB, encoding="utf-8")
    assert kaiwu("run", county, "--job", "grant", "--known-at", "2024-06-30", "-q").code == 0
    number = kaiwu("runs", county, "--json").data[-1]["number"]
    answer = kaiwu("settle", number, "-w", county, "--json")
    assert answer.data["number"] == "1" and answer.data["awards"]
    assert sum(a["low"] for a in answer.data["awards"]) == 1_000_000  # the pot of one 万元, to the fen
    assert kaiwu("settle", "--replay", "1", "-w", county).code == 0
    changed = kaiwu(
        "whatif", "grant", "--run", number, "-w", county, "--set", "settlement.steps[0].amount=2万元", "--json"
    )
    assert changed.data["summary"]["cost_after_low"] == 2_000_000
    assert answer.data["synthetic"] is changed.data["synthetic"] is True
    assert "合成数据" in kaiwu("settle", number, "-w", county).out
    assert "synthetic" in kaiwu("settle", number, "-w", county, "--format", "csv").out.splitlines()[0]
    assert (
        "合成数据"
        in kaiwu("whatif", "grant", "--run", number, "-w", county, "--set", "settlement.steps[0].amount=2万元").out
    )
    pots = county / "settlements/1/pots.parquet"
    assert pots.is_file() and (county / "settlements/1/settlement.json").is_file()


def test_templates_have_the_columns_that_are_read(kaiwu, tmp_path):
    heads = kaiwu(
        "settle", "--template", "claims", "--scheme", "hz_compute_voucher_2025", "--as-of", "2025-12-01"
    ).out.strip()
    assert heads.startswith("申报号,主体代码,条款") and "智能券合同发生金额(万元)" in heads
    path = tmp_path / "t.csv"
    row = {
        "申报号": "1",
        "主体代码": "甲",
        "条款": "SLQ",
        "年度": "2025",
        "金额(元)": "150000000",
        "生成式多模态基础大模型企业": "否",
    }
    path.write_text(f"{heads}\n{','.join(row.get(h, '') for h in heads.split(','))}\n", encoding="utf-8")
    assert awards(kaiwu("settle", "--claims", path, *SCHEME, "--json")) == {"1": (800_000_000,) * 2}
    assert "实付金额(元)" in kaiwu("settle", "--template", "paid").out
    assert "已兑付(元)" in kaiwu("settle", "--template", "prior").out
    assert kaiwu("settle", "--template", "claims").code == 2
