"""One mapping of a content file, read key by key; every mistake is collected with its place.

Owns typed reading of keys. It does not own what the keys mean. A getter that finds a mistake records it and
returns the default, so that one pass over a file reports everything in it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from kaiwu.quantity import Problem
from kaiwu.table import Document, KeyPath


@dataclass(slots=True)
class Entry:
    """A mapping at ``path`` of a document, with the list that its mistakes are added to."""

    document: Document
    path: KeyPath
    data: Mapping[str, Any]
    problems: list[Problem]

    def complain(self, code: str, zh: str, en: str, *keys: str | int, text: str = "") -> None:
        """Record a problem at a key below this mapping."""
        self.problems.append(self.document.problem(code, zh, en, *self.path, *keys, text=text))

    @property
    def where(self) -> str:
        """``file:line:column keys`` of the mapping."""
        return self.document.where(*self.path)

    def check_keys(self, allowed: Collection[str]) -> None:
        """Refuse keys that mean nothing, naming the nearest one that does."""
        for key in self.data:
            if key not in allowed:
                near = get_close_matches(key, list(allowed), n=1)
                zh = f"是否指“{near[0]}”?" if near else f"可用的键: {', '.join(allowed)}"
                en = f"did you mean “{near[0]}”?" if near else f"allowed keys: {', '.join(allowed)}"
                self.complain("F-KEY-UNKNOWN", f"不认识的键“{key}”; {zh}", f"unknown key “{key}”; {en}", key)

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Text of a key; a whole number counts as text, a decimal or date must be quoted."""
        value = self.data.get(key)
        if value is None:
            if required:
                self.complain("F-KEY-MISSING", f"缺少“{key}”, 请补上", f"“{key}” is missing; add it")
            return default
        return self._as_text(value, key) or default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text counts as a list of one."""
        value = self.data.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            return tuple(filter(None, [self._as_text(value, key)]))
        return tuple(filter(None, (self._as_text(item, key, i) for i, item in enumerate(value))))

    def flag(self, key: str, default: bool) -> bool:
        """``true`` or ``false``."""
        value = self.data.get(key, default)
        if isinstance(value, bool):
            return value
        self.complain("F-KEY-TYPE", f"“{key}”只能是 true 或 false", f"“{key}” must be true or false", key)
        return default

    def choice(self, key: str, allowed: Collection[str], default: str) -> str:
        """One of the allowed words."""
        word = self.text(key, default)
        if word in allowed:
            return word
        listed = ", ".join(allowed)
        self.complain("F-KEY-WORD", f"“{word}”不在可选值中: {listed}", f"“{word}” is none of: {listed}", key)
        return default

    def whole_number(self, key: str, low: int, high: int) -> int | None:
        """A whole number from ``low`` to ``high``; None where the key is absent or wrong."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.complain(
            "F-KEY-TYPE",
            f"“{key}”要写 {low} 到 {high} 的整数",
            f"“{key}” must be a whole number {low}–{high}",
            key,
        )
        return None

    def _as_text(self, value: Any, *keys: str | int) -> str:
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self.complain(
            "F-KEY-TYPE",
            "这里要写文字; 小数、日期和 true/false 请加引号, 空白请删去",
            "text is wanted here; put decimals, dates and true/false in quotes, leave no blank",
            *keys,
            text=str(value),
        )
        return ""
