"""Notices: what is public, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kaiwu.quantity import KaiwuError
from kaiwu.report import list_scheme, render_notice


def listing(county, run, code):
    return list_scheme(run, code, county.names(run.record.as_of))


def test_a_notice_shows_names_ranks_and_classes_and_no_figure(county, run):
    text = render_notice(run, listing(county, run, "ruler"), issuer="小县亩均办")
    assert "小县亩均办" in text
    assert "小县第23机械有限公司" in text
    assert "异议单" in text
    assert "5个工作日" in text
    assert run.record.result_digest in text
    assert "240万元" not in text  # the tax of F23
    assert "得分" not in text
    assert "王某" not in text  # who signed a change is on the sheet, its article on the notice
    assert "按第十二条调整档次" in text


def test_a_rulebook_that_is_not_well_attested_needs_a_named_signer(county, run):
    found = listing(county, run, "award")
    for nobody in ("", "  "):
        with pytest.raises(KaiwuError, match="N-SIGNER"):
            render_notice(run, found, signer=nobody)
    text = render_notice(run, found, signer="经信局 李某")
    assert "依据待核实(仅一处来源): 由签发人 经信局 李某 具名负责" in text


def test_a_draft_is_never_noticed_whoever_signs(county, run):
    with pytest.raises(KaiwuError, match="N-DRAFT"):
        render_notice(run, listing(county, run, "plan"), signer="经信局 李某")


def test_a_list_that_does_not_sum_to_its_scope_is_refused(county, run):
    short = listing(county, run, "ruler")
    with pytest.raises(KaiwuError, match="N-INCOMPLETE"):
        render_notice(run, replace(short, counts=short.counts[1:]))


def test_only_those_who_qualify_are_on_the_notice_of_clauses(county, run):
    text = render_notice(run, listing(county, run, "award"), signer="经信局 李某")
    assert "小县第05机械有限公司" in text
    assert "小县第03机械有限公司" not in text  # 缺数据


def test_names_are_escaped(county, run):
    text = render_notice(run, listing(county, run, "ruler"))
    assert "&lt;b&gt;粗体&lt;/b&gt;公司" in text
    assert "<b>粗体" not in text


def test_a_refused_notice_leaves_its_reason_beside_the_others(county, run):
    folder = county.runs_folder / run.record.number / "notices"
    assert "N-SIGNER" in (folder / "award.refused.txt").read_text(encoding="utf-8")
    assert not (folder / "award.html").exists()
    assert (folder / "ruler.html").exists()
