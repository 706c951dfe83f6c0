"""A frame is frozen in a folder and comes back with the same digest, or not at all."""

import datetime as dt
import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.figure.frame import SOURCE_SCHEMA, WITHHELD_SCHEMA, Frame, load_frame
from kaiwu.quantity import KaiwuError

DAY = dt.date(2025, 3, 1)


def make_frame(values=(1, None), **keys):
    table = pl.DataFrame({"entity": [f"E{i:02d}" for i in range(len(values))], "revenue": list(values)},
                         schema={"entity": pl.String, "revenue": pl.Int64})  # fmt: skip
    empty = pl.DataFrame(schema=SOURCE_SCHEMA), pl.DataFrame(schema=WITHHELD_SCHEMA)
    about = {"rated": 2024, "as_of": DAY, "known_at": DAY, "purpose": "permu"} | keys
    return Frame(table, *empty, **about)


@settings(max_examples=20, deadline=None)
@given(values=st.lists(st.integers(-(2**63), 2**63 - 1) | st.none(), max_size=20))
def test_a_frame_comes_back_with_its_digest(tmp_path_factory, values):
    frame, folder = make_frame(values), tmp_path_factory.mktemp("f") / "frame"
    digest = frame.save(folder)
    again = load_frame(folder)
    assert again.digest() == digest == frame.digest()
    assert again.table.equals(frame.table) and again.slots == ("revenue",) and again.as_of == DAY


@pytest.mark.parametrize(
    "other",
    [
        {"rated": 2023},
        {"as_of": dt.date(2025, 3, 2)},
        {"known_at": dt.date(2025, 3, 2)},
        {"purpose": ""},
        {"values": (1, 0)},
    ],
)
def test_the_digest_is_of_the_cells_and_the_question(other):
    assert make_frame(**other).digest() != make_frame().digest()


@pytest.mark.parametrize("name", ["table.parquet", "sources.parquet", "withheld.parquet"])
def test_an_altered_frame_is_refused(tmp_path, name):
    make_frame().save(tmp_path / "f")
    path = tmp_path / "f" / name
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(KaiwuError, match="F-FRAME-ALTERED"):
        load_frame(tmp_path / "f")


def test_an_altered_question_is_refused(tmp_path):
    make_frame().save(tmp_path / "f")
    path = tmp_path / "f" / "frame.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"rated": 2023}))
    with pytest.raises(KaiwuError, match="F-FRAME-ALTERED"):
        load_frame(tmp_path / "f")


def test_an_incomplete_frame_is_refused(tmp_path):
    make_frame().save(tmp_path / "f")
    (tmp_path / "f" / "sources.parquet").unlink()
    for folder in ("f", "nowhere"):
        with pytest.raises(KaiwuError, match="F-FRAME-MISSING"):
            load_frame(tmp_path / folder)


def test_a_frozen_frame_is_never_overwritten(tmp_path):
    make_frame().save(tmp_path / "f")
    with pytest.raises(KaiwuError, match="F-FRAME-EXISTS"):
        make_frame((2, 2)).save(tmp_path / "f")
    assert load_frame(tmp_path / "f").digest() == make_frame().digest()
    assert [p.name for p in tmp_path.iterdir()] == ["f"]
