"""A sheet of a listing into needs, offers or deals (登记表读取): every row judged, one report, all or nothing.

Owns what the columns of a row mean for a record. Reading and checking cells is ``kaiwu.figure.intake``; this adds the checks that only a
record has: an object, a lawful party code, days, hard constraints in the rule language.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from kaiwu.figure.finding import Finding
from kaiwu.figure.intake import intake
from kaiwu.figure.intake_report import Report
from kaiwu.figure.variable import Kind
from kaiwu.identity.uscc import check_uscc
from kaiwu.match.attribute import Attributes
from kaiwu.match.constraint import Constraint, compile_constraints
from kaiwu.match.deal import Deal
from kaiwu.match.listing import Listing
from kaiwu.match.record import FieldValue, Need, Offer, Window
from kaiwu.quantity import KaiwuError, Problem, Quantity, parse_date, parse_quantity
from kaiwu.rule.vocabulary import Vocabulary

_PARTS = re.compile(r"[、;；,，\s]+")
_Value = TypeVar("_Value")


@dataclass(slots=True)
class ListingResult:
    """What a sheet brought: records (none where anything was wrong), the names of parties by their id, and the report."""

    needs: list[Need] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    report: Report = field(default_factory=lambda: Report(""))

    @property
    def count(self) -> int:
        """Records in all."""
        return len(self.needs) + len(self.offers) + len(self.deals)


def read_listing(
    path: Path | bytes, listing: Listing, attributes: Attributes, *, name: str = "", synthetic: bool | None = None,
) -> ListingResult:  # fmt: skip
    """Read one sheet, all or nothing. Never raises for what is in the file: that is in ``report``, with every problem."""
    variables = attributes.catalogue.variables
    taken = intake(path, listing.template, variables, name=name, synthetic=synthetic)
    result = ListingResult(report=taken.report)
    taken.report.findings[:] = [_reword(finding, listing) for finding in taken.report.findings]
    if not taken.report.is_accepted:
        return result
    fields: dict[str, dict[str, FieldValue]] = {}
    for entity, variable, value, text in taken.figures.select("entity", "variable", "value", "text").iter_rows():
        is_text = variables[variable].kind is Kind.TEXT
        fields.setdefault(entity, {})[variable] = text if is_text else int(value)
    is_synthetic = listing.template.synthetic if synthetic is None else synthetic
    reader = _RowReader(listing, attributes.vocabularies[listing.kind], result, is_synthetic)
    for row in taken.entities.iter_rows(named=True):
        reader.read({k: v or "" for k, v in row.items()}, fields.get(row["entity"], {}))
    if not taken.report.is_accepted:
        return ListingResult(report=taken.report)
    return result


def _reword(finding: Finding, listing: Listing) -> Finding:
    """A row without a name is, in a listing, a need or offer without an object."""
    if finding.problem.code != "IN-NAME-MISSING":
        return finding
    head = listing.template.name_heads[0]
    problem = Problem(
        "M-NO-OBJECT", f"没有写要什么或供什么; 请在“{head}”填写具体标的", f"the row names no object: fill in “{head}”", where=finding.problem.where,
    )  # fmt: skip
    return Finding(problem, finding.is_error, finding.sheet, finding.row, finding.column)


class _RowReader:
    """Makes records of rows; mistakes are added to the report of the sheet."""

    def __init__(self, listing: Listing, vocabulary: Vocabulary, result: ListingResult, is_synthetic: bool) -> None:
        self.listing, self.vocabulary, self.result, self.is_synthetic = listing, vocabulary, result, is_synthetic
        self.source = f"{listing.code}: {result.report.file}"

    def read(self, row: Mapping[str, str], fields: Mapping[str, FieldValue]) -> None:
        """One row."""
        where = _where(row["place"])
        if row["name"].strip() in self.listing.no_object:
            self._complain(Problem(
                "M-NO-OBJECT", f"“{row['name']}”没有说明具体要什么; 请写出标的名称", f"“{row['name']}” names no object: write what is wanted", where=where, text=row["name"],
            ))  # fmt: skip
        shared = self._shared(row, where) | {"fields": fields}
        if self.listing.side == "deal":
            client = self._party(row.get("client", ""), row.get("client_name", ""), where)
            self.result.deals.append(Deal(
                code=row["entity"], title=row["name"], text=row.get("text", ""), provider=shared["party"], client=client, fields=fields,
                source=self.source, is_synthetic=self.is_synthetic,
            ))  # fmt: skip
        elif self.listing.side == "need":
            constraints = self._constraints(row, where)
            self.result.needs.append(Need(**shared, constraints=constraints, regions=_split(row.get("regions", ""))))
        else:
            self.result.offers.append(Offer(**shared))

    def _shared(self, row: Mapping[str, str], where: str) -> dict[str, Any]:
        def day(key: str) -> dt.date | None:
            text = row.get(key, "")
            return self._attempt(where, lambda: parse_date(text) if text else None, None)

        return {
            "code": row["entity"], "kind": self.listing.kind, "title": row["name"], "text": row.get("text", ""),
            "party": self._party(row.get("party", ""), row.get("party_name", ""), where), "group": row.get("group") or None,
            "quantity": self._quantity(row, where), "window": Window(day("start"), day("end")), "place": row.get("region", ""),
            "certificates": _split(row.get("certificates", "")), "classes": _split(row.get("classes", "")), "expiry": day("expiry"),
            "source": self.source, "is_synthetic": self.is_synthetic,
        }  # fmt: skip

    def _party(self, code: str, name: str, where: str) -> str | None:
        """The checked social credit code of a party; without a code nobody is guessed by name."""
        code = "".join(code.split()).upper()
        if not code:
            return None
        checked = check_uscc(code)
        if checked.problem is not None:
            self._complain(checked.problem.located(where))
            return None
        if name:
            self.result.names[checked.code] = name
        return checked.code

    def _quantity(self, row: Mapping[str, str], where: str) -> Quantity | None:
        """How much; a quantity in a unit that is not known is told and kept as unknown."""
        text = row.get("quantity", "")
        if not text:
            return None
        try:
            return parse_quantity(f"{text}{row.get('unit', '')}")
        except KaiwuError as error:
            self.result.report.findings += [Finding(p.located(where), is_error=False) for p in error.problems]
            return None

    def _constraints(self, row: Mapping[str, str], where: str) -> tuple[Constraint, ...]:
        none: tuple[Constraint, ...] = ()
        text = row.get("constraints", "")
        return self._attempt(where, lambda: compile_constraints(text, self.vocabulary, where), none)

    def _attempt(self, where: str, action: Callable[[], _Value], otherwise: _Value) -> _Value:
        try:
            return action()
        except KaiwuError as error:
            for problem in error.problems:
                self._complain(problem if problem.where else problem.located(where))
            return otherwise

    def _complain(self, problem: Problem) -> None:
        self.result.report.findings.append(Finding(problem))


def _where(place: str) -> str:
    """``file|sheet|A5`` in words."""
    file, sheet, cell = place.rsplit("|", 2)
    return f"{file} 表页“{sheet}” {cell}"


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in _PARTS.split(text.strip()) if part)
