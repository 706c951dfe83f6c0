"""Towns through time: an invented district whose eastern streets went to another in 2021."""

import datetime as dt
from pathlib import Path

import pytest

from kaiwu.identity import (
    Basis,
    Batch,
    Entity,
    EntityKind,
    Register,
    Relation,
    RelationKind,
    load_towns,
    town_frame,
)
from kaiwu.quantity.problem import KaiwuError

D = dt.date
HEAD = "code,name,kind,parent,valid_from,valid_to,successor,source,standing,note\n"
TABLE = HEAD + (
    "990109,西江区,区,9901,,,,W1,one copy,\n"
    "990114,东江区,区,9901,2021-04-08,,,W1,one copy,\n"
    "990109021,东一街道,街道,990109,,2021-04-07,990114001,W1,one copy,moved with the eastern streets\n"
    "990114001,东一街道,街道,990114,2021-04-08,,,W1,one copy,\n"
    '990109001,城中镇,镇,990109,,2014-12-31,990109001,W1,from memory,"became a street, same code"\n'
    "990109001,城中街道,街道,990109,2015-01-01,,,W1,from memory,\n"
    ",无码镇,镇,990109,,,,W1,from memory,\n"
    "990109201,南山乡,乡,990109,,2001-12-31,990109104,W1,one copy,merged\n"
    "990109202,南水乡,乡,990109,,2001-12-31,990109104,W1,one copy,merged\n"
    "990109104,南山镇,镇,990109,2002-01-01,,,W1,one copy,\n"
    "990109105,大镇,镇,990109,,2010-12-31,990109106;990109107,W1,one copy,split\n"
    "990109106,大东镇,镇,990109,2011-01-01,,,W1,one copy,\n"
    "990109107,大西镇,镇,990109,2011-01-01,,,W1,one copy,\n"
)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "towns.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


@pytest.fixture
def towns(tmp_path):
    return load_towns(write(tmp_path, TABLE))


def refused(tmp_path: Path, rows: str, head: str = HEAD) -> list[str]:
    with pytest.raises(KaiwuError) as e:
        load_towns(write(tmp_path, head + rows))
    return [p.code for p in e.value.problems]


@pytest.mark.parametrize("town", ["990109021", "990114001", "东一街道"])
def test_a_street_that_moved_is_found_by_either_code_and_by_name(towns, town):
    assert (towns.at(town, D(2021, 4, 7)).code, towns.at(town, D(2021, 4, 7)).parent) == (
        "990109021",
        "990109",
    )
    assert (towns.at(town, D(2021, 4, 8)).code, towns.at(town, D(2021, 4, 8)).parent) == (
        "990114001",
        "990114",
    )


def test_a_town_that_changed_its_name_keeps_its_code(towns):
    assert towns.at("990109001", D(2014, 12, 31)).name == "城中镇"
    assert towns.at("城中镇", D(2024, 1, 1)).name == "城中街道"


def test_a_merged_township_leads_to_its_successor(towns):
    assert towns.at("南水乡", D(2024, 1, 1)).name == "南山镇"


def test_a_town_made_of_two_has_no_single_forerunner(towns):
    with pytest.raises(KaiwuError, match="I-TOWN-SEVERAL"):
        towns.at("南山镇", D(2000, 1, 1))


def test_a_split_town_is_not_guessed(towns):
    with pytest.raises(KaiwuError, match="990109106, 990109107"):
        towns.at("大镇", D(2024, 1, 1))
    assert towns.at("大西镇", D(2000, 1, 1)).name == "大镇"


def test_a_town_without_a_code_is_known_by_its_name(towns):
    assert towns.at("无码镇", D(2024, 1, 1)).key == "无码镇"


def test_an_unknown_town_and_an_unknown_day_are_errors(towns):
    with pytest.raises(KaiwuError, match="I-TOWN-UNKNOWN"):
        towns.at("某镇", D(2024, 1, 1))
    with pytest.raises(KaiwuError, match="I-TOWN-DAY"):
        towns.at("东江区", D(2020, 1, 1))


def test_the_children_of_a_district_are_those_of_the_day(towns):
    before = [t.name for t in towns.list_children("990109", D(2021, 4, 7))]
    after = [t.name for t in towns.list_children("990109", D(2021, 4, 8))]
    assert set(before) - set(after) == {"东一街道"}
    assert [t.name for t in towns.list_children("990114", D(2021, 4, 8))] == ["东一街道"]


