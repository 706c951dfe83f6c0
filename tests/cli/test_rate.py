"""``kaiwu rate``: from a method file and a table to places, parts, certainty, advice and pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kaiwu.cli.rate_command import rate_group

METHOD = """
method: trial
zh: 十县试排
en: Ten counties
synthetic: true
units: 代码
names: 名称
groups: [league]
quota: {平原: 2, 山区: 1}
closes: 2999-12-31
weights_sum: 100
indicators:
  - {code: index, zh: 总指数, en: Index}
  - {code: quality, zh: 质量, en: Quality, parent: index, weight: 60}
  - {code: added, zh: 工业增加值, en: Value added, parent: quality, weight: 50, direction: higher, unit: 亿元, statistical: true}
  - {code: chargers, zh: 充电桩, en: Chargers, parent: quality, weight: 50, direction: higher, unit: 个}
  - {code: green, zh: 绿色, en: Green, parent: index, weight: 40}
  - {code: energy, zh: 单位能耗, en: Energy, parent: green, weight: 70, direction: lower, unit: 吨标煤/万元, statistical: true}
  - {code: roofs, zh: 光伏屋顶, en: Solar roofs, parent: green, weight: 30, direction: higher, unit: 万平方米}
steps:
  - normalise: {by: min_max, to: [40, 100], within: league}
  - aggregate: {by: arithmetic}
  - rank: {decimals: 2, ties: min, within: league}
classes:
  - {code: A, zh: A类, en: class A, least: 85}
levers:
  - {code: chargers, zh: 新建充电桩, en: build chargers, up: 300, cost: 2, decimals: 0}
  - {code: roofs, zh: 铺设光伏屋顶, en: cover roofs, up: 20, cost: 30, decimals: 1}
  - {code: added, zh: 报高, en: report more, up: 100}
"""
VALUES = """代码,名称,league,工业增加值,充电桩,单位能耗,光伏屋顶
C01,东山,平原,412,320,0.41,12
C02,南河,平原,388.5,280,0.38,25
C03,西岭,山区,96.2,90,0.55,8
C04,北湖,平原,275,150,0.47,18
C05,前溪,平原,301.4,410,0.36,9
C06,后塘,平原,298,95,0.62,4
C07,左岸,山区,88,120,0.58,15
C08,右屿,山区,61.5,60,0.71,6
C09,上林,山区,120.3,75,0.49,3
C10,下沙,平原,190.8,210,0.44,14
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "m.yaml").write_text(METHOD, encoding="utf-8")
    (tmp_path / "v.csv").write_text(VALUES, encoding="utf-8")
    return str(tmp_path / "m.yaml"), str(tmp_path / "v.csv")


def call(command: str, files: tuple[str, str], *more: str, code: int = 0) -> str:
    done = CliRunner().invoke(rate_group, [command, *files, *more])
    assert done.exit_code == code, done.output
    return done.output


def test_ranks_inside_leagues(files: tuple[str, str]) -> None:
    rows = {r["unit"]: r for r in json.loads(call("rank", files, "--json"))["units"]}
    assert [u for u, r in rows.items() if r["rank"] == 1] == ["C02", "C07"]
    assert "合成数据" in call("rank", files) and "89.37" in call("rank", files)


def test_parts_and_gaps_sum_to_what_is_printed(files: tuple[str, str]) -> None:
    for command, units, whole in (("explain", ["C04"], 6449), ("compare", ["C04", "C01"], 6449 - 8717)):
        parts = json.loads(call(command, files, *units, "--json"))["parts"]
        parents = {p["parent"] for p in parts}
        assert sum(p["points"] for p in parts if p["code"] not in parents) == parts[0]["points"] == whole


