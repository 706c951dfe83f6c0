"""Lists of low-yield plots: four answers, five ways, and sums of what documents prove."""

import pytest

from kaiwu.allot.land.renewal import Answer, Freed, Yield, list_plot, measure_effect
from kaiwu.quantity import KaiwuError
from kaiwu.rule.decision import Reason
from kaiwu.rule.outcome import Outcome

PASS, FAIL, MISSING, HUMAN = Outcome.PASS, Outcome.FAIL, Outcome.MISSING, Outcome.HUMAN
MU = 1_000_000


def answer(code: str, outcome: Outcome) -> Answer:
    return Answer(code, outcome, (Reason(code, code, outcome),))


def test_the_first_stage_and_the_first_open_way_are_taken_with_both_reasons():
    line = list_plot("P1", [answer("below 2", FAIL), answer("below 3", PASS), answer("below 5", PASS)], [answer("close", FAIL), answer("move", PASS), answer("upgrade", PASS)])  # fmt: skip
    assert (line.stage, line.way, line.outcome) == ("below 3", "move", PASS)
    assert [r.zh for r in line.reasons] == ["below 3", "move"]


def test_a_plot_above_every_threshold_is_off_the_list():
    line = list_plot("P1", [answer("below 2", FAIL)], [answer("close", PASS)])
    assert (line.stage, line.way, line.outcome) == ("", "", FAIL)


@pytest.mark.parametrize("undecided", [MISSING, HUMAN])
def test_an_undecided_way_is_never_passed_over(undecided):
    line = list_plot("P1", [answer("below 2", PASS)], [answer("close", undecided), answer("move", PASS)])
    assert (line.way, line.outcome) == ("", undecided)


def test_a_plot_with_no_open_way_needs_a_finding():
    assert list_plot("P1", [answer("below 2", PASS)], [answer("close", FAIL)]).outcome is HUMAN


def test_before_and_after_compare_the_same_plots_and_name_the_others():
    before = {"A": Yield(10 * MU, 100, 5), "B": Yield(5 * MU, 50, None), "C": Yield(MU, None)}
    after = {"A": Yield(10 * MU, 300, 4), "B": Yield(5 * MU, 60, 3), "C": Yield(MU, 9)}
    effect = measure_effect(before, after, [Freed("A", "move", 4 * MU, "批复1"), Freed("C", "close", MU, "批复2")])
    assert (effect.plots, effect.freed, effect.left_out) == (2, 5 * MU, ("C",))
    assert (effect.before.tax, effect.after.tax) == (150, 360)
    assert effect.before.energy is None and effect.after.energy == 7


@pytest.mark.parametrize(
    ("entry", "text"),
    [(Freed("A", "move", MU, " "), "没有文件"), (Freed("A", "burn", MU, "x"), "五种"), (Freed("Z", "move", MU, "x"), "不在清单"),
     (Freed("A", "move", 11 * MU, "x"), "重复登记"), (Freed("A", "move", -1, "x"), "不大于零")],
)  # fmt: skip
def test_freed_land_that_is_not_proven_is_refused(entry, text):
    with pytest.raises(KaiwuError, match="A-RENEWAL") as caught:
        measure_effect({"A": Yield(10 * MU, 100)}, {}, [entry])
    assert text in caught.value.problems[0].zh and caught.value.problems[0].en
