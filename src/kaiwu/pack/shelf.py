"""A shelf: one pack of a library with everything that it may use.

Owns its shape; ``library`` fills the shelves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kaiwu.figure.catalogue import Catalogue
from kaiwu.pack.pack import Pack
from kaiwu.rule.vocabulary import Vocabulary


@dataclass(slots=True)
class Shelf:
    """One pack of a library with what it may use: its own content and that of the packs that it depends on."""

    pack: Pack
    catalogue: Catalogue
    vocabulary: Vocabulary
    sources: Mapping[str, Mapping[str, str]]
    taxonomies: Mapping[str, Mapping[str, tuple[str, str]]]
