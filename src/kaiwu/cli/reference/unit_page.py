"""The page of units, from the table of units."""

from __future__ import annotations

from kaiwu.cli.reference.markdown import code, page, table
from kaiwu.quantity.unit import known_units
from kaiwu.quantity.unit_table import STEMS

LEAD = (
    "单位前可加所列倍数(如 万元、亿千瓦时); 两个单位相除得复合单位(如 万元/亩、吨标煤/万元)。不认识的单位、丢失精度的换算都会报错。\n\n"
    "A multiplier may stand before a unit where listed; a quotient of two units is a unit (万元/亩). The factor says how many whole "
    "base units one unit is, so that conversion is exact. Unknown units and lossy conversions are errors."
)


def describe_units() -> str:
    """The page: units by dimension with spellings, multipliers and factors."""
    known = {unit.code for unit in known_units()}
    rows = [
        (stem.zh, stem.en, stem.dimension.zh, stem.dimension.en, code(stem.code), stem.factor, "、".join(stem.aliases), stem.multipliers)
        for stem in STEMS
        if stem.code in known and stem.zh
    ]  # fmt: skip
    head = ("单位", "unit", "量纲", "dimension", "code", "base units", "also written", "multipliers 倍数")
    return page("Units 单位", LEAD, table(head, rows))
