"""A tree is read from a table, and every mistake in it is found with its line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaiwu.quantity import KaiwuError
from kaiwu.rating.index import Direction, read_tree

TABLE = """\
code,zh,en,parent,level,weight,direction,unit,denominator,low,high,base,target,owner
index,总指数,Index,,3,,,,,,,,,
a,质量,Quality,index,2,60,,,,,,,,
b,绿色,Green,index,2,40,,,,,,,,
a1,增加值,Value added,a,1,1/3,higher,亿元,population,0,500,,400,统计局
a2,增速,Growth,a,1,2/3,near 6.5 span 4,%,,,,,,
b1,能耗,Energy,b,1,1,lower,吨标煤/万元,,,,0.5,,发改局
b2,负债率,Debt,b,1,0,inside 40..60,%,,,,,,
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "tree.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_becomes_a_tree(tmp_path: Path) -> None:
    tree = read_tree(write(tmp_path, TABLE))
    assert tree.root == "index"
    assert tree.leaves == ("a1", "a2", "b1", "b2")
    assert tree.shares() == pytest.approx({"a": 0.6, "b": 0.4, "a1": 1 / 3, "a2": 2 / 3, "b1": 1, "b2": 0})
    assert tree.by_code["a2"].direction == Direction("near", 6.5, 6.5, 4.0)
    assert tree.by_code["b2"].direction == Direction("inside", 40, 60)
    first = tree.by_code["a1"]
    assert (first.unit, first.denominator, first.low, first.high, first.target, first.owner) == (
        "亿元",
        "population",
        0,
        500,
        400,
        "统计局",
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("1/3", "third", "IX-TREE-CELL", "tree.csv:5 weight"),
        ("near 6.5 span 4", "about 6", "IX-TREE-CELL", "tree.csv:6 direction"),
        (",lower,", ",,", "IX-TREE-DIRECTION", "tree.csv:7"),
        ("b2,负债率,Debt,b,", "b2,负债率,Debt,c,", "IX-TREE-PARENT", "tree.csv:8"),
        ("a1,增加值", ",增加值", "IX-TREE-CELL", "tree.csv:5 code"),
        ("owner\n", "owners\n", "IX-TREE-COLUMN", "tree.csv:1"),
        (",direction,", ",way,", "IX-TREE-LACKS", "tree.csv:1"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(tmp_path: Path, old: str, new: str, code: str, where: str) -> None:
    assert old in TABLE
    with pytest.raises(KaiwuError) as error:
        read_tree(write(tmp_path, TABLE.replace(old, new, 1)))
    assert (code, where) in [(p.code, p.where) for p in error.value.problems]


def test_weights_of_a_table_must_sum_to_what_is_declared(tmp_path: Path) -> None:
    with pytest.raises(KaiwuError, match="IX-TREE-SUM"):
        read_tree(write(tmp_path, TABLE), weights_sum=100)
