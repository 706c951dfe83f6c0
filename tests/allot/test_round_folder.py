"""A round's folder: read whole, or refused with every mistake and its row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from round_file import DEMANDS, FILES, HEAD, PROJECTS, QUOTAS, SUPPLIES

from kaiwu.allot.result import allot
from kaiwu.allot.supply import UPGRADE
from kaiwu.pack import open_library
from kaiwu.procedure.allot.desk import trial_draw
from kaiwu.procedure.allot.folder import RoundFolder, open_folder
from kaiwu.procedure.allot.tailored import find_tailored
from kaiwu.quantity import KaiwuError

LIBRARY = open_library(["national", "reference/land"])


def write(folder: Path, **changed: str) -> Path:
    for name, text in FILES.items():
        (folder / name).write_text(changed.get(name.split(".")[0], text), encoding="utf-8")
    return folder


def read(folder: Path, **changed: str) -> RoundFolder:
    return open_folder(write(folder, **changed), LIBRARY)


def codes(folder: Path, **changed: str) -> dict[str, str]:
    with pytest.raises(KaiwuError) as caught:
        found = read(folder, **changed)
        allot(found.with_draw(trial_draw(found)))
    assert all(p.zh and p.en for p in caught.value.problems)
    return {p.code: p.where for p in caught.value.problems}


def test_a_folder_becomes_a_round_that_is_placed(tmp_path: Path) -> None:
    folder = read(tmp_path)
    placed = allot(folder.with_draw(trial_draw(folder)))
    assert placed.grants() == {"P1": "S1", "P4": "S5"}
    assert placed.statuses() == {"P1": "granted", "P2": "waiting", "P3": "missing", "P4": "granted"}
    assert folder.round.applicant("P1").score == 1000
    assert {s.kind for s in folder.round.supplies if s.owner} == {UPGRADE}
    assert folder.round.applicant("P1").demand == {"energy": {"2026-01": 300 * 10**6}}


def test_an_energy_quota_of_the_year_is_used_up_to_the_gram(tmp_path: Path) -> None:
    """P1 takes 300 and P2 200 of 500 tonnes; one gram less and P2 waits. Land: 20 and 30 mu of 50."""
    enough = QUOTAS.replace("40亩", "50亩")
    folder = read(tmp_path, quotas=enough)
    assert "P2" in allot(folder.with_draw(trial_draw(folder))).grants()
    folder = read(tmp_path, quotas=enough.replace("500吨标煤(等价值)", "499.999999吨标煤(等价值)"))
    assert "P2" not in allot(folder.with_draw(trial_draw(folder))).grants()


@pytest.mark.parametrize(
    ("file", "change", "code", "where"),
    [
        ("supplies", lambda t: t.replace("东园,,20,20", "东园,,-20,20"), "A-AREA", "supplies.csv 第2行"),
        ("supplies", lambda t: t.replace("东园,,20,20", "东园,,0,20"), "A-AREA", "supplies.csv 第2行"),
        ("supplies", lambda t: t.replace("一类工业、二类工业", "农业"), "A-VALUE", "supplies.csv 第2行"),
        ("supplies", lambda t: t.replace("S1,工业用地出让", "S1,赠送"), "A-KIND", "supplies.csv 第2行"),
        ("supplies", lambda t: t.replace("一类工业、二类工业,\n", "一类工业、二类工业,申请企业亩均税收 >= 24万元/亩\n"), "A-TAILORED", "supplies.csv 第2行"),
        ("supplies", lambda t: t.replace("一类工业、二类工业,\n", "一类工业、二类工业,申请企业 = 合成精密有限公司\n"), "A-NAMED", "supplies.csv 第2行"),
        ("projects", lambda t: t.replace("乙,工业用地出让,", "乙,,"), "A-NO-KIND", "projects.csv 第3行"),
        ("projects", lambda t: t.replace("工业用地出让,2025-08-02,20,100,15,3,", "工业用地出让,,20,100,15,3,"), "A-FILED", "projects.csv 第3行"),
        ("demands", lambda t: t.replace("P2", "P9"), "A-WHO", "demands.csv 第3行"),
        ("demands", lambda t: t.replace("200吨", "-200吨"), "A-AMOUNT", "demands.csv 第3行"),
        ("demands", lambda t: t.replace("200吨标煤(等价值)", "200亩"), "Q-", "demands.csv 第3行"),
        ("quotas", lambda t: t.replace("能耗指标", "蒸汽"), "A-RESOURCE", "quotas.csv 第2行"),
        ("quotas", lambda t: t.replace("2,新增用地计划,,,40亩\n", ""), "A-QUOTA-NONE", "R1"),
        ("round", lambda t: t.replace("land_round_trial", "land_score_ratio"), "A-RULEBOOK", "round.yaml:4"),
        ("round", lambda t: t + "moon: 1\n", "F-KEY-UNKNOWN", "round.yaml:9"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_row(
    tmp_path: Path, file: str, change: Callable[[str], str], code: str, where: str
) -> None:
    names = {"round": "round.yaml"}
    old = FILES[names.get(file, f"{file}.csv")]
    assert change(old) != old
    found = codes(tmp_path, **{file: change(old)})
    assert any(c.startswith(code) and where in place for c, place in found.items()), found


def test_conditions_of_one_plot_that_several_firms_meet_are_kept_and_bar_the_others(tmp_path: Path) -> None:
    folder = read(
        tmp_path,
        supplies=SUPPLIES.replace("一类工业、二类工业,\n", "一类工业、二类工业,申请企业亩均税收 >= 20万元/亩\n"),
    )
    assert next(s for s in folder.round.supplies if s.id == "S1").barred == {"P4"}


def test_a_score_that_is_no_step_of_the_scale_is_refused(tmp_path: Path) -> None:
    """The given score of the other form: 83.25 on a scale of 0.1."""
    library = open_library(["national", "yuhang"])
    head = HEAD.replace("land_round_trial", "yh_land_round_2023")
    projects = "主体代码,申请企业,接受方式,申请日期,用地综合评价得分,需求面积下限(亩),需求用途\nP1,甲,工业用地出让,2025-08-01,{}分,10,二类工业\n"
    files = {"quotas": QUOTAS.split("\n")[0] + "\n", "demands": DEMANDS.split("\n")[0] + "\n", "supplies": SUPPLIES.replace("先租后让", "工业用地出让").replace("S5,零土地技改,东园,丁,15,15,,\n", "")}  # fmt: skip
    folder = write(tmp_path, round=head, projects=projects.format("83.251"), **files)
    for name in ("quotas", "demands"):
        (folder / f"{name}.csv").unlink()
    with pytest.raises(KaiwuError) as caught:
        open_folder(folder, library)
    assert [p.code for p in caught.value.problems] == ["A-SCORE"]
    assert "projects.csv 第2行" in caught.value.problems[0].where
    (folder / "projects.csv").write_text(projects.format("83.25"), encoding="utf-8")
    assert open_folder(folder, library).round.applicants[0].score == 8325


def test_an_empty_template_cannot_be_run(tmp_path: Path) -> None:
    folder = write(tmp_path, round=HEAD.replace("land_round_trial", "xs_land_round"))
    with pytest.raises(KaiwuError) as caught:
        open_folder(folder, open_library(["national", "xiaoshan", "reference/land"]))
    assert [p.code for p in caught.value.problems] == ["A-TEMPLATE"]


def test_a_condition_that_only_one_firm_happens_to_meet_is_told(tmp_path: Path) -> None:
    """Three firms want land for sale; only the first has 10 万元 of tax per mu."""
    told = find_tailored(read(tmp_path, projects=PROJECTS.replace(",20,100,", ",9,100,")))
    assert (
        [(p.code, p.where) for p in told] == [("A-TAILORED", "land_sale")] and "甲" in told[0].zh and "甲" in told[0].en
    )
    assert find_tailored(read(tmp_path)) == ()
