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

WIDTH_MAX = 40
"""Characters of a text that are compared; the longest firm names of the country stay below this."""


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


def hash_bags(texts: Texts) -> npt.NDArray[np.uint64]:
    """One number per text (n,) that does not depend on the order of its characters."""
    mixed = texts.codes.astype(np.uint64) * MIX
    mixed = (mixed ^ (mixed >> np.uint64(29))) * MIX
    return mixed.sum(axis=1)


def align(left: Texts, right: Texts) -> Ints:
    """Length of the longest common subsequence of n pairs (n,), by Hyyrö's bit-parallel recurrence.

    One bit of a 64-bit word per character of ``left``; one step per character of ``right`` for all pairs at once. Source:
    H. Hyyrö, Bit-parallel LCS-length computation revisited, AWOCA 2004.
    """
    bits = np.uint64(1) << np.arange(left.codes.shape[1], dtype=np.uint64)
    state = np.full(len(left.sizes), ~np.uint64(0))
    present = left.codes != 0
    for column in range(right.codes.shape[1]):
        same = (left.codes == right.codes[:, column, None]) & present
        mask = same @ bits
        common = state & mask
        state = (state + common) | (state - common)
    inside = np.where(left.sizes >= 64, ~np.uint64(0), (np.uint64(1) << left.sizes.astype(np.uint64)) - np.uint64(1))
    return np.bitwise_count(~state & inside).astype(np.int64)


def count_prefix(left: Texts, right: Texts) -> Ints:
    """Characters that n pairs of texts share from their beginning (n,)."""
    width = min(left.codes.shape[1], right.codes.shape[1])
    same = (left.codes[:, :width] == right.codes[:, :width]) & (left.codes[:, :width] != 0)
    return np.minimum.accumulate(same, axis=1).sum(axis=1)
