"""What the check characters promise: no single wrong character and no swap of neighbours passes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from kaiwu.identity import check_uscc, check_uscc_many, make_uscc
from kaiwu.identity.organisation import check_organisation
from kaiwu.identity.uscc import ALPHABET, compute_inner_check

RNG = np.random.default_rng(7)
CODES = [
    make_uscc(*prefix, "339999", "".join(RNG.choice(list(ALPHABET), 8)))
    for prefix in ("91", "92", "93", "12", "51", "A1", "N2", "Y1", "31", "81")
    for _ in range(5)
]


def test_every_single_substitution_is_caught() -> None:
    wrong = [code[:i] + c + code[i + 1 :] for code in CODES for i in range(18) for c in ALPHABET if c != code[i]]
    assert len(wrong) == len(CODES) * 18 * 30
    assert not check_uscc_many(pl.Series(wrong))["valid"].any()


def test_every_swap_of_unequal_neighbours_is_caught() -> None:
    wrong = [c[:i] + c[i + 1] + c[i] + c[i + 2 :] for c in CODES for i in range(17) if c[i] != c[i + 1]]
    assert not check_uscc_many(pl.Series(wrong))["valid"].any()


@pytest.mark.parametrize(("wrong", "right"), [("I", "1"), ("O", "0"), ("Z", "2"), ("S", "5")])
def test_a_letter_that_was_misread_is_offered_as_its_digit(wrong: str, right: str) -> None:
    code = next(c for c in CODES if right in c[2:])
    at = code.index(right, 2)
    result = check_uscc(code[:at] + wrong + code[at + 1 :])
    assert not result.valid and result.suggestion == code


def test_an_organisation_code_is_checked_with_and_without_its_hyphen() -> None:
    body = "MA12B015"
    good = f"{body}-{compute_inner_check(body)}"
    assert check_organisation(good).valid and check_organisation(good.replace("-", "")).valid
    result = check_organisation(good.replace("0", "O"))
    assert result.valid is False and result.suggestion == good.replace("-", "")
    assert check_organisation("").valid is None
    wrong = check_organisation(good[:-1] + ("1" if good[-1] != "1" else "2"))
    assert wrong.problem is not None and wrong.problem.code == "I-ORGANISATION-CHECK"
