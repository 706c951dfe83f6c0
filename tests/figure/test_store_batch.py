"""Batches are added whole, verified when read, and compaction changes nothing that is read."""

import datetime as dt
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.figure import store as store_module
from kaiwu.figure.figure import STORED_SCHEMA, make_figures
from kaiwu.figure.manifest import MANIFEST_NAME
from kaiwu.figure.store import FigureStore
from kaiwu.quantity import KaiwuError

DAY = dt.date(2025, 3, 1)
LATER = dt.date(2025, 6, 1)


def figures(*values, variable="revenue", period="2024"):
    rows = [
        {"entity": f"E{i:03d}", "variable": variable, "period": period, "value": v, "source": "S"}
        for i, v in enumerate(values)
    ]
    return make_figures(rows)


@pytest.fixture
def store(tmp_path):
    return FigureStore(tmp_path / "figures")


def test_a_batch_is_read_back_with_its_ids_and_day(store):
    assert store.append(figures(5, None), DAY, "税务") == 1
    got = store.scan(None, DAY)
    assert got.schema == STORED_SCHEMA
    assert got.select("figure", "value", "known_at").rows() == [("1#1", 5, DAY), ("1#2", None, DAY)]


def test_an_empty_store_has_no_figures(store):
    assert store.scan(["revenue"], DAY).schema == STORED_SCHEMA
    assert store.batches() == [] and store.check() == []


def test_only_what_was_known_on_the_day_is_read(store):
    store.append(figures(5), DAY, "a")
    store.append(figures(6), LATER, "b")
    assert store.scan(["revenue"], DAY)["value"].to_list() == [5]
    assert store.scan(["revenue"], LATER)["value"].to_list() == [5, 6]
    assert store.scan(["profit"], LATER).height == 0


def test_the_recorded_day_never_goes_back(store):
    store.append(figures(5), LATER, "a")
    with pytest.raises(KaiwuError, match="F-STORE-DAY"):
        store.append(figures(6), DAY, "b")
    assert len(store.batches()) == 1


def test_nothing_is_stored_of_a_bad_or_empty_batch(store):
    with pytest.raises(KaiwuError, match="F-FIGURE-COLUMN"):
        store.append(figures(5).drop("scope"), DAY, "a")
    with pytest.raises(KaiwuError, match="F-STORE-EMPTY"):
        store.append(figures(), DAY, "a")
    assert store.batches() == [] and store.check() == []


def test_the_digest_of_a_day_outlives_later_batches_and_compaction(store):
    store.append(figures(5), DAY, "a")
    store.append(figures(7), DAY, "b")
    before = store.manifest_digest(DAY)
    store.append(figures(6), LATER, "c")
    store.compact()
    assert store.manifest_digest(DAY) == before != store.manifest_digest(LATER)


def test_the_digest_does_not_depend_on_the_order_of_rows(tmp_path):
    one, two = FigureStore(tmp_path / "1"), FigureStore(tmp_path / "2")
    one.append(figures(5, 6, 7), DAY, "a")
    two.append(figures(5, 6, 7).reverse(), DAY, "a")
    assert one.manifest_digest(DAY) == two.manifest_digest(DAY)
    assert one.scan(None, DAY).equals(two.scan(None, DAY))


def test_an_altered_file_is_refused_and_named(store):
    store.append(figures(5), DAY, "a")
    (path,) = store.folder.glob("batch-*")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(KaiwuError, match=f"F-STORE-ALTERED.*{path.name}"):
        store.scan(None, DAY)
    assert [p.code for p in store.check()] == ["F-STORE-ALTERED"]


def test_a_missing_file_is_refused_and_named(store):
    store.append(figures(5), DAY, "a")
    (path,) = store.folder.glob("batch-*")
    path.unlink()
    with pytest.raises(KaiwuError, match=f"F-STORE-MISSING.*{path.name}"):
        store.scan(None, DAY)


@pytest.mark.parametrize(
    ("old", "new"),
    [('"batch": 2', '"batch": 3'), ('"kind": "batch"', '"kind": "bitch"'), ("{", ""), ("}", "x}")],
)
def test_a_manifest_that_makes_no_sense_is_refused_with_its_line(store, old, new):
    store.append(figures(5), DAY, "a")
    store.append(figures(6), DAY, "b")
    path = store.folder / MANIFEST_NAME
    first, second = path.read_text().splitlines()
    path.write_text(f"{first}\n{second.replace(old, new)}\n")
    with pytest.raises(KaiwuError, match=f"F-STORE-MANIFEST.*{MANIFEST_NAME}:2"):
        store.scan(None, DAY)


def test_a_manifest_cannot_point_outside_its_folder(store):
    store.append(figures(5), DAY, "a")
    path = store.folder / MANIFEST_NAME
    path.write_text(path.read_text().replace('"file": "', '"file": "../'))
    with pytest.raises(KaiwuError, match="F-STORE-MANIFEST"):
        store.scan(None, DAY)