def test_every_row_keeps_its_source_and_standing(towns):
    assert {(t.source, t.standing) for t in towns.rows} == {("W1", "one copy"), ("W1", "from memory")}


def test_all_problems_of_a_table_are_reported_with_their_lines(tmp_path):
    rows = "1,,镇,9,,,,W1,one copy,\n2,乙镇,部落,9,2021年,,,W1,,\n"
    with pytest.raises(KaiwuError) as e:
        load_towns(write(tmp_path, HEAD + rows))
    assert [(p.code, p.where) for p in e.value.problems] == [
        ("I-TOWN-BLANK", "towns.csv:2"),
        ("I-TOWN-BLANK", "towns.csv:3"),
        ("I-TOWN-KIND", "towns.csv:3"),
        ("I-TOWN-DATE", "towns.csv:3"),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("1,甲镇,镇,9,,,,W1,s,\n1,乙镇,镇,9,2020-01-01,,,W1,s,\n", "I-TOWN-OVERLAP"),
        ("1,甲镇,镇,9,,2020-01-01,2,W1,s,\n", "I-TOWN-SUCCESSOR"),
        ("1,甲镇,镇,9,,,2,W1,s,\n2,乙镇,镇,9,,,,W1,s,\n", "I-TOWN-END"),
        ("1,甲镇,镇,9,2020-01-02,2020-01-01,,W1,s,\n", "I-SPAN-REVERSED"),
        ("1,甲镇,镇,9,,,,W1,s,note, more\n", "I-TOWN-CELLS"),
        ('1,甲镇,镇,9,,,,W1,s,"open\n', "I-TOWN-CSV"),
    ],
)
def test_unsound_tables_are_refused(tmp_path, rows, expected):
    assert refused(tmp_path, rows) == [expected]


def test_a_table_without_its_columns_or_not_in_utf8_is_refused(tmp_path):
    assert refused(tmp_path, "1,甲镇\n", "code,name\n") == ["I-TOWN-COLUMN"]
    path = tmp_path / "gbk.csv"
    path.write_bytes(TABLE.encode("gb18030"))
    with pytest.raises(KaiwuError, match="I-TOWN-UTF8"):
        load_towns(path)


def firm_in(town: str, entity_id: str = "F1") -> Batch:
    located = Relation(RelationKind.LOCATED_IN_TOWN, entity_id, town, basis=Basis.REGISTERED)
    return Batch(D(2020, 1, 1), "test", (Entity(entity_id, EntityKind.FIRM),), (located,))


def test_an_old_registered_address_is_read_in_the_district_of_the_day(towns):
    register = Register(towns)
    register.append(firm_in("990109021"))
    assert register.town_of("F1", D(2020, 6, 1)).parent == "990109"
    assert register.town_of("F1", D(2024, 6, 1)).parent == "990114"
    assert register.town_of("F1", D(2024, 6, 1), Basis.TAXED) is None


def test_towns_are_entities_of_the_register_but_not_of_its_batches(towns):
    register = Register(towns)
    assert register.batches == ()
    assert register.entity("990109001").name_at(D(2014, 1, 1)) == "城中镇"
    assert register.entity("990109").kind is EntityKind.COUNTY
    parents = register.relations_from(RelationKind.PART_OF, "990114001", D(2024, 1, 1))
    assert [r.to_id for r in parents] == ["990114"]
    assert [e.id for e in register.successors_of("990109021", D(2021, 4, 8))] == ["990114001"]
    found = register.resolve(code="990109021", as_of=D(2020, 1, 1), system="division")
    assert found.entity.id == "990109021"


def test_the_table_of_towns_drops_nobody(towns):
    register = Register(towns)
    register.append(firm_in("990109021", "F1"))
    register.append(firm_in("990109105", "F2"))
    assert town_frame(register, D(2024, 1, 1)).rows() == [
        ("F1", "990114001", "东一街道", "990114", None),
        ("F2", None, None, None, "I-TOWN-SEVERAL"),
    ]


def test_a_register_without_towns_says_so():
    with pytest.raises(KaiwuError, match="I-TOWN-NONE"):
        Register().town_at("某镇", D(2024, 1, 1))
