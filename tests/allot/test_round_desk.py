"""The life of a round at the desk, and its commands and pages: every step in its order, each with a leaf in the log."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner, Result
from round_file import FILES, HEAD

from kaiwu.allot.appeal import Correction
from kaiwu.allot.checker import check_record
from kaiwu.allot.exception import MeetingException
from kaiwu.allot.record import make_record, record_bytes
from kaiwu.cli.allot_decide_command import read_figure
from kaiwu.cli.main import main
from kaiwu.pack import builtin_packs, open_library
from kaiwu.procedure import open_workspace
from kaiwu.procedure.allot.desk import Desk, open_land_desk, roll_over
from kaiwu.quantity import KaiwuError
from kaiwu.report.site import Site
from kaiwu.rule.outcome import Outcome

DRAWN = 'public_draw: {number: "07 11 18", date: 2025-09-07, source: 公开号码(虚构)}\n'
LIBRARY = open_library(["national", "reference/land"])
BEFORE, DAY = dt.date(2025, 7, 1), dt.date(2025, 9, 30)


def make_workspace(folder: Path) -> Path:
    """Last year's and this year's round, nobody in a reserve; the last year's has a date of its own."""
    (folder / "kaiwu.toml").write_text(
        '[workspace]\nzh = "演示"\npacks = ["national", "reference/land"]\nsynthetic = true\n', encoding="utf-8"
    )
    last = HEAD.replace("R1", "R0").replace("2025", "2024")
    for code, head in (("R0", last), ("R1", HEAD + DRAWN)):
        (folder / "rounds" / code).mkdir(parents=True)
        for name, text in {**FILES, "round.yaml": head}.items():
            (folder / "rounds" / code / name).write_text(text.replace("20,是,否", "20,否,否"), encoding="utf-8")
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    workspace = open_workspace(make_workspace(tmp_path))
    vars(workspace)["library"] = LIBRARY  # opened once for all tests
    return open_land_desk(workspace)


def place(desk: Desk) -> None:
    desk.preview("R0", BEFORE, "officer")
    desk.adopt("R1", BEFORE, "leader")
    desk.commit_seed("R1", BEFORE, "officer")
    desk.run("R1", DAY, "officer")


def code_of(act: object, *args: object, **more: object) -> str:
    with pytest.raises(KaiwuError) as caught:
        act(*args, **more)  # type: ignore[operator]
    return caught.value.problems[0].code


def test_a_rule_is_adopted_only_after_a_preview_on_earlier_data_and_run_only_when_adopted(desk: Desk) -> None:
    assert code_of(desk.adopt, "R1", BEFORE, "leader") == "A-PREVIEW"
    desk.preview("R1", BEFORE, "officer")
    assert code_of(desk.adopt, "R1", BEFORE, "leader") == "A-PREVIEW"  # this year's data are not earlier ones
    desk.preview("R0", BEFORE, "officer")
    assert code_of(desk.adopt, "R1", BEFORE, " ") == "A-SIGNER"
    assert code_of(desk.run, "R1", DAY, "officer") == "A-ADOPT"
    desk.adopt("R1", BEFORE, "leader")
    assert desk.run("R1", DAY, "officer").grants() == {"P1": "S1", "P4": "S5"}


def test_a_rule_that_was_changed_after_its_adoption_cannot_run(desk: Desk) -> None:
    desk.preview("R0", BEFORE, "officer")
    desk.adopt("R1", BEFORE, "leader")
    pack = desk.workspace.folder / "packs" / "reference" / "land"
    copytree(builtin_packs() / "reference" / "land", pack)
    book = pack / "rulebooks" / "land_round_trial.yaml"
    book.write_text(book.read_text(encoding="utf-8").replace(">= 10万元/亩", ">= 11万元/亩"), encoding="utf-8")
    assert code_of(open_land_desk(open_workspace(desk.workspace.folder)).run, "R1", DAY, "officer") == "A-ADOPT"


