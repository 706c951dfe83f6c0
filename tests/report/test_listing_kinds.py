"""Lists of bands and of awards with wins in a row, and the label of what is synthetic."""

from __future__ import annotations

import polars as pl
import pytest

from kaiwu.procedure import open_workspace
from kaiwu.report import list_scheme, print_cell
from kaiwu.report.site import Site
from small_county import CONFIG, make_county, run_county

BANDS = """\
rulebook: size
kind: bands
zh: 规模分档
en: Size bands
document: {title: 标准, date: 2023-01-01}
valid: {from: 2023-01-01}
of: 营业收入
edges: "[)"
rows:
  - {value: small, zh: 小型, en: small, to: 10000万元}
  - {value: large, zh: 大型, en: large, from: 10000万元}
"""
STREAK = """\
rulebook: cup
kind: streak
zh: 研发之星
en: Research cup
document: {title: 办法, date: 2023-01-01}
valid: {from: 2023-01-01}
award:
  code: star
  zh: 研发之星
  en: Star
  score: 研发费用
  direction: higher
  leagues: [{code: big, zh: 大企业组, en: Big ones, when: 营业收入 >= 10000万元, take: 2}]
  ties: share_rank
streaks:
  - {code: twice, zh: 两连星, en: Twice, won: 获评研发之星, wins_in_a_row: 2}
"""
RUBRIC = """\
rulebook: points
kind: rubric
zh: 研发打分
en: Points for research
document: {title: 打分表, date: 2023-01-01}
valid: {from: 2023-01-01}
full: 100分
items:
  - {code: share, zh: 占比, en: Share, max: 60分, article: 一, bands: {of: 研发费用 / 营业收入, edges: "[)", rows: [{from: "5%", points: 60分}, {from: "4%", to: "5%", points: 40.5分}, {to: "4%", points: 0分}]}}
  - {code: view, zh: 专家, en: Expert, max: 40分, expert: [0分, 40分]}
pass: 60分
grades: {edges: "[)", rows: [{class: good, zh: 好, en: good, from: 20分}, {class: poor, zh: 差, en: poor, to: 20分}]}
"""
VARIABLE = "  star: {zh: 获评研发之星, en: Star, kind: flag, owner: 科技部门}\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kinds")
    make_county(folder)
    pack = folder / "packs/county"
    (pack / "rulebooks/size.yaml").write_text(BANDS, encoding="utf-8")
    (pack / "rulebooks/cup.yaml").write_text(STREAK, encoding="utf-8")
    (pack / "rulebooks/points.yaml").write_text(RUBRIC, encoding="utf-8")
    variables = pack / "variables/v.yaml"
    variables.write_text(variables.read_text(encoding="utf-8") + VARIABLE, encoding="utf-8")
    (folder / "kaiwu.toml").write_text(
        CONFIG.replace('["award", "ruler", "plan"]', '["size", "cup", "points"]'), encoding="utf-8"
    )
    return open_workspace(folder)


@pytest.fixture(scope="module")
def kinds(workspace):
    return run_county(workspace)


def shown(workspace, run, code, entity, language="zh"):
    found = list_scheme(run, code, workspace.names(run.record.as_of))
    rows = found.table.filter(pl.col("entity") == entity).iter_rows()
    return [[print_cell(c, v, language) for c, v in zip(found.columns, row, strict=True)] for row in rows]


def test_bands_are_called_by_their_names_and_counted_over_the_scope(workspace, kinds):
    found = list_scheme(kinds, "size", workspace.names(kinds.record.as_of))
    # turnover of 1 to 24 thousand 万元, F04 has only a group's: 1 to 9 without the fifth are small, 10 to 24 large
    assert dict(found.counts) == {"大型": 15, "小型": 8, "缺数据": 1}
    assert found.total == found.expected == 24
    assert shown(workspace, kinds, "size", "F09") == [["F09", "小县第09机械有限公司", "符合", "大型"]]
    assert shown(workspace, kinds, "size", "F09", "en")[0][2:] == ["met", "large"]


def test_awards_show_league_rank_and_streak_item_by_item(workspace, kinds):
    found = list_scheme(kinds, "cup", workspace.names(kinds.record.as_of))
    assert found.total == found.expected == 48
    assert [i.item for i in found.items] == ["star", "twice"]
    # research of the big ones: F23 24 × 5 %, F22 23 × 4 %, F17 18 × 5 % are 12.0, 9.2 and 9.0 million yuan
    won = found.table.filter((pl.col("clause") == "star") & (pl.col("answer") == 1))
    assert sorted(won["entity"]) == ["F22", "F23"]
    star, twice = shown(workspace, kinds, "cup", "F23")
    heads = [c.en for c in found.columns]
    assert dict(zip(heads, star, strict=True))["league"] == "大企业组"
    assert dict(zip(heads, star, strict=True))["rank"] == "1"
    assert dict(zip(heads, twice, strict=True))["answer"] == "缺数据"  # nothing is known of the year before


def test_a_rubric_shows_the_lowest_and_the_highest_score(workspace, kinds):
    """F23 spends 5 %, F22 4 % of its turnover on research; what the expert gives is open."""
    rows = {e: shown(workspace, kinds, "points", e)[0][2:] for e in ("F23", "F22")}
    assert rows == {"F23": ["符合", "好", "60.0", "100.0"], "F22": ["需认定", "好", "40.5", "80.5"]}
    assert shown(workspace, kinds, "points", "F23", "en")[0][2:] == ["met", "good", "60.0", "100.0"]


def test_a_page_of_every_kind_opens(workspace, kinds):
    site = Site(workspace)
    site.warm([kinds])
    for url in (
        "/",
        "/run/1/size",
        "/run/1/cup",
        "/run/1/cup?league=big",
        "/run/1/entity/F23",
        "/run/1/cup.xlsx",
        "/run/1/points",
        "/run/1/points.xlsx",
    ):
        assert site.answer(url).status == 200, url
    assert "大企业组" in site.answer("/run/1/cup").body.decode()


def with_pack(folder, code: str, *, is_invented: bool):
    """The county told as real, with a pack beside it that says to be synthetic."""
    make_county(folder, is_synthetic=False)
    pack = folder / "packs" / code
    pack.mkdir()
    (pack / "pack.yaml").write_text(
        f'pack: {code}\nzh: 旁\nen: Beside\nversion: "1"\nsynthetic: true\ndepends: [county]\n', encoding="utf-8"
    )
    config = CONFIG.replace("synthetic = true", "synthetic = false").replace('["county"]', f'["county", "{code}"]')
    if is_invented:
        (pack / "rulebooks").mkdir()
        (pack / "rulebooks/size.yaml").write_text(BANDS, encoding="utf-8")
        config = config.replace('"plan"]', '"plan", "size"]')
    (folder / "kaiwu.toml").write_text(config, encoding="utf-8")
    return open_workspace(folder)


def test_a_run_is_synthetic_where_its_figures_or_rulebooks_are_and_not_for_a_pack_beside_it(tmp_path):
    beside = with_pack(tmp_path / "a", "beside", is_invented=False)
    done = run_county(beside)
    assert not done.record.is_synthetic
    site = Site(beside)
    site.warm([done])
    for url in ("/", "/run/1/ruler", "/entity/F05", "/run/1/ruler/notice"):
        assert "合成" not in site.answer(url).body.decode(), url
    assert run_county(with_pack(tmp_path / "b", "beside", is_invented=True)).record.is_synthetic
