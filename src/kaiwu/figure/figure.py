"""Figures (数据) as a table: the columns, the words they may hold, and what a variable lets them say.

Owns ``FIGURE_SCHEMA``, the canonical order of rows, and validation. It does not own reading bureaus' files
(the import) or keeping figures (``store.py``).

One row is one value of one variable for one entity. ``value`` is an int64 count of the variable's grains; a
null ``value`` withdraws (撤回) what was known before for the same place, except for text variables, which
have ``text`` only. ``period`` is canonical period text, empty for constants. ``purposes`` is a comma list of
permitted purposes, empty for any lawful one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import polars as pl

from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.figure.vocabulary import SCOPES, STANDINGS, STATUSES
from kaiwu.quantity.date import index_date
from kaiwu.quantity.format import format_quantity
from kaiwu.quantity.grain import INT64_MAX
from kaiwu.quantity.problem import KaiwuError, Problem

FIGURE_SCHEMA = pl.Schema(
    {
        "entity": pl.String(),
        "variable": pl.String(),
        "period": pl.String(),
        "value": pl.Int64(),
        "text": pl.String(),
        "raw": pl.String(),
        "unit": pl.String(),
        "scope": pl.String(),
        "price_basis": pl.String(),
        "sample": pl.String(),
        "source": pl.String(),
        "place": pl.String(),
        "status": pl.String(),
        "standing": pl.String(),
        "legal_basis": pl.String(),
        "purposes": pl.String(),
        "synthetic": pl.Boolean(),
    }
)
"""Columns of figures as they are handed over for storing."""

STORED_SCHEMA = pl.Schema({**FIGURE_SCHEMA, "figure": pl.String(), "batch": pl.Int64(), "known_at": pl.Date()})
"""Columns of stored figures: ``figure`` is the id ``batch#row``, ``known_at`` the recorded day."""

OPTIONAL = ("text", "raw", "unit", "price_basis", "sample", "place", "legal_basis", "purposes")
"""Columns that may be absent or null and are then empty text."""

FILLED = ("entity", "variable", "scope", "source")
"""Columns that may not be empty."""

IDENTITY = ("variable", "period", "entity", "scope", "status", "price_basis", "sample", "purposes")
"""Two rows of one batch that agree in these must agree in value: they are one cell. Also the row order."""

PERIOD_PATTERNS: dict[PeriodType, str] = {
    PeriodType.YEAR: r"^\d{4}$",
    PeriodType.QUARTER: r"^\d{4}Q[1-4]$",
    # January and February are published as one value (1—2月合并), so that a monthly series may hold it.
    PeriodType.MONTH: r"^\d{4}-(0[1-9]|1[0-2]|01\.\.02)$",
    PeriodType.CUMULATIVE: r"^\d{4}-01\.\.(0[1-9]|1[0-2])$",
    PeriodType.POINT: r"^\d{4}-\d{2}-\d{2}$",
    PeriodType.CONSTANT: r"^$",
}
"""Canonical period text that a variable of each period type takes."""

MAX_LISTED = 10_000
"""Problems of one kind that are listed one by one; beyond that the report only counts them."""

_WORDS: dict[str, tuple[str, ...]] = {
    "scope": tuple(SCOPES),
    "status": STATUSES,
    "standing": tuple(STANDINGS),
}
_Words = Callable[[dict[str, Any]], tuple[str, str]]


