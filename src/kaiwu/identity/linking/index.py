"""An index of names (名称索引): every name of every entity, found again by a mention through shared grams.

Owns the weighted gram rows of names, finding the best candidates of many mentions at once, and adding a name without
touching the others. It does not judge candidates (``measure``, ``ranking``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kaiwu.identity.entity import NameKind
from kaiwu.identity.linking.encoding import Floats, Ints
from kaiwu.identity.linking.gram import COLUMNS, GramSource, count_grams
from kaiwu.identity.linking.profile import Profiler, Profiles
from kaiwu.identity.linking.rarity import Rarity
from kaiwu.identity.linking.spelling import Spellings
from kaiwu.identity.naming.abbreviation import abbreviate
from kaiwu.identity.naming.reading import NameParts

CANDIDATES_MAX = 10
"""Names that a mention is compared with in detail; 99 of 100 true names are among the first ten."""

SHARE_MIN = 0.25
"""A candidate whose gram score is below this share of the best one's is not looked at."""

COMMON_MAX = 1000
"""Grams of more names than this find nobody: 科技, 杭. They cost half of the time and bring one name in a thousand."""

LENGTH_POWER = 0.4
"""How far long names are held back: 0 not at all, 1 as by the cosine."""

BLOCK = 1024
"""Mentions that are multiplied with the index at once, so that the product stays in memory of some megabytes."""

TAIL_MAX = 256
"""Added names that are kept apart before they are joined to the inverted index."""


_LONG_NUMBER = re.compile(r"[0-9]{3,}")


