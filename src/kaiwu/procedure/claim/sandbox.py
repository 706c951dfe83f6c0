"""What if (沙盘): the claims of a programme's year under changed caps, rates or pots, beside the rules in force.

Owns turning cases into claims of a settlement, and which numbers may be changed without naming paths. The comparison is
``kaiwu.procedure.what_if``; nothing here is saved or in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from kaiwu.benefit import ClauseScheme
from kaiwu.benefit.settlement import Settled, settle
from kaiwu.pack import Library
from kaiwu.pack.case import make_facts
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.case import Case
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.procedure.claim.surroundings import SILENT
from kaiwu.procedure.settlement import plan_of, without_conditions
from kaiwu.procedure.what_if import WhatIf, load_changed
from kaiwu.quantity import KaiwuError, Problem, date_index, parse_quantity
from kaiwu.quantity.dimension import MONEY, RATIO
from kaiwu.rule.outcome import Outcome

AS_PLAYED = ("exhaustion=ranked", "order=rank", "tie=[claim]", "last=ask")
"""How the pot is drawn on in the sandbox where the rulebook says nothing: in the order of filing, as the year itself went."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One number that may be changed: code, names, what stands now, and the paths that it sets (``{}`` is the value)."""

    code: str
    zh: str
    en: str
    now: str
    unit: str  # money | ratio
    paths: tuple[str, ...]

    def settings(self, value: str) -> list[str]:
        """The settings of a value as written (``500万元``, ``20%``). Raises ``KaiwuError`` where it is none."""
        dimension = MONEY if self.unit == "money" else RATIO
        try:
            quantity = parse_quantity(value, dimension=dimension)
        except KaiwuError as error:
            raise KaiwuError([p.located(self.code) for p in error.problems]) from error
        if quantity.base < 0:
            zh, en = f"“{self.zh}”不能为负", f"“{self.en}” cannot be negative"
            raise KaiwuError(Problem("CL-NEGATIVE", zh, en, where=self.code, text=value))
        return [f"{path}={template.format(value)}" for path, template in (p.split("=", 1) for p in self.paths)]


def list_levers(library: Library, programme: Programme) -> list[Lever]:
    """The cap per firm and year, the rate of every clause, and the pot, as the programme's rulebook declares them."""
    data = _rulebook(library, programme)
    steps = data.get("settlement", {}).get("steps", [])
    made = []
    caps = [i for i, s in enumerate(steps) if s.get("step") == "firm_cap" and "year" in (s.get("per") or ())]
    if caps:
        clauses = [c["id"] for c in data["clauses"] if c["id"] in programme.clauses and c.get("cap")]
        paths = [f"settlement.steps[{i}].amount={{}}" for i in caps] + [f"clauses.{c}.cap[0].amount={{}}" for c in clauses]  # fmt: skip
        made.append(Lever("cap", "单家企业每年封顶", "Cap per firm and year", str(steps[caps[0]]["amount"]), "money", tuple(paths)))  # fmt: skip
    basis = next((name for name, origin in programme.facts.items() if origin == "paid"), "")
    for clause in data["clauses"]:
        if basis and clause["id"] in programme.clauses and isinstance(clause.get("amount"), str):
            paths = [f"clauses.{clause['id']}.amount={{}} * {basis}"]
            made.append(Lever(f"rate_{clause['id']}", f"{clause['zh']}比例", f"Rate: {clause['en']}", clause["amount"], "ratio", tuple(paths)))  # fmt: skip
    for i, step in enumerate(steps):
        if step.get("step") == "pot":
            made.append(Lever("pot", "资金池", "Pot", str(step.get("amount")), "money", (f"settlement.steps[{i}].amount={{}}",)))  # fmt: skip
    return made


def what_if_year(library: Library, programme: Programme, cases: Sequence[Case], settings: Sequence[str]) -> WhatIf:
    """Settle all claims of a year that were not refused, under the rules in force and under the changed ones."""
    played = _as_played(library, programme)
    changed, changes = load_changed(library, programme.rulebook, [*played, *settings])
    before = settle_year(library, programme, cases)
    return WhatIf(changes[len(played) :], before, _settle(library, programme, _wanted(cases), changed))