def make_figures(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Build figures from mappings with ``entity``, ``variable``, ``value`` (may be None), ``source``.

    Absent keys mean: scope ``legal_entity``, status ``final``, standing ``attested``, not synthetic, empty
    text. Raises ``KaiwuError`` as ``shape_figures`` does.
    """
    usual = {
        "period": "",
        "scope": "legal_entity",
        "status": "final",
        "standing": "attested",
        "synthetic": False,
    }
    filled = [usual | dict.fromkeys(OPTIONAL, "") | dict(row) for row in rows]
    if unknown := sorted({key for row in filled for key in row if key not in FIGURE_SCHEMA}):
        zh, en = f"不认识的列: {', '.join(unknown)}", f"unknown columns: {', '.join(unknown)}"
        raise KaiwuError(Problem("F-FIGURE-COLUMN", zh, en))
    columns = {name: [row.get(name) for row in filled] for name in FIGURE_SCHEMA}
    if not all(v is None or (type(v) is int and -INT64_MAX <= v <= INT64_MAX) for v in columns["value"]):
        zh, en = "value 只能是整数(最小单位的个数)或空", "value must be a whole number of grains or None"
        raise KaiwuError(Problem("F-FIGURE-TYPE", zh, en))
    return shape_figures(pl.DataFrame(columns, schema=FIGURE_SCHEMA))


def shape_figures(figures: pl.DataFrame) -> pl.DataFrame:
    """Bring figures into ``FIGURE_SCHEMA`` and canonical row order, whatever order they came in.

    Raises ``KaiwuError``: missing or unknown columns, empty keys, unknown words, two values for one cell.
    """
    _check_columns(figures)
    shaped = figures.select(
        pl.col(name).cast(dtype, strict=True) if name in figures.columns else pl.lit("").alias(name)
        for name, dtype in FIGURE_SCHEMA.items()
    ).with_columns(pl.col(*OPTIONAL, "period").fill_null(""))
    problems = [p for name in FILLED for p in _empty_problems(shaped, name)]
    problems += [p for name, words in _WORDS.items() for p in _word_problems(shaped, name, words)]
    problems += _rows(
        shaped, pl.col("synthetic").is_null(), "F-FIGURE-SYNTHETIC",
        lambda row: ("synthetic 要写 true 或 false", "synthetic must be true or false"),
    )  # fmt: skip
    shaped = shaped.sort(IDENTITY)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in IDENTITY)
    repeated = shaped.select(same.fill_null(False)).to_series()
    if repeated.any():
        shaped = shaped.sort([*IDENTITY, *(n for n in FIGURE_SCHEMA if n not in IDENTITY)])
        problems += _twice_problems(shaped, same)
    if problems:
        raise KaiwuError(problems)
    return shaped


def stamp_figures(shaped: pl.DataFrame, batch: int, known_at: Any) -> pl.DataFrame:
    """Add ``figure`` (``batch#row``, rows from 1), ``batch`` and ``known_at`` to shaped figures."""
    return shaped.with_columns(
        figure=pl.format("{}#{}", pl.lit(batch), pl.int_range(1, pl.len() + 1)),
        batch=pl.lit(batch, pl.Int64),
        known_at=pl.lit(known_at, pl.Date),
    ).select(STORED_SCHEMA.names())


def validate_figures(figures: pl.DataFrame, variables: Mapping[str, Variable]) -> list[Problem]:
    """Check figures against their variables (by code): declared, in bounds, period of the right type.

    Returns every problem with the source and place of its row; an empty list means that all may be stored.
    """
    known = _join_variables(figures, variables)
    is_text = pl.col("_kind") == Kind.TEXT
    fits = pl.any_horizontal(
        (pl.col("_period") == kind) & pl.col("period").str.contains(pattern)
        for kind, pattern in PERIOD_PATTERNS.items()
    )
    is_day = (pl.col("_period") != PeriodType.POINT) | pl.col("period").str.to_date(
        "%Y-%m-%d", strict=False
    ).is_not_null()
    declared = pl.col("_kind").is_not_null()
    return [
        *_rows(known, ~declared, "F-FIGURE-VARIABLE", _word_variable),
        *_rows(known, declared & ~(fits & is_day), "F-FIGURE-PERIOD", _word_period),
        *_rows(
            known,
            declared & ~is_text & ((pl.col("value") < pl.col("_low")) | (pl.col("value") > pl.col("_high"))),
            "F-FIGURE-BOUND",
            lambda row: _word_bound(row, variables[row["variable"]]),
        ),
        *_rows(
            known,
            is_text & (pl.col("value").is_not_null() | (pl.col("text") == "")),
            "F-FIGURE-TEXT",
            _word_text,
        ),
    ]


def _check_columns(figures: pl.DataFrame) -> None:
    missing = [n for n in FIGURE_SCHEMA if n not in figures.columns and n not in OPTIONAL]
    unknown = [n for n in figures.columns if n not in FIGURE_SCHEMA]
    if missing or unknown:
        zh = f"数据表的列不对: 缺少 {missing or '无'}, 多出 {unknown or '无'}"
        en = f"columns of figures are wrong: missing {missing or 'none'}, unknown {unknown or 'none'}"
        raise KaiwuError(Problem("F-FIGURE-COLUMN", zh, en))
    wrong = [f"{n}: {t}" for n, t in figures.schema.items() if not _is_exact(t, FIGURE_SCHEMA[n])]
    if wrong:
        zh = f"数据表的列类型不对: {', '.join(wrong)}; 数值只能是整数, 不能是浮点数"
        en = f"columns of figures have the wrong type: {', '.join(wrong)}; values are integers, never floats"
        raise KaiwuError(Problem("F-FIGURE-TYPE", zh, en))


def _is_exact(given: pl.DataType, wanted: pl.DataType) -> bool:
    """Whether a column becomes another type without a change of any value."""
    if wanted == pl.String:
        return given in (pl.String, pl.Categorical, pl.Null) or isinstance(given, pl.Enum)
    if wanted == pl.Int64:
        return given == pl.Null or (given.is_integer() and given not in (pl.UInt64, pl.Int128, pl.UInt128))
    return given == wanted or given == pl.Null


def _empty_problems(figures: pl.DataFrame, name: str) -> list[Problem]:
    empty = pl.col(name).is_null() | (pl.col(name) == "")
    return _rows(figures, empty, "F-FIGURE-EMPTY", lambda row: (f"“{name}”不能为空", f"“{name}” may not be empty"))


def _word_problems(figures: pl.DataFrame, name: str, words: tuple[str, ...]) -> list[Problem]:
    listed = ", ".join(words)
    return _rows(
        figures,
        ~pl.col(name).is_in(words).fill_null(False) & pl.col(name).is_not_null() & (pl.col(name) != ""),
        "F-FIGURE-WORD",
        lambda row: (
            f"{name}“{row[name]}”不在可选值中: {listed}",
            f"{name} “{row[name]}” is none of: {listed}",
        ),
    )


def _twice_problems(ordered: pl.DataFrame, same: pl.Expr) -> list[Problem]:
    """Adjacent rows of one cell that say different things."""
    differs = pl.col("value").ne_missing(pl.col("value").shift()) | pl.col("text").ne_missing(pl.col("text").shift())
    other = (pl.col("source").shift() + " " + pl.col("place").shift()).alias("_other")
    marked = ordered.with_columns(other, _bad=same & differs)
    return _rows(marked, pl.col("_bad").fill_null(False), "F-FIGURE-TWICE", _word_twice)


def _join_variables(figures: pl.DataFrame, variables: Mapping[str, Variable]) -> pl.DataFrame:
    table = pl.DataFrame(
        [(code, v.kind.value, v.period.value, v.low, v.high) for code, v in variables.items()],
        schema={
            "variable": pl.String,
            "_kind": pl.String,
            "_period": pl.String,
            "_low": pl.Int64,
            "_high": pl.Int64,
        },
        orient="row",
    )
    return figures.join(table, on="variable", how="left", maintain_order="left")


def _rows(figures: pl.DataFrame, bad: pl.Expr, code: str, words: _Words) -> list[Problem]:
    """One problem for each bad row, placed by its source; beyond ``MAX_LISTED`` only counted."""
    found = figures.with_row_index("_row").filter(bad)
    problems = []
    for row in found.head(MAX_LISTED).iter_rows(named=True):
        zh, en = words(row)
        place = f"{row['source'] or ''} {row['place'] or ''}".strip() or f"row {row['_row'] + 1}"
        problems.append(Problem(code, zh, en, where=place, text=row["raw"] or ""))
    if found.height > MAX_LISTED:
        more = found.height - MAX_LISTED
        problems.append(Problem(code, f"还有 {more} 行同样的问题", f"{more} more rows with the same problem"))
    return problems


def _word_twice(row: dict[str, Any]) -> tuple[str, str]:
    cell, other = f"{row['variable']} {row['period']}".strip(), row["_other"].strip()
    zh = f"“{row['entity']}”的 {cell} 有两个不同的值(另见 {other}); 请只留一个"
    return zh, f"two values for {cell} of “{row['entity']}” (see also {other}); keep one"


def _word_variable(row: dict[str, Any]) -> tuple[str, str]:
    name = row["variable"]
    return (
        f"没有变量“{name}”; 请先在内容包中声明",
        f"there is no variable “{name}”; declare it in a pack first",
    )


def _word_period(row: dict[str, Any]) -> tuple[str, str]:
    shapes = {
        "year": "2024", "quarter": "2024Q1", "month": "2024-06", "cumulative": "2024-01..06",
        "point": "2024-06-30", "constant": "",
    }  # fmt: skip
    wanted = shapes[row["_period"]] or "(空)"
    zh = f"{row['variable']} 的时期“{row['period']}”不对, 应如 {wanted}"
    return zh, f"period “{row['period']}” does not fit {row['variable']}; write it like {wanted}"


def _word_bound(row: dict[str, Any], variable: Variable) -> tuple[str, str]:
    numbers = (row["value"], variable.low, variable.high)
    value, low, high = (print_value(variable, n) for n in numbers)
    zh = f"{variable.zh}的值 {value} 超出声明的范围 {low} 至 {high}; 请检查单位和位数"
    value, low, high = (print_value(variable, n, language="en") for n in numbers)
    return zh, f"{variable.en}: {value} is outside the declared bounds {low} to {high}; check unit and digits"


def _word_text(row: dict[str, Any]) -> tuple[str, str]:
    name = row["variable"]
    return f"{name} 是文字, 要填 text 而不是 value", f"{name} is text: fill “text”, not “value”"


def print_value(variable: Variable, grains: int, *, language: str = "zh") -> str:
    """A stored integer as people read it: with its unit, as a day, a label, yes or no."""
    second = 1 if language == "en" else 0
    if variable.unit is not None:
        return format_quantity(grains * variable.grain, variable.unit, language=language)
    if variable.kind is Kind.CATEGORY and 0 <= grains < len(variable.value_labels):
        return variable.value_labels[grains][second]
    if variable.kind in (Kind.FLAG, Kind.JUDGEMENT) and grains in (0, 1):
        return (("否", "no"), ("是", "yes"))[grains][second]
    if variable.kind is Kind.DATE:
        try:
            return index_date(grains).isoformat()
        except (KaiwuError, ValueError):
            return f"#{grains}"
    return str(grains)
