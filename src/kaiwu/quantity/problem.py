"""Problems that users can act on: a stable code, Chinese and English, where, and what to write instead.

Owns the shape of a problem and the exception that carries several of them. It does not own any wording:
each package words its own problems.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong (问题), told in both languages, with its place.

    ``where`` is a place a person can open: ``file:line:column key``, or a sheet and a cell. ``text`` is the
    offending text and ``at`` the offset of the offending character in it, both optional.
    """

    code: str
    zh: str
    en: str
    where: str = ""
    text: str = ""
    at: int | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        lines = [f"[{self.code}] {place}{self.zh} / {self.en}"]
        if self.text and self.at is not None:
            lines += [f"    {self.text}", f"    {_caret_indent(self.text, self.at)}^"]
        return "\n".join(lines)

    def located(self, where: str) -> Problem:
        """Return the same problem with a place in front of the one it has."""
        return replace(self, where=f"{where} {self.where}".strip())


def _caret_indent(text: str, at: int) -> str:
    """Blank space as wide as ``text[:at]`` where Han characters are two columns wide."""
    return "".join("\u3000" if ord(c) > 0x2E7F else " " for c in text[:at])


class KaiwuError(ValueError):
    """One or several problems; nothing was changed when it is raised."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))
