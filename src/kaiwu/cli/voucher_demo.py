"""The stage of the demo that plays a year of vouchers (兑付一年) and tells what came of it.

Owns what is printed and the two proof files. The year is played by ``kaiwu.synth.voucher_year``; every step is the same
that the commands ``claim`` and ``pay`` take.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

from kaiwu.cli.console import Speaker
from kaiwu.ledger.log import Fault, check_proof
from kaiwu.ledger.log.page import render_page
from kaiwu.procedure import Workspace
from kaiwu.procedure.claim import Case, Desk, State
from kaiwu.procedure.claim.pot_month import PotMonth, read_months
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.procedure.claim.sandbox import list_levers, what_if_year
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.payment_list import write_arrears, write_payment_list
from kaiwu.synth.voucher import VoucherYear
from kaiwu.synth.voucher_year import YearPlay, YearReport

PROOFS = "proofs"
TRIED_CAP = "500万元"
MONEY = Column("", "", kind="money")
_MONTH_HEADS = (
    ("月份", "month"), ("下达", "appropriated"), ("预留", "reserved"), ("应付", "payable"), ("已付", "paid"), ("追回", "recovered"),
    ("余额", "left"), ("结转", "carried"),
)  # fmt: skip


def play_vouchers(workspace: Workspace, year: VoucherYear, speaker: Speaker) -> YearReport:
    """Play the year and print it: pot by month, counts, the refused double claim, one what-if, one proof and a forgery."""
    desk = Desk(workspace.folder, workspace.library)
    payments = workspace.folder / "payments"
    play = YearPlay(
        desk, year, workspace.folder, on_list=lambda p, dues, day: write_payment_list(payments, p, dues, day)
    )
    with speaker.progress("兑付", "paying", 12) as bar:
        report = play.play(lambda month: bar.update(bar.task_ids[0], completed=month))
    cases = play.cases()
    _print_months(read_months(desk.witness.book, report.programme), speaker)
    _print_counts(report, cases, speaker)
    _print_double(report, speaker)
    _print_trace(report, cases, speaker)
    _print_what_if(workspace, report, cases, speaker)
    _write_arrears(workspace, play, cases)
    _print_balance(desk, speaker)
    _print_proof(desk, play, cases, speaker)
    return report


def _print_months(months: list[PotMonth], speaker: Speaker) -> None:
    for month in months:
        if not month.is_balanced:
            zh, en = f"{month.month} 资金池各项不平", f"the parts of the pot do not sum up in {month.month}"
            raise KaiwuError(Problem("C-POT", zh, en))
    fields = ("appropriated", "reserved", "payable", "paid", "recovered", "left", "carried")
    rows = [[m.month, *(print_cell(MONEY, getattr(m, name)) for name in fields)] for m in months]
    title = speaker.pick("资金池逐月(万元, 合成数据)", "the pot month by month (10,000 yuan, synthetic)")
    speaker.table(title, [speaker.pick(*head) for head in _MONTH_HEADS], rows, right=range(1, 8))


def _print_counts(report: YearReport, cases: list[Case], speaker: Speaker) -> None:
    states = Counter(case.state for case in cases)
    paid = sum(states[s] for s in (State.PAID, State.PAYING, State.PAYABLE, State.SURVEYED, State.CLAWED_BACK))
    counts = {
        ("申报", "claimed"): len(cases), ("已付", "paid"): paid, ("需认定", "asked"): len(report.asked), ("不予支持", "refused"): len(report.refused),
        ("曾冻结", "frozen for a time"): len(report.frozen), ("退票", "returned by the bank"): len(report.returned), ("追回", "claimed back"): len(report.clawed_back),
    }  # fmt: skip
    speaker.say(
        "    " + " ".join(f"{zh} {n} 件" for (zh, _), n in counts.items()),
        "    " + ", ".join(f"{n} {en}" for (_, en), n in counts.items()),
    )
    for problem in report.corrected:
        speaker.say(
            f"    整表退回: {problem.where}: {problem.zh}", f"    sheet returned: {problem.where}: {problem.en}"
        )
    for number, since, until in report.frozen:
        speaker.say(
            f"    冻结: 只有 {number}, {since} 至 {until or '未办结'}; 同批其他件照付",
            f"    frozen: {number} alone, {since} to {until or 'still open'}; the others of its notice were paid",
        )
    if report.asked:
        first = report.asked[0]
        speaker.say(
            f"    需认定: {first.claim} 起 {len(report.asked)} 件: {first.problem.zh}",
            f"    asked: {len(report.asked)} claims from {first.claim}: {first.problem.en}",
        )


def _print_double(report: YearReport, speaker: Speaker) -> None:
    """The refused double claims, each with its reason in one line."""
    for number, finding in report.findings.items():
        if finding.check == "same_invoice":
            speaker.say(
                f"    重复申报不予支持: {number} {finding.zh}", f"    double claim refused: {number} {finding.en}"
            )


def _print_trace(report: YearReport, cases: list[Case], speaker: Speaker) -> None:
    """One claim from the payment over its signatures to clause, document and invoices."""
    case = next((c for c in cases if c.state is State.PAID and c.award is not None and c.invoices), None)
    if case is None or case.award is None:
        return
    payment, award, document = case.payments[-1], case.award, report.programme.document
    minutes = next((s.minutes for s in case.signatures if s.minutes), "")
    invoices = ", ".join(i.number for i in case.invoices)
    money, place = yuan(payment.amount), f"{award.clause} {award.article}"
    speaker.say(
        f"    一件到底: {case.number} 支付 {money} {payment.reference} {payment.day} ← 签署 {len(case.signatures)} 次, {minutes}, 公示 {case.notice} "
        f"← {place} {award.zh} ← {document.number} ← 发票 {invoices}",
        f"    one claim opened: {case.number} paid {money} {payment.reference} {payment.day} ← {len(case.signatures)} signatures, {minutes}, notice "
        f"{case.notice} ← {place} {award.en} ← {document.number} ← invoices {invoices}",
    )  # fmt: skip


def _print_what_if(workspace: Workspace, report: YearReport, cases: list[Case], speaker: Speaker) -> None:
    lever = next((each for each in list_levers(workspace.library, report.programme) if each.code == "cap"), None)
    if lever is None:
        return
    tried = what_if_year(workspace.library, report.programme, cases, lever.settings(TRIED_CAP))
    found = tried.summary()
    before, after = found["cost_before_low"], found["cost_after_low"]
    spoken = yuan(before), yuan(after), found["winners"], found["losers"]
    speaker.say(
        "    沙盘: {}改为{}: 成本 {} → {}, 得益 {} 家, 受损 {} 家".format(lever.zh, TRIED_CAP, *spoken),
        "    what if: {} of {}: cost {} → {}, {} firms win, {} lose".format(lever.en, TRIED_CAP, *spoken),
    )


def _write_arrears(workspace: Workspace, play: YearPlay, cases: list[Case]) -> None:
    from kaiwu.procedure.claim.bank import list_arrears

    with play.desk.session(play.now) as session:
        decided = {c.number: session.store.events(c.number)[c.decided_event].day for c in cases if c.decided_event}
    arrears = list_arrears(cases, decided, play.day)
    write_arrears(workspace.folder / "payments", workspace.zh, arrears, play.day, workspace.is_synthetic)


def _print_balance(desk: Desk, speaker: Speaker) -> None:
    totals = desk.witness.book.trial_balance()
    if not all(total.is_balanced for total in totals):
        raise KaiwuError(Problem("C-BALANCE", "试算不平", "the trial balance is not zero"))
    speaker.say(
        "    试算平衡: " + "; ".join(f"{t.unit} 借 {t.debits:,} 贷 {t.credits:,} 差 {t.difference}" for t in totals),
        "    trial balance: " + "; ".join(f"{t.unit} debits {t.debits:,} credits {t.credits:,} difference {t.difference}" for t in totals),
    )  # fmt: skip


def _print_proof(desk: Desk, play: YearPlay, cases: list[Case], speaker: Speaker) -> None:
    """One payment's proof is accepted; a copy with another amount is not, and what was forged is named."""
    case = next((c for c in cases if c.payments), None)
    if case is None:
        return
    good, bad = write_proofs(desk, case, play.now, play.year.label)
    found = check_proof(good.read_bytes(), str(desk.witness.key.public))
    key = f"--key {desk.witness.folder / 'key.pub'}"
    speaker.say(
        f"    kaiwu verify {good} {key}: 可信, 第 {found['index']} 条, 共 {found['size']} 条",
        f"    kaiwu verify {good} {key}: valid, leaf {found['index']} of {found['size']}",
    )
    try:
        check_proof(bad.read_bytes(), str(desk.witness.key.public))
    except Fault as fault:
        code, zh, en = fault.args
        speaker.say(
            f"    kaiwu verify {bad} {key}: 不可信 [{code}] {zh}",
            f"    kaiwu verify {bad} {key}: not valid [{code}] {en}",
        )
    else:
        raise KaiwuError(Problem("C-FORGERY", "伪造的证明竟被接受", "the forged proof was accepted"))


def write_proofs(desk: Desk, case: Case, now: dt.datetime, label: str) -> tuple[Path, Path]:
    """The proof file of a claim's first payment, and a copy in which the amount was changed."""
    folder = desk.folder / PROOFS
    folder.mkdir(parents=True, exist_ok=True)
    payment = case.payments[0]
    text = desk.prove(case.number, payment.event, now)
    proof = json.loads(text)
    forged = proof | {"figures": proof["figures"].replace(f'"amount":{payment.amount}', f'"amount":{payment.amount + 1}')}  # fmt: skip
    good = folder / f"{label}_{case.number}_支付.proof.json"
    bad = folder / f"{label}_{case.number}_支付_伪造.proof.json"
    good.write_text(text, encoding="utf-8")
    bad.write_text(json.dumps(forged, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "verify.html").write_text(render_page(), encoding="utf-8")
    return good, bad
