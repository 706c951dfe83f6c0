"""Layers: common table expressions one above the other, each adding columns to all that lie below.

Owns the outer shape of the query and the short names ``k`` (key), ``s0`` (frame columns) and so on, so that
nothing a user named occurs inside.
"""

from __future__ import annotations

from collections.abc import Sequence

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.sql.dialect import Dialect
from kaiwu.rule.sql.phrase import Phrase, case


class Layers:
    """The columns of a query under construction.

    Layer 0 is the frame; an expression that reads level n becomes a column of layer n + 1.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.slots: dict[str, str] = {}
        self.above: list[list[str]] = []

    def slot(self, name: str) -> str:
        """The short name of a frame column."""
        return self.slots.setdefault(name, f"s{len(self.slots)}")

    def add(self, phrase: Phrase, name: str) -> Phrase:
        """Make an expression a column of the lowest layer that can hold it."""
        if phrase.level == len(self.above):
            self.above.append([])
        self.above[phrase.level].append(f"{code_text(phrase)} AS {name}")
        return Phrase(name, phrase.level + 1, nulls=() if phrase.nulls == () else (name,), wide=phrase.wide)

    def query(self, table: str | Sequence[str], key: str, results: Sequence[tuple[str, str]]) -> str:
        """The whole text: the key and ``results`` (expression, name)."""
        quote = self.dialect.quote
        path = [table] if isinstance(table, str) else table
        last = [f"k AS {quote(key)}", *(f"{text} AS {quote(name)}" for text, name in results)]
        self._check_width(len(last))
        base = [f"{quote(key)} AS k", *(f"{quote(slot)} AS {short}" for slot, short in self.slots.items())]
        text = f"WITH l0 AS (\n{_select(base, '.'.join(map(quote, path)))}\n)"
        for below, columns in enumerate(self.above):
            text += f", l{below + 1} AS (\n{_select(['*', *columns], f'l{below}', self.dialect.fence)}\n)"
        return f"{text}\n{_select(last, f'l{len(self.above)}', self.dialect.fence)}\n"

    def _check_width(self, results: int) -> None:
        width = max(results, 1 + len(self.slots) + sum(map(len, self.above)))
        engine, most = self.dialect.name, self.dialect.max_columns
        if width > most:
            raise KaiwuError(
                Problem(
                    "R-SQL-COLUMNS",
                    f"一条查询要 {width} 列, {engine} 至多 {most} 列; 请把规则分成几条查询",
                    f"one query would need {width} columns, {engine} takes {most} at most: emit fewer rules",
                    where=engine,
                )
            )


def code_text(phrase: Phrase) -> str:
    """The phrase as a value: a condition becomes 1 or 0."""
    return case((phrase.text, "1"), otherwise="0") if phrase.is_condition else phrase.text


def _select(columns: Sequence[str], source: str, fence: str = "") -> str:
    return f"SELECT {f',{chr(10)}       '.join(columns)}\nFROM {source} {fence}".rstrip()
