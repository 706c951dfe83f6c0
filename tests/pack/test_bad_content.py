"""Bad content gets a located, bilingual error, and all mistakes come in one report."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaiwu.pack import Library, open_library
from kaiwu.quantity import KaiwuError

HEAD = "rulebook: {code}\nkind: clauses\nzh: 规则\nen: Rules\ndocument: {{title: 办法}}\n"
VARIABLES = """\
variables:
  turnover: {zh: 营业收入, en: Turnover, kind: money, unit: 万元, bound: [0元, 10000亿元]}
  research: {zh: 研发费用, en: Research, kind: money, unit: 万元, bound: [0元, 1000亿元]}
  land: {zh: 用地面积, en: Land, kind: quantity, unit: 亩, bound: [0亩, 1000000亩]}
"""


def make_pack(folder: Path, files: dict[str, str], name: str = "bad", depends: str = "") -> None:
    head = f"pack: {name}\nzh: 坏\nen: Bad\nversion: '1'\n{depends}"
    for path, text in {"pack.yaml": head, "variables/v.yaml": VARIABLES, **files}.items():
        target = folder / name / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def clause(when: str, code: str = "r", more: str = "") -> str:
    return (
        HEAD.format(code=code) + f'{more}clauses:\n  - {{id: a, article: 一, zh: 条款, en: Clause, when: "{when}"}}\n'
    )


def problems(folder: Path, files: dict[str, str]) -> list[str]:
    make_pack(folder, files)
    with pytest.raises(KaiwuError) as caught:
        compile_all(open_library(["bad"], [folder]))
    for problem in caught.value.problems:
        assert problem.zh and problem.en and problem.where, problem
    return [p.code for p in caught.value.problems]


def compile_all(library: Library) -> None:
    library.schemes()


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("营业收入 >= 1000元宝", "R-UNIT"),
        ("营业收入 < 40000", "R-UNIT"),
        ("营业收入 / 用地面积 >= 40万元", "R-DIMENSION"),
        ("营业收入 >= 100亩", "R-DIMENSION"),
        ("研发费用 / 营业收入 >= 3", "R-UNIT"),
        ("净利润 >= 1万元", "R-NAME"),
        ("营业收入 >= (select 1)", "R-UNEXPECTED"),
        ("__import__(1) >= 1元", "R-FUNCTION"),
        ("eval('1') >= 1元", "R-FUNCTION"),
        ("营业收入 10亿元以下", "R-EDGE"),
        ("营业收入 >= 1,000万元", "R-COMMA"),
        ("营业收入 >= 1万元 或营业收入 < 2万元", "R-CONNECTIVE"),
        ("营业收入", "R-NOT-CONDITION"),
        ("营业收入 >= 1万元 且", "R-END"),
        ("(营业收入 >= 1万元", "R-EXPECT"),
        ("上年营业收入 >= 1万元", "R-NAME"),
    ],
)
def test_a_bad_rule_is_refused_at_its_character(tmp_path, when, code):
    found = problems(tmp_path, {"rulebooks/r.yaml": clause(when)})
    assert found == [code]


def test_three_mistakes_in_three_places_are_all_reported(tmp_path):
    text = clause("营业收入 < 40000") + (
        '  - {id: b, article: 二, zh: 条款, en: Clause, when: "净利 > 0"}\n'
        '  - {id: c, article: 三, zh: 条款, en: Clause, when: "用地面积 > 3元"}\n'
    )
    assert problems(tmp_path, {"rulebooks/r.yaml": text}) == ["R-UNIT", "R-NAME", "R-DIMENSION"]


def test_mistakes_of_several_files_come_together(tmp_path):
    files = {"rulebooks/a.yaml": clause("营业收入 < 40000", "a"), "rulebooks/b.yaml": clause("净利 > 0", "b")}
    assert problems(tmp_path, files) == ["R-UNIT", "R-NAME"]


def test_a_place_names_file_line_column_and_key(tmp_path):
    make_pack(tmp_path, {"rulebooks/r.yaml": clause("营业收入 < 40000")})
    with pytest.raises(KaiwuError) as caught:
        open_library(["bad"], [tmp_path]).schemes()
    (problem,) = caught.value.problems
    assert problem.where.startswith("bad/rulebooks/r.yaml:7:")
    assert problem.where.endswith("clauses[0].when")
    assert problem.text[problem.at :] == "40000"


def test_overlapping_versions_of_one_family_are_refused(tmp_path):
    head = "family: f\nvalid: {{from: {0}}}\n"
    files = {
        "rulebooks/a.yaml": clause("营业收入 > 0元", "a", head.format("2020-01-01")),
        "rulebooks/b.yaml": clause("营业收入 > 0元", "b", head.format("2022-01-01")),
    }
    assert problems(tmp_path, files) == ["P-OVERLAP"]


def test_versions_that_follow_each_other_are_told_apart_by_the_day(tmp_path):
    import datetime as dt

    files = {
        "rulebooks/a.yaml": clause("营业收入 > 0元", "a", "family: f\nvalid: {from: 2020-01-01, to: 2021-12-31}\n"),
        "rulebooks/b.yaml": clause("营业收入 > 0元", "b", "family: f\nvalid: {from: 2022-01-01}\n"),
    }
    make_pack(tmp_path, files)
    library = open_library(["bad"], [tmp_path])
    assert library.version_of("f", dt.date(2021, 12, 31)).code == "a"
    assert library.version_of("f", dt.date(2022, 1, 1)).code == "b"
    with pytest.raises(KaiwuError, match="P-VERSION"):
        library.version_of("f", dt.date(2019, 1, 1))


def test_a_definition_that_leads_back_to_itself_is_refused(tmp_path):
    ring = VARIABLES + (
        '  one: {zh: 甲比, en: One, kind: ratio, unit: "%", bound: [0%, 100%], derive: 乙比 + 1%}\n'
        '  two: {zh: 乙比, en: Two, kind: ratio, unit: "%", bound: [0%, 100%], derive: 甲比 + 1%}\n'
    )
    found = problems(tmp_path, {"variables/v.yaml": ring, "rulebooks/r.yaml": clause("甲比 >= 3%")})
    assert found == ["R-CYCLE"]


def test_a_rule_of_five_megabytes_is_refused_at_once(tmp_path):
    assert problems(tmp_path, {"rulebooks/r.yaml": clause("营业收入 >= 1元 或 " * 300_000 + "营业收入 >= 1元")}) == [
        "R-LENGTH"
    ]


def test_a_deeply_nested_rule_is_refused(tmp_path):
    deep = "(" * 900 + "营业收入 >= 1元" + ")" * 900
    assert problems(tmp_path, {"rulebooks/r.yaml": clause(deep)}) == ["R-DEPTH"]


def test_packs_that_depend_on_each_other_are_refused(tmp_path):
    make_pack(tmp_path, {}, "a", "depends: [b]\n")
    make_pack(tmp_path, {}, "b", "depends: [a]\n")
    with pytest.raises(KaiwuError, match="P-CYCLE"):
        open_library(["a"], [tmp_path])


def test_a_word_in_the_text_of_a_clause_needs_its_edge_declared(tmp_path):
    text = clause("营业收入 >= 2000万元").replace("when:", "text: 营业收入2000万元以上的企业, when:")
    assert problems(tmp_path, {"rulebooks/r.yaml": text}) == ["R-EDGE"]
    declared = text.replace("clauses:", 'edges: {以上: ">="}\nclauses:')
    make_pack(tmp_path, {"rulebooks/r.yaml": declared})
    compile_all(open_library(["bad"], [tmp_path]))


def test_an_amount_without_declared_rounding_is_refused(tmp_path):
    text = clause("营业收入 > 0元").replace("when:", "amount: 10% * 研发费用, when:")
    assert problems(tmp_path, {"rulebooks/r.yaml": text}) == ["B-ROUNDING"]


def test_a_duplicate_key_and_an_alias_are_refused(tmp_path):
    make_pack(tmp_path, {"rulebooks/r.yaml": clause("营业收入 > 0元") + "zh: 再来\n"})
    with pytest.raises(KaiwuError, match="T-YAML-TWICE"):
        open_library(["bad"], [tmp_path])


def test_arithmetic_that_may_pass_128_bits_is_refused_with_its_bounds(tmp_path):
    wide = "营业收入 * 营业收入 * 营业收入 > 研发费用 * 研发费用 * 研发费用"
    assert problems(tmp_path, {"rulebooks/r.yaml": clause(wide)}) == ["R-WIDTH"]


def test_a_chain_of_hundreds_of_conditions_still_compiles(tmp_path):
    make_pack(tmp_path, {"rulebooks/r.yaml": clause(" 或 ".join(["营业收入 >= 1元"] * 600))})
    compile_all(open_library(["bad"], [tmp_path]))


def test_an_endless_sum_is_refused(tmp_path):
    assert problems(tmp_path, {"rulebooks/r.yaml": clause(" + ".join(["营业收入"] * 300) + " > 0元")}) == ["R-DEPTH"]


def test_the_rated_year_decides_the_version_where_the_rulebook_says_so(tmp_path):
    import datetime as dt

    files = {
        "rulebooks/a.yaml": clause(
            "营业收入 > 0元", "a", "family: f\nin_force_by: rated\nvalid: {from: 2021-01-01, to: 2021-12-31}\n"
        ),
        "rulebooks/b.yaml": clause("营业收入 > 0元", "b", "family: f\nin_force_by: rated\nvalid: {from: 2022-01-01}\n"),
    }
    make_pack(tmp_path, files)
    library = open_library(["bad"], [tmp_path])
    day = dt.date(2022, 8, 1)
    assert library.version_of("f", day).code == "a"  # a run in 2022 rates 2021
    assert library.version_of("f", day, rated=2022).code == "b"


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("periods.yaml", "- 上年", "F-KEY-TYPE"),
        ("periods.yaml", "periods: [上年]", "F-KEY-TYPE"),
        ("taxonomies/t.csv", "code,zh\na,甲,多余\n", "P-CSV"),
        ("sources.csv", "source_id,title\nA,x,y\n", "P-CSV"),
        ("taxonomies/t.csv", "code,zh\n" + "a" * 200_000 + ",甲\n", "P-CSV"),
        (
            "variables/w.yaml",
            "variables:\n  w: {zh: 数, en: W, kind: money, unit: 元, bound: [[], 1元]}",
            "F-VAR-BOUND",
        ),
        (
            "variables/w.yaml",
            "variables:\n  w: {zh: 数, en: W, kind: money, unit: 元, bound: [null, 1元]}",
            "F-VAR-BOUND",
        ),
    ],
)
def test_files_of_another_shape_are_mistakes_and_no_crash(tmp_path, path, text, code):
    assert code in problems(tmp_path, {path: text})


@pytest.mark.parametrize("key", ["pot: x", "valid: 2010", "application: [1]", "document: 办法"])
def test_keys_that_want_keys_below_them_say_so(tmp_path, key):
    text = clause("营业收入 > 0元").replace("when:", f"{key}, when:")
    assert problems(tmp_path, {"rulebooks/r.yaml": text}) == ["F-KEY-TYPE"]


def test_a_key_that_would_be_passed_over_is_refused(tmp_path):
    text = clause("营业收入 > 0元").replace("when:", "floor: 1万元, when:")
    assert problems(tmp_path, {"rulebooks/r.yaml": text}) == ["F-KEY-UNKNOWN"]


def test_a_rulebook_that_is_open_to_all_decides_everybody(tmp_path):
    import datetime as dt

    from kaiwu.pack.decide import decide

    make_pack(tmp_path, {"rulebooks/r.yaml": clause("true")})
    done = decide("r", [{}, {}], as_of=dt.date(2025, 6, 1), roots=[tmp_path])
    assert done.result.decisions["outcome"].to_list() == [1, 1]


def test_a_pack_bears_the_name_of_its_folder(tmp_path):
    assert problems(tmp_path, {"pack.yaml": "pack: other\nzh: 坏\nen: Bad\nversion: '1'\n"}) == ["P-FOLDER"]


@pytest.mark.parametrize(
    ("product", "message"),
    [("turnover", "只能给出 flag, judgement"), ("nothing", "没有声明")],
)
def test_clauses_answer_yes_or_no_and_never_produce_money(tmp_path, product, message):
    make_pack(tmp_path, {"rulebooks/r.yaml": clause("营业收入 >= 1万元", more=f"produces: {product}\n")})
    with pytest.raises(KaiwuError) as caught:
        open_library(["bad"], [tmp_path])
    (problem,) = caught.value.problems
    assert problem.code == "P-PRODUCES" and message in problem.zh
