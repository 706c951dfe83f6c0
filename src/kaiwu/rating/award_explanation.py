"""Explains awards and streaks of one entity: its league, its rank against the number of winners, every year of a streak.

Owns the order of the lines; the answers are those of the table.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import polars as pl

from kaiwu.quantity import date_index
from kaiwu.rating.award import Award, AwardBook, AwardLeague, WinStreak
from kaiwu.rating.phrase import Words, say
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Decision, Facts, Reason, Result
from kaiwu.rule.explain import explain_condition, missing_slots
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference

UNKNOWN = (Outcome.MISSING, Outcome.HUMAN)


def explain_awards(book: AwardBook, facts: Facts, entity: str, result: Result) -> list[Decision]:
    """The decisions of one entity in the order of the rulebook. ``KeyError`` when it is not in the population."""
    figures = {**facts.row(entity), "#as_of": date_index(facts.as_of), "#rated": facts.rated}
    rows = {r["item"]: r for r in result.decisions.filter(pl.col("entity") == entity).to_dicts()}
    parts: list[Award | WinStreak] = ([book.award] if book.award is not None else []) + list(book.streaks)
    found = []
    for part in parts:
        row = rows[part.code]
        outcome = Outcome(row["outcome"])
        if isinstance(part, Award):
            reasons, missing = _award_reasons(book, part, row, figures, facts.rated)
        else:
            reasons, missing = _streak_reasons(
                part, figures, facts.rated, rows.get(book.award.code) if book.award else None
            )
            reasons.insert(
                0,
                Reason(
                    *say("streak", years=part.years, verdict=(outcome.zh, outcome.en)), outcome=outcome, kind="class"
                ),
            )
        found.append(
            Decision(
                entity=entity,
                scheme=book.head.code,
                item=part.code,
                zh=part.zh,
                en=part.en,
                outcome=outcome,
                article=part.article,
                label=row["class"] or "",
                rank=row["rank"] if row["rank"] == row["worst_rank"] else None,
                reasons=tuple(reasons),
                missing=tuple(dict.fromkeys(missing)) if outcome is Outcome.MISSING else (),
                document=book.head.document,
                version=book.head.version,
            )
        )
    return found


def _award_reasons(
    book: AwardBook, award: Award, row: dict[str, Any], figures: dict[str, Any], rated: int
) -> tuple[list[Reason], list[str]]:
    outcome = Outcome(row["outcome"])
    reasons = [
        Reason(*say("award", zh=award.zh, en=award.en, verdict=(outcome.zh, outcome.en)), outcome=outcome, kind="class")
    ]
    reference = Reference(figures)
    missing: list[str] = []
    if book.scope is not None and reference.outcome(book.scope) is not Outcome.PASS:
        reasons += explain_condition(book.scope, figures, is_open=False, rated=rated)
        missing += missing_slots(book.scope, figures)
    league = next((g for g in award.leagues if g.code == row["league"]), None)
    if league is not None:
        words = say("award-league", zh=league.zh, en=league.en, take=league.take)
        reasons.append(Reason(*words, outcome=Outcome.PASS, article=league.article or award.article, kind="note"))
        reasons.append(_rank_reason(league, row, outcome))
    else:
        answers = [reference.outcome(g.when) for g in award.leagues]
        if not any(a in UNKNOWN for a in answers):
            reasons.append(Reason(*say("award-no-league"), outcome=Outcome.FAIL, article=award.article, kind="note"))
        for group, answer in zip(award.leagues, answers, strict=True):
            if answer in UNKNOWN:
                reasons += explain_condition(group.when, figures, group.article, is_open=False, rated=rated)
                missing += missing_slots(group.when, figures)
    tree = award.rank if award.rank is not None else award.score
    assert tree is not None
    lacking = missing_slots(
        x.Compare(op=">=", left=tree, right=x.Literal(value=Fraction(0), dimension=tree.dimension)), figures
    )
    if lacking:
        refs = x.slots_of(tree)
        zh, en = "、".join(refs[s].variable.zh for s in lacking), ", ".join(refs[s].variable.en for s in lacking)
        reasons.append(
            Reason(*say("award-lacking", zh=zh, en=en), outcome=Outcome.MISSING, slots=tuple(lacking), kind="missing")
        )
    return reasons, missing + list(lacking)


def _rank_reason(league: AwardLeague, row: dict[str, Any], outcome: Outcome) -> Reason:
    best, worst = row["rank"], row["worst_rank"]
    if best is None:
        return Reason(*say("not-known"), outcome=outcome, kind="note")
    words = say("award-rank", rank=best) if best == worst else say("award-range", best=best, worst=worst)
    gap = say("award-short", places=best - league.take)[0] if best == worst and best > league.take else ""
    return Reason(*words, outcome=outcome, article=league.article, gap=gap, kind="score")


def _streak_reasons(
    streak: WinStreak, figures: dict[str, Any], rated: int, award: dict[str, Any] | None
) -> tuple[list[Reason], list[str]]:
    reasons, missing = [], []
    for back in range(streak.years):
        slot = streak.ref(back).slot
        stored = figures.get(slot)
        code, answer = "streak-year", _word(stored)
        outcome = Outcome.MISSING if stored is None else Outcome.PASS if stored else Outcome.FAIL
        if stored is None and back == 0 and award is not None:
            code, outcome = "streak-computed", Outcome(award["outcome"])
            answer = say("undecided") if outcome in UNKNOWN else _word(int(outcome is Outcome.PASS))
        if stored is None and outcome is Outcome.MISSING:
            missing.append(slot)
        words = say(code, year=str(rated - back), zh=streak.won.zh, en=streak.won.en, answer=answer)
        reasons.append(Reason(*words, outcome=outcome, article=streak.article, slots=(slot,), kind="condition"))
    failed = any(r.outcome is Outcome.FAIL for r in reasons)
    return reasons, [] if failed else missing


def _word(stored: int | None) -> Words:
    return say("not-known") if stored is None else say("won" if stored else "not-won")
