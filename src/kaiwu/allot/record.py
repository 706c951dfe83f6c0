"""The decision record (决定记录): everything that decided a round and everything that came out, as canonical bytes with hashes.

Owns the form of a record and reading it back. Who holds a record can derive it again without this library (``checker``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from typing import Any

from kaiwu.allot.applicant import Applicant
from kaiwu.allot.constraint import Comparison, Constraint
from kaiwu.allot.exception import MeetingException
from kaiwu.allot.explanation import Explanation, explain_all
from kaiwu.allot.quota import Resource
from kaiwu.allot.result import Allotment
from kaiwu.allot.round import Round
from kaiwu.allot.rule import Pass, Rule
from kaiwu.allot.scale import Scale
from kaiwu.allot.supply import Supply, SupplyKind
from kaiwu.allot.tie import Draw
from kaiwu.ledger.log import canonical_bytes
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.outcome import Outcome
from kaiwu.version import __version__

FORMAT = "kaiwu-allot-1"
Data = dict[str, Any]


def make_record(placed: Allotment, conditions: Mapping[str, Any] | None = None) -> Data:
    """The record of a placed round. ``conditions`` are the compiled conditions of entry with what they read (``entry``)."""
    round_ = placed.round
    rule, given, outcome = rule_data(round_.rule), input_data(round_), outcome_data(placed)
    if conditions is not None:
        given["conditions"] = dict(conditions)
    return {
        "format": FORMAT, "engine": __version__, "round": round_.code, "zh": round_.zh, "en": round_.en, "synthetic": round_.is_synthetic,
        "rule": rule, "rule_hash": digest(rule), "input": given, "input_hash": digest(given), "outcome": outcome, "outcome_hash": digest(outcome),
        "seed_commitment": round_.draw.commitment if round_.draw else "",
    }  # fmt: skip


def record_bytes(record: Mapping[str, Any]) -> bytes:
    """The one spelling of a record, as it is logged and kept."""
    return canonical_bytes(record)


def digest(data: Any) -> str:
    """SHA-256 of canonical bytes."""
    return sha256(canonical_bytes(data)).hexdigest()


def rule_hash(rule: Rule) -> str:
    """The hash by which a rule is previewed, adopted and recorded."""
    return digest(rule_data(rule))


# -- to plain data --------------------------------------------------------------------------------------------


def rule_data(rule: Rule) -> Data:
    """A rule as plain data; passes, kinds and constraints in their order."""
    return {
        "code": rule.code, "zh": rule.zh, "en": rule.en, "step": str(rule.scale.step), "full": str(rule.scale.full),
        "kinds": [_fields(k) for k in rule.kinds], "constraints": [{**_fields(c), "test": c.test.value} for c in rule.constraints],
        "resources": [_fields(r) for r in rule.resources], "passes": [_fields(p) for p in rule.passes], "ties": list(rule.ties),
        "one_per": list(rule.one_per), "choice": rule.choice, "items": [list(item) for item in rule.items],
        "plots": list(rule.plots) if rule.plots else None, "conditions": [list(c) for c in rule.conditions], "ruler": rule.ruler,
    }  # fmt: skip


def input_data(round_: Round) -> Data:
    """All that varies from round to round, rows in the order of their ids."""
    return {
        "applicants": [_applicant(a) for a in sorted(round_.applicants, key=lambda a: a.id)],
        "supplies": [_supply(s) for s in sorted(round_.supplies, key=lambda s: s.id)],
        "quotas": [[*cell, amount] for cell, amount in sorted(round_.quotas.items())],
        "draw": _fields(round_.draw) if round_.draw else None,
        "exceptions": [_fields(e) for e in round_.exceptions],
    }


def _fields(value: Any, *left_out: str) -> Data:
    return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__ if name not in left_out}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return {key: _plain(part) for key, part in value.items()} if isinstance(value, Mapping) else value


def _applicant(applicant: Applicant) -> Data:
    return {**_fields(applicant, "where"), "admitted": {k: int(v) for k, v in applicant.admitted.items()}}


def _supply(supply: Supply) -> Data:
    return _fields(supply, "where")


def outcome_data(placed: Allotment) -> Data:
    """The result: order, ties, grants, counts, one trace for each applicant."""
    order = [placed.round.applicants[i].id for i in placed.priority.order]
    grants = [[placed.applicant_of(g).id, placed.supply_of(g).id, g.stage] for g in placed.placement.grants]
    traces = {e.applicant: _trace(e) for e in explain_all(placed)}
    ties = [{"score": t.score, "applicants": list(t.applicants), "by": t.by} for t in placed.priority.ties]
    return {"order": order, "ties": ties, "grants": grants, "counts": placed.counts(), "traces": traces}


def _trace(found: Explanation) -> Data:
    trace: Data = {"status": found.status, "place": found.place}
    if found.line is not None:
        line = found.line
        trace["line"] = {
            "needed": line.needed, "winner": line.winner, "binding": line.binding, "supply": line.supply, "stage": line.stage,
            "cell": list(line.cell) if line.cell else None, "differences": [list(d) for d in line.differences],
        }  # fmt: skip
    if found.barriers:
        trace["barriers"] = [{"kind": b.kind, "supplies": b.supplies, "reasons": [list(r) for r in b.reasons]} for b in found.barriers]  # fmt: skip
    return trace


# -- from plain data ------------------------------------------------------------------------------------------


def read_round(record: Mapping[str, Any]) -> Round:
    """The round of a record. Raises ``KaiwuError`` ``A-RECORD`` where it is none of this format."""
    if record.get("format") != FORMAT:
        zh, en = f"不是分配记录({FORMAT})", f"no record of an allotment ({FORMAT})"
        raise KaiwuError(Problem("A-RECORD", zh, en, text=str(record.get("format"))))
    try:
        given = record["input"]
        return Round(
            code=record["round"], zh=record["zh"], en=record["en"], rule=_read_rule(record["rule"]),
            applicants=tuple(_read_applicant(a) for a in given["applicants"]), supplies=tuple(_read_supply(s) for s in given["supplies"]),
            quotas={(code, park, period): amount for code, park, period, amount in given["quotas"]},
            draw=_read_draw(given["draw"]), exceptions=tuple(_read_exception(e) for e in given["exceptions"]), is_synthetic=record["synthetic"],
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        zh, en = f"记录残缺: {error}", f"the record is broken: {error}"
        raise KaiwuError(Problem("A-RECORD", zh, en)) from error


def _read_rule(data: Mapping[str, Any]) -> Rule:
    return Rule(
        code=data["code"], zh=data["zh"], en=data["en"], scale=Scale(Fraction(data["step"]), Fraction(data["full"])),
        kinds=tuple(SupplyKind(**k) for k in data["kinds"]),
        constraints=tuple(Constraint(**{**c, "test": Comparison(c["test"]), "kinds": tuple(c["kinds"])}) for c in data["constraints"]),
        resources=tuple(Resource(**{**r, "kinds": tuple(r["kinds"])}) for r in data["resources"]), passes=tuple(Pass(**p) for p in data["passes"]),
        ties=tuple(data["ties"]), one_per=tuple(data["one_per"]), choice=data["choice"], items=tuple(_triple(i) for i in data["items"]),
        plots=(data["plots"][0], data["plots"][1]) if data["plots"] else None, conditions=tuple((name, text) for name, text in data["conditions"]),
        ruler=data["ruler"],
    )  # fmt: skip


def _triple(row: Sequence[str]) -> tuple[str, str, str]:
    code, zh, en = row
    return code, zh, en


def _read_applicant(data: Mapping[str, Any]) -> Applicant:
    changed = {
        "filed": dt.date.fromisoformat(data["filed"]), "accepts": tuple(data["accepts"]), "prefers": tuple(data["prefers"]),
        "admitted": {k: Outcome(v) for k, v in data["admitted"].items()}, "pools": frozenset(data["pools"]),
    }  # fmt: skip
    return Applicant(**{**data, **changed})


def _read_supply(data: Mapping[str, Any]) -> Supply:
    return Supply(**{**data, "pools": frozenset(data["pools"]), "barred": frozenset(data["barred"])})


def _read_draw(data: Mapping[str, Any] | None) -> Draw | None:
    if data is None:
        return None
    days = {k: dt.date.fromisoformat(data[k]) for k in ("committed_on", "deadline", "public_on") if data[k]}
    return Draw(**{**data, **days})


def _read_exception(data: Mapping[str, Any]) -> MeetingException:
    return MeetingException(
        **{**data, "day": dt.date.fromisoformat(data["day"]), "displaces": tuple(data["displaces"])}
    )
