"""The words of firm names that packs bring, and what is wrong with a file of them."""

from __future__ import annotations

import pytest

from kaiwu.identity import Entity, EntityKind, Name, NameKind
from kaiwu.identity.naming.reading import NameReader
from kaiwu.pack import open_library
from kaiwu.pack.alias_shelf import add_aliases, read_aliases
from kaiwu.pack.library import build_library
from kaiwu.pack.name_shelf import build_grammar, open_grammar
from kaiwu.pack.pack import make_pack
from kaiwu.quantity import KaiwuError

HEAD = 'pack: p\nzh: 甲\nen: A\nversion: "1"\n'


def test_the_shipped_words_take_a_name_apart_by_province_prefecture_and_county() -> None:
    grammar = open_grammar(open_library(["zhejiang"]))
    parts = NameReader(grammar).read("浙江省杭州市萧山区某某科技有限公司")
    assert [r.zh for r in parts.regions] == ["浙江", "杭州", "萧山"]
    assert parts.regions[2].agrees_with(parts.regions[0])
    assert grammar.level("臺灣華業") == "台湾华业"


def test_two_divisions_of_one_name_are_told_apart_by_what_stands_before() -> None:
    reader = NameReader(open_grammar(open_library(["zhejiang"])))
    assert reader.read("上海普陀某某有限公司").regions[1].lineage[1] == "上海"
    assert reader.read("浙江舟山普陀某某有限公司").regions[2].lineage[1] == "舟山"


def test_every_mistake_of_the_files_is_told_with_its_place() -> None:
    files = {
        "pack.yaml": HEAD,
        "names/a.yaml": "names:\n  form: {公司: company}\n  regions: [杭州]\n",
        "names/b.csv": "simplified,traditional\n药,\n",
    }
    with pytest.raises(KaiwuError) as caught:
        build_grammar([make_pack(files, "p")])
    places = {p.where.split(" ")[0].rstrip(":") for p in caught.value.problems}
    assert {"p/names/a.yaml:2:9", "p/names/a.yaml:3:12", "p/names/b.csv:2"} <= places


def test_packs_without_words_take_nothing_apart() -> None:
    parts = NameReader(build_grammar([make_pack({"pack.yaml": HEAD}, "p")])).read("杭州某某有限公司")
    assert parts.core == parts.text


def test_a_pack_brings_brands_and_short_names_of_firms_by_code_or_full_name() -> None:
    files = {
        "pack.yaml": HEAD,
        "names/alias.csv": "firm,alias,kind,source\n甲子机械有限公司,甲机,short,S1\n91330000X,子牌,brand,S1\n",
    }
    aliases = read_aliases(build_library([make_pack(files, "p")]))
    firms = [Entity("a", EntityKind.FIRM, (Name("甲子机械有限公司"),)), Entity("b", EntityKind.FIRM, (Name("乙"),))]
    first, second = add_aliases(firms, aliases)
    assert [(n.text, n.kind) for n in first.names][1:] == [("甲机", NameKind.SHORT)] and second is firms[1]
    assert build_grammar([make_pack(files, "p")]).characters == {}


def test_an_alias_without_a_firm_a_kind_or_a_source_is_told_with_its_place() -> None:
    rows = "firm,alias,kind,source\n,甲机,short,S1\n甲,甲机,nickname,S1\n甲,甲机,short,\n"
    files = {"pack.yaml": HEAD, "names/alias.csv": rows}
    with pytest.raises(KaiwuError) as caught:
        read_aliases(build_library([make_pack(files, "p")]))
    assert [p.where for p in caught.value.problems] == [f"p/names/alias.csv:{line}" for line in (2, 3, 4)]
