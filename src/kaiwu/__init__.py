"""Kaiwu (开物): figures, rulebooks and lists that are explained and replayed.

Importing this package is cheap; the verbs below are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kaiwu.version import __version__

_VERBS: dict[str, str] = {}

if TYPE_CHECKING:
    pass

__all__ = ["__version__", *_VERBS]


def __getattr__(name: str) -> Any:
    if name in _VERBS:
        return getattr(import_module(_VERBS[name]), name)
    raise AttributeError(f"module 'kaiwu' has no attribute {name!r}")