def settle_year(library: Library, programme: Programme, cases: Sequence[Case]) -> Settled:
    """Settle all claims of a year that were not refused, as the year itself went: in the order of filing where the rulebook
    names no other. Raises ``KaiwuError`` where there are none."""
    base, _ = load_changed(library, programme.rulebook, _as_played(library, programme))
    return _settle(library, programme, _wanted(cases), base)


def _as_played(library: Library, programme: Programme) -> list[str]:
    steps = _rulebook(library, programme).get("settlement", {}).get("steps", [])
    return [
        f"settlement.steps[{i}].{part}"
        for i, step in enumerate(steps) if step.get("step") == "pot" and not step.get("exhaustion")
        for part in AS_PLAYED
    ]  # fmt: skip


def _wanted(cases: Sequence[Case]) -> list[Case]:
    wanted = [case for case in cases if case.state not in SILENT and case.claimed_on is not None]
    if not wanted:
        raise KaiwuError(Problem("CL-NOTHING", "没有可试算的申报", "there are no claims to try"))
    return wanted


def _rulebook(library: Library, programme: Programme) -> dict[str, Any]:
    pack, name, _ = library.heads[programme.rulebook]
    data = library.shelves[pack].pack.document(name).data
    assert isinstance(data, dict), "a compiled rulebook is a mapping"
    return data


def _settle(library: Library, programme: Programme, cases: Sequence[Case], scheme: ClauseScheme) -> Settled:
    plan = plan_of(scheme)
    pack, _, head = library.heads[programme.rulebook]
    days = [case.claimed_on for case in cases if case.claimed_on is not None]
    as_of = max(days)
    rated = head.rated_year(as_of)
    people = {case.number: _facts(programme, case, cases) for case in cases}
    facts = make_facts(library.scheme(programme.rulebook), library.shelves[pack], people, as_of, rated)
    decided = without_conditions(scheme, plan.replaces).decide(facts).decisions
    granted = decided.filter(
        (pl.col("outcome") != Outcome.FAIL) & (pl.col("high") > 0) & pl.col("item").is_in(list(programme.clauses))
    )
    claims = _claims(cases, granted).join(
        facts.table.select("entity", *(n.slot for n in plan.needs if n.slot in facts.table.columns)).rename({"entity": "number"}),
        on="number", how="left", maintain_order="left",
    ).drop("number")  # fmt: skip
    return settle(plan, claims, as_of=as_of, rated=rated)


def _facts(programme: Programme, case: Case, cases: Sequence[Case]) -> dict[str, str]:
    """Facts of a case as if it were the firm's first: what several claims of a firm share is the settlement's."""
    mine = [c for c in cases if c.firm == case.firm and c.number <= case.number]
    amounts = {
        "paid": case.paid_by_firm,
        "signed": int(case.contract.get("amount", 0)),
        "signed_in_year": sum(int(c.contract.get("amount", 0)) for c in mine),
        "granted_in_year": 0,
    }
    origins = {name: origin for name, origin in programme.facts.items() if origin in amounts}
    return {**case.facts, **{name: yuan(amounts[origin]) for name, origin in origins.items()}}


def _claims(cases: Sequence[Case], granted: pl.DataFrame) -> pl.DataFrame:
    """The table that ``settle`` takes: the place in the order of filing is the rank, the contract is the matter."""
    rows = pl.DataFrame(
        [
            (c.number, c.firm, str(c.matter or c.contract.get("number") or c.number), c.claimed_on.year, date_index(c.claimed_on), rank)
            for rank, c in enumerate(cases, start=1) if c.claimed_on is not None
        ],
        schema={"number": pl.String, "entity": pl.String, "matter": pl.String, "year": pl.Int64, "filed": pl.Int64, "rank": pl.Int64}, orient="row",
    )  # fmt: skip
    amounts = granted.select(pl.col("entity").alias("number"), pl.col("item").alias("clause"), "low", "high")
    joined = rows.join(amounts, on="number", how="inner", maintain_order="left")
    return joined.with_columns(
        pl.concat_str("number", pl.lit("/"), "clause").alias("claim"), pl.lit(None, dtype=pl.Int64).alias("basis")
    )
