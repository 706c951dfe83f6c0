"""How names of firms are built (名称文法): region, brand, trade, group word, organisation form, branch.

Owns the grammar as a value. Its words are content (``kaiwu.pack.name_shelf`` reads them from packs); taking a name apart
is ``reading``. It never says who somebody is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kaiwu.identity.name import normalise_name


@dataclass(frozen=True, slots=True)
class Region:
    """A division as it stands in names (行政区划): ``lineage`` is itself, then what it lies in."""

    zh: str
    lineage: tuple[str, ...]
    aliases: tuple[str, ...] = ()  # 粤 for 广东

    def agrees_with(self, other: Region) -> bool:
        """Whether one of the two lies in the other, or they are the same."""
        return self.zh in other.lineage or other.zh in self.lineage


@dataclass(frozen=True, slots=True)
class NameGrammar:
    """The words of names (名称用词), from packs; blank lists make a grammar that takes nothing apart.

    ``forms`` maps an organisation form to its class (``joint_stock``, ``limited`` …); ``characters`` maps traditional to
    simplified characters; ``clipped`` maps a trade word to how it is drawn together in short names; ``joint`` are words
    and signs that join two names; ``regions`` maps every spelling of a division to it, or to several of one name.
    """

    forms: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()
    joint: tuple[str, ...] = ()
    clipped: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, tuple[Region, ...]] = field(default_factory=dict)
    characters: Mapping[int, str] = field(default_factory=dict, repr=False)

    def level(self, text: str) -> str:
        """The comparison form of a name: as ``normalise_name``, with simplified characters and without middle dots."""
        return normalise_name(text).translate(self.characters).replace("·", "")
