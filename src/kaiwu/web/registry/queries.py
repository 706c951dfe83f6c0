"""Reading what the workspace knows of a firm (企业数据查询)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import polars as pl
from django.urls import reverse
from django.utils import timezone

from kaiwu.figure.figure import print_value
from kaiwu.figure.variable import Variable
from kaiwu.identity import NameKind
from kaiwu.pack.profile import read_profile
from kaiwu.web.account.models import Person
from kaiwu.web.registry.models import Firm
from kaiwu.web.screen import Section
from kaiwu.web.screen.table import make_table
from kaiwu.web.wording import language, pick
from kaiwu.web.workspace import workspace

YEARS = 5
"""Years of the main figures on a firm's page."""
YEAR_CHARACTERS = 4
SHOWN = 60
"""Figures on a firm's page; all of them stand on a page of their own."""


def newest_figures(variables: Collection[str] | None, day: dt.date, entity: str = "") -> pl.DataFrame:
    """The figure of every entity, variable and period that stands on a day: the last one recorded."""
    stored = workspace().figures.scan_lazily(variables, day)
    chosen = stored.filter(pl.col("entity") == entity) if entity else stored
    ordered = chosen.sort("entity", "variable", "period", "known_at", "batch")
    return ordered.unique(("entity", "variable", "period"), keep="last", maintain_order=True).collect()


def figure_section(firm: Firm, person: Person) -> Section:
    """The newest figures of a firm with unit and source, and the way to all of them."""
    rows = list_figures(firm)
    url = reverse("firm-figures", args=[firm.entity])
    actions = (
        [{"label": pick(f"全部 {len(rows)} 条", f"all {len(rows)}"), "url": url, "method": "get"}]
        if len(rows) > SHOWN
        else []
    )
    return Section(
        "figures", pick("历年数据", "Figures by year"), figure_table(rows[:SHOWN]), len(rows), actions=actions
    )


def list_figures(firm: Firm) -> list[tuple[str, ...]]:
    """All figures of a firm: period, variable, value, source, known at; yearly ones first, the newest on top."""
    table = newest_figures(None, timezone.localdate(), firm.entity)
    variables = workspace().library.variables
    is_yearly = pl.col("period").str.len_chars() == YEAR_CHARACTERS
    rows: list[tuple[str, ...]] = []
    for row in table.sort(~is_yearly, "period", "variable", descending=[False, True, False]).iter_rows(named=True):
        variable = variables.get(row["variable"])
        label = row["variable"] if variable is None else pick(variable.zh, variable.en)
        text = row["raw"] if variable is None else print_value(variable, row["value"], language=language())
        rows.append((row["period"], label, text, row["source"], str(row["known_at"])))
    return rows


def figure_table(rows: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    """Figures as a table of a page."""
    heads = (
        pick("期间", "Period"),
        pick("指标", "Variable"),
        pick("数值", "Value"),
        pick("来源", "Source"),
        pick("获知日", "Known at"),
    )
    return make_table(heads, rows, right=(2,))


def main_figures(firm: Firm, person: Person) -> Section | None:
    """The main figures of the pack's profile, one row each, one column a year."""
    chosen = read_profile(workspace().library).figures
    table = newest_figures([v.code for v in chosen], timezone.localdate(), firm.entity) if chosen else None
    if table is None or not table.height:
        return None
    years = sorted({p[:4] for p in table["period"] if p[:4].isdecimal()}, reverse=True)[:YEARS]
    kept = {(row["variable"], row["period"]): row["value"] for row in table.iter_rows(named=True)}
    rows = [(pick(v.zh, v.en), *(_print(v, kept.get((v.code, year))) for year in years)) for v in chosen]
    heads = (pick("指标", "Variable"), *years)
    return Section("main", pick("主要数据", "Main figures"), make_table(heads, rows, right=range(1, len(heads))))


def _print(variable: Variable, value: int | None) -> str:
    return "" if value is None else print_value(variable, value, language=language())


def names_section(firm: Firm, person: Person) -> Section | None:
    """The names of a firm over time, where there was more than one."""
    register = workspace().register
    if firm.entity not in register:
        return None
    kinds = {
        NameKind.LEGAL: ("法定名称", "legal"),
        NameKind.FORMER: ("曾用名", "former"),
        NameKind.SHORT: ("简称", "short"),
        NameKind.BRAND: ("品牌", "brand"),
    }
    names = register.entity(firm.entity).names
    rows = [(n.text, pick(*kinds[n.kind]), str(n.valid_from or ""), str(n.valid_to or ""), n.source) for n in names]
    heads = (pick("名称", "Name"), pick("类型", "Kind"), pick("起", "From"), pick("止", "To"), pick("来源", "Source"))
    return (
        Section("names", pick("名称沿革", "Names over time"), make_table(heads, rows), len(rows))
        if len(rows) > 1
        else None
    )
