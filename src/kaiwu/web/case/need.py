"""What a step asks for (办理条件), proved before a case moves.

Owns the proofs that every procedure may use. A procedure with records of its own (an evaluation, say) adds its proofs by
``kaiwu.web.case.proof``'s table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.utils import timezone

from kaiwu.pack.procedure_chart import NEEDS
from kaiwu.quantity import Problem
from kaiwu.quantity.date import full_months
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import Role
from kaiwu.web.case.models import Case


@dataclass(frozen=True, slots=True)
class Move:
    """A step that somebody wants to take: where to, on which evidence, with which further words."""

    case: Case
    person: Person
    to: str
    evidence: str = ""
    words: Mapping[str, Any] = field(default_factory=dict)


HALF_YEAR = 6  # months
Proof = Callable[[Move], bool]


def _has_evidence(move: Move) -> bool:
    return bool(move.evidence.strip()) or move.case.files.exists()


def _is_another_person(move: Move) -> bool:
    return move.person.login != move.case.moved_by


def _has_word(name: str) -> Proof:
    return lambda move: bool(str(move.words.get(name, "")).strip())


def _is_confirmed_by_firm(move: Move) -> bool:
    home = move.person.organisation
    return move.person.holds(Role.CLERK) and move.case.firm is not None and home.entity == move.case.firm.entity


def _is_day_over(move: Move) -> bool:
    return move.case.due is None or timezone.localdate() > move.case.due


def _is_half_a_year(move: Move) -> bool:
    return full_months(move.case.stage_since, timezone.localdate()) >= HALF_YEAR


PROOFS: dict[str, Proof | str] = {
    "evidence": _has_evidence,
    "second_person": _is_another_person,
    "firm_confirms": _is_confirmed_by_firm,
    "minutes": _has_word("minutes"),
    "amount": _has_word("amount"),
    "payment": _has_word("payment"),
    "day_passed": _is_day_over,
    "six_months": _is_half_a_year,
    "run": "kaiwu.web.evaluation.proof:has_run",
    "signed": "kaiwu.web.evaluation.proof:is_signed",
    "notice": "kaiwu.web.evaluation.proof:has_notice",
    "window_over": "kaiwu.web.evaluation.proof:is_window_over",
    "no_open_disputes": "kaiwu.web.evaluation.proof:has_no_open_disputes",
    "rerun": "kaiwu.web.evaluation.proof:is_rerun",
    "all_confirmed": "kaiwu.web.evaluation.proof:are_all_confirmed",
    "consequences": "kaiwu.web.evaluation.proof:has_consequences",
    "receipts": "kaiwu.web.evaluation.proof:has_receipts",
    "version": "kaiwu.web.exchange.proof:has_version",
}
"""Every need of a procedure and its proof; a dotted name is loaded when first asked for."""


def find_lacks(move: Move, needs: tuple[str, ...]) -> list[Problem]:
    """What is still missing for a step, each as a problem with what to do."""
    return [
        Problem("W-NEED", f"还差: {NEEDS[need][0]}", f"still missing: {NEEDS[need][1]}", where=move.case.number)
        for need in needs
        if not _proof(need)(move)
    ]


def _proof(need: str) -> Proof:
    proof = PROOFS[need]
    if callable(proof):
        return proof
    module, _, name = proof.partition(":")
    loaded: Proof = getattr(import_module(module), name)
    return loaded
