"""A run is settled: claims arise from its decisions, are kept with their inputs, and settle again to the same digest."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

import kaiwu
from kaiwu.procedure import Run, Workspace, open_workspace, run_job
from kaiwu.procedure.settlement import claims_from_facts, save_settlement, settle_run
from kaiwu.procedure.what_if import change_document, compare_with_paid, what_if_claims, what_if_run
from kaiwu.quantity import KaiwuError
from kaiwu.table import parse_document

AWARD = """\
rulebook: award
kind: clauses
zh: 强企奖励
en: Award for strong firms
document: {title: 试行办法, date: 2023-01-01}
valid: {from: 2023-01-01}
rounding: {to: 1元, mode: half_up}
clauses:
  - id: b
    article: 第二条
    zh: 奖励
    en: Award
    matter: research
    when:
      all:
        - {zh: 强企, en: Strong, when: 强企}
        - {zh: 资金池余额够付, en: The pot can pay, when: 营业收入 < 0元}
    amount: 10% * 研发费用
    cap: 50万元
settlement:
  article: 第九条
  replaces: [资金池余额够付]
  columns: {basis: 研发费用}
  steps:
    - {step: firm_cap, amount: 30万元, zh: 单家封顶, en: Cap of the firm}
    - {step: pot, code: award, amount: 100万元, exhaustion: pro_rata, article: 第十条}
    - {step: round, to: 1元, mode: largest_remainder}
