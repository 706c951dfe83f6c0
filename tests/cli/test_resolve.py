"""The commands of identity, from a list to the answer of a person."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kaiwu.cli.console import Speaker
from kaiwu.cli.main import main
from kaiwu.cli.resolve_demo import is_right, resolve_demo
from kaiwu.identity import Batch, Entity, EntityKind, Name, Register
from kaiwu.identity.linking.answer import LinkStatus
from kaiwu.pack import open_library
from kaiwu.pack.name_shelf import open_grammar
from kaiwu.procedure import open_workspace
from kaiwu.synth.mention import NOBODY, MentionMaker


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kaiwu.toml").write_text(
        '[workspace]\nzh = "小区"\npacks = ["zhejiang"]\nsynthetic = true\n', encoding="utf-8"
    )
    register = Register()
    names = [f"合成·甲子{trade}第{i:05d}公司" for i, trade in enumerate(["机械", "化工", "纺织", "电子"] * 15, start=1)]
    firms = tuple(Entity(f"f{i}", EntityKind.FIRM, (Name(name),)) for i, name in enumerate(names))
    register.append(Batch(dt.date(2024, 1, 1), "test", firms))
    register.save(tmp_path / "register")
    return tmp_path


def call(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(w) for w in words])
    return done.exit_code, done.output


def test_a_list_becomes_links_questions_and_none(folder: Path) -> None:
    file = folder / "list.csv"
    file.write_text("企业名称\n合成·甲子机械第00001公司\n甲子\n甲公司、乙公司\n", encoding="utf-8")
    out = folder / "links.csv"
    code, said = call("resolve", "list", file, "-w", folder, "-o", out)
    assert code == 0 and "I-MENTION-TWO" in said and "list.csv:3" in said
    assert out.read_text(encoding="utf-8-sig").count("\n") == 4
    code, said = call("resolve", "list", file, "-w", folder, "--json")
    assert [row["status"] for row in json.loads(said)][0::2] == ["same", "none"]


def test_a_question_is_shown_and_answered(folder: Path) -> None:
    file = folder / "list.csv"
    file.write_text("名称\n合成·甲子机械第00001\n合成子甲械机第00005公\n", encoding="utf-8")
    call("resolve", "list", file, "-w", folder)
    code, said = call("resolve", "review", "-w", folder, "--json")
    waiting = json.loads(said)
    assert code == 0
    for item in waiting:
        assert call("resolve", "answer", item["number"], "none", "--by", "李四", "-w", folder)[0] == 0
    assert json.loads(call("resolve", "review", "-w", folder, "--json")[1]) == []
    assert call("resolve", "answer", 999, "none", "--by", "李四", "-w", folder)[0] == 2


def test_one_name_is_explained_in_both_languages(folder: Path) -> None:
    assert "同一主体" in call("resolve", "name", "合成甲子机械第00001公司", "-w", folder)[1]
    assert "same" in call("resolve", "name", "合成甲子机械第00001公司", "-w", folder, "--lang", "en")[1]


def test_a_wrong_code_comes_with_its_repair() -> None:
    from kaiwu.identity import make_uscc

    right = make_uscc("9", "1", "339999", "MA000100")
    code, said = call("resolve", "code", right.replace("0", "O", 1))
    assert code == 2 and right in said
    assert call("resolve", "code", right)[0] == 0


def test_events_are_recorded_and_contradictions_refused(folder: Path) -> None:
    base = ("-w", folder, "--by", "张三")
    assert call("resolve", "event", "assert", "e1", "--record", "r1", *base)[0] == 0
    assert call("resolve", "event", "merge", "e1", "--other", "e9", *base)[0] == 2


def test_an_empty_register_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kaiwu.toml").write_text('[workspace]\nzh = "空"\npacks = ["national"]\n', encoding="utf-8")
    code, said = call("resolve", "name", "甲公司", "-w", tmp_path)
    assert code == 2 and "I-NO-NAMES" in said


def test_the_demo_counts_against_what_was_planted(folder: Path) -> None:
    result = resolve_demo(open_workspace(folder), Speaker(is_quiet=True), seed=3, count=400)
    assert sum(result.count().values()) == 400
    planted = MentionMaker(
        list(open_workspace(folder).register.entities(EntityKind.FIRM)), open_grammar(open_library(["zhejiang"])), 3
    ).make(400)
    linked = [(link, p) for link, p in zip(result.links, planted, strict=True) if link.is_linked]
    assert len(linked) > 150
    assert all(is_right(link, p) for link, p in linked)
    absent = [link for link, p in zip(result.links, planted, strict=True) if p.truth == NOBODY]
    assert absent and all(link.status in (LinkStatus.NONE, LinkStatus.AMBIGUOUS) for link in absent)


def test_a_merger_is_listed_and_its_undoing_too(folder: Path) -> None:
    base = ("-w", folder, "--by", "张三")
    assert call("resolve", "event", "merge", "f1", "--other", "f2", "--day", "2024-06-01", *base)[0] == 0
    assert call("resolve", "event", "undo", "--undoes", "1", *base)[0] == 0
    told = json.loads(call("resolve", "history", "-w", folder, "--json")[1])
    assert [(e["kind"], e["holds"]) for e in told] == [("merge", False), ("undo", True)]
    assert "已撤销" in call("resolve", "history", "-w", folder)[1]


def test_the_value_that_survives_is_told_with_what_it_beat(folder: Path) -> None:
    call("resolve", "event", "merge", "f1", "--other", "f2", "-w", folder, "--by", "张三")
    facts = folder / "facts.csv"
    facts.write_text("记录,字段,值,来源,日期\nf1,电话,1,企业,2025-03-01\nf2,电话,2,税务,2024-01-01\n", encoding="utf-8")
    words = ("resolve", "survive", facts, "--source", "税务", "-w", folder)
    (survivor,) = json.loads(call(*words, "--json")[1])["f1"]
    assert survivor["value"] == "2" and survivor["beaten"][0]["value"] == "1"
    assert "1(企业 2025-03-01)" in call(*words)[1]
    facts.write_text("记录,字段,值,来源,日期\nf1,电话,1,企业,昨天\n", encoding="utf-8")
    code, said = call(*words)
    assert code == 2 and "facts.csv:2" in said


def test_a_new_firm_touches_only_the_questions_that_it_may_answer(folder: Path) -> None:
    file = folder / "list.csv"
    file.write_text("名称\n合成子甲械机第00005公\n", encoding="utf-8")
    call("resolve", "list", file, "-w", folder)
    assert (
        json.loads(call("resolve", "touched", "f4", "-w", folder, "--json")[1])[0]["mention"] == "合成子甲械机第00005公"
    )
    assert call("resolve", "touched", "f999", "-w", folder)[0] == 2


def test_a_published_firm_is_never_misspelt_in_a_synthetic_list() -> None:
    firms = [
        Entity("f1", EntityKind.FIRM, (Name("合成·甲子机械第00001公司"),)),
        Entity("x", EntityKind.FIRM, (Name("某某材料有限公司"),)),
    ]
    planted = MentionMaker(firms, open_grammar(open_library(["national"])), 1).make(200)
    assert {p.truth for p in planted} == {"f1", NOBODY}
    assert not any(p.text.startswith("某某") for p in planted)
