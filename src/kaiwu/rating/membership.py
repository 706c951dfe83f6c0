"""Leagues over the years (分组沿革): which group a unit belonged to in which year, and who moved.

Owns the table of memberships and its checks: nobody in two leagues in one year, nobody of the population in none. Ranking
inside leagues is ``board.py``; which league a condition gives is the rulebook's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import KaiwuError, Problem

COLUMNS = ("entity", "league", "from", "to")
"""Columns of the table; ``to`` empty: until today. Further columns (article, note) are kept by the file and not read."""


@dataclass(frozen=True, slots=True)
class Membership:
    """One unit in one league from a year to a year, both included; ``last`` is ``None`` while it lasts."""

    entity: str
    league: str
    first: int
    last: int | None = None
    where: str = ""

    def covers(self, year: int) -> bool:
        """Whether it holds in a year."""
        return self.first <= year and (self.last is None or year <= self.last)


@dataclass(frozen=True, slots=True)
class Move:
    """A unit that changed its league (调组); ``was`` or ``now`` is ``None`` where it came or went."""

    entity: str
    was: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class LeagueHistory:
    """All memberships, by unit in order of time."""

    rows: Mapping[str, tuple[Membership, ...]]

    def league_of(self, entity: str, year: int) -> str | None:
        """The league of a unit in a year; ``None`` where the table has none."""
        return next((row.league for row in self.rows.get(entity, ()) if row.covers(year)), None)

    def members(self, year: int) -> dict[str, tuple[str, ...]]:
        """The units of every league in a year, sorted."""
        found: dict[str, list[str]] = defaultdict(list)
        for entity in self.rows:
            if (league := self.league_of(entity, year)) is not None:
                found[league].append(entity)
        return {league: tuple(sorted(found[league])) for league in sorted(found)}

    def moves(self, before: int, after: int) -> tuple[Move, ...]:
        """Who changed league between two years: what a comparison of two years has to name."""
        pairs = ((e, self.league_of(e, before), self.league_of(e, after)) for e in sorted(self.rows))
        return tuple(Move(entity, was, now) for entity, was, now in pairs if was != now)

    def check_population(self, year: int, population: Iterable[str]) -> None:
        """Raises ``KaiwuError`` naming everybody of a population who is in no league that year."""
        lost = sorted(entity for entity in population if self.league_of(entity, year) is None)
        if lost:
            shown = "、".join(lost[:20]) + (f" … ({len(lost)})" if len(lost) > 20 else "")
            raise KaiwuError(Problem(
                "S-LEAGUE-NONE", f"{year} 年没有分组: {shown}; 请补上分组, 或移出评价范围",
                f"in no league in {year}: {shown}; add them or take them out of scope",
            ))  # fmt: skip

    def as_facts(self, variable: Variable, rated: int, years: int) -> pl.DataFrame:
        """The memberships as figures of a category variable: ``entity`` and one column per year, ``CODE``, ``CODE@-1`` …

        Raises ``KaiwuError`` where the variable does not know a league.
        """
        if variable.kind is not Kind.CATEGORY:
            raise ValueError(f"{variable.code} is no category")
        known = {row.league for rows in self.rows.values() for row in rows}
        if strangers := sorted(known - set(variable.values)):
            listed = "、".join(strangers)
            raise KaiwuError(Problem(
                "S-LEAGUE-VALUE", f"“{variable.zh}”没有取值: {listed}", f"“{variable.code}” lacks the values: {listed}", where=variable.where,
            ))  # fmt: skip
        entities = sorted(self.rows)
        columns: dict[str, list[int | None]] = {}
        for back in range(years):
            slot = variable.code if back == 0 else f"{variable.code}@-{back}"
            leagues = [self.league_of(entity, rated - back) for entity in entities]
            columns[slot] = [None if league is None else variable.values.index(league) for league in leagues]
        return pl.DataFrame({"entity": entities, **columns}, schema_overrides=dict.fromkeys(columns, pl.Int64))


def read_history(rows: Sequence[Mapping[str, str]], where: str = "") -> LeagueHistory:
    """Memberships from rows of text with the columns ``entity``, ``league``, ``from`` and ``to`` (years).

    Raises ``KaiwuError`` with every mistake: a cell that is missing or no year, an end before the beginning, a unit in two
    leagues in one year. ``where`` names the file; the first row of data is line 2.
    """
    problems: list[Problem] = []
    found: dict[str, list[Membership]] = defaultdict(list)
    for line, row in enumerate(rows, start=2):
        made = _membership(row, f"{where}:{line}", problems)
        if made is not None:
            found[made.entity].append(made)
    for entity, spans in found.items():
        spans.sort(key=lambda m: (m.first, m.league))
        one = spans[0]
        for other in spans[1:]:
            if one.last is None or other.first <= one.last:
                problems.append(Problem(
                    "S-LEAGUE-TWICE", f"“{entity}”在 {other.first} 年同时属于“{one.league}”和“{other.league}”; 请给前者写 to",
                    f"“{entity}” is in the leagues “{one.league}” and “{other.league}” in {other.first}: end the earlier one", where=other.where,
                ))  # fmt: skip
            if one.last is not None and (other.last is None or other.last > one.last):
                one = other  # the one that lasts longest: a short one inside it must not hide the next clash
    if problems:
        raise KaiwuError(problems)
    return LeagueHistory({entity: tuple(found[entity]) for entity in sorted(found)})


def _membership(row: Mapping[str, str], where: str, problems: list[Problem]) -> Membership | None:
    entity, league = (str(row.get(key) or "").strip() for key in ("entity", "league"))
    years: list[int | None] = []
    is_sound = bool(entity and league)
    if not is_sound:
        problems.append(
            Problem("S-LEAGUE-CELL", "entity 和 league 都要写", "entity and league are both wanted", where=where)
        )
    for key in ("from", "to"):
        text = str(row.get(key) or "").strip()
        is_year = len(text) == 4 and text.isascii() and text.isdigit()
        if not is_year and (text or key == "from"):
            is_sound = False
            problems.append(
                Problem(
                    "S-LEAGUE-CELL", f"{key} 要写四位年份", f"{key} wants a year of four digits", where=where, text=text
                )
            )
        years.append(int(text) if is_year else None)
    first, last = years
    if first is not None and last is not None and last < first:
        is_sound = False
        problems.append(Problem("S-LEAGUE-CELL", "to 早于 from", "to is before from", where=where))
    return Membership(entity, league, first, last, where) if is_sound and first is not None else None