"""
DAY = dt.date(2024, 6, 30)


@pytest.fixture
def settled_workspace(workspace: Workspace) -> Workspace:
    (workspace.folder / "packs" / "tiny" / "rulebooks" / "award.yaml").write_text(AWARD, encoding="utf-8")
    return open_workspace(workspace.folder)


@pytest.fixture
def run(settled_workspace: Workspace) -> Run:
    return run_job(settled_workspace, settled_workspace.job("strong"), known_at=DAY)


def test_claims_are_those_whom_a_clause_may_grant_money(run: Run):
    claims = claims_from_facts(run.library.scheme("award"), run.execution.facts)
    decided = claims.filter(pl.col("low") == pl.col("high"))
    assert set(decided["entity"]) == {"F04", "F05", "F09", "F10", "F11"}  # 3, 4 or 5 per cent of turnover
    assert set(claims["entity"]) - set(decided["entity"]) == {"F03"}  # research is not known
    assert set(claims["year"]) == {2024} and set(claims["matter"]) == {"research"}
    assert claims.filter(pl.col("entity") == "F04")["basis"].to_list() == [200_000_000]


def test_a_condition_that_the_settlement_replaces_does_not_refuse(run: Run):
    assert (run.result("award").decisions["outcome"] != 1).all()  # the clause itself never passes
    assert settle_run(run, "award").awards["low"].sum() > 0


def test_a_pot_reserves_for_those_whose_figures_are_missing(run: Run):
    settled = settle_run(run)
    awards = {r["entity"]: (r["low"], r["high"]) for r in settled.awards.iter_rows(named=True)}
    assert awards["F03"][0] == 0 < awards["F03"][1]
    assert settled.awards["low"].sum() <= 100_000_000
    assert settled.depends_on("b/F11") in ((), ("b/F03",))


@pytest.mark.parametrize("name", [("avard", 2024), ("award", 0)])
def test_what_is_left_in_a_pot_that_nobody_knows_is_refused_and_not_passed_over(run: Run, name: tuple[str, int]):
    for call in (lambda: settle_run(run, pots={name: 1}), lambda: what_if_run(run, [], "award", pots={name: 1})):
        with pytest.raises(KaiwuError, match=r"BS-LEFT.*award@2025"):
            call()


def test_a_settlement_replays_to_the_same_digest(settled_workspace: Workspace, run: Run):
    settled = settle_run(run, pots={("award", 2024): 2_000_000})
    record = save_settlement(
        settled_workspace,
        settled,
        run.library,
        run=run.record.number,
        pots={("award", 2024): 2_000_000},
        as_of=DAY,
        rated=2023,
    )
    again, report = kaiwu.replay_settlement(settled_workspace, record.number)
    assert report.is_identical and report.now == record.result_digest == settled.digest()
    assert again.awards.equals(settled.awards)
    assert save_settlement(settled_workspace, settled, run.library, run=run.record.number).number == "2"


def test_a_changed_input_is_found_by_the_replay(settled_workspace: Workspace, run: Run):
    record = save_settlement(settled_workspace, settle_run(run), run.library, as_of=DAY, rated=2023)
    path = settled_workspace.folder / "settlements" / record.number / "claims.parquet"
    claims = pl.read_parquet(path)
    claims.with_columns((pl.col("low") // 2).alias("low"), (pl.col("high") // 2).alias("high")).write_parquet(path)
    assert not kaiwu.replay_settlement(settled_workspace, record.number)[1].is_identical


def test_an_unknown_settlement_names_those_that_exist(settled_workspace: Workspace):
    with pytest.raises(KaiwuError, match="S-SETTLEMENT"):
        kaiwu.replay_settlement(settled_workspace, "9")


def test_a_scheme_without_settlement_is_refused(run: Run):
    with pytest.raises(KaiwuError, match="BS-NONE"):
        settle_run(run, "strong")


def test_filings_give_what_figures_do_not_say(run: Run):
    filings = pl.DataFrame({"entity": ["F04", "F05"], "clause": ["b", "b"], "filed": [1, 2], "matter": ["x", "y"]})
    claims = claims_from_facts(run.library.scheme("award"), run.execution.facts, filings)
    assert dict(zip(claims["entity"], claims["filed"], strict=True)) == {"F04": 1, "F05": 2}
    with pytest.raises(KaiwuError, match="BS-TWICE"):
        claims_from_facts(run.library.scheme("award"), run.execution.facts, pl.concat([filings, filings]))


# -- what if ---------------------------------------------------------------------------------------------------


def test_a_lower_cap_costs_less_and_only_those_above_it_lose(run: Run):
    result = what_if_run(run, ["settlement.steps.firm_cap.amount=3万元"])
    summary = result.summary()
    assert summary["cost_after_low"] < summary["cost_before_low"]
    assert summary["winners"] == 0 and summary["losers"] > 0
    assert summary["winners"] + summary["losers"] + summary["same"] + summary["open"] == result.differences.height
    assert (result.differences["after_high"] <= 3_000_000).all()


def test_a_higher_rate_in_a_clause_is_decided_again(run: Run):
    result = what_if_run(
        run, ["clauses.b.amount=12% * 研发费用", "clauses.b.cap=100万元"], pots={("award", 2024): 10**12}
    )
    row = result.differences.row(by_predicate=pl.col("entity") == "F04", named=True)
    assert (row["before_low"], row["after_low"]) == (20_000_000, 24_000_000)  # 200万元 × 10 %, × 12 %
    assert [c.before for c in result.changes] == ["10% * 研发费用", "50万元"]


def test_the_changed_rulebook_is_never_in_force(settled_workspace: Workspace, run: Run):
    what_if_run(run, ["settlement.steps[1].amount=1万元"])
    assert "100万元" in (settled_workspace.folder / "packs/tiny/rulebooks/award.yaml").read_text(encoding="utf-8")
    assert settle_run(run).pots["amount"].to_list() == [100_000_000]


def test_the_pot_burns_down_month_by_month(run: Run):
    filings = pl.DataFrame(
        {"entity": ["F04", "F05"], "clause": ["b", "b"], "filed": [(2024 * 12 + 2) * 31, (2024 * 12 + 4) * 31]}
    )
    burned = what_if_run(run, ["settlement.steps[1].amount=50万元"], filings=filings).burn_down()
    assert burned["month"].to_list() == ["2024-03", "2024-05"]
    paid = burned["paid_before"].to_list()
    assert burned["left_before"].to_list() == [100_000_000 - paid[0], 100_000_000 - sum(paid)]
    assert burned["left_after"].to_list()[0] == 50_000_000 - burned["paid_after"][0]


@pytest.mark.parametrize(
    "setting",
    [
        "settlement.steps[9].amount=1元",
        "clauses.zz.amount=1元",
        "nonsense",
        "clauses.b.cap[0].amount=1元",
        "settlement.stepz[0].amount=1元",
    ],
)
def test_a_path_that_leads_nowhere_names_what_is_there(setting: str):
    with pytest.raises(KaiwuError) as error:
        change_document(parse_document(AWARD, "award.yaml"), [setting])
    assert {p.code for p in error.value.problems} == {"BS-SET"}


def test_a_change_that_no_rulebook_may_have_is_a_load_error(run: Run):
    with pytest.raises(KaiwuError, match="亩"):
        what_if_run(run, ["settlement.steps[1].amount=3亩"])


def test_a_change_that_reads_other_figures_says_which(run: Run):
    with pytest.raises(KaiwuError, match="没有的数据"):
        what_if_run(run, ["clauses.b.amount=10% * 没有的数据"])


def test_given_claims_allow_changes_of_the_settlement_only(run: Run):
    claims = claims_from_facts(run.library.scheme("award"), run.execution.facts)
    assert what_if_claims(run.library, "award", ["settlement.steps[0].amount=1万元"], claims).summary()["losers"] > 0
    with pytest.raises(KaiwuError, match="BS-SET"):
        what_if_claims(run.library, "award", ["clauses.b.cap=1元"], claims)


# -- against what was paid ---------------------------------------------------------------------------------------


def test_payments_are_compared_claim_by_claim_with_the_line_responsible(run: Run):
    settled = settle_run(run)
    due = {r["claim"]: r["low"] for r in settled.awards.iter_rows(named=True)}
    paid = pl.DataFrame(
        [("b/F04", due["b/F04"]), ("b/F05", due["b/F05"] + 1), ("b/F09", due["b/F09"] - 1), ("b/F11", 40_000_000), ("zz", 5)],
        schema=["claim", "paid"], orient="row",
    )  # fmt: skip
    table = {r["claim"]: r for r in compare_with_paid(settled, paid).iter_rows(named=True)}
    assert table["b/F11"]["verdict"] == "more" and "单家封顶" in "".join(
        line["zh"] for line in settled.explain("b/F11")
    )
    assert table["b/F11"]["article"] and table["b/F11"]["zh"] and table["b/F11"]["en"]
    assert table["b/F10"]["verdict"] == "unpaid" and table["zz"]["verdict"] == "unclaimed"
    assert table["b/F09"]["verdict"] == "less" and table["b/F09"]["difference"] == -1


def test_payments_by_firm_and_clause_are_matched_and_summed(run: Run):
    settled = settle_run(run)
    paid = pl.DataFrame({"entity": ["F04", "F04"], "clause": ["b", "b"], "paid": [1, 2]})
    row = compare_with_paid(settled, paid).row(by_predicate=pl.col("entity") == "F04", named=True)
    assert row["paid"] == 3
    with pytest.raises(KaiwuError, match="BS-COLUMN"):
        compare_with_paid(settled, paid.drop("clause"))


def test_the_frames_are_at_the_top_of_the_package(run: Run, tmp_path: Path):
    assert (
        kaiwu.settle_run(run).awards.height
        == kaiwu.what_if_run(run, ["settlement.steps[0].amount=1元"]).differences.height
    )
