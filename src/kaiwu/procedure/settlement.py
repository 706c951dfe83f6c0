"""Settlement of a run (测算的结算): how claims arise from decisions, and how a settlement is kept and replayed.

Owns the step from a run's decisions to claims, and the folder of a settlement. The steps themselves are ``kaiwu.benefit.settlement``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, overload

import polars as pl

from kaiwu.benefit import ClauseScheme
from kaiwu.benefit.clause import Clause, Condition
from kaiwu.benefit.settlement import Settled, Settlement, settle
from kaiwu.benefit.settlement.step.either_or import EitherOr
from kaiwu.benefit.settlement.step.pot import Pot
from kaiwu.pack import Library
from kaiwu.pack.decide import find_scheme
from kaiwu.procedure.claim_sheet import read_list
from kaiwu.procedure.execution import Run
from kaiwu.procedure.run import freeze_packs, thaw_packs
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Facts, Scheme
from kaiwu.rule.outcome import Outcome
from kaiwu.table import digest_frame, digest_value
from kaiwu.version import __version__

Pots = Mapping[tuple[str, int], int]
FOLDER = "settlements"


def plan_of(scheme: Scheme | ClauseScheme) -> Settlement:
    """The settlement that a scheme declares. Raises ``KaiwuError`` where it declares none."""
    if not isinstance(scheme, ClauseScheme) or scheme.book.settlement is None:
        zh, en = f"“{scheme.zh}”没有声明 settlement, 不能结算", f"“{scheme.en}” declares no settlement"
        raise KaiwuError(Problem("BS-NONE", zh, en, where=scheme.code))
    return scheme.book.settlement


def find_settled_scheme(library: Library, codes: tuple[str, ...], wanted: str | None) -> ClauseScheme:
    """The scheme to settle: the one named, or the only one of a run that declares a settlement."""
    if wanted is not None:
        scheme = library.scheme(wanted)
        plan_of(scheme)
    else:
        found = [s for s in map(library.scheme, codes) if isinstance(s, ClauseScheme) and s.book.settlement is not None]
        if len(found) != 1:
            listed = ", ".join(s.code for s in found) or "-"
            zh, en = (
                f"请用 --scheme 指明结算哪个方案; 声明了 settlement 的: {listed}",
                f"name the scheme to settle; those with a settlement: {listed}",
            )
            raise KaiwuError(Problem("BS-SCHEME", zh, en))
        scheme = found[0]
    assert isinstance(scheme, ClauseScheme)
    return scheme


def claims_from_facts(scheme: ClauseScheme, facts: Facts, filings: pl.DataFrame | None = None) -> pl.DataFrame:
    """Claims of everybody whom a clause grants money: 符合 with its amount, 缺数据 and 需认定 as open from the lowest to the highest.

    The year is that of the run's date (the pot of the year in which it is paid). Conditions that the settlement ``replaces`` (a pot
    checked inside a clause) are left out. ``filings`` (entity, clause, and matter, filed, rank … or further keys) fills what figures
    do not say, and where it is given only what was filed is a claim.
    """
    plan = plan_of(scheme)
    decided = without_conditions(scheme, plan.replaces).decide(facts).decisions
    matters = {c.id: c.matter or c.id for c in scheme.book.clauses}
    claims = decided.filter((pl.col("outcome") != Outcome.FAIL) & (pl.col("high") > 0)).select(
        pl.concat_str("item", pl.lit("/"), "entity").alias("claim"), "entity", pl.col("item").alias("clause"),
        pl.col("item").replace_strict(matters, return_dtype=pl.String).alias("matter"), pl.lit(facts.as_of.year, dtype=pl.Int64).alias("year"), "low", "high",
    )  # fmt: skip
    slots = [n.slot for n in plan.needs]
    absent = [pl.lit(None, dtype=pl.Int64).alias(s) for s in slots if s not in facts.table.columns]
    claims = claims.join(
        facts.table.with_columns(absent).select("entity", *slots), on="entity", how="left", maintain_order="left"
    )
    for column in ("filed", "rank", "basis"):
        source = pl.col(plan.columns_from[column]) if column in plan.columns_from else pl.lit(None, dtype=pl.Int64)
        claims = claims.with_columns(source.alias(column))
    choices = {s.choice for s in plan.steps if isinstance(s, EitherOr) and s.choose == "declared"} - set(claims.columns)
    claims = claims.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in sorted(choices))  # not known: asked
    return claims if filings is None else _with_filings(claims, filings, plan)


def _with_filings(claims: pl.DataFrame, filings: pl.DataFrame, plan: Settlement) -> pl.DataFrame:
    absent = [c for c in ("entity", "clause") if c not in filings.columns]
    if absent:
        raise KaiwuError(
            [
                Problem("BS-COLUMN", f"申报表缺少列“{c}”", f"the filings lack the column “{c}”", where="filings")
                for c in absent
            ]
        )
    own = [c for c in filings.columns if c not in ("entity", "clause", "claim", "low", "high", "place")]
    twins = filings.select(pl.struct("entity", "clause").is_duplicated().any()).item()
    if twins:
        zh, en = (
            "申报表中同一主体同一条款有两行; 分开申报的请直接给出金额, 用 --claims",
            "one firm has two rows under a clause: give their amounts with --claims",
        )
        raise KaiwuError(Problem("BS-TWICE", zh, en, where="filings"))
    joined = claims.join(
        filings.select("entity", "clause", *(pl.col(c).alias(f"#{c}") for c in own)),
        on=["entity", "clause"],
        how="inner",
    )
    filled = [pl.coalesce(f"#{c}", c).alias(c) if c in claims.columns else pl.col(f"#{c}").alias(c) for c in own]
    return joined.with_columns(filled).drop(f"#{c}" for c in own)


def without_conditions(scheme: ClauseScheme, labels: tuple[str, ...]) -> ClauseScheme:
    """The scheme without the conditions of these names; the scheme itself where there are none."""
    if not labels:
        return scheme
    clauses = tuple(_strip(clause, labels) for clause in scheme.book.clauses)
    return ClauseScheme(replace(scheme.book, clauses=clauses))


def _strip(clause: Clause, labels: tuple[str, ...]) -> Clause:
    condition = _pruned(clause.condition, labels)
    return replace(clause, condition=condition or Condition(x.Truth(value=True, text="true"), "true"))


def _pruned(condition: Condition, labels: tuple[str, ...]) -> Condition | None:
    if condition.zh in labels:
        return None
    if condition.group != "all":
        return condition
    parts = tuple(p for p in (_pruned(part, labels) for part in condition.parts) if p is not None)
    if len(parts) == len(condition.parts) and all(a is b for a, b in zip(parts, condition.parts, strict=True)):
        return condition
    if not parts:
        return None
    return replace(condition, parts=parts, tree=x.And(items=tuple(p.tree for p in parts), text=condition.tree.text))


def check_lefts(plan: Settlement, pots: Pots | None) -> None:
    """What is left must name pots of the settlement, with a year where the pot has one. Raises ``KaiwuError`` ``BS-LEFT``:
    a name that is not understood would pay out the whole pot."""
    own = {step.code: step.period for step in plan.steps if isinstance(step, Pot)}
    listed = ", ".join(f"{code}@2025" if period == "year" else code for code, period in own.items()) or "-"
    wrong = [
        f"{code}@{year}" if year else code
        for code, year in pots or {}
        if code not in own or (own[code] == "year") != bool(year)
    ]
    if wrong:
        zh, en = f"这里没有这样的资金池; 写法: {listed}", f"there is no such pot here; write: {listed}"
        raise KaiwuError([Problem("BS-LEFT", zh, en, where=plan.scheme, text=text) for text in wrong])


def settle_facts(scheme: ClauseScheme, facts: Facts, filings: pl.DataFrame | None = None, prior: pl.DataFrame | None = None, pots: Pots | None = None) -> Settled:  # fmt: skip
    """Settle what a scheme grants to everybody in the facts."""
    claims = claims_from_facts(scheme, facts, filings)
    return settle(plan_of(scheme), claims, prior, pots, as_of=facts.as_of, rated=facts.rated)


def settle_run(run: Run, scheme: str | None = None, *, filings: pl.DataFrame | None = None, prior: pl.DataFrame | None = None, pots: Pots | None = None) -> Settled:  # fmt: skip
    """Settle the decisions of a run (兑付结算). ``scheme`` may be left out where one scheme of the run declares a settlement."""
    found = find_settled_scheme(run.library, run.record.schemes, scheme)
    check_lefts(plan_of(found), pots)
    return settle_facts(found, run.execution.facts, filings, prior, pots)


# -- keeping and replaying -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SettlementRecord:
    """A kept settlement: what went in (digests), what came out, and the run that it stands on ("" : a list of claims)."""

    number: str
    scheme: str
    run: str
    as_of: str
    rated: int | None
    claims: int
    pack_digest: str
    input_digest: str
    result_digest: str
    engine: str
    created_at: str = ""  # told by the caller; never part of a digest


@dataclass(frozen=True, slots=True)
class SettlementReplay:
    """What a replay compared."""

    number: str
    then: str
    now: str
    input_then: str
    input_now: str

    @property
    def is_identical(self) -> bool:
        """Whether inputs and results are what they were."""
        return self.then == self.now and self.input_then == self.input_now


def save_settlement(workspace: Workspace, settled: Settled, library: Library, *, run: str = "", pots: Pots | None = None, as_of: dt.date | None = None, rated: int | None = None, created_at: str = "") -> SettlementRecord:  # fmt: skip
    """Keep a settlement with its inputs under ``settlements/<number>``."""
    folder = _new_folder(workspace.folder / FOLDER)
    claims, prior = _inputs(settled)
    left = [[code, year, fen] for (code, year), fen in sorted((pots or {}).items())]
    record = SettlementRecord(
        number=folder.name, scheme=settled.plan.scheme, run=run, as_of=as_of.isoformat() if as_of else "", rated=rated, claims=claims.height,
        pack_digest=freeze_packs(workspace, library), input_digest=digest_inputs(claims, prior, left), result_digest=settled.digest(),
        engine=__version__, created_at=created_at,
    )  # fmt: skip
    claims.write_parquet(folder / "claims.parquet")
    prior.write_parquet(folder / "prior.parquet")
    for name, table in settled.tables().items():
        table.write_parquet(folder / f"{name}.parquet")
    data = {**{name: getattr(record, name) for name in record.__dataclass_fields__}, "pots": left}
    (folder / "settlement.json").write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    return record


def _inputs(settled: Settled) -> tuple[pl.DataFrame, pl.DataFrame]:
    return settled.tally.claims, settled.tally.prior_awards


def digest_inputs(claims: pl.DataFrame, prior: pl.DataFrame, pots: list[list[Any]]) -> str:
    """SHA-256 over claims, earlier awards and what was left in the pots; the order of rows is immaterial."""
    counted = prior.group_by(pl.all()).len("#times")
    return digest_value(
        {"claims": digest_frame(claims, ["claim"]), "prior": digest_frame(counted, prior.columns), "pots": pots}
    )


def _new_folder(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    taken = [int(p.name) for p in root.iterdir() if p.name.isdigit()]
    number = max(taken, default=0) + 1
    while True:
        folder = root / str(number)
        try:
            folder.mkdir()
        except FileExistsError:
            number += 1
        else:
            return folder


def replay_settlement(workspace: Workspace, number: str) -> tuple[Settled, SettlementReplay]:
    """Settle again from what was kept, under the packs as they were, and compare the digests."""
    folder = workspace.folder / FOLDER / number
    path = folder / "settlement.json"
    if not path.is_file():
        known = ", ".join(sorted(p.name for p in (workspace.folder / FOLDER).glob("*"))) or "-"
        raise KaiwuError(
            Problem(
                "S-SETTLEMENT",
                f"没有第“{number}”号结算; 现有: {known}",
                f"no settlement “{number}”; there are: {known}",
            )
        )
    data = json.loads(path.read_text(encoding="utf-8"))
    library = thaw_packs(workspace, data["pack_digest"])
    claims, prior = pl.read_parquet(folder / "claims.parquet"), pl.read_parquet(folder / "prior.parquet")
    pots = {(code, year): fen for code, year, fen in data["pots"]}
    as_of = dt.date.fromisoformat(data["as_of"]) if data["as_of"] else None
    settled = settle(plan_of(library.scheme(data["scheme"])), claims, prior, pots, as_of=as_of, rated=data["rated"])
    report = SettlementReplay(
        number,
        data["result_digest"],
        settled.digest(),
        data["input_digest"],
        digest_inputs(*_inputs(settled), data["pots"]),
    )
    return settled, report


def settle_claims(
    scheme: str, claims: pl.DataFrame | Path, *, as_of: dt.date, prior: pl.DataFrame | Path | None = None, pots: Pots | None = None,
    roots: Sequence[Path] = (), pack: str | None = None,
) -> tuple[Library, Settled]:  # fmt: skip
    """Settle a list of claims (table or CSV/Excel file) under a scheme, or the version of a family in force on ``as_of``."""
    library, found = find_scheme(scheme, as_of, roots, pack)
    plan = plan_of(found)
    check_lefts(plan, pots)
    source = claims.name if isinstance(claims, Path) else "claims"
    return library, settle(
        plan,
        list_of(claims, library, found.code),
        list_of(prior, library, found.code),
        pots,
        as_of=as_of,
        source=source,
    )


@overload
def list_of(given: pl.DataFrame | Path, library: Library, scheme: str) -> pl.DataFrame: ...
@overload
def list_of(given: pl.DataFrame | Path | None, library: Library, scheme: str) -> pl.DataFrame | None: ...
def list_of(given: pl.DataFrame | Path | None, library: Library, scheme: str) -> pl.DataFrame | None:
    """A table as it is; a file read with the words of the scheme's pack."""
    if not isinstance(given, Path):
        return given
    pack = library.heads[scheme][0]
    return read_list(given, library.shelves[pack].catalogue.variables)
