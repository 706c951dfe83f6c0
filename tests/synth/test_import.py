"""The sheets of a synthetic district are taken in like any user's, without an error."""

from __future__ import annotations

import csv
from collections import Counter

import openpyxl
import pytest
from synthetic_district import KNOWN_AT, Imported, list_inbox

from kaiwu.identity import EntityKind, RelationKind, entity_frame, relation_frame
from kaiwu.procedure.intake import import_files

MISSING_MARKS = {"-", "/", "无"}


def test_every_file_is_accepted_without_an_error(imported: Imported) -> None:
    errors = [str(f.problem) for r in imported.taken.results.values() for f in r.report.errors]
    assert errors == []
    assert imported.taken.is_accepted
    assert set(imported.taken.results) == {path.name for path in list_inbox(imported.written.folder)}


def test_rows_in_are_rows_accepted_and_totals(imported: Imported) -> None:
    written = {book.file: book.rows for book in imported.written.books}
    for name, result in imported.taken.results.items():
        accepted = sum(c.accepted for c in result.report.counts)
        others = sum(c.totals + c.notes + c.blank for c in result.report.counts)
        rejected = sum(c.rejected for c in result.report.counts)
        assert (rejected, accepted) == (0, written[name]), name
        assert result.report.rows_in == accepted + rejected + others


def test_the_only_warnings_are_other_spellings_of_names(imported: Imported) -> None:
    kinds = Counter(f.problem.code for r in imported.taken.results.values() for f in r.report.warnings)
    assert set(kinds) <= {"IN-NAME-DIFFERS"}
    assert kinds["IN-NAME-DIFFERS"] > 0


def test_one_cell_in_ten_is_missing(imported: Imported) -> None:
    assert imported.written.missing == pytest.approx(0.10, abs=0.01)
    # Told by the sheets themselves: in a sheet of one year every cell applies.
    cells = missing = 0
    for path in list_inbox(imported.written.folder):
        if "规上年报" not in path.name:
            continue
        rows = list(openpyxl.load_workbook(path).active.iter_rows(min_row=5, min_col=6, values_only=True))
        values = [cell for row in rows[:-1] for cell in row]
        cells += len(values)
        missing += sum(v is None or v in MISSING_MARKS for v in values)
    assert cells > 1000
    assert missing / cells == pytest.approx(0.10, abs=0.03)


def test_all_firms_projects_and_counties_are_registered(imported: Imported) -> None:
    register = imported.workspace.register
    for kind, roster in ((EntityKind.FIRM, imported.district.firms), (EntityKind.PROJECT, imported.district.projects),
                         (EntityKind.COUNTY, imported.district.counties)):  # fmt: skip
        frame = entity_frame(register, KNOWN_AT, kind)
        assert set(frame["id"]) == set(roster.texts["code"])
    tenants = relation_frame(register, RelationKind.TENANT_OF_PLOT, KNOWN_AT)
    assert tenants.height == sum(1 for plot in imported.district.firms.texts["plot"] if plot)
    assert tenants["to_id"].is_duplicated().any(), "no plot with several tenants"


def test_a_figure_taken_in_is_the_figure_of_the_model(imported: Imported) -> None:
    figures = imported.workspace.figures.scan(["revenue"], KNOWN_AT)
    firms = imported.district.firms
    place = {code: i for i, code in enumerate(firms.texts["code"])}
    assert figures.height > 400
    for row in figures.iter_rows(named=True):
        expected = firms.measures["revenue"][place[row["entity"]], firms.years.index(int(row["period"]))]
        assert row["value"] == round(expected * 10**6), row  # 万元 in fen


def test_departments_use_their_own_units(imported: Imported) -> None:
    figures = imported.workspace.figures.scan(["revenue", "tax_paid", "land_used"], KNOWN_AT)
    found = {(v, u) for v, u in figures.select("variable", "unit").unique().iter_rows()}
    assert {("revenue", "千元"), ("revenue", "万元"), ("tax_paid", "元"), ("land_used", "平方米")} <= found


def test_every_planted_mistake_is_told_at_its_cell_and_nothing_is_taken_in(imported: Imported) -> None:
    assert imported.written.mistakes is not None
    with (imported.written.mistakes.parent / "mistakes.csv").open(encoding="utf-8") as file:
        planted = {(row["cell"], row["problem"]) for row in csv.DictReader(file)}
    taken = import_files(imported.workspace, [imported.written.mistakes], known_at=KNOWN_AT)
    assert not taken.is_accepted
    assert (taken.batch, taken.figures) == (None, 0)
    (report,) = (r.report for r in taken.results.values())
    told = {(f.problem.where.rsplit(" ", 1)[-1], f.problem.code) for f in report.errors}
    assert planted <= told
    assert told - planted <= {("F16", "IN-CELL-MERGED")}, "the other half of the merged cell"
