"""Explains amounts (金额说明): the formula with its numbers, each limit, tier and rounding, and why it is a range.

Owns the lines of one amount. It does not own wording or values (``phrase``, ``wording``), nor what a clause makes of an
amount when its condition is not met.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from kaiwu.quantity.dimension import MONEY
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Reason
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.phrase import Words, join, say
from kaiwu.rule.reference import Interval, Reference, Row, Unknown
from kaiwu.rule.trace import figures_read, findings_in_amount, missing_in_amount
from kaiwu.rule.wording import PLACES_OF_FIGURE, Wording, show_money, show_value, unit_of


def explain_amount(tree: x.Num, row: Row, article: str = "", *, rated: int | None = None) -> list[Reason]:
    """Explain an amount for one row, innermost step first; the last line is the amount or its range.

    A range names the missing figures and open findings that make it one.
    """
    return _Explainer(Reference(row), Wording.of(row, rated), article).explain(tree)


@dataclass(slots=True)
class _Explainer:
    reference: Reference
    wording: Wording
    article: str
    reasons: list[Reason] = field(default_factory=list)

    def explain(self, tree: x.Num) -> list[Reason]:
        value = self._settle(tree)
        refs = x.slots_of(tree)
        row = self.reference.row
        missing = [self.wording.figure_name(refs[slot]) for slot in missing_in_amount(tree, row) if slot in refs]
        findings = [self.wording.figure_name(refs[slot]) for slot in findings_in_amount(tree, row) if slot in refs]
        why = [say("lacking", figures=join(missing))] if missing else []
        why += [say("to-find", findings=join(findings))] if findings else []
        low, high = self._ends(tree)
        is_range = low != high and bool(why)
        words = (
            say("total-range", reasons=join(why), value=self._range(tree)) if is_range else say("total", value=value)
        )
        self._add(words, tree)
        return self.reasons

    def _add(self, words: Words, node: x.Expr, kind: str = "amount") -> None:
        slots = tuple(figures_read(node, self.reference))
        reason = Reason(*words, article=self.article, slots=slots, kind=kind)
        if reason not in self.reasons:
            self.reasons.append(reason)

    # -- values -------------------------------------------------------------------------------------------

    def _ends(self, node: x.Num) -> Interval:
        """Lowest and highest; what may not stand in an amount answers with its one value."""
        try:
            return self.reference.interval(node)
        except TypeError:
            value = self.reference.number(node)
            assert not isinstance(value, Unknown), "the compiler refuses such amounts"
            return value, value

    def _show(self, value: Fraction, node: x.Num) -> Words:
        if node.dimension == MONEY:
            return show_money(value)
        return show_value(value, node.dimension, unit_of(node), places=PLACES_OF_FIGURE)

    def _range(self, node: x.Num) -> Words:
        low, high = self._ends(node)
        if low == high:
            return self._show(low, node)
        return say("between", low=self._show(low, node), high=self._show(high, node))

    # -- steps --------------------------------------------------------------------------------------------

    def _settle(self, node: x.Num) -> Words:
        """The value of a part in words, after the lines that lead to it."""
        match node:
            case x.Literal():
                return self.wording.literal(node)
            case x.Pick():
                self._pick(node)
            case x.Choose():
                self._choose(node)
            case x.Round():
                self._round(node)
            case x.Arith():
                self._add(say("amount", formula=self._formula(node, 0), value=self._range(node)), node)
            case x.Derived():
                self._derive(node)
        return self._range(node)

    def _formula(self, node: x.Num, level: int) -> Words:
        """A formula with its numbers; parts that need lines of their own stand in it as values."""
        match node:
            case x.Ref():
                return self.wording.figure(node)
            case x.Literal():
                return self.wording.literal(node)
            case x.Derived():
                return say("figure", name=self.wording.figure_name(node.ref), value=self._settle(node))
            case x.Arith():
                own = 1 if node.op in "+-" else 2
                left = self._formula(node.left, own)
                right = self._formula(node.right, own + (node.op in "-/"))
                sign = {"*": "×", "/": "÷", "+": "+", "-": "−"}[node.op]
                zh, en = (f"{a} {sign} {b}" for a, b in zip(left, right, strict=True))
                return (f"({zh})", f"({en})") if level > own else (zh, en)
        return self._settle(node)

    def _derive(self, node: x.Derived) -> None:
        name = self.wording.figure_name(node.ref)
        if self.reference.row.get(node.ref.slot) is not None:
            self._add(say("by-figure", name=name), node)
        else:
            self._add(say("by-formula", name=name, formula=self.wording.name(node.formula)), node)

    def _round(self, node: x.Round) -> None:
        value = self._settle(node.inner)
        if self._ends(node.inner) != self._ends(node):
            step = self._show(node.step, node)
            self._add(say(f"rounded-{node.mode}", value=value, step=step, result=self._range(node)), node)

    def _pick(self, node: x.Pick) -> None:
        kept = [item for item in node.items if not self._is_idle_floor(node, item)]
        if len(kept) == 1:
            self._settle(kept[0])
            return
        limits = [item for item in node.items if isinstance(item, x.Literal)]
        others = [item for item in node.items if not isinstance(item, x.Literal)]
        if len(limits) == 1 and len(others) == 1:
            self._limit(node, others[0], limits[0])
            return
        items = join([self._settle(item) for item in node.items])
        self._add(say("smallest" if node.op == "min" else "largest", items=items, result=self._range(node)), node)

    def _is_idle_floor(self, node: x.Pick, item: x.Num) -> bool:
        """Every amount has a floor of zero; it is only worth a line where it bites."""
        is_zero = isinstance(item, x.Literal) and item.value == 0
        others = [other for other in node.items if other is not item]
        return node.op == "max" and is_zero and any(self._ends(other)[0] >= 0 for other in others)

    def _limit(self, node: x.Pick, inner: x.Num, limit: x.Literal) -> None:
        """A cap (封顶) or a floor (起付, 保底): whether it bites."""
        value = self._settle(inner)
        low, high = self._ends(inner)
        is_cap = node.op == "min"
        bites = (low > limit.value, high > limit.value) if is_cap else (low < limit.value, high < limit.value)
        state = "hit" if all(bites) else "open" if any(bites) else "free"
        code = f"{'cap' if is_cap else 'floor'}-{state}"
        self._add(say(code, value=value, cap=self.wording.literal(limit), result=self._range(node)), node, "cap")

    def _choose(self, node: x.Choose) -> None:
        last = None
        for test, value in node.cases:
            words = self.wording.describe(test)
            match outcome := self.reference.outcome(test):
                case Outcome.PASS:
                    self._add(say("tier", test=words, value=self._settle(value)), test)
                    return
                case Outcome.FAIL:
                    last = words
                case _:
                    verdict = say(outcome.name)
                    self._add(say("tier-open", test=words, verdict=verdict, value=self._range(node)), test)
                    return
        value_words = self._settle(node.otherwise)
        if len(node.cases) > 1:
            self._add(say("tier-none", value=value_words), node)
        elif last is not None:
            self._add(say("tier-otherwise", test=last, value=value_words), node)
