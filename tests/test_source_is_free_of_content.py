"""All content is packs: no scheme, place or document is named in the program."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import cache
from pathlib import Path

import pytest

from kaiwu.pack import builtin_packs
from kaiwu.pack.library import find_packs
from kaiwu.pack.pack import read_pack

SOURCE = Path(__file__).parents[1] / "src"
FILES = sorted(p for p in SOURCE.rglob("*.*") if p.suffix in (".py", ".html", ".css", ".js", ".toml", ".sql", ".yaml"))
PLACES = """
    杭州 宁波 温州 湖州 嘉兴 绍兴 台州 萧山 余杭 滨江 钱塘 黄岩 富阳 临平 德清 海宁 北仑 浙江 北京 深圳 南沙 山东 安徽 重庆 天津
    hangzhou ningbo xiaoshan yuhang binjiang qiantang huangyan taizhou zhejiang beijing shenzhen nansha
"""
SCHEMES = """
    专精特新 小巨人 单项冠军 高新技术企业 高企 亩均论英雄 天工鼎 金鼎 腾笼换鸟 内生裂变 算力券 智能券 语料券 场景券 数改券 未来工厂
    数据得地 标准地 链主 415X 296X 2+3+X srdi little_giant hightech_20 tiangong permu_20 suanli yamujun
"""
GENERIC = {"全国", "national", "示范县", "demo", "供需对接", "market", "合成区"}
"""Names of packs that are ordinary words."""


@cache
def names_in_packs() -> frozenset[str]:
    """Codes and Chinese names of the packs that come with Kaiwu, and of all their rulebooks."""
    names: set[str] = set()
    for code, folder in find_packs([builtin_packs()]).items():
        pack = read_pack(folder)
        names |= {pack.zh} | ({code} if "/" not in code else set())
        for name in pack.names("rulebooks"):
            head = pack.document(name).data
            names |= {str(head["rulebook"]), str(head["zh"])}
    return frozenset({n for n in names if len(n) > 3 or not n.isascii()} - GENERIC)


def find_names(text: str, names: Set[str]) -> list[str]:
    """Names that occur in a text; those in ASCII only as whole words (``_`` and digits may follow)."""
    low = text.lower()
    return sorted(
        n
        for n in names
        if (re.search(rf"(?<![a-z]){re.escape(n.lower())}(?![a-z])", low) if n.isascii() else n in text)
    )


def test_the_search_finds_what_it_looks_for() -> None:
    assert find_names('default="xiaoshan"  # 萧山的算力券', {"萧山", "xiaoshan", "算力券", "余杭"}) == [
        "xiaoshan",
        "算力券",
        "萧山",
    ]
    assert find_names("the xiaoshanese", {"xiaoshan"}) == []


def test_names_are_gathered_from_the_packs() -> None:
    names = names_in_packs()
    assert {"xiaoshan", "萧山", "demo_star_2024"} <= names


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_no_file_of_the_program_names_a_scheme_or_place(path: Path) -> None:
    found = find_names(path.read_text(encoding="utf-8"), names_in_packs() | set(PLACES.split()) | set(SCHEMES.split()))
    assert found == [], f"move this to a pack: {path.relative_to(SOURCE)}"
