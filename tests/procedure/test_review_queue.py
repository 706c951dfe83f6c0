"""A list is resolved in a workspace; what is unsure waits for a person, whose answer counts and is learnt from."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from kaiwu.identity import Batch, Entity, EntityKind, Name, Register
from kaiwu.identity.history import EventKind, IdentityEvent
from kaiwu.identity.linking.answer import Hints, LinkStatus, Mention
from kaiwu.procedure import Workspace, open_workspace
from kaiwu.procedure.identity import (
    MODEL,
    ReviewStore,
    answer_item,
    learn,
    open_resolver,
    read_mentions,
    resolve_list,
)
from kaiwu.procedure.identity.review import NOBODY
from kaiwu.quantity import KaiwuError

DAY = dt.date(2025, 1, 1)
AT = "2025-01-01T09:00:00"
NAMES = [f"杭州{a}{b}{c}有限公司" for a in "晴白青紫" for b in "川鹭桐砂" for c in ("科技", "药业", "机械")]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "kaiwu.toml").write_text('[workspace]\nzh = "小区"\npacks = ["zhejiang"]\n', encoding="utf-8")
    register = Register()
    firms = tuple(Entity(f"f{i}", EntityKind.FIRM, (Name(name),)) for i, name in enumerate(NAMES))
    register.append(Batch(dt.date(2024, 1, 1), "test", firms))
    register.save(tmp_path / "register")
    return open_workspace(tmp_path)


@pytest.fixture
def store(workspace: Workspace) -> ReviewStore:
    return ReviewStore(workspace.folder / "state.db")


def run(workspace: Workspace, store: ReviewStore, *texts: str):
    mentions = [Mention(t, Hints()) for t in texts]
    return resolve_list(open_resolver(workspace, DAY), store, mentions, source="a.csv", asked_at=AT)


def test_the_unsure_are_asked_once_and_the_counts_sum_to_the_list(workspace: Workspace, store: ReviewStore) -> None:
    result = run(workspace, store, NAMES[0], "晴川", "晴川", "江苏黄栌仪表有限公司")
    assert sum(result.count().values()) == 4
    assert result.count()[LinkStatus.AMBIGUOUS] == 2 and len(result.asked) == 1
    assert run(workspace, store, "晴川").asked == ()
    (item,) = store.pending()
    assert item.source == "a.csv:2" and item.ranker == "hand-1" and len(item.candidates) >= 2


def test_an_answer_counts_from_then_on_and_a_later_one_before_it(workspace: Workspace, store: ReviewStore) -> None:
    run(workspace, store, "晴川")
    answer_item(workspace, store, 1, "f1", by="李四", answered_at=AT)
    assert store.pending() == []
    (link,) = run(workspace, store, "晴川").links
    assert (link.status, link.entity) == (LinkStatus.SAME, "f1")
    answer_item(workspace, store, 1, NOBODY, by="王五", answered_at=AT)
    (link,) = run(workspace, store, "晴川").links
    assert link.status is LinkStatus.NONE
    assert store.answers()[1].by == "王五"


def test_answers_need_an_item_an_entity_and_a_person(workspace: Workspace, store: ReviewStore) -> None:
    run(workspace, store, "晴川")
    for number, entity, by in [(9, "f1", "李四"), (1, "f999", "李四"), (1, "f1", " ")]:
        with pytest.raises(KaiwuError):
            answer_item(workspace, store, number, entity, by=by, answered_at=AT)
    assert len(store.pending()) == 1


def test_nothing_that_was_kept_can_be_changed(workspace: Workspace, store: ReviewStore) -> None:
    run(workspace, store, "晴川")
    with sqlite3.connect(store.path) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM review_item")


def test_weights_are_learnt_from_confirmed_links_and_used_afterwards(workspace: Workspace, store: ReviewStore) -> None:
    pytest.importorskip("lightgbm")
    with pytest.raises(KaiwuError, match="I-FIT-FEW"):
        learn(workspace, open_resolver(workspace, DAY), store)
    confirmed = [(Mention(n[:-k]), f"f{i}") for i, n in enumerate(NAMES) for k in range(1, 6)]
    model = learn(workspace, open_resolver(workspace, DAY), store, confirmed)
    again = learn(workspace, open_resolver(workspace, DAY), store, confirmed)
    assert model.version == again.version and (workspace.folder / MODEL).is_file()
    resolver = open_resolver(workspace, DAY)
    assert resolver.ranker.version == model.version
    assert resolver.resolve(NAMES[3]).entity == "f3"
    (workspace.folder / MODEL).write_text("nonsense", encoding="utf-8")
    with pytest.raises(KaiwuError, match="I-MODEL"):
        open_resolver(workspace, DAY)


def test_identity_events_are_kept_in_order(store: ReviewStore) -> None:
    def event(kind: EventKind, entity: str, **more):
        return store.add_event(lambda n: IdentityEvent(n, kind, "张三", DAY, entity, **more))

    event(EventKind.ASSERT, "e1", records=("r1",))
    event(EventKind.ASSERT, "e2", records=("r2",))
    event(EventKind.MERGE, "e1", others=("e2",), reason="同一代码")
    with pytest.raises(KaiwuError):
        event(EventKind.MERGE, "e2", others=("e1",))
    history = store.history()
    assert history.standing.of_record("r2") == "e1"
    assert [e.number for e in history.events] == [1, 2, 3] and history.events[2].reason == "同一代码"


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_list_is_read_with_codes_and_places(tmp_path: Path, name: str) -> None:
    mark = "," if name.endswith("csv") else "\t"
    (tmp_path / name).write_text(
        f"企业名称{mark}统一社会信用代码{mark}地址\n甲{mark}X1{mark}杭州\n{mark}{mark}\n", encoding="utf-8-sig"
    )
    first, blank = read_mentions(tmp_path / name)
    assert first == Mention("甲", Hints("X1", "杭州")) and blank.text == ""


def test_a_list_without_names_is_refused_with_what_to_write(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("电话\n1\n", encoding="utf-8")
    with pytest.raises(KaiwuError, match="企业名称"):
        read_mentions(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_bytes("名称\n甲".encode("gbk"))
    with pytest.raises(KaiwuError, match="UTF-8"):
        read_mentions(tmp_path / "b.csv")
