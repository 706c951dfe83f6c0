"""Canonical bytes are those of RFC 8785 for integers and text; a commitment hides and binds."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.ledger.log import canonical_bytes, commit, commitment_leaf, derive_salt
from kaiwu.quantity import KaiwuError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_keys_are_sorted_as_rfc_8785_sorts_them():
    # RFC 8785, 3.2.3: by UTF-16 code units, so that U+1F600 comes before U+FB33.
    keys = {"\u20ac": 5, "\r": 1, "\ufb33": 7, "1": 2, "\U0001f600": 6, "\u0080": 3, "\u00f6": 4}
    text = canonical_bytes(keys).decode()
    assert list(json.loads(text).values()) == [1, 2, 3, 4, 5, 6, 7]
    assert text.startswith('{"\\r":1,"1":2,')


def test_text_is_escaped_as_rfc_8785_escapes_it():
    assert canonical_bytes('€$\x0f\nA\'B"\\\\"/开物') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/开物"'.encode()
    assert canonical_bytes([None, True, False, 0, -5, {}, []]) == b"[null,true,false,0,-5,{},[]]"


@given(VALUES)
def test_canonical_bytes_say_what_the_value_says_and_do_not_depend_on_order(value):
    data = canonical_bytes(value)
    assert json.loads(data) == value
    assert canonical_bytes(json.loads(data)) == data
    if isinstance(value, dict):
        assert canonical_bytes(dict(reversed(value.items()))) == data


@pytest.mark.parametrize(
    ("value", "where"),
    [(1.0, r"\$: float"), ({"a": [1, 0.5]}, r"\$\.a\[1\]: float"), (2**53, r"\$: int"), ({1: 2}, r"\$: dict"), (b"x", r"\$: bytes"),
     ({"a": "\ud800"}, r"\$\.a"), ({"\udc00": 1}, r"\$")],
)  # fmt: skip
def test_what_has_no_exact_form_is_refused_with_its_place(value, where):
    with pytest.raises(KaiwuError, match=rf"LOG-CANONICAL\] {where}"):
        canonical_bytes(value)


def test_a_commitment_is_the_hash_of_salt_and_figures():
    salt = derive_salt(b"secret", "run 1/firm 2")
    figures = canonical_bytes({"tax_fen": 1})
    assert commit(salt, figures) == hashlib.sha256(salt + figures).hexdigest()
    assert commit(salt, figures, "sm3") == hashlib.new("sm3", salt + figures).hexdigest()
    assert commit(derive_salt(b"secret", "run 1/firm 3"), figures) != commit(salt, figures)
    assert json.loads(commitment_leaf("ab", run="1")) == {"commitment": "ab", "kind": "commitment", "run": "1"}


@pytest.mark.parametrize("salt", [b"", b"short", bytes(31), bytes(33)])
def test_a_salt_of_another_length_is_refused(salt):
    with pytest.raises(KaiwuError, match="LOG-SALT"):
        commit(salt, b"{}")
