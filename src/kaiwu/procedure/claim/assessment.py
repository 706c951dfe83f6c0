"""What the clauses grant for a claim (核定): facts of the claim and of the case itself, decided by the clause engine.

Owns where each fact comes from. One claim and many go the same way: every claim is an entity of its own, with the firm's other
awards as what was paid before and what the pot has left for it. The amounts are the rulebook's; which is taken is ``advance``.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from kaiwu.benefit import ClauseScheme
from kaiwu.benefit.settlement import PRIOR_COLUMNS, Settled, Settlement
from kaiwu.benefit.settlement.step.pot import PURSE
from kaiwu.figure.variable import Variable
from kaiwu.identity import normalise_name, normalise_uscc
from kaiwu.ledger.book import Book
from kaiwu.pack import Library
from kaiwu.pack.case import make_facts
from kaiwu.pack.decide import refuse_out_of_force
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.case import RESERVING, Case
from kaiwu.procedure.claim.invoice import same_party
from kaiwu.procedure.claim.posting import fund_account
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.procedure.claim.surroundings import SILENT, PaidRow
from kaiwu.procedure.settlement import settle_facts, without_conditions
from kaiwu.quantity import KaiwuError, date_index
from kaiwu.rule.decision import Decision, Facts
from kaiwu.rule.outcome import Outcome

Candidate = dict[str, Any]
AT_ONCE = 20_000
"""Claims that are settled in one table; more of them are taken in parts, because purses are small numbers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim to be decided: the case, all claims of its firm as they stand for it, what the pot can still promise (fen)."""

    case: Case
    own: Sequence[Case]
    left: int

    @property
    def day(self) -> dt.date:
        """The day of the claim, by which its rules are those in force."""
        assert self.case.claimed_on is not None, "what is assessed was claimed"
        return self.case.claimed_on


class PaidIndex:
    """Lists of other offices (他处已兑付), found by firm."""

    def __init__(self, rows: Iterable[PaidRow]) -> None:
        self._by_firm: dict[str, list[tuple[int, PaidRow]]] = defaultdict(list)
        for i, row in enumerate(rows):
            for key in {normalise_uscc(row.firm) if row.firm else "", "#" + normalise_name(row.firm_name)}:
                self._by_firm[key].append((i, row))

    def of(self, case: Case) -> list[PaidRow]:
        """Rows of the firm of a case, in the order of the lists."""
        keys = (normalise_uscc(case.firm) if case.firm else "", "#" + normalise_name(case.firm_name))
        found = {i: row for key in keys for i, row in self._by_firm.get(key, ())}
        return [r for _, r in sorted(found.items()) if same_party(r.firm, r.firm_name, case.firm, case.firm_name)]


def decide_claim(
    library: Library, programme: Programme, case: Case, own: Sequence[Case], left: int, paid: Sequence[PaidRow] = ()
) -> list[Candidate]:
    """``decide_claims`` for one claim. Raises ``KaiwuError`` for facts that cannot be read and a rulebook not in force."""
    (answer,) = decide_claims(library, programme, [Asked(case, own, left)], PaidIndex(paid))
    if isinstance(answer, KaiwuError):
        raise answer
    return answer


def decide_claims(
    library: Library, programme: Programme, asked: Sequence[Asked], paid: PaidIndex, *, with_words: bool = True
) -> list[list[Candidate] | KaiwuError]:
    """What each clause of the programme grants each claim, after the rulebook's settlement, as data for the assessing event.

    Every claim is decided as if it stood alone with its ``own`` and ``left``. Its answer is a ``KaiwuError`` where its facts
    cannot be read or its rulebook was not in force on its day. ``with_words``: with reasons, which take longer than answers.
    """
    bench = _Bench(library, programme, paid, with_words)
    out: dict[int, list[Candidate] | KaiwuError] = {}
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for i, one in enumerate(asked):
        try:
            rated = bench.head.rated_year(one.day)
            refuse_out_of_force(bench.head, one.day, rated)
        except KaiwuError as error:
            out[i] = error
        else:
            groups[one.day if bench.reads_day else one.day.year, rated].append(i)
    for (_, rated), all_at in groups.items():
        size = AT_ONCE if bench.is_separable else 1
        for start in range(0, len(all_at), size):
            at = all_at[start : start + size]
            out |= zip(at, bench.decide([asked[i] for i in at], rated), strict=True)
    return [out[i] for i in range(len(asked))]


class _Bench:
    """The rulebook of a programme, ready to decide claims."""

    def __init__(self, library: Library, programme: Programme, paid: PaidIndex, with_words: bool) -> None:
        self.library, self.programme, self.paid, self.with_words = library, programme, paid, with_words
        pack, _, self.head = library.heads[programme.rulebook]
        self.shelf = library.shelves[pack]
        scheme = library.scheme(programme.rulebook)
        assert isinstance(scheme, ClauseScheme), "a programme pays clauses"
        self.scheme: ClauseScheme = scheme
        self.plan: Settlement | None = scheme.book.settlement
        self.shown: ClauseScheme = scheme if self.plan is None else without_conditions(scheme, self.plan.replaces)
        slots = (*scheme.program.slots, *(self.plan.program.slots if self.plan is not None else ()))
        self.reads_day: bool = "#as_of" in slots
        self.is_separable: bool = self.plan is None or is_separable(self.plan)

    def decide(self, asked: Sequence[Asked], rated: int) -> list[list[Candidate] | KaiwuError]:
        """Claims of one rated year, whose day the rules do not read or share; a claim with a mistake is parted from the others."""
        try:
            return [*self._decide(asked, rated)]
        except KaiwuError as error:
            if len(asked) == 1:
                return [error]
        half = len(asked) // 2
        return [*self.decide(asked[:half], rated), *self.decide(asked[half:], rated)]

    def _decide(self, asked: Sequence[Asked], rated: int) -> list[list[Candidate]]:
        facts = self._facts(asked, rated)
        candidates = self._told(asked, facts) if self.with_words else self._counted(asked, facts)
        if self.plan is None:
            return candidates
        wanted = [self._wanted(one.case) for one in asked]
        pots = {(self.programme.pot.code, i): one.left for i, one in enumerate(asked)}
        settled = settle_facts(self.scheme, facts, _filings(asked, wanted), self._prior(asked), pots)
        outcome = _Outcome(settled, self.with_words)
        return [[outcome.settle(one.case.number, c) for c in made] for one, made in zip(asked, candidates, strict=True)]

    def _facts(self, asked: Sequence[Asked], rated: int) -> Facts:
        people = {
            a.case.number: {**a.case.facts, **facts_of_case(self.programme, a.case, a.own, a.left)} for a in asked
        }
        return make_facts(self.library.scheme(self.programme.rulebook), self.shelf, people, asked[0].day, rated)

    def _wanted(self, case: Case) -> tuple[str, ...]:
        return (case.clause,) if case.clause else self.programme.clauses

    def _told(self, asked: Sequence[Asked], facts: Facts) -> list[list[Candidate]]:
        made = []
        for i, one in enumerate(asked):
            own = replace(facts, table=facts.table.slice(i, 1), as_of=one.day)
            found = self.shown.explain(own, one.case.number, items=self._wanted(one.case))
            made.append([_candidate(d, self.library) for d in found])
        return made

    def _counted(self, asked: Sequence[Asked], facts: Facts) -> list[list[Candidate]]:
        """Outcomes and amounts only."""
        by_claim: dict[str, list[Candidate]] = defaultdict(list)
        blank = {
            "article": "",
            "zh": "",
            "en": "",
            "missing": (),
            "missing_en": (),
            "why": "",
            "why_en": "",
            "reasons": (),
        }
        for number, clause, outcome, low, high in self.shown.decide(facts).decisions.select("entity", "item", "outcome", "low", "high").iter_rows():  # fmt: skip
            by_claim[number].append({"clause": clause, "outcome": outcome, "low": low, "high": high, **blank})
        return [[c for c in by_claim[a.case.number] if c["clause"] in self._wanted(a.case)] for a in asked]

    def _prior(self, asked: Sequence[Asked]) -> pl.DataFrame:
        """Earlier awards of each claim's firm: its other claims under any programme, and what other offices' lists say."""
        rows = [row for one in asked for row in (*self._own_awards(one), *self._paid_elsewhere(one.case))]
        return pl.DataFrame(rows, schema=dict(PRIOR_COLUMNS), orient="row")

    def _own_awards(self, one: Asked) -> Iterable[tuple[Any, ...]]:
        for other in one.own:
            if other.number != one.case.number and other.state in RESERVING and other.award is not None and other.claimed_on:  # fmt: skip
                programme = self.library.programmes.get(other.programme)
                level = programme.funds[0].level if programme is not None and programme.funds else None
                rulebook = programme.rulebook if programme is not None else None
                matter = other.matter or other.award.clause
                yield one.case.number, matter, other.award.clause, rulebook, level, other.claimed_on.year, other.amount

    def _paid_elsewhere(self, case: Case) -> Iterable[tuple[Any, ...]]:
        for r in self.paid.of(case):
            if r.day is not None:
                yield case.number, r.matter or None, None, r.programme, r.level or None, r.day.year, r.amount


def is_separable(plan: Settlement) -> bool:
    """Whether claims of several entities never meet in a step but in the pot: every group that a step forms is of one firm."""
    return all("firm" in per for step in plan.steps if (per := getattr(step, "per", ())))


def _filings(asked: Sequence[Asked], wanted: Sequence[Sequence[str]]) -> pl.DataFrame:
    rows = [
        (a.case.number, clause, a.case.matter or None, date_index(a.day), purse)
        for purse, (a, clauses) in enumerate(zip(asked, wanted, strict=True))
        for clause in clauses
    ]
    schema = {"entity": pl.String, "clause": pl.String, "matter": pl.String, "filed": pl.Int64, PURSE: pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


class _Outcome:
    """What a settlement made of each claim, found by claim."""

    def __init__(self, settled: Settled, with_words: bool) -> None:
        self.awards = {row["claim"]: row for row in settled.awards.iter_rows(named=True)}
        self.lines: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self.asks: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for line in settled.lines.iter_rows(named=True) if with_words and settled.entries.width else ():
            self.lines[line["claim"]].append(line)
        for claim, zh, en in settled.asks.select("claim", "zh", "en").iter_rows():
            self.asks[claim].append((zh, en))

    def settle(self, number: str, candidate: Candidate) -> Candidate:
        """A clause's own answer with what the settlement makes of it; a question of a step becomes 需认定."""
        claim = f"{candidate['clause']}/{number}"
        award = self.awards.get(claim)
        if award is None:
            return candidate
        lines = self.lines[claim]
        reasons = [*candidate["reasons"], *([line["zh"], line["en"], line["article"], None] for line in lines)]
        made = {**candidate, "low": award["low"], "high": award["high"], "reasons": reasons}
        asks = self.asks[claim] if award["open"] == "ask" else []
        if asks and candidate["outcome"] == Outcome.PASS:
            zh, en = ([ask[i] for ask in asks] for i in (0, 1))
            return {**made, "outcome": int(Outcome.HUMAN), "missing": zh, "missing_en": en}
        if award["high"] == 0 and candidate["outcome"] == Outcome.PASS:
            ended = next(((line["zh"], line["en"]) for line in lines if line["after_high"] == 0), ("", ""))
            return {**made, "outcome": int(Outcome.FAIL), "why": ended[0], "why_en": ended[1]}
        return made