def test_the_seed_is_committed_to_once_and_before_the_deadline(desk: Desk) -> None:
    assert code_of(desk.commit_seed, "R1", dt.date(2025, 8, 31), "officer") == "A-DRAW-ORDER"
    event = desk.commit_seed("R1", BEFORE, "officer")
    assert event.leaf >= 0 and len(event.data["commitment"]) == 64
    assert code_of(desk.commit_seed, "R1", BEFORE, "officer") == "A-DRAW-TWICE"
    assert "secret" not in json.dumps(dict(event.data))


def test_nothing_is_placed_before_the_deadline_or_twice(desk: Desk) -> None:
    desk.preview("R0", BEFORE, "officer")
    desk.adopt("R1", BEFORE, "leader")
    assert code_of(desk.run, "R1", dt.date(2025, 8, 31), "officer") == "A-STAGE"
    desk.run("R1", DAY, "officer")
    assert code_of(desk.run, "R1", DAY, "officer") == "A-STAGE"


def test_the_record_holds_with_its_conditions_and_an_altered_file_is_noticed(desk: Desk) -> None:
    place(desk)
    record = desk.record("R1")
    assert check_record(record) == [] and record["input"]["conditions"]["roots"]
    forged = json.loads(json.dumps(record))
    forged["input"]["conditions"]["facts"]["P2"]["ld_tax_per_mu"] = "1"
    assert "AV-ENTRY" in {code for code, _, _ in check_record(forged)}
    path = desk.workspace.folder / "rounds" / "R1" / "record-1.json"
    path.write_text(path.read_text(encoding="utf-8").replace("P1", "PX"), encoding="utf-8")
    assert code_of(desk.record, "R1") == "A-RECORD"


def test_every_step_is_a_leaf_and_the_log_proves_it(desk: Desk) -> None:
    place(desk)
    events = [*desk.docket.events("land_round_trial"), *desk.docket.events("R1")]
    assert [e.kind for e in events] == ["preview", "adopt", "seed", "run"]
    assert len({e.leaf for e in events}) == 4
    (leaf,) = desk.workspace.witness.book.leaves(events[-1].leaf, events[-1].leaf + 1)
    assert json.loads(leaf)["data"]["record"] == events[-1].data["record"]
    assert f"{events[-1].leaf}" in desk.workspace.witness.prove(events[-1].leaf)


def test_an_objection_is_decided_between_notice_and_final_and_leaves_a_second_record(desk: Desk) -> None:
    place(desk)
    correction = Correction("P2", "item", "tax", 350)
    assert code_of(desk.decide_objection, "R1", correction, DAY, "leader", "x", is_upheld=True) == "A-STAGE"
    desk.notice("R1", DAY, "leader", b"page")
    assert code_of(desk.decide_objection, "R1", correction, DAY, "", "x", is_upheld=True) == "A-SIGNER"
    desk.decide_objection("R1", correction, DAY, "leader", "no evidence", is_upheld=False)
    before = desk.record("R1")
    desk.decide_objection("R1", correction, DAY, "leader", "evidence", is_upheld=True)
    assert desk.record("R1")["outcome_hash"] != before["outcome_hash"]
    assert (desk.workspace.folder / "rounds" / "R1" / "record-2.json").is_file()
    desk.finalise("R1", DAY, "leader")
    assert code_of(desk.decide_objection, "R1", correction, DAY, "leader", "x", is_upheld=True) == "A-STAGE"


def test_an_exception_of_a_meeting_names_whom_it_displaces_by_itself(desk: Desk) -> None:
    place(desk)
    entry = MeetingException("P2", "S1", "2025-12", "leader", DAY, "a reason")
    found = desk.except_by_meeting("R1", entry, DAY)
    event = desk.docket.events("R1")[-1]
    assert (event.kind, event.data["displaces"]) == ("exception", ["P1"])
    assert {m.applicant for m in found.moves if m.is_material} == {"P1", "P2"}
    assert (
        code_of(desk.except_by_meeting, "R1", MeetingException("P2", "S3", "2", "leader", DAY, "r"), DAY)
        == "A-EXCEPTION"
    )
    assert (
        code_of(desk.except_by_meeting, "R1", MeetingException("P1", "S2", "", "leader", DAY, "r"), DAY)
        == "A-EXCEPTION"
    )


