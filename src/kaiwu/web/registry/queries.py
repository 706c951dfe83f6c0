"""Reading what the workspace knows of a firm (企业数据查询)."""

from __future__ import annotations

import polars as pl
from django.utils import timezone

from kaiwu.figure.figure import print_value
from kaiwu.web.registry.models import Firm
from kaiwu.web.screen import Section
from kaiwu.web.wording import language, pick
from kaiwu.web.workspace import workspace


def figure_section(firm: Firm) -> Section:
    """All figures of a firm by variable and period, newest first, with unit and source."""
    home = workspace()
    today = timezone.localdate()
    stored = home.figures.scan_lazily(None, today).filter(pl.col("entity") == firm.entity)
    table = (
        stored.sort("variable", "period", "known_at", "batch")
        .unique(("variable", "period"), keep="last", maintain_order=True)
        .collect()
    )
    variables = home.library.variables
    rows = []
    for row in table.sort("period", "variable", descending=[True, False]).iter_rows(named=True):
        variable = variables.get(row["variable"])
        label = row["variable"] if variable is None else pick(variable.zh, variable.en)
        text = row["raw"] if variable is None else print_value(variable, row["value"], language=language())
        cells = (("period", row["period"], "left"), ("variable", label, "left"), ("value", text, "right"), ("source", row["source"], "left"), ("known_at", str(row["known_at"]), "left"))  # fmt: skip
        rows.append({"cells": [{"code": c, "text": t, "align": a} for c, t, a in cells]})
    heads = (("period", "期间", "Period"), ("variable", "指标", "Variable"), ("value", "数值", "Value"), ("source", "来源", "Source"), ("known_at", "获知日", "Known at"))  # fmt: skip
    columns = [{"code": c, "label": pick(zh, en), "align": "right" if c == "value" else "left"} for c, zh, en in heads]
    shown = {"columns": columns, "rows": rows, "empty": {"text": pick("没有数据", "No figures")}}
    return Section("figures", pick("历年数据", "Figures by year"), shown, len(rows))
