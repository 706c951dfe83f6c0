"""What-if (政策沙盘): a rulebook with changed numbers decided and settled beside the one in force, over the same population.

Owns the change and the comparison. The changed rulebook is never saved and never in force.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from kaiwu.benefit import ClauseScheme, load
from kaiwu.benefit.settlement import Settled, settle
from kaiwu.pack import Library
from kaiwu.procedure.execution import Run
from kaiwu.procedure.settlement import Pots, check_lefts, find_settled_scheme, plan_of, settle_facts
from kaiwu.quantity import KaiwuError, Problem, index_date
from kaiwu.rule.decision import Facts
from kaiwu.table import Document, KeyPath, parse_document

_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Change:
    """One changed value: ``path`` as given, what stood there and what stands there now."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True)
class WhatIf:
    """Both settlements of one population: ``before`` under the rulebook as it is, ``after`` under the changed one."""

    changes: tuple[Change, ...]
    before: Settled
    after: Settled

    @cached_property
    def differences(self) -> pl.DataFrame:
        """One row for each entity with a claim: before and after, lowest and highest, and the difference in fen."""
        sums = [
            s.awards.group_by("entity").agg(pl.col("low").sum().alias(f"{name}_low"), pl.col("high").sum().alias(f"{name}_high"))
            for name, s in (("before", self.before), ("after", self.after))
        ]  # fmt: skip
        joined = (
            sums[0]
            .join(sums[1], on="entity", how="full", coalesce=True)
            .with_columns(pl.exclude("entity").fill_null(0))
        )
        return joined.with_columns(
            (pl.col("after_low") - pl.col("before_low")).alias("difference_low"), (pl.col("after_high") - pl.col("before_high")).alias("difference_high")
        ).sort("entity")  # fmt: skip

    def summary(self) -> dict[str, int]:
        """Cost before and after in fen, and how many win, lose, stay or are open. A firm wins where both ends say so."""
        table = self.differences
        low, high = pl.col("difference_low"), pl.col("difference_high")
        wins, loses = (low >= 0) & (high >= 0) & (low + high > 0), (low <= 0) & (high <= 0) & (low + high < 0)
        same = (low == 0) & (high == 0)
        row = table.select(
            wins.sum().alias("winners"), loses.sum().alias("losers"), same.sum().alias("same"), (~(wins | loses | same)).sum().alias("open"),
            *(pl.col(f"{name}_{end}").sum().alias(f"cost_{name}_{end}") for name in ("before", "after") for end in ("low", "high")),
        ).row(0, named=True)  # fmt: skip
        return {name: int(value) for name, value in row.items()}

    def burn_down(self) -> pl.DataFrame:
        """Pots month by month: pot, year, month of filing, and what is left of them before and after the change."""
        parts = [burn_down(s).rename({"paid": f"paid_{name}", "left": f"left_{name}"}) for name, s in (("before", self.before), ("after", self.after))]  # fmt: skip
        joined = (
            parts[0].join(parts[1], on=["pot", "year", "month"], how="full", coalesce=True).sort("pot", "year", "month")
        )
        lefts = [pl.col(c).forward_fill().over("pot", "year") for c in ("left_before", "left_after")]
        return joined.with_columns(pl.col("paid_before", "paid_after").fill_null(0), *lefts)


def burn_down(settled: Settled) -> pl.DataFrame:
    """How a settlement draws on its pots by month of filing (2025-03; empty where no date): pot, year, month, paid, left; by lowest amounts."""
    filed = settled.tally.claims.select("claim", "filed")
    table = settled.awards.filter(pl.col("pot") != "").join(filed, on="claim").with_columns(
        pl.col("filed").map_elements(_month, return_dtype=pl.String, skip_nulls=False).alias("month")
    )  # fmt: skip
    amounts = settled.pots.select("pot", pl.col("year").alias("#year"), "amount")
    by_year = amounts.filter(pl.col("#year").is_not_null())
    paid = table.group_by("pot", "year", "month").agg(pl.col("low").sum().alias("paid"))
    known = paid.join(by_year.rename({"#year": "year"}), on=["pot", "year"], how="left")
    whole = amounts.filter(pl.col("#year").is_null()).select("pot", pl.col("amount").alias("whole"))
    known = (
        known.join(whole, on="pot", how="left")
        .with_columns(pl.coalesce("amount", "whole").alias("amount"))
        .sort("pot", "year", "month")
    )
    drawn = pl.col("paid").cum_sum().over("pot", "year", order_by="month")
    return known.with_columns((pl.col("amount") - drawn).alias("left")).select("pot", "year", "month", "paid", "left")


def _month(filed: int | None) -> str:
    return "" if filed is None else index_date(filed).isoformat()[:7]


# -- changing ------------------------------------------------------------------------------------------------


