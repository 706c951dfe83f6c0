"""Words for codes (标签): answers, statuses, standings, classes, in both languages.

Owns what a code is called on lists, sheets and pages. Sentences of explanations are the engines'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaiwu.figure.variable import Variable
from kaiwu.figure.vocabulary import STANDINGS
from kaiwu.procedure import Run
from kaiwu.rating import AwardScheme, RatingScheme
from kaiwu.rating.index.scheme import IndexScheme
from kaiwu.rule.outcome import Outcome

Words = Mapping[Any, tuple[str, str]]

VERIFY = ("待核实", "to be verified")
OUTCOMES: dict[Any, tuple[str, str]] = {int(o): (o.zh, o.en) for o in Outcome}
STATUSES: dict[Any, tuple[str, str]] = {
    "rated": ("已评价", "rated"),
    "pending": ("待补数据", "pending"),
    "vetoed": ("一票否决", "vetoed"),
    "exempt": ("暂不参评", "exempt"),
    "out_of_scope": ("不在范围", "out of scope"),
}
RULEBOOK_STATUSES: dict[str, tuple[str, str]] = {
    "in_use": ("", ""),
    "draft": ("征求意见稿, 只供试算", "draft, may be tried only"),
    "template": ("空模板", "empty template"),
}
_ENGLISH = dict([*OUTCOMES.values(), *STATUSES.values()])
FIGURE_STATUSES = {"flash": ("快报", "flash"), "revised": ("修订", "revised"), "final": ("终值", "final")}


def translate(word: str, language: str) -> str:
    """A Chinese word of a list in the wanted language; words of a pack (classes) stay as they are."""
    return _ENGLISH.get(word, word) if language == "en" else word


def standing_words(standing: str) -> tuple[str, str]:
    """``待核实(仅一处来源)`` for what is not well attested, else nothing."""
    if standing == "attested":
        return ("", "")
    zh, en = STANDINGS[standing]
    return f"{VERIFY[0]}({zh})", f"{VERIFY[1]} ({en})"


def class_words(run: Run, scheme: str) -> Words:
    """What the classes of a scheme are called: by its titles, else by the categories of the variable that it answers."""
    compiled = run.scheme(scheme)
    words: dict[Any, tuple[str, str]] = {}
    variable: Variable | None = run.library.variables.get(compiled.produces or "")
    if variable is not None and len(variable.value_labels) == len(variable.values):
        words |= dict(zip(variable.values, variable.value_labels, strict=True))
    return words


def league_words(run: Run, scheme: str) -> Words:
    """What the leagues of a rating or an award are called; those taken from a category by the category."""
    compiled = run.scheme(scheme)
    if isinstance(compiled, AwardScheme) and compiled.book.award is not None:
        return {league.code: (league.zh, league.en) for league in compiled.book.award.leagues}
    if isinstance(compiled, IndexScheme) and compiled.book.league is not None:
        grouping = compiled.book.league.variable
        return dict(zip(grouping.values, grouping.value_labels or [(v, v) for v in grouping.values], strict=True))
    leagues = compiled.book.leagues if isinstance(compiled, RatingScheme) else None
    if leagues is None:
        return {}
    if leagues.by is not None:
        variable = leagues.by.variable
        return dict(zip(variable.values, variable.value_labels or [(v, v) for v in variable.values], strict=True))
    return {group.code: (group.zh, group.en) for group in leagues.groups}
