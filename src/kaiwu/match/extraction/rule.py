"""The words by which a text is taken apart (抽取规则), read from ``match/extraction.yaml`` of packs.

Owns the keys and the patterns made from them. A later pack adds words; none can take one away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kaiwu.figure.entry import Entry
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.quantity.unit import unit_spellings
from kaiwu.table import Document

HEADING_ROLES = ("object", "quantity", "place", "deadline", "qualification", "ignored")
"""What stands under a heading; ``ignored`` is about the buyer, the money or how to apply."""

WORD_KEYS = ("organisations", "boilerplate", "title_words", "about_buyer")
EXTRACTION_KEYS = ("headings", *WORD_KEYS, "certificates")

_NAME = r"[\u3400-\u9fffA-Za-z0-9()（）·]"


@dataclass(frozen=True)
class ExtractionRules:
    """``headings`` by role; ``organisations`` are name endings; ``certificates`` are spellings by code.

    ``characters`` maps traditional to simplified characters, one for one: the same table by which names are compared.
    """

    headings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    organisations: tuple[str, ...] = ()
    boilerplate: tuple[str, ...] = ()
    title_words: tuple[str, ...] = ()
    about_buyer: tuple[str, ...] = ()
    certificates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    characters: Mapping[int, str] = field(default_factory=dict, repr=False)

    def simplify(self, text: str) -> str:
        """A text in simplified characters (繁体转简体)."""
        return text if text.isascii() else text.translate(self.characters)

    @cached_property
    def roles(self) -> Mapping[str, str]:
        """The role of every heading."""
        return {word: role for role, words in self.headings.items() for word in words}

    @cached_property
    def heading(self) -> re.Pattern[str]:
        """A heading at the start of a sentence, with its number and colon."""
        number = r"(?:[(（]?[0-9一二三四五六七八九十]{1,3}[)）、.．]\s*)?"
        return re.compile(rf"(?:(?<=[。；;!！\n])|^)\s*{number}(?P<word>{_any_of(self.roles)})\s*(?:[:：]|\n|(?=\s))")

    @cached_property
    def organisation(self) -> re.Pattern[str]:
        """The name of an organisation: what stands before one of the endings, back to the nearest break."""
        return re.compile(rf"{_NAME}{{2,24}}?(?:{_any_of(self.organisations)})")

    @cached_property
    def noise(self) -> re.Pattern[str]:
        """Phrases that say nothing of the object."""
        return re.compile(_any_of(self.boilerplate))

    @cached_property
    def title_noise(self) -> re.Pattern[str]:
        """Words of a title that name the paper, not the object."""
        return re.compile(_any_of((*self.title_words, *self.boilerplate)))

    @cached_property
    def buyer(self) -> re.Pattern[str]:
        """Words by which a sentence is about the buyer."""
        return re.compile(_any_of(self.about_buyer))

    @cached_property
    def amount(self) -> re.Pattern[str]:
        """A number with a unit."""
        return re.compile(rf"(?<![0-9.A-Za-z])[0-9][0-9,]*(?:\.[0-9]+)?\s*(?:{_any_of(unit_spellings())})")


def _any_of(words: Iterable[str]) -> str:
    """A pattern of the longest word that fits; nothing at all where there are no words."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w))) or r"(?!)"


def load_extraction(documents: Iterable[Document]) -> ExtractionRules:
    """Read the extraction files of packs. Raises ``KaiwuError`` with every mistake of all files."""
    headings: dict[str, list[str]] = {role: [] for role in HEADING_ROLES}
    words: dict[str, list[str]] = {key: [] for key in WORD_KEYS}
    certificates: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for document in documents:
        data = document.data if isinstance(document.data, dict) else {}
        entry = Entry(document, (), data, problems)
        entry.check_keys(EXTRACTION_KEYS)
        inner = _below(entry, "headings")
        inner.check_keys(HEADING_ROLES)
        for role in HEADING_ROLES:
            headings[role] += inner.texts(role)
        for key in WORD_KEYS:
            words[key] += entry.texts(key)
        names = _below(entry, "certificates")
        for code in names.data:
            certificates.setdefault(str(code), [str(code)]).extend(names.texts(code))
    if problems:
        raise KaiwuError(problems)
    organisations, boilerplate, title_words, about_buyer = (tuple(dict.fromkeys(words[key])) for key in WORD_KEYS)
    return ExtractionRules(
        {role: tuple(dict.fromkeys(found)) for role, found in headings.items()},
        organisations,
        boilerplate,
        title_words,
        about_buyer,
        {code: tuple(dict.fromkeys(found)) for code, found in certificates.items()},
    )


def _below(entry: Entry, key: str) -> Entry:
    value = entry.data.get(key)
    if value is not None and not isinstance(value, dict):
        entry.complain("F-KEY-TYPE", f"“{key}”下面要写键", f"“{key}” needs keys below it", key)
    data = value if isinstance(value, dict) else {}
    return Entry(entry.document, (*entry.path, key), data, entry.problems)
