"""A land round of the synthetic district (合成供地批次): projects of its firms, invented plots, floors and quotas, all labelled.

Owns what stands in a round's folder. Figures of firms are those of the district; plots, needs and quotas are drawn. The same
district gives the same bytes. Names of firms, plots and parks say that they are synthetic.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kaiwu.synth.district import District
from kaiwu.synth.draw import Streams

PARKS = ("合成东园", "合成西园")
MARK = "合成"
USES = ("一类工业", "二类工业", "创新型产业")
GROWTH_YEARS = 3
FLOORS = "标准厂房(楼层)"
KINDS = (("工业用地出让", 9), ("先租后让", 2), (FLOORS, 3))
"""Kinds of supply and how many of each; upgrades on own land come beside."""
UPGRADES = 1
PROJECTS = 36
PROJECT_HEADS = (
    "主体代码", "项目名称", "申请企业", "所属集团", "接受方式", "申请日期", "申请企业亩均税收(万元/亩)", "申请企业亩均增加值(万元/亩)", "申请企业劳动生产率(万元/人)",
    "申请企业研发占比(%)", "申请企业三年营收增速(%)", "强链补链项目", "列入失信或重大违法", "需求面积下限(亩)", "需求面积上限(亩)", "需求宽度(米)", "需求用途", "需求配电容量(千伏安)",
)  # fmt: skip
SUPPLY_HEADS = (
    "主体代码", "供给方式", "所属园区", "产权人", "位置", "供给面积(亩)", "宗地面积(亩)", "宗地宽度(米)", "宗地进深(米)", "允许用途", "楼面荷载(千克/平方米)", "层高(米)", "配电容量(千伏安)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """One round: its code, the day it is decided, and the year whose figures it reads."""

    code: str
    as_of: dt.date
    rated: int

    @property
    def deadline(self) -> dt.date:
        """The last day of filing."""
        return self.as_of - dt.timedelta(days=30)


def write_land_round(district: District, plan: RoundPlan, rulebook: str, folder: Path) -> Path:
    """Write ``round.yaml`` and the four tables of a round; returns its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "round.yaml").write_text(_head(plan, rulebook), encoding="utf-8")
    rng = Streams(district.seed).open(f"land round {plan.code}")
    projects = list(_projects(district, plan, rng))
    firms = [row[2] for row in projects]
    _write(folder / "projects.csv", PROJECT_HEADS, projects)
    _write(folder / "supplies.csv", SUPPLY_HEADS, _supplies(rng, firms))
    demands = list(_demands(plan, rng, [str(row[0]) for row in projects]))
    _write(
        folder / "demands.csv",
        ("主体代码", "项目", "资源", "时期", "数量"),
        [(i, *row) for i, row in enumerate(demands, start=1)],
    )
    _write(
        folder / "quotas.csv",
        ("主体代码", "资源", "园区", "时期", "数量"),
        [(i, *row) for i, row in enumerate(_quotas(plan), start=1)],
    )
    return folder


def _head(plan: RoundPlan, rulebook: str) -> str:
    drawn = plan.deadline + dt.timedelta(days=7)
    return (
        f"round: {plan.code}\nzh: {plan.as_of.year}年合成供地批次(演示)\nen: Synthetic land round of {plan.as_of.year} (demonstration)\n"
        f"rulebook: {rulebook}\nas_of: {plan.as_of}\nrated: {plan.rated}\ndeadline: {plan.deadline}\n"
        f'public_draw: {{number: "{drawn:%Y%m%d} 07 11 18 24 30 33", date: {drawn}, source: 演示用公开号码(虚构)}}\nsynthetic: true\n'
    )


def _write(path: Path, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)


