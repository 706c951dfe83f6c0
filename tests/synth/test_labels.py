"""Everything that is written says that it is synthetic, and nothing in it can be real."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import yaml
from synthetic_district import KNOWN_AT, Imported, list_inbox

from kaiwu.identity import check_uscc
from kaiwu.synth import District, Written

LABEL, COLUMN = "合成数据", "数据性质"


def read_rows(path: Path) -> list[tuple[str, list[tuple[object, ...]]]]:
    """Sheets of a workbook with their rows."""
    book = openpyxl.load_workbook(path)
    return [(sheet.title, list(sheet.iter_rows(values_only=True))) for sheet in book.worksheets]


def test_every_row_of_every_sheet_is_labelled(written: Written) -> None:
    count = 0
    for path in list_inbox(written.folder):
        for sheet, rows in read_rows(path):
            head = next(i for i, row in enumerate(rows) if COLUMN in row)
            place = rows[head].index(COLUMN)
            # A head of two rows: the second one has nothing in the column of the label.
            first = head + (2 if rows[head + 1][place] is None else 1)
            assert len(rows) > first, f"{path.name} {sheet} is empty"
            for row in rows[first:]:
                assert row[place] == LABEL, f"{path.name} {sheet}: {row}"
                count += 1
    assert count > written.rows


def test_titles_names_and_properties_are_labelled(written: Written) -> None:
    for path in list_inbox(written.folder):
        assert path.name.startswith("合成_")
        assert all(LABEL in str(rows[0][0]) for _, rows in read_rows(path))
        core = zipfile.ZipFile(path).read("docProps/core.xml").decode()
        assert LABEL in core
        assert "2000-01-01" in core


def test_the_workspace_and_its_packs_are_marked_synthetic(written: Written) -> None:
    config = (written.folder / "kaiwu.toml").read_text(encoding="utf-8")
    assert "synthetic = true" in config
    packs = sorted((written.folder / "packs").glob("*/pack.yaml"))
    assert packs
    for head in packs:
        assert yaml.safe_load(head.read_text(encoding="utf-8"))["synthetic"] is True
    for template in (written.folder / "packs").glob("*/imports/*.yaml"):
        assert yaml.safe_load(template.read_text(encoding="utf-8"))["synthetic"] is True
    assert json.loads((written.folder / "synth.json").read_text(encoding="utf-8"))["synthetic"] is True
    assert LABEL in (written.folder / "calibration.md").read_text(encoding="utf-8").splitlines()[0]


def test_every_figure_taken_in_is_synthetic(imported: Imported) -> None:
    figures = imported.workspace.figures.scan(None, KNOWN_AT)
    assert figures.height == imported.taken.figures > 0
    assert figures["synthetic"].all()
    assert figures["source"].str.starts_with("合成").all()


def test_codes_are_well_formed_and_of_no_real_division(small: District) -> None:
    rule = small.calibration.settings.code
    for code in small.firms.texts["code"]:
        assert check_uscc(code).valid, code
        assert code[2:8] == rule.region == "339999"
        assert code[8:10] in (rule.open, rule.closed)
    assert len(set(small.firms.texts["code"])) == small.firms.count


def test_closed_firms_are_told_by_their_code(small: District) -> None:
    rule = small.calibration.settings.code
    closed = [code[8:10] == rule.closed for code in small.firms.texts["code"]]
    assert closed == (~small.sizes.alive[:, -1]).tolist()
    assert any(closed)


def test_no_name_can_be_a_real_one(small: District) -> None:
    for roster in (small.firms, small.projects, small.counties):
        assert all(name.startswith("合成") for name in roster.texts["name"])
    assert all(re.search(r"第\d{5}公司$", name) for name in small.firms.texts["name"])
    assert all(not group or group.startswith("合成") for group in small.firms.texts["group"])
    assert all(name.startswith("合成") for name in small.firms.texts["former"] if name)
    assert all(name.startswith("合成") for name in small.firms.texts["platform"] if name)


def test_planted_mistakes_are_labelled_too(written: Written) -> None:
    assert written.mistakes is not None
    with (written.mistakes.parent / "mistakes.csv").open(encoding="utf-8") as file:
        assert all(row[COLUMN] == LABEL for row in csv.DictReader(file))
    assert LABEL in str(read_rows(written.mistakes)[0][1][0][0])
