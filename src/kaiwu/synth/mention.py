"""A dirty list of names (脏名单): mentions of synthetic firms as departments write them, with the planted truth.

Owns the kinds of dirt and drawing them. Every name is of a synthetic firm or of nobody; nothing here is real.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kaiwu.identity import Entity, Name, NameKind
from kaiwu.identity.naming.grammar import NameGrammar
from kaiwu.identity.naming.reading import NameParts, NameReader
from kaiwu.synth.naming import spell_full_width

NOBODY = ""
ABSENT_SHARE = 0.2
"""Share of the mentions whose firm is not in the register."""


@dataclass(frozen=True, slots=True)
class PlantedMention:
    """One line of the list (合成提及): what is written, which entity is meant (``NOBODY`` for none) and the kind of dirt."""

    text: str
    truth: str
    kind: str
    is_branch: bool = False
    is_group: bool = False


class MentionMaker:
    """Spells names of synthetic entities in many ways; others among them are left alone."""

    def __init__(self, entities: Sequence[Entity], grammar: NameGrammar, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._reader = NameReader(grammar)
        self._entities = [e for e in entities if any(map(_is_invented, e.names))]
        self._traditional = {simplified: chr(code) for code, simplified in grammar.characters.items()}
        self._branches = grammar.branches or ("分公司",)
        self._ways: dict[str, Callable[[str, NameParts], str]] = {
            "as_it_is": lambda name, _: name,
            "blank": lambda name, _: f"{name[: len(name) // 2]} {name[len(name) // 2 :]}",
            "full_width": lambda name, _: spell_full_width(name),
            "traditional": lambda name, _: "".join(self._traditional.get(c, c) for c in name),
            "cut": lambda name, _: name[: -int(self._rng.integers(1, 3))],
            "form_left_out": lambda name, parts: name.removesuffix(parts.form),
            "other_form": lambda name, parts: name.removesuffix(parts.form) + "有限责任公司",
            "left_out": self._leave_out,
            "swapped": self._swap,
        }

    def make(self, count: int) -> list[PlantedMention]:
        """So many mentions: most of one firm each, every fifth of a firm that is not there, some branches and groups."""
        return [self._draw() for _ in range(count)]

    def _draw(self) -> PlantedMention:
        entity = self._entities[int(self._rng.integers(len(self._entities)))]
        drawn = float(self._rng.random())
        if drawn < ABSENT_SHARE:
            return PlantedMention(self._invent(), NOBODY, "absent")
        named = self._pick_name(entity)
        if drawn < ABSENT_SHARE + 0.04:
            branch = str(self._rng.choice(self._branches))
            return PlantedMention(f"{named}{branch}", entity.id, "branch", is_branch=True)
        kind = str(self._rng.choice(list(self._ways)))
        return PlantedMention(self._ways[kind](named, self._reader.read(named)), entity.id, kind)

    def _pick_name(self, entity: Entity) -> str:
        """The legal name, or now and then another of the entity's."""
        names = [n.text for n in entity.names if n.kind is not NameKind.LEGAL]
        legal = next(n.text for n in entity.names if _is_invented(n))
        return str(self._rng.choice(names)) if names and self._rng.random() < 0.1 else legal

    def _invent(self) -> str:
        """A well-formed name that nobody in the register has: the number of a synthetic name is moved far away."""
        entity = self._entities[int(self._rng.integers(len(self._entities)))]
        legal = next(n.text for n in entity.names if _is_invented(n))
        return "".join(str((int(c) + 5) % 10) if c.isdecimal() else c for c in legal)

    def _leave_out(self, name: str, parts: NameParts) -> str:
        at = self._choose_place(name, len(name) - len(parts.form))
        return name[:at] + name[at + 1 :]

    def _swap(self, name: str, parts: NameParts) -> str:
        at = self._choose_place(name, len(name) - 1)
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]

    def _choose_place(self, name: str, end: int) -> int:
        """A place before ``end`` where neither it nor the next is a digit: another number is another firm."""
        places = [i for i in range(end) if not name[i].isdecimal() and not name[i + 1 : i + 2].isdecimal()]
        return int(self._rng.choice(places)) if places else 0


def _is_invented(name: Name) -> bool:
    """Synthetic firms have a running number in their legal name; a published firm beside them in a workspace is not played with."""
    return name.kind is NameKind.LEGAL and any(map(str.isdecimal, name.text))