def test_a_crash_before_the_manifest_line_leaves_only_an_ignored_file(store, monkeypatch):
    store.append(figures(5), DAY, "a")

    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(store_module, "add_line", crash)
        store.append(figures(6), DAY, "b")
    assert store.scan(None, DAY)["value"].to_list() == [5]
    assert [p.code for p in store.check()] == ["F-STORE-ORPHAN"]
    assert store.append(figures(7), DAY, "b") == 2
    assert store.scan(None, DAY)["value"].to_list() == [5, 7]


@pytest.mark.parametrize("kept", [1, 20])
def test_a_crash_within_the_manifest_line_is_ignored_and_then_cut_away(store, kept):
    store.append(figures(5), DAY, "a")
    store.append(figures(6), DAY, "b")
    path = store.folder / MANIFEST_NAME
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second[:kept])
    assert store.scan(None, DAY)["value"].to_list() == [5]
    assert [p.code for p in store.check()] == ["F-STORE-TORN", "F-STORE-ORPHAN"]
    assert store.append(figures(7), DAY, "c") == 2
    assert store.scan(None, DAY)["value"].to_list() == [5, 7]


def test_compaction_keeps_old_files_and_every_answer(store):
    for i, day in enumerate([DAY, DAY, LATER]):
        store.append(figures(i, i + 1), day, "a")
    before = {day: store.scan(None, day) for day in (DAY, LATER)}
    assert store.compact() == 3
    assert len(list(store.folder.glob("batch-*"))) == 3
    store.append(figures(9), LATER, "b")
    assert store.scan(None, DAY).equals(before[DAY])
    assert store.scan(None, LATER).head(6).equals(before[LATER])
    assert store.scan(None, LATER).height == 7 and store.check() == []


def test_a_snapshot_is_what_is_read(store):
    store.append(figures(5), DAY, "a")
    store.append(figures(6), DAY, "b")
    store.compact()
    for path in store.folder.glob("batch-*"):
        path.unlink()
    assert store.scan(None, DAY)["value"].to_list() == [5, 6]
    assert [p.code for p in store.check()] == ["F-STORE-MISSING"] * 2


def test_compaction_of_one_file_does_nothing(store):
    store.append(figures(5), DAY, "a")
    assert store.compact() is None and len(store.batches()) == 1


def test_compaction_refuses_content_that_is_not_what_was_recorded(store):
    store.append(figures(5), DAY, "a")
    store.append(figures(6), DAY, "b")
    path = store.folder / MANIFEST_NAME
    lines = path.read_text().splitlines()
    digest = store.batches()[0].digest
    path.write_text("\n".join([lines[0].replace(digest, "0" * 64), lines[1]]) + "\n")
    with pytest.raises(KaiwuError, match="F-STORE-ALTERED"):
        store.compact()
    assert [line.kind for line in store.batches()] == ["batch", "batch"]


WRITER = """
import datetime, pathlib, sys
from kaiwu.figure import FigureStore, make_figures
for i in range(4):
    row = {"entity": "E1", "variable": "revenue", "period": str(i), "value": i, "source": "S"}
    FigureStore(pathlib.Path(sys.argv[1])).append(make_figures([row]), datetime.date(2025, 3, 1), "writer")
"""


def test_writers_at_once_lose_nothing(store):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(store.folder)]) for _ in range(2)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert [line.batch for line in store.batches()] == list(range(1, 9))
    assert store.scan(None, DAY).height == 8 and store.check() == []


def test_a_writer_does_not_wait_for_ever(store, monkeypatch):
    monkeypatch.setattr(store_module, "LOCK_SECONDS", 0.05)
    with store._lock(), pytest.raises(KaiwuError, match="F-STORE-LOCKED"):
        store.append(figures(5), DAY, "a")


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.lists(st.integers(-9, 9) | st.none(), min_size=1)), max_size=5),
    st.data(),
)
def test_reading_is_the_same_before_and_after_compaction(tmp_path_factory, batches, data):
    store = FigureStore(tmp_path_factory.mktemp("store"))
    day = DAY
    for gap, values in batches:
        day += dt.timedelta(days=gap)
        store.append(figures(*values), day, "a")
        if data.draw(st.booleans()):
            store.compact()
    plain = pl.concat(
        [pl.DataFrame({"figure": f"{n}#{i}", "value": v}, schema={"figure": pl.String, "value": pl.Int64})
         for n, (_, values) in enumerate(batches, 1) for i, v in enumerate(values, 1)]
        or [pl.DataFrame(schema={"figure": pl.String, "value": pl.Int64})]
    )  # fmt: skip
    assert store.scan(None, day).select("figure", "value").equals(plain)
