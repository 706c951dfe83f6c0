"""Whole spellings of indexed names (写法): does a mention spell a name exactly as it may be abbreviated, and who else may be meant?

Owns the table of spellings. They are made by ``kaiwu.identity.naming.abbreviation``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from kaiwu.identity.linking.encoding import MIX, Ints, encode_texts, hash_texts
from kaiwu.identity.linking.profile import Hashes

NO_SPELLING = 99
"""Rank of a name that may not be spelled like the mention."""


@dataclass(frozen=True, slots=True)
class Spellings:
    """Spellings of entries: sorted keys of (entry, spelling) with their rank, and sorted keys of spellings alone."""

    keys: Hashes
    ranks: Ints
    shared: Hashes

    @classmethod
    def of(cls, spellings: Sequence[Sequence[str]], first: int = 0) -> Spellings:
        """The table of n entries numbered from ``first``; the earlier a spelling stands, the likelier it is."""
        sizes = [len(s) for s in spellings]
        texts = hash_texts(encode_texts(list(chain.from_iterable(spellings))))
        entries = np.repeat(np.arange(first, first + len(sizes)), sizes)
        ranks = np.arange(len(texts)) - np.repeat(np.cumsum([0, *sizes[:-1]]), sizes)
        keys = _mix(texts, entries)
        order = np.lexsort((ranks, keys))
        return cls(keys[order], ranks[order], np.sort(texts))

    def join(self, more: Spellings) -> Spellings:
        """This table and another's rows."""
        keys, ranks = np.concatenate([self.keys, more.keys]), np.concatenate([self.ranks, more.ranks])
        order = np.lexsort((ranks, keys))
        return Spellings(keys[order], ranks[order], np.sort(np.concatenate([self.shared, more.shared])))

    def rank(self, texts: Hashes, entries: Ints) -> Ints:
        """How likely each entry is spelled so (p,): 0 is its full name, ``NO_SPELLING`` never. ``texts`` (p, k): the best counts."""
        best = np.full(len(entries), NO_SPELLING, np.int64)
        for column in range(texts.shape[1]):
            wanted = _mix(texts[:, column], entries)
            at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
            best = np.minimum(best, np.where(self.keys[at] == wanted, self.ranks[at], NO_SPELLING))
        return best

    def count_sharers(self, texts: Hashes) -> Ints:
        """How many entries may be spelled so (n,): of the k texts of a row (n, k) the one that somebody shares least counts."""
        low, high = (np.searchsorted(self.shared, texts, side=side) for side in ("left", "right"))
        counts = high - low
        least = np.where(counts > 0, counts, np.iinfo(np.int64).max).min(axis=1)
        return np.where(counts.max(axis=1) > 0, least, 0)


def _mix(texts: Hashes, entries: Ints) -> Hashes:
    mixed = (texts ^ (entries.astype(np.uint64) + np.uint64(1)) * MIX) * MIX
    return mixed ^ (mixed >> np.uint64(31))
