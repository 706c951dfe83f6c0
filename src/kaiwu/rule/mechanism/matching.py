"""Matching (配套): a share of what an upper level really granted, held within a limit over all levels."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.quantity import DIMENSIONLESS
from kaiwu.quantity.dimension import MONEY
from kaiwu.rule.mechanism.context import MechanismContext, Part, Path

REQUIRED = ("of",)
OPTIONAL = ("share", "ratio", "all_levels")
_RATIO = re.compile(r"(\d+(?:\.\d+)?)\s*[::]\s*(\d+(?:\.\d+)?)")


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``matching``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    of = context.part(entry.data["of"], (*path, "of"), MONEY)
    own = _own(entry, context, of)
    if entry.data.get("all_levels") is None:
        return own
    room = _room(entry.data["all_levels"], context, (*path, "all_levels"), of)
    return f"较大值(较小值({own}, {room}), 0)"


def _own(entry: Entry, context: MechanismContext, of: Part) -> str:
    given = [key for key in ("share", "ratio") if entry.data.get(key) is not None]
    if len(given) != 1:
        entry.complain(
            "R-MATCHING",
            "要写且只写一项: share(如 25%)或 ratio(上级:本级, 如 1:1.5)",
            "write exactly one of share (such as 25%) or ratio (upper:own, such as 1:1.5)",
        )
        return context.nothing
    if given == ["share"]:
        return f"{context.part(entry.data['share'], (*entry.path, 'share'), DIMENSIONLESS).term} * {of.term}"
    match = _RATIO.fullmatch(str(entry.data["ratio"]).strip())
    if match is None or not Fraction(match[1]):
        entry.complain(
            "R-MATCHING",
            "ratio 要写成 上级:本级, 如 1:1 或 1:1.5",
            "ratio is written upper:own, such as 1:1 or 1:1.5",
            "ratio",
        )
        return context.nothing
    ratio = Fraction(match[2]) / Fraction(match[1])
    if ratio == 1:
        return of.raw
    return f"{of.term} * {ratio.numerator}" + (f" / {ratio.denominator}" if ratio.denominator > 1 else "")


def _room(spec: Any, context: MechanismContext, path: Path, upper: Part) -> str:
    """What the limit over all levels still leaves: at_most (× of) - upper grant - other grants."""
    entry = context.mapping(spec, path, ("at_most",), ("of", "others"))
    if entry is None:
        return context.nothing
    if entry.data.get("of") is None:
        limit = context.part(entry.data["at_most"], (*path, "at_most"), MONEY).term
    else:
        share = context.part(entry.data["at_most"], (*path, "at_most"), DIMENSIONLESS)
        limit = f"{share.term} * {context.part(entry.data['of'], (*path, 'of'), MONEY).term}"
    others = entry.data.get("others")
    less = "" if others is None else f" - {context.part(others, (*path, 'others'), MONEY).term}"
    return f"{limit} - {upper.term}{less}"
