"""What the demo says of the year, and that ``kaiwu verify`` accepts the proof and names the forgery."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from voucher_play import Played, copy_files, fix_secrets, make_year

from kaiwu.cli.console import Speaker
from kaiwu.cli.main import main
from kaiwu.cli.voucher_demo import play_vouchers
from kaiwu.procedure import open_workspace


@pytest.fixture(scope="module")
def told(played: Played, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo's own words over a fresh copy of the district."""
    folder = tmp_path_factory.mktemp("demo") / "district"
    copy_files(played.folder, folder)
    fix_secrets(folder)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        play_vouchers(open_workspace(folder), make_year(60, 1), Speaker(language="zh"))
    return folder, out.getvalue()


def test_the_pot_is_printed_month_by_month(told):
    _, text = told
    months = [line for line in text.splitlines() if re.search(r"2026-\d\d", line) and "│" in line]
    assert len(months) == 12
    assert "25,000" in months[-1]
    for word in ("下达", "预留", "已付", "余额", "合成数据"):
        assert word in text


def test_counts_the_frozen_claim_and_the_sheet_that_came_back_are_told(told):
    _, text = told
    assert re.search(
        r"申报 \d+ 件 已付 \d+ 件 需认定 [1-9]\d* 件 不予支持 [1-9]\d* 件 曾冻结 1 件 退票 2 件 追回 1 件", text
    )
    assert "冻结: 只有 C0" in text
    assert "整表退回: 合成数据_2026年09月_兑付申报表.xlsx" in text
    assert "不够付" in text


def test_the_refused_double_claims_are_told_in_one_line_each_with_the_reason(told):
    _, text = told
    lines = [line for line in text.splitlines() if "重复申报不予支持" in line]
    assert len(lines) == 2
    assert any(re.search(r"C\d{6} 发票 \d{20} 已用于 C\d{6}", line) for line in lines)
    assert any("他处已兑付清单.xlsx" in line for line in lines)


def test_one_claim_is_opened_from_the_payment_to_article_and_invoice(told):
    _, text = told
    line = next(line for line in text.splitlines() if "一件到底" in line)
    assert re.search(
        r"支付 [\d,.]+元 合成数据-GK-2026-\d{5} 2026-\d\d-\d\d ← 签署 10 次, 合成数据纪要〔2026〕\d+号, 公示 N\d{4}",
        line,
    )
    assert re.search(r"← (SLQ|C019) 一\(一\)\S* \S+ ← 杭政函〔2025〕65号附件 ← 发票 \d{20}", line)


def test_a_lower_cap_and_the_trial_balance_are_told(told):
    _, text = told
    assert re.search(
        r"沙盘: 单家企业每年封顶改为500万元: 成本 [\d,.]+元 → [\d,.]+元, 得益 \d+ 家, 受损 [1-9]\d* 家", text
    )
    assert re.search(r"试算平衡: fen 借 ([\d,]+) 贷 \1 差 0", text)


def test_verify_accepts_the_proof_and_names_what_was_forged(told):
    folder, text = told
    (bad,) = (folder / "proofs").glob("*伪造.proof.json")
    good = bad.with_name(bad.name.replace("_伪造", ""))
    assert "可信" in text
    assert "[V-OPENING]" in text
    key = (folder / "log" / "key.pub").read_text(encoding="utf-8").strip()
    accepted = CliRunner().invoke(main, ["verify", str(good), "--key", key])
    assert accepted.exit_code == 0, accepted.output
    assert "可信" in accepted.output
    assert '"kind": "pay"' in accepted.output
    refused = CliRunner().invoke(main, ["verify", str(bad), "--key", key])
    assert refused.exit_code == 1
    assert "V-OPENING" in refused.output
    assert (folder / "proofs" / "verify.html").stat().st_size > 10_000


def test_payment_lists_and_arrears_are_written_and_labelled(told):
    folder, _ = told
    names = sorted(p.name for p in (folder / "payments").iterdir())
    assert sum(name.startswith("支付清单") for name in names) >= 24
    assert sum(name.startswith("未兑付清单") for name in names) == 2
    text = next((folder / "payments").glob("支付清单*.csv")).read_text(encoding="utf-8-sig")
    assert "合成" in text.splitlines()[1]
    assert not any(word in text for word in ("疑点", "same_invoice", "关联"))


def test_a_replay_of_the_year_gives_the_same_root(told, played: Played):
    folder, _ = told
    logs = played.desk.witness.log(), open_workspace(folder).witness.log()
    assert logs[0].size == logs[1].size
    assert logs[0].root() == logs[1].root()
