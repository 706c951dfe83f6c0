"""Explains one entity (评价说明): who takes part, every point, the rank, the class and how far the next one is.

Owns the order of the lines. Values and points are computed anew by the exact reference and must equal the tables: a
sentence that the tables do not bear out is a defect and stops the explanation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kaiwu.quantity import date_index
from kaiwu.rating.batch import Mask
from kaiwu.rating.book import Gate, RatingBook
from kaiwu.rating.item_explanation import ItemExplainer
from kaiwu.rating.lookup import Lookup, look_up
from kaiwu.rating.merging import make_units
from kaiwu.rating.phrase import EMPTY, Words, say
from kaiwu.rating.place_explanation import PlaceExplainer
from kaiwu.rating.points import print_points
from kaiwu.rating.standing import Status
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Decision, Facts, Reason, Result
from kaiwu.rule.explain import explain_condition, missing_slots
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference

if TYPE_CHECKING:
    from kaiwu.rating.scheme import RatingScheme

MEMBERS_SHOWN = 5
PENDING = (Outcome.MISSING, Outcome.HUMAN)


def explain_entity(scheme: RatingScheme, facts: Facts, entity: str, result: Result) -> Decision:
    """The decision for one entity with all its reasons. ``KeyError`` when it is not in the population."""
    return _Explainer(scheme, facts, entity, result).decision()


@dataclass
class _Explainer:
    scheme: RatingScheme
    facts: Facts
    entity: str
    result: Result

    @property
    def book(self) -> RatingBook:
        return self.scheme.book

    @cached_property
    def lookup(self) -> Lookup:
        return look_up(self.result)

    @cached_property
    def context(self) -> dict[str, int]:
        return {"#as_of": date_index(self.facts.as_of), "#rated": self.facts.rated}

    @cached_property
    def own(self) -> dict[str, Any]:
        """The figures of the entity itself."""
        return {**self.facts.row(self.entity), **self.context}

    @cached_property
    def row(self) -> dict[str, Any]:
        """The row of the entity in the decisions."""
        return self.lookup.decisions[self.entity]

    @cached_property
    def members(self) -> list[str]:
        """Everybody in its unit."""
        if self.book.merge is None or self.row["unit"] is None:
            return [self.entity]
        return self.lookup.members[self.row["unit"]]

    @cached_property
    def unit(self) -> dict[str, Any]:
        """The figures of its unit."""
        if self.book.merge is None:
            return self.own
        table = self.facts.table.filter(pl.col("entity").is_in(self.members))
        everybody: Mask = np.ones(table.height, dtype=bool)
        units = make_units(table, everybody, self.book.merge, dict(self.scheme.compiled.unit_refs))
        return {**units.table.row(0, named=True), **self.context} if len(units.names) else self.own

    def decision(self) -> Decision:
        row, head = self.row, self.book.head
        status = Status(row["status"])
        reasons = self.standing(status)
        missing = self.missing_of_gates(status)
        if status in (Status.RATED, Status.VETOED, Status.PENDING) and row["unit"] is not None:
            needed = ("pending", "excluded") if "block." in str(row["cause"]) else ("pending",)
            items = ItemExplainer(
                self.book, self.lookup, self.entity, self.unit, self.facts.rated, row["league"], needed
            )
            reasons += self.merging() + items.reasons()
            missing += items.missing
            reasons += PlaceExplainer(self.book, self.lookup, row, items.parts).reasons()
        outcome = Outcome(row["outcome"])
        return Decision(
            entity=self.entity,
            scheme=head.code,
            item=head.code,
            zh=head.zh,
            en=head.en,
            outcome=outcome,
            label=row["class"] or "",
            score="" if row["score"] is None else print_points(row["score"], row["decimals"]),
            rank=row["rank"],
            reasons=tuple(reasons + self.notes()),
            missing=tuple(dict.fromkeys(missing)) if outcome in PENDING else (),
            document=head.document,
            version=head.version,
        )

    # -- standing ----------------------------------------------------------------------------------------

    def standing(self, status: Status) -> list[Reason]:
        """Why it is out, exempt, vetoed or pending; nothing for a rated one."""
        outcome = Outcome(self.row["outcome"])
        match status:
            case Status.OUT_OF_SCOPE:
                head = Reason(*say("out_of_scope"), outcome=outcome, article=self.book.scope.article, kind=status.value)
                return [head, *self.lines(self.book.scope, self.own)]
            case Status.EXEMPT:
                gate = _gate(self.book.exempt, self.row["cause"])
                until = say("until", until=gate.until) if gate.until else EMPTY
                words = _join(say("exempt", zh=gate.zh, en=gate.en, until=until), _treated(gate))
                return [
                    Reason(*words, outcome=outcome, article=gate.article, kind=status.value),
                    *self.lines(gate, self.own),
                ]
            case Status.VETOED:
                gate = _gate(self.book.vetoes, self.row["cause"])
                words = say("vetoed", zh=gate.zh, en=gate.en, label=gate.label or "-")
                head = Reason(*words, outcome=outcome, article=gate.article, kind=status.value)
                return [head, *self.lines_of_member(gate, (Outcome.PASS,))]
            case Status.PENDING:
                causes = str(self.row["cause"] or "").split(";")
                reasons = [r for cause in causes for r in self.pending(cause)]
                if any(cause.startswith(("item.", "adjust.")) for cause in causes):
                    reasons.append(Reason(*say("pending-item"), outcome=outcome, kind=status.value))
                return reasons
        return []

    def pending(self, cause: str) -> list[Reason]:
        """Why one cause keeps it pending. Items speak for themselves further down."""
        kind, _, code = cause.partition(".")
        outcome, status = Outcome(self.row["outcome"]), Status.PENDING.value
        match kind:
            case "scope" | "exempt" if Reference(self.own).outcome(self.gate_tree(kind, code)) not in PENDING:
                return [Reason(*say("pending-member"), outcome=outcome, kind=status)]
            case "scope":
                return [
                    Reason(*say("pending-scope"), outcome=outcome, kind=status),
                    *self.lines(self.book.scope, self.own),
                ]
            case "exempt" | "veto":
                gate = _gate(self.book.exempt if kind == "exempt" else self.book.vetoes, code)
                words = say(f"pending-{kind}", zh=gate.zh, en=gate.en)
                head = Reason(*words, outcome=outcome, article=gate.article, kind=status)
                return [head, *self.lines_of_member(gate, PENDING)]
            case "unit":
                assert self.book.merge is not None
                key = self.book.merge.key
                return [
                    Reason(*say("pending-unit", zh=key.zh, en=key.en), outcome=outcome, slots=(key.code,), kind=status)
                ]
            case "league":
                groups = self.book.leagues.groups if self.book.leagues is not None else ()
                return [
                    Reason(*say("pending-league"), outcome=outcome, kind=status),
                    *(r for g in groups for r in self.lines(g, self.unit)),
                ]
            case "tie":
                return [Reason(*say("pending-tie", others=self.tied_others()), outcome=outcome, kind=status)]
            case "block":
                return [Reason(*say("pending-block"), outcome=outcome, kind=status)]
        return []

    def tied_others(self) -> int:
        """Other units of its league with the same score that are held up by the tie."""
        score = self.row["score"]
        return self.lookup.fields[self.row["league"]].alike(score, score)

    def gate_tree(self, kind: str, code: str) -> x.Bool:
        return self.book.scope.when if kind == "scope" else _gate(self.book.exempt, code).when

    def lines(self, gate: Gate, row: dict[str, Any]) -> list[Reason]:
        """The atoms of a gate. Rated figures are settled: no advice is given here."""
        return explain_condition(gate.when, row, gate.article, is_open=False, rated=self.facts.rated)

    def lines_of_member(self, gate: Gate, wanted: tuple[Outcome, ...]) -> list[Reason]:
        """The atoms of a gate where the entity itself is the cause. The figures of another member are not shown to it."""
        if Reference(self.own).outcome(gate.when) in wanted:
            return self.lines(gate, self.own)
        return [Reason(*say("other-member"), article=gate.article, kind="note")]

    def missing_of_gates(self, status: Status) -> list[str]:
        """Figures that would settle a gate that is not known."""
        if status is not Status.PENDING:
            return []
        trees = [g.when for g in (self.book.scope, *self.book.exempt, *self.book.vetoes)]
        rows = [self.own, *({**self.facts.row(m), **self.context} for m in self.members if m != self.entity)]
        found = [slot for row in rows for tree in trees for slot in missing_slots(tree, row)]
        causes = str(self.row["cause"] or "").split(";")
        if "league" in causes and self.book.leagues is not None:
            leagues = self.book.leagues
            found += [s for g in leagues.groups for s in missing_slots(g.when, self.unit)]
            found += [leagues.by.slot] if leagues.by is not None else []
        if "unit" in causes and self.book.merge is not None:
            found.append(self.book.merge.key.code)
        return found

    def merging(self) -> list[Reason]:
        """With whom it is rated as one."""
        others = [m for m in self.members if m != self.entity]
        if not others or self.book.merge is None:
            return []
        key = self.book.merge.key
        names = "、".join(others[:MEMBERS_SHOWN]) + ("…" if len(others) > MEMBERS_SHOWN else "")
        return [
            Reason(
                *say("merged", key=(key.zh, key.en), others=len(others), names=names), slots=(key.code,), kind="note"
            )
        ]

    def notes(self) -> list[Reason]:
        """What whoever reads must know besides."""
        found = []
        if self.row["provisional"]:
            found.append(Reason(*say("provisional"), kind="note"))
        standings = [i.standing for i in self.book.indicators] + [b.standing for b in self.book.blocks]
        if not self.book.head.document.is_attested or any(s != "attested" for s in standings):
            found.append(Reason(*say("unattested"), kind="note"))
        return found


def _gate(gates: tuple[Gate, ...], code: str) -> Gate:
    return next(g for g in gates if g.code == code)


def _treated(gate: Gate) -> Words:
    return say("treated", label=gate.label) if gate.label else EMPTY


def _join(*words: Words) -> Words:
    return "".join(w[0] for w in words), "".join(w[1] for w in words)