def _projects(district: District, plan: RoundPlan, rng: np.random.Generator) -> Iterator[tuple[object, ...]]:
    firms = district.firms
    year = list(firms.years).index(plan.rated)
    value = {
        name: firms.measures[name][:, year]
        for name in ("tax_paid", "value_added", "staff_mean", "rd_expense", "revenue", "land")
    }
    before = firms.measures["revenue"][:, max(0, year - GROWTH_YEARS)]
    alive = np.flatnonzero(
        np.nan_to_num(value["land"]) * np.nan_to_num(value["tax_paid"]) * np.nan_to_num(value["revenue"]) > 0
    )
    per_mu = value["tax_paid"][alive] / value["land"][alive]
    able = alive[np.argsort(-per_mu, kind="stable")][: PROJECTS * 4]
    chosen = np.sort(rng.choice(able, min(PROJECTS, len(able)), replace=False))
    opened = plan.deadline - dt.timedelta(days=60)
    for number, i in enumerate(chosen.tolist(), start=1):
        wanted = rng.permutation(["工业用地出让", "先租后让", FLOORS])[: int(rng.integers(1, 4))]
        least = int(rng.integers(3, 12)) if FLOORS in wanted else int(rng.integers(8, 45))
        yield (
            f"{MARK}项目{number:03d}", f"{MARK}·增资扩产项目第{number:03d}号", firms.texts["code"][i], firms.texts["group"][i] or "",
            ">".join(str(w) for w in wanted), (opened + dt.timedelta(days=int(rng.integers(0, 60)))).isoformat(),
            _ratio(value["tax_paid"][i], value["land"][i], 4), _ratio(value["value_added"][i], value["land"][i], 4),
            _ratio(value["value_added"][i], value["staff_mean"][i], 4), _ratio(100 * value["rd_expense"][i], value["revenue"][i], 2),
            _growth(value["revenue"][i], before[i]), "是" if rng.random() < 0.25 else "否", "否", least, least + int(rng.integers(20, 60)),
            int(rng.integers(40, 120)), str(rng.choice(USES)), int(rng.integers(2, 20)) * 100,
        )  # fmt: skip


def _ratio(top: float, bottom: float, decimals: int) -> str | None:
    """A figure as a department would hand it over; blank where it is not known."""
    return None if np.isnan(top) or np.isnan(bottom) or bottom <= 0 else f"{max(top, 0) / bottom:.{decimals}f}"


def _growth(now: float, before: float) -> str | None:
    """Mean yearly growth over three years in per cent, blank without a base."""
    return (
        None
        if np.isnan(before) or before <= 0
        else f"{max(-99.0, ((now / before) ** (1 / GROWTH_YEARS) - 1) * 100):.2f}"
    )


def _supplies(rng: np.random.Generator, firms: Sequence[object]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for kind, count in KINDS:
        for _ in range(count):
            is_floor = kind == FLOORS
            area = round(float(rng.integers(20, 60)) / (4 if is_floor else 1), 1)
            allowed = "、".join(USES[: int(rng.integers(1, 4))])
            number = len(rows) + 1
            rows.append((
                f"{MARK}地块{number:02d}", kind, PARKS[number % 2], "", f"{MARK}路{number}号", area, area, int(rng.integers(80, 200)), int(rng.integers(90, 250)),
                allowed, 800 if is_floor else "", 6 if is_floor else "", int(rng.integers(8, 30)) * 100,
            ))  # fmt: skip
    for i in range(UPGRADES):
        owner = firms[i * 5]
        rows.append(
            (
                f"{MARK}自有{i + 1:02d}",
                "零土地技改",
                PARKS[i % 2],
                owner,
                f"{MARK}路自有{i + 1}号",
                30,
                30,
                150,
                130,
                "、".join(USES),
                "",
                "",
                5000,
            )
        )
    return rows


def list_plot_supplies(folder: Path) -> list[str]:
    """The supplies of a written round that are plots in public sale or lease; none where no round was written."""
    path = folder / "supplies.csv"
    if not path.is_file():
        return []
    plots = {kind for kind, _ in KINDS} - {FLOORS}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["主体代码"] for row in csv.DictReader(file) if row["供给方式"] in plots]


def _months(plan: RoundPlan) -> list[str]:
    return [f"{plan.as_of.year + 1}-{month:02d}" for month in range(1, 13)]


def _demands(plan: RoundPlan, rng: np.random.Generator, projects: Sequence[str]) -> Iterator[tuple[str, str, str, str]]:
    for name in projects:
        power = int(rng.integers(4, 20)) * 100
        for at, month in enumerate(_months(plan)):
            yield name, "月度用电负荷", month, f"{power if at >= 3 else power // 2}千伏安"
        yield name, "能耗指标", _months(plan)[0], f"{int(rng.integers(200, 2500))}吨标煤(等价值)"
        yield name, "排放指标", _months(plan)[0], f"{int(rng.integers(1, 12))}吨"


def _quotas(plan: RoundPlan) -> list[tuple[str, str, str, str]]:
    year = str(plan.as_of.year + 1)
    rows = [("月度用电负荷", park, month, "8000千伏安") for park in PARKS for month in _months(plan)]
    rows += [("能耗指标", park, year, "9000吨标煤(等价值)") for park in PARKS]
    return [*rows, ("排放指标", "", year, "60吨"), ("新增用地计划", "", "", "300亩")]
