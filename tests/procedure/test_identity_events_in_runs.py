"""Identity events reach the register: what was merged is one firm in the next run, and an undone merger was never one."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from kaiwu.figure import make_figures
from kaiwu.identity import Batch, Entity, EntityKind, Name
from kaiwu.identity.history import EventKind, IdentityEvent
from kaiwu.procedure import open_run, open_workspace, replay, run_job
from kaiwu.procedure.identity import ReviewStore, open_resolver, record_event
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError
from kaiwu.rule.outcome import Outcome

DAY = dt.date(2024, 6, 1)
KNOWN = dt.date(2024, 6, 30)
RESEARCH = {
    "entity": "F99", "variable": "research", "period": "2023", "value": 10**9, "scope": "legal_entity", "source": "税务", "place": "表1",
    "status": "final", "standing": "attested", "unit": "万元",
}  # fmt: skip


def tell(workspace: Workspace, kind: EventKind, entity: str = "", day: dt.date = DAY, **more) -> Workspace:
    """Record an event and open the workspace anew."""
    record_event(workspace, ReviewStore(workspace.folder / "state.db"),
                 lambda n: IdentityEvent(n, kind, "张三", day, entity, **more))  # fmt: skip
    return open_workspace(workspace.folder)


def strong(workspace: Workspace, known_at: dt.date = KNOWN) -> dict[str, int]:
    run = run_job(workspace, workspace.job("strong"), known_at=known_at)
    return dict(run.result("strong").decisions.select("entity", "outcome").iter_rows())


def test_a_merged_record_is_no_firm_of_its_own_in_the_next_run(workspace: Workspace) -> None:
    before = run_job(workspace, workspace.job("strong"), known_at=KNOWN)
    merged = tell(workspace, EventKind.MERGE, "F09", others=("F03",))
    decided = strong(merged)
    assert len(decided) == 11 and "F03" not in decided
    assert replay(merged, before.record.number)[1].is_identical, "an earlier run stands as it was"
    assert open_run(merged, before.record.number).frame.table.height == 12


def test_figures_of_a_merged_record_are_those_of_the_firm_that_it_is(workspace: Workspace) -> None:
    assert strong(workspace)["F03"] == Outcome.MISSING
    # F03 lacks the research that a thirteenth record of the same firm states.
    workspace.register.append(
        Batch(dt.date(2024, 5, 1), "double", (Entity("F99", EntityKind.FIRM, (Name("第F03公司."),)),))
    )
    workspace.register.save(workspace.folder / "register")
    workspace.figures.append(make_figures([RESEARCH]), dt.date(2024, 5, 2), "税务")
    assert strong(tell(workspace, EventKind.MERGE, "F03", others=("F99",)))["F03"] == Outcome.PASS


def test_an_undone_merger_was_never_one_and_a_run_as_known_before_does_not_see_it(workspace: Workspace) -> None:
    merged = tell(workspace, EventKind.MERGE, "F09", others=("F03",))
    assert len(strong(merged, known_at=dt.date(2024, 5, 31))) == 12
    undone = tell(merged, EventKind.UNDO, undoes=1)
    assert len(strong(undone)) == 12 and undone.register.merged(DAY) == {}
    again = tell(undone, EventKind.MERGE, "F03", others=("F09",))
    assert again.register.merged(DAY) == {"F09": "F03"}


def test_a_split_makes_a_new_entity_of_the_records_that_leave(workspace: Workspace) -> None:
    merged = tell(workspace, EventKind.MERGE, "F09", others=("F03", "F04"))
    split = tell(merged, EventKind.SPLIT, "F09", others=("N1",), records=("F03",))
    assert split.register.merged(DAY) == {"F03": "N1", "F04": "F09"}
    decided = strong(split)
    assert {"N1", "F09"} <= decided.keys() and not {"F03", "F04"} & decided.keys()
    assert split.register.entity("N1").name_at(DAY) == "第F03公司"


def test_a_name_of_a_merged_record_is_resolved_to_the_firm_that_it_is(workspace: Workspace) -> None:
    merged = tell(workspace, EventKind.MERGE, "F09", others=("F03",))
    assert open_resolver(merged, DAY).resolve("第F03公司").entity == "F09"


def test_an_event_that_contradicts_leaves_register_and_events_alone(workspace: Workspace) -> None:
    merged = tell(workspace, EventKind.MERGE, "F09", others=("F03",))
    digest = merged.register.digest()
    for kind, entity, more in [
        (EventKind.MERGE, "F03", {"others": ("F01",)}),
        (EventKind.SPLIT, "F09", {"others": ("F01",), "records": ("F03",)}),
        (EventKind.MERGE, "F09", {"others": ("nobody",)}),
    ]:
        with pytest.raises(KaiwuError, match="I-EVENT"):
            tell(merged, kind, entity, **more)
    assert open_workspace(merged.folder).register.digest() == digest


def test_a_population_counts_a_merged_firm_once(workspace: Workspace) -> None:
    merged = tell(workspace, EventKind.MERGE, "F09", others=("F03",))
    assert isinstance(merged.population("firm", DAY), pl.DataFrame)
    assert merged.population("firm", DAY).height == 11
