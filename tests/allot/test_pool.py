"""The pool: one ledger by stage and date, two thresholds, credit that counts once, labels with evidence."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.allot.pool.credit import Share, check_shares, credit, divide
from kaiwu.allot.pool.posting import post_steps, tally
from kaiwu.allot.pool.rescore import Band, members_after, rescore, try_band
from kaiwu.allot.pool.stage import MODES, STAGES, Project, Step, check_projects, check_steps, may_follow
from kaiwu.ledger import MemoryBook
from kaiwu.quantity import KaiwuError

YI = 10_000_000_000  # 亿元 in fen
DAY = dt.date(2025, 1, 10)


def life(project: str, until: str, investment: int, day: dt.date = DAY) -> list[Step]:
    """Steps of a project up to a stage, one each month from a day on."""
    names = list(STAGES)[: list(STAGES).index(until) + 1]
    return [
        Step(project, s, day + dt.timedelta(days=10 * k), f"文件 {s}", "officer", investment)
        for k, s in enumerate(names)
    ]


def published_pool() -> list[Step]:
    """56 projects of 20 billion signed by the end of May, 45 of them with 16 billion landed by the end of August."""
    steps: list[Step] = []
    for k in range(56):
        part = 160 * YI // 45 if k < 45 else 40 * YI // 11
        investment = (
            part
            + (160 * YI - 45 * (160 * YI // 45) if k == 0 else 0)
            + (40 * YI - 11 * (40 * YI // 11) if k == 45 else 0)
        )
        steps += life(f"P{k:02d}", "signed", investment)
        if k < 45:
            steps += [
                Step(f"P{k:02d}", s, dt.date(2025, m, 20), "文件", "officer", investment)
                for s, m in (("started", 6), ("landed", 8))
            ]
    return steps


def test_both_published_counts_come_out_of_one_ledger_by_stage_and_date():
    book = MemoryBook()
    post_steps(book, published_pool())
    signed, landed = tally(book, "signed", dt.date(2025, 5, 31)), tally(book, "landed", dt.date(2025, 8, 31))
    assert (signed.reached, signed.reached_fen) == (56, 200 * YI)
    assert (landed.reached, landed.reached_fen) == (45, 160 * YI)
    later = tally(book, "signed", dt.date(2025, 8, 31))
    assert (later.reached, later.standing, later.standing_fen) == (56, 11, 40 * YI)
    assert tally(book, "landed", dt.date(2025, 5, 31)).reached == 0
    assert book.audit() is None and all(t.is_balanced for t in book.trial_balance())
    assert "56 个, 200.00 亿元" in signed.tell()[0]


def test_a_project_cannot_be_counted_twice():
    book = MemoryBook()
    post_steps(book, life("A", "signed", YI))
    with pytest.raises(KaiwuError, match="A-POOL-LEDGER"):
        post_steps(book, [replace(life("A", "candidate", YI)[0], document="另一文件", day=dt.date(2025, 6, 1))])
    assert tally(book, "candidate", dt.date(2025, 12, 31)).reached == 1


def test_steps_entered_one_by_one_count_as_those_entered_together():
    one, two = MemoryBook(), MemoryBook()
    post_steps(one, life("A", "landed", YI))
    for step in life("A", "landed", YI):
        post_steps(two, [step])
    day = dt.date(2025, 12, 31)
    assert [tally(one, s, day) for s in STAGES] == [tally(two, s, day) for s in STAGES]
    assert [s for s in STAGES if tally(two, s, day).standing] == ["landed"]


def test_a_raised_or_lowered_investment_moves_only_the_difference():
    book = MemoryBook()
    steps = life("A", "signed", YI)
    steps[-1] = replace(steps[-1], investment=3 * YI)
    post_steps(book, [*steps, Step("A", "started", dt.date(2025, 7, 1), "文件", "officer", 2 * YI)])
    assert tally(book, "signed", dt.date(2025, 6, 1)).standing_fen == 3 * YI
    assert tally(book, "started", dt.date(2025, 8, 1)).standing_fen == 2 * YI
    assert tally(book, "signed", dt.date(2025, 8, 1)).standing_fen == 0


def test_stages_follow_one_another_and_only_allotment_may_be_skipped():
    assert may_follow("", "candidate") and not may_follow("", "signed")
    assert may_follow("promoted", "signed") and not may_follow("pooled", "signed")
    assert may_follow("landed", "expelled") and not may_follow("checked", "expelled")
    assert not may_follow("expelled", "candidate") and not may_follow("signed", "promoted")


@pytest.mark.parametrize(
    ("change", "code"),
    [({"stage": "signed"}, "A-POOL-STEP"), ({"document": " "}, "A-POOL-EVIDENCE"), ({"day": dt.date(2024, 1, 1)}, "A-POOL-DATE"),
     ({"project": "Z"}, "A-POOL-WHO"), ({"investment": -1}, "A-POOL-MONEY")],
)  # fmt: skip
def test_a_wrong_step_is_refused_with_its_place(change, code):
    steps = life("A", "pooled", YI)
    with pytest.raises(KaiwuError) as caught:
        check_steps([steps[0], replace(steps[1], **change)], {"A": Project("A", "firm", "internal", YI)})
    assert code in {p.code for p in caught.value.problems} and all(p.where for p in caught.value.problems)


def test_a_mode_is_a_label_with_evidence():
    check_projects([Project("A", "f", "internal", YI, dict.fromkeys(MODES, "材料"))])
    for bad, code in (({"innovation": ""}, "A-POOL-EVIDENCE"), ({"magic": "x"}, "A-POOL-MODE")):
        with pytest.raises(KaiwuError, match=code):
            check_projects([Project("A", "f", "internal", YI, bad)])


def test_attracted_and_internal_projects_with_equal_data_get_equal_results():
    scores = {f"internal {s}": s for s in range(50, 80)} | {f"attracted {s}": s for s in range(50, 80)}
    members = frozenset(k for k in scores if int(k.split()[1]) % 2)
    outcomes = {v.project: (v.outcome, v.line) for v in rescore(members, scores, Band(70, 60))}
    for s in range(50, 80):
        assert outcomes[f"internal {s}"] == outcomes[f"attracted {s}"]


@pytest.mark.parametrize(
    ("is_member", "score", "outcome"),
    [(False, 70, "enter"), (False, 69, "outside"), (True, 60, "stay"), (True, 59, "leave"), (True, None, "undecided"), (False, None, "undecided")],
)  # fmt: skip
def test_projects_enter_at_the_upper_line_and_leave_below_the_lower(is_member, score, outcome):
    (verdict,) = rescore({"A"} if is_member else set(), {"A": score}, Band(70, 60))
    assert verdict.outcome == outcome and all(verdict.tell())
    after = members_after(frozenset({"A"} if is_member else ()), (verdict,))
    assert ("A" in after) == (outcome in ("enter", "stay") or (is_member and score is None))


def test_two_lines_flutter_less_than_one_on_perturbed_data():
    scores = {f"P{k:02d}": 50 + k for k in range(40)}
    members = frozenset(p for p, s in scores.items() if s >= 65)
    trial = try_band(members, scores, Band(70, 60), noise=4)
    assert trial.changes < trial.changes_one_line and all(trial.tell())
    assert try_band(members, scores, Band(70, 60), noise=4) == trial
    with pytest.raises(KaiwuError, match="A-POOL-BAND"):
        Band(60, 70)


def test_a_hundred_projects_over_platforms_and_towns_sum_once():
    amounts = {f"P{k:03d}": 1_000_003 + 7 * k for k in range(100)}
    shares = []
    for k, project in enumerate(amounts):
        towns = [(f"town {k % 22}", "origin", Fraction(1, 3)), (f"town {(k * 5 + 1) % 22}", "landing", Fraction(2, 3))]
        shares += [Share(project, "town", u, r, "tax", f, dt.date(2025, 1, 1)) for u, r, f in towns]
        if k % 3:
            shares.append(
                Share(project, "platform", f"platform {k % 4}", "landing", "tax", Fraction(1), dt.date(2025, 1, 1))
            )
    check_shares(shares)
    for kind in ("town", "platform"):
        found = credit(amounts, shares, kind, "tax", dt.date(2025, 6, 30))
        assert sum(found.units.values()) + found.unshared == found.district == sum(amounts.values())
    assert len(credit(amounts, shares, "town", "tax", DAY).units) == 22


def test_shares_change_with_their_dates_and_must_make_a_whole():
    first = Share("A", "town", "x", "landing", "tax", Fraction(1), dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    then = [
        Share("A", "town", u, r, "tax", Fraction(1, 2), dt.date(2026, 1, 1))
        for u, r in (("x", "origin"), ("y", "landing"))
    ]
    check_shares([first, *then])
    assert credit({"A": 9}, [first, *then], "town", "tax", dt.date(2025, 12, 31)).units == {"x": 9}
    assert credit({"A": 9}, [first, *then], "town", "tax", dt.date(2026, 1, 1)).units == {"x": 4, "y": 5}
    with pytest.raises(KaiwuError, match="A-POOL-SHARE"):
        check_shares([first, then[0]])


@given(st.integers(0, 10**15), st.lists(st.integers(1, 50), min_size=1, max_size=8))
@settings(max_examples=100)
def test_parts_sum_to_the_whole_and_are_never_off_by_one(amount, weights):
    shares = [Fraction(w, sum(weights)) for w in weights]
    parts = divide(amount, shares)
    assert sum(parts) == amount
    assert all(abs(p - amount * s) < 1 for p, s in zip(parts, shares, strict=True))
