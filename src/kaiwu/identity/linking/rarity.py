"""How common characters, brands and beginnings of names are among indexed names (罕见程度).

Owns these counts. A rare character that a mention and a name share says more than a common one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kaiwu.identity.linking.encoding import Codes, Floats, Ints
from kaiwu.identity.linking.profile import Hashes, Profiles
from kaiwu.identity.naming.pinyin import PLANE


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each key occurs: ``keys`` in rising order without repetition, ``counts`` beside them."""

    keys: Hashes
    counts: Ints

    @classmethod
    def of(cls, keys: Hashes) -> Tally:
        """The tally of n keys."""
        return cls(*np.unique(keys, return_counts=True))

    def count(self, keys: Hashes) -> Ints:
        """How often each of these keys was counted (n,)."""
        if not len(self.keys):
            return np.zeros(len(keys), np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.counts[at], 0)


@dataclass(frozen=True, slots=True)
class Rarity:
    """Counts over n names."""

    characters: Floats  # (65536,) ln(n / names with the character)
    brands: Tally
    cores: Tally
    heads: Tally  # how names begin behind their region

    @classmethod
    def count(cls, profiles: Profiles) -> Rarity:
        """Counts over the names of an index."""
        codes = profiles.stem.codes
        rows, at = np.nonzero(codes)
        pairs = np.unique(rows.astype(np.int64) * PLANE + np.minimum(codes[rows, at], PLANE - 1))
        counts = np.bincount(pairs % PLANE, minlength=PLANE)
        weights = np.log(max(len(codes), 1) / np.maximum(counts, 1)).astype(np.float32)
        weights[0] = 0
        return cls(weights, Tally.of(profiles.brand_key), Tally.of(profiles.keys[:, -1]), Tally.of(profiles.head_key))

    def weigh(self, codes: Codes) -> Floats:
        """Weights of characters, in the shape given; 0 where there is none."""
        return self.characters[np.minimum(codes, PLANE - 1)]
