"""The words of firm names that packs bring, and what is wrong with a file of them."""

from __future__ import annotations

import pytest

from kaiwu.identity.naming.reading import NameReader
from kaiwu.pack import open_library
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
