"""What a mechanism may ask for: checking of its parts, and a place for its mistakes.

Owns no mechanism. Every part is checked on its own first, so that a mistake points at the officer's words and not at
the rewritten text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.quantity import KaiwuError
from kaiwu.rule.check import Checker

Path = tuple[str | int, ...]


@dataclass(slots=True)
class MechanismContext:
    """A checker, the file position, and the zero of the wanted unit (``0元``)."""

    checker: Checker
    entry: Entry
    nothing: str = "0元"

    def complain(self, path: Path, code: str, zh: str, en: str) -> None:
        """Record a mistake at a key path of the document."""
        self.entry.problems.append(self.entry.document.problem(code, zh, en, *path))

    def value(self, text: Any, path: Path) -> str:
        """Check a formula on its own and return it in brackets."""
        return self._checked(text, path, is_condition=False)

    def condition(self, text: Any, path: Path) -> str:
        """Check a condition on its own and return it in brackets."""
        return self._checked(text, path, is_condition=True)

    def _checked(self, text: Any, path: Path, *, is_condition: bool) -> str:
        if not isinstance(text, str):
            self.complain(
                path,
                "R-TEXT-WANTED",
                "这里要写算式(文字, 数字要带单位)",
                "a formula is wanted here; write numbers with their unit",
            )
            return "true" if is_condition else self.nothing
        try:
            if is_condition:
                self.checker.condition(text)
            else:
                self.checker.value(text)
        except KaiwuError as error:
            where = self.entry.document.where(*path)
            self.entry.problems += [p.located(where) for p in error.problems]
            return "true" if is_condition else self.nothing
        return f"({text})"

    def mapping(self, spec: Any, path: Path, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Entry | None:
        """The spec as an entry with known keys, or ``None`` with the mistakes recorded."""
        if not isinstance(spec, dict):
            self.complain(
                path,
                "R-MECHANISM",
                f"这里要写键: {', '.join(required)}",
                f"keys are wanted here: {', '.join(required)}",
            )
            return None
        entry = Entry(self.entry.document, path, spec, self.entry.problems)
        entry.check_keys((*required, *optional))
        missing = [key for key in required if spec.get(key) is None]
        for key in missing:
            entry.complain("F-KEY-MISSING", f"缺少“{key}”, 请补上", f"“{key}” is missing; add it")
        return None if missing else entry

    def rows(self, spec: Any, path: Path) -> list[tuple[dict[str, Any], Path]]:
        """A list of mappings with their paths."""
        if not isinstance(spec, list) or not spec or not all(isinstance(row, dict) for row in spec):
            self.complain(path, "R-MECHANISM", "这里要写若干行, 每行若干键", "a list of rows with keys is wanted here")
            return []
        return [(row, (*path, i)) for i, row in enumerate(spec)]