def change_document(document: Document, settings: Sequence[str]) -> tuple[Document, tuple[Change, ...]]:
    """A copy of a rulebook with values replaced: ``clauses.SLQ.cap[0].amount=500万元``, ``settlement.steps[2].exhaustion=pro_rata``.

    A clause is named by id, an element by its number from 0, a step also by its word where it occurs once. Raises ``KaiwuError``
    for a path that leads nowhere.
    """
    data = copy.deepcopy(document.data)
    changed = Document(document.name, data, dict(document.places), document.text)
    changes, problems = [], []
    for setting in settings:
        path, sign, value = setting.partition("=")
        if not sign or not path.strip():
            problems.append(Problem("BS-SET", "写成 路径=值, 如 settlement.steps[2].amount=2亿元", "write PATH=VALUE, such as settlement.steps[2].amount=2亿元", text=setting))  # fmt: skip
            continue
        try:
            changes.append(_change(changed, path.strip(), parse_document(value.strip(), "--set").data))
        except KaiwuError as error:
            problems += error.problems
    if problems:
        raise KaiwuError(problems)
    return changed, tuple(changes)


def _change(document: Document, path: str, value: Any) -> Change:
    keys = _resolve(document, path)
    *above, last = keys
    place = document.data
    for key in above:
        place = place[key]
    before = place.get(last) if isinstance(place, dict) else place[last]
    place[last] = value
    return Change(path, before, value)


def _resolve(document: Document, path: str) -> KeyPath:
    keys: list[str | int] = []
    place: Any = document.data
    parts = [name if name else int(index) for name, index in _PART.findall(path)]
    for n, part in enumerate(parts):
        key: str | int = part
        if isinstance(place, list) and isinstance(part, str):
            key = _position(place, part)
        is_last = n == len(parts) - 1
        is_there = (isinstance(place, list) and isinstance(key, int) and 0 <= key < len(place)) or (
            isinstance(place, dict) and (key in place or is_last)
        )
        if not is_there:
            choices = ", ".join(_choices(place)) or "-"
            zh, en = (
                f"路径“{path}”在“{part}”处走不下去; 这里有: {choices}",
                f"the path “{path}” ends at “{part}”; here are: {choices}",
            )
            raise KaiwuError(Problem("BS-SET", zh, en, where=document.where(*keys), text=path))
        keys.append(key)
        place = place[key] if not isinstance(place, dict) or key in place else None
    return tuple(keys)


def _position(rows: list[Any], name: str) -> int:
    """The element of a list whose id, code or step is the name; −1 where not exactly one is."""
    for key in ("id", "code", "step"):
        found = [i for i, row in enumerate(rows) if isinstance(row, dict) and str(row.get(key)) == name]
        if len(found) == 1:
            return found[0]
    return -1


def _choices(place: Any) -> list[str]:
    if isinstance(place, dict):
        return [str(k) for k in place]
    if isinstance(place, list):
        return [
            str(row.get("id") or row.get("code") or row.get("step") or i) if isinstance(row, dict) else f"[{i}]"
            for i, row in enumerate(place)
        ]
    return []


def load_changed(library: Library, code: str, settings: Sequence[str]) -> tuple[ClauseScheme, tuple[Change, ...]]:
    """The changed rulebook of a scheme, compiled beside the one in force. Raises ``KaiwuError`` as for any rulebook."""
    scheme = library.scheme(code)  # refuses an unknown code
    if not isinstance(scheme, ClauseScheme):
        raise KaiwuError(
            Problem("BS-NONE", f"“{scheme.zh}”不是条款类方案", f"“{scheme.en}” is no rulebook of clauses", where=code)
        )
    pack, name, _ = library.heads[code]
    shelf = library.shelves[pack]
    document, changes = change_document(shelf.pack.document(name), settings)
    return load(document, shelf.vocabulary), changes


# -- comparing -----------------------------------------------------------------------------------------------


def what_if_run(run: Run, settings: Sequence[str], scheme: str | None = None, *, filings: pl.DataFrame | None = None, prior: pl.DataFrame | None = None, pots: Pots | None = None) -> WhatIf:  # fmt: skip
    """Decide and settle both rulebooks over the population and figures of a run."""
    found = find_settled_scheme(run.library, run.record.schemes, scheme)
    changed, changes = load_changed(run.library, found.code, settings)
    facts = run.execution.facts
    _check_figures(changed, facts)
    check_lefts(plan_of(found), pots)
    after = settle_facts(changed, facts, filings, prior, pots)
    return WhatIf(changes, settle_facts(found, facts, filings, prior, pots), after)


def _check_figures(scheme: ClauseScheme, facts: Facts) -> None:
    """A changed rule may read only what the run has frozen."""
    absent = [n for n in scheme.needs() if n.slot not in facts.table.columns]
    if absent:
        names = "、".join(dict.fromkeys(n.variable.zh for n in absent))
        en = ", ".join(dict.fromkeys(n.variable.en or n.variable.code for n in absent))
        raise KaiwuError(
            Problem(
                "BS-FIGURES",
                f"这次测算没有冻结改动后要用的数据: {names}",
                f"the run has not frozen what the changed rules read: {en}",
            )
        )


