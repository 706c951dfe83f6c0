"""The page of keys of pack content: allowed keys from the loaders, meanings from ``key_place``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import kaiwu
from kaiwu.cli.reference.key_place import COMMON, EXPLAINED_ELSEWHERE, PLACES, Place
from kaiwu.cli.reference.key_scan import scan_keys
from kaiwu.cli.reference.markdown import code, page, table
from kaiwu.rule.rulebook import HEAD_KEYS

LEAD = (
    "内容包中每个位置可以写的键; 写错的键会指出最接近的正确写法。格式见 [pack-format](../pack-format.md), 金额算法的键见 [mechanisms](../mechanisms.md)。\n\n"
    "Keys that may stand at each place of a pack. Worked files: [pack-format](../pack-format.md); keys of mechanisms: [mechanisms](../mechanisms.md)."
)


def describe_keys() -> str:
    """The page: one section for each place."""
    parts: list[str] = ["## The head of every rulebook", table(("key", "meaning"), _rows(_head(), HEAD_KEYS))]
    for place in PLACES:
        keys = tuple(key for key in keys_of(place) if not (key in HEAD_KEYS and keys_of(place)[0] == "rulebook"))
        own = (
            (*(k for k in place.meanings if k == "edges" and "bands" in place.file), *keys)
            if place.path == ""
            else keys
        )
        parts += [
            f"## {place.file}{': ' if place.path else ''}{place.path}",
            table(("key", "meaning"), _rows(place, own)),
        ]
    return page("Pack keys 内容包的键", LEAD, *parts)


def keys_of(place: Place) -> tuple[str, ...]:
    """The keys that the program allows at a place."""
    if place.keys:
        return place.keys
    scanned = _scanned().get(place.scanned)
    if scanned:
        return scanned
    module, _, name = place.scanned.partition(":")
    return tuple(sorted(getattr(import_module(module), name)))


def undocumented_keys() -> list[str]:
    """Places and keys that the loaders allow and this page does not explain."""
    missing = [f"{p.file} {p.path}: {k}" for p in PLACES for k in keys_of(p) if k not in p.meanings and k not in COMMON]
    shown = {p.scanned for p in PLACES} | set(EXPLAINED_ELSEWHERE)
    return missing + [place for place in _scanned() if place not in shown]


def _scanned() -> dict[str, tuple[str, ...]]:
    return scan_keys(Path(kaiwu.__file__).parent)


def _head() -> Place:
    return next(p for p in PLACES if p.file.endswith("kind clauses") and not p.path)


def _rows(place: Place, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code(key), place.meanings.get(key, COMMON.get(key, ""))) for key in keys]
