"""The same calibration, number of firms and seed give the same district, to the byte."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.synth import Calibration, District, Written, make_district, write_workspace
from kaiwu.synth.draw import Streams, draw_tail, fill_up


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by relative path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"figures", "register"} & {part.name for part in path.parents}
    }


def test_the_same_arguments_give_the_same_bytes(calibration: Calibration, written: Written, tmp_path: Path) -> None:
    again = write_workspace(make_district(calibration, 150, 1), tmp_path / "again", with_mistakes=True)
    assert digests(again.folder) == digests(written.folder)


def test_another_seed_gives_another_district(calibration: Calibration, small: District) -> None:
    other = make_district(calibration, 150, 2)
    assert not np.array_equal(other.sizes.main, small.sizes.main, equal_nan=True)
    assert other.firms.texts["town"] != small.firms.texts["town"]


def test_another_assumption_about_names_moves_no_figure(calibration: Calibration, small: District) -> None:
    name = replace(calibration.settings.name, stems=("甲子", "乙丑"))
    other = make_district(replace(calibration, settings=replace(calibration.settings, name=name)), 150, 1)
    assert other.firms.texts["name"] != small.firms.texts["name"]
    assert np.array_equal(other.sizes.main, small.sizes.main, equal_nan=True)


@given(st.integers(0, 2**32), st.text(max_size=20))
def test_a_stream_always_begins_anew(seed: int, topic: str) -> None:
    streams = Streams(seed)
    first = streams.open(topic).random(3)
    streams.open("another").random(100)
    assert (streams.open(topic).random(3) == first).all()


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.integers(1, 400), st.floats(0.3, 3))
def test_the_tail_lies_within_its_bounds_and_falls(seed: int, count: int, exponent: float) -> None:
    drawn = draw_tail(Streams(seed).open("tail"), count, 2000.0, 600000.0, exponent)
    assert len(drawn) == count
    assert (np.diff(drawn) <= 0).all()
    assert 2000 * (1 - 1e-9) <= drawn[-1] <= drawn[0] <= 600000 * (1 + 1e-9)


@given(st.lists(st.floats(0, 100), max_size=30), st.floats(0, 1000))
def test_filling_up_never_overshoots(amounts: list[float], total: float) -> None:
    held = np.array(amounts, dtype=np.float64)
    taken = fill_up(np.arange(len(held)), held, total)
    assert held[taken].sum() <= total + 1e-6
    left = total - held[taken].sum()
    assert (held[~taken] > left - 1e-6).all()
