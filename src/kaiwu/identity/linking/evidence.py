"""Why a mention was linked or not (证据): sentences with a sign, in both languages.

Owns the sentences. They tell what was measured, whoever weighed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kaiwu.identity.linking.encoding import Floats

WHOLE = 0.995
MOST = 0.75


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence for (+1) or against (-1) a link; 0 neither."""

    sign: int
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{'-0+'[self.sign + 1]} {self.zh} / {self.en}"


@dataclass(frozen=True, slots=True)
class Grounds:
    """The measures of one pair: ``values`` (k,) under ``names``, and the name that was compared."""

    name: str
    names: tuple[str, ...]
    values: Floats


def tell_evidence(grounds: Grounds) -> tuple[Evidence, ...]:
    """What speaks for and against a name, by its measures; the strongest first."""
    name, measured = grounds.name, dict(zip(grounds.names, grounds.values.tolist(), strict=True))
    told = [_tell_text(name, measured), *_tell_parts(measured), _tell_others(measured), _tell_place(measured)]
    return tuple(e for e in told if e is not None)


def _tell_text(name: str, m: Mapping[str, float]) -> Evidence:
    if m["full_of_mention"] >= WHOLE and m["full_of_name"] >= WHOLE:
        return Evidence(1, f"与“{name}”逐字相同", f"spelled like “{name}” throughout")
    if m["same_text_characters"]:
        return Evidence(1, f"与“{name}”用字相同, 次序不同", f"the characters of “{name}” in another order")
    if m["core_of_mention"] >= WHOLE and m["core_of_name"] >= WHOLE:
        return Evidence(1, f"去掉地区和组织形式后与“{name}”相同", f"the same as “{name}” without region and form")
    if m["sound_of_mention"] >= WHOLE and m["sound_of_name"] >= WHOLE:
        return Evidence(1, f"读音与“{name}”相同", f"sounds like “{name}”")
    if m["full_of_mention"] >= WHOLE:
        return Evidence(1, f"每个字都依次出现在“{name}”中", f"every character stands in “{name}”, in order")
    share = round(100 * m["full_of_mention"])
    sign = 1 if m["full_of_mention"] >= MOST else -1
    return Evidence(
        sign, f"{share}% 的字依次出现在“{name}”中", f"{share} % of its characters stand in “{name}”, in order"
    )


def _tell_parts(m: Mapping[str, float]) -> list[Evidence]:
    told = []
    if m["brand_of_name"] < WHOLE:
        told.append(Evidence(-1, "字号不全相同", "not all of the brand is there"))
    if m["region"] > 0:
        told.append(Evidence(1, "行政区划相同或互相包含", "the regions agree"))
    if m["region"] < 0:
        told.append(Evidence(-1, "行政区划不同", "the regions differ"))
    if m["form"] < 0:
        told.append(Evidence(-1, "组织形式不同", "the organisation forms differ"))
    if m["group_of_mention"] > m["group_of_name"]:
        told.append(Evidence(-1, "所写是集团, 该名称不是", "a group is mentioned, the name is none of a group"))
    if m["group_of_name"] > m["group_of_mention"]:
        told.append(Evidence(-1, "该名称是集团, 所写不是", "the name is a group's, the mention says no group"))
    return told


def _tell_others(m: Mapping[str, float]) -> Evidence | None:
    if m["covering"] > 1:
        many = int(m["covering"])
        return Evidence(
            -1, f"有 {many} 家企业的名称都含有所写的字", f"the names of {many} firms have all that was written"
        )
    if m["gap_full_of_mention"] > 0.2:
        return Evidence(1, "没有第二家名称相近的企业", "no other firm has a name near it")
    return None


def _tell_place(m: Mapping[str, float]) -> Evidence | None:
    if m["place"] > 0.5:
        return Evidence(1, "地址相符", "the addresses agree")
    if m["place"] < -0.2:
        return Evidence(-1, "地址不符", "the addresses differ")
    return None
