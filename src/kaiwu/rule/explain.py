"""Explains conditions (说明): one line per atom with value, threshold, verdict and gap, in Chinese and English.

Owns which lines there are and in which order. It does not own wording (``phrase``), printing of values (``wording``), the
search for near misses (``gap``) or amounts (``explain_amount``). Every outcome and value comes from the exact reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kaiwu.rule import expression as x
from kaiwu.rule.decision import Reason
from kaiwu.rule.explain_amount import explain_amount
from kaiwu.rule.gap import Change, GapSearch, Miss, Move, near_misses
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.outline import Line, negation, outline
from kaiwu.rule.phrase import CLAUSE_MARKS, EMPTY, Words, join, say
from kaiwu.rule.reference import Reference, Row
from kaiwu.rule.statement import Statement, state_comparison
from kaiwu.rule.trace import (
    derivations_read,
    figures_read,
    missing_in_amount,
    missing_slots,
    open_findings,
    undefined_at,
)
from kaiwu.rule.wording import (
    OPS,
    Wording,
    show_change,
    show_date,
)

__all__ = [
    "Line",
    "explain_amount",
    "explain_condition",
    "explain_misses",
    "missing_in_amount",
    "missing_slots",
    "near_misses",
    "open_findings",
    "outline",
    "tell_miss",
]

_KINDS = {
    Outcome.PASS: "condition",
    Outcome.FAIL: "condition",
    Outcome.MISSING: "missing",
    Outcome.HUMAN: "human",
}


def explain_condition(
    tree: x.Bool,
    row: Row,
    article: str = "",
    is_open: bool = True,
    *,
    rated: int | None = None,
    title: Words = EMPTY,
    moves: Mapping[str, Move] | None = None,
    open_from: int | None = None,
) -> list[Reason]:
    """Explain a condition for one row: one reason per atom, headings where one of several is enough.

    ``row`` holds stored integers by slot, ``None`` where missing. ``title`` is what the condition is called. A branch
    that a known case rules out is left out. Gaps are offered for an open period only; otherwise the line says that it is
    settled (已定, 不可更改). ``moves`` and ``open_from`` are those of ``near_misses``.
    """
    explainer = _Explainer(tree, row, Wording.of(row, rated), article, is_open, moves or {}, open_from)
    lines = outline(tree, row)
    reasons = [explainer.reason(line) for line in lines]
    if not title[0] or (len(reasons) == 1 and title[0] in reasons[0].zh):
        return reasons
    if len(reasons) == 1 or (lines[0].role == "any" and lines[0].node is tree):
        titled = say("titled", title=title, line=(reasons[0].zh, reasons[0].en))
        return [replace(reasons[0], zh=titled[0], en=titled[1]), *reasons[1:]]
    outcome = Reference(row).outcome(tree)
    head = say("titled", title=title, line=say(outcome.name))
    return [Reason(*head, outcome=outcome, article=article, kind="note"), *reasons]


def explain_misses(
    tree: x.Bool,
    row: Row,
    limit: int = 3,
    article: str = "",
    is_open: bool = True,
    *,
    rated: int | None = None,
    moves: Mapping[str, Move] | None = None,
    open_from: int | None = None,
) -> list[Reason]:
    """The near misses of a failed condition in words; for a closed period one line that it is settled."""
    if Reference(row).outcome(tree) is not Outcome.FAIL:
        return []
    if not is_open:
        return [Reason(*say("settled"), outcome=Outcome.FAIL, article=article, kind="note")]
    wording = Wording.of(row, rated)
    misses = near_misses(tree, row, limit, moves=moves, open_from=open_from)
    return [_miss_reason(miss, wording, article) for miss in misses]


def tell_miss(miss: Miss, row: Row, *, rated: int | None = None, article: str = "") -> Reason:
    """One near miss in words, with its gap as printed."""
    return _miss_reason(miss, Wording.of(row, rated), article)


# -- what a line says ---------------------------------------------------------------------------------------


@dataclass
class _Explainer:
    tree: x.Bool
    row: Row
    wording: Wording
    article: str
    is_open: bool
    moves: Mapping[str, Move]
    open_from: int | None

    @cached_property
    def reference(self) -> Reference:
        return Reference(self.row)

    @cached_property
    def search(self) -> GapSearch:
        return GapSearch(self.tree, self.row, self.moves, self.open_from)

    def reason(self, line: Line) -> Reason:
        gap = ""
        slots = tuple(figures_read(line.node, self.reference))
        kind = _KINDS[line.outcome]
        if line.role != "atom":
            words, kind, slots = self._heading(line), "note", (slots if line.role == "case" else ())
        elif isinstance(line.node, x.Compare | x.CompoundCompare):
            words, gap = self._comparison(line, line.node)
        else:
            words = self._plain_atom(line)
        return Reason(*words, outcome=line.outcome, article=self.article, slots=slots, gap=gap, kind=kind)

    def _heading(self, line: Line) -> Words:
        if line.role == "formula":
            assert isinstance(line.node, x.Known) and isinstance(line.node.inner, x.Ref)
            ref = line.node.inner
            formula = self.wording.describe(line.branch[0] if len(line.branch) == 1 else x.And(items=line.branch))
            return say("flag-formula", name=self.wording.figure_name(ref), formula=formula)
        if line.role == "case":
            figures = self._figures(figures_read(line.node, self.reference), [])
            return say("case", test=self.wording.describe(line.node), figures=figures)
        if line.role in ("if", "else"):
            return say(line.role, test=self.wording.describe(line.node))
        return say(line.role, count=line.count, verdict=say(line.outcome.name))

    # -- atoms that are no comparisons --------------------------------------------------------------------

    def _plain_atom(self, line: Line) -> Words:
        node, verdict = line.node, say(line.outcome.name)
        wanted = say("no" if line.is_negated else "yes")
        match node:
            case x.Truth():
                return say("constant", value=say("yes" if node.value else "no"), verdict=verdict)
            case x.Known():
                return self._known(line, node)
            case x.Judged():
                name = self.wording.figure_name(node.ref)
                if line.outcome is Outcome.HUMAN:
                    return say("finding-open", name=name, wanted=wanted, effect=self._effect(line))
                return say("found", name=name, value=self._stored(node.ref), wanted=wanted, verdict=verdict)
        if line.outcome is Outcome.MISSING:
            return self._missing(line)
        if isinstance(node, x.Member):
            code = "not-member" if line.is_negated else "member"
            values = self.wording.categories(node.ref.variable, node.codes)
            name, value = self.wording.figure_name(node.ref), self._stored(node.ref)
            return say(code, name=name, value=value, values=values, verdict=verdict)
        assert isinstance(node, x.FlagIs)
        name, value = self.wording.figure_name(node.ref), self._stored(node.ref)
        return say("flag", name=name, value=value, wanted=wanted, verdict=verdict)

    def _known(self, line: Line, node: x.Known) -> Words:
        is_there = (line.outcome is Outcome.PASS) != line.is_negated
        code = ("known" if is_there else "not-known") if line.outcome is Outcome.PASS else (
            "unknown-wanted" if is_there else "known-wanted"
        )  # fmt: skip
        return say(code, name=self.wording.name(node.inner), verdict=say(line.outcome.name))

    def _stored(self, ref: x.Ref) -> Words:
        stored = self.row.get(ref.slot)
        assert stored is not None, "only called where the figure is there"
        return self.wording.stored(ref, stored)

    def _missing(self, line: Line) -> Words:
        rule = self.wording.describe(negation(line.node) if line.is_negated else line.node)
        refs = x.slots_of(line.node)
        missing = [refs[slot] for slot in missing_slots(line.node, self.row) if slot in refs]
        figures = join([self.wording.figure_name(ref) for ref in missing])
        return say("missing", figures=figures, rule=rule, effect=self._effect(line))

    def _effect(self, line: Line) -> Words:
        return EMPTY if line.matters else say("no-effect")

    # -- comparisons --------------------------------------------------------------------------------------

    def _comparison(self, line: Line, node: x.Compare | x.CompoundCompare) -> tuple[Words, str]:
        if line.outcome is Outcome.MISSING:
            return self._missing(line), ""
        stated = state_comparison(node, line.is_negated, self.wording)
        if line.outcome is Outcome.HUMAN:
            return self._undefined(line, stated), ""
        gap, printed = self._gap(line, node, stated) if line.outcome is Outcome.FAIL else (EMPTY, "")
        refs = figures_read(node, self.reference)
        is_plain = isinstance(stated.right, x.Literal) and self._is_figure(stated.left)
        figures = self._figures({} if is_plain else refs, self._derivations(node), node)
        is_settled = line.outcome is Outcome.FAIL and not self.is_open and line.helps
        words = say(
            "compare",
            name=stated.name,
            value=stated.value(self.reference),
            op=OPS[stated.op],
            threshold=stated.threshold(self.reference),
            verdict=say(line.outcome.name),
            gap=gap,
            figures=figures,
            closed=say("closed") if is_settled else EMPTY,
        )
        return words, printed

    def _is_figure(self, node: x.Num | None) -> bool:
        """Whether a number is one figure as it was reported."""
        return isinstance(node, x.Ref) or (isinstance(node, x.Derived) and self.row.get(node.ref.slot) is not None)

    def _figures(self, refs: Mapping[str, x.Ref], notes: list[Words], node: x.Bool | None = None) -> Words:
        parts = [self.wording.figure(ref) for ref in refs.values()]
        day = self.row.get("#as_of")
        if day is not None and node is not None and any(isinstance(n, x.Months) for n in x.walk(node)):
            parts.append(say("figure", name=say("as_of"), value=show_date(day)))
        listed = [join(parts)] if parts else []
        return say("figures", figures=join([*notes, *listed], CLAUSE_MARKS)) if listed or notes else EMPTY

    def _derivations(self, node: x.Bool) -> list[Words]:
        """Whether the figure or the formula answered, for every derived variable that a comparison comes upon."""
        notes = []
        for part in derivations_read(node, self.reference):
            name = self.wording.figure_name(part.ref)
            if self.row.get(part.ref.slot) is not None:
                notes.append(say("by-figure", name=name))
            else:
                notes.append(say("by-formula", name=name, formula=self.wording.name(part.formula)))
        return list(dict.fromkeys(notes))

    def _undefined(self, line: Line, stated: Statement) -> Words:
        cause = next((c for side in stated.sides if (c := undefined_at(side, self.reference)) is not None), None)
        figures = self._figures(figures_read(line.node, self.reference), [])
        common: dict[str, Words | str] = {
            "name": stated.name,
            "op": OPS[stated.op],
            "threshold": stated.threshold(self.reference),
        }
        if isinstance(cause, x.Arith):
            divisor = self.wording.name(cause.right)
            return say("zero-divisor", divisor=divisor, figures=figures, effect=self._effect(line), **common)
        old = cause.old if isinstance(cause, x.Rate) else None
        if old is None and cause is None and isinstance(line.node, x.CompoundCompare):
            old = line.node.old
        if old is not None and (value := self.wording.value(old, self.reference)) is not None:
            base = self.wording.name(old)
            return say("no-base", divisor=base, value=value, figures=figures, effect=self._effect(line), **common)
        refs = x.slots_of(line.node)
        findings = [self.wording.figure_name(refs[slot]) for slot in open_findings(line.node, self.row)]
        if findings:
            return say("by-finding", findings=join(findings), effect=self._effect(line), **common)
        return say("undefined", figures=figures, effect=self._effect(line), **common)

    # -- gaps ---------------------------------------------------------------------------------------------

    def _gap(self, line: Line, node: x.Bool, stated: Statement) -> tuple[Words, str]:
        """The shortfall as a fact and, while it can still be closed, the figure that would close it."""
        fact = stated.shortfall(self.reference)
        if not self.is_open or not line.helps:
            return fact, ""
        miss = self.search.atom(negation(node) if line.is_negated else node)
        if miss is None:
            return fact, ""
        if not isinstance(stated.left, x.Ref) or not isinstance(stated.right, x.Literal):
            step = say("enough", changes=_change_words(miss.changes[0], self.wording))
            fact = (fact[0] + step[0], fact[1] + step[1])
        return fact, _printed_gap(miss.changes[0])[0]


# -- near misses in words -----------------------------------------------------------------------------------


def _miss_reason(miss: Miss, wording: Wording, article: str) -> Reason:
    changes = join([_change_words(change, wording) for change in miss.changes], CLAUSE_MARKS)
    is_met, is_single = miss.outcome is Outcome.PASS, len(miss.changes) == 1
    code = ("would-meet" if is_met else "would-leave") if is_single else ("together" if is_met else "together-leave")
    words = say(code, changes=changes, verdict=say(miss.outcome.name))
    gap = join([_printed_gap(change) for change in miss.changes])
    slots = tuple(change.slot for change in miss.changes)
    return Reason(*words, outcome=Outcome.FAIL, article=article, slots=slots, gap=gap[0], kind="note")


def _change_words(change: Change, wording: Wording) -> Words:
    before, after = (wording.stored(change.ref, stored) for stored in (change.before, change.after))
    size = show_change(abs(change.grains) * change.ref.scale, change.ref.variable)
    code = "raise" if change.grains > 0 else "lower"
    return say(code, name=wording.figure_name(change.ref), change=size, before=before, after=after)


def _printed_gap(change: Change) -> Words:
    variable = change.ref.variable
    size = show_change(abs(change.grains) * change.ref.scale, variable)
    name = (variable.zh, variable.en or variable.code)
    return say("lacks" if change.grains > 0 else "exceeds", name=name, change=size)
