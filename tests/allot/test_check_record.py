"""The decision record and the checker that shares no code with the allocator."""

from __future__ import annotations

import ast
import copy
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from invented_round import invent_round

from kaiwu.allot import checker
from kaiwu.allot.exception import MeetingException
from kaiwu.allot.record import digest, make_record, read_round, record_bytes
from kaiwu.allot.result import allot, find_displaced

Record = dict[str, Any]
PINNED = "f3ae117559abaf2dcb222ff9fd57dd5e3507d105ae0963665338c39b47d2d358"
WITH_SEVERAL = (1, 2, 5)
"""Rounds with two winners or more, and somebody who waits behind one of them."""


def kept(seed: int) -> Record:
    """A record as it is read back from its file."""
    made: Record = json.loads(record_bytes(make_record(allot(invent_round(16, 8, seed)))))
    return made


@pytest.mark.parametrize("seed", range(60))
def test_an_honest_record_holds(seed: int) -> None:
    assert checker.check_record(kept(seed)) == []


def test_a_record_read_back_is_the_same_round() -> None:
    for seed in range(20):
        record = kept(seed)
        again = make_record(allot(read_round(record)))
        assert json.loads(record_bytes(again)) == record


def test_a_record_has_the_same_bytes_on_every_machine() -> None:
    """Written down once; whoever gets another digest has found a difference between machines or versions."""
    record = make_record(allot(invent_round(16, 8, 5)))
    assert record["outcome_hash"] == PINNED


def test_the_checker_uses_the_standard_library_alone() -> None:
    tree = ast.parse(Path(checker.__file__).read_text(encoding="utf-8"))
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {n.split(".")[0] for n in names} <= sys.stdlib_module_names


def test_no_part_of_the_allocator_uses_the_checker() -> None:
    for path in Path(checker.__file__).parent.glob("*.py"):
        assert path.name == "checker.py" or "kaiwu.allot.checker" not in path.read_text(encoding="utf-8"), path.name


def test_the_checker_runs_as_one_file_without_the_library(tmp_path: Path) -> None:
    program, file = tmp_path / "checker.py", tmp_path / "record.json"
    program.write_bytes(Path(checker.__file__).read_bytes())
    file.write_bytes(record_bytes(make_record(allot(invent_round(16, 8, 5)))))
    done = subprocess.run([sys.executable, "-I", str(program), str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, "holds" in done.stdout) == (0, True)


def reseal(record: Record) -> Record:
    """The forger makes all hashes fit again."""
    for part in ("rule", "input", "outcome"):
        record[f"{part}_hash"] = digest(record[part])
    return record


def swap_winners(record: Record) -> None:
    grants = record["outcome"]["grants"]
    grants[0][0], grants[1][0] = grants[1][0], grants[0][0]


def drop_a_winner(record: Record) -> None:
    record["outcome"]["grants"].pop()


def raise_a_loser(record: Record) -> None:
    order = record["outcome"]["order"]
    order.insert(0, order.pop())


def sweeten_a_line(record: Record) -> None:
    for trace in record["outcome"]["traces"].values():
        if "line" in trace:
            trace["line"]["needed"] += 1
            return


def blame_another(record: Record) -> None:
    others = [g[0] for g in record["outcome"]["grants"]]
    for trace in record["outcome"]["traces"].values():
        if "line" in trace and trace["line"]["winner"]:
            trace["line"]["winner"] = next(n for n in others if n != trace["line"]["winner"])
            return


def hide_an_applicant(record: Record) -> None:
    record["outcome"]["traces"].pop(next(iter(record["outcome"]["traces"])))


def choose_the_seed(record: Record) -> None:
    record["input"]["draw"]["secret"] = "00" * 32


def commit_late(record: Record) -> None:
    record["input"]["draw"]["committed_on"] = "2026-02-02"


def overdraw(record: Record) -> None:
    record["input"]["quotas"] = [[*cell, 0] for *cell, _ in record["input"]["quotas"]]


def lift_a_score(record: Record) -> None:
    for applicant in record["input"]["applicants"]:
        if record["outcome"]["traces"][applicant["id"]]["status"] == "waiting":
            applicant["score"], applicant["items"] = 100, {}
            return


FORGERIES = (
    swap_winners, drop_a_winner, raise_a_loser, sweeten_a_line, blame_another, hide_an_applicant, choose_the_seed, commit_late, overdraw, lift_a_score,
)  # fmt: skip


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_forgery_is_rejected_even_with_fitting_hashes(forge: Callable[[Record], None]) -> None:
    for seed in WITH_SEVERAL:
        record = kept(seed)
        forged = copy.deepcopy(record)
        forge(forged)
        assert forged != record
        assert checker.check_record(reseal(forged)), (forge.__name__, seed)


def test_a_changed_byte_without_a_new_hash_is_found() -> None:
    record = kept(5)
    record["outcome"]["counts"]["granted"] += 1
    assert "AV-HASH" in {code for code, _, _ in checker.check_record(record)}


def test_an_exception_of_a_meeting_is_checked_too_and_must_name_whom_it_displaced() -> None:
    round_, tried = invent_round(16, 8, 5), 0
    placed = allot(round_)
    for i in placed.cutoffs:
        loser, (taken, *_) = round_.applicants[i], placed.placement.grants
        supply = placed.supply_of(taken)
        if not placed.pairing.fits[i, taken.supply]:
            continue
        entry = MeetingException(loser.id, supply.id, "2026-3", "a leader", dt.date(2026, 3, 1), "a reason")
        named = tuple(find_displaced(replace(round_, exceptions=(entry,))))
        with_names = replace(round_, exceptions=(replace(entry, displaces=named),))
        record = json.loads(record_bytes(make_record(allot(with_names))))
        assert checker.check_record(record) == []
        record["input"]["exceptions"][0]["displaces"] = []
        assert bool(named) == bool(checker.check_record(reseal(record)))
        tried += bool(named)
    assert tried


def test_a_reason_of_a_loser_that_was_rewritten_is_found() -> None:
    """No supply is within reach whatever the score: the record counts why, and the checker counts again."""
    for seed in range(60):
        record = kept(seed)
        told = [
            t["barriers"]
            for t in record["outcome"]["traces"].values()
            if any(b["reasons"] for b in t.get("barriers", []))
        ]
        if not told:
            continue
        reasons = next(b["reasons"] for b in told[0] if b["reasons"])
        reasons[0][1] += 1
        record["outcome_hash"] = digest(record["outcome"])
        assert "AV-BARRIER" in {code for code, _, _ in checker.check_record(record)}
        return
    pytest.fail("no round has a loser whom no score would help")
