"""Who is meant by a code and a name: codes decide, names only rank."""

import datetime as dt

import pytest

from kaiwu.identity import (
    USCC,
    Batch,
    Code,
    Entity,
    EntityKind,
    Name,
    NameKind,
    NameStanding,
    Register,
    ResolutionStatus,
    make_uscc,
)

D = dt.date
TODAY = D(2024, 6, 30)
SHARES = make_uscc("9", "1", "330100", "MA000001")
PHARMA = make_uscc("9", "1", "330600", "MA000002")
TECH = make_uscc("9", "1", "320200", "MA000003")
STRANGER = make_uscc("9", "1", "330100", "MA000009")


def firm(entity_id: str, code: str | None, *names: Name) -> Entity:
    return Entity(entity_id, EntityKind.FIRM, names, (Code(USCC, code),) if code else ())


@pytest.fixture
def register() -> Register:
    register = Register()
    register.append(
        Batch(
            D(2024, 1, 1),
            "test",
            (
                firm(
                    "F1",
                    SHARES,
                    Name("浙江亚太机电股份有限公司", valid_from=D(2001, 1, 1)),
                    Name("萧山汽车制动器厂", valid_to=D(2000, 12, 31)),
                    Name("亚太股份", NameKind.SHORT),
                ),
                firm("F2", PHARMA, Name("浙江亚太药业股份有限公司"), Name("亚太药业", NameKind.SHORT)),
                firm("F3", TECH, Name("江苏亚太轻合金科技股份有限公司"), Name("亚太科技", NameKind.SHORT)),
                firm("F4", None, Name("无码企业")),
            ),
        )
    )
    return register


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [(SHARES, "亚太股份", "F1"), (PHARMA, "亚太药业", "F2"), (TECH, "亚太科技", "F3")],
)
def test_three_firms_with_similar_names_are_never_confused(register, code, name, expected):
    found = register.resolve(code=code, name=name, as_of=TODAY)
    assert (found.status, found.entity.id, found.problems) == (ResolutionStatus.FOUND, expected, ())
    by_name = register.resolve(name=name, as_of=TODAY)
    assert by_name.entity is None
    assert [c.entity.id for c in by_name.candidates] == [expected]


def test_the_common_part_of_three_names_names_nobody(register):
    assert register.resolve(name="亚太", as_of=TODAY).status is ResolutionStatus.NONE


def test_a_code_decides_whatever_its_spelling(register):
    assert register.resolve(code=f" {SHARES[:9]}-{SHARES[9:].lower()}", as_of=TODAY).entity.id == "F1"


def test_a_name_alone_gives_candidates_and_asks_for_the_code(register):
    answer = register.resolve(name="浙江亚太机电股份有限公司", as_of=TODAY)
    assert (answer.status, answer.entity) == (ResolutionStatus.NEEDS_CODE, None)
    assert [(c.entity.id, c.standing) for c in answer.candidates] == [("F1", NameStanding.CURRENT)]
    assert answer.problems[0].code == "I-NEEDS-CODE"


def test_a_former_name_is_told_as_former(register):
    (candidate,) = register.resolve(name="萧山汽车制动器厂", as_of=TODAY).candidates
    assert candidate.standing is NameStanding.FORMER
    (then,) = register.resolve(name="萧山汽车制动器厂", as_of=D(1999, 1, 1)).candidates
    assert then.standing is NameStanding.CURRENT


def test_a_name_that_begins_later_is_not_known_yet(register):
    assert register.resolve(name="浙江亚太机电股份有限公司", as_of=D(1999, 1, 1)).status is ResolutionStatus.NONE


def test_a_code_with_a_former_name_is_found_without_warning(register):
    found = register.resolve(code=SHARES, name="萧山汽车制动器厂", as_of=TODAY)
    assert (found.named, found.problems) == (NameStanding.FORMER, ())


def test_a_code_with_another_firms_name_is_found_with_a_warning(register):
    found = register.resolve(code=SHARES, name="亚太药业", as_of=TODAY)
    assert (found.status, found.entity.id, found.named) == (ResolutionStatus.FOUND, "F1", None)
    assert found.problems[0].code == "I-NAME-CONFLICT"
    assert "F2" in found.problems[0].zh
    assert [c.entity.id for c in found.candidates] == ["F2"]


def test_a_different_valid_code_vetoes_the_bearer_of_the_name(register):
    answer = register.resolve(code=STRANGER, name="亚太股份", as_of=TODAY)
    assert (answer.status, answer.entity, answer.candidates) == (ResolutionStatus.UNKNOWN_CODE, None, ())
    assert [p.code for p in answer.problems] == ["I-CODE-UNKNOWN", "I-CODE-VETO"]


def test_a_bearer_without_a_code_remains_a_candidate(register):
    answer = register.resolve(code=STRANGER, name="无码企业", as_of=TODAY)
    assert answer.entity is None
    assert [c.entity.id for c in answer.candidates] == ["F4"]


def test_a_wrong_code_never_falls_back_on_the_name(register):
    wrong = SHARES[:17] + ("0" if SHARES[17] != "0" else "1")
    answer = register.resolve(code=wrong, name="亚太股份", as_of=TODAY)
    assert (answer.status, answer.entity) == (ResolutionStatus.INVALID_CODE, None)
    assert answer.problems[0].code == "I-USCC-CHECK"
    assert [c.entity.id for c in answer.candidates] == ["F1"]


def test_a_code_of_blanks_or_a_dash_counts_as_none(register):
    assert register.resolve(code=" - ", name="亚太股份", as_of=TODAY).status is ResolutionStatus.NEEDS_CODE


def test_nothing_given_is_nobody(register):
    answer = register.resolve(as_of=TODAY)
    assert (answer.status, answer.problems[0].code) == (ResolutionStatus.NONE, "I-MENTION-EMPTY")


def test_bearers_of_one_name_are_ranked_current_before_former():
    register = Register()
    former = firm("A", SHARES, Name("同名", NameKind.FORMER), Name("别名"))
    brand = firm("B", PHARMA, Name("同名", NameKind.BRAND), Name("乙"))
    current = firm("C", TECH, Name("同名"))
    register.append(Batch(TODAY, "test", (former, brand, current)))
    answer = register.resolve(name="同名", as_of=TODAY)
    assert [c.entity.id for c in answer.candidates] == ["C", "A", "B"]


def test_codes_of_other_systems_are_looked_up_by_their_days():
    register = Register()
    old = Entity("P1", EntityKind.PLOT, codes=(Code("plot", "ZD-1", valid_to=D(2019, 12, 31)),))
    new = Entity("P2", EntityKind.PLOT, codes=(Code("plot", "ZD-1", valid_from=D(2020, 1, 1)),))
    register.append(Batch(TODAY, "test", (old, new)))
    assert register.resolve(code="zd-1", as_of=D(2019, 5, 1), system="plot").entity.id == "P1"
    assert register.resolve(code="ZD-1", as_of=TODAY, system="plot").entity.id == "P2"


def test_a_code_that_no_longer_holds_is_found_with_a_warning():
    register = Register()
    gone = Entity("P1", EntityKind.PLOT, codes=(Code("plot", "ZD-1", valid_to=D(2019, 12, 31)),))
    register.append(Batch(TODAY, "test", (gone,)))
    found = register.resolve(code="ZD-1", as_of=TODAY, system="plot")
    assert (found.entity.id, found.problems[0].code) == ("P1", "I-CODE-ENDED")