def what_if_claims(library: Library, scheme: str, settings: Sequence[str], claims: pl.DataFrame, *, prior: pl.DataFrame | None = None, pots: Pots | None = None, as_of: dt.date | None = None) -> WhatIf:  # fmt: skip
    """Settle a list of claims under both rulebooks. Amounts are given, so that only changes below ``settlement`` count."""
    for setting in settings:
        if not setting.strip().startswith("settlement"):
            zh, en = (
                "申报表已给出金额, 只能改 settlement 下面的; 改条款请用 --run",
                "the claims give their amounts: change what stands below settlement, or use --run",
            )
            raise KaiwuError(Problem("BS-SET", zh, en, text=setting))
    changed, changes = load_changed(library, scheme, settings)
    check_lefts(plan_of(library.scheme(scheme)), pots)
    both = [settle(plan_of(s), claims, prior, pots, as_of=as_of) for s in (library.scheme(scheme), changed)]
    return WhatIf(changes, both[0], both[1])


def compare_with_paid(settled: Settled, paid: pl.DataFrame) -> pl.DataFrame:
    """Where a settlement differs from what was really paid (与实付对账), claim by claim.

    ``paid`` has ``paid`` (fen) and either ``claim``, or ``entity`` and ``clause`` (with ``year`` and ``matter`` where given); several
    payments for one claim add up. Columns: claim, entity, clause, low, high, paid, difference (paid − nearest end), verdict (same, within
    an open amount, more, less, unpaid, unclaimed) and the line responsible: the last one that changed the amount.
    """
    keys = (
        ["claim"]
        if "claim" in paid.columns
        else [k for k in ("entity", "clause", "year", "matter") if k in paid.columns]
    )
    absent = [
        c for c in ("paid", *(("entity", "clause") if "claim" not in paid.columns else ())) if c not in paid.columns
    ]
    if absent:
        raise KaiwuError(
            [
                Problem(
                    "BS-COLUMN", f"支付清单缺少列“{c}”", f"the list of payments lacks the column “{c}”", where="paid"
                )
                for c in absent
            ]
        )
    awards = settled.awards.select("claim", "entity", "clause", "year", "matter", "low", "high")
    if keys != ["claim"] and awards.select(pl.struct(keys).is_duplicated().any()).item():
        zh, en = (
            f"按 {', '.join(keys)} 对不上唯一的申报; 支付清单请给出申报号",
            f"{', '.join(keys)} do not tell claims apart: give claim numbers",
        )
        raise KaiwuError(Problem("BS-MATCH", zh, en, where="paid"))
    sums = paid.group_by(keys).agg(pl.col("paid").sum())
    joined = awards.join(sums, on=keys, how="full", coalesce=True)
    low, high, given = pl.col("low"), pl.col("high"), pl.col("paid").fill_null(0)
    difference = (
        pl.when(given > high.fill_null(0))
        .then(given - high.fill_null(0))
        .when(given < low)
        .then(given - low)
        .otherwise(0)
    )
    verdict = (
        pl.when(low.is_null()).then(pl.lit("unclaimed")).when(given > high).then(pl.lit("more")).when((given == 0) & (low > 0)).then(pl.lit("unpaid"))
        .when(given < low).then(pl.lit("less")).when(low < high).then(pl.lit("within")).otherwise(pl.lit("same"))
    )  # fmt: skip
    table = joined.with_columns(given.alias("paid"), difference.alias("difference"), verdict.alias("verdict"))
    reasons = {
        r["claim"]: _responsible(settled, r["claim"])
        for r in table.filter(pl.col("verdict").is_in(["more", "less", "unpaid"])).iter_rows(named=True)
    }
    said = [reasons.get(c, ("", "", "")) for c in table["claim"]]
    texts = {
        name: pl.Series(name, [s[i] for s in said], dtype=pl.String) for i, name in enumerate(("article", "zh", "en"))
    }
    return table.with_columns(texts.values()).sort([*keys, "claim"] if "claim" not in keys else keys)


def _responsible(settled: Settled, claim: str) -> tuple[str, str, str]:
    lines = settled.explain(claim)
    changed = [x for x in lines if (x["before_low"], x["before_high"]) != (x["after_low"], x["after_high"])]
    if not changed:
        zh, en = "各步都没有改变申报金额", "no step changed the claim"
        return "", zh, en
    return changed[-1]["article"], changed[-1]["zh"], changed[-1]["en"]


def as_text(changes: Sequence[Change]) -> list[Mapping[str, Any]]:
    """Changes as plain data."""
    return [
        {
            "path": c.path,
            "before": None if c.before is None else str(c.before),
            "after": None if c.after is None else str(c.after),
        }
        for c in changes
    ]
