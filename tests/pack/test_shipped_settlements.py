"""Settlements that come with the packs: they settle runs, keep what clauses say, and are tested with claims."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import polars as pl
import pytest

from kaiwu.benefit import ClauseScheme
from kaiwu.benefit.settlement import Settlement
from kaiwu.benefit.settlement.step.cap import Cap
from kaiwu.benefit.settlement.step.pot import Pot
from kaiwu.benefit.settlement.step.same_matter import SameMatter
from kaiwu.pack import Library, builtin_packs, open_library
from kaiwu.pack.library import find_packs
from kaiwu.pack.settlement_coverage import SILENT, WAYS, count_ways, settled_clauses, steps_of
from kaiwu.procedure.settlement import settle_facts
from kaiwu.rule.decision import Facts

FAR = dt.date(2025, 10, 1)


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
