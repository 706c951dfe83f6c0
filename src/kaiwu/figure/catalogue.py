"""The catalogue (变量目录): all variables of the packs in use, found by code, Chinese name or alias.

Owns the joining of packs and the rule that a name means one variable. It does not own reading a file
(``declaration.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

from kaiwu.figure.declaration import VARIABLE_KEYS, TaxonomyFinder, load_variables, no_taxonomy
from kaiwu.figure.variable import Variable
from kaiwu.quantity import KaiwuError, Problem

__all__ = [
    "VARIABLE_KEYS",
    "Catalogue",
    "TaxonomyFinder",
    "build_catalogue",
    "fold_name",
    "load_variables",
    "no_taxonomy",
]


def fold_name(name: str) -> str:
    """The form in which names are compared: ASCII names without regard to case, others as they stand."""
    return name.casefold() if name.isascii() else name


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Variables by code, in the order of their packs. Build it by ``build_catalogue``."""

    variables: dict[str, Variable]
    by_name: dict[str, Variable] = field(repr=False)

    def __len__(self) -> int:
        return len(self.variables)

    def __iter__(self) -> Iterator[Variable]:
        return iter(self.variables.values())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and fold_name(name) in self.by_name

    def get(self, name: str) -> Variable | None:
        """The variable of a code, Chinese name or alias; None where there is none."""
        return self.by_name.get(fold_name(name))

    def find(self, name: str) -> Variable:
        """The variable of a name. Raises ``KaiwuError`` ``F-VAR-UNKNOWN`` that offers the nearest names."""
        if (variable := self.get(name)) is not None:
            return variable
        near = get_close_matches(name, list(self.by_name), n=3, cutoff=0.5)
        zh = f"; 是否指 {'、'.join(near)}?" if near else "; 请先在内容包中声明"
        en = f"; did you mean {', '.join(near)}?" if near else "; declare it in a pack first"
        raise KaiwuError(
            Problem("F-VAR-UNKNOWN", f"没有变量“{name}”{zh}", f"there is no variable “{name}”{en}", text=name)
        )

    def names(self) -> dict[str, Variable]:
        """Every name as written, the longest first: the first one that fits a text is the right one."""
        written = {name: variable for variable in self for name in variable.names}
        return dict(sorted(written.items(), key=lambda item: (-len(item[0]), item[0])))


def build_catalogue(*packs: Iterable[Variable]) -> Catalogue:
    """Join the variables of packs, later packs on top.

    A code of an earlier pack may be taken again only with ``replaces: true``, and then stands in the place of
    the first; any other name that means two variables is refused. Raises ``KaiwuError`` with all conflicts,
    each naming both places.
    """
    problems: list[Problem] = []
    variables: dict[str, Variable] = {}
    for pack in packs:
        _lay_over(variables, list(pack), problems)
    by_name: dict[str, Variable] = {}
    for variable in variables.values():
        for name in dict.fromkeys(map(fold_name, variable.names)):
            other = by_name.setdefault(name, variable)
            if other is not variable:
                problems.append(_conflict(name, other, variable))
    if problems:
        raise KaiwuError(problems)
    return Catalogue(variables, by_name)


def _lay_over(below: dict[str, Variable], pack: list[Variable], problems: list[Problem]) -> None:
    own: dict[str, Variable] = {}
    for variable in pack:
        if variable.code in own:
            problems.append(_conflict(variable.code, own[variable.code], variable))
        elif variable.code in below and not variable.replaces:
            problems.append(_conflict(variable.code, below[variable.code], variable))
        elif variable.replaces and variable.code not in below:
            zh = f"没有可替换的变量“{variable.code}”; 请删去 replaces, 或检查代码"
            en = f"there is no variable “{variable.code}” to replace; remove “replaces” or check the code"
            problems.append(Problem("F-VAR-REPLACES", zh, en, where=variable.where))
        own.setdefault(variable.code, variable)
    below.update(own)


def _conflict(name: str, first: Variable, second: Variable) -> Problem:
    place = first.where or first.code
    zh = f"名称“{name}”已用于“{first.zh}”({place}); 请改名, 或在后一个内容包中写 replaces: true 替换同一代码"
    en = (
        f"name “{name}” already means “{first.en}” ({place}); rename it, "
        "or replace the same code from a later pack with replaces: true"
    )
    return Problem("F-VAR-TWICE", zh, en, where=second.where or second.code, text=name)