@dataclass(frozen=True, slots=True)
class NameEntry:
    """One name of one entity in an index (索引条目); ``place`` is the entity's address, blank where unknown."""

    entity: str
    text: str
    kind: NameKind = NameKind.LEGAL
    is_former: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Mentions and entries that may belong together (候选对): row numbers and gram score, (p,) each, by mention."""

    mention: Ints
    entry: Ints
    score: Floats
    share: Floats  # of the best score of the mention

    def __len__(self) -> int:
        return len(self.mention)


class NameIndex:
    """Names of entities, ready to be asked. ``weights`` of grams are those of the names that it was built of."""

    def __init__(self, entries: Sequence[NameEntry], profiler: Profiler) -> None:
        self.profiler = profiler
        self.entries = list(entries)
        self.parts = parts = profiler.read([e.text for e in entries])
        self.profiles = profiler.profile(parts, [e.place for e in entries])
        spelled = [self._spell(p) for p in parts]
        grams = count_grams(_source(parts, spelled))
        self.weights = _weigh_grams(grams)
        self.rarity = Rarity.count(self.profiles)
        self.name_kinds = _number_kinds(entries)
        self.spellings = Spellings.of(spelled)
        self._inverted = self._weigh_rows(grams).T.tocsr()
        self._tail: sparse.csr_matrix | None = None

    def __len__(self) -> int:
        return len(self.entries)

    def add(self, entries: Sequence[NameEntry]) -> Profiles:
        """Add names; the grams keep their weights until the index is built again. Returns their profiles."""
        parts = self.profiler.read([e.text for e in entries])
        profiles = self.profiler.profile(parts, [e.place for e in entries])
        spelled = [self._spell(p) for p in parts]
        rows = self._weigh_rows(count_grams(_source(parts, spelled)))
        self.entries += entries
        self.parts += parts
        self.profiles = self.profiles.join(profiles)
        self.name_kinds = np.concatenate([self.name_kinds, _number_kinds(entries)])
        self.spellings = self.spellings.join(Spellings.of(spelled, first=len(self.entries) - len(entries)))
        self._tail = rows if self._tail is None else sparse.vstack([self._tail, rows]).tocsr()
        if self._tail.shape[0] > TAIL_MAX:
            self._inverted = sparse.hstack([self._inverted, self._tail.T]).tocsr()
            self._tail = None
        return profiles

    def find(self, parts: Sequence[NameParts]) -> Pairs:
        """The best candidates of mentions, at most ``CANDIDATES_MAX`` each, best first."""
        grams = self._weigh_mentions(parts)
        norms = np.sqrt(np.asarray(grams.multiply(grams).sum(axis=1)).ravel())
        blocks = [self._find_block(grams[at : at + BLOCK], at) for at in range(0, len(parts), BLOCK)]
        if not blocks:
            return Pairs(*(np.zeros(0, np.int64),) * 2, *(np.zeros(0, np.float32),) * 2)
        mention, entry, score, share = (np.concatenate([b[i] for b in blocks]) for i in range(4))
        return Pairs(mention, entry, (score / np.maximum(norms[mention], 1e-9)).astype(np.float32), share)

    def share_grams(self, parts: Sequence[NameParts], entries: Ints) -> npt.NDArray[np.bool_]:
        """Which mentions share a gram that finds names with some of the entries (n,): nobody else can have them as candidates."""
        own = [self.parts[entry] for entry in entries.tolist()]
        rows = self._weigh_rows(count_grams(_source(own, [self._spell(p) for p in own])))
        met = self._weigh_mentions(parts) @ rows.T
        return np.asarray(met.sum(axis=1)).ravel() > 0

    def _weigh_mentions(self, parts: Sequence[NameParts]) -> sparse.csr_matrix:
        keys = [(*{p.text[: len(p.text) - len(p.branch)], p.stem, p.core}, *_find_number(p)) for p in parts]
        grams = count_grams(_source(parts, keys))
        grams.data = grams.data * self.weights[grams.indices]
        grams.eliminate_zeros()
        return grams

    def _find_block(self, grams: sparse.csr_matrix, first: int) -> tuple[Ints, Ints, Floats, Floats]:
        found = (grams @ self._inverted).tocsr()
        if self._tail is not None:
            found = sparse.hstack([found, grams @ self._tail.T]).tocsr()
        counts = np.diff(found.indptr)
        rows = np.repeat(np.arange(len(counts)), counts)
        best = np.zeros(len(counts), np.float32)
        is_met = counts > 0
        best[is_met] = np.maximum.reduceat(found.data, found.indptr[:-1][is_met]) if is_met.any() else 0
        share = found.data / best[rows]
        kept = np.flatnonzero(share >= SHARE_MIN)
        kept = kept[np.lexsort((found.indices[kept], -share[kept], rows[kept]))]
        rows = rows[kept]
        rank = np.arange(len(rows)) - np.searchsorted(rows, np.arange(len(counts)))[rows]
        kept, rows = kept[rank < CANDIDATES_MAX], rows[rank < CANDIDATES_MAX]
        return rows + first, found.indices[kept].astype(np.int64), found.data[kept], share[kept]

    def _weigh_rows(self, grams: sparse.csr_matrix) -> sparse.csr_matrix:
        grams.data = grams.data * self.weights[grams.indices]
        grams.eliminate_zeros()
        norms = np.sqrt(np.asarray(grams.multiply(grams).sum(axis=1)).ravel())
        return (sparse.diags(1 / np.maximum(norms, 1e-9) ** LENGTH_POWER) @ grams).tocsr().astype(np.float32)

    def _spell(self, parts: NameParts) -> tuple[str, ...]:
        return (parts.text, *abbreviate(parts, self.profiler.grammar), *_find_number(parts))


def _find_number(parts: NameParts) -> tuple[str, ...]:
    """A long number in a name as a spelling of its own: it finds the name among hundreds that differ by it alone."""
    found = _LONG_NUMBER.search(parts.stem)
    return (f"#{found.group()}",) if found else ()


def _number_kinds(entries: Sequence[NameEntry]) -> Ints:
    order = (NameKind.LEGAL, NameKind.FORMER, NameKind.SHORT, NameKind.BRAND)
    return np.array([1 if e.is_former else order.index(e.kind) for e in entries], np.int64)


def _source(parts: Sequence[NameParts], spellings: Sequence[Sequence[str]]) -> GramSource:
    return GramSource([p.stem for p in parts], [p.core for p in parts], spellings)


def _weigh_grams(grams: sparse.csr_matrix) -> Floats:
    """Rarity of each gram: ``ln((n + 1) / (df + 1/2))``, 0 for those that are too common."""
    count = np.bincount(grams.indices, minlength=COLUMNS)
    weights = np.log((grams.shape[0] + 1) / (count + 0.5)).clip(0)
    return np.where(count > max(COMMON_MAX, grams.shape[0] // 10), 0, weights).astype(np.float32)
