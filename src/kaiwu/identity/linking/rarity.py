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
class Rarity:
    """Counts over n names."""

    characters: Floats  # (65536,) ln(n / names with the character)
    brands: Hashes  # sorted, with repetition
    cores: Hashes
    heads: Hashes

    @classmethod
    def count(cls, profiles: Profiles) -> Rarity:
        """Counts over the names of an index."""
        codes = profiles.stem.codes
        rows, at = np.nonzero(codes)
        pairs = np.unique(rows.astype(np.int64) * PLANE + np.minimum(codes[rows, at], PLANE - 1))
        counts = np.bincount(pairs % PLANE, minlength=PLANE)
        weights = np.log(max(len(codes), 1) / np.maximum(counts, 1)).astype(np.float32)
        weights[0] = 0
        return cls(weights, np.sort(profiles.brand_key), np.sort(profiles.keys[:, -1]), np.sort(profiles.head_key))

    def weigh(self, codes: Codes) -> Floats:
        """Weights of characters, in the shape given; 0 where there is none."""
        return self.characters[np.minimum(codes, PLANE - 1)]

    def count_brands(self, keys: Hashes) -> Ints:
        """How many names have each of these brands (n,)."""
        return _count(self.brands, keys)

    def count_cores(self, keys: Hashes) -> Ints:
        """How many names have each of these cores (n,)."""
        return _count(self.cores, keys)

    def count_heads(self, keys: Hashes) -> Ints:
        """How many names begin like this behind their region (n,)."""
        return _count(self.heads, keys)


def _count(table: Hashes, keys: Hashes) -> Ints:
    return np.searchsorted(table, keys, side="right") - np.searchsorted(table, keys, side="left")
