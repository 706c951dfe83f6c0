"""Names and codes of synthetic entities (命名): well formed, and never those of anybody real.

Owns the unified codes, names, short and former names. What makes them impossible, a region that is no division and a
mark in every name, stands in the calibration.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kaiwu.identity import make_uscc
from kaiwu.synth.calibration import Calibration
from kaiwu.synth.draw import Streams
from kaiwu.synth.site import NOWHERE, Sites
from kaiwu.synth.size import Sizes

BODY_DIGITS = 6
NAME_DIGITS = 5
FORMER_SHARE = 0.2
"""Share of the firms that once had another name."""


def name_firms(
    calibration: Calibration, streams: Streams, sizes: Sizes, division: Sequence[int], sites: Sites
) -> dict[str, list[str]]:
    """Texts of firms by name: code, name, short, former, town, group, platform, plot; empty where there is none."""
    settings = calibration.settings
    rule, code = settings.name, settings.code
    rng = streams.open("name")
    stems = rng.integers(0, len(rule.stems), sizes.count)
    renamed = rng.random(sizes.count) < FORMER_SHARE
    open_ = sizes.last == len(sizes.years) - 1
    texts: dict[str, list[str]] = {
        key: [] for key in ("code", "name", "short", "former", "town", "group", "platform", "plot")
    }
    for i in range(sizes.count):
        parts = {
            "mark": rule.mark,
            "stem": rule.stems[stems[i]],
            "trade": calibration.divisions[division[i]].trade,
            "number": f"{i + 1:0{NAME_DIGITS}d}",
        }
        body = f"{code.open if open_[i] else code.closed}{i + 1:0{BODY_DIGITS}d}"
        texts["code"].append(make_uscc(code.registrar, code.category, code.region, body))
        texts["name"].append(rule.firm.format(**parts))
        texts["short"].append(rule.short.format(**parts))
        texts["former"].append(rule.former.format(**parts) if renamed[i] else "")
        old = sites.old_town[i]
        texts["town"].append(calibration.towns[sites.town[i]] if old == NOWHERE else calibration.old_towns[old])
        texts["group"].append(_number(rule.group, parts, sites.group[i], rule.stems))
        texts["platform"].append(
            "" if sites.platform[i] == NOWHERE else settings.assume.platforms[sites.platform[i]].zh
        )
        texts["plot"].append(_number(rule.plot, parts, sites.plot[i], rule.stems))
    return texts


def _number(pattern: str, parts: dict[str, str], number: int, stems: tuple[str, ...]) -> str:
    """The name of a numbered thing; empty where there is none."""
    if number == NOWHERE:
        return ""
    stem = stems[int(number) % len(stems)]
    return pattern.format(**{**parts, "stem": stem, "number": f"{int(number) + 1:0{NAME_DIGITS}d}"})


def name_projects(calibration: Calibration, owners: Sequence[str]) -> dict[str, list[str]]:
    """Texts of projects: code, name, owner (code of the firm)."""
    rule = calibration.settings.name
    numbers = [f"{i + 1:0{NAME_DIGITS}d}" for i in range(len(owners))]
    return {
        "code": [f"SYN-P-{number}" for number in numbers],
        "name": [rule.project.format(mark=rule.mark, number=number, stem="", trade="") for number in numbers],
        "owner": list(owners),
    }


def spell_full_width(text: str) -> str:
    """Digits, letters and signs of ASCII in their full-width forms."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def spell_name(rng: np.random.Generator, name: str, short: str, former: str, shares: dict[str, float]) -> str:
    """A name as a clerk types it: blanks, full-width digits, the short or the former name; mostly as it is."""
    at = float(rng.random())
    for kind, share in shares.items():
        at -= share
        if at < 0:
            middle = len(name) // 2
            spelled = {"blank": f"{name[:middle]} {name[middle:]}", "full_width": spell_full_width(name),
                       "short": short, "former": former or name}  # fmt: skip
            return spelled.get(kind, name)
    return name


def spell_code(rng: np.random.Generator, code: str, shares: dict[str, float]) -> str:
    """A code as a clerk types it: small letters, blanks, full-width; mostly as it is."""
    at = float(rng.random())
    for kind, share in shares.items():
        at -= share
        if at < 0:
            spelled = {"lower": code.lower(), "blank": f"{code[:6]} {code[6:]}", "full_width": spell_full_width(code)}
            return spelled.get(kind, code)
    return code