def test_public_land_is_listed_and_sold_and_never_granted_directly(desk: Desk) -> None:
    place(desk)
    desk.notice("R1", DAY, "leader", b"page")
    assert code_of(desk.supply, "R1", "S1", "listed", DAY, "officer") == "A-STAGE"
    desk.finalise("R1", DAY, "leader")
    assert code_of(desk.supply, "R1", "S1", "granted", DAY, "officer") == "A-STATE"
    assert code_of(desk.supply, "R1", "S5", "listed", DAY, "officer") == "A-STATE"
    desk.supply("R1", "S5", "granted", DAY, "officer")
    desk.supply("R1", "S1", "listed", DAY, "officer")
    desk.supply("R1", "S1", "won_by_other", DAY, "officer", "confirmation 7")
    assert desk.supply_states("R1") == {"S1": "won_by_other", "S5": "granted"}
    projects, left = roll_over(desk.placed("R1"), desk.supply_states("R1"))
    assert (projects, left) == (["P1", "P2"], ["S2", "S3", "S4"])


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["allot", *words], catch_exceptions=False)


def test_the_commands_play_a_whole_round(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path)
    at, early, late = ("-w", str(folder)), ("--day", "2025-07-01"), ("--day", "2025-09-30")
    steps = [
        (["preview", "R0", *at, *early, "--by", "officer"], "试算"),
        (["adopt", "R1", *at, *early, "--signer", "leader"], "已采用"),
        (["seed", "R1", *at, *early], "承诺"),
        (["run", "R1", *at, *late], "已安排 2"),
        (["explain", "R1", "P2", *at], "与第 1 名(P1)差"),
        (["explain", "R1", "P2", *at, "--lang", "en"], "behind place 1 (P1)"),
        (["notice", "R1", *at, *late, "-o", str(tmp_path / "draft.html")], "草案"),
        (["notice", "R1", *at, *late, "--signer", "leader", "-o", str(tmp_path / "notice.html")], "已公示"),
        (["page", "R1", "P2", *at, "-o", str(tmp_path / "P2.html")], "已写"),
        (["appeal", "R1", "P2", "item", "tax", "35", *at], "结果改变"),
        (
            ["appeal", "R1", "P2", "item", "tax", "35", *at, *late, "--reject", "--signer", "leader", "--reason", "x"],
            "结果改变",
        ),
        (
            ["appeal", "R1", "P2", "item", "tax", "35", *at, *late, "--uphold", "--signer", "leader", "--reason", "x"],
            "结果改变",
        ),
        (["final", "R1", *at, *late, "--signer", "leader"], "已定案"),
        (["supply", "R1", "S5", "granted", *at, *late], "已直接供给"),
        (["state", "R1", *at], "下一批次"),
        (["verify", str(folder / "rounds" / "R1" / "record-2.json")], "记录成立"),
    ]
    for words, expected in steps:
        done = run(folder, *words)
        assert done.exit_code == 0, (words, done.output)
        assert expected in done.output, (words, done.output)


def test_the_command_for_an_exception_names_whom_it_displaces(tmp_path: Path, desk: Desk) -> None:
    place(desk)
    more = (
        "-w",
        str(desk.workspace.folder),
        "--minutes",
        "2025-3",
        "--reason",
        "a reason",
        "--signer",
        "leader",
        "--day",
        "2025-10-01",
    )
    done = run(tmp_path, "exception", "R1", "P2", "S1", *more, "--json")
    assert done.exit_code == 0, done.output
    assert {m["applicant"] for m in json.loads(done.output)["moves"] if m["status"][0] != m["status"][1]} == {
        "P1",
        "P2",
    }
    notice = tmp_path / "notice.html"
    assert run(tmp_path, "notice", "R1", "-w", str(desk.workspace.folder), "-o", str(notice)).exit_code == 0
    assert "2025-3" in notice.read_text(encoding="utf-8") and "被替换: P1" in notice.read_text(encoding="utf-8")


def test_verify_tells_what_does_not_hold_and_exits_with_1(tmp_path: Path, desk: Desk) -> None:
    place(desk)
    path = tmp_path / "forged.json"
    record = desk.record("R1")
    record["outcome"]["grants"] = []
    path.write_text(json.dumps(record), encoding="utf-8")
    done = run(tmp_path, "verify", str(path))
    assert done.exit_code == 1 and "AV-HASH" in done.output and "AV-GRANTS" in done.output
    told = json.loads(run(tmp_path, "verify", str(path), "--json").output)
    assert told["holds"] is False
    path.write_text("[]", encoding="utf-8")
    assert run(tmp_path, "verify", str(path)).exit_code == 1


