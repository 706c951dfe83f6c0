"""SQL text of compiled rules: the fourth evaluator, for audit and for data that cannot move."""

from kaiwu.rule.sql.dialect import DIALECTS, DUCKDB, POSTGRESQL, SPARK, SQLITE, Dialect, find_dialect
from kaiwu.rule.sql.emit import emit_sql
from kaiwu.rule.sql.inspection import emit_inspection

__all__ = [
    "DIALECTS",
    "DUCKDB",
    "POSTGRESQL",
    "SPARK",
    "SQLITE",
    "Dialect",
    "emit_inspection",
    "emit_sql",
    "find_dialect",
]
