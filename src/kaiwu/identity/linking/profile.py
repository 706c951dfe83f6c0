"""Names as arrays (名称画像): the views of n names side by side, for comparing them by the hundred thousand.

Owns the views full, stem, core, brand and sound, and the numbers of regions and forms. It does not own comparing
(``measure``) or finding (``index``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from kaiwu.identity.linking.encoding import Ints, Texts, encode_texts, hash_numbers, hash_texts, join_texts
from kaiwu.identity.naming.grammar import NameGrammar, Region
from kaiwu.identity.naming.pinyin import sound_out
from kaiwu.identity.naming.reading import CUT, NameParts, NameReader

Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

REGIONS_KEPT = 3
HEAD = 2
"""Characters at the beginning of a core by which firms of one brand are counted."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """n names as arrays; texts are ``Texts`` of n rows, everything else (n,) or (n, k)."""

    full: Texts  # without the branch
    stem: Texts
    core: Texts
    brand: Texts
    sound: Texts  # of the stem
    place: Texts  # where the firm is, as far as known
    regions: Ints  # (n, REGIONS_KEPT) numbers of regions, 0 for none
    form: Ints  # number of the class of the form, 0 for none
    is_group: Flags
    is_branch: Flags
    keys: Hashes  # (n, 3) full text, stem and core as numbers
    brand_key: Hashes
    head_key: Hashes
    number: Hashes  # the digits of the stem, 0 for none

    def take(self, rows: Ints) -> Profiles:
        """Some of the names, in the order of ``rows``."""
        return Profiles(**{f.name: _take(getattr(self, f.name), rows) for f in fields(self)})

    def join(self, more: Profiles) -> Profiles:
        """These names and more behind them."""
        return Profiles(**{f.name: _join(getattr(self, f.name), getattr(more, f.name)) for f in fields(self)})

    def __len__(self) -> int:
        return len(self.form)


class Profiler:
    """Makes profiles by one grammar; regions and forms have the same numbers in all of them."""

    def __init__(self, grammar: NameGrammar) -> None:
        self.grammar = grammar
        self.reader = NameReader(grammar)
        regions = list(dict.fromkeys(r for several in grammar.regions.values() for r in several))
        self._regions = {region: number for number, region in enumerate(regions, start=1)}
        self.agreement = _tabulate_agreement(regions)
        classes = dict.fromkeys((*grammar.forms.values(), CUT))
        self._forms = {kind: number for number, kind in enumerate(classes, start=1)}
        self.cut_form = self._forms[CUT]

    def read(self, names: Sequence[str]) -> list[NameParts]:
        """Names taken apart."""
        return [self.reader.read(name) for name in names]

    def profile(self, parts: Sequence[NameParts], places: Sequence[str]) -> Profiles:
        """Names taken apart as arrays; ``places`` are addresses, blank where unknown."""
        full = encode_texts([p.text[: len(p.text) - len(p.branch)] for p in parts])
        stem, core, brand = (encode_texts([getattr(p, v) for p in parts]) for v in ("stem", "core", "brand"))
        return Profiles(
            full, stem, core, brand, Texts(sound_out(stem.codes), stem.sizes),
            encode_texts([self.grammar.level(p) for p in places]), self._number_regions(parts),
            np.array([self._forms.get(p.form_class, 0) for p in parts], np.int64),
            np.array([p.is_group for p in parts], np.bool_), np.array([p.branch != "" for p in parts], np.bool_),
            np.column_stack([hash_texts(full), hash_texts(stem), hash_texts(core)]),
            hash_texts(brand), hash_texts(Texts(core.codes[:, :HEAD], np.minimum(core.sizes, HEAD))),
            hash_numbers(stem),
        )  # fmt: skip

    def _number_regions(self, parts: Sequence[NameParts]) -> Ints:
        numbers = np.zeros((len(parts), REGIONS_KEPT), np.int64)
        for row, part in enumerate(parts):
            for column, region in enumerate(part.regions[:REGIONS_KEPT]):
                numbers[row, column] = self._regions[region]
        return numbers


def _tabulate_agreement(regions: Sequence[Region]) -> npt.NDArray[np.int8]:
    """For two numbers of regions: 1 where they agree, -1 where not, 0 where one is none."""
    table = np.zeros((len(regions) + 1, len(regions) + 1), np.int8)
    for i, left in enumerate(regions, start=1):
        table[i, 1:] = [1 if left.agrees_with(right) else -1 for right in regions]
    return table


def _take(value: Any, rows: Ints) -> Any:
    return value.take(rows) if isinstance(value, Texts) else value[rows]


def _join(value: Any, more: Any) -> Any:
    return join_texts(value, more) if isinstance(value, Texts) else np.concatenate([value, more])