def test_a_year_is_compared_by_cause(files: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text(VALUES.replace("275,150", "275,120"), encoding="utf-8")
    gap = json.loads(call("compare", files, "C04", "--before", str(tmp_path / "old.csv"), "--json"))
    assert gap["points"] > 0 and {c["code"]: c["points"] for c in gap["causes"] if c["points"]} == {
        "data": gap["points"]
    }
    call("compare", files, "C04", code=2)


def test_certainty_lists_everybody_and_the_choices(files: tuple[str, str]) -> None:
    told = json.loads(call("certainty", files, "--runs", "100", "--sobol", "--json"))
    assert len(told["units"]) == 10 and told["sobol"]["choices"] == ["normalise", "means", "leave_out", "weights"]
    assert sum(u["chance"] for u in told["units"] if u["league"] == "平原") == pytest.approx(2, abs=0.05)


def test_advice_names_the_action_and_never_a_statistic(files: tuple[str, str]) -> None:
    told = call("advise", files, "C09", "--target", "rank:1")
    assert (
        "新建充电桩: 充电桩 75 → 89 个" in told
        and "已重新计算核实" in told
        and "不作改动建议" in told
        and "报高" not in told
    )
    assert "cannot reach “class A”" in call("advise", files, "C06", "--target", "class:A", "--lang", "en")
    assert "IX-ADVICE-TARGET" in call("advise", files, "C06", "--target", "class:Z", "--json", code=2)
    assert "IX-UNIT-UNKNOWN" in call("advise", files, "nobody", "--target", "rank:1", "--json", code=2)


def test_a_closed_period_is_settled(files: tuple[str, str]) -> None:
    path = Path(files[0])
    path.write_text(METHOD.replace("2999-12-31", "2020-12-31"), encoding="utf-8")
    assert "已定, 不可更改" in call("advise", files, "C09", "--target", "rank:1")


def test_the_diagnosis_speaks_both_languages(files: tuple[str, str]) -> None:
    assert "克龙巴赫" in call("diagnose", files) and "Cronbach's alpha" in call("diagnose", files, "--lang", "en")


def test_pages_and_workbook_are_written(files: tuple[str, str], tmp_path: Path) -> None:
    call("report", files, "--out", str(tmp_path / "out"), "--target", "rank:1")
    home, unit = ((tmp_path / "out" / name).read_text(encoding="utf-8") for name in ("index.html", "C04.html"))
    assert home.count("<circle") == 10 and 'href="C04.html"' in home and "稳入" in home
    assert (
        "各项相加等于得分" in unit and "与前溪的差距 -21.02" in unit and "与东山的差距 -22.68" in unit
    )  # before it; last in the quota
    assert "合成数据" in unit and (tmp_path / "out" / "league.xlsx").stat().st_size > 5000


def test_bad_cells_columns_and_keys_are_located(files: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(VALUES.replace("388.5", "约388"), encoding="utf-8")
    told = json.loads(call("rank", (files[0], str(tmp_path / "bad.csv")), "--json", code=2))["problems"]
    assert [(p["code"], p["where"]) for p in told] == [("IX-VALUES-NUMBER", "bad.csv: 3, 工业增加值")]
    (tmp_path / "short.csv").write_text(VALUES.replace("充电桩", "别的"), encoding="utf-8")
    assert "IX-VALUES-ABSENT" in call("rank", (files[0], str(tmp_path / "short.csv")), "--json", code=2)
    Path(files[0]).write_text(METHOD.replace("levers:", "lever:"), encoding="utf-8")
    assert "F-KEY-UNKNOWN" in call("rank", files, "--json", code=2)


PARTS = """代码,code,year,part,total
C04,工业增加值,2022,120,240
C04,工业增加值,2023,140,260
C04,工业增加值,2024,135,275
C04,added,2025,150,
"""


def test_an_open_year_is_nowcast_with_intervals(files: tuple[str, str], tmp_path: Path) -> None:
    Path(files[1]).write_text(VALUES.replace("平原,275,150", "平原,,150"), encoding="utf-8")
    (tmp_path / "p.csv").write_text(PARTS, encoding="utf-8")
    more = (str(tmp_path / "p.csv"), "--year", "2025", "--months", "6")
    found = json.loads(call("nowcast", files, *more, "--json"))
    (figure,) = found["figures"]
    assert (figure["unit"], figure["code"]) == ("C04", "added") and figure["low"] < figure["total"] < figure["high"]
    (unit,) = [u for u in found["units"] if u["unit"] == "C04"]
    assert unit["low"] < unit["score"] < unit["high"] and unit["best"] <= unit["rank"] <= unit["worst"]
    told = call("nowcast", files, *more)
    assert "2025 年全年推算" in told and "不代表概率" in told and "合成数据" in told


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("2023,140,260", "2023,140,", "IX-NOWCAST-TOTAL"),
        ("2025,150,", "2025,150,300", "IX-NOWCAST-KNOWN"),
        ("C04,added,2025,150,\n", "", "IX-NOWCAST-PART"),
        ("2023,140,260", "2022,140,260", "IX-VALUES-TWICE"),
        ("2023,140", "2023,许多", "IX-VALUES-NUMBER"),
        ("C04,added,2025", "C04,addition,2025", "IX-METHOD-CODE"),
        ("code,year", "what,year", "IX-VALUES-ABSENT"),
    ],
)
def test_a_wrong_table_of_parts_is_refused_with_row_and_column(
    files: tuple[str, str], tmp_path: Path, old: str, new: str, code: str
) -> None:
    assert old in PARTS
    Path(files[1]).write_text(VALUES.replace("平原,275,150", "平原,,150"), encoding="utf-8")
    (tmp_path / "p.csv").write_text(PARTS.replace(old, new), encoding="utf-8")
    told = call(
        "nowcast", files, str(tmp_path / "p.csv"), "--year", "2025", "--months", "6", "--json", code=2
    )  # fmt: skip
    assert code in told and "p.csv" in told


