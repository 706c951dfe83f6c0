"""Who is in scope as known on a day, and in which order schemes are computed."""

from __future__ import annotations

import datetime as dt

import pytest

from kaiwu.identity import Batch, Entity, EntityKind, Name
from kaiwu.pack import open_library
from kaiwu.procedure import Workspace, open_workspace, run_job
from kaiwu.procedure.execution import order_schemes
from kaiwu.quantity import KaiwuError

CYCLE = "rulebook: {0}\nkind: clauses\nzh: 环\nen: Ring\nproduces: {1}\nclauses:\n  - {{id: a, article: 一, zh: 款, en: C, when: {2}}}\n"


def test_an_entity_recorded_later_is_not_in_a_run_as_known_before(workspace: Workspace) -> None:
    register = workspace.register
    late = Entity(id="ZZ", kind=EntityKind.FIRM, names=(Name("后来公司"),))
    register.append(Batch(dt.date(2024, 6, 4), "后来", (late,)))
    register.save(workspace.folder / "register")
    opened = open_workspace(workspace.folder)
    job = opened.job("strong")
    assert run_job(opened, job, known_at=dt.date(2024, 6, 3)).record.population == 12
    assert run_job(opened, job, known_at=dt.date(2024, 6, 4)).record.population == 13


def test_a_streak_that_ends_with_its_own_award_is_no_cycle() -> None:
    scheme = open_library(["zhejiang"]).scheme("zj_ding_2022")
    assert scheme.produces in {need.variable.code for need in scheme.needs()}
    assert order_schemes([scheme]) == [scheme]


@pytest.mark.parametrize("second", ["强企", "非 强企"])
def test_a_clause_that_reads_what_it_produces_is_a_cycle(workspace: Workspace, second: str) -> None:
    path = workspace.folder / "packs" / "tiny" / "rulebooks" / "ring.yaml"
    path.write_text(CYCLE.format("ring", "is_strong", second), encoding="utf-8")
    scheme = open_workspace(workspace.folder).library.scheme("ring")
    with pytest.raises(KaiwuError, match="S-CYCLE"):
        order_schemes([scheme])


def test_all_makers_of_a_product_come_before_its_reader(workspace: Workspace) -> None:
    path = workspace.folder / "packs" / "tiny" / "rulebooks" / "second.yaml"
    path.write_text(CYCLE.format("second", "is_strong", "营业收入 > 0元"), encoding="utf-8")
    library = open_workspace(workspace.folder).library
    ordered = order_schemes([library.scheme(code) for code in ("award", "strong", "second")])
    assert [s.code for s in ordered][-1] == "award"
