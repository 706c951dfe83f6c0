"""Trying an edit of one rulebook over the scope of a run: parts, flips, cost, refusals; nothing is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kaiwu.procedure import Run, run_job
from kaiwu.procedure.trial import parts_of, splice, try_edit
from kaiwu.quantity import KaiwuError
from small_county import KNOWN, make_county, run_county


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_county(make_county(tmp_path_factory.mktemp("trial")))


def text_of(run: Run, scheme: str) -> str:
    return run.library.rulebook(scheme)[0].text


def test_a_rulebook_is_cut_into_clauses_and_put_together_again(run):
    document, _ = run.library.rulebook("award")
    parts = parts_of(document)
    assert [(p.code, p.zh) for p in parts] == [("b1", "研发补助"), ("b2", "头部奖励")]
    assert all(splice(document, part, part.text) == document.text for part in parts)
    assert [p.code for p in parts_of(run.library.rulebook("ruler")[0])] == [
        "tax_mu",
        "rd",
    ]  # 分档 in one line is no part


def test_the_same_text_changes_nothing(run):
    trial = try_edit(run, "award", text_of(run, "award"))
    assert trial.changes.is_empty()
    assert trial.flips("award") == []


def test_a_lower_threshold_lets_firms_in_and_costs_more(run):
    document, _ = run.library.rulebook("award")
    part = parts_of(document)[0]
    trial = try_edit(run, "award", splice(document, part, part.text.replace(">= 3%", ">= 2%")))
    # F02, F08, F14, F20 stand at exactly 2 %; F03 and F04 lack figures and stay 缺数据
    assert trial.flips("award") == [("0", "1", 4)]
    assert trial.changes["entity"].to_list() == ["F02", "F08", "F14", "F20"]
    (_, before), (_, after) = trial.cost("award")
    granted = trial.changes["high_after"].sum()
    assert granted == after - before == (6 + 18 + 30 + 42) * 1_000_000  # fen: 10 % of 60, 180, 300 and 420 万元
    assert trial.schemes == ("award",)


def test_an_edited_ruler_reaches_the_award_that_reads_its_class(run):
    text = text_of(run, "ruler").replace(
        "{class: A, share: 20%}, {class: B, share: 60%}", "{class: A, share: 40%}, {class: B, share: 40%}"
    )
    trial = try_edit(run, "ruler", text)
    assert ("B", "A") in [(before, after) for before, after, _ in trial.flips("ruler")]
    assert ("0", "3") in [
        (before, after) for before, after, _ in trial.flips("award")
    ]  # class A leaves the human condition
    assert trial.schemes[0] == "ruler"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("研发费用 / 营业收入 >= 3%", "研发费用 / 营业收入 >= 3", "R-"),
        ("研发费用 / 营业收入 >= 3%", "利润总额 >= 3万元", "R-"),
        ("rulebook: award", "rulebook: other", "P-TRIAL"),
        ("clauses:", "clauses: [", "T-YAML"),
        ("研发费用 / 营业收入 >= 3%", "实缴税金@-1 >= 3万元", "R-"),
    ],
)
def test_a_mistake_is_told_at_its_place(run, old, new, code):
    with pytest.raises(KaiwuError) as caught:
        try_edit(run, "award", text_of(run, "award").replace(old, new))
    problem = caught.value.problems[0]
    assert problem.code.startswith(code)
    assert problem.where.startswith("county/rulebooks/award.yaml:")
    assert problem.zh != problem.en


def test_figures_that_the_run_has_not_frozen_are_named(tmp_path):
    workspace = make_county(tmp_path)
    small = run_job(workspace, replace(workspace.job("year"), schemes=("plan",)), known_at=KNOWN)
    with pytest.raises(KaiwuError, match=r"BS-FIGURES.*研发费用"):
        try_edit(small, "plan", text_of(small, "plan").replace("营业收入 >= 5000万元", "研发费用 >= 1万元"))


def test_nothing_of_a_trial_is_kept(run):
    digest, frozen = run.library.digest, run.execution.digest()
    try_edit(run, "award", text_of(run, "award").replace("20万元", "90万元"))
    assert (run.library.digest, run.execution.digest()) == (digest, frozen)
    assert run.library.scheme("award").titles()  # still the frozen one
    assert "90万元" not in text_of(run, "award")
