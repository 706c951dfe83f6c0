"""Measuring pairs of a mention and a name (特征): how well they agree, and how far the best stands before the next.

Owns the measures, each a column with its name. It does not own what they are worth (``ranking``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from kaiwu.identity.linking.encoding import Floats, Ints, Texts, align, count_prefix, find_shared, hash_bags
from kaiwu.identity.linking.index import NameIndex, Pairs
from kaiwu.identity.linking.profile import Profiler, Profiles
from kaiwu.identity.linking.rarity import Rarity
from kaiwu.identity.linking.spelling import NO_SPELLING

NO_OTHER = -1.0
"""What the best candidate is compared with where there is no second one."""

NO_OTHER_YET = np.float32(-np.inf)

Column: TypeAlias = npt.NDArray[Any]
"""One measure of all pairs, before it becomes float32."""

NEVER_SPELLED = -math.log1p(NO_SPELLING) + 1e-3
"""Above this the mention spells the name as it may be abbreviated."""

GAPPED = (
    "score", "full_of_mention", "full_of_name", "stem_of_mention", "stem_of_name", "core_of_name", "sound_of_mention",
    "sound_of_name", "cover_of_mention", "cover_of_name", "brand_of_name", "place", "spelling",
)  # fmt: skip
"""Measures of which the distance to the best other entity is a measure too."""


@dataclass(frozen=True, slots=True)
class Measures:
    """p pairs measured: ``names`` of the columns of ``values`` (p, k) float32."""

    names: tuple[str, ...]
    values: Floats

    def column(self, name: str) -> Floats:
        """One measure of all pairs (p,)."""
        return self.values[:, self.names.index(name)]

    def take(self, rows: Ints) -> Measures:
        """Some of the pairs."""
        return Measures(self.names, self.values[rows])


def measure_pairs(mentions: Profiles, index: NameIndex, pairs: Pairs) -> Measures:
    """Measures of each pair by itself."""
    left, right = mentions.take(pairs.mention), index.profiles.take(pairs.entry)
    columns: dict[str, Column] = {"score": pairs.score, "share": pairs.share}
    columns |= _align_views(left, right)
    columns |= _cover(left.stem, right.stem, index.rarity)
    columns |= _compare_parts(left, right, index.profiler)
    columns |= _count_namesakes(mentions, pairs.mention, right, index.rarity)
    shorter = np.minimum(left.place.sizes, right.place.sizes)
    columns["place"] = np.where(shorter > 0, 2 * align(left.place, right.place) / np.maximum(shorter, 1) - 1, 0)
    rank = index.spellings.rank(left.keys, pairs.entry)
    sharers = index.spellings.count_sharers(mentions.keys)[pairs.mention]
    columns |= {"spelling": -np.log1p(rank), "sharers": np.log1p(sharers)}
    columns["name_kind"] = index.name_kinds[pairs.entry]
    return Measures(tuple(columns), np.column_stack([np.asarray(c, np.float32) for c in columns.values()]))


def measure_gaps(measures: Measures, mention: Ints, count: int) -> Measures:
    """The measures with, for each of ``GAPPED``, the distance to the best other pair of the mention, and how many there are.

    ``mention`` (p,) rises; one pair per entity. The best pair has a gap above 0, a tie 0, the others below.
    """
    gaps = measure_gap(measures.values[:, [measures.names.index(name) for name in GAPPED]], mention)
    numbers = np.bincount(mention, minlength=count)[mention]
    covering = np.bincount(mention, weights=measures.column("stem_of_mention") > 0.99, minlength=count)[mention]
    spelled = np.bincount(mention, weights=measures.column("spelling") > NEVER_SPELLED, minlength=count)[mention]
    added = np.column_stack([gaps, numbers, covering, spelled]).astype(np.float32)
    names = (*measures.names, *(f"gap_{name}" for name in GAPPED), "candidates", "covering", "spelled")
    return Measures(names, np.concatenate([measures.values, added], axis=1))


def _align_views(left: Profiles, right: Profiles) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for view in ("full", "stem", "core", "sound"):
        a, b = getattr(left, view), getattr(right, view)
        common = align(a, b)
        columns[f"{view}_of_mention"] = common / np.maximum(a.sizes, 1)
        columns[f"{view}_of_name"] = common / np.maximum(b.sizes, 1)
    columns["brand_of_mention"] = align(left.brand, right.brand) / np.maximum(left.brand.sizes, 1)
    columns["brand_of_name"] = align(left.stem, right.brand) / np.maximum(right.brand.sizes, 1)
    columns["core_in_stem"] = align(left.core, right.stem) / np.maximum(left.core.sizes, 1)
    for view in ("full", "stem", "core"):
        prefix = count_prefix(getattr(left, view), getattr(right, view))
        columns[f"{view}_prefix"] = prefix / np.maximum(getattr(left, view).sizes, 1)
    return columns


def _cover(left: Texts, right: Texts, rarity: Rarity) -> dict[str, Column]:
    """Rarity-weighted shares of the characters that the other has anywhere, and the rarest that it lacks."""
    columns: dict[str, Column] = {}
    shared = find_shared(left, right)
    for side, text, is_shared in (("mention", left, shared[0]), ("name", right, shared[1])):
        weights = rarity.weigh(text.codes)
        total = weights.sum(axis=1)
        columns[f"cover_of_{side}"] = (weights * is_shared).sum(axis=1) / np.maximum(total, 1e-9)
        columns[f"lost_of_{side}"] = (weights * ~is_shared).max(axis=1)
        columns[f"weight_of_{side}"] = total
    return columns


def _compare_parts(left: Profiles, right: Profiles, profiler: Profiler) -> dict[str, Column]:
    table = profiler.agreement
    met = table[left.regions[:, :, None], right.regions[:, None, :]]
    region = np.where((met > 0).any(axis=(1, 2)), 1, np.where((met < 0).any(axis=(1, 2)), -1, 0))
    is_known = (left.form > 0) & (right.form > 0) & (left.form != profiler.cut_form)
    return {
        "region": region,
        "regions_of_mention": (left.regions > 0).sum(axis=1),
        "regions_of_name": (right.regions > 0).sum(axis=1),
        "form": np.where(is_known, np.where(left.form == right.form, 1, -1), 0),
        "form_of_mention": left.form,
        "form_of_name": right.form,
        "group_of_mention": left.is_group,
        "group_of_name": right.is_group,
        "size_of_mention": left.core.sizes,
        "size_of_name": right.core.sizes,
        "same_characters": hash_bags(left.core) == hash_bags(right.core),
        "same_text_characters": hash_bags(left.full) == hash_bags(right.full),
    }


def _count_namesakes(mentions: Profiles, mention: Ints, right: Profiles, rarity: Rarity) -> dict[str, Column]:
    """How many names share the brand, the core or the beginning: of the mention, once for all its pairs, and of the name."""
    counts = {
        "same_brands": rarity.brands.count(right.brand_key),
        "same_cores": rarity.cores.count(right.keys[:, -1]),
        "brands_of_mention": rarity.brands.count(mentions.brand_key)[mention],
        "heads_of_mention": rarity.heads.count(mentions.head_key)[mention],
        "heads_of_name": rarity.heads.count(right.head_key),
    }
    return {name: np.log1p(count) for name, count in counts.items()}


def measure_gap(values: Floats, mention: Ints) -> Floats:
    """Distance of each pair to the best other pair of its mention, column by column (p, k); ``mention`` (p,) rises."""
    if not len(values):
        return values
    starts = np.flatnonzero(np.diff(mention, prepend=-1))
    group = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(mention)))
    best = np.maximum.reduceat(values, starts)[group]
    is_best = values == best
    second = np.maximum.reduceat(np.where(is_best, NO_OTHER_YET, values), starts)
    is_alone = (np.diff(starts, append=len(mention)) == 1)[:, None]
    is_tied = np.add.reduceat(is_best, starts, dtype=np.int64) > 1
    rival = np.where(is_alone, NO_OTHER, np.where(is_tied, best[starts], second))[group]
    return np.asarray(values - np.where(is_best, rival, best), np.float32)
