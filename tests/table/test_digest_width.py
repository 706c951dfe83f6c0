"""A digest says what the numbers are, not how many bits an engine gave them."""

from __future__ import annotations

import polars as pl
import pytest

from kaiwu.table import digest_frame


def digest(values: list[int | None], dtype: type[pl.DataType]) -> str:
    return digest_frame(pl.DataFrame({"key": range(len(values)), "x": pl.Series(values, dtype=dtype)}), ["key"])


@pytest.mark.parametrize("values", [[1, 2, 3], [1, None, -5], [None, None], [2**63 - 1, -(2**63)]])
def test_small_numbers_have_one_digest_in_64_and_128_bits(values: list[int | None]) -> None:
    assert digest(values, pl.Int128) == digest(values, pl.Int64)


def test_numbers_beyond_64_bits_are_told_apart() -> None:
    assert digest([2**63], pl.Int128) != digest([2**63 + 1], pl.Int128)