def facts_of_case(programme: Programme, case: Case, own: Sequence[Case], left: int) -> dict[str, str]:
    """The facts that the case itself answers, by the origins that the programme declares, as text with unit."""
    year = case.claimed_on.year if case.claimed_on else programme.pot.year
    mine = [
        c for c in own
        if c.programme == case.programme and c.number != case.number and c.claimed_on is not None and c.claimed_on.year == year
    ]  # fmt: skip
    amounts = {
        "paid": case.paid_by_firm,
        "signed": int(case.contract.get("amount", 0)),
        "signed_in_year": sum(int(c.contract.get("amount", 0)) for c in (*mine, case) if c.state not in SILENT),
        "granted_in_year": sum(c.amount for c in mine if c.state in RESERVING),
        "pot_left": left,
    }
    return {name: yuan(amounts[origin]) for name, origin in programme.facts.items()}


def pot_available(programme: Programme, book: Book) -> int:
    """What the ledger has for the pot of a programme and no voucher holds, in fen."""
    return sum(book.balance(fund_account(programme, fund).available.id).available for fund in programme.funds)


def pot_left(programme: Programme, waiting: int, book: Book) -> int:
    """What the pot can still promise, in fen: what is available less what was assessed and not yet held."""
    return max(pot_available(programme, book) - waiting, 0)


