"""A finding of lint (体检意见) and what is inspected: the two shapes that all inspections share.

Owns ``Finding`` and ``LintItem``. It does not own any inspection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kaiwu.quantity import Problem
from kaiwu.rule import expression as x
from kaiwu.rule.lint_phrase import FINDINGS, WARNING, WHY
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.phrase import EMPTY, Words


@dataclass(frozen=True, slots=True)
class Finding(Problem):
    """A problem of content with a severity: ``error``, ``warning`` or ``note``; ``item`` is the clause it is about."""

    severity: str = WARNING
    article: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintItem:
    """One rule of a clause, as lint sees it.

    ``text`` is the rule as written, ``wording`` the prose of the clause and its names. ``edges`` are the edge words that
    its rulebook declares. ``counts`` are the outcomes of a run over a population, where there was one. ``is_grant``:
    the clause gives something, so that fair competition is at stake.
    """

    tree: x.Bool | x.Num | None
    text: str
    where: str = ""
    article: str = ""
    item: str = ""
    role: str = "when"  # when | cohort | veto | human | amount | cap | indicator
    wording: str = ""
    edges: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[Outcome, int] | None = None
    is_grant: bool = True


def make_finding(code: str, item: LintItem | None = None, where: str = "", /, **fields: str | int | Words) -> Finding:
    """Word a finding about an item, or about a place that is none."""
    severity, zh, en = FINDINGS[code]
    return Finding(
        code,
        _fill(zh, 0, fields),
        _fill(en, 1, fields),
        where=where or (item.where if item is not None else ""),
        text=item.text if item is not None else "",
        severity=severity,
        article=item.article if item is not None else "",
        item=item.item if item is not None else "",
    )


def because(code: str, /, **fields: str | Words) -> Words:
    """The reason inside a finding, in brackets; nothing for no code."""
    return (_fill(WHY[code][0], 0, fields), _fill(WHY[code][1], 1, fields)) if code else EMPTY


def _fill(template: str, language: int, fields: Mapping[str, str | int | Words]) -> str:
    return template.format(**{k: v[language] if isinstance(v, tuple) else v for k, v in fields.items()})
