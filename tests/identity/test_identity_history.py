"""Records become entities, entities are merged, split and undone; nothing is lost and no id is used again."""

from __future__ import annotations

import datetime as dt

import pytest

from kaiwu.identity.history import EventKind, Fact, History, IdentityEvent, choose_survivors
from kaiwu.quantity import KaiwuError

DAY = dt.date(2025, 3, 1)


def tell(history: History, kind: EventKind, entity: str = "", *, others=(), records=(), undoes=None, by="张三") -> None:
    history.append(IdentityEvent(len(history.events) + 1, kind, by, DAY, entity, tuple(others), tuple(records), undoes))


@pytest.fixture
def history() -> History:
    made = History()
    tell(made, EventKind.ASSERT, "e1", records=["r1", "r2"])
    tell(made, EventKind.ASSERT, "e2", records=["r3"])
    return made


def test_a_merged_id_leads_to_the_entity_that_stayed(history: History) -> None:
    tell(history, EventKind.MERGE, "e1", others=["e2"])
    assert history.standing.current("e2") == "e1"
    assert history.standing.records_of("e2") == ("r1", "r2", "r3")


def test_an_undone_merger_is_as_if_it_had_not_been_and_may_come_back(history: History) -> None:
    tell(history, EventKind.MERGE, "e1", others=["e2"])
    tell(history, EventKind.UNDO, undoes=3)
    assert history.standing.of_record("r3") == "e2"
    tell(history, EventKind.UNDO, undoes=4)
    assert history.standing.of_record("r3") == "e1"


def test_a_split_makes_a_new_entity_of_some_records(history: History) -> None:
    tell(history, EventKind.SPLIT, "e1", others=["e3"], records=["r2"])
    assert history.standing.records_of("e3") == ("r2",)
    with pytest.raises(KaiwuError, match="I-EVENT"):
        tell(history, EventKind.SPLIT, "e1", others=["e4"], records=["r1"])  # nothing would be left


def test_an_id_is_never_given_twice(history: History) -> None:
    tell(history, EventKind.MERGE, "e1", others=["e2"])
    for kind, entity, others, records in [
        (EventKind.ASSERT, "e2", (), ["r9"]),
        (EventKind.SPLIT, "e1", ["e2"], ["r1"]),
    ]:
        with pytest.raises(KaiwuError, match="never used again"):
            tell(history, kind, entity, others=others, records=records)
    tell(history, EventKind.SPLIT, "e1", others=["e5"], records=["r1"])
    tell(history, EventKind.UNDO, undoes=4)
    with pytest.raises(KaiwuError, match="never used again"):
        tell(history, EventKind.SPLIT, "e1", others=["e5"], records=["r1"])


def test_what_contradicts_is_refused_and_leaves_everything_as_it_was(history: History) -> None:
    tell(history, EventKind.MERGE, "e1", others=["e2"])
    before = len(history.events)
    with pytest.raises(KaiwuError):
        tell(history, EventKind.UNDO, undoes=2)  # the merger rests on it
    with pytest.raises(KaiwuError):
        tell(history, EventKind.MERGE, "e1", others=["e2"])
    with pytest.raises(KaiwuError):
        tell(history, EventKind.ASSERT, "e7", records=["r1"])
    with pytest.raises(KaiwuError):
        tell(history, EventKind.ASSERT, "e7", records=["r8"], by=" ")
    assert len(history.events) == before
    assert history.standing.records_of("e1") == ("r1", "r2", "r3")


def test_the_same_events_leave_the_same(history: History) -> None:
    tell(history, EventKind.MERGE, "e1", others=["e2"])
    assert History(history.events).standing == history.standing


def test_a_field_survives_by_source_then_day_and_blank_never_wins() -> None:
    def fact(value: str, source: str, day: int, field: str = "address") -> Fact:
        return Fact(f"r{day}", field, value, source, dt.date(2025, 1, day))

    facts = [fact("甲路", "税务", 9), fact("乙路", "市监", 1), fact("丙路", "市监", 2), fact("", "统计", 20)]
    (address,) = choose_survivors(facts, ["统计", "市监", "税务"])
    assert address.fact.value == "丙路"
    assert {f.value for f in address.beaten} == {"甲路", "乙路", ""}
    (by_field,) = choose_survivors(reversed(facts), ["统计", "市监"], {"address": ["税务"]})
    assert by_field.fact.value == "甲路"
