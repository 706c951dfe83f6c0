"""The exact reference of ratings: one unit after another, plain loops, rationals, no arrays.

Slow and obviously right; the tests hold ``board.py`` against it. It shares the declared book and the rule reference with
the engine, and no step of scoring, merging, ranking or classing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from kaiwu.quantity import date_index
from kaiwu.rating.book import Indicator, RatingBook, Treatment
from kaiwu.rating.formula import points_of_value
from kaiwu.rating.loader import unit_refs
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Facts
from kaiwu.rule.outcome import Outcome, all_of, any_of
from kaiwu.rule.reference import Reference, Unknown, round_to

Row = dict[str, int | None]
UNKNOWN = (Outcome.MISSING, Outcome.HUMAN)


@dataclass(slots=True)
class Verdict:
    """What the reference finds for one entity. ``score`` and ``points`` are exact 分, rounded as declared."""

    status: str
    outcome: Outcome
    label: str | None = None
    score: Fraction | None = None
    rank: int | None = None
    league: str | None = None
    points: dict[str, Fraction | None] = field(default_factory=dict)


@dataclass(slots=True)
class _Unit:
    members: list[int]
    row: Row
    open: list[Outcome] = field(default_factory=list)  # answers that keep it pending
    veto: int | None = None
    league: int | None = None
    points: dict[str, Fraction | None] = field(default_factory=dict)
    excluded: dict[str, Unknown] = field(default_factory=dict)
    score: Fraction | None = None
    rank: int | None = None
    label: str | None = None
    unsettled: bool = False


def rate_plainly(book: RatingBook, facts: Facts) -> dict[str, Verdict]:
    """Rate a population; the verdict of every entity."""
    context = {"#as_of": date_index(facts.as_of), "#rated": facts.rated}
    rows: list[Row] = [{**r, **context} for r in facts.table.iter_rows(named=True)]
    standing = [_standing(book, Reference(row)) for row in rows]
    units = _units(book, rows, standing)
    for unit in units:
        _gates(book, unit, rows, standing)
    for indicator in book.indicators:
        _score_item(indicator, units)
    for unit in units:
        _total(book, unit)
    _place(book, units)
    return _verdicts(book, rows, standing, units)


# -- who takes part --------------------------------------------------------------------------------------------------


def _standing(book: RatingBook, reference: Reference) -> tuple[str, Outcome]:
    scope = reference.outcome(book.scope.when)
    if scope is Outcome.FAIL:
        return "out_of_scope", Outcome.FAIL
    if scope in UNKNOWN:
        return "pending", scope
    exempt = any_of(reference.outcome(g.when) for g in book.exempt)
    if exempt is Outcome.PASS:
        return "exempt", Outcome.FAIL
    return ("pending", exempt) if exempt in UNKNOWN else ("rated", Outcome.PASS)


def _units(book: RatingBook, rows: list[Row], standing: list[tuple[str, Outcome]]) -> list[_Unit]:
    inside = [i for i, (status, _) in enumerate(standing) if status in ("rated", "pending")]
    merge = book.merge
    groups: dict[object, list[int]] = {}
    for i in inside:
        key = rows[i].get(merge.key.code) if merge is not None else None
        if merge is not None and key is None and merge.without == "pending":
            standing[i] = ("pending", Outcome.MISSING)
            continue
        groups.setdefault(("alone", i) if key is None else ("key", key), []).append(i)
    refs = unit_refs(book)
    units = []
    for members in groups.values():
        row = dict(rows[members[0]])
        if merge is not None:
            row |= {
                slot: _merged([rows[m].get(slot) for m in members], merge.how[r.variable.code])
                for slot, r in refs.items()
            }
        units.append(_Unit(members, row))
    return units


def _merged(values: list[int | None], how: str) -> int | None:
    known = [v for v in values if v is not None]
    complete = len(known) == len(values)
    match how:
        case "sum":
            return sum(known) if complete else None
        case "sum_known":
            return sum(known) if known else None
        case "any":
            return 1 if 1 in known else 0 if complete else None
        case "all":
            return 0 if 0 in known else 1 if complete else None
        case "recompute":
            return None
    return known[0] if complete and len(set(known)) == 1 else None


def _gates(book: RatingBook, unit: _Unit, rows: list[Row], standing: list[tuple[str, Outcome]]) -> None:
    doubts = [standing[m][1] for m in unit.members if standing[m][0] == "pending"]
    unit.unsettled = bool(doubts)
    unit.open += doubts
    sure = [Reference(rows[m]) for m in unit.members if standing[m][0] == "rated"]
    vetoes = [any_of(r.outcome(g.when) for r in sure) for g in book.vetoes]
    unit.veto = next((i for i, v in enumerate(vetoes) if v is Outcome.PASS), None)
    unit.open += [v for v in vetoes if v in UNKNOWN]
    unit.league, answer = _league(book, Reference(unit.row))
    if answer in UNKNOWN:
        unit.open.append(answer)


def _league(book: RatingBook, reference: Reference) -> tuple[int | None, Outcome]:
    if book.leagues is None:
        return 0, Outcome.PASS
    if book.leagues.by is not None:
        value = reference.row.get(book.leagues.by.slot)
        return value, Outcome.MISSING if value is None else Outcome.PASS
    for number, gate in enumerate(book.leagues.groups):
        outcome = reference.outcome(gate.when)
        if outcome is not Outcome.FAIL:
            return (number, outcome) if outcome is Outcome.PASS else (None, outcome)
    return None, Outcome.HUMAN


# -- points ----------------------------------------------------------------------------------------------------------


def _score_item(indicator: Indicator, units: list[_Unit]) -> None:
    values = [Reference(u.row).number(indicator.value) for u in units]
    group = [u.league if indicator.within == "league" else 0 for u in units]
    measured: list[Fraction | None] = []
    states: list[Unknown | None] = []
    for i, value in enumerate(values):
        peers = [
            v
            for j, v in enumerate(values)
            if group[j] == group[i] and not units[j].unsettled and isinstance(v, Fraction)
        ]
        rows = [
            u.row
            for j, u in enumerate(units)
            if group[j] == group[i] and not u.unsettled and isinstance(values[j], Fraction)
        ]
        joins = not units[i].unsettled and group[i] is not None
        stands = group[i] is not None or not indicator.scoring.is_relative
        points = _points(indicator, value, peers, rows, joins) if isinstance(value, Fraction) and stands else None
        measured.append(points)
        states.append(value if isinstance(value, Unknown) else Unknown.UNDEFINED if points is None else None)
    for i, unit in enumerate(units):
        state = states[i]
        if state is None:
            unit.points[indicator.code] = measured[i]
            continue
        rule = indicator.missing if state is Unknown.MISSING else indicator.undefined
        members = [
            p for j, p in enumerate(measured) if p is not None and group[j] == group[i] and not units[j].unsettled
        ]
        points = _treated(indicator, rule, members) if group[i] is not None or rule.kind != "mean" else None
        unit.points[indicator.code] = points
        if rule.kind == "exclude":
            unit.excluded[indicator.code] = state
        elif points is None and group[i] is not None:
            unit.open.append(Outcome.MISSING if state is Unknown.MISSING else Outcome.HUMAN)


def _treated(indicator: Indicator, rule: Treatment, members: list[Fraction]) -> Fraction | None:
    rounding = indicator.rounding
    match rule.kind:
        case "points":
            return rule.amount
        case "share":
            return round_to(rule.amount * indicator.weight, rounding.step, rounding.mode)
        case "mean":
            return round_to(sum(members, Fraction(0)) / len(members), rounding.step, rounding.mode) if members else None
    return None


def _points(
    indicator: Indicator, value: Fraction, peers: list[Fraction], rows: list[Row], joins: bool
) -> Fraction | None:
    """Points of a known value, or ``None`` where the method gives none."""
    higher = indicator.direction == "higher"
    ends: tuple[Fraction, ...] | None = ()
    place = (0, 1)
    match indicator.scoring.method:
        case "rank":
            place = sum(1 for p in peers if (p > value if higher else p < value)), len(peers)
            ends = () if joins else None
        case "minmax":
            ends = (min(peers), max(peers)) if peers else None
        case "best":
            usable = peers if higher else [p for p in peers if p > 0]
            ends = ((min(usable), max(usable)) if higher else (max(usable), min(usable))) if usable else None
        case "benchmark" | "cost":
            base = _base(indicator, peers, rows)
            ends = None if base is None else (base,)
    return None if ends is None else points_of_value(indicator, value, ends, place)


def _base(indicator: Indicator, peers: list[Fraction], rows: list[Row]) -> Fraction | None:
    base = indicator.scoring.base
    assert base is not None
    if not base.mean:
        return base.value
    if indicator.direction == "lower" and indicator.scoring.method == "benchmark":
        kept = [(p, r) for p, r in zip(peers, rows, strict=True) if p > 0]
        peers, rows = [p for p, _ in kept], [r for _, r in kept]
    if not peers:
        return None
    assert base.step is not None
    if base.mean == "total":
        assert isinstance(indicator.value, x.Arith)
        above = sum((_known(Reference(r).number(indicator.value.left)) for r in rows), Fraction(0))
        below = sum((_known(Reference(r).number(indicator.value.right)) for r in rows), Fraction(0))
        mean = above / below if below > 0 else Fraction(0)
    else:
        mean = sum(peers, Fraction(0)) / len(peers)
    rounded = round_to(mean, base.step, base.mode)
    return rounded if rounded > 0 else None


def _known(number: Fraction | Unknown) -> Fraction:
    assert isinstance(number, Fraction)
    return number


def _total(book: RatingBook, unit: _Unit) -> None:
    reference = Reference(unit.row)
    total: Fraction | None = Fraction(0)
    for code, share in {b.code: b.weight for b in book.blocks}.items() if book.blocks else [("", Fraction(1))]:
        members = [i for i in book.indicators if i.block == code]
        counted = [i for i in members if i.code not in unit.excluded]
        if members and not counted and not unit.unsettled:
            lacks = Unknown.MISSING in [unit.excluded[i.code] for i in members]
            unit.open.append(Outcome.MISSING if lacks else Outcome.HUMAN)
        got = [unit.points[i.code] for i in counted]
        if any(p is None for p in got) or (members and not counted):
            total = None
        elif total is not None and members:
            full, kept = (sum((i.weight for i in group), Fraction(0)) for group in (members, counted))
            total += share * sum((p for p in got if p is not None), Fraction(0)) * full / kept
    for adjustment in book.adjustments:
        outcome, value = reference.outcome(adjustment.when), reference.number(adjustment.value)
        if outcome is Outcome.PASS and not isinstance(value, Fraction):
            outcome = Outcome.MISSING if value is Unknown.MISSING else Outcome.HUMAN
        if outcome in UNKNOWN and adjustment.unknown == "pending":
            unit.open.append(outcome)
            total = None
        if outcome is Outcome.PASS and isinstance(value, Fraction):
            points = round_to(value / 10**6, adjustment.rounding.step, adjustment.rounding.mode)
            points = points if adjustment.most is None else min(points, adjustment.most)
            points = points if adjustment.least is None else max(points, adjustment.least)
            total = None if total is None else total + points
    if total is None or unit.unsettled:
        return
    total = round_to(total, book.total.step, book.total.mode)
    total = total if book.total_cap is None else min(total, book.total_cap)
    unit.score = total if book.total_floor is None else max(total, book.total_floor)


# -- places ----------------------------------------------------------------------------------------------------------


def _place(book: RatingBook, units: list[_Unit]) -> None:
    leagues = range(len(book.leagues.codes()) if book.leagues is not None else 1)
    for league in leagues:
        members = [u for u in units if u.league == league and u.veto is None and not u.open]
        for unit in members:
            above = sum(1 for other in members if _beats(book, other, unit, members))
            alike = [o for o in members if not _beats(book, o, unit, members) and not _beats(book, unit, o, members)]
            unit.rank = above + 1
            vetoed = sum(1 for u in units if u.league == league and u.veto is not None)
            extra = vetoed if book.classes is not None and book.classes.vetoed == "inside" else 0
            _label(book, unit, above + 1, above + len(alike), len(members) + extra)


def _beats(book: RatingBook, a: _Unit, b: _Unit, members: list[_Unit]) -> bool:
    assert a.score is not None and b.score is not None
    if a.score != b.score:
        return a.score > b.score
    tied = [m for m in members if m.score == a.score]
    for key in book.ties.keys:
        values = {id(m): Reference(m.row).number(key.value) for m in tied}
        if any(isinstance(v, Unknown) for v in values.values()):
            return False
        one, two = _known(values[id(a)]), _known(values[id(b)])
        if one != two:
            return one > two if key.direction == "higher" else one < two
    return False


def _label(book: RatingBook, unit: _Unit, first: int, last: int, number: int) -> None:
    table = book.classes
    if table is None:
        return
    if table.by == "cutoff":
        assert unit.score is not None
        for row in table.rows:
            if row.low is None or (unit.score >= row.low if table.edges == "[)" else unit.score > row.low):
                unit.label = row.code
                return
        return
    at = [_class_of(book, place, number) for place in (first, last)]
    if at[0] != at[1] and not book.ties.shared:
        unit.open.append(Outcome.HUMAN)
        unit.rank = None
    else:
        unit.label = at[0]


def _class_of(book: RatingBook, place: int, number: int) -> str:
    """The class that a place has among ``number``."""
    table = book.classes
    assert table is not None
    if table.rounding == "largest_remainder":
        shares = [
            r.share if r.share is not None else 1 - sum((q.share or Fraction(0) for q in table.rows), Fraction(0))
            for r in table.rows
        ]
        counts = [int(s * number) for s in shares]
        order = sorted(range(len(shares)), key=lambda i: (-(shares[i] * number - counts[i]), i))
        for i in order[: number - sum(counts)]:
            counts[i] += 1
    edge = Fraction(0)
    for i, row in enumerate(table.rows[:-1]):
        if table.by == "count":
            edge += row.count or 0
        elif table.rounding == "largest_remainder":
            edge += counts[i]
        else:
            edge += (row.share or Fraction(0)) * number
        cut = edge
        if table.by == "share" and table.rounding != "largest_remainder":
            mode = {"floor": "down", "half_up": "half_up", "up": "up"}[table.rounding]
            cut = round_to(edge, Fraction(1), mode)
        if place <= cut:
            return row.code
    return table.rows[-1].code


def _verdicts(
    book: RatingBook, rows: list[Row], standing: list[tuple[str, Outcome]], units: list[_Unit]
) -> dict[str, Verdict]:
    codes = book.leagues.codes() if book.leagues is not None else ("*",)
    out = {str(row["entity"]): Verdict(*standing[i]) for i, row in enumerate(rows)}
    for unit in units:
        for m in unit.members:
            verdict = out[str(rows[m]["entity"])]
            verdict.league = codes[unit.league] if unit.league is not None else None
            verdict.points = dict(unit.points)
            verdict.score = unit.score
            if standing[m][0] == "pending":
                continue
            if unit.veto is not None:
                verdict.status, verdict.label = "vetoed", book.vetoes[unit.veto].label or None
            elif unit.open:
                verdict.status, verdict.outcome = "pending", all_of([Outcome.PASS, *_strongest(unit.open)])
            else:
                verdict.rank, verdict.label = unit.rank, unit.label
    for i, row in enumerate(rows):
        if standing[i][0] == "exempt":
            reference = Reference(row)
            gate = next(g for g in book.exempt if reference.outcome(g.when) is Outcome.PASS)
            out[str(row["entity"])].label = gate.label or None
    return out


def _strongest(answers: list[Outcome]) -> list[Outcome]:
    """缺数据 before 需认定: a figure that is asked for may make the finding unnecessary."""
    return [Outcome.MISSING] if Outcome.MISSING in answers else [Outcome.HUMAN]
