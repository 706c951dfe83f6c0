"""A wrong calibration is refused at its line, with all its mistakes in one report."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kaiwu.pack import builtin_packs
from kaiwu.quantity import KaiwuError
from kaiwu.synth import open_calibration
from kaiwu.synth.section import model_number

PACK = "xiaoshan"


def copy_pack(folder: Path, old: str, new: str, name: str = "synth.yaml") -> Path:
    """A copy of the pack with one text replaced; returns the root."""
    shutil.copytree(builtin_packs() / PACK, folder / PACK)
    path = folder / PACK / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("base: {firms: 14000,", "base: {firmen: 14000,", "F-KEY-UNKNOWN"),
        ("base: {firms: 14000,", "base: {", "Y-KEY-MISSING"),
        ("base: {firms: 14000,", "base: {firms: viele,", "Y-KEY-TYPE"),
        ("    line: 2000万元", "    line: 2000万块", "Q-UNIT-UNKNOWN"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_key(tmp_path: Path, old: str, new: str, code: str) -> None:
    with pytest.raises(KaiwuError) as caught:
        open_calibration(PACK, [copy_pack(tmp_path, old, new)])
    (problem,) = [p for p in caught.value.problems if p.code == code]
    assert problem.where.startswith(f"{PACK}/synth.yaml:")
    assert problem.zh
    assert problem.en


def test_all_mistakes_are_told_together(tmp_path: Path) -> None:
    root = copy_pack(tmp_path, "base: {firms: 14000,", "base: {firms: viele, more: 1,")
    path = root / PACK / "synth.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("    line: 2000万元", "    line: 2000万块"), encoding="utf-8"
    )
    with pytest.raises(KaiwuError) as caught:
        open_calibration(PACK, [root])
    assert {p.code for p in caught.value.problems} == {"Y-KEY-TYPE", "F-KEY-UNKNOWN", "Q-UNIT-UNKNOWN"}


def test_a_division_without_a_number_is_refused_with_its_row(tmp_path: Path) -> None:
    root = copy_pack(tmp_path, "13,农副食品加工业,Processing of agricultural food,粮食,,20,", "13,农副食品加工业,Processing of agricultural food,粮食,,many,",
                     "taxonomies/synthetic_division.csv")  # fmt: skip
    with pytest.raises(KaiwuError, match=r"Y-DIVISION.*synthetic_division\.csv:2"):
        open_calibration(PACK, [root])


def test_a_pack_without_a_calibration_names_those_that_have_one() -> None:
    with pytest.raises(KaiwuError, match=PACK) as caught:
        open_calibration("national")
    assert caught.value.problems[0].code == "Y-PACK"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("60亿元", 600000.0),
        ("6%", 0.06),
        ("1个百分点", 0.01),
        ("120000亩", 120000.0),
        ("139.8亿千瓦时", 1398000.0),
        (1.5, 1.5),
    ],
)
def test_amounts_are_read_in_the_unit_of_the_model(text: str, number: float) -> None:
    assert model_number(text) == pytest.approx(number)  # type: ignore[arg-type]


def test_towns_are_those_of_today_and_old_ones_are_kept_apart() -> None:
    calibration = open_calibration(PACK)
    assert (len(calibration.towns), len(calibration.old_towns)) == (22, 5)
    assert not set(calibration.towns) & set(calibration.old_towns)
