"""Adding facts to the register: all or nothing, nothing edited in place, everything told again replaces."""

import datetime as dt
from fractions import Fraction

import polars as pl
import pytest

from kaiwu.identity import (
    USCC,
    Basis,
    Batch,
    Code,
    Entity,
    EntityKind,
    Name,
    NameKind,
    Register,
    Relation,
    RelationKind,
    batch_from_frame,
    batch_to_frame,
    code_frame,
    entities_from_frame,
    entity_frame,
    make_uscc,
    relations_from_frame,
)
from kaiwu.quantity.problem import KaiwuError

D = dt.date
CODE = make_uscc("9", "1", "330100", "MA000001")
OTHER = make_uscc("9", "1", "330100", "MA000002")


def firm(entity_id: str, *names: Name, code: str | None = None) -> Entity:
    return Entity(entity_id, EntityKind.FIRM, names, (Code(USCC, code),) if code else ())


def problems(register: Register, *entities: Entity, relations: tuple[Relation, ...] = ()) -> list[str]:
    with pytest.raises(KaiwuError) as e:
        register.append(Batch(D(2024, 1, 1), "test", entities, relations))
    return [p.code for p in e.value.problems]


def test_a_code_belongs_to_one_entity_for_ever():
    register = Register()
    ended = Entity("F1", EntityKind.FIRM, codes=(Code(USCC, CODE, valid_to=D(2019, 1, 1)),))
    register.append(Batch(D(2023, 1, 1), "test", (ended,)))
    assert problems(register, firm("F2", code=CODE)) == ["I-CODE-TAKEN"]
    assert problems(Register(), firm("F1", code=CODE), firm("F2", code=CODE.lower())) == ["I-CODE-TAKEN"]


def test_all_problems_of_a_batch_are_told_together_and_nothing_is_added():
    register = Register()
    batch = (firm("F1", Name("甲"), Name("乙")), firm("F2", code=CODE[:-1] + "I"), firm("F2"))
    lost = Relation(RelationKind.MEMBER_OF_GROUP, "F1", "G9")
    found = problems(register, *batch, relations=(lost,))
    assert {"I-NAME-OVERLAP", "I-ENTITY-TWICE", "I-RELATION-UNKNOWN"} <= set(found)
    assert len(register) == 0
    assert register.resolve(name="甲", as_of=D(2024, 1, 1)).candidates == ()


def test_an_id_is_never_used_for_another_kind():
    register = Register()
    register.append(Batch(D(2023, 1, 1), "test", (firm("X1"),)))
    assert problems(register, Entity("X1", EntityKind.PLOT)) == ["I-ENTITY-KIND"]


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (Relation(RelationKind.MEMBER_OF_GROUP, "F1", "F2"), "I-RELATION-KIND"),
        (Relation(RelationKind.TENANT_OF_PLOT, "F1", "F2"), "I-RELATION-KIND"),
        (Relation(RelationKind.SUCCESSOR_OF, "F1", "P1"), "I-RELATION-KIND"),
        (Relation(RelationKind.SUCCESSOR_OF, "F1", "F1"), "I-RELATION-SELF"),
        (Relation(RelationKind.LOCATED_IN_TOWN, "F1", "T1"), "I-RELATION-BASIS"),
        (Relation(RelationKind.IN_PARK, "F1", "K1", basis=Basis.TAXED), "I-RELATION-BASIS"),
    ],
)
def test_relations_that_make_no_sense_are_refused(relation, expected):
    entities = (
        firm("F1"),
        firm("F2"),
        Entity("P1", EntityKind.PLOT),
        Entity("T1", EntityKind.TOWN),
        Entity("K1", EntityKind.PARK),
    )
    assert problems(Register(), *entities, relations=(relation,)) == [expected]


def test_a_relation_told_twice_for_the_same_days_in_one_batch_is_refused():
    group = Entity("G1", EntityKind.GROUP)
    twice = Relation(RelationKind.MEMBER_OF_GROUP, "F1", "G1")
    assert problems(Register(), firm("F1"), group, relations=(twice, twice)) == ["I-RELATION-OVERLAP"]


def test_an_entity_is_in_one_town_per_basis_on_a_day():
    towns = (Entity("T1", EntityKind.TOWN), Entity("T2", EntityKind.TOWN))
    located = RelationKind.LOCATED_IN_TOWN
    taxed = Relation(located, "F1", "T2", basis=Basis.TAXED)
    registered = Relation(located, "F1", "T1", basis=Basis.REGISTERED)
    register = Register()
    register.append(Batch(D(2023, 1, 1), "test", (firm("F1"), *towns), (taxed, registered)))
    again = Relation(located, "F1", "T2", basis=Basis.REGISTERED)
    assert problems(register, relations=(again,)) == ["I-TOWN-TWICE"]
    moved = (
        Relation(located, "F1", "T1", basis=Basis.REGISTERED, valid_to=D(2023, 6, 30)),
        Relation(located, "F1", "T2", basis=Basis.REGISTERED, valid_from=D(2023, 7, 1)),
    )
    register.append(Batch(D(2024, 1, 1), "test", (), moved))
    found = register.relations_from(located, "F1", D(2024, 1, 1))
    assert [(r.to_id, r.basis) for r in found] == [("T2", Basis.REGISTERED), ("T2", Basis.TAXED)]


