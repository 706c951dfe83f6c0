"""The table of units (计量单位): stems, spellings, factors, and which Chinese multipliers stand before them.

Owns the list. It does not own looking a unit up or combining units; see ``unit.py``. Factors are base units
of the dimension (table in ``dimension.py``) per one unit. 1 亩 = 10000/15 m², the legal mu of 666.67 m²
taken exactly, so 1 m² = 1500 base units.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from kaiwu.quantity import dimension as d
from kaiwu.quantity.dimension import Dimension


class Stem(NamedTuple):
    """One unit without multiplier: its spellings, and the multipliers (万, 亿 …) that may stand before it."""

    code: str
    zh: str
    en: str
    dimension: Dimension
    factor: Fraction
    aliases: tuple[str, ...] = ()
    multipliers: str = ""


MULTIPLIERS: dict[str, tuple[int, str, str]] = {
    "百": (10**2, "bai", "100"),
    "千": (10**3, "qian", "1k"),
    "万": (10**4, "wan", "10k"),
    "十万": (10**5, "shiwan", "100k"),
    "百万": (10**6, "baiwan", "1M"),
    "千万": (10**7, "qianwan", "10M"),
    "亿": (10**8, "yi", "100M"),
    "十亿": (10**9, "shiyi", "1G"),
    "百亿": (10**10, "baiyi", "10G"),
    "千亿": (10**11, "qianyi", "100G"),
    "万亿": (10**12, "wanyi", "1T"),
}
"""Chinese multipliers: value, code prefix, English prefix."""

_MONEY = "千 万 十万 百万 千万 亿 十亿 百亿 千亿 万亿"
_BULK = "千 万 百万 千万 亿"
_COUNT = "百 千 万 百万 千万 亿"


def _stem(code: str, zh: str, en: str, dimension: Dimension, factor: int, aliases: str = "", many: str = "") -> Stem:
    return Stem(code, zh, en, dimension, Fraction(factor), tuple(aliases.split()), many)


STEMS: tuple[Stem, ...] = (
    _stem("yuan", "元", "yuan", d.MONEY, 100, "元人民币 人民币元 CNY RMB", _MONEY),
    _stem("jiao", "角", "jiao", d.MONEY, 10, "角钱"),
    _stem("fen", "分钱", "fen", d.MONEY, 1, "分人民币"),
    _stem("usd", "美元", "US dollars", d.DOLLAR, 100, "USD 美金", _MONEY),
    _stem("mu", "亩", "mu", d.AREA, 10**6, "", _BULK),
    _stem("m2", "平方米", "m²", d.AREA, 1500, "平米 m2 m^2 sqm 平方公尺", _BULK),
    _stem("ha", "公顷", "ha", d.AREA, 15 * 10**6, "hm2 hectare hectares", "千 万"),
    _stem("km2", "平方公里", "km²", d.AREA, 15 * 10**8, "平方千米 km2 km^2", "万"),
    _stem("t", "吨", "t", d.MASS, 10**6, "公吨 ton tons tonne tonnes", _BULK),
    _stem("kg", "千克", "kg", d.MASS, 10**3, "公斤", "万"),
    _stem("g", "克", "g", d.MASS, 1),
    _stem("tce", "吨标煤", "tce", d.COAL, 10**6, "", _BULK),
    _stem("kgce", "千克标煤", "kgce", d.COAL, 10**3, "公斤标煤", "万"),
    _stem("gce", "克标煤", "gce", d.COAL, 1),
    _stem("tce_eq", "吨标煤(等价值)", "tce (equivalent value)", d.COAL_EQUIVALENT, 10**6,
          "吨标煤(等价) tce(等价值) tce(等价)", _BULK),
    _stem("kgce_eq", "千克标煤(等价值)", "kgce (equivalent value)", d.COAL_EQUIVALENT, 10**3,
          "千克标煤(等价) 公斤标煤(等价值) kgce(等价值)", "万"),
    _stem("gce_eq", "克标煤(等价值)", "gce (equivalent value)", d.COAL_EQUIVALENT, 1, "gce(等价值)"),
    _stem("tce_cal", "吨标煤(当量值)", "tce (calorific value)", d.COAL_CALORIFIC, 10**6,
          "吨标煤(当量) tce(当量值) tce(当量)", _BULK),
    _stem("kgce_cal", "千克标煤(当量值)", "kgce (calorific value)", d.COAL_CALORIFIC, 10**3,
          "千克标煤(当量) 公斤标煤(当量值) kgce(当量值)", "万"),
    _stem("gce_cal", "克标煤(当量值)", "gce (calorific value)", d.COAL_CALORIFIC, 1, "gce(当量值)"),
    _stem("kWh", "千瓦时", "kWh", d.ELECTRICITY, 10**3, "度 度电 千瓦小时 千瓦·时", "万 百万 千万 亿"),
    _stem("Wh", "瓦时", "Wh", d.ELECTRICITY, 1),
    _stem("MWh", "兆瓦时", "MWh", d.ELECTRICITY, 10**6, "", "万"),
    _stem("GWh", "吉瓦时", "GWh", d.ELECTRICITY, 10**9),
    _stem("m3", "立方米", "m³", d.VOLUME, 10**3, "m3 m^3 方 立方", _BULK),
    _stem("L", "升", "L", d.VOLUME, 1, "公升 litre litres", "万"),
    _stem("m", "米", "m", d.LENGTH, 10**3, "公尺", "万"),
    _stem("km", "公里", "km", d.LENGTH, 10**6, "千米", "万"),
    _stem("cm", "厘米", "cm", d.LENGTH, 10, "公分"),
    _stem("mm", "毫米", "mm", d.LENGTH, 1),
    _stem("person", "人", "persons", d.PERSON, 100, "名 people persons", _COUNT),
    _stem("firm", "家", "firms", d.FIRM, 1, "户 家企业 户企业 firms", _COUNT),
    _stem("item", "件", "items", d.ITEM, 1, "items", _COUNT),
    *(_stem(f"item_{code}", zh, "items", d.ITEM, 1, "", _COUNT) for code, zh in (
        ("xiang", "项"), ("ge", "个"), ("tai", "台"), ("taitao", "台套"), ("tao", "套"), ("pi", "批"),
        ("liang", "辆"), ("ci", "次"), ("pian", "篇"), ("zhi", "只"), ("tiao", "条"), ("zuo", "座"),
        ("chu", "处"), ("bu", "部"), ("ceng", "层"), ("zhong", "种"), ("mingci", "名次"), ("gu", "股"))),
    _stem("pct", "%", "%", d.RATIO, 10**6, "百分数 percent"),
    _stem("permille", "‰", "‰", d.RATIO, 10**5),
    _stem("per_10k", "‱", "‱", d.RATIO, 10**4),
    _stem("pp", "个百分点", "percentage points", d.RATIO, 10**6, "百分点 pp"),
    _stem("tenth", "成", "tenths", d.RATIO, 10**7),
    _stem("times", "倍", "times", d.RATIO, d.RATIO_ONE, "比值 小数 ratio"),
    _stem("score", "分", "points", d.SCORE, 10**6, "points"),
    _stem("level", "级", "level", d.LEVEL, 10**6),
    _stem("year", "年", "years", d.DURATION, 12, "周年 周岁 岁 years"),
    _stem("quarter", "季度", "quarters", d.DURATION, 3, "季 个季度 quarters"),
    _stem("month", "月", "months", d.DURATION, 1, "个月 months"),
    _stem("day", "天", "days", d.DAY, 1, "日 自然日 个自然日 days"),
    _stem("week", "周", "weeks", d.DAY, 7, "星期 weeks"),
    _stem("workday", "个工作日", "working days", d.WORKDAY, 1, "工作日 workdays"),
    _stem("hour", "小时", "h", d.CLOCK, 3600, "h 个小时 hours", "千 万 亿"),
    _stem("minute", "分钟", "min", d.CLOCK, 60, "minutes"),
    _stem("second", "秒", "s", d.CLOCK, 1, "秒钟 seconds"),
    _stem("kW", "千瓦", "kW", d.POWER, 10**3, "", "万 百万 千万 亿"),
    _stem("W", "瓦", "W", d.POWER, 1),
    _stem("MW", "兆瓦", "MW", d.POWER, 10**6),
    _stem("GW", "吉瓦", "GW", d.POWER, 10**9),
    _stem("kVA", "千伏安", "kVA", d.APPARENT_POWER, 10**3, "", "万"),
    _stem("VA", "伏安", "VA", d.APPARENT_POWER, 1),
    _stem("MVA", "兆伏安", "MVA", d.APPARENT_POWER, 10**6),
    _stem("calendar_year", "年", "", d.YEAR, 1, "年份 公历年"),
    _stem("card_hour", "卡时", "card hours", d.COMPUTE, 10**3, "GPU卡时 卡小时", _BULK),
    _stem("number", "", "", d.DIMENSIONLESS, 1, "无量纲 纯数"),
)  # fmt: skip

SPELLINGS: tuple[tuple[str, str], ...] = (
    *zip("萬億畝噸標準圓圆戶個級時輛項條處種層歲週鐘電頃",
         "万亿亩吨标准元元户个级时辆项条处种层岁周钟电顷", strict=True),
    ("标准煤", "标煤"),
    ("²", "2"),
    ("³", "3"),
)  # fmt: skip
"""Spellings folded before a unit is looked up: traditional forms, 标准煤, raised digits."""