def is_waiting(case: Case) -> bool:
    """Whether an award was assessed and no voucher holds its money yet."""
    return case.state in RESERVING and not case.decided_event


def _candidate(decision: Decision, library: Library) -> dict[str, Any]:
    missing = [_names(slot, library.variables) for slot in decision.missing]
    failed = [r for r in decision.reasons if r.outcome is not None and int(r.outcome) != 1]
    return {
        "clause": decision.item,
        "article": decision.article,
        "zh": decision.zh,
        "en": decision.en,
        "outcome": int(decision.outcome),
        "low": decision.low,
        "high": decision.high,
        "missing": [zh for zh, _ in missing],
        "missing_en": [en for _, en in missing],
        "why": "; ".join(r.zh for r in failed),
        "why_en": "; ".join(r.en for r in failed),
        "reasons": [[r.zh, r.en, r.article, int(r.outcome) if r.outcome is not None else None] for r in decision.reasons],
    }  # fmt: skip


def _names(slot: str, variables: Mapping[str, Variable]) -> tuple[str, str]:
    """What a slot is called, zh and en."""
    code, _, offset = slot.partition("@")
    zh, en = (variables[code].zh, variables[code].en or code) if code in variables else (code, code)
    return (f"{zh}@{offset}", f"{en}@{offset}") if offset else (zh, en)
