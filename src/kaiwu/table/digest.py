"""Digests (摘要) of logical content: what a table says, never how a file spells it.

Owns one encoding: every value is tagged by type and length, columns stand in name order and rows in key
order, so that input order, file format and engine version change nothing. Floats are refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl

_SLICE_ROWS = 65_536  # rows of text encoded at a time: bounds memory, not content


def digest_value(value: Any) -> str:
    """SHA-256 of nested plain data: mappings (key order is immaterial), sequences, str, int, bool, None, date,
    Fraction. Raises ``TypeError`` on a float, because a float is not a logical value here."""
    h = hashlib.sha256()
    for chunk in _encode(value):
        h.update(chunk)
    return h.hexdigest()


def _encode(value: Any) -> Iterable[bytes]:
    match value:
        case None:
            yield b"n;"
        case bool():
            yield b"b1;" if value else b"b0;"
        case int():
            yield b"i%d;" % value
        case str():
            raw = value.encode()
            yield b"s%d:" % len(raw) + raw
        case Fraction():
            yield b"q%d/%d;" % (value.numerator, value.denominator)
        case dt.datetime():
            raise TypeError("a moment has no place in logical content; use a date")
        case dt.date():
            yield b"d" + value.isoformat().encode() + b";"
        case Mapping():
            yield b"m%d{" % len(value)
            for key in sorted(value, key=str):
                yield from _encode(str(key))
                yield from _encode(value[key])
            yield b"}"
        case list() | tuple():
            yield b"l%d[" % len(value)
            for item in value:
                yield from _encode(item)
            yield b"]"
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def digest_frame(frame: pl.DataFrame, keys: Sequence[str]) -> str:
    """SHA-256 of a table's logical content.

    ``keys`` name the columns whose values identify a row; rows are sorted by them and must be unique.
    Integer widths are immaterial (Int32 7 equals Int64 7); Boolean, String, Date and integers are allowed.
    Raises ``TypeError`` for floats and ``ValueError`` for duplicate keys.
    """
    if frame.select(pl.struct(list(keys)).is_duplicated().any()).item():
        raise ValueError(f"rows are not unique by {list(keys)}")
    ordered = frame.sort(list(keys))
    h = hashlib.sha256(b"frame;%d;" % ordered.height)
    for name in sorted(ordered.columns):
        h.update(b"col;%d:" % len(name.encode()) + name.encode())
        for chunk in _encode_column(ordered.get_column(name)):
            h.update(chunk)
    return h.hexdigest()


def _fits_int64(column: pl.Series) -> bool:
    values = column.drop_nulls()
    return not len(values) or (int(values.min()) >= -(2**63) and int(values.max()) < 2**63)  # type: ignore[arg-type]


def _encode_column(column: pl.Series) -> Iterable[bytes]:
    dtype = column.dtype
    if dtype in (pl.Float32, pl.Float64):
        raise TypeError(f"column {column.name}: a float is not a logical value")
    if dtype == pl.Null:
        yield b"null;%d;" % len(column)
        return
    if dtype == pl.Date:
        tag, plain = b"date;", column.to_physical().cast(pl.Int64)
    elif dtype == pl.Boolean:
        tag, plain = b"bool;", column.cast(pl.Int64)
    elif dtype.is_integer():
        if dtype == pl.Int128 and not _fits_int64(column):
            yield from _encode(["int", *column.to_list()])
            return
        tag, plain = b"int;", column.cast(pl.Int64)
    elif dtype in (pl.String, pl.Categorical) or isinstance(dtype, pl.Enum):
        yield b"str;"
        for piece in column.cast(pl.String).to_frame("text").iter_slices(_SLICE_ROWS):
            yield _encode_texts(piece)
        return
    else:
        raise TypeError(f"column {column.name}: {dtype} has no canonical form")
    nulls = plain.is_null().to_numpy()
    if nulls.all():
        # An all-null column has one encoding whatever type its writer guessed.
        yield b"null;%d;" % len(column)
        return
    yield tag
    yield np.packbits(nulls).tobytes()
    yield plain.fill_null(0).to_numpy().astype("<i8").tobytes()


def _encode_texts(texts: pl.DataFrame) -> bytes:
    """The bytes that ``_encode`` gives value by value, made for a whole slice of a column at once."""
    text = pl.col("text")
    encoded = pl.concat_str(pl.lit("s"), text.str.len_bytes().cast(pl.String), pl.lit(":"), text)
    joined: str = texts.select(encoded.fill_null("n;").str.join("")).item()
    return joined.encode()
