"""run, runs, explain, replay, diff, object, sheet, notice on the small county."""

from __future__ import annotations

import polars as pl
import pytest

from small_county import figure, make_county


def test_a_run_leaves_lists_sheets_notices_and_an_index(kaiwu, own):
    answer = kaiwu("run", own, "--known-at", "2024-06-30")
    assert answer.code == 0
    assert "年度评价" in answer.out
    folder = own / "runs" / "0002"
    assert {p.name for p in folder.iterdir()} == {
        "run.json",
        "frame",
        "results",
        "lists.xlsx",
        "decisions.json",
        "missing.parquet",
        "sheets",
        "notices",
    }
    assert len(list((folder / "sheets").iterdir())) == 24


def test_only_the_jobs_that_are_named_run_and_an_unknown_one_is_refused(kaiwu, own):
    assert [r["number"] for r in kaiwu("run", own, "--job", "year", "--known-at", "2024-06-30", "--json").data] == [
        "0002"
    ]
    answer = kaiwu("run", own, "--job", "none")
    assert answer.code == 2
    assert "S-JOB" in answer.err
    assert "year" in answer.err


def test_a_workspace_without_jobs_says_so(kaiwu, tmp_path):
    kaiwu("init", tmp_path / "w")
    answer = kaiwu("run", tmp_path / "w")
    assert answer.code == 2
    assert "C-NO-JOBS" in answer.err


def test_a_folder_that_is_no_workspace_is_refused_in_both_languages(kaiwu, tmp_path):
    for verb in (["run", tmp_path], ["runs", tmp_path], ["replay", "1", "-w", tmp_path], ["import", tmp_path]):
        answer = kaiwu(*verb)
        assert answer.code == 2
        assert "S-WORKSPACE" in answer.err
        assert "用 kaiwu init 建立工作区" in answer.err
        assert "make a workspace" in answer.err


def test_runs_lists_what_was_run(kaiwu, ran):
    assert "0001" in kaiwu("runs", ran).out
    (record,) = kaiwu("runs", ran, "--json").data
    assert record["population"] == 24
    assert record["changes"][0]["signer"] == "亩均办 王某"


def test_an_explanation_leads_to_figure_and_article_in_both_languages(kaiwu, ran):
    zh = kaiwu("explain", "1", "F05", "-w", ran, "--scheme", "award").out
    for part in ("研发补助", "符合", "30万元", "第二条", "← 1#", "待核实(仅一处来源)", "统计局"):
        assert part in zh
    en = kaiwu("explain", "1", "F05", "-w", ran, "--lang", "en").out
    for part in ("Research grant", "met", "to be verified (", "class changed to A under 第十二条"):
        assert part in en


def test_an_explanation_as_json_holds_outcomes_amounts_and_figures(kaiwu, ran):
    data = kaiwu("explain", "1", "F05", "-w", ran, "--scheme", "award", "--json").data
    by = {d["item"]: d for d in data}
    assert (by["b1"]["outcome"], by["b1"]["low_fen"], by["b1"]["high_fen"], by["b1"]["standing"]) == (
        "符合",
        30_000_000,
        30_000_000,
        "single_copy",
    )
    assert {f["slot"] for r in by["b1"]["reasons"] for f in r["figures"]} == {"research", "turnover"}
    assert by["b2"]["outcome"] == "需认定"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("1", "F99"), "S-ENTITY"), (("9", "F05"), "S-RUN"), (("1", "F05", "--scheme", "none"), "S-SCHEME")],
)
def test_who_or_what_is_not_there_is_named(kaiwu, ran, arguments, code):
    answer = kaiwu("explain", *arguments, "-w", ran)
    assert answer.code == 2
    assert code in answer.err


def test_a_replay_is_identical(kaiwu, ran):
    assert kaiwu("replay", "1", "-w", ran).code == 0
    data = kaiwu("replay", "0001", "-w", ran, "--json").data
    assert data["identical"] is True
    assert data["then"] == data["now"]


