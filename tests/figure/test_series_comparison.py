"""Two published values are divided only where they mean the same thing."""

from dataclasses import replace
from fractions import Fraction

import pytest

from kaiwu.figure.series import PublishedValue, check_comparable, growth_of_published
from kaiwu.quantity import KaiwuError
from kaiwu.quantity.period import Period, PeriodKind

OLDER = PublishedValue(
    "added_value", Period(PeriodKind.CUMULATIVE, 2021, 8), 100, "county", "constant:2020", "2022", "bulletin 2021-09"
)
NEWER = replace(OLDER, period=Period(PeriodKind.CUMULATIVE, 2022, 8), value=106)


def test_growth_on_one_sample_and_price_basis_is_exact():
    assert growth_of_published(NEWER, OLDER) == Fraction(6, 100)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"sample": "2021"}, "样本"),
        ({"price_basis": "current"}, "价格口径"),
        ({"price_basis": ""}, "未注明"),
        ({"scope": "province"}, "口径"),
        ({"variable": "output"}, "指标"),
        ({"period": Period(PeriodKind.CUMULATIVE, 2021, 6)}, "时段"),
        ({"period": Period(PeriodKind.MONTH, 2021, 8)}, "时段"),
        ({"period": Period(PeriodKind.CUMULATIVE, 2022, 8)}, "时段"),
        ({"period": Period(PeriodKind.CUMULATIVE, 2023, 8)}, "时段"),
    ],
)
def test_values_that_differ_in_meaning_are_refused_with_the_reason(change, word):
    problem = check_comparable(NEWER, replace(OLDER, **change))
    assert problem is not None and problem.code == "F-SERIES-COMPARABLE" and word in problem.zh
    with pytest.raises(KaiwuError, match="F-SERIES-COMPARABLE"):
        growth_of_published(NEWER, replace(OLDER, **change))


def test_an_aggregate_without_stated_sample_is_refused():
    newer, older = replace(NEWER, sample=""), replace(OLDER, sample="")
    assert check_comparable(newer, older).code == "F-SERIES-UNSTATED"


def test_one_firm_needs_no_sample():
    newer, older = (replace(v, scope="legal_entity", sample="", price_basis="") for v in (NEWER, OLDER))
    assert growth_of_published(newer, older) == Fraction(6, 100)


@pytest.mark.parametrize("base", [0, -5])
def test_a_base_of_zero_or_less_has_no_growth(base):
    with pytest.raises(KaiwuError, match="F-SERIES-BASE"):
        growth_of_published(NEWER, replace(OLDER, value=base))


def test_january_alone_never_meets_the_merged_two_months():
    merged = replace(NEWER, period=Period(PeriodKind.CUMULATIVE, 2022, 2))
    assert check_comparable(merged, replace(OLDER, period=Period(PeriodKind.MONTH, 2021, 1))) is not None
    assert check_comparable(merged, replace(OLDER, period=Period(PeriodKind.CUMULATIVE, 2021, 2))) is None
