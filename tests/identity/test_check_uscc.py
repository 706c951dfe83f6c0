"""The unified social credit code: one at a time, many at once, and the two must agree."""

import random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.identity.registrar import CATEGORIES
from kaiwu.identity.uscc import (
    ALPHABET,
    CHECKS,
    INNER_WEIGHTS,
    OUTER_WEIGHTS,
    check_uscc,
    check_uscc_many,
    compute_inner_check,
    compute_outer_check,
    make_uscc,
    normalise_uscc,
    suggest_uscc,
)
from kaiwu.quantity.problem import KaiwuError

# Public codes of well-known bodies, from their licences: an institution and five enterprises.
PUBLISHED = [
    "12440300MB2C92173E",
    "91330100799655058B",
    "914403001922038216",
    "9144030071526726XG",
    "91110000802100433B",
    "91110000600037341L",
]

prefixes = st.sampled_from(sorted(CATEGORIES))
regions = st.text("0123456789", min_size=6, max_size=6)
bodies = st.text(ALPHABET, min_size=8, max_size=8)
codes = st.builds(lambda p, r, b: make_uscc(p[0], p[1], r, b), prefixes, regions, bodies)
messy = st.one_of(
    st.none(),
    st.text(),
    st.text(ALPHABET + "IOSVZ", min_size=18, max_size=18),
    st.text("019AXY-　 ０ａ½⑨ßﬀ中", max_size=20),
    codes,
    codes.map(lambda c: f" {c[:6]}-{c[6:].lower()}　"),
    st.tuples(codes, st.integers(0, 17), st.sampled_from(ALPHABET + "IOSVZ中")).map(
        lambda t: t[0][: t[1]] + t[2] + t[0][t[1] + 1 :]
    ),
)


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_are_valid(code):
    assert check_uscc(code).valid is True


def test_the_weights_are_those_of_the_standards():
    assert OUTER_WEIGHTS == (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    assert INNER_WEIGHTS == (3, 7, 9, 10, 5, 8, 4, 2)
    assert len(ALPHABET) == 31
    assert not set("IOSVZ") & set(ALPHABET)


def test_the_example_of_the_organisation_code_standard_has_check_digit_x():
    # GB 11714-1997: D2143569-X. 3*13+7*2+9*1+10*4+5*3+8*5+4*6+2*9 = 199; 11 - 199 mod 11 = 10 = X
    assert compute_inner_check("D2143569") == "X"


@pytest.mark.parametrize("prefix", sorted(CATEGORIES))
def test_every_lawful_registrar_and_category_is_accepted(prefix):
    result = check_uscc(make_uscc(prefix[0], prefix[1], "330100", "MA2B1C3D"))
    assert result.valid is True
    assert result.category is CATEGORIES[prefix]


@pytest.mark.parametrize("prefix", ["N1", "N2", "N3", "A1", "Y1", "54", "G1"])
def test_registrars_that_other_checkers_refuse_are_lawful(prefix):
    assert prefix in CATEGORIES


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("01", "I-USCC-REGISTRAR"),
        ("B1", "I-USCC-REGISTRAR"),
        ("94", "I-USCC-CATEGORY"),
        ("Y2", "I-USCC-CATEGORY"),
    ],
)
def test_an_unlawful_first_pair_is_named(prefix, expected):
    code = prefix + PUBLISHED[1][2:]
    assert check_uscc(code).problem.code == expected


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_outside_the_alphabet_are_refused_with_their_place(letter):
    result = check_uscc(PUBLISHED[1][:9] + letter + PUBLISHED[1][10:])
    assert result.valid is False
    assert result.problem.code == "I-USCC-ALPHABET"
    assert result.problem.at == 9


def test_a_letter_in_the_region_is_named():
    result = check_uscc("91A30100799655058B")
    assert (result.problem.code, result.problem.at) == ("I-USCC-REGION", 2)


def test_a_right_outer_check_does_not_hide_a_wrong_inner_one():
    # 799655058: 3*7+7*9+9*9+10*6+5*5+8*5+4*0+2*5 = 300, 11 - 300 mod 11 = 8; so 9 in its place is wrong.
    first17 = "91330100" + "79965505" + "9"
    code = first17 + compute_outer_check(first17)
    assert check_uscc(code).problem.code == "I-USCC-ORGANISATION"


def test_a_wrong_last_character_is_named():
    result = check_uscc("91330100799655058C")
    assert (result.problem.code, result.problem.at) == ("I-USCC-CHECK", 17)


def test_an_old_registration_number_is_recognised_by_its_length():
    problem = check_uscc("330181000012345").problem
    assert problem.code == "I-USCC-LENGTH"
    assert "注册号" in problem.zh
    assert "registration number" in problem.en


