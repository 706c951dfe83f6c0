"""The calibration of a synthetic district (标定): what a pack's ``synth.yaml`` says, with its towns and divisions.

Owns opening it. It does not own what the keys are (``setting``) nor what is made of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kaiwu.identity.town import load_towns
from kaiwu.pack import builtin_packs
from kaiwu.pack.library import find_packs
from kaiwu.pack.pack import Pack, read_pack
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.synth.section import read_whole
from kaiwu.synth.setting import Division, Settings, Target

FILE = "synth.yaml"
DIVISIONS = "taxonomies/synthetic_division.csv"
TOWNS = "towns.csv"
WEIGHTS = (
    "above",
    "below",
    "value_rate",
    "tax_rate",
    "power",
    "heat",
    "emission",
    "rd",
    "hightech",
    "strategic",
    "productivity",
)
"""Columns of the divisions that are numbers, in the order of ``Division``."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A calibration with the pack's towns and divisions. ``digest`` is that of the whole pack."""

    pack: str
    digest: str
    settings: Settings
    divisions: tuple[Division, ...]
    towns: tuple[str, ...]
    old_towns: tuple[str, ...]
    _targets: Mapping[str, Target] = field(repr=False)

    def target(self, code: str) -> Target:
        """The target of a code. Raises ``KaiwuError`` where the calibration has none."""
        if code not in self._targets:
            known = ", ".join(self._targets)
            raise KaiwuError(
                Problem("Y-TARGET", f"没有标定目标“{code}”; 现有: {known}", f"no target “{code}”; there are: {known}",
                        where=f"{self.pack}/{FILE}")
            )  # fmt: skip
        return self._targets[code]

    def scale(self, firms: int) -> float:
        """By how much counts and totals shrink for a district of so many firms."""
        return firms / self.settings.base.firms

    def count(self, code: str, firms: int) -> int:
        """A target that counts, for a district of so many firms; at least one."""
        return max(1, round(self.target(code).number * self.scale(firms)))


def open_calibration(pack: str, roots: Sequence[Path] = ()) -> Calibration:
    """Open the calibration of a pack. Raises ``KaiwuError`` with every mistake, or if the pack has none."""
    places = find_packs([*roots, builtin_packs()])
    if pack not in places or not (places[pack] / FILE).is_file():
        able = ", ".join(name for name, folder in places.items() if (folder / FILE).is_file()) or "-"
        zh, en = f"内容包“{pack}”没有 {FILE}; 可合成: {able}", f"pack “{pack}” has no {FILE}; those that have: {able}"
        raise KaiwuError(Problem("Y-PACK", zh, en))
    read = read_pack(places[pack])
    settings = read_whole(read.document(FILE), Settings)
    days = [dt.date(year, 12, 31) for year in (settings.base.first_year - 1, settings.base.last_year)]
    history = load_towns(places[pack] / TOWNS)
    before, now = ([t.name for t in history.list_children(settings.place.parent, day)] for day in days)
    old = tuple(name for name in before if name not in now)
    targets = {t.code: t for t in settings.targets}
    return Calibration(pack, read.digest, settings, _read_divisions(read), tuple(now), old, targets)


def _read_divisions(pack: Pack) -> tuple[Division, ...]:
    """The divisions of the pack; a cell that is no number is refused with its row."""
    found, problems = [], []
    for line, row in enumerate(pack.rows(DIVISIONS), start=2):
        try:
            numbers = [float(row[name]) for name in WEIGHTS]
        except (KeyError, ValueError) as flaw:
            zh, en = f"行业表缺数或写法不对: {flaw}", f"a number of the divisions is missing or wrong: {flaw}"
            problems.append(Problem("Y-DIVISION", zh, en, where=f"{pack.code}/{DIVISIONS}:{line}"))
            continue
        found.append(Division(row["code"], row["zh"], row["trade"], row["sector"], bool(row["equipment"]), *numbers))
    if problems:
        raise KaiwuError(problems)
    return tuple(found)
