"""Dialects (方言): all that differs between the engines that run emitted SQL.

Owns quoting, the wide integer type, whole division and the fence between layers, one class per engine. What
is not in here is written alike for every engine and means the same on each.
"""

from __future__ import annotations

from dataclasses import dataclass

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.program import INT64, INT128


@dataclass(frozen=True, slots=True)
class Span:
    """Proven bounds of a division: ``dividend`` at most, divisor from ``least`` (1 or more) to ``most``."""

    dividend: int
    least: int
    most: int
    is_wide: bool

    @property
    def quotient(self) -> int:
        """The largest whole quotient."""
        return self.dividend // self.least

    @property
    def base(self) -> int:
        """The smallest power of ten that leaves 64 bits of the dividend: the lower digit of a long division."""
        base = 1
        while self.dividend // base > INT64:
            base *= 10
        return base


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What one engine spells differently.

    ``wide_type`` holds integers up to ``wide_limit`` in absolute value; an engine without one has the limit
    of 64 bits. ``fence`` keeps a layer from being folded into the next, which would copy shared expressions.
    ``max_columns`` and ``max_name_bytes`` are limits of the engine, beyond which it fails or cuts silently.
    """

    name: str
    quote_mark: str = '"'
    wide_type: str | None = None
    wide_limit: int = INT64
    fence: str = ""
    max_columns: int = 100_000
    max_name_bytes: int = 1_000

    def quote(self, name: str) -> str:
        """Quote an identifier. Errors: ``KaiwuError`` for a name that the engine cannot hold as it is."""
        size = len(name.encode(errors="replace"))
        most = self.max_name_bytes
        if not 0 < size <= most or not name.isprintable():
            raise KaiwuError(
                Problem(
                    "R-SQL-NAME",
                    f"“{name}”不能作 {self.name} 的列名: 须 1–{most} 字节(现 {size}), 无控制字符; 请改用代码",
                    f"“{name}” cannot name a column in {self.name}: 1 to {most} bytes (it has {size}), "
                    "no control characters; use a code instead",
                    where=self.name,
                    text=name,
                )
            )
        mark = self.quote_mark
        return mark + name.replace(mark, mark * 2) + mark

    def narrow(self, text: str) -> str:
        """An integer expression as 64 bits; the compiler has proven that it fits."""
        return f"CAST({text} AS BIGINT)"

    def widen(self, text: str) -> str:
        """An integer expression as the wide type."""
        return f"CAST({text} AS {self.wide_type})"

    def literal(self, value: int, wide: bool) -> str:
        """A constant that stands where its type decides the type of the whole (a branch of CASE)."""
        return self.widen(number(value)) if wide or abs(value) > INT64 else self.narrow(number(value))

    def can_divide(self, span: Span) -> bool:
        """Whether ``divide`` is exact within these bounds."""
        return True

    def divide(self, a: str, b: str, span: Span) -> str:
        """``a div b`` for a >= 0 and b > 0 (or either null): the whole part, as wide as the operands."""
        raise NotImplementedError

    def is_stored_whole(self, column: str) -> str:
        """A condition: the cell, if any, is stored as a 64-bit integer (for inspections)."""
        raise NotImplementedError


class DuckDB(Dialect):
    """DuckDB: ``//`` divides whole, HUGEINT has 128 bits, overflow is an error."""

    __slots__ = ()

    def divide(self, a: str, b: str, span: Span) -> str:
        """``a // b``."""
        return f"({a} // {b})"

    def is_stored_whole(self, column: str) -> str:
        """By the type of the column."""
        return f"typeof({column}) = 'BIGINT'"


class PostgreSQL(Dialect):
    """PostgreSQL and its descendants: ``/`` on bigint and ``div`` on numeric divide whole."""

    __slots__ = ()

    def divide(self, a: str, b: str, span: Span) -> str:
        """``a / b`` on bigint, ``div(a, b)`` on numeric."""
        return f"div({a}, {b})" if span.is_wide else f"({a} / {b})"

    def is_stored_whole(self, column: str) -> str:
        """By the type of the column."""
        return f"pg_typeof({column}) = 'bigint'::regtype"


class SQLite(Dialect):
    """SQLite: 64 bits only, because wider arithmetic turns REAL there without a word.

    Identifiers stand in backticks: SQLite reads an unknown name in double quotes as a text constant.
    """

    __slots__ = ()

    def literal(self, value: int, wide: bool) -> str:
        """Plain: SQLite has one integer type."""
        return number(value)

    def divide(self, a: str, b: str, span: Span) -> str:
        """``a / b`` on integers."""
        return f"({a} / {b})"

    def is_stored_whole(self, column: str) -> str:
        """By the cell, because a SQLite column promises nothing."""
        return f"typeof({column}) = 'integer'"


class Spark(Dialect):
    """Spark SQL: ``div`` divides whole but answers in 64 bits; decimal(38,0) is the wide type."""

    __slots__ = ()

    def can_divide(self, span: Span) -> bool:
        """Whether two steps of long division stay within 38 digits, and each answer within 64 bits."""
        if not span.is_wide or span.quotient <= INT64:
            return True
        return span.base <= INT64 and span.most * span.base <= self.wide_limit

    def divide(self, a: str, b: str, span: Span) -> str:
        """``a div b``; a quotient beyond 64 bits by two steps of long division."""
        if not span.is_wide:
            return f"({a} div {b})"
        if span.quotient <= INT64:
            return self.widen(f"{a} div {b}")
        head = self.widen(f"{a} div {span.base}")
        top = self.widen(f"{head} div {b}")
        rest = f"(({head} - {top} * {b}) * {span.base} + ({a} - {head} * {span.base}))"
        return f"({top} * {span.base} + {self.widen(f'{rest} div {b}')})"

    def is_stored_whole(self, column: str) -> str:
        """By the type of the column."""
        return f"typeof({column}) = 'bigint'"


def number(value: int) -> str:
    """An integer as text; a negative one in brackets, so that no two minus signs meet."""
    return str(value) if value >= 0 else f"({value})"


DUCKDB = DuckDB(name="duckdb", wide_type="HUGEINT", wide_limit=INT128)
# A target list holds 1,664 entries; names are cut at 63 bytes with a mere notice. OFFSET 0 keeps a sub-query
# from being pulled up into the one above.
POSTGRESQL = PostgreSQL(
    name="postgresql",
    wide_type="NUMERIC",
    wide_limit=INT128,
    fence="OFFSET 0",
    max_columns=1_600,
    max_name_bytes=63,
)
# Two queries that both have a LIMIT are never folded into one; a query has at most 2,000 columns.
SQLITE = SQLite(name="sqlite", quote_mark="`", fence="LIMIT -1", max_columns=2_000)
SPARK = Spark(name="spark", quote_mark="`", wide_type="DECIMAL(38,0)", wide_limit=10**38 - 1)
DIALECTS: dict[str, Dialect] = {d.name: d for d in (DUCKDB, POSTGRESQL, SQLITE, SPARK)}


def find_dialect(name: str) -> Dialect:
    """The dialect of an engine: ``duckdb``, ``postgresql``, ``sqlite`` or ``spark``."""
    if name in DIALECTS:
        return DIALECTS[name]
    known = ", ".join(DIALECTS)
    zh, en = f"没有方言“{name}”; 可用: {known}", f"no dialect “{name}”; there are {known}"
    raise KaiwuError(Problem("R-SQL-DIALECT", zh, en, text=name))
