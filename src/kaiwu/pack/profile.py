"""What a firm's page shows first (企业概况): which variables of a pack hold its industry, its scale and its main figures.

Owns ``profile.yaml`` of a pack. All keys::

    industry: xs_division           # category with the industry of a firm
    above_scale: above_scale        # flag: above-scale firms
    figures: [revenue, tax_paid]    # main figures, in the order in which a page shows them
"""

from __future__ import annotations

from dataclasses import dataclass

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, Variable
from kaiwu.pack.library import Library
from kaiwu.quantity import KaiwuError, Problem

FILE = "profile.yaml"
PROFILE_KEYS = ("industry", "above_scale", "figures")


@dataclass(frozen=True, slots=True)
class Profile:
    """The variables of a profile; ``None`` and nothing where no pack says."""

    industry: Variable | None = None
    above_scale: Variable | None = None
    figures: tuple[Variable, ...] = ()


def read_profile(library: Library) -> Profile:
    """The profile of the last pack that has one. Raises ``KaiwuError`` with every mistake of the file."""
    packs = [shelf.pack for shelf in library.shelves.values() if FILE in shelf.pack.files]
    if not packs:
        return Profile()
    document = packs[-1].document(FILE)
    if not isinstance(document.data, dict):
        raise KaiwuError(document.problem("P-PROFILE", "profile.yaml 要写成一组键", "profile.yaml is a mapping"))
    entry = Entry(document, (), document.data, [])
    entry.check_keys(PROFILE_KEYS)
    names = {
        key: _variable(library, entry, key, entry.text(key), kind)
        for key, kind in (("industry", Kind.CATEGORY), ("above_scale", Kind.FLAG))
    }
    figures = [_variable(library, entry, "figures", name, None) for name in entry.texts("figures")]
    if entry.problems:
        raise KaiwuError(entry.problems)
    return Profile(names["industry"], names["above_scale"], tuple(v for v in figures if v is not None))


def _variable(library: Library, entry: Entry, key: str, name: str, kind: Kind | None) -> Variable | None:
    if not name:
        return None
    variable = library.variables.get(name)
    if variable is None:
        entry.problems.append(
            Problem(
                "F-VAR-UNKNOWN",
                f"没有变量“{name}”",
                f"there is no variable “{name}”",
                where=entry.document.where(key),
                text=name,
            )
        )
    elif kind is not None and variable.kind is not kind:
        zh, en = f"“{name}”不是 {kind.value} 变量", f"“{name}” is not a variable of kind {kind.value}"
        entry.complain("P-PROFILE", zh, en, key, text=name)
    return variable
