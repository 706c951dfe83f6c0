"""The slow reference (对照算法): the declared steps in plain Python with rationals, claim by claim, for decided claims.

Owns a second, independent reading of every step. It shares no arithmetic with ``pipeline``: a difference is a defect. Where the
declaration leaves a question, it answers with ``Undeclared`` instead of amounts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor
from typing import Any

from kaiwu.benefit.settlement.declaration import Settlement
from kaiwu.benefit.settlement.step.cap import Cap
from kaiwu.benefit.settlement.step.claw_back import ClawBack
from kaiwu.benefit.settlement.step.either_or import EitherOr
from kaiwu.benefit.settlement.step.instalment import Instalments
from kaiwu.benefit.settlement.step.minimum import Minimum
from kaiwu.benefit.settlement.step.pot import Pot
from kaiwu.benefit.settlement.step.rounding import Rounding
from kaiwu.benefit.settlement.step.same_matter import SameMatter
from kaiwu.benefit.settlement.tally import Step
from kaiwu.benefit.settlement.term import KEY_COLUMNS, Limit, Term
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference

Row = Mapping[str, Any]
Group = tuple[Any, ...]


class Undeclared(Exception):
    """The declaration does not say what happens; the system would ask."""


@dataclass
class _State:
    plan: Settlement
    rows: dict[str, Row]
    prior: Sequence[Row]
    pots: Mapping[tuple[str, int], int]
    amount: dict[str, Fraction]
    pot_of: dict[str, Any] = field(default_factory=dict)
    guards: list[tuple[list[str], Fraction]] = field(default_factory=list)

    def turn(self, claim: str) -> tuple[Any, ...]:
        row = self.rows[claim]
        filed = row.get("filed")
        return (filed is None, filed or 0, self.plan.clauses.index(row["clause"]), claim)

    def reached(self, term: Term) -> list[str]:
        """Claims of a step in order of filing."""
        out = []
        for claim, row in self.rows.items():
            if term.clauses and row["clause"] not in term.clauses:
                continue
            if term.applies_to is not None:
                outcome = Reference(_context(row)).outcome(term.applies_to.tree)
                if outcome in (Outcome.MISSING, Outcome.HUMAN):
                    raise Undeclared("applies_to")
                if outcome is Outcome.FAIL:
                    continue
            out.append(claim)
        return sorted(out, key=self.turn)

    def groups(self, claims: Iterable[str], per: Sequence[str]) -> dict[Group, list[str]]:
        """Claims by their keys; those with an empty key stand nowhere."""
        out: dict[Group, list[str]] = {}
        for claim in claims:
            key = tuple(self.rows[claim].get(KEY_COLUMNS.get(k, k)) for k in per)
            if None not in key:
                out.setdefault(key, []).append(claim)
        return out

    def paid(self, claim: str, per: Sequence[str], term: Term, counts: str, over: int = 1) -> int:
        row, total = self.rows[claim], 0
        for earlier in self.prior:
            keys = [KEY_COLUMNS.get(k, k) for k in per]
            is_same = earlier.get("programme") in (None, self.plan.scheme, self.plan.family) and (
                not term.clauses or earlier.get("clause") in term.clauses
            )
            in_window = over == 1 or row["year"] - over < earlier["year"] <= row["year"]
            if counts == "none" or (counts == "same" and not is_same) or not in_window:
                continue
            if all(earlier.get(k) is not None and earlier.get(k) == row.get(k) for k in keys):
                total += earlier["paid"]
        return total

    def limit(self, claim: str, limit: Limit) -> int:
        row = self.rows[claim]
        if limit.tree is None:
            if row.get(limit.of) is None:
                raise Undeclared("base")
            return floor(max(limit.rate * Fraction(row[limit.of]), Fraction(0)))
        low, high = Reference(_context(row)).interval(limit.tree)
        if floor(low) != floor(high):
            raise Undeclared("base")
        return max(floor(low), 0)


def _context(row: Row) -> dict[str, Any]:
    return {"#rated": row["year"], **row}


def settle_reference(
    plan: Settlement,
    claims: Sequence[Row],
    prior: Sequence[Row] = (),
    pots: Mapping[tuple[str, int], int] | None = None,
) -> dict[str, int]:
    """Fen by claim after all steps. Claims must be decided (low = high). Raises ``Undeclared`` where the system would ask."""
    state = _State(
        plan, {r["claim"]: r for r in claims}, prior, pots or {}, {r["claim"]: Fraction(r["low"]) for r in claims}
    )
    for step in plan.steps:
        for kind, action in _ACTIONS.items():
            if isinstance(step, kind):
                action(state, step)
    return {claim: int(amount) for claim, amount in state.amount.items()}


def _cap(state: _State, step: Any) -> None:
    claims = state.reached(step.term)
    groups = state.groups(claims, step.per) if step.per else {(c,): [c] for c in claims}
    for members in groups.values():
        counts = step.counts if step.per else "none"
        left = Fraction(
            max(state.limit(members[0], step.limit) - state.paid(members[0], step.per, step.term, counts, step.over), 0)
        )
        state.guards.append((members, left))
        for claim in members:
            state.amount[claim] = min(state.amount[claim], left)
            left -= state.amount[claim]


def _same_matter(state: _State, step: Any) -> None:
    for members in state.groups(state.reached(step.term), step.per).values():
        if step.keep == "sum":
            continue
        paid = state.paid(members[0], step.per, step.term, step.counts)
        if step.keep == "difference":
            reached = Fraction(paid)
            for claim in members:
                full = state.amount[claim]
                state.amount[claim] = max(full - reached, Fraction(0))
                reached = max(reached, full)
            continue
        best = max(members, key=lambda c: (state.amount[c], -members.index(c)))
        for claim in members:
            if claim != best:
                state.amount[claim] = Fraction(0)
        if paid and step.paid_before == "ask" and state.amount[best] > paid:
            raise Undeclared("paid_before")
        if paid:
            state.amount[best] = (
                max(state.amount[best] - paid, Fraction(0)) if step.paid_before != "bar" else Fraction(0)
            )


def _either_or(state: _State, step: Any) -> None:
    of_clause = {c: g for g, group in enumerate(step.groups) for c in group}
    for members in state.groups(state.reached(step.term), step.per).values():
        for claim in members:
            others = [
                replace(step.term, clauses=group) for group in step.groups if state.rows[claim]["clause"] not in group
            ]
            if any(state.paid(claim, step.per, term, step.counts) for term in others):
                state.amount[claim] = Fraction(0)
        sums = [
            sum(state.amount[c] for c in members if of_clause[state.rows[c]["clause"]] == g)
            for g in range(len(step.groups))
        ]
        if sum(s > 0 for s in sums) < 2:
            continue
        if step.choose == "highest":
            chosen: int | None = sums.index(max(sums))
        elif step.choose == "first":
            chosen = next(g for g, total in enumerate(sums) if total > 0)
        else:
            words = {of_clause.get(state.rows[c].get(step.choice)) for c in members}
            if None in words or len(words) != 1:
                raise Undeclared("choice")
            chosen = words.pop()
        for claim in members:
            if of_clause[state.rows[claim]["clause"]] != chosen:
                state.amount[claim] = Fraction(0)


def _lot(claim: str) -> bytes:
    return hashlib.sha256(claim.encode()).digest()


def _pot(state: _State, step: Any) -> None:
    by_year: dict[Any, list[str]] = {}
    for claim in state.reached(step.term):
        by_year.setdefault(state.rows[claim]["year"] if step.period == "year" else 0, []).append(claim)
    for year, members in by_year.items():
        total = state.pots.get((step.code, year), step.amount)
        for claim in members:
            state.pot_of[claim] = (step.code, year)
        if total is not None:
            state.guards.append((members, Fraction(total)))
        if step.filed_by and any(state.rows[c].get("filed") is None and state.amount[c] > 0 for c in members):
            raise Undeclared("filed")
        _draw(state, step, members, total)


def _draw(state: _State, step: Any, members: list[str], total: int | None) -> None:
    demand = {c: state.amount[c] for c in members}
    if step.exhaustion == "quota":
        winners = _ordered(state, step, members, [c for c in members if demand[c] > 0])[: step.quota]
        for claim in members:
            state.amount[claim] = demand[claim] if claim in winners else Fraction(0)
        if total is not None and sum(state.amount[c] for c in members) > total:
            raise Undeclared("exhaustion")
    elif total is None:
        if any(demand.values()):
            raise Undeclared("amount")
    elif step.by:
        weight = {c: Fraction(state.rows[c][step.by]) if demand[c] > 0 else Fraction(0) for c in members}
        for claim, share in _shares(weight, total).items():
            state.amount[claim] = min(Fraction(share), demand[claim])
    elif sum(demand.values()) <= total:
        return
    elif step.exhaustion == "pro_rata":
        state.amount |= {c: Fraction(s) for c, s in _shares(demand, total).items()}
    elif step.exhaustion == "water_filling":
        _water(state, demand, total)
    elif step.exhaustion in ("first_come", "ranked"):
        _in_order(state, step, members, Fraction(total))
    else:
        raise Undeclared("exhaustion")


def _ordered(state: _State, step: Any, members: list[str], contested: list[str]) -> list[str]:
    """Claims in the declared order; a tie that is not declared is a question."""
    keys: dict[str, Callable[[str], Any]] = {
        "claim": lambda c: c, "lot": _lot, "smaller": lambda c: state.amount[c], "larger": lambda c: -state.amount[c]
    }  # fmt: skip

    def key(claim: str) -> tuple[Any, ...]:
        row = state.rows[claim]
        if row.get(step.order) is None:
            raise Undeclared("order")
        return (row[step.order], *(keys[t](claim) if t in keys else row[t] for t in step.tie))

    placed = [key(c) for c in contested]
    if len(set(placed)) != len(placed):
        raise Undeclared("tie")
    return sorted(contested, key=key)


def _in_order(state: _State, step: Any, members: list[str], left: Fraction) -> None:
    is_closed = False
    for claim in _ordered(state, step, members, members):
        wanted = state.amount[claim]
        if wanted <= left and not is_closed:
            given = wanted
        elif step.last == "partial" or left == 0:
            given = Fraction(left)
        elif step.last == "ask":
            raise Undeclared("last")
        else:
            given, is_closed = Fraction(0), is_closed or (step.last == "stop" and wanted > 0)
        state.amount[claim] = given
        left -= given


def _shares(weight: Mapping[str, Fraction], total: int) -> dict[str, int]:
    whole = sum(weight.values())
    if whole == 0:
        return dict.fromkeys(weight, 0)
    exact = {c: w * total / whole for c, w in weight.items()}
    shares = {c: floor(e) for c, e in exact.items()}
    queue = sorted((c for c in exact if exact[c] > shares[c]), key=lambda c: (shares[c] - exact[c], _lot(c)))
    for claim in queue[: total - sum(shares.values())]:
        shares[claim] += 1
    return shares


def _water(state: _State, demand: Mapping[str, Fraction], total: int) -> None:
    served: dict[str, Fraction] = {}
    rest, left = dict(demand), Fraction(total)
    while True:
        level = left / len(rest)
        small = {c: d for c, d in rest.items() if d <= level}
        if not small:
            break
        served |= small
        left -= sum(small.values())
        rest = {c: d for c, d in rest.items() if c not in small}
    served |= dict.fromkeys(rest, Fraction(floor(level)))
    for claim in sorted((c for c in demand if demand[c] > floor(level)), key=_lot)[: total - int(sum(served.values()))]:
        served[claim] += 1
    state.amount |= served


def _round(state: _State, step: Any) -> None:
    claims = state.reached(step.term)
    before = {c: state.amount[c] for c in claims}
    down = {c: floor(a / step.to) * step.to for c, a in before.items()}
    barred: set[str] = set()
    while True:
        rounded = dict(down)
        free = [c for c in claims if c not in barred and before[c] > down[c]]
        if step.mode == "half_up":
            rounded |= {c: down[c] + step.to for c in free if 2 * (before[c] - down[c]) >= step.to}
        elif step.mode == "largest_remainder":
            for pot in {state.pot_of[c] for c in claims if c in state.pot_of}:
                inside = [c for c in claims if state.pot_of.get(c) == pot]
                units = floor(sum(before[c] for c in inside) / step.to) - sum(down[c] for c in inside) // step.to
                queue = sorted((c for c in inside if c in free), key=lambda c: (down[c] - before[c], _lot(c)))
                rounded |= {c: down[c] + step.to for c in queue[:units]}
        after = {**state.amount, **rounded}
        wrong = {c for members, limit in state.guards if sum(after[c] for c in members) > limit for c in members}
        wrong = {c for c in wrong & set(claims) if rounded[c] > down[c]} - barred
        if not wrong:
            state.amount |= {c: Fraction(a) for c, a in rounded.items()}
            return
        barred |= wrong


def _minimum(state: _State, step: Any) -> None:
    for claim in state.reached(step.term):
        if state.amount[claim] < step.amount:
            state.amount[claim] = Fraction(0)


def _claw_back(state: _State, step: Any) -> None:
    for claim in state.reached(step.term):
        outcome = Reference(_context(state.rows[claim])).outcome(step.test.tree)
        if outcome in (Outcome.MISSING, Outcome.HUMAN):
            raise Undeclared("claw_back")
        if outcome is Outcome.PASS and step.withholds:
            state.amount[claim] = Fraction(0)


def _nothing(state: _State, step: Any) -> None:
    return


_ACTIONS: dict[type[Step], Callable[[_State, Any], None]] = {
    Cap: _cap, SameMatter: _same_matter, EitherOr: _either_or, Pot: _pot, Rounding: _round, Minimum: _minimum, ClawBack: _claw_back,
    Instalments: _nothing,
}  # fmt: skip
