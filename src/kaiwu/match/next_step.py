"""What to do where too little was found (下一步): which condition to relax and what it brings, what is nearest, whom to ask.

Owns the search for steps; every count is taken by deciding all offers anew without the condition. Wording is ``reason``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaiwu.figure.figure import print_value
from kaiwu.match.constraint import Constraint
from kaiwu.match.desk import Desk
from kaiwu.match.eligibility import Eligibility, OfferTable
from kaiwu.match.mask import MASK_WORDS, RELAXABLE, Mask
from kaiwu.match.reason import say
from kaiwu.match.record import Match, Need, Offer
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Reason

ASKED = 3
"""Of so many offers the missing figures are asked for; the rest would repeat them."""

NEAREST = 50
"""The nearest class is that of most of so many offers that are nearest by words."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a need stands: every offer decided, its words compared. ``relevant`` are rows that may be listed at all; ``desk`` is the office to ask."""

    need: Need
    offers: Sequence[Offer]
    table: OfferTable
    eligibility: Eligibility
    totals: NDArray[np.int64]
    relevant: Mask
    desk: Desk | None = None


def next_steps(standing: Standing, conditional: Sequence[Match]) -> list[Reason]:
    """The steps in the order in which they promise most: relax, ask, look nearby."""
    steps: list[tuple[str, str]] = []
    if not (standing.eligibility.met & standing.relevant).any():
        steps.append(say("none") if standing.relevant.any() else say("none-text", title=standing.need.title))
    steps += _relaxations(standing)
    steps += _questions(conditional)
    steps += _nearest(standing)
    if not standing.relevant.any():
        steps.append(say("ask-words"))
    if standing.desk is not None and not (standing.eligibility.met & standing.relevant).any():
        steps.append(say("ask-desk", desk=standing.desk))
    return [Reason(*words, kind="note") for words in steps]


def _relaxations(standing: Standing) -> list[tuple[str, str]]:
    """For each wish and each constraint: how many more offers would do without it, most first."""
    found: list[tuple[int, tuple[str, str]]] = []
    for name in RELAXABLE:
        if name in standing.eligibility.wishes and (gained := _gained(standing, name)).any():
            count = int(gained.sum())
            found.append((count, say(f"relax-{name}", count=count)))
    for i, constraint in enumerate(standing.need.constraints):
        if (gained := _gained(standing, i)).any():
            count = int(gained.sum())
            words = say("relax-constraint", constraint=constraint.text, count=count)
            found.append((count, _with_first(words, constraint, standing.table, gained)))
    return [words for _, words in sorted(found, key=lambda item: -item[0])]


def _gained(standing: Standing, name: str | int) -> Mask:
    return standing.eligibility.without(name) & ~standing.eligibility.met & standing.relevant


def _with_first(words: tuple[str, str], constraint: Constraint, table: OfferTable, gained: Mask) -> tuple[str, str]:
    """Beside the count the value at which the first offer would do, where the condition is one figure against a line."""
    tree = constraint.tree
    if not isinstance(tree, x.Compare) or not isinstance(tree.left, x.Ref) or tree.op not in ("<", "<=", ">", ">="):
        return words
    values = table.column(tree.left.variable.code).filter(gained).drop_nulls()
    best = values.max() if tree.op in (">", ">=") else values.min()
    if not isinstance(best, int):
        return words
    variable = tree.left.variable
    more = say("relax-to", value=(print_value(variable, best), print_value(variable, best, language="en")))
    return words[0] + more[0], words[1] + more[1]


def _questions(conditional: Sequence[Match]) -> list[tuple[str, str]]:
    """Whom to ask for what: the figures that keep an offer open."""
    found = []
    for match in conditional[:ASKED]:
        missing = {v.code: v for r in match.results for v in r.constraint.attributes if v.code in r.missing}
        if missing:
            figures = "、".join(v.zh for v in missing.values()), ", ".join(v.en for v in missing.values())
            party = match.offer.party or match.offer.title
            found.append(say("ask-party", party=party, figures=figures, offer=match.offer.title))
    return found


def _nearest(standing: Standing) -> list[tuple[str, str]]:
    """The class of most of the offers nearest by words, and the nearest one with what keeps it out."""
    near = np.argsort(-standing.totals, kind="stable")[:NEAREST]
    near = near[standing.totals[near] > 0]
    shown = near[standing.eligibility.shown[near]]
    classes = Counter(name for row in shown.tolist() for name in standing.offers[row].classes[:1])
    steps = [say("ask-class", name=name, count=count) for name, count in classes.most_common(1)]
    if len(near):
        row = int(near[0])
        cause = next((name for name, out in standing.eligibility.facts.items() if out[row]), None)
        if cause is not None:
            steps.append(say("ask-nearest", offer=standing.offers[row].title, cause=MASK_WORDS[cause]))
    return steps
