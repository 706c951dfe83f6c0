"""What is not well attested stands on the notice, and somebody must sign for it."""

from __future__ import annotations

import pytest

from kaiwu.procedure import open_workspace
from kaiwu.quantity import KaiwuError
from kaiwu.report import list_scheme, render_notice, write_run
from kaiwu.report.attestation import find_doubts
from small_county import AWARD, CONFIG, figure, make_county, run_county

UNSURE = figure("F05", "research", 3 * 10**8, standing="memory", source="走访记录")
MET_BY_NOBODY = figure("F10", "tax", 10**7, standing="memory", source="走访记录")  # not in scope of the rating


def listing(county, run, code):
    return list_scheme(run, code, county.names(run.record.as_of))


def test_one_figure_from_memory_behind_a_listed_answer_needs_a_signer(tmp_path):
    county = make_county(tmp_path, more=[UNSURE])
    run = run_county(county)
    with pytest.raises(KaiwuError) as caught:
        render_notice(run, listing(county, run, "ruler"))
    (problem,) = caught.value.problems
    assert problem.code == "N-SIGNER"
    assert "1 个主体的 1 个数据待核实(凭记忆" in problem.zh
    assert "走访记录" in problem.zh
    text = render_notice(run, listing(county, run, "ruler"), signer="经信局 李某")
    assert "1 个主体的 1 个数据待核实" in text
    assert "签发人 经信局 李某 具名负责" in text


def test_a_figure_of_someone_who_is_not_listed_needs_no_signer(tmp_path):
    county = make_county(tmp_path, more=[MET_BY_NOBODY])
    run = run_county(county)
    assert find_doubts(run, "ruler") == []
    assert "签发人 ____________ 具名" not in render_notice(run, listing(county, run, "ruler"))


def test_a_clause_of_another_document_is_looked_at_too(tmp_path):
    county = make_county(tmp_path)
    path = tmp_path / "packs" / "county" / "rulebooks" / "award.yaml"
    path.write_text(
        AWARD.replace("date: 2023-01-01, standing: single_copy}", "date: 2023-01-01}").replace(
            "{id: b1,", "{id: b1, document: {title: 补充通知, standing: inferred},"
        ),
        encoding="utf-8",
    )
    county = open_workspace(tmp_path)
    (doubt,) = find_doubts(run_county(county), "award")
    assert "条款“研发补助”所依据的《补充通知》待核实" in doubt.zh
    assert "补充通知" in doubt.en


def test_a_draft_clause_that_somebody_meets_is_not_noticed_whoever_signs(tmp_path):
    county = make_county(tmp_path)
    path = tmp_path / "packs" / "county" / "rulebooks" / "award.yaml"
    path.write_text(AWARD.replace("{id: b1,", "{id: b1, status: draft,"), encoding="utf-8")
    county = open_workspace(tmp_path)
    run = run_county(county)
    with pytest.raises(KaiwuError, match=r"N-DRAFT.*研发补助"):
        render_notice(run, listing(county, run, "award"), signer="经信局 李某")


def test_an_unsure_definition_and_another_scheme_are_named(tmp_path):
    make_county(tmp_path)
    pack = tmp_path / "packs" / "county"
    variables = pack / "variables" / "v.yaml"
    variables.write_text(
        variables.read_text(encoding="utf-8").replace("zh: 研发费用,", "zh: 研发费用, standing: inferred,"),
        encoding="utf-8",
    )
    ruler = pack / "rulebooks" / "ruler.yaml"
    ruler.write_text(
        ruler.read_text(encoding="utf-8").replace("date: 2023-01-01}", "date: 2023-01-01, standing: memory}"),
        encoding="utf-8",
    )
    run = run_county(open_workspace(tmp_path))
    sentences = "; ".join(d.zh for d in find_doubts(run, "award"))
    assert "1 个变量的定义待核实" in sentences and "研发费用" in sentences
    (rating,) = [d.zh for d in find_doubts(run, "ruler") if d.zh.startswith("依据")]
    assert "凭记忆" in rating


def test_a_job_may_name_its_signer_once(tmp_path):
    make_county(tmp_path, more=[UNSURE])
    (tmp_path / "kaiwu.toml").write_text(CONFIG + 'issuer = "小县亩均办"\nsigner = "经信局 李某"\n', encoding="utf-8")
    county = open_workspace(tmp_path)
    run = run_county(county)
    folder = write_run(county, run, sheets=0)
    text = (folder / "notices" / "ruler.html").read_text(encoding="utf-8")
    assert "小县亩均办" in text and "经信局 李某" in text