def test_a_replay_of_altered_results_is_found_and_exits_with_one(kaiwu, own):
    import sqlite3

    with sqlite3.connect(own / "state.db") as state:
        state.execute("UPDATE run SET result_digest = 'x'")
    state.close()
    answer = kaiwu("replay", "1", "-w", own)
    assert answer.code == 1
    assert "x ≠ " in answer.err
    assert kaiwu("replay", "1", "-w", own, "--json").data["identical"] is False


def test_a_replay_of_an_altered_frame_is_refused(kaiwu, own):
    path = own / "runs/0001/frame/table.parquet"
    pl.read_parquet(path).with_columns(pl.col("tax") + 1).write_parquet(path)
    answer = kaiwu("replay", "1", "-w", own)
    assert answer.code in (1, 2)
    assert "F-FRAME" in answer.err


def test_an_objection_makes_a_corrected_figure_and_a_new_run_that_differs_only_there(kaiwu, own):
    answer = kaiwu(
        "object",
        "1",
        "F03",
        "研发费用",
        "160万元",
        "-w",
        own,
        "--reason",
        "漏报",
        "--signer",
        "运行科",
        "--decided-on",
        "2024-07-08",
        "--json",
    )
    assert answer.code == 0
    assert (answer.data["objection"], answer.data["run"]["number"], answer.data["run"]["corrects"]) == (
        1,
        "0002",
        "0001",
    )
    changes = kaiwu("diff", "1", "2", "-w", own, "--json").data
    assert {c["entity"] for c in changes if c["cause"] == "figure"} == {"F03"}
    assert {c["scheme"] for c in changes if c["cause"] != "figure"} <= {"ruler", "award"}  # a rank moves others
    assert "本主体数据变动: research" in kaiwu("diff", "1", "2", "-w", own).out
    assert "its own figures changed" in kaiwu("diff", "1", "2", "-w", own, "--lang", "en").out


def test_an_objection_without_rerun_still_answers_in_json(kaiwu, own):
    answer = kaiwu(
        "object",
        "1",
        "F03",
        "研发费用",
        "160万元",
        "-w",
        own,
        "--reason",
        "漏报",
        "--signer",
        "运行科",
        "--no-rerun",
        "--json",
    )
    assert answer.data == {"objection": 1, "batch": answer.data["batch"], "run": None}


@pytest.mark.parametrize(
    ("value", "signer", "code"),
    [("160", "运行科", "Q-UNIT-MISSING"), ("160亩", "运行科", "Q-"), ("160万元", " ", "S-SIGNER")],
)
def test_a_bad_objection_is_refused_and_changes_nothing(kaiwu, own, value, signer, code):
    answer = kaiwu("object", "1", "F03", "研发费用", value, "-w", own, "--reason", "漏报", "--signer", signer)
    assert answer.code == 2
    assert code in answer.err
    assert len(kaiwu("runs", own, "--json").data) == 1


def test_two_equal_runs_do_not_differ(kaiwu, own):
    kaiwu("run", own, "--known-at", "2024-06-30", "-q")
    assert kaiwu("diff", "1", "2", "-w", own, "--json").data == []


def test_a_sheet_is_written_on_demand(kaiwu, ran, tmp_path):
    out = tmp_path / "sheet.html"
    answer = kaiwu("sheet", "1", "F05", "-w", ran, "--out", out, "--lang", "en", "--json")
    assert answer.data == {"path": str(out)}
    assert "One sheet per firm" in out.read_text(encoding="utf-8")
    assert kaiwu("sheet", "1", "F99", "-w", ran, "--out", tmp_path / "none.html").code == 2
    assert not (tmp_path / "none.html").exists()


def test_a_notice_needs_a_signer_where_the_rules_are_not_well_attested(kaiwu, own):
    answer = kaiwu("notice", "1", "award", "-w", own)
    assert answer.code == 2
    assert "N-SIGNER" in answer.err
    folder = own / "runs/0001/notices"
    assert not (folder / "award.html").exists()
    assert kaiwu("notice", "1", "award", "-w", own, "--signer", "经信局 李某", "--issuer", "小县经信局").code == 0
    text = (folder / "award.html").read_text(encoding="utf-8")
    assert "经信局 李某" in text
    assert "小县经信局" in text
    assert not (folder / "award.refused.txt").exists()


