"""The synthetic months: they add up to the year, the flash differs from what is known later, and nothing is real."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic_district import KNOWN_AT, Imported

from kaiwu.figure.import_template import ImportTemplate
from kaiwu.procedure.intake import templates_of
from kaiwu.procedure.operation import find_operation, open_months
from kaiwu.quantity import KaiwuError
from kaiwu.rating.operation import make_bulletin
from kaiwu.synth import District
from kaiwu.synth.month import PERIODS, Months, draw_months, make_month_books


@pytest.fixture(scope="module")
def months(middling: District) -> Months:
    rule = middling.calibration.settings.months
    assert rule is not None
    return draw_months(middling, rule)


def test_the_months_of_a_firm_add_up_to_its_year(months: Months, middling: District) -> None:
    yearly = middling.firms.measures["output"].T * 10
    whole = ~np.isnan(yearly) & ~months.built
    assert np.abs(months.true.sum(axis=2)[whole] - yearly[whole]).max() <= 12, "a month is rounded to 千元"


def test_a_plant_that_begins_in_the_year_has_nothing_before(months: Months) -> None:
    assert months.built[-1].any()
    for at in range(len(PERIODS)):
        before = months.built[-1] & (months.start[-1] > at)
        assert not months.on_list(-1, at)[before].any()
        assert (months.true[-1][before, at] == 0).all()


def test_the_flash_lacks_some_firms_and_is_wrong_for_some(months: Months) -> None:
    listed = months.listed[-1]
    flash, true = months.flash[-1][listed], months.true[-1][listed]
    assert 0.005 < np.isnan(flash).mean() < 0.03
    assert 0.01 < (flash != true)[~np.isnan(flash)].mean() < 0.06


def test_the_bulletin_of_an_imported_district_is_complete_and_synthetic(imported: Imported) -> None:
    reader = open_months(imported.workspace, find_operation(imported.workspace), KNOWN_AT)
    found = make_bulletin(reader, 2024, 6, is_cumulative=True)
    assert found.growth.is_real
    assert found.growth.month.is_synthetic
    assert found.growth.month.is_complete
    assert found.nowcast is not None
    assert reader.months() == [(year, month) for year in (2023, 2024) for month in PERIODS]


def test_a_calibration_without_months_writes_none(middling: District, imported: Imported) -> None:
    settings = replace(middling.calibration.settings, months=None)
    bare = replace(middling, calibration=replace(middling.calibration, settings=settings))
    assert make_month_books(bare, templates_of(imported.workspace)) == []


@pytest.mark.parametrize("change", [{"season": (1.0,)}, {"years": 9}])
def test_months_that_cannot_be_made_are_refused(
    middling: District, imported: Imported, change: dict[str, object]
) -> None:
    rule = middling.calibration.settings.months
    assert rule is not None
    settings = replace(middling.calibration.settings, months=replace(rule, **change))  # type: ignore[arg-type]
    wrong = replace(middling, calibration=replace(middling.calibration, settings=settings))
    with pytest.raises(KaiwuError, match="Y-MONTHS"):
        make_month_books(wrong, templates_of(imported.workspace))


def test_a_missing_template_is_named(middling: District) -> None:
    none: dict[str, ImportTemplate] = {}
    with pytest.raises(KaiwuError, match="synth_month_flash"):
        make_month_books(middling, none)


def test_only_industry_reports(months: Months, middling: District) -> None:
    sectors = np.array([d.sector for d in middling.calibration.divisions])[middling.industries.division]
    assert set(sectors[months.listed.any(axis=0)]) == {"industry"}
    assert set(sectors[middling.sizes.above.any(axis=1)]) > {"industry"}