def test_weights_behind_printed_totals_are_recovered_and_the_unknown_named(
    files: tuple[str, str], tmp_path: Path
) -> None:
    rows = {r["unit"]: r["score"] for r in json.loads(call("rank", files, "--json"))["units"]}
    lines = VALUES.splitlines()
    printed = [lines[0] + ",总分", *(f"{line},{rows[line[:3]] / 100:.2f}" for line in lines[1:])]
    Path(files[1]).write_text("\n".join(printed), encoding="utf-8")
    found = json.loads(call("recover", files, "--total", "总分", "--decimals", "2", "--json"))
    true = {"added": 0.3, "chargers": 0.3, "energy": 0.28, "roofs": 0.12}
    assert all(b["low"] - 1e-6 <= true[b["code"]] <= b["high"] + 1e-6 for b in found["weights"]) and found["unknown"] == []  # fmt: skip
    few = [line for line in lines if line[:3] in ("代码,", "C01", "C02", "C04")]
    Path(files[1]).write_text("\n".join(few), encoding="utf-8")
    rows = {r["unit"]: r["score"] for r in json.loads(call("rank", files, "--json"))["units"]}
    again = [few[0] + ",总分", *(f"{line},{rows[line[:3]] / 100:.2f}" for line in few[1:])]
    Path(files[1]).write_text("\n".join(again), encoding="utf-8")
    told = call("recover", files, "--total", "总分", "--decimals", "2")
    assert "不能确定" in told and "只是推断" in told
    assert "IX-VALUES-ABSENT" in call("recover", files, "--total", "没有", "--decimals", "2", "--json", code=2)
    Path(files[0]).write_text(METHOD.replace("arithmetic", "geometric"), encoding="utf-8")
    assert "IX-RECOVER-LINEAR" in call("recover", files, "--total", "总分", "--decimals", "2", "--json", code=2)


def test_a_radar_is_drawn_only_where_it_is_asked_for(files: tuple[str, str], tmp_path: Path) -> None:
    page, folder = tmp_path / "C04.html", tmp_path / "out"
    call("explain", files, "C04", "--page", str(page))
    assert "北湖" in page.read_text(encoding="utf-8") and "指标得分" not in page.read_text(encoding="utf-8")
    call("explain", files, "C04", "--page", str(page), "--radar")
    assert "指标得分" in page.read_text(encoding="utf-8")
    call("explain", files, "C04", "--radar", code=2)
    call("report", files, "--out", str(folder), "--radar")
    assert "指标得分" in (folder / "C04.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("C10,下沙,平原", "C01,下沙,山区", "IX-LEAGUE-TWO", "v.csv: 2, 11"),
        ("C10,下沙,平原", "C01,下沙,平原", "IX-VALUES-UNIT", "v.csv: 2, 11"),
        ("C10,下沙,平原", ",下沙,平原", "IX-VALUES-UNIT", "v.csv: 11"),
        ("充电桩,单位能耗", "工业增加值,单位能耗", "IX-VALUES-HEAD", "v.csv"),
        ("388.5", "很多", "IX-VALUES-NUMBER", "v.csv: 3, 工业增加值"),
        ("\nC02", "\n\n,,,,,,\nC02", "", ""),
    ],
)
def test_a_wrong_table_is_refused_with_its_rows(
    files: tuple[str, str], old: str, new: str, code: str, place: str
) -> None:
    assert old in VALUES
    Path(files[1]).write_text(VALUES.replace(old, new, 1), encoding="utf-8")
    told = call("rank", files, "--json", code=2 if code else 0)
    assert code in told and place in told


def test_rows_that_end_early_and_other_encodings_are_no_crash(files: tuple[str, str]) -> None:
    Path(files[1]).write_text(VALUES.replace("0.44,14", "0.44"), encoding="utf-8")
    assert len(json.loads(call("rank", files, "--json"))["units"]) == 10
    Path(files[1]).write_bytes(VALUES.encode("gbk"))
    assert "IX-VALUES-ENCODING" in call("rank", files, "--json", code=2)