@pytest.mark.parametrize("text", [None, "", "  ", "　", "-", "—"])
def test_a_missing_code_is_neither_valid_nor_invalid(text):
    result = check_uscc(text)
    assert result.valid is None
    assert result.problem.code == "I-USCC-MISSING"


@pytest.mark.parametrize(
    "text",
    [
        "９１３３０１００７９９６５５０５８Ｂ",
        "91330100799655058b",
        " 9133 0100-7996 5505－8Ｂ ",
        "'91330100799655058B",
        "﻿91330100799655058ｂ",
    ],
)
def test_full_width_lower_case_blanks_and_hyphens_are_levelled(text):
    assert normalise_uscc(text) == "91330100799655058B"
    assert check_uscc(text).valid is True


def test_levelling_never_turns_a_strange_sign_into_a_digit():
    assert normalise_uscc("①²") == "①²"


def test_look_alike_letters_are_suggested_but_not_applied():
    result = check_uscc("9133OIOO7996S50S8B")
    assert result.valid is False
    assert result.code == "9133OIOO7996S50S8B"
    assert result.suggestion == "91330100799655058B"
    assert "91330100799655058B" in result.problem.zh
    assert "91330100799655058B" in result.problem.en


def test_nothing_is_suggested_where_the_repair_would_be_wrong_too():
    assert suggest_uscc("9133OIOO7996S50S8C") is None
    assert suggest_uscc("91330100799655058B") is None


def test_the_parts_of_a_code_are_read():
    result = check_uscc(PUBLISHED[1])
    assert (result.region, result.organisation, result.category.zh) == ("330100", "799655058", "企业")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("9", "1", "33010", "79965505"), "I-USCC-PARTS"),
        (("9", "1", "330100", "7996550O"), "I-USCC-PARTS"),
        (("9", "7", "330100", "79965505"), "I-USCC-CATEGORY"),
        (("9", "1", "A30100", "79965505"), "I-USCC-REGION"),
    ],
)
def test_making_a_code_from_unlawful_parts_is_refused(parts, expected):
    with pytest.raises(KaiwuError) as e:
        make_uscc(*parts)
    assert e.value.problems[0].code == expected


@given(codes)
def test_made_codes_are_valid(code):
    assert check_uscc(code).valid is True


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_single_substitution_is_caught(code, at, other):
    changed = code[:at] + other + code[at + 1 :]
    assert check_uscc(changed).valid is (changed == code)


@given(codes, st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(code, at):
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert check_uscc(swapped).valid is (swapped == code)


@pytest.mark.parametrize("code", PUBLISHED)
def test_all_substitutions_and_swaps_of_a_published_code_are_caught(code):
    changed = {code[:i] + c + code[i + 1 :] for i in range(18) for c in ALPHABET}
    changed |= {code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(17)}
    changed.discard(code)
    assert check_uscc_many(sorted(changed))["valid"].sum() == 0


@given(st.lists(messy, max_size=30))
def test_many_at_once_agree_with_one_at_a_time(texts):
    many = check_uscc_many(texts)
    single = [check_uscc(t) for t in texts]
    assert many["valid"].to_list() == [r.valid for r in single]
    assert many["problem"].to_list() == [r.problem.code if r.problem else None for r in single]
    assert many["code"].to_list() == [r.code or None for r in single]


def test_many_take_series_arrays_and_lists_alike():
    texts = [*PUBLISHED, "91330100799655058C", None]
    from_list = check_uscc_many(texts)
    assert check_uscc_many(pl.Series("firm", texts)).equals(from_list)
    assert check_uscc_many(np.array(texts, dtype=object)).equals(from_list)
    assert from_list["valid"].to_list() == [True] * 6 + [False, None]


def test_no_code_at_all_gives_an_empty_table_of_the_same_columns():
    assert check_uscc_many([]).schema == check_uscc_many(PUBLISHED).schema


def test_every_check_can_be_the_first_to_fail():
    wrong = [
        None, "9133", "9133010079965505IB", "B1330100799655058B", "94330100799655058B",
        "91A30100799655058B", "91330100799655051B", "91330100799655058C",
    ]  # fmt: skip
    assert check_uscc_many(wrong)["problem"].to_list() == list(CHECKS)


def test_chunks_do_not_change_the_answer():
    # 150,000 rows are three chunks; one wrong code in each.
    rng = random.Random(7)
    made = [make_uscc("9", "1", "330100", "".join(rng.choices(ALPHABET, k=8))) for _ in range(500)]
    rows = made * 300
    for at in (3, 70_000, 149_999):
        rows[at] = rows[at][:17] + ("0" if rows[at][17] != "0" else "1")
    assert check_uscc_many(rows)["valid"].not_().arg_true().to_list() == [3, 70_000, 149_999]
