"""The files of a synthetic year: the same for the same seed, labelled everywhere, a little above the pot, with a key."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from voucher_play import CAP, FIRMS, POT, Played, make_year, write_year

from kaiwu.procedure.claim.invoice_xml import read_invoice_xml
from kaiwu.quantity import KaiwuError
from kaiwu.synth.voucher_file import FOLDER, KEY
from kaiwu.synth.voucher_setting import open_voucher_plan

LABEL = "合成数据"


def content(folder: Path) -> dict[str, bytes]:
    files = (p for p in (folder / FOLDER).rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_year(tmp_path / name, FIRMS, seed)
    a, b, c = (content(tmp_path / name) for name in "abc")
    assert a == b
    assert len(a) > 40
    assert a != c
    assert (tmp_path / "a" / KEY).read_bytes() == (tmp_path / "b" / KEY).read_bytes()


@pytest.mark.parametrize(("firms", "seed"), [(60, 1), (60, 7), (150, 2), (500, 1), (500, 5), (2000, 1)])
def test_the_demand_is_a_little_above_the_pot_for_any_size(firms, seed):
    year = make_year(firms, seed)
    assert 1.0 < year.demand / POT < 1.05
    assert (len(year.claims) >= 60 or firms < 100) and len(year.claims) <= 160
    assert {claim.month for claim in year.claims} <= set(range(1, 13))
    assert year.of_month(12), "the pot runs out in the last month"


def test_amounts_have_a_heavy_tail():
    amounts = sorted(claim.amount for claim in make_year(500, 1).claims)
    top = amounts[-len(amounts) // 10 :]
    assert sum(top) > 0.3 * sum(amounts)
    assert amounts[len(amounts) // 2] < sum(amounts) / len(amounts) / 1.5


def test_every_row_title_and_name_says_that_it_is_synthetic(played: Played):
    sheets = list((played.folder / FOLDER).glob("*.xlsx"))
    assert len(sheets) >= 12
    for path in sheets:
        assert path.name.startswith(LABEL)
        book = openpyxl.load_workbook(path)
        assert book.properties.subject == LABEL
        rows = list(book.active.iter_rows(values_only=True))
        assert book.active.title == LABEL
        assert len(rows) > 1
        assert {row[0] for row in rows[1:]} == {LABEL}
    for path in (played.folder / FOLDER).rglob("*.xml"):
        assert LABEL in path.name
        assert path.read_text(encoding="utf-8").count(LABEL) >= 2
    for path in (played.folder / FOLDER).rglob("*.csv"):
        assert all(line.startswith(LABEL) for line in path.read_text(encoding="utf-8-sig").splitlines()[1:])


def test_e_invoices_are_read_back_to_the_fen(played: Played):
    claims = [claim for claim in played.year.claims if claim.has_xml]
    assert 0.2 < len(claims) / len(played.year.claims) < 0.8
    for claim in claims:
        for invoice in claim.invoices:
            (path,) = (played.folder / FOLDER).rglob(f"*{invoice.number}.xml")
            read = read_invoice_xml(path.read_bytes(), path.name)
            assert (read.number, read.total, read.issued_on) == (invoice.number, invoice.total, invoice.issued_on)
            assert (read.net or 0) + (read.tax or 0) == read.total


def test_the_key_names_every_planted_case(played: Played):
    key = json.loads((played.folder / KEY).read_text(encoding="utf-8"))
    assert key["synthetic"] is True
    assert {row["case"] for row in key["planted"]} == {plant.case for plant in played.year.rule.plants}
    assert all(row["row"] >= 2 and row["contract"] and row["check"] for row in key["planted"])


def test_nobody_real_can_bear_a_code_of_the_year(played: Played):
    codes = [c.code for c in (*played.year.suppliers, *(claim.firm for claim in played.year.claims))]
    assert all(code[2:8] == "339999" for code in codes)
    assert not {s.code for s in played.year.suppliers} & {claim.firm.code for claim in played.year.claims}


def test_some_firms_meet_the_cap(played: Played):
    assert sum(case.amount == CAP for case in played.cases) >= 5


def test_a_pack_without_a_year_has_none_and_a_wrong_key_is_told_with_its_place(tmp_path):
    (tmp_path / "bare").mkdir()
    head = "pack: bare\nzh: 空\nen: Bare\nversion: '1'\n"
    (tmp_path / "bare" / "pack.yaml").write_text(head, encoding="utf-8")
    assert open_voucher_plan("bare", [tmp_path]) is None
    (tmp_path / "bare" / "voucher.yaml").write_text("voucher: 1\nmouth: 3\n", encoding="utf-8")
    with pytest.raises(KaiwuError) as caught:
        open_voucher_plan("bare", [tmp_path])
    assert any(p.code == "F-KEY-UNKNOWN" and "voucher.yaml:2" in p.where for p in caught.value.problems)