def test_telling_a_name_again_with_an_end_replaces_it():
    register = Register()
    register.append(Batch(D(2020, 1, 1), "register", (firm("F1", Name("甲"), code=CODE),)))
    register.append(Batch(D(2021, 5, 1), "register", (register.entity("F1").renamed("乙", D(2021, 4, 8)),)))
    assert register.entity("F1").name_at(D(2021, 4, 7)) == "甲"
    assert register.entity("F1").name_at(D(2021, 4, 8)) == "乙"
    assert len(register.entity("F1").names) == 2
    assert len(register.entity("F1").codes) == 1
    assert register.batches[0].entities[0].names == (Name("甲"),)


def test_a_name_may_come_back_after_another():
    names = (
        Name("甲", valid_to=D(2019, 12, 31)),
        Name("乙", valid_from=D(2020, 1, 1), valid_to=D(2020, 12, 31)),
        Name("甲", valid_from=D(2021, 1, 1)),
    )
    register = Register()
    register.append(Batch(D(2020, 1, 1), "test", (firm("F1", *names[:2]),)))
    register.append(Batch(D(2021, 1, 1), "test", (firm("F1", names[2]),)))
    assert [register.entity("F1").name_at(D(y, 6, 1)) for y in (2019, 2020, 2021)] == ["甲", "乙", "甲"]


def test_batches_come_in_the_order_in_which_they_became_known():
    register = Register()
    register.append(Batch(D(2024, 1, 2), "test"))
    assert problems(register) == ["I-BATCH-ORDER"]


def test_an_unknown_id_is_an_error():
    with pytest.raises(KaiwuError, match="I-ENTITY-UNKNOWN"):
        Register().entity("F1")


def test_successors_are_followed():
    register = Register()
    merger = Relation(RelationKind.SUCCESSOR_OF, "F2", "F1", valid_from=D(2023, 1, 1))
    register.append(Batch(D(2024, 1, 1), "test", (firm("F1"), firm("F2")), (merger,)))
    assert register.successors_of("F1", D(2022, 12, 31)) == ()
    assert [e.id for e in register.successors_of("F1", D(2023, 1, 1))] == ["F2"]


FULL = Batch(
    D(2024, 1, 1),
    "test",
    (
        firm("F1", Name("甲", source="S1", valid_from=D(2001, 2, 3)), Name("牌", NameKind.BRAND), code=CODE),
        Entity("P1", EntityKind.PLOT, codes=(Code("plot", "ZD-1", "S2", valid_to=D(2030, 1, 1)),), source="S3"),
        Entity("T1", EntityKind.TOWN),
    ),
    (
        Relation(RelationKind.OWNER_OF_PLOT, "F1", "P1", Fraction(2, 3), source="S4", valid_from=D(2020, 1, 1)),
        Relation(RelationKind.LOCATED_IN_TOWN, "F1", "T1", basis=Basis.STATISTICAL),
    ),
)


def test_a_batch_survives_being_a_table():
    frame = batch_to_frame(FULL)
    assert set(frame.dtypes) == {pl.String, pl.Int64}
    assert batch_from_frame(frame, FULL.known_at, FULL.source) == FULL


def test_a_damaged_table_names_every_wrong_row():
    frame = batch_to_frame(FULL)
    wrong = frame.with_columns(
        pl.col("kind").replace("owner_of_plot", "owns"),
        pl.col("valid_from").replace("2001-02-03", "2001年2月"),
    )
    with pytest.raises(KaiwuError) as e:
        batch_from_frame(wrong, D(2024, 1, 1), "test")
    assert [(p.code, p.where) for p in e.value.problems] == [("I-DATE", "row 2"), ("I-KIND", "row 8")]
    with pytest.raises(KaiwuError, match="I-COLUMN"):
        batch_from_frame(frame.drop("to_id"), D(2024, 1, 1), "test")
    with pytest.raises(KaiwuError, match="I-RECORD"):
        batch_from_frame(frame.slice(1), D(2024, 1, 1), "test")
    with pytest.raises(KaiwuError, match="I-ENTITY-TWICE"):
        batch_from_frame(pl.concat([frame, frame]), D(2024, 1, 1), "test")


def test_plain_lists_become_entities_and_relations():
    firms = pl.DataFrame(
        {
            "id": ["F1", "F2", "G1"],
            "kind": ["firm", "firm", "group"],
            "name": ["甲", None, "集团"],
            "uscc": [CODE, OTHER, None],
        }
    )
    links = pl.DataFrame(
        {"kind": ["member_of_group"], "from_id": ["F1"], "to_id": ["G1"], "valid_from": [D(2020, 1, 1)]}
    )
    register = Register()
    register.append(Batch(D(2024, 1, 1), "list", entities_from_frame(firms), relations_from_frame(links)))
    assert [e.id for e in register.members_of("G1", D(2020, 1, 1))] == ["F1"]
    assert entity_frame(register, D(2024, 1, 1), EntityKind.FIRM).rows() == [
        ("F1", "firm", "甲", None, CODE),
        ("F2", "firm", None, None, OTHER),
    ]
    assert code_frame(register).rows() == [(CODE, "F1", None, None), (OTHER, "F2", None, None)]


def test_plain_lists_with_unknown_kinds_or_half_shares_are_refused():
    with pytest.raises(KaiwuError, match="I-KIND"):
        entities_from_frame(pl.DataFrame({"id": ["X"], "kind": ["shop"]}))
    half = {"kind": ["owner_of_plot"], "from_id": ["F"], "to_id": ["P"], "share_numerator": [1]}
    with pytest.raises(KaiwuError, match="I-SHARE"):
        relations_from_frame(pl.DataFrame(half))