def test_the_pages_show_scores_and_no_raw_figures(desk: Desk) -> None:
    place(desk)
    site = Site(desk.workspace)
    notice, loser = (site.answer(url).body.decode() for url in ("/allot/R1", "/allot/R1/P2"))
    assert "供地优先序" in notice and "招拍挂" in notice and "草案" in notice and "合成数据" in notice
    assert "需要得分" in loser and "逐项得分" in loser and "kaiwu allot verify" in loser
    assert "136.16" not in notice + loser and "24.097" not in notice + loser
    assert "Score by part" in site.answer("/allot/R1/P2?lang=en").body.decode()
    assert "R1" in site.answer("/allot").body.decode()
    assert [site.answer(url).status for url in ("/allot/R9", "/allot/R1/P9")] == [404, 404]


def test_who_is_not_in_line_reads_which_condition_or_figure_stands_in_the_way(desk: Desk) -> None:
    path = desk.workspace.folder / "rounds" / "R1" / "projects.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            "P2,乙项目,乙,工业用地出让,2025-08-02,20,", "P2,乙项目,乙,工业用地出让,2025-08-02,9.99,"
        ),
        encoding="utf-8",
    )
    place(desk)
    ((refused, _),) = [r for r in desk.entry_reasons("R1", "P2") if "10" in r[0] and "差" in r[0]][:1]
    assert refused.startswith("工业用地出让: ") and "要求 ≥ 10万元/亩: 不符合, 差0.01万元/亩" in refused
    assert desk.entry_reasons("R1", "P3") == [
        ("评分所用的数据有缺, 补齐后即可排序", "a figure behind the score is missing; with it the project is ordered")
    ]
    assert desk.entry_reasons("R1", "P1") == []
    assert refused in Site(desk.workspace).answer("/allot/R1/P2").body.decode().replace("&gt;", ">")


def test_a_round_that_is_not_there_is_named_with_those_that_are(desk: Desk) -> None:
    assert code_of(desk.preview, "R7", DAY, "officer") == "A-ROUND"
    assert code_of(desk.record, "R1") == "A-STAGE"


def test_a_corrected_figure_goes_through_the_rules_again(desk: Desk) -> None:
    """P3 lacks its R&D share and so its score; with the figure it is rated, stands in line, and the record still holds."""
    place(desk)
    variable = desk.folder("R1").scheme.book.vocabulary.variable("申请企业研发占比")
    assert variable is not None
    correction = Correction("P3", "figure", "申请企业研发占比", read_figure(variable, variable.zh, "3.02%"))
    desk.notice("R1", dt.date(2025, 10, 9), "局长", b"page")
    found = desk.decide_objection("R1", correction, dt.date(2025, 10, 10), "局长", "补交数据", is_upheld=True)
    assert found.before.statuses()["P3"] == "missing" and found.after.statuses()["P3"] in ("granted", "waiting")
    record = desk.record("R1")
    assert check_record(record) == [] and record["input"]["conditions"]["facts"]["P3"]
    assert found.after.round.applicant("P3").items["rd"] == 150


def test_a_corrected_figure_changes_the_answer_of_a_condition_and_the_checker_answers_it_again(desk: Desk) -> None:
    place(desk)
    variable = desk.folder("R1").scheme.book.vocabulary.variable("申请企业亩均税收")
    assert variable is not None
    found, conditions = desk.try_correction("R1", Correction("P1", "figure", "申请企业亩均税收", read_figure(variable, variable.zh, "9万元/亩")))  # fmt: skip
    after = found.after.round.applicant("P1")
    assert after.admitted["land_sale"] is Outcome.FAIL and after.items["tax"] == 131
    assert check_record(json.loads(record_bytes(make_record(found.after, conditions)))) == []
    assert code_of(desk.try_correction, "R1", Correction("P1", "figure", "没有的数据", 1)) == "A-FACT"
