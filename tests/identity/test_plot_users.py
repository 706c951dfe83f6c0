"""Owners and tenants of a plot on a day, with exact shares; groups and their members."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.identity import Batch, Entity, EntityKind, Register, Relation, RelationKind, relation_frame
from kaiwu.identity.plot import find_share_problems
from kaiwu.quantity.problem import KaiwuError

D = dt.date
OWNER, TENANT, MEMBER = RelationKind.OWNER_OF_PLOT, RelationKind.TENANT_OF_PLOT, RelationKind.MEMBER_OF_GROUP
ENTITIES = (
    *(Entity(i, EntityKind.FIRM) for i in ("F1", "F2", "F3", "F4")),
    Entity("P1", EntityKind.PLOT),
    Entity("G1", EntityKind.GROUP),
    Entity("G2", EntityKind.GROUP),
)


def build(*relations: Relation) -> Register:
    register = Register()
    register.append(Batch(D(2024, 1, 1), "test", ENTITIES, relations))
    return register


def shares(register: Register, day: dt.date) -> list[tuple[str, str, Fraction | None]]:
    return [(u.entity_id, u.role.value.split("_")[0], u.share) for u in register.users_of("P1", day)]


def test_the_owner_uses_what_is_not_let():
    register = build(
        Relation(OWNER, "F1", "P1", Fraction(1)),
        Relation(TENANT, "F2", "P1", Fraction(1, 3), valid_from=D(2022, 1, 1), valid_to=D(2023, 12, 31)),
    )
    assert shares(register, D(2021, 6, 1)) == [("F1", "owner", Fraction(1))]
    assert shares(register, D(2022, 6, 1)) == [
        ("F2", "tenant", Fraction(1, 3)),
        ("F1", "owner", Fraction(2, 3)),
    ]
    assert [u.entity_id for u in register.tenants_of("P1", D(2024, 1, 1))] == []


def test_an_owner_who_has_let_everything_is_no_user():
    register = build(
        Relation(OWNER, "F1", "P1"),
        Relation(TENANT, "F2", "P1", Fraction(1, 4)),
        Relation(TENANT, "F3", "P1", Fraction(3, 4)),
    )
    assert [u[0] for u in shares(register, D(2024, 1, 1))] == ["F2", "F3"]


def test_an_unknown_share_of_a_tenant_leaves_the_owners_use_unknown_not_zero():
    register = build(Relation(OWNER, "F1", "P1"), Relation(TENANT, "F2", "P1"))
    assert shares(register, D(2024, 1, 1)) == [("F2", "tenant", None), ("F1", "owner", None)]


def test_two_owners_divide_the_rest_in_an_unknown_way():
    register = build(
        Relation(OWNER, "F1", "P1", Fraction(1, 2)),
        Relation(OWNER, "F2", "P1", Fraction(1, 2)),
        Relation(TENANT, "F3", "P1", Fraction(1, 2)),
    )
    assert [u[2] for u in shares(register, D(2024, 1, 1))] == [Fraction(1, 2), None, None]


def test_shares_beyond_the_whole_are_refused_and_nothing_is_added():
    register = build(Relation(TENANT, "F1", "P1", Fraction(2, 3)))
    with pytest.raises(KaiwuError) as e:
        register.append(Batch(D(2024, 2, 1), "test", (), (Relation(TENANT, "F2", "P1", Fraction(1, 2)),)))
    assert e.value.problems[0].code == "I-SHARE-SUM"
    assert "7/6" in e.value.problems[0].zh
    assert [u.entity_id for u in register.tenants_of("P1", D(2024, 3, 1))] == ["F1"]
    assert len(register.batches) == 1


def test_a_tenant_may_follow_another_on_the_next_day():
    register = build(
        Relation(TENANT, "F1", "P1", Fraction(1), valid_to=D(2023, 6, 30)),
        Relation(TENANT, "F2", "P1", Fraction(1), valid_from=D(2023, 7, 1)),
    )
    assert [u.entity_id for u in register.tenants_of("P1", D(2023, 7, 1))] == ["F2"]


@pytest.mark.parametrize("share", [Fraction(0), Fraction(-1, 2), Fraction(3, 2)])
def test_a_share_outside_zero_to_one_is_refused(share):
    with pytest.raises(KaiwuError) as e:
        build(Relation(OWNER, "F1", "P1", share))
    assert e.value.problems[0].code == "I-SHARE-RANGE"


def test_what_an_entity_rents_and_owns_is_listed():
    register = build(Relation(OWNER, "F1", "P1", Fraction(1, 2)), Relation(TENANT, "F1", "P1", Fraction(1, 4)))
    assert [r.kind for r in register.plots_of("F1", D(2024, 1, 1))] == [TENANT, OWNER]


def test_members_of_a_group_are_those_of_the_day():
    register = build(
        Relation(MEMBER, "F1", "G1", valid_to=D(2022, 12, 31)),
        Relation(MEMBER, "F2", "G1"),
        Relation(MEMBER, "G2", "G1"),
        Relation(MEMBER, "F3", "G2", valid_from=D(2023, 1, 1)),
    )
    assert [e.id for e in register.members_of("G1", D(2022, 6, 1))] == ["F1", "F2", "G2"]
    assert [e.id for e in register.members_of("G1", D(2023, 6, 1))] == ["F2", "G2"]
    assert [e.id for e in register.members_of("G1", D(2023, 6, 1), is_nested=True)] == ["F2", "F3", "G2"]
    assert [e.id for e in register.groups_of("F3", D(2023, 6, 1))] == ["G2"]


def test_groups_that_contain_each_other_do_not_hang():
    register = build(Relation(MEMBER, "G1", "G2"), Relation(MEMBER, "G2", "G1"), Relation(MEMBER, "F1", "G2"))
    assert [e.id for e in register.members_of("G1", D(2023, 6, 1), is_nested=True)] == ["F1", "G2"]


def test_the_table_of_relations_keeps_shares_exact():
    frame = relation_frame(build(Relation(TENANT, "F1", "P1", Fraction(1, 3))), TENANT, D(2024, 1, 1))
    assert frame.rows() == [("F1", "P1", None, 1, 3)]


days = st.none() | st.dates(D(2020, 1, 1), D(2020, 1, 10))
tenancies = st.builds(
    lambda i, n, a, b: Relation(TENANT, f"F{i}", "P1", Fraction(n, 10), valid_from=a, valid_to=b),
    st.integers(1, 9),
    st.integers(1, 6),
    days,
    days,
).filter(lambda r: not r.is_reversed)


@given(st.lists(tenancies, max_size=6))
def test_shares_are_refused_exactly_when_some_day_exceeds_the_whole(relations):
    window = [D(2019, 12, 30) + dt.timedelta(days=i) for i in range(15)]
    exceeds = any(sum(r.share for r in relations if r.holds_on(day)) > 1 for day in window)
    assert bool(list(find_share_problems(relations))) == exceeds
