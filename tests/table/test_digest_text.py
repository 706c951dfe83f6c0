"""Texts are digested a slice at a time, and the bytes are those of one value after the other."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.table import digest, digest_frame

TEXTS = st.lists(st.text(max_size=5) | st.none() | st.sampled_from(["n;", "s1:a", "", "亩"]), max_size=20)


@given(TEXTS)
def test_a_column_of_texts_is_encoded_as_its_values_are(texts):
    column = pl.Series("c", texts, dtype=pl.String)
    one_by_one = b"".join(chunk for value in texts for chunk in digest._encode(value))
    assert b"".join(digest._encode_column(column)) == b"str;" + one_by_one


def test_the_size_of_a_slice_does_not_show(monkeypatch):
    table = pl.DataFrame({"k": range(10), "c": ["甲", None, "", "b", "n;"] * 2})
    whole = digest_frame(table, ["k"])
    monkeypatch.setattr(digest, "_SLICE_ROWS", 3)
    assert digest_frame(table, ["k"]) == whole


@given(TEXTS, TEXTS)
def test_different_texts_have_different_digests(one, two):
    tables = [pl.DataFrame({"k": range(len(t)), "c": t}, schema={"k": pl.Int64, "c": pl.String}) for t in (one, two)]
    assert (digest_frame(tables[0], ["k"]) == digest_frame(tables[1], ["k"])) == (one == two)
