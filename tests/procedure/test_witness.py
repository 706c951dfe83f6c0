"""Runs, decisions and notices are leaves of the log; a firm can prove what was decided about it."""

from __future__ import annotations

import base64
import json
import sqlite3
import stat

import polars as pl
import pytest

from kaiwu.ledger.log import Fault, canonical_bytes, check_proof, compare_book
from kaiwu.procedure import Workspace, open_run, open_workspace
from kaiwu.procedure.witness import _cells, entity_openings
from kaiwu.quantity import KaiwuError
from small_county import FIRMS, make_county, run_county


@pytest.fixture
def county(tmp_path) -> Workspace:
    return make_county(tmp_path)


def test_a_run_and_each_of_its_entities_are_leaves(county):
    run = run_county(county)
    leaves = county.witness.book.leaves()
    assert len(leaves) == 1 + len(FIRMS)
    head = json.loads(leaves[0])
    assert (head["kind"], head["number"], head["result_digest"]) == ("run", "0001", run.record.result_digest)
    second = run_county(county)
    assert len(county.witness.book.leaves()) == 2 * (1 + len(FIRMS))
    assert json.loads(county.witness.book.leaves()[1 + len(FIRMS)])["number"] == second.record.number


def test_no_figure_and_no_name_stands_in_the_log(county):
    run_county(county)
    for leaf in county.witness.book.leaves()[1:]:
        assert set(json.loads(leaf)) == {"kind", "run", "index", "commitment"}


def test_openings_are_canonical_and_hold_decisions_and_figures(county):
    run = run_county(county)
    found = dict(entity_openings(run))
    assert list(found) == run.frame.table["entity"].to_list()
    for body in found.values():
        assert canonical_bytes(json.loads(body)) == body
    held = json.loads(found["F05"])
    at = held["decisions"]["award"]["columns"].index("outcome")
    assert {row[0]: row[at] for row in held["decisions"]["award"]["rows"]} == {"b1": 1, "b2": 0}
    assert any(row[0] == "research" and row[1] == 300_000_000 for row in held["figures"]["rows"])


def test_cells_are_written_so_that_every_reader_of_json_agrees():
    numbers = _cells(pl.Series([1, None, -(2**53), 2**53 - 1, 2**60]))
    assert numbers.to_list() == ["1", "null", '"-9007199254740992"', "9007199254740991", '"1152921504606846976"']
    texts = ['统"计\\局', None, "换\n行", "🏭"]
    assert [json.loads(cell) for cell in _cells(pl.Series(texts))] == texts
    assert _cells(pl.Series([True, False, None])).to_list() == ["true", "false", "null"]


def test_a_firm_proves_what_was_decided_about_it_and_a_forgery_is_named(county):
    run = run_county(county)
    proof = county.witness.prove_entity(open_run(county, run.record.number), "F05")
    key = str(county.witness.key.public)
    found = check_proof(proof.encode(), key)
    assert json.loads(found["figures"])["entity"] == "F05"
    forged = json.loads(proof)
    forged["figures"] = forged["figures"].replace("300000000", "900000000")
    with pytest.raises(Fault):
        check_proof(json.dumps(forged).encode(), key)
    forged = json.loads(proof)
    forged["leaf"] = base64.b64encode(base64.b64decode(forged["leaf"]).replace(b'"index":5', b'"index":6')).decode()
    with pytest.raises(Fault):
        check_proof(json.dumps(forged).encode(), key)


def test_a_record_altered_in_the_database_no_longer_proves(county):
    number = run_county(county).record.number
    with sqlite3.connect(county.folder / "state.db") as connection:
        connection.execute("UPDATE run SET zh = '另一个' WHERE number = ?", (number,))
    with pytest.raises(KaiwuError, match="S-WITNESS"):
        county.witness.prove_run(open_run(open_workspace(county.folder), number))


def test_salts_and_the_key_are_readable_by_their_owner_only_and_stay(county):
    run_county(county)
    key = str(county.witness.key.public)
    for name in ("salt.bin", "key.pem"):
        assert stat.S_IMODE((county.folder / "secret" / name).stat().st_mode) == 0o600
    again = open_workspace(county.folder).witness
    assert str(again.key.public) == key and again.secret == county.witness.secret


def test_book_and_log_agree_after_publishing(county):
    run_county(county)
    assert county.witness.publish().split("\n")[1] == str(1 + len(FIRMS))
    compare_book(county.witness.book, county.witness.log())
    assert county.witness.book.audit() is None


def test_a_run_that_is_not_kept_leaves_no_leaf(county, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("kaiwu.ledger.sql_book.Batch.write_leaves", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        run_county(county)
    assert county.state.runs() == []


def test_who_is_not_in_scope_has_no_proof(county):
    run = run_county(county)
    with pytest.raises(KaiwuError, match="S-ENTITY"):
        county.witness.prove_entity(run, "F99")
