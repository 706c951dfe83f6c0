"""Settlements that come with the packs: they settle runs, keep what clauses say, and are tested with claims."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from kaiwu.benefit import ClauseScheme
from kaiwu.benefit.settlement import Settlement
from kaiwu.benefit.settlement.step.cap import Cap
from kaiwu.benefit.settlement.step.pot import Pot
from kaiwu.benefit.settlement.step.same_matter import SameMatter
from kaiwu.figure.variable import Variable
from kaiwu.pack import Library, builtin_packs, open_library
from kaiwu.pack.case import make_facts
from kaiwu.pack.library import find_packs
from kaiwu.pack.settlement_coverage import SILENT, WAYS, count_ways, settled_clauses, steps_of
from kaiwu.procedure.settlement import claims_from_facts, settle_facts
from kaiwu.rule.decision import Facts

FAR = dt.date(2025, 10, 1)
YUAN = 100
"""Clauses round to whole yuan, caps do not."""


@pytest.fixture(scope="module")
def library() -> Library:
    return open_library(sorted(find_packs([builtin_packs()])))


@pytest.fixture(scope="module")
def settled(library: Library) -> list[tuple[str, ClauseScheme, Settlement]]:
    """(pack, scheme, settlement) of every rulebook that declares one."""
    return list(_settled(library))


def _settled(library: Library) -> Iterator[tuple[str, ClauseScheme, Settlement]]:
    for code, (pack, _, _) in library.heads.items():
        scheme = library.scheme(code)
        if isinstance(scheme, ClauseScheme) and scheme.book.settlement is not None:
            yield pack, scheme, scheme.book.settlement


def test_every_settlement_settles_a_run_of_which_nothing_is_known(
    settled: list[tuple[str, ClauseScheme, Settlement]],
) -> None:
    assert len(settled) >= 35
    for _, scheme, plan in settled:
        slots = {need.slot: pl.Int64 for need in scheme.needs()}
        table = pl.DataFrame([{"entity": e} for e in ("a", "b")], schema={"entity": pl.String, **slots})
        done = settle_facts(scheme, Facts(table, FAR, 2024))
        assert (done.awards["low"] == 0).all(), plan.scheme


def test_every_rulebook_with_a_settlement_is_tested_with_claims(
    library: Library, settled: list[tuple[str, ClauseScheme, Settlement]]
) -> None:
    tested = set()
    for shelf in library.shelves.values():
        for name in shelf.pack.names("tests"):
            data = shelf.pack.document(name).data or {}
            tested |= {str(c.get("scheme", data.get("scheme"))) for c in data.get("tests") or [] if "settle" in c}
    without = {plan.scheme for _, scheme, plan in settled if scheme.book.head.status != "template"} - tested
    assert sorted(without) == []


def test_a_matter_that_a_run_does_not_name_never_joins_firms(
    settled: list[tuple[str, ClauseScheme, Settlement]],
) -> None:
    for _, _, plan in settled:
        for step in plan.steps:
            if isinstance(step, SameMatter | Cap) and step.per:
                assert "firm" in step.per, f"{plan.scheme} step {step.term.number}"


def test_every_cap_of_a_clause_stands_in_its_settlement_too(library: Library) -> None:
    """Claims that come from a list and not from a run are capped by the settlement alone."""
    lacking = []
    for code in library.heads:
        scheme = library.scheme(code)
        for clause in scheme.book.clauses if isinstance(scheme, ClauseScheme) else ():
            if clause.amount is not None and clause.amount.caps and not steps_of(clause, scheme.book.settlement):
                lacking.append(f"{code} {clause.id}")
    assert lacking == []


def test_the_pot_of_a_clause_and_of_its_settlement_are_one(settled: list[tuple[str, ClauseScheme, Settlement]]) -> None:
    for _, scheme, plan in settled:
        declared = {step.code for step in plan.steps if isinstance(step, Pot)}
        named = {str(clause.pot["code"]) for clause in scheme.book.clauses if clause.pot}
        assert named <= declared, plan.scheme


def test_every_step_names_its_article_in_both_languages(settled: list[tuple[str, ClauseScheme, Settlement]]) -> None:
    for _, _, plan in settled:
        for step in plan.steps:
            term = step.term
            assert term.article and re.search(r"[一-鿿]", term.zh) and re.search(r"[A-Za-z]", term.en), (
                f"{plan.scheme} {term.number}"
            )


def test_every_clause_with_money_has_an_answer(library: Library) -> None:
    rows = [
        row for code, (pack, _, _) in library.heads.items()
        if isinstance(scheme := library.scheme(code), ClauseScheme) for row in settled_clauses(pack, scheme)
    ]  # fmt: skip
    counts = count_ways(rows)
    assert set(counts) == set(WAYS) and sum(counts.values()) == len(rows) >= 75
    assert all((row.way == SILENT) == (not row.steps) for row in rows)


# -- from figures to awards ----------------------------------------------------------------------------------


def award(
    library: Library, pack: str, code: str, people: dict[str, dict[str, str]], claim: str, **given: Any
) -> tuple[int, int]:
    """Lowest and highest award in yuan of one claim (``clause/entity``) of a run over a few people."""
    scheme = library.scheme(code)
    assert isinstance(scheme, ClauseScheme)
    facts = make_facts(
        scheme, library.shelves[pack], people, given.pop("as_of", FAR), given.pop("rated", 2024), findings=True
    )
    done = settle_facts(scheme, facts, **given)
    row = done.awards.filter(pl.col("claim") == claim).row(0, named=True)
    return row["low"] // 100, row["high"] // 100


def test_a_grant_of_an_upper_level_is_matched_within_the_cap_of_all_levels(library: Library) -> None:
    """C158: 1:1 is 5 million, 75 % of 10 million less 5 million leaves 2.5 million; the cap is taken once, not twice."""
    people = {
        "甲": {
            "生产设施投资额": "1000万元",
            "农业项目总投资": "1000万元",
            "已获上级资金": "500万元",
            "本年区财政已补助额": "0元",
        }
    }
    prior = pl.DataFrame(
        {"entity": ["甲"], "matter": ["project"], "programme": ["upper"], "year": [2022], "paid": [500_000_000]}
    )
    for paid in (None, prior):
        found = award(
            library,
            "reference/ns",
            "ns_agriculture_2022",
            people,
            "C158/甲",
            as_of=dt.date(2023, 6, 30),
            rated=2023,
            prior=paid,
        )
        assert found == (2_500_000, 2_500_000)


def test_a_difference_is_deducted_once(library: Library) -> None:
    """C123: 2 million less the 1 million of the province; the clause deducts it, the settlement does not deduct it again."""
    people = {"甲": {"当年绿色制造入选级别": "国家级", "绿色制造以前已奖励额": "100万元"}}
    prior = pl.DataFrame(
        {"entity": ["甲"], "matter": ["green_manufacturing"], "clause": ["C123"], "year": [2019], "paid": [100_000_000]}
    )
    found = award(library, "reference/la", "la_green_2020", people, "C123/甲", as_of=dt.date(2020, 10, 1), prior=prior)
    assert found == (1_000_000, 1_000_000)


VOUCHER = {
    "智算服务类别": "general", "中小企业": "否", "生成式多模态基础大模型企业": "否", "本年已兑付算力券": "0元",
    "采购智能算力的企业高校或科研机构": "否",
}  # fmt: skip


@pytest.mark.parametrize(
    ("paid", "left", "low", "high"),
    [
        ("5000万元", 2_500_000_000_000, 8_000_000, 8_000_000),  # GC-006: 30 % is 15 million, cap 8 million
        ("300万元", 2_500_000_000_000, 900_000, 900_000),  # GC-008: 30 % of what was paid
        ("300万元", 50_000_000, 0, 500_000),  # GC-010: 500,000 yuan left, no rule for the end of the pool
        ("300万元", 90_000_000, 900_000, 900_000),
    ],
)
def test_the_voucher_cases_settle_from_figures(library: Library, paid: str, left: int, low: int, high: int) -> None:
    people = {"甲": {**VOUCHER, "实付智算费用": paid, "年申报智算合同累计额": paid}}
    pots = {("hz_compute_2025", 2025): left}
    found = award(library, "hangzhou", "hz_compute_voucher_2025", people, "SLQ/甲", rated=2025, pots=pots)
    assert found == (low, high)


def test_the_first_ten_are_paid_by_their_places(library: Library) -> None:
    """C159: the place replaces the finding 列前十."""
    firm = {
        "工业总产值": "1.1亿元",
        "工业总产值@-1": "1亿元",
        "评选口径研发投入": "1000万元",
        "全市工业产值平均增幅": "5%",
        "利润总额": "10万元",
    }
    people = {f"f{n:02d}": {**firm, "六项指标加权名次": f"{n}项"} for n in range(1, 12)}
    for n, paid in ((1, 100_000), (10, 100_000), (11, 0)):
        found = award(
            library,
            "reference/hk",
            "hk_industry_2021",
            people,
            f"C159/f{n:02d}",
            as_of=dt.date(2022, 6, 30),
            rated=2021,
        )
        assert found == (paid, paid)


def test_settling_a_single_claim_repeats_no_deduction_of_its_clause(
    settled: list[tuple[str, ClauseScheme, Settlement]],
) -> None:
    """Caps that a clause already took are not taken again: a firm with one claim and no earlier award gets what its clause says."""
    rng, seen = random.Random(20251120), 0
    for _, scheme, plan in settled:
        if any(isinstance(step, Pot) for step in plan.steps) or not scheme.book.clauses:
            continue
        slots = {n.slot: n.variable for n in scheme.needs()}
        rows = [{"entity": f"f{i}", **{slot: _some(rng, v) for slot, v in slots.items()}} for i in range(40)]
        facts = Facts(pl.DataFrame(rows, schema={"entity": pl.String, **dict.fromkeys(slots, pl.Int64)}), FAR, 2024)
        claims = claims_from_facts(scheme, facts)
        capped = [c.id for c in scheme.book.clauses if c.amount is not None and c.amount.caps]
        alone = claims.filter((pl.len().over("entity") == 1) & pl.col("clause").is_in(capped)).join(
            settle_facts(scheme, facts).awards, on="claim", suffix="_paid"
        )
        changed = alone.filter(
            pl.max_horizontal((pl.col(c) - pl.col(f"{c}_paid")).abs() for c in ("low", "high")) >= YUAN
        )
        assert changed.is_empty(), f"{plan.scheme}: {changed.to_dicts()[:1]}"
        seen += len(alone)
    assert seen > 100


def _some(rng: random.Random, variable: Variable) -> int:
    low = variable.low or 0
    return rng.randint(
        low, min(variable.high if variable.high is not None else 10**9, low + rng.choice((1, 20, 10**8, 10**12)))
    )


def test_no_clause_has_an_earlier_award_deducted_by_two_steps(
    settled: list[tuple[str, ClauseScheme, Settlement]],
) -> None:
    """A cap that an earlier award used up, and then the difference to that award, would deduct it twice."""
    for _, scheme, plan in settled:
        for clause in scheme.book.clauses:
            steps = steps_of(clause, plan)
            capped = [s for s in steps if isinstance(s, Cap) and s.per and s.counts != "none"]
            topped = [
                s
                for s in steps
                if isinstance(s, SameMatter) and s.counts != "none" and s.keep != "sum" and s.paid_before != "bar"
            ]
            early = [c for c in capped for t in topped if c.term.number < t.term.number]
            assert not early, f"{plan.scheme} {clause.id}"