@pytest.mark.parametrize(("scheme", "code"), [("plan", "N-DRAFT"), ("none", "S-SCHEME")])
def test_a_notice_of_a_draft_or_of_nothing_is_refused(kaiwu, ran, scheme, code):
    answer = kaiwu("notice", "1", scheme, "-w", ran, "--signer", "经信局 李某")
    assert answer.code == 2
    assert code in answer.err


def test_a_figure_that_may_not_answer_is_shown_with_its_reason(kaiwu, ran):
    text = kaiwu("explain", "1", "F04", "-w", ran, "--scheme", "award").out
    assert "× 1#" in text and "营业收入 2023: 口径不符" in text
    (held,) = [w for d in kaiwu("explain", "1", "F04", "-w", ran, "--scheme", "award", "--json").data
               if d["item"] == "b1" for r in d["reasons"] for w in r["withheld"]][:1]  # fmt: skip
    assert held["figure"].startswith("1#")


def test_an_unsure_figure_is_marked(kaiwu, tmp_path):
    make_county(tmp_path, more=[figure("F05", "research", 3 * 10**8, standing="memory")])
    assert kaiwu("run", tmp_path, "--sheets", "0", "-q").code == 0
    assert "待核实(凭记忆" in kaiwu("explain", "1", "F05", "-w", tmp_path, "--scheme", "ruler").out
    figures = [
        f
        for d in kaiwu("explain", "1", "F05", "-w", tmp_path, "--json").data
        for r in d["reasons"]
        for f in r["figures"]
    ]
    assert {f["mark"][:3] for f in figures if f["slot"] == "research"} == {"待核实"}
    assert {f["mark"] for f in figures if f["slot"] == "tax"} == {""}


@pytest.mark.parametrize(("wanted", "written"), [("0", 0), ("3", 3), ("all", 24)])
def test_a_run_writes_as_many_sheets_as_wanted(kaiwu, tmp_path, wanted, written):
    make_county(tmp_path)
    assert kaiwu("run", tmp_path, "--sheets", wanted, "-q").code == 0
    folder = tmp_path / "runs" / "0001" / "sheets"
    assert len(list(folder.glob("*.html")) if folder.is_dir() else []) == written


def test_a_number_of_sheets_that_is_none_is_refused(kaiwu, ran):
    assert kaiwu("run", ran, "--sheets", "viele").code == 2


def test_a_published_notice_carries_the_key_and_has_a_proof(kaiwu, own):
    kaiwu("run", own, "--sheets", "0", "-q")
    assert kaiwu("notice", "2", "ruler", "-w", own, "--issuer", "小县亩均办", "--publish").code == 0
    folder = own / "runs" / "0002" / "notices"
    text = (folder / "ruler.html").read_text(encoding="utf-8")
    key = kaiwu("log", "status", "-w", own, "--json").data["key"]
    assert f"公钥 <code>{key.replace('+', '&#43;')}</code>" in text or f"公钥 <code>{key}</code>" in text
    assert "(草案)" not in text
    assert kaiwu("verify", folder / "ruler.proof.json", "--key", key).code == 0
    assert kaiwu("log", "audit", "-w", own).code == 0


def test_a_draft_of_a_notice_stays_a_draft(kaiwu, ran):
    kaiwu("notice", "1", "ruler", "-w", ran)
    assert "(草案)" in (ran / "runs" / "0001" / "notices" / "ruler.html").read_text(encoding="utf-8")


def test_an_entity_gets_a_proof_that_verifies(kaiwu, own, tmp_path):
    kaiwu("run", own, "--sheets", "0", "-q")
    path = tmp_path / "F05.json"
    assert kaiwu("log", "prove", "2", "F05", "-w", own, "--out", path).code == 0
    answer = kaiwu("verify", path, "--key", own / "log" / "key.pub")
    assert answer.code == 0 and "可信" in answer.out
    path.write_text(path.read_text(encoding="utf-8").replace('"index": 31', '"index": 30'), encoding="utf-8")
    assert kaiwu("verify", path).code != 0
