"""Texts as arrays of characters, and how well two of them align, for many pairs at once.

Owns the padded matrix of characters and the bit-parallel longest common subsequence. It does not know what the texts mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

MIX = np.uint64(0x9E3779B97F4A7C15)
"""Multiplier of the hashes: 2^64 by the golden ratio."""

ORDINAL = ord("第")
NUMERALS = np.array([ord(c) for c in "一二三四五六七八九十"], np.uint32)

ABSENT = np.uint32(0xFFFFFFFF)
"""No character."""

WIDTH_MAX = 32
"""Characters of a text that are compared: one bit of a word each. Of ten thousand firm names one or two are longer."""


@dataclass(frozen=True, slots=True)
class Texts:
    """n texts side by side: ``codes`` (n, width) with 0 behind the end, ``sizes`` (n,)."""

    codes: Codes
    sizes: Ints

    def take(self, rows: Ints) -> Texts:
        """Some of the texts, in the order of ``rows``."""
        sizes = self.sizes[rows]
        width = int(sizes.max(initial=1))
        return Texts(self.codes[rows, :width], sizes)


def encode_texts(texts: Sequence[str]) -> Texts:
    """Texts as an array; what is longer than ``WIDTH_MAX`` is cut."""
    cut = [t[:WIDTH_MAX] for t in texts]
    sizes = np.fromiter(map(len, cut), np.int64, len(cut))
    width = max(int(sizes.max(initial=0)), 1)
    joined = np.frombuffer("".join(cut).encode("utf-32-le"), np.uint32)
    codes = np.zeros((len(cut), width), np.uint32)
    codes[np.arange(width) < sizes[:, None]] = joined
    return Texts(codes, sizes)


def join_texts(texts: Texts, more: Texts) -> Texts:
    """Texts and more of them behind; the narrower ones are padded."""
    width = max(texts.codes.shape[1], more.codes.shape[1])
    padded = [np.pad(t.codes, ((0, 0), (0, width - t.codes.shape[1]))) for t in (texts, more)]
    return Texts(np.concatenate(padded), np.concatenate([texts.sizes, more.sizes]))


def hash_texts(texts: Texts) -> npt.NDArray[np.uint64]:
    """One number per text (n,): a polynomial in its characters."""
    total = np.zeros(len(texts.sizes), np.uint64)
    for column in range(texts.codes.shape[1]):
        codes = texts.codes[:, column].astype(np.uint64)
        total = np.where(codes != 0, total * MIX + codes, total)
    return total


def hash_numbers(texts: Texts) -> npt.NDArray[np.uint64]:
    """One number per text (n,) for its digits and for what stands behind 第, 0 where there are none: 第三 is not 第五."""
    is_digit = (texts.codes >= ord("0")) & (texts.codes <= ord("9"))
    is_digit[:, 1:] |= (texts.codes[:, :-1] == ORDINAL) & np.isin(texts.codes[:, 1:], NUMERALS)
    return hash_texts(Texts(np.where(is_digit, texts.codes, 0), texts.sizes))


def hash_bags(texts: Texts) -> npt.NDArray[np.uint64]:
    """One number per text (n,) that does not depend on the order of its characters."""
    mixed = texts.codes.astype(np.uint64) * MIX
    mixed = (mixed ^ (mixed >> np.uint64(29))) * MIX
    return np.asarray(mixed.sum(axis=1), np.uint64)


def align(left: Texts, right: Texts) -> Ints:
    """Length of the longest common subsequence of n pairs (n,), by Hyyrö's bit-parallel recurrence.

    One bit of a 32-bit word per character of ``left``; one step per character of ``right`` for all pairs at once. Source:
    H. Hyyrö, Bit-parallel LCS-length computation revisited, AWOCA 2004.
    """
    state = np.full(len(left.sizes), ~np.uint32(0))
    for mask in _mask_characters(left, right):
        common = state & mask
        state = (state + common) | (state - common)
    return np.bitwise_count(~state).astype(np.int64)


def _mask_characters(left: Texts, right: Texts) -> npt.NDArray[np.uint32]:
    """For each place of ``right`` the places of ``left`` with the same character, one bit each (width of right, n)."""
    places = np.ascontiguousarray(right.codes.T)
    padded = np.ascontiguousarray(np.where(left.codes == 0, ABSENT, left.codes).T)
    masks = np.zeros(places.shape, np.uint32)
    for bit, characters in enumerate(padded):
        masks |= (places == characters).astype(np.uint32) << np.uint32(bit)
    return masks


def find_shared(left: Texts, right: Texts) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which characters of n pairs of texts the other has anywhere: (n, width of left) and (n, width of right)."""
    masks = _mask_characters(left, right)
    met = np.bitwise_or.reduce(masks, axis=0)
    places = np.arange(left.codes.shape[1], dtype=np.uint32)
    return (met[:, None] >> places & np.uint32(1)).astype(np.bool_), (masks != 0).T


def count_prefix(left: Texts, right: Texts) -> Ints:
    """Characters that n pairs of texts share from their beginning (n,)."""
    width = min(left.codes.shape[1], right.codes.shape[1])
    same = (left.codes[:, :width] == right.codes[:, :width]) & (left.codes[:, :width] != 0)
    return np.asarray(np.minimum.accumulate(same, axis=1).sum(axis=1), np.int64)
