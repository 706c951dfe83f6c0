"""Programmes are read with every mistake at its place; those that ship say what is unknown and guess nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaiwu.pack import builtin_packs, open_library
from kaiwu.pack.library import find_packs
from kaiwu.quantity import KaiwuError

PACK = 'pack: town\nzh: 小镇\nen: Town\nversion: "1"\n'
VARIABLES = "variables:\n  cost: {zh: 费用, en: Cost, kind: money, unit: 万元, bound: [0元, 10亿元], owner: 企业}\n"
RULEBOOK = """\
rulebook: town_grant
kind: clauses
zh: 小镇补助
en: Grant
document: {title: 办法, date: 2025-01-01}
valid: {from: 2025-01-01}
rounding: {to: 1元, mode: half_up}
clauses:
  - {id: a, article: 第一条, zh: 补助, en: Grant, when: 费用 > 0元, amount: 10% * 费用}
"""
GOOD = """\
programme: town_pay
zh: 小镇兑付
en: Payment
rulebook: town_grant
pot: {code: town, year: 2025, amount: 100万元}
funds: [{code: own, zh: 本级, en: own, level: county, share: 100%}]
facts: {费用: paid}
stages: [{code: treasury, zh: 国库, en: treasury, kind: treasury, role: 国库}]
"""


def read(tmp_path: Path, programme: str) -> list[str]:
    """The codes of the mistakes of a programme."""
    folder = tmp_path / "town"
    for name, text in {
        "pack.yaml": PACK,
        "variables/v.yaml": VARIABLES,
        "rulebooks/r.yaml": RULEBOOK,
        "programmes/p.yaml": programme,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    try:
        open_library(["town"], [tmp_path])
    except KaiwuError as error:
        assert all(p.zh and p.en and "programmes/p.yaml:" in p.where for p in error.problems), str(error)
        return [p.code for p in error.problems]
    return []


def test_a_short_programme_is_enough(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD) == []
    made = open_library(["town"], [tmp_path]).programme("town_pay")
    assert made.clauses == ("a",) and made.notice.days is None and made.document.title == "办法"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("town_grant\n", "nothing\n", "P-PROGRAMME-BOOK"),
        ("pot:", "clauses: [b]\npot:", "P-PROGRAMME-CLAUSE"),
        ("share: 100%", "share: 90%", "P-PROGRAMME-SHARE"),
        ("share: 100%", "share: 120%", "P-PROGRAMME-SHARE"),
        ("facts: {费用: paid}", "facts: {费用: guessed}", "P-PROGRAMME-ORIGIN"),
        ("facts: {费用: paid}", "facts: {营收: paid}", "F-VAR-UNKNOWN"),
        ("kind: treasury", "kind: approval", "P-PROGRAMME-CHAIN"),
        ("year: 2025, ", "", "P-PROGRAMME-POT"),
        ("amount: 100万元", "amount: 100亩", "Q-DIMENSION"),
        ("pot:", "source: W99\npot:", "P-SOURCE"),
        ("pot:", "pots: 1\npot:", "F-KEY-UNKNOWN"),
        ("stages: [", "checks: [{check: leading_digit, severity: blocks}]\nstages: [", "P-PROGRAMME-HINT"),
        ("stages: [", "checks: [{check: split_contract}]\nstages: [", "P-PROGRAMME-CHECK"),
        ("stages: [", "stages: [{code: treasury, zh: 甲, en: a, role: 甲}, ", "P-PROGRAMME-TWICE"),
        ("stages: [", "instalments: [{code: i, zh: 一, en: one, share: 100%, materials: [x]}]\nstages: [", "P-PROGRAMME-MATERIAL"),
        ("stages: [", "calendar: {holidays: [十月]}\nstages: [", "F-KEY-TYPE"),
        ("stages: [", "survey: {months: 12}\nstages: [", "P-PROGRAMME-SURVEY"),
        ("funds: [{code: own, zh: 本级, en: own, level: county, share: 100%}]\n", "", "P-PROGRAMME-FUND"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_place(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in GOOD
    found = read(tmp_path, GOOD.replace(old, new, 1))
    assert found == [code] or (code == "Q-DIMENSION" and len(found) == 1)


def test_all_mistakes_come_in_one_report(tmp_path: Path) -> None:
    bad = (
        GOOD.replace("share: 100%", "share: 90%")
        .replace("kind: treasury", "kind: what")
        .replace("费用: paid", "费用: x")
    )
    assert {"P-PROGRAMME-SHARE", "F-KEY-WORD", "P-PROGRAMME-ORIGIN"} <= set(read(tmp_path, bad))


def test_what_ships_marks_what_is_not_attested() -> None:
    packs = find_packs([builtin_packs()])
    names = [code for code, folder in packs.items() if (folder / "programmes").is_dir()]
    programmes = [p for code in names for p in open_library([code]).programmes.values() if p.pack == code]
    assert len(programmes) >= 7
    templates = [p for p in programmes if p.status == "template"]
    assert (
        len(templates) == 5
        and {p.pot.amount for p in templates} == {24_000_000_000}
        and len({p.pot.code for p in templates}) == 1
    )
    for programme in programmes:
        parts = (
            programme.pot,
            *programme.funds,
            *programme.materials,
            *programme.stages,
            *programme.instalments,
            *programme.claw_back,
        )
        assert all(part.ground.standing != "attested" for part in parts), programme.code
        assert not any(p.funds or p.stages or p.checks for p in templates)
