"""The tables of a rating (评价结果表): from the board to rows per entity, whole numbers and words only.

Owns columns and their meaning. Merged units are spread over their members again, so that every entity finds its own rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kaiwu.rating.batch import Mask, Outcomes, Ratios
from kaiwu.rating.board import Board, Compiled, Item
from kaiwu.rating.book import RatingBook
from kaiwu.rating.change import Change, check_changes
from kaiwu.rating.standing import STATUSES, Status
from kaiwu.rule.decision import Result
from kaiwu.rule.outcome import Outcome

KEYS = {
    "decisions": ("entity", "item"),
    "items": ("entity", "item"),
    "adjustments": ("entity", "item"),
    "classes": ("league", "class"),
    "bases": ("item", "league", "role"),
}
EVERYBODY = "*"  # the league of figures that are taken over all participants, and of ratings without leagues
_NUMBER = {status: number for number, status in enumerate(STATUSES)}
_STATES = np.array(["", "known", "missing", "undefined"], dtype=object)  # by outcome code


def make_result(compiled: Compiled, board: Board, entities: pl.Series, changes: Sequence[Change]) -> Result:
    """All tables of one execution; see ``RatingScheme.decide`` for their columns."""
    book = compiled.book
    decisions = _decisions(book, board, entities, changes)
    tables = {
        "decisions": decisions,
        "items": _items(compiled, board, entities),
        "adjustments": _adjustments(book, board, entities),
        "classes": count_classes(decisions),
        "bases": _bases(book, board),
    }
    return Result(tables, KEYS)


def league_name(book: RatingBook, number: int) -> str:
    """League code of a number; ``*`` where there are no leagues."""
    return book.leagues.codes()[number] if book.leagues is not None else EVERYBODY


def _decisions(book: RatingBook, board: Board, entities: pl.Series, changes: Sequence[Change]) -> pl.DataFrame:
    of = board.units.of
    status, outcome, cause = _statuses(book, board)
    labels = _labels(book, board, status, cause)
    names = entities.to_list()
    changed = check_changes(book, changes, dict(zip(names, labels, strict=True))) if changes else {}
    final = [changed[e].label if e in changed else label for e, label in zip(names, labels, strict=True)]
    height = len(names)
    leagues = [
        league_name(book, n) if n >= 0 else None for n in range(-1, len(book.leagues.codes()) if book.leagues else 1)
    ]
    league = _spread(board.league, of, -1)
    is_rated = status == _NUMBER[Status.RATED]
    sizes = np.append(np.bincount(board.league[board.ranks.rank > 0], minlength=len(leagues) - 1), 0)
    return pl.DataFrame(
        {
            "entity": entities,
            "item": pl.Series([book.head.code], dtype=pl.String).new_from_index(0, height),
            "outcome": pl.Series(outcome, dtype=pl.UInt8),
            "status": pl.Series([STATUSES[s].value for s in status], dtype=pl.String),
            "cause": pl.Series([c or None for c in cause], dtype=pl.String),
            "unit": pl.Series([board.units.names[u] if u >= 0 else None for u in of], dtype=pl.String),
            "league": pl.Series([leagues[n + 1] for n in league], dtype=pl.String),
            "score": _nullable(_spread(board.scores, of, 0), _spread(board.scored, of, False)),
            "decimals": pl.Series([book.score_decimals], dtype=pl.Int64).new_from_index(0, height),
            "rank": _nullable(_spread(board.ranks.rank, of, 0), is_rated),
            "tied": _nullable(_spread(board.ranks.tied, of, 0), is_rated),
            "ranked": _nullable(sizes[league], is_rated),
            "class": pl.Series(final, dtype=pl.String),
            "computed_class": pl.Series(labels, dtype=pl.String),
            "provisional": pl.Series(_spread(board.provisional, of, False) & is_rated, dtype=pl.Boolean),
        }
    )


def _statuses(book: RatingBook, board: Board) -> tuple[NDArray[np.int64], Outcomes, list[str]]:
    """Status number, outcome and cause per entity; doubt about the entity itself comes before the fate of its unit."""
    standing, of = board.standing, board.units.of
    size = len(of)
    status = np.full(size, _NUMBER[Status.RATED], dtype=np.int64)
    outcome = np.full(size, Outcome.PASS, dtype=np.uint8)
    veto = _spread(board.veto, of, -1)
    status[veto >= 0] = _NUMBER[Status.VETOED]
    cause = [book.vetoes[v].code if v >= 0 else "" for v in veto]
    missing, human = (_spread(mask, of, False) for mask in (board.doubt.missing, board.doubt.human))
    waiting = (missing | human) & (veto < 0)
    status[waiting] = _NUMBER[Status.PENDING]
    outcome[waiting] = np.where(missing, Outcome.MISSING, Outcome.HUMAN)[waiting]
    for row in np.flatnonzero(waiting):
        cause[row] = ";".join(dict.fromkeys(board.doubt.cause.get(int(of[row]), [])))
    alone = (standing.doubt != Outcome.FAIL) | board.units.lacks_key
    status[alone] = _NUMBER[Status.PENDING]
    outcome[alone] = np.where(board.units.lacks_key, np.uint8(Outcome.MISSING), standing.doubt)[alone]
    for mask, word in ((standing.out, Status.OUT_OF_SCOPE), (standing.exempt, Status.EXEMPT)):
        status[mask], outcome[mask] = _NUMBER[word], Outcome.FAIL
    for row in np.flatnonzero(alone | standing.exempt | standing.out):
        cause[row] = standing.cause[row] or ("unit" if board.units.lacks_key[row] else "")
    return status, outcome, cause


def _labels(book: RatingBook, board: Board, status: NDArray[np.int64], cause: list[str]) -> list[str | None]:
    """The computed class: by rank or score, by veto, or the one that an exempt entity is treated as."""
    codes = book.classes.codes() if book.classes else ()
    index = np.where(status == _NUMBER[Status.RATED], _spread(board.classes.index, board.units.of, -1), -1)
    labels: list[str | None] = [codes[i] if i >= 0 else None for i in index]
    for word, gates in ((Status.VETOED, book.vetoes), (Status.EXEMPT, book.exempt)):
        given = {gate.code: gate.label or None for gate in gates}
        for row in np.flatnonzero(status == _NUMBER[word]):
            labels[row] = given[cause[row]]
    return labels


def _items(compiled: Compiled, board: Board, entities: pl.Series) -> pl.DataFrame:
    """One row per entity that is in a unit, and indicator. ``points`` is null where the item is pending or excluded."""
    rows = np.flatnonzero(board.units.of >= 0)
    unit = board.units.of[rows]
    dtype = pl.Int64 if all(compiled.of_units.is_narrow(f"item.{i.indicator.code}") for i in board.items) else pl.Int128
    parts = []
    for item in board.items:
        values = board.answers.ratios[f"item.{item.indicator.code}"]
        counts = (item.treatment != "pending") & (item.treatment != "excluded")
        parts.append(_item_rows(item, values, counts, entities[rows], unit, dtype, compiled.book.point_decimals))
    return pl.concat(parts)


def _item_rows(
    item: Item,
    values: Ratios,
    counts: Mask,
    entities: pl.Series,
    unit: NDArray[np.int64],
    dtype: type[pl.DataType],
    decimals: int,
) -> pl.DataFrame:
    tops, bottoms = _reduced(values, dtype)
    return pl.DataFrame(
        {
            "entity": entities,
            "item": pl.Series([item.indicator.code], dtype=pl.String).new_from_index(0, len(unit)),
            "state": pl.Series(_STATES[values.state], dtype=pl.String)[unit],
            "treatment": pl.Series(item.treatment, dtype=pl.String)[unit],
            "numerator": tops[unit],
            "denominator": bottoms[unit],
            "points": _nullable(item.points, counts)[unit],
            "decimals": pl.Series([decimals], dtype=pl.Int64).new_from_index(0, len(unit)),
        }
    )


def _reduced(values: Ratios, dtype: type[pl.DataType]) -> tuple[pl.Series, pl.Series]:
    """Numerators and denominators without common factors; null where there is no value."""
    if dtype is pl.Int64:
        n, d = values.n.astype(np.int64), values.d.astype(np.int64)
        common = np.gcd(n, d)
        return _nullable(n // common, values.known), _nullable(d // common, values.known)
    pairs = zip(values.n, values.d, values.known.tolist(), strict=True)
    reduced = [Fraction(n, d) if known else None for n, d, known in pairs]
    ends = ([None if f is None else getattr(f, end) for f in reduced] for end in ("numerator", "denominator"))
    top, bottom = (pl.Series(end, dtype=dtype) for end in ends)
    return top, bottom


def _adjustments(book: RatingBook, board: Board, entities: pl.Series) -> pl.DataFrame:
    """One row per entity that is in a unit, and adjustment: its answer and its points."""
    rows = np.flatnonzero(board.units.of >= 0)
    unit = board.units.of[rows]
    empty = {"entity": entities.clear(), "item": pl.Series([], dtype=pl.String), "outcome": pl.Series([], dtype=pl.UInt8),
             "points": pl.Series([], dtype=pl.Int64), "decimals": pl.Series([], dtype=pl.Int64)}  # fmt: skip
    parts = [pl.DataFrame(empty)]
    for extra in board.extras:
        part = {
            "entity": entities[rows],
            "item": pl.Series([extra.adjustment.code], dtype=pl.String).new_from_index(0, len(rows)),
            "outcome": pl.Series(extra.outcome[unit], dtype=pl.UInt8),
            "points": pl.Series(extra.points[unit], dtype=pl.Int64),
            "decimals": pl.Series([book.point_decimals], dtype=pl.Int64).new_from_index(0, len(rows)),
        }
        parts.append(pl.DataFrame(part))
    return pl.concat(parts)


def count_classes(decisions: pl.DataFrame) -> pl.DataFrame:
    """Members of every class by league: entities, units, and the lowest score among those ranked into it."""
    table = decisions.filter(pl.col("class").is_not_null()).with_columns(pl.col("league").fill_null(EVERYBODY))
    own = (pl.col("status") == Status.RATED.value) & (pl.col("class") == pl.col("computed_class"))
    return (
        table.group_by("league", "class")
        .agg(
            pl.len().cast(pl.Int64).alias("entities"),
            pl.col("unit").n_unique().cast(pl.Int64).alias("units"),
            pl.col("score").filter(own).min().alias("lowest"),
            pl.col("decimals").first(),
        )
        .sort("league", "class")
    )


def _bases(book: RatingBook, board: Board) -> pl.DataFrame:
    """What relative methods measured against, and means of items in 分, as exact fractions."""
    rows: list[tuple[str, str, str, int, int]] = []
    for item in board.items:
        code = item.indicator.code
        within = item.indicator.within == "league"
        for group, ends in enumerate(item.bases):
            roles = ("base",) if len(ends) == 1 else ("worst", "best")
            named = zip(roles, ends, strict=True) if ends else ()
            rows += [(code, _group(book, group, within), role, end.numerator, end.denominator) for role, end in named]
        for group, mean in enumerate(item.means):
            if mean is not None and "mean" in (item.indicator.missing.kind, item.indicator.undefined.kind):
                points = Fraction(mean, 10**book.point_decimals)
                rows.append((code, _group(book, group, within), "mean_points", points.numerator, points.denominator))
    schema = {
        "item": pl.String,
        "league": pl.String,
        "role": pl.String,
        "numerator": pl.Int128,
        "denominator": pl.Int128,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _group(book: RatingBook, group: int, within: bool) -> str:
    return league_name(book, group) if within else EVERYBODY


def _spread(values: NDArray[Any], of: NDArray[np.int64], nothing: int) -> NDArray[Any]:
    """A value per unit, given to each entity of it; ``nothing`` for entities without a unit."""
    out = np.full(len(of), nothing, dtype=values.dtype)
    inside = of >= 0
    out[inside] = values[of[inside]]
    return out


def _nullable(values: NDArray[Any], known: NDArray[Any]) -> pl.Series:
    """Int64 with nulls where not known."""
    series = pl.Series(values.astype(np.int64), dtype=pl.Int64)
    return pl.select(pl.when(pl.Series(known, dtype=pl.Boolean)).then(series)).to_series()
