"""A rubric with mistakes is refused, each mistake at its place and in both languages."""

from __future__ import annotations

import pytest
from town import HEAD, TABLE, VERDICT, rubric

from kaiwu.quantity import KaiwuError

ITEM = "items: [{code: a, zh: 甲, en: A, max: 10分, %s}]\n"
ROWS = 'bands: {of: 营业收入, edges: "[)", rows: [%s]}'


def codes_of(text: str) -> set[str]:
    with pytest.raises(KaiwuError) as caught:
        rubric(text)
    for problem in caught.value.problems:
        assert problem.zh
        assert problem.en
        assert problem.where.startswith("rubric.yaml:")
    return {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("full: 12分\n" + ITEM % (ROWS % "{from: 5元, points: 10分}, {to: 5元, points: 0分}"), "S-RUBRIC-SUM"),
        ("full: 10分\n" + ITEM % (ROWS % "{from: 5元, points: 10分}, {to: 4元, points: 0分}"), "S-BAND-GAP"),
        ("full: 10分\n" + ITEM % (ROWS % "{from: 5元, points: 10分}, {to: 6元, points: 0分}"), "S-BAND-OVERLAP"),
        ("full: 10分\n" + ITEM % (ROWS % "{from: 5元, points: 10分}"), "S-BAND-OPEN"),
        ("full: 10分\n" + ITEM % (ROWS % "{from: 5元, points: 9分}, {to: 5元, points: 0分}"), "S-RUBRIC-MAX"),
        ("full: 10分\n" + ITEM % "bands: {of: 营业收入, rows: [{points: 10分}]}", "S-EDGES"),
        ("full: 10分\n" + ITEM % "expert: [3分, 1分]", "S-RUBRIC-RANGE"),
        ("full: 10分\n" + ITEM % "slot: 营业收入", "S-RUBRIC-SLOT"),
        ("full: 10分\n" + ITEM % "slot: 平台得分", "S-RUBRIC-SLOT"),
        ("full: 10分\n" + ITEM % "expert: [0分, 10分], given: 营业收入", "S-RUBRIC-GIVEN"),
        ("full: 10分\n" + ITEM % "note: 没有计分方式", "S-RUBRIC-FORM"),
        ("full: 10分\n" + ITEM % "expert: [0分, 10分], formula: 10分", "S-RUBRIC-FORM"),
        ("full: 10分\n" + ITEM % "levels: {rows: [{when: 获奖, points: 10分}]}", "F-KEY-MISSING"),
        ("full: 10分\n" + ITEM % "levels: {rows: [{when: 获过奖, points: 10分}], otherwise: 0分}", "R-NAME"),
        ("full: 10分\n" + ITEM % "choose: {by: 所选口径, options: [{value: sales, expert: [0分, 10分]}]}", "S-RUBRIC-CHOICE"),
        ("full: 20分\nitems: [{code: a, zh: 甲, en: A, max: 10分, expert: [0分, 10分]}, {code: a, zh: 乙, en: B, max: 10分, expert: [0分, 10分]}]", "S-TWICE"),
        ("full: 10分\npass: 11分\n" + ITEM % "expert: [0分, 10分]", "S-RUBRIC-MARK"),
        ("full: 10分\npass: {above: 10分}\n" + ITEM % "expert: [0分, 10分]", "S-RUBRIC-MARK"),
        ("full: 10分\npass: []\n" + ITEM % "expert: [0分, 10分]", "S-RUBRIC-MARK"),
        (
            "full: 10分\ngates: [{zh: 甲, en: A, when: 获奖}]\nblocks: [{code: b, zh: 块, en: B, floor: 5分, items: [{code: a, zh: 甲, en: A, max: 10分, expert: [0分, 10分]}]}]",
            "S-RUBRIC-FLOOR",
        ),
        ("full:\n" + ITEM % "expert: [0分, 10分]", "F-KEY-MISSING"),
        ("full: 10分\nitems: [{code: a, zh: 甲, en: A, max: , expert: [0分, 10分]}]", "F-KEY-MISSING"),
        ("full: 10分\npass: {of: b, from: 5分}\n" + ITEM % "expert: [0分, 10分]", "S-RUBRIC-MARK"),
        ("full: 10分\npass: {from: 5分, above: 5分}\n" + ITEM % "expert: [0分, 10分]", "S-RUBRIC-MARK"),
        ("full: 10分\nroutes: [{id: r, zh: 路, en: way}]\n" + ITEM % "expert: [0分, 10分]", "S-RUBRIC-OPEN"),
        ("full: 10分\npass: 5分\nroutes: [{id: r, zh: 路, en: way, pass: 5分}]\n" + ITEM % "expert: [0分, 10分]", "S-RUBRIC-ROUTES"),
        ("full: 10分\nblocks: [{code: b, zh: 块, en: B, rubric: other}]", "S-RUBRIC-NEST"),
        ("full: 10分\nblocks: [{code: b, zh: 块, en: B, max: 5分, items: [{code: a, zh: 甲, en: A, max: 10分, expert: [0分, 10分]}]}]", "S-RUBRIC-SUM"),
        ("full: 10分\n", "S-RUBRIC-EMPTY"),
        ('full: 10分\ngrades: {edges: "[)", rows: [{class: x, from: 5分}, {class: y, to: 4分}]}\n' + ITEM % "expert: [0分, 10分]", "S-BAND-GAP"),
        ('full: 10分\ngrades: {edges: "[)", rows: [{class: x, from: 5分}]}\n' + ITEM % "expert: [0分, 10分]", "S-BAND-OPEN"),
        ("full: 10分\nchanges: {articles: [一]}\n" + ITEM % "expert: [0分, 10分]", "S-CHANGES"),
        ("full: 10分\nproduces: grade\n" + ITEM % "expert: [0分, 10分]", "S-PRODUCES"),
        ("full: 10分\npases: 5分\n" + ITEM % "expert: [0分, 10分]", "F-KEY-UNKNOWN"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_at_its_place(text: str, code: str) -> None:
    assert code in codes_of(HEAD + text)


def test_all_mistakes_are_told_together() -> None:
    text = HEAD + "full: 11分\n" + ITEM % (ROWS % "{from: 5元, points: 9分}, {to: 4元, points: 0分}")
    assert {"S-RUBRIC-SUM", "S-RUBRIC-MAX", "S-BAND-GAP"} <= codes_of(text)


def test_the_model_table_is_sound() -> None:
    scheme = rubric(HEAD + TABLE + VERDICT)
    assert [route.code for route in scheme.book.routes] == ["score", "prize"]
    assert {"share", "numbers", "score"} <= set(scheme.titles())
