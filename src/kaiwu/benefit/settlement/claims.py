"""Claims (申报), earlier awards (已兑付) and pots as tables: their columns, and every mistake in them with its place.

Owns the shape that ``settle`` takes. Reading files is ``kaiwu.procedure``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from kaiwu.benefit.settlement.declaration import Settlement
from kaiwu.benefit.settlement.step.pot import Pot
from kaiwu.quantity import KaiwuError, Problem, date_index

CLAIM_COLUMNS: Mapping[str, type[pl.DataType]] = {
    "claim": pl.String, "entity": pl.String, "clause": pl.String, "matter": pl.String, "year": pl.Int64, "filed": pl.Int64,
    "rank": pl.Int64, "low": pl.Int64, "high": pl.Int64, "basis": pl.Int64,
}  # fmt: skip
"""``filed`` is a date index, ``low``, ``high`` and ``basis`` are fen."""
OPTIONAL = ("matter", "filed", "rank", "basis")
PRIOR_COLUMNS: Mapping[str, type[pl.DataType]] = {
    "entity": pl.String, "matter": pl.String, "clause": pl.String, "programme": pl.String, "level": pl.String, "year": pl.Int64,
    "paid": pl.Int64,
}  # fmt: skip
MAX_FEN = 2**62
"""The sum of all claims stays below it, so that no sum of them leaves 64 bits."""
YEARS = (1900, 9999)
MOST_SHOWN = 50
TOO_WIDE = ("合计过大, 请核对单位", "the sum is more than can be settled: check the units")


def check_claims(plan: Settlement, claims: pl.DataFrame, source: str = "claims") -> pl.DataFrame:
    """Claims in the order of their numbers, with every column that the plan reads. Raises ``KaiwuError`` with all mistakes.

    A column ``place`` (``B7``, a line) locates a mistake; without it the row does.
    """
    needed = {**dict.fromkeys(c for c in CLAIM_COLUMNS if c not in OPTIONAL), **dict.fromkeys(plan.columns())}
    absent = [c for c in needed if c not in claims.columns]
    if absent:
        raise KaiwuError([_column_problem(plan, c, source) for c in absent])
    missing = [pl.lit(None, dtype=CLAIM_COLUMNS[c]).alias(c) for c in OPTIONAL if c not in claims.columns]
    table = _plain(claims.with_columns(missing), CLAIM_COLUMNS, source).with_row_index("#row")
    mistakes = _mistakes(plan)
    found = table.select(wrong.fill_null(False).any().alias(str(i)) for i, (_, wrong, *_) in enumerate(mistakes)).row(0)
    problems = [
        p
        for mistake, is_there in zip(mistakes, found, strict=True)
        if is_there
        for p in _located(table, mistake, source)
    ]
    if problems:
        raise KaiwuError(problems[:MOST_SHOWN])
    weights = [step.by for step in plan.steps if isinstance(step, Pot) and step.by]
    _check_sums(table, dict.fromkeys(["high", "basis", *weights]), source)
    return table.drop("#row").with_columns(pl.col(c).cast(t) for c, t in CLAIM_COLUMNS.items()).sort("claim")


def _plain(table: pl.DataFrame, columns: Mapping[str, type[pl.DataType]], source: str) -> pl.DataFrame:
    """Words without blanks around them, none where nothing is left; numbers whole. Raises ``KaiwuError``: nothing is cut off."""
    wrong = [
        c
        for c, t in columns.items()
        if t == pl.Int64 and not (table[c].dtype.is_integer() or table[c].dtype == pl.Null)
    ]
    if wrong:
        zh, en = "要是整数(金额以分为单位)", "must hold whole numbers (amounts in fen)"
        raise KaiwuError(
            [Problem("BS-TYPE", f"列“{c}”{zh}, 现为 {table[c].dtype}", f"the column “{c}” {en}, not {table[c].dtype}", where=source) for c in wrong]
        )  # fmt: skip
    words = [pl.col(c).str.strip_chars() for c, t in table.schema.items() if t == pl.String]
    return table.with_columns(words).with_columns(w.replace("", None) for w in words)


def _check_sums(table: pl.DataFrame, columns: Iterable[str], source: str) -> None:
    """No sum of what is not negative leaves 64 bits, added in numbers without bound."""
    wide = [c for c in columns if sum(v for v in table[c].to_list() if v is not None and v > 0) >= MAX_FEN]
    if wide:
        zh, en = TOO_WIDE
        raise KaiwuError([Problem("BS-WIDE", f"列“{c}”{zh}", f"column “{c}”: {en}", where=source) for c in wide])


def check_pots(pots: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], int]:
    """What is left in pots: whole fen from zero. Raises ``KaiwuError`` naming each pot that is not."""
    wrong = [(code, year, fen) for (code, year), fen in pots.items() if type(fen) is not int or not 0 <= fen < 2**63]
    if wrong:
        zh, en = "余额要是从零起以分为单位的整数", "what is left must be whole fen from zero"
        raise KaiwuError([Problem("BS-POT", zh, en, where=f"{code}@{year}" if year else code, text=str(fen)) for code, year, fen in wrong])  # fmt: skip
    return dict(pots)


def _column_problem(plan: Settlement, column: str, source: str) -> Problem:
    variables = {n.slot: n.variable for n in plan.needs}
    name = f"{variables[column].zh}({column})" if column in variables else column
    return Problem(
        "BS-COLUMN",
        f"申报表缺少列“{name}”, 本办法的结算要用到",
        f"the claims lack the column “{name}”, which this settlement reads",
        where=source,
    )


def _mistakes(plan: Settlement) -> list[tuple[str, pl.Expr, str, str, str]]:
    """(code, condition that must not hold, column, zh, en)."""
    wide = pl.col("low").is_not_null() & pl.col("high").is_not_null()
    return [
        ("BS-EMPTY", pl.any_horizontal(pl.col(c).is_null() for c in ("claim", "entity", "clause", "year", "low", "high")), "claim",
         "申报号、主体、条款、年度和金额都要填", "claim, entity, clause, year and amounts must be filled"),
        ("BS-TWICE", pl.col("claim").is_duplicated() & pl.col("claim").is_not_null(), "claim", "申报号重复", "the claim number occurs twice"),
        ("BS-CLAUSE", ~pl.col("clause").is_in(list(plan.clauses)), "clause",
         f"没有这个条款; {plan.scheme} 的条款: {', '.join(plan.clauses)}", f"no such clause; {plan.scheme} has: {', '.join(plan.clauses)}"),
        ("BS-NEGATIVE", (pl.col("low") < 0) | (pl.col("high") < 0), "low", "金额是负数; 更正和追回另立分录, 不用负申报", "the amount is negative: a correction is an entry of its own"),
        ("BS-NEGATIVE", pl.col("basis") < 0, "basis", "基数是负数", "the basis is negative"),
        ("BS-ENDS", wide & (pl.col("low") > pl.col("high")), "low", "下限大于上限", "the lowest amount is above the highest"),
        ("BS-YEAR", ~pl.col("year").is_between(*YEARS), "year", "年度不是四位年份", "the year is no year of four digits"),
        ("BS-WIDE", pl.col("high") >= MAX_FEN, "high", "金额过大, 请核对单位", "the amount is too large: check the unit"),
    ]  # fmt: skip


def _located(table: pl.DataFrame, mistake: tuple[str, pl.Expr, str, str, str], source: str) -> list[Problem]:
    code, wrong, column, zh, en = mistake
    rows = table.filter(wrong.fill_null(False)).head(MOST_SHOWN)
    return [
        Problem(code, zh, en, where=place_of(row, source, column), text=str(row[column]))
        for row in rows.iter_rows(named=True)
    ]


def place_of(row: Mapping[str, Any], source: str, column: str) -> str:
    """Where a row stands: its own ``place``, else its number counted from one."""
    place = row.get("place") or f"row {row['#row'] + 1}"
    return f"{source}, {place} {column}"


def check_dates(plan: Settlement, claims: pl.DataFrame, source: str = "claims") -> None:
    """No claim is filed after the last day of its pot, none names another version. Raises ``KaiwuError`` naming each."""
    problems: list[Problem] = []
    table = claims.with_row_index("#row")
    if "version" in table.columns:
        other = table.filter(
            pl.col("version").is_not_null() & (pl.col("version") != plan.version) & (pl.col("version") != plan.scheme)
        )
        zh, en = (
            f"条款版本不同; 这里是 {plan.scheme}({plan.version})",
            f"another version of the clause; this is {plan.scheme} ({plan.version})",
        )
        problems += [Problem("BS-VERSION", zh, en, where=place_of(r, source, "version"), text=str(r["version"])) for r in other.head(MOST_SHOWN).iter_rows(named=True)]  # fmt: skip
    for step in plan.steps:
        if isinstance(step, Pot) and step.filed_by:
            for year in table["year"].unique().sort().to_list():
                day = step.deadline(year)
                assert day is not None
                late = table.filter((pl.col("year") == year) & (pl.col("filed") > date_index(day)))
                if step.term.clauses:
                    late = late.filter(pl.col("clause").is_in(list(step.term.clauses)))
                zh, en = (
                    f"申报晚于“{step.term.zh}”的截止日 {day}",
                    f"filed after the last day of “{step.term.en}”, {day}",
                )
                problems += [Problem("BS-LATE", zh, en, where=place_of(r, source, "filed"), text=str(r["claim"])) for r in late.head(MOST_SHOWN).iter_rows(named=True)]  # fmt: skip
    if problems:
        raise KaiwuError(problems[:MOST_SHOWN])


def check_prior(prior: pl.DataFrame | None, source: str = "prior") -> pl.DataFrame:
    """Earlier awards with all their columns; none is negative. Raises ``KaiwuError``."""
    if prior is None:
        return pl.DataFrame(schema=dict(PRIOR_COLUMNS))
    absent = [c for c in ("entity", "year", "paid") if c not in prior.columns]
    if absent:
        raise KaiwuError(
            [
                Problem(
                    "BS-COLUMN",
                    f"已兑付清单缺少列“{c}”",
                    f"the list of prior awards lacks the column “{c}”",
                    where=source,
                )
                for c in absent
            ]
        )
    missing = [pl.lit(None, dtype=t).alias(c) for c, t in PRIOR_COLUMNS.items() if c not in prior.columns]
    whole = _plain(prior.with_columns(missing), PRIOR_COLUMNS, source)
    table = whole.with_columns(pl.col(c).cast(t) for c, t in PRIOR_COLUMNS.items()).with_row_index("#row")
    empty = pl.any_horizontal(pl.col(c).is_null() for c in ("entity", "year", "paid"))
    problems = _located(
        table, ("BS-EMPTY", empty, "paid", "主体、年度和金额都要填", "entity, year and paid must be filled"), source
    )
    problems += _located(
        table, ("BS-NEGATIVE", pl.col("paid") < 0, "paid", "金额是负数", "the amount is negative"), source
    )
    if problems:
        raise KaiwuError(problems)
    _check_sums(table, ["paid"], source)
    return table.drop("#row")
