"""One table of ``kaiwu.toml``, read key by key; every mistake is collected with its place.

Owns typed reading of keys. It does not own what the keys mean.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from kaiwu.quantity import Problem


@dataclass(slots=True)
class Table:
    """A table at ``where``. A getter that finds a mistake records it in ``problems`` and returns what is empty."""

    data: Any  # a mapping; anything else is a mistake
    where: str
    problems: list[Problem]
    wrong: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not isinstance(self.data, Mapping):
            if self.data is not None:
                self.complain("", "要写成表, 下面写 键 = 值", "is a table with key = value below it")
            self.data = {}

    def complain(self, key: str, zh: str, en: str) -> None:
        """Record a mistake at a key."""
        self.wrong.add(key)
        place = f"{self.where}.{key}" if key else self.where
        self.problems.append(
            Problem("S-JOB-KEY", f"“{key}”{zh}" if key else zh, f"“{key}” {en}" if key else en, where=place)
        )

    def check_keys(self, allowed: Collection[str]) -> None:
        """Refuse keys that mean nothing."""
        for key in self.data:
            if key not in allowed:
                listed = ", ".join(sorted(allowed))
                self.complain(key, f"是不认识的键; 可用: {listed}", f"is an unknown key; there are: {listed}")

    def text(self, key: str) -> str:
        """Text of a key, empty where it is absent."""
        value = self.data.get(key)
        if value is None or isinstance(value, str):
            return (value or "").strip()
        self.complain(key, "要写文字, 加引号", "wants text in quotes")
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text counts as a list of one."""
        value = self.data.get(key)
        items = [] if value is None else value if isinstance(value, list) else [value]
        if all(isinstance(item, str) and item.strip() for item in items):
            return tuple(items)
        self.complain(key, '要写文字列表, 如 ["a", "b"]', 'wants a list of texts such as ["a", "b"]')
        return ()

    def flag(self, key: str, default: bool) -> bool:
        """``true`` or ``false`` without quotes: the word \"false\" would otherwise count as true."""
        value = self.data.get(key, default)
        if isinstance(value, bool):
            return value
        self.complain(key, "只能是 true 或 false, 不加引号", "must be true or false without quotes")
        return default
