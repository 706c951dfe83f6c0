"""A small grammar and firms for the tests of names; all invented."""

from __future__ import annotations

import datetime as dt

from kaiwu.identity import USCC, Code, Entity, EntityKind, Name, NameKind, make_uscc
from kaiwu.identity.naming.grammar import NameGrammar, Region

ZHE = Region("浙江", ("浙江",), ("浙",))
HANG = Region("杭州", ("杭州", "浙江"), ("杭",))
SU = Region("江苏", ("江苏",), ("苏",))
GRAMMAR = NameGrammar(
    forms={"股份有限公司": "joint_stock", "有限责任公司": "limited", "有限公司": "limited", "公司": "company"},
    groups=("集团", "(集团)"),
    branches=("分公司", "办事处"),
    trades=("科技", "药业", "广播电视", "信息"),
    joint=("与", "、"),
    clipped={"广播电视": "广电"},
    regions={"浙江": (ZHE,), "浙江省": (ZHE,), "杭州": (HANG,), "杭州市": (HANG,), "江苏": (SU,)},
    characters={ord("藥"): "药", ord("業"): "业"},
)
DAY = dt.date(2025, 1, 1)


def code(number: int) -> str:
    return make_uscc("9", "1", "339999", f"MA{number:06d}")


def firm(number: int, name: str, *names: Name, coded: bool = True) -> Entity:
    codes = (Code(USCC, code(number)),) if coded else ()
    return Entity(f"f{number}", EntityKind.FIRM, (Name(name), *names), codes)


FIRMS = [
    firm(1, "杭州晴川药业股份有限公司"),
    firm(2, "浙江晴川科技有限公司"),
    firm(
        3, "江苏白鹭信息股份有限公司", Name("江苏苍鹭信息股份有限公司", NameKind.FORMER, valid_to=dt.date(2019, 1, 1))
    ),
    firm(4, "浙江第三磨石有限公司"),
    firm(5, "浙江第五磨石有限公司"),
    firm(6, "青桐(集团)有限公司", Name("青桐", NameKind.BRAND)),
    firm(7, "杭州月湾广播电视股份有限公司"),
    *(
        firm(100 + i, f"浙江{a}{b}科技有限公司")
        for i, (a, b) in enumerate((a, b) for a in "东南西北中" for b in "梅兰竹菊松柏")
    ),
]
