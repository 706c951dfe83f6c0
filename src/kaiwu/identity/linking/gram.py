"""Names as sparse rows of n-grams (字片): characters, pairs, pairs of sounds, and whole spellings.

Owns hashing the grams of names into a fixed number of columns, so that a new name never changes the columns of another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kaiwu.identity.linking.encoding import MIX, Ints, Texts, encode_texts, hash_texts
from kaiwu.identity.naming.pinyin import sound_out

COLUMNS = 1 << 20
"""Columns of the hash space: two grams of 14,000 names share one about once in a hundred."""

PAIR_WEIGHT = 1.0
SINGLE_WEIGHT = 0.25
SOUND_WEIGHT = 0.4
LOOSE_WEIGHT = 0.6
SPELLING_WEIGHT = 1.0

_SHIFT = np.uint64(64 - 20)
_BEGIN = 1


@dataclass(frozen=True, slots=True)
class GramSource:
    """What the grams of n names are made of: their stems, cores, and whole spellings of each."""

    stems: Sequence[str]
    cores: Sequence[str]
    spellings: Sequence[Sequence[str]]


def count_grams(source: GramSource) -> sparse.csr_matrix:
    """Rows of gram weights (n, ``COLUMNS``) float32, before the weighting by rarity; a gram counts once per name."""
    stems, cores = encode_texts(source.stems), encode_texts(source.cores)
    sounds = Texts(sound_out(stems.codes), stems.sizes)
    families = (
        (*_pairs(stems, 1), PAIR_WEIGHT),
        (*_heads(cores, 2), PAIR_WEIGHT),
        (*_singles(stems, 3), SINGLE_WEIGHT),
        (*_pairs(sounds, 4), SOUND_WEIGHT),
        (*_spellings(source.spellings, 5), SPELLING_WEIGHT),
        (*_loose_pairs(stems, 6), LOOSE_WEIGHT),
    )
    rows = np.concatenate([f[0] for f in families])
    columns = np.concatenate([f[1] for f in families])
    weights = np.concatenate([np.full(len(f[0]), f[2], np.float32) for f in families])
    keys, first = np.unique(rows * COLUMNS + columns, return_index=True)
    shape = (len(stems.sizes), COLUMNS)
    pointers = np.searchsorted(keys, np.arange(shape[0] + 1) * COLUMNS)
    return sparse.csr_matrix((weights[first], (keys % COLUMNS).astype(np.int32), pointers), shape=shape)


def _hash(first: npt.NDArray[np.uint64], second: npt.NDArray[np.uint64], family: int) -> Ints:
    mixed = (first * MIX ^ second) * MIX + np.uint64(family * 0xD1B54A32D192ED03 % (1 << 64))
    mixed ^= mixed >> np.uint64(29)
    return ((mixed * MIX) >> _SHIFT).astype(np.int64)


def _pairs(texts: Texts, family: int) -> tuple[Ints, Ints]:
    codes = texts.codes.astype(np.uint64)
    rows, at = np.nonzero(texts.codes[:, 1:])
    return rows, _hash(codes[rows, at], codes[rows, at + 1], family)


def _loose_pairs(texts: Texts, family: int) -> tuple[Ints, Ints]:
    """Two neighbours in either order, and two with one character between: swapped and missing characters keep some."""
    codes = texts.codes.astype(np.uint64)
    near, at = np.nonzero(texts.codes[:, 1:])
    far, over = np.nonzero(texts.codes[:, 2:])
    first, second = codes[near, at], codes[near, at + 1]
    rows = np.concatenate([near, far])
    low = np.concatenate([np.minimum(first, second), codes[far, over]])
    return rows, _hash(low, np.concatenate([np.maximum(first, second), codes[far, over + 2]]), family)


def _singles(texts: Texts, family: int) -> tuple[Ints, Ints]:
    rows, at = np.nonzero(texts.codes)
    return rows, _hash(texts.codes[rows, at].astype(np.uint64), np.zeros(len(rows), np.uint64), family)


def _heads(texts: Texts, family: int) -> tuple[Ints, Ints]:
    """The first character of each text, marked as such."""
    rows = np.flatnonzero(texts.sizes > 0)
    return rows, _hash(np.full(len(rows), _BEGIN, np.uint64), texts.codes[rows, 0].astype(np.uint64), family)


def _spellings(spellings: Sequence[Sequence[str]], family: int) -> tuple[Ints, Ints]:
    rows = np.repeat(np.arange(len(spellings)), [len(s) for s in spellings])
    texts = encode_texts(list(chain.from_iterable(spellings)))
    return rows, _hash(hash_texts(texts), texts.sizes.astype(np.uint64), family)
