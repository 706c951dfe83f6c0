"""Inspects conditions (条件体检): what can never hold, always holds, contradicts itself or is a dead branch.

Owns the logic of one condition. It does not own numbers of implausible size (``lint_scale``). A comparison with a constant
that no figure can reach is left to that, because the constant is then the likelier mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from kaiwu.rule import expression as x
from kaiwu.rule.domain import Goal, Range, Search, constraint_of, range_of, whole_of
from kaiwu.rule.lint_finding import Finding, LintItem, because, make_finding
from kaiwu.rule.outline import Choice, negation, split_cases
from kaiwu.rule.phrase import EMPTY, Words
from kaiwu.rule.wording import Wording, show_value, unit_of

_ATOMS = (x.Compare, x.CompoundCompare, x.FlagIs, x.Judged, x.Member, x.Known)
_WORDING = Wording({})


def inspect_condition(item: LintItem, tree: x.Bool) -> list[Finding]:
    """Every finding about the logic of a condition, the nearest cause of each only."""
    found = list(_inspect_atoms(item, tree))
    found += _inspect_groups(item, tree)
    is_explained = any(f.code in ("L-NEVER", "L-CONTRADICT") for f in found)
    if not Search().can_hold([(tree, False)]):
        if not is_explained and not has_impossible_constant(tree):
            found.append(make_finding("L-NEVER", item, rule=describe(tree), why=EMPTY))
        return found
    if not Search().can_hold([(tree, True)]) and not found and not isinstance(tree, x.Truth):
        found.append(make_finding("L-ALWAYS", item, rule=describe(tree), why=EMPTY))
    return [*found, *_inspect_branches(item, tree, [], False)]


def describe(node: x.Bool, is_negated: bool = False) -> Words:
    """A condition in words; years stay offsets, since a rule has no year."""
    return _WORDING.describe(negation(node) if is_negated else node)


def is_beyond_bound(node: x.Bool) -> bool:
    """Whether a comparison of one figure with a constant lies wholly outside the bounds of the figure."""
    if not isinstance(node, x.Compare) or node.op == "!=":
        return False
    key, _ = constraint_of(node)
    value = next((s.value for s in (node.right, node.left) if isinstance(s, x.Literal)), None)
    if not isinstance(key, x.Ref | x.Derived) or value is None:
        return False
    whole = whole_of(key.ref if isinstance(key, x.Derived) else key)
    return (whole.low is not None and value < whole.low) or (whole.high is not None and value > whole.high)


def has_impossible_constant(tree: x.Bool) -> bool:
    """Whether some constant lies outside the bounds of what it is compared with."""
    return any(is_beyond_bound(node) for node in x.walk(tree) if isinstance(node, x.Bool))


# -- single atoms -------------------------------------------------------------------------------------------


def _inspect_atoms(item: LintItem, tree: x.Bool) -> Iterator[Finding]:
    for atom, is_negated in _signed_atoms(tree, False):
        if not isinstance(atom, x.Compare) or is_beyond_bound(atom) or not _reads_figures(atom):
            continue
        for code, goal in (("L-NEVER", (atom, is_negated)), ("L-ALWAYS", (atom, not is_negated))):
            if not Search().can_hold([goal]):
                yield make_finding(code, item, rule=describe(atom, is_negated), why=_range_words(atom))


def _signed_atoms(node: x.Bool, is_negated: bool) -> Iterator[Goal]:
    if isinstance(node, x.Not):
        yield from _signed_atoms(node.inner, not is_negated)
    elif isinstance(node, x.And | x.Or):
        for item in node.items:
            yield from _signed_atoms(item, is_negated)
    else:
        yield node, is_negated


def _reads_figures(node: x.Bool) -> bool:
    return any(isinstance(n, x.Ref | x.Context) for n in x.walk(node))


def _range_words(atom: x.Compare) -> Words:
    key, _ = constraint_of(atom)
    if not isinstance(key, x.Num):
        return EMPTY
    whole = range_of(key)
    return because("bound", **_ends(whole, key)) if whole.low is not None and whole.high is not None else EMPTY


def _ends(whole: Range, key: x.Num) -> dict[str, Words | str]:
    assert whole.low is not None and whole.high is not None
    unit = unit_of(key)
    return {
        "low": show_value(whole.low, key.dimension, unit),
        "high": show_value(whole.high, key.dimension, unit),
    }


# -- groups -------------------------------------------------------------------------------------------------


def _inspect_groups(item: LintItem, tree: x.Bool) -> Iterator[Finding]:
    """Pairs of atoms side by side that exclude each other under 且, or leave nothing out under 或."""
    for group, is_negated in _signed_groups(tree, False):
        is_any = isinstance(group, x.Or) != is_negated
        atoms = [goal for part in group.items for goal in _signed_atoms(part, is_negated) if _is_atom(part)]
        single = [goal for goal in atoms if Search().can_hold([goal]) and Search().can_hold([_contrary(goal)])]
        for first, second in combinations(single, 2):
            pair = [_contrary(first), _contrary(second)] if is_any else [first, second]
            if not Search().can_hold(pair):
                code = "L-COVERS" if is_any else "L-CONTRADICT"
                yield make_finding(code, item, first=describe(*first), second=describe(*second))


def _signed_groups(node: x.Bool, is_negated: bool) -> Iterator[tuple[x.And | x.Or, bool]]:
    if isinstance(node, x.Not):
        yield from _signed_groups(node.inner, not is_negated)
    elif isinstance(node, x.Or) and not is_negated and (choice := split_cases(node)) is not None:
        # What a case takes over from the cases before it is no mistake of its own.
        for part in (*(p for _, branch in choice.cases for p in branch), *choice.otherwise):
            yield from _signed_groups(part, is_negated)
    elif isinstance(node, x.And | x.Or):
        yield node, is_negated
        for item in node.items:
            yield from _signed_groups(item, is_negated)


def _is_atom(node: x.Bool) -> bool:
    return isinstance(node, _ATOMS) or (isinstance(node, x.Not) and isinstance(node.inner, _ATOMS))


def _contrary(goal: Goal) -> Goal:
    return goal[0], not goal[1]


# -- branches -----------------------------------------------------------------------------------------------


def _inspect_branches(item: LintItem, node: x.Bool, beside: Sequence[Goal], is_negated: bool) -> Iterator[Finding]:
    """Branches of 或 that cannot hold together with everything that must hold ``beside`` them."""
    if isinstance(node, x.Not):
        yield from _inspect_branches(item, node.inner, beside, not is_negated)
    if isinstance(node, x.Or) and not is_negated and (choice := split_cases(node)) is not None:
        yield from _inspect_cases(item, choice, beside)
        return
    if not isinstance(node, x.And | x.Or):
        return
    is_any = isinstance(node, x.Or) != is_negated
    for part in node.items:
        others = [] if is_any else [(other, is_negated) for other in node.items if other is not part]
        context = [*beside, *others]
        alone = Search().can_hold([(part, is_negated)])
        if is_any and not Search().can_hold([(part, is_negated), *context]):
            if not _is_said_elsewhere(part, is_negated, alone):
                yield make_finding("L-DEAD", item, rule=describe(part, is_negated))
            continue
        yield from _inspect_branches(item, part, context, is_negated)


def _inspect_cases(item: LintItem, choice: Choice, beside: Sequence[Goal]) -> Iterator[Finding]:
    """Cases of 如果 that earlier cases, or what must hold beside them, leave nothing for."""
    failed: list[Goal] = []
    for test, branch in choice.cases:
        context = [*beside, *failed, (test, False)]
        if not isinstance(test, x.Known) and not Search().can_hold(context):
            yield make_finding("L-DEAD", item, rule=describe(test))
        else:
            for part in branch:
                yield from _inspect_branches(item, part, context, False)
        failed.append((test, True))
    for part in choice.otherwise:
        yield from _inspect_branches(item, part, [*beside, *failed], False)


def _is_said_elsewhere(part: x.Bool, is_negated: bool, can_hold_alone: bool) -> bool:
    """A branch dead by itself has its own finding where a single atom or a pair is the cause."""
    if can_hold_alone:
        return False
    if _is_atom(part) or has_impossible_constant(part):
        return True
    atoms = list(_signed_atoms(part, is_negated))
    return any(not Search().can_hold(list(pair)) for pair in combinations(atoms, 2))
