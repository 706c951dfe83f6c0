"""The synthetic market: determined, labelled everywhere, and its planted pairs truly fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kaiwu.match.funnel import check_steps, report_funnel, trace_pairs
from kaiwu.match.funnel.stage import Stage
from kaiwu.match.invitation import Terms
from kaiwu.match.record import MatchKind
from kaiwu.match.space import find_spaces
from kaiwu.pack import builtin_packs, open_library
from kaiwu.pack.market_shelf import open_market
from kaiwu.procedure import open_workspace
from kaiwu.procedure.market import MarketDesk, hold_round, take_listings
from kaiwu.rule.outcome import Outcome
from kaiwu.synth import District
from kaiwu.synth.market import MARK_HEAD, SynthMarket, make_market
from kaiwu.synth.market_file import write_market
from kaiwu.synth.market_play import play_funnel
from kaiwu.synth.market_setting import MarketRule, open_market_rule


@pytest.fixture(scope="module")
def rule() -> MarketRule:
    return replace(open_market_rule(), needs=60)


@pytest.fixture(scope="module")
def drawn(small: District, rule: MarketRule) -> SynthMarket:
    return make_market(small, rule)


@pytest.fixture(scope="module")
def desk(drawn: SynthMarket, tmp_path_factory: pytest.TempPathFactory) -> MarketDesk:
    folder = tmp_path_factory.mktemp("market")
    (folder / "kaiwu.toml").write_text('[workspace]\npacks = ["market"]\nsynthetic = true\n', "utf-8")
    workspace = open_workspace(folder)
    content = open_market(open_library(["market"], [builtin_packs()]))
    files = write_market(drawn, dict(content.listings), folder / "inbox")
    taken = take_listings(workspace, files, known_at=drawn.day, day=drawn.day, synthetic=True)
    assert taken.is_accepted, [str(f.problem) for r in taken.results.values() for f in r.report.errors][:5]
    assert taken.count == drawn.count and taken.expired > 0
    return MarketDesk(workspace, drawn.day)


def test_the_same_district_has_the_same_market(small: District, rule: MarketRule, drawn: SynthMarket) -> None:
    again = make_market(small, rule)
    assert again.rows == drawn.rows and again.planted == drawn.planted
    assert make_market(replace(small, seed=2), rule).rows != drawn.rows


def test_every_row_and_every_record_says_that_it_is_synthetic(drawn: SynthMarket, desk: MarketDesk) -> None:
    assert all(row[MARK_HEAD] == drawn.label for rows in drawn.rows.values() for row in rows)
    records = desk.records
    assert all(record.is_synthetic for record in (*records.needs, *records.offers)) and all(
        deal.is_synthetic for deal in records.deals
    )


def test_every_listing_of_the_pack_has_rows(drawn: SynthMarket, desk: MarketDesk) -> None:
    assert set(drawn.rows) == set(desk.content.listings)


def test_a_planted_offer_meets_every_hard_condition_of_its_need(drawn: SynthMarket, desk: MarketDesk) -> None:
    needs: Mapping[str, object] = {need.code: need for need in desk.records.needs}
    looked = 0
    for code, offer in drawn.planted:
        need = needs[code]
        index = desk.index(need.kind)  # type: ignore[attr-defined]
        row = index.codes.index(offer)
        found = index.table.judge(need, drawn.day, index.texts.is_alive)  # type: ignore[arg-type]
        assert all(outcomes[row] == Outcome.PASS for outcomes in found.constraints)
        looked += len(found.constraints)
    assert looked > 20


def test_spaces_that_are_found_break_no_hard_condition_and_hold_the_planted_one(
    drawn: SynthMarket, desk: MarketDesk
) -> None:
    planted, index = dict(drawn.planted), desk.index(MatchKind.SPACE)
    held = 0
    for need in desk.records.needs_of(MatchKind.SPACE):
        fits = find_spaces(need, index, drawn.day, len(index.offers))
        assert all(result.outcome is Outcome.PASS for fit in fits if not fit.is_open for result in fit.results)
        held += planted[need.code] in {fit.offer.code for fit in fits}
        ended = next(o for o in index.offers if o.code == planted[need.code]).is_expired(drawn.day)
        assert (planted[need.code] in {fit.offer.code for fit in fits}) != ended
    assert held >= 10


def test_firms_are_those_of_the_district_and_leaders_are_the_largest(small: District, drawn: SynthMarket) -> None:
    codes = set(small.firms.texts["code"])
    assert set(drawn.leaders) <= codes
    assert {row["统一社会信用代码"] for row in drawn.rows["supplier_offers"]} <= codes - set(drawn.leaders)


def test_the_played_funnel_is_lawful_and_true_pairs_go_further(
    drawn: SynthMarket, desk: MarketDesk, small: District, rule: MarketRule, tmp_path: Path
) -> None:
    found = desk.invite(Terms(solver="plain"))
    hold_round(desk.funnel, found, event="演示", section="", day=drawn.day)
    shown = desk.funnel.shown()
    steps = play_funnel(shown, drawn.planted, rule, small.streams, drawn.label)
    assert check_steps(steps, shown) == []
    assert steps.equals(play_funnel(shown, drawn.planted, rule, small.streams, drawn.label))
    (row,) = report_funnel(trace_pairs(shown, steps, steps["day"].max()))
    counts = [row.reached[stage] for stage in Stage]
    assert counts == sorted(counts, reverse=True) and counts[5] > 0
    assert steps["note"].unique().to_list() == [drawn.label]
    assert desk.records.offers_of(MatchKind.SAMPLE)
