"""Explains the points of one item (逐项说明): facts, row, points, and what is missing or for a human to find.

Owns the words of items. Values come from the exact reference, points from ``plain.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kaiwu.quantity import format_decimal
from kaiwu.rating.rubric.book import Block, Form, Item, Row
from kaiwu.rating.rubric.phrase import EMPTY, Words, listed, say
from kaiwu.rating.rubric.plain import PlainRubric, Points
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Reason
from kaiwu.rule.explain import missing_in_amount
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.trace import figures_read, findings_in_amount
from kaiwu.rule.wording import Wording, show_value, unit_of

KINDS = {Outcome.MISSING: "missing", Outcome.HUMAN: "human"}


def show_points(low: Fraction, high: Fraction) -> Words:
    """``62 分`` or ``55–68 分``."""
    if low == high:
        return say("points", points=format_decimal(low))
    return say("range", low=format_decimal(low), high=format_decimal(high))


def missing_points(form: Form, plain: PlainRubric) -> tuple[str, ...]:
    """Columns without a figure for which the points of a form are still open."""
    trees = [form.low, *([form.high] if form.is_range else [])]
    return tuple(dict.fromkeys(slot for tree in trees for slot in missing_in_amount(tree, plain.row)))


@dataclass(slots=True)
class ItemExplainer:
    """Words the items of one row."""

    plain: PlainRubric
    wording: Wording

    def reason(self, item: Item) -> Reason:
        """The line of one item."""
        points = self.plain.points[item.code]
        given = self.plain.given(item.given)
        facts = self.facts(item.form) if given is None else self.given_facts(item, given, points)
        low, high = self.plain.ends(item.form)
        outcome = points.state
        words = say(
            "item" if points.is_certain else "item-open", zh=item.zh, en=item.en, facts=facts,
            points=show_points(points.low, points.high), most=say("most", most=format_decimal(item.most)),
            capped=say("capped") if low == high > item.most and given is None else EMPTY,
            mark=say("unsure") if item.standing != "attested" else EMPTY, verdict=(outcome.zh, outcome.en),
        )  # fmt: skip
        slots = tuple(figures_read(item.form.low, self.plain.reference))
        if item.given is not None and given is not None:
            slots = (*slots, item.given.code)
        return Reason(*words, outcome=outcome, article=item.article, slots=slots, kind=KINDS.get(outcome, "score"))

    def given_facts(self, item: Item, given: Fraction, points: Points) -> Words:
        """Points that a human gave, and whether the table allows them."""
        low, high = (min(end, item.most) for end in self.plain.ends(item.form))
        code = "given" if points.is_certain else "given-clash"
        return say(code, points=format_decimal(given), low=format_decimal(low), high=format_decimal(high))

    def block(self, block: Block) -> Words:
        """``专业化 20 分 (满分 25 分)``."""
        points = self.plain.points[block.code]
        most = say("most", most=format_decimal(block.most)) if block.most is not None else EMPTY
        return say("block", zh=block.zh, en=block.en, points=show_points(points.low, points.high), most=most)

    # -- forms -------------------------------------------------------------------------------------------

    def facts(self, form: Form) -> Words:
        """What a form rests on, in words."""
        if form.kind == "slot":
            return self.slot(form)
        if form.kind == "expert":
            low, high = self.plain.ends(form)
            return say("expert", low=format_decimal(low), high=format_decimal(high))
        if form.parts:
            return self.parts(form)
        if missing := missing_points(form, self.plain):
            return say("lacking", figures=self.names(form, missing))
        why = self.plain.why(form)
        if why is Outcome.HUMAN and not form.is_range and self.plain.ends(form)[0] != self.plain.ends(form)[1]:
            return self.for_a_human(form)
        facts = self.known(form)
        return say("expert-row", facts=facts) if form.is_range and self._row_is_open(form) else facts

    def _row_is_open(self, form: Form) -> bool:
        low, high = self.plain.ends(form)
        return low != high

    def for_a_human(self, form: Form) -> Words:
        """Why no figure would help: a finding to be made, or a value that is not defined."""
        findings = findings_in_amount(form.low, self.plain.row)
        if findings:
            return say("finding", findings=self.names(form, findings))
        return say("undefined", name=self.wording.name(form.of) if form.of is not None else self.wording.name(form.low))

    def names(self, form: Form, slots: tuple[str, ...]) -> Words:
        """The names of columns that a form reads."""
        refs = x.slots_of(form.low) | x.slots_of(form.high)
        return listed([self.wording.figure_name(refs[s]) for s in slots if s in refs])

    def known(self, form: Form) -> Words:
        """The facts of a form whose row is known."""
        holding = [row for row in form.rows if self.plain.reference.outcome(row.when) is Outcome.PASS]
        if form.kind == "bands" and form.of is not None:
            return self.measured(form.of, holding)
        if form.kind == "formula":
            return self.formula(form.low)
        if form.kind == "levels":
            return say("row", row=_name(holding[0])) if holding else EMPTY
        return say("held", rows=listed([_name(row) for row in holding])) if holding else say("held-none")

    def measured(self, of: x.Num, holding: list[Row]) -> Words:
        """``资产负债率 = 60% (…), ≥50%, <60%``."""
        value = self.plain.reference.number(of)
        shown = show_value(value, of.dimension, unit_of(of)) if isinstance(value, Fraction) else EMPTY
        row = _name(holding[0]) if holding else ("其他", "outside the rows")
        return say("value", name=self.wording.name(of), value=shown, figures=self.figures(of), row=row)

    def formula(self, tree: x.Num) -> Words:
        """``… = 3 分``."""
        value = self.plain.reference.number(tree)
        shown = show_value(value, tree.dimension, unit_of(tree)) if isinstance(value, Fraction) else EMPTY
        return say("formula", name=self.wording.name(tree), value=shown, figures=self.figures(tree))

    def figures(self, tree: x.Num) -> Words:
        """The figures below a formula; none where the formula is one figure itself."""
        refs = figures_read(tree, self.plain.reference)
        own = tree.ref if isinstance(tree, x.Derived) else tree
        if not refs or (len(refs) == 1 and isinstance(own, x.Ref) and own.slot in refs):
            return EMPTY
        shown = [self.wording.figure(ref) for ref in refs.values() if self.plain.row.get(ref.slot) is not None]
        return say("figures", figures=listed(shown, "; ", "; ")) if shown else EMPTY

    def slot(self, form: Form) -> Words:
        """What was declared for a slot, or that it is empty."""
        assert form.of is not None
        low, high = self.plain.ends(form)
        name = self.wording.name(form.of)
        return say("slot-filled", name=name, points=format_decimal(low)) if low == high else say("slot", name=name)

    def parts(self, form: Form) -> Words:
        """Every part with its points."""
        shown = []
        for part in form.parts:
            name = (part.zh, part.en) if part.zh else (self.wording.name(part.of) if part.of is not None else EMPTY)
            facts = self.facts(part)
            words = (f"{name[0]}: {facts[0]}", f"{name[1]}: {facts[1]}") if name[0] else facts
            shown.append(say("option", name=words, points=show_points(*self.plain.ends(part))))
        code = {"higher_of": "highest", "choose": "chosen"}.get(form.kind, "added")
        return say(code, parts=listed(shown, "; ", "; "))


def _name(row: Row) -> Words:
    return row.zh, row.en
