"""The funnel: stages, amounts, times, refusals and the concentration watch."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import polars as pl
import pytest

from kaiwu.match.funnel import (
    SHOWN_SCHEMA,
    STEP_SCHEMA,
    Stage,
    check_steps,
    report_funnel,
    trace_pairs,
    watch_concentration,
)
from kaiwu.quantity import KaiwuError

DAY = dt.date(2026, 3, 1)
LATER = dt.date(2026, 12, 31)


def shown(*rows: dict[str, object]) -> pl.DataFrame:
    base = {
        "list": "L1",
        "event": "家门口",
        "section": "产业科",
        "day": DAY,
        "need_title": "轴",
        "buyer": "B",
        "score": 1,
    }
    return pl.DataFrame([base | row for row in rows], schema=SHOWN_SCHEMA)


def step(need: str, offer: str, stage: str, days: int, **more: object) -> dict[str, object]:
    return {"list": "L1", "need": need, "offer": offer, "stage": stage, "day": DAY + dt.timedelta(days), **more}


def steps(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=STEP_SCHEMA)


PAIRS = shown(
    {"need": "N1", "offer": "O1", "supplier": "S1", "rank": 1, "asked": 1000}, {"need": "N1", "offer": "O2", "supplier": "S2", "rank": 2, "asked": 1000},
    {"need": "N2", "offer": "O1", "supplier": "S1", "rank": 1, "asked": None}, {"need": "N3", "offer": "O3", "supplier": "S3", "rank": 1, "asked": 500},
)  # fmt: skip
STEPS = steps(
    step("N1", "O1", "contacted", 2), step("N1", "O1", "quoted", 7, amount=900), step("N1", "O1", "signed", 20, amount=850),
    step("N1", "O1", "delivered", 50, amount=840, logistics=42), step("N1", "O2", "viewed", 1), step("N1", "O2", "refused", 3, reason="price"),
    step("N2", "O1", "signed", 30), step("N3", "O3", "refused", 4, reason="silent"), step("N3", "O3", "contacted", 9),
)  # fmt: skip


def test_a_later_stage_holds_all_before_it() -> None:
    (row,) = report_funnel(trace_pairs(PAIRS, STEPS, LATER))
    assert [row.reached[s] for s in Stage] == [4, 4, 3, 2, 2, 2, 1]
    assert row.rate(Stage.CONTACTED) == Fraction(3, 4)
    assert row.rate(Stage.DELIVERED) == Fraction(1, 2)


def test_amounts_count_each_need_once_and_unknown_is_not_zero() -> None:
    (row,) = report_funnel(trace_pairs(PAIRS, STEPS, LATER))
    assert (row.needs, row.needs_signed, row.asked, row.asked_known) == (3, 2, 1500, 2)
    assert (row.signed, row.signed_unknown, row.delivered, row.logistics) == (850, 1, 840, 42)
    assert row.signed_share == Fraction(850, 1500)
    assert row.logistics_share == Fraction(1, 20)


def test_times_run_from_contact_to_quotation_and_from_contract_to_delivery() -> None:
    (row,) = report_funnel(trace_pairs(PAIRS, STEPS, LATER))
    assert row.median_response_days == 5
    assert row.median_delivery_days == 30


def test_a_refusal_that_a_later_step_has_overtaken_counts_no_more() -> None:
    (row,) = report_funnel(trace_pairs(PAIRS, STEPS, LATER))
    assert row.refusals == {"price": 1}
    early = report_funnel(trace_pairs(PAIRS, STEPS, DAY + dt.timedelta(5)))[0]
    assert early.refusals == {"price": 1, "silent": 1}


def test_nothing_is_known_before_its_day() -> None:
    (row,) = report_funnel(trace_pairs(PAIRS, STEPS, DAY))
    assert [row.reached[s] for s in Stage] == [4, 0, 0, 0, 0, 0, 0]
    assert row.signed_share == 0 and row.median_response_days is None
    (none,) = report_funnel(trace_pairs(PAIRS, STEPS, DAY - dt.timedelta(1)))
    assert none.reached[Stage.SHOWN] == 0 and none.rate(Stage.VIEWED) is None


def test_reports_stand_by_event_section_and_month() -> None:
    more = pl.concat(
        [
            PAIRS,
            shown(
                {
                    "list": "L2",
                    "event": "专场",
                    "section": "科技科",
                    "day": dt.date(2026, 4, 2),
                    "need": "N9",
                    "offer": "O9",
                    "supplier": "S9",
                    "rank": 1,
                }
            ),
        ]
    )
    pairs = trace_pairs(more, STEPS, LATER)
    assert [r.key for r in report_funnel(pairs, "month")] == ["2026-03", "2026-04"]
    assert {r.key: r.reached[Stage.SHOWN] for r in report_funnel(pairs, "event")} == {"家门口": 4, "专场": 1}
    assert [r.key for r in report_funnel(pairs, "section")] == ["产业科", "科技科"]
    with pytest.raises(KaiwuError, match="MF-GROUPING"):
        report_funnel(pairs, "colour")


def test_every_wrong_step_is_named_with_its_row() -> None:
    wrong = steps(
        step("N1", "O1", "sold", 1), step("N1", "O9", "viewed", 1), step("N1", "O1", "viewed", -1), step("N1", "O1", "quoted", 1, amount=-1),
        step("N1", "O1", "refused", 1), step("N1", "O1", "viewed", 1),
    )  # fmt: skip
    found = {(p.code, p.where) for p in check_steps(wrong, PAIRS, "steps.csv")}
    assert found == {
        ("MF-STAGE", "steps.csv:1"), ("MF-NOT-SHOWN", "steps.csv:2"), ("MF-DAY", "steps.csv:3"), ("MF-AMOUNT", "steps.csv:4"), ("MF-REASON", "steps.csv:5"),
    }  # fmt: skip


def test_the_watch_counts_first_places_of_the_top_one_percent() -> None:
    rows = [{"need": f"N{i}", "offer": "O", "supplier": "S1" if i % 4 else f"T{i}", "rank": 1} for i in range(40)]
    watch = watch_concentration(shown(*rows, {"need": "N0", "offer": "P", "supplier": "S2", "rank": 2}), suppliers=150)
    assert (watch.watched, watch.first_places, watch.held) == (2, 40, 31)
    assert watch.share == Fraction(31, 40) and watch.equal_share == Fraction(2, 150)
    assert watch.is_alarming and "请核查" in watch.tell()[0]
    assert watch.names[0] == ("S1", 30)


def test_few_lists_raise_no_alarm() -> None:
    watch = watch_concentration(PAIRS)
    assert not watch.is_alarming
    assert "2/3" in watch.tell()[0]
    assert watch_concentration(shown()).tell()[1] == "no list yet: nothing to watch"
