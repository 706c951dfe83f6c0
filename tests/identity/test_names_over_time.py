"""An entity's names and codes on a day."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from kaiwu.identity import USCC, Code, Entity, EntityKind, Name, NameKind, Span, make_uscc

D = dt.date
CODE = make_uscc("9", "1", "330100", "MA000001")
days = st.none() | st.dates(D(2020, 1, 1), D(2020, 1, 12))


def firm(*names: Name, codes: tuple[Code, ...] = ()) -> Entity:
    return Entity("F1", EntityKind.FIRM, names, codes)


def codes_of(entity: Entity) -> list[str]:
    return [p.code for p in entity.find_problems()]


def test_the_name_on_a_day_is_the_one_that_held_then():
    renamed = firm(Name("甲", valid_to=D(2019, 12, 31)), Name("乙", valid_from=D(2020, 1, 1)))
    assert renamed.name_at(D(2019, 12, 31)) == "甲"
    assert renamed.name_at(D(2020, 1, 1)) == "乙"
    assert codes_of(renamed) == []


def test_no_name_is_known_before_the_first():
    assert firm(Name("甲", valid_from=D(2020, 1, 1))).name_at(D(2019, 12, 31)) is None


def test_two_legal_names_on_one_day_are_an_error():
    wrong = firm(Name("甲", valid_to=D(2020, 1, 1)), Name("乙", valid_from=D(2020, 1, 1)))
    assert codes_of(wrong) == ["I-NAME-OVERLAP"]


def test_a_dated_former_name_may_not_overlap_a_legal_one():
    wrong = firm(Name("甲", NameKind.FORMER, valid_to=D(2020, 6, 1)), Name("乙", valid_from=D(2020, 1, 1)))
    assert codes_of(wrong) == ["I-NAME-OVERLAP"]


def test_undated_former_names_and_brands_may_stand_beside_the_legal_one():
    brands = (Name("Y", NameKind.BRAND), Name("Z", NameKind.BRAND))
    right = firm(Name("乙"), Name("甲", NameKind.FORMER), *brands, Name("乙股", NameKind.SHORT))
    assert codes_of(right) == []
    assert right.name_at(D(2024, 1, 1)) == "乙"
    assert right.names_at(D(2024, 1, 1), NameKind.BRAND) == ("Y", "Z")


def test_renaming_ends_the_old_name_the_day_before():
    renamed = firm(Name("甲", valid_from=D(2010, 1, 1))).renamed("乙", D(2021, 4, 8))
    assert (renamed.name_at(D(2021, 4, 7)), renamed.name_at(D(2021, 4, 8))) == ("甲", "乙")
    assert codes_of(renamed) == []


def test_a_wrong_code_is_named_with_its_bearer():
    (problem,) = firm(codes=(Code(USCC, CODE[:-1] + "I"),)).find_problems()
    assert problem.code == "I-USCC-ALPHABET"
    assert "F1" in problem.where


def test_two_codes_of_a_system_on_one_day_are_an_error():
    other = make_uscc("9", "1", "330100", "MA000002")
    assert codes_of(firm(codes=(Code(USCC, CODE), Code(USCC, other)))) == ["I-CODE-OVERLAP"]


def test_reversed_days_and_blank_names_are_errors():
    wrong = firm(Name(" ", valid_from=D(2020, 1, 2), valid_to=D(2020, 1, 1)))
    assert codes_of(wrong) == ["I-SPAN-REVERSED", "I-TEXT-BLANK"]


def test_the_code_is_levelled_when_read():
    entity = firm(codes=(Code(USCC, f" {CODE.lower()} "),))
    assert entity.uscc == CODE
    assert entity.code_at(USCC, D(2024, 1, 1)) == CODE


@given(days, days, days, days)
def test_spans_overlap_exactly_when_some_day_is_in_both(a, b, c, d):
    left, right = Span(valid_from=a, valid_to=b), Span(valid_from=c, valid_to=d)
    window = [D(2019, 12, 30) + dt.timedelta(days=i) for i in range(20)]
    shared = any(left.holds_on(day) and right.holds_on(day) for day in window)
    if not left.is_reversed and not right.is_reversed:
        assert left.overlaps(right) == right.overlaps(left) == shared
