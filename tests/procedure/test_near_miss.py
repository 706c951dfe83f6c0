"""Near misses of a whole run: one condition short, proven by deciding anew; one figure missing; nothing further away."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from kaiwu.procedure import Run
from kaiwu.procedure.near_miss import NearMiss, find_near_misses
from kaiwu.rule.decision import Facts
from kaiwu.rule.outcome import Outcome
from small_county import make_county, run_county


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_county(make_county(tmp_path_factory.mktemp("near")))


@pytest.fixture(scope="module")
def found(run: Run) -> list[NearMiss]:
    return list(find_near_misses(run))


def of(found: list[NearMiss], item: str, entity: str) -> NearMiss:
    return next(f for f in found if (f.item, f.entity) == (item, entity))


def test_one_figure_short_is_told_with_its_size_and_what_it_brings(found):
    miss = of(found, "b1", "F02")  # research 60 of 3,000 万元, 3 % wanted
    assert (miss.kind, miss.slots, miss.outcome) == ("figure", ("research",), Outcome.PASS)
    assert "研发费用再增加30万元" in miss.gap_zh
    assert miss.effort == 500
    assert (miss.low, miss.high) == (9_000_000, 9_000_000)  # 10 % of 90 万元


def test_a_missing_figure_is_told_where_it_alone_can_change_the_answer(found):
    miss = of(found, "b1", "F03")
    assert (miss.kind, miss.slots) == ("fact", ("research",))
    assert miss.high == 50_000_000  # the cap: how much is not known
    assert of(found, "b1", "F04").slots == ("turnover",)  # a group's figure may not answer


def test_every_change_is_proven_and_one_grain_less_is_not_enough(run, found):
    facts, scheme = run.execution.facts, run.scheme("award")
    for miss in (f for f in found if f.kind == "figure" and f.item == "b1"):
        row = facts.row(miss.entity)
        enough = -(-row["turnover"] * 3 // 100)
        for value, wanted in ((enough, Outcome.PASS), (enough - 1, Outcome.FAIL)):
            table = facts.table.filter(pl.col("entity") == miss.entity).with_columns(research=pl.lit(value, pl.Int64))
            decided = scheme.decide(Facts(table, facts.as_of, facts.rated)).decisions.filter(pl.col("item") == "b1")
            assert Outcome(decided["outcome"][0]) is wanted


def test_who_fits_and_who_waits_for_a_human_is_no_near_miss(run, found):
    decided = {
        (r["entity"], r["item"]): Outcome(r["outcome"]) for r in run.result("award").decisions.iter_rows(named=True)
    }
    kinds = {"figure": Outcome.FAIL, "fact": Outcome.MISSING}
    assert all(decided[f.entity, f.item] is kinds[f.kind] for f in found if f.scheme == "award")


def test_a_class_is_never_advised_to_move(found):
    assert not [f for f in found if f.item == "b2" and f.kind == "figure"]


def test_a_year_long_past_is_settled(run):
    facts = replace(run.execution.facts, as_of=run.record.as_of.replace(year=2027))
    late = replace(run, execution=replace(run.execution, facts=facts))
    assert {f.kind for f in find_near_misses(late)} == {"fact"}
