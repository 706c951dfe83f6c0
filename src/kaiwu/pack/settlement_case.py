"""Pack tests of settlements (兑付用例): claims in, awards out, and the step that decided each of them.

Owns the keys below ``settle:`` and what is expected of a claim. Every expectation cites its clause or arithmetic; the rows are
settled a second time in the opposite order, which must change nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from kaiwu.benefit import ClauseScheme
from kaiwu.benefit.settlement import CLAIM_COLUMNS, PRIOR_COLUMNS, Settled, Settlement, settle
from kaiwu.benefit.settlement.step.pot import Pot
from kaiwu.figure.fact import read_value
from kaiwu.quantity import KaiwuError, Problem, date_index, parse_quantity, to_grain
from kaiwu.quantity.dimension import MONEY
from kaiwu.rule.decision import Scheme

SETTLE_KEYS = frozenset({"claims", "prior", "pots"})
CLAIM_KEYS = frozenset({"firm", "clause", "matter", "year", "filed", "rank", "amount", "basis"})
PRIOR_KEYS = frozenset({"firm", "matter", "clause", "programme", "level", "year", "paid"})
EXPECTED_KEYS = frozenset({"amount", "step", "asks", "instalments", "returned", "cites"})
UNCHANGED = "none"

Row = Mapping[str, Any]


def settle_case(scheme: Scheme, case: Row, as_of: dt.date, rated: int) -> list[str]:
    """What of a case with ``settle:`` did not come out as expected. Raises ``KaiwuError`` for claims that cannot be settled."""
    plan = scheme.book.settlement if isinstance(scheme, ClauseScheme) else None
    if plan is None:
        return ["settle: 这个办法没有 settlement / this rulebook declares no settlement"]
    given, expect = case["settle"], case["expect"]
    wrong = list(_check_shape(given, expect))
    if wrong:
        return wrong
    claims = _read_claims(plan, given["claims"], str(case.get("clause") or ""), as_of)
    prior = _read_prior(plan, given.get("prior") or [])
    pots = _read_pots(plan, given.get("pots") or {}, as_of)
    done = settle(plan, claims, prior, pots, as_of=as_of, rated=rated)
    again = settle(plan, claims.reverse(), prior.reverse(), pots, as_of=as_of, rated=rated)
    differences = (
        []
        if done.digest() == again.digest()
        else ["次序不同, 结果不同 / another order of the rows gives another result"]
    )
    for claim, wanted in expect.items():
        differences += [f"{claim}: {d}" for d in _compare(done, str(claim), wanted)]
    return differences


def _check_shape(given: Any, expect: Row) -> Iterator[str]:
    """What is not of the kind that its key wants."""
    if not isinstance(given, dict) or not isinstance(given.get("claims"), dict) or not given["claims"]:
        yield "settle: 要写 claims: {申报号: {firm, clause, amount}} / wants claims: {claim: {firm, clause, amount}}"
        return
    if set(given) - SETTLE_KEYS:
        yield f"settle: 不认识的键 / unknown keys {', '.join(sorted(map(str, set(given) - SETTLE_KEYS)))}"
    prior = given.get("prior") or []
    if not isinstance(prior, list) or not all(isinstance(row, dict) for row in prior):
        yield "prior: 要写列表 [{firm, clause, year, paid}] / wants a list [{firm, clause, year, paid}]"
        prior = []
    if not isinstance(given.get("pots") or {}, dict):
        yield "pots: 要写 {资金池: 余额} / wants {pot: what is left}"
    for claim, row in given["claims"].items():
        if not isinstance(row, dict) or "amount" not in row:
            yield f"{claim}: 申报要写 amount / a claim wants an amount"
        else:
            yield from _check_kinds(str(claim), row)
    for row in prior:
        yield from _check_kinds("prior", row)
    names = {str(claim) for claim in given["claims"]}
    for claim, wanted in expect.items():
        yield from _check_expected(str(claim), wanted, names)


def _check_kinds(name: str, row: Row) -> Iterator[str]:
    for key, kind, zh, en in (
        ("filed", dt.date, "日期", "a date"),
        ("year", int, "年份", "a year"),
        ("rank", int, "名次", "a place"),
    ):
        value = row.get(key)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            yield f"{name}.{key}: 要写{zh} / wants {en}"


def _check_expected(claim: str, wanted: Any, claims: set[str]) -> Iterator[str]:
    if claim not in claims:
        yield f"{claim}: 不在 claims 中 / is not among the claims"
    elif not isinstance(wanted, dict) or not set(wanted) - {"cites"} or not wanted.get("cites"):
        yield f"{claim}: 期望要写 amount 和 cites(条款或算式) / an expectation wants an amount and cites, the clause or arithmetic"
    elif set(wanted) - EXPECTED_KEYS:
        yield f"{claim}: 不认识的键 / unknown keys {', '.join(sorted(map(str, set(wanted) - EXPECTED_KEYS)))}"
    elif not isinstance(wanted.get("instalments", []), list):
        yield f"{claim}.instalments: 要写列表 / wants a list"


# -- reading -----------------------------------------------------------------------------------------------


def _fen(value: Any) -> int:
    return 0 if value == 0 else to_grain(parse_quantity(str(value), dimension=MONEY).base, _ONE)


_ONE = parse_quantity("1分钱", dimension=MONEY).base


def read_ends(value: Any) -> tuple[int, int]:
    """An amount of money, or [lowest, highest], in fen."""
    ends = value if isinstance(value, list) else [value, value]
    if len(ends) != 2:
        raise KaiwuError(Problem("P-CASE-AMOUNT", "金额要写一个数或 [低, 高]", "an amount is one number or [low, high]", text=str(value)))  # fmt: skip
    return _fen(ends[0]), _fen(ends[1])


def _read_claims(plan: Settlement, rows: Row, clause: str, as_of: dt.date) -> pl.DataFrame:
    """Claims with every column that the plan reads; what a claim leaves out is not known."""
    variables = {need.slot: need.variable for need in plan.needs}
    names = {
        f"{name}@{need.offset}" if need.offset else name: need.slot
        for need in plan.needs
        for name in need.variable.names
    } | {need.slot: need.slot for need in plan.needs}
    only = plan.clauses[0] if len(plan.clauses) == 1 else ""
    table = []
    for claim, row in rows.items():
        low, high = read_ends(row["amount"])
        read: dict[str, Any] = {
            "claim": str(claim), "entity": str(row.get("firm", claim)), "clause": row.get("clause") or clause or only,
            "matter": row.get("matter"), "year": row.get("year", as_of.year), "rank": row.get("rank"), "low": low, "high": high,
            "filed": None if row.get("filed") is None else date_index(row["filed"]),
            "basis": None if row.get("basis") is None else _fen(row["basis"]),
        }  # fmt: skip
        for key, value in row.items():
            slot = names.get(str(key), str(key))
            if slot in variables:
                read[slot] = read_value(variables[slot], value)
            elif slot in plan.columns():
                read.setdefault(slot, value)
            elif key not in CLAIM_KEYS:
                raise KaiwuError(Problem("P-CASE-KEY", f"申报“{claim}”的“{key}”结算用不到, 请核对名称", f"the settlement does not read “{key}” of claim “{claim}”: check the name", text=str(key)))  # fmt: skip
        table.append(read)
    kinds: dict[str, type[pl.DataType]] = dict.fromkeys(variables, pl.Int64)
    kinds |= {c: pl.String for c in plan.columns() if c not in variables and c not in CLAIM_COLUMNS}
    return pl.DataFrame(table, schema={**CLAIM_COLUMNS, **kinds})


def _read_prior(plan: Settlement, rows: list[Row]) -> pl.DataFrame:
    keys = {str(key) for row in rows for key in row} - PRIOR_KEYS
    extra: dict[str, type[pl.DataType]] = {key: pl.String for key in sorted(keys) if key in plan.columns()}
    for key in sorted(keys - set(extra)):
        raise KaiwuError(Problem("P-CASE-KEY", f"已兑付清单的“{key}”结算用不到, 请核对名称", f"the settlement does not read “{key}” of prior awards: check the name", text=key))  # fmt: skip
    table = [{**row, "entity": row.get("firm"), "paid": _fen(row.get("paid", 0))} for row in rows]
    columns: dict[str, type[pl.DataType]] = {**PRIOR_COLUMNS, **extra}
    return pl.DataFrame([{key: row.get(key) for key in columns} for row in table], schema=columns)


def _read_pots(plan: Settlement, rows: Row, as_of: dt.date) -> dict[tuple[str, int], int]:
    """What is left in pots by code, or by ``code@year``."""
    yearly = {step.code: step.period == "year" for step in plan.steps if isinstance(step, Pot)}
    left = {}
    for key, amount in rows.items():
        code, _, year = str(key).partition("@")
        if code not in yearly:
            raise KaiwuError(Problem("P-CASE-POT", f"没有资金池“{code}”", f"there is no pot “{code}”", text=str(key)))
        left[code, int(year or as_of.year) if yearly[code] else 0] = _fen(amount)
    return left


# -- comparing ---------------------------------------------------------------------------------------------


def _compare(done: Settled, claim: str, wanted: Row) -> Iterator[str]:
    award = done.awards.filter(pl.col("claim") == claim).row(0, named=True)
    pairs: list[tuple[str, Any, Any]] = []
    if "amount" in wanted:
        pairs.append(("amount", read_ends(wanted["amount"]), (award["low"], award["high"])))
    if "asks" in wanted:
        asked = done.asks.filter(pl.col("claim") == claim)["code"].to_list()
        pairs.append(("asks", sorted(_listed(wanted["asks"])), sorted(asked)))
    if "instalments" in wanted:
        parts = done.instalments.filter(pl.col("claim") == claim).sort("instalment")
        pairs.append(("instalments", [_fen(v) for v in wanted["instalments"]], parts["high"].to_list()))
    if "returned" in wanted:
        back = done.claw_backs.filter(pl.col("claim") == claim)["returned"].to_list()
        pairs.append(("returned", _fen(wanted["returned"]), sum(back)))
    for key, want, got in pairs:
        if want != got:
            yield f"{key}: 期望 / expected {want}, 得到 / got {got}"
    if "step" in wanted and str(wanted["step"]) not in (names := decided_by(done, claim)):
        yield f"step: 期望 / expected {wanted['step']}, 得到 / got {' = '.join(names)}"


def decided_by(done: Settled, claim: str) -> tuple[str, ...]:
    """Names of the last step that changed a claim: its kind, number and title; ``none`` where none did."""
    own = done.entries.filter(pl.col("claim") == claim)
    changed = own.filter(
        (pl.col("before_low") != pl.col("after_low")) | (pl.col("before_high") != pl.col("after_high"))
    )
    if changed.is_empty():
        return (UNCHANGED,)
    number = changed["number"].max()
    assert isinstance(number, int)
    term = done.plan.steps[number - 1].term
    return term.kind, str(number), term.zh


def _listed(value: Any) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else [str(value)]
