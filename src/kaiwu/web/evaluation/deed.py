"""Events of an evaluation (年度评价事件): what is told of a year, a sheet, a dispute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaiwu.web.evaluation.models import Dispute, Evaluation, Sheet
from kaiwu.web.event.services import Deed

Words = Mapping[str, Any] | None


def year_deed(made: Evaluation, verb: str, *, before: Words = None, after: Words = None) -> Deed:
    """A deed on the year itself, told with its case."""
    return Deed(
        f"evaluation.{verb}", "case", made.case.number, before=before, after=after, rule_version=made.case.pack_digest
    )


def sheet_deed(sheet: Sheet, verb: str, **after: Any) -> Deed:
    """A deed on one firm's sheet, with the run that counts."""
    made = sheet.evaluation
    return Deed(
        f"evaluation.{verb}", "sheet", str(sheet.pk), firm=sheet.firm.entity, after={"run": made.run, **after},
        rule_version=made.case.pack_digest,
    )  # fmt: skip


def dispute_deed(made: Dispute, verb: str, *, after: Words = None, evidence: str = "") -> Deed:
    """A deed on one dispute."""
    return Deed(
        f"dispute.{verb}", "dispute", made.number, firm=made.sheet.firm.entity, after=after, evidence=evidence,
        rule_version=made.sheet.evaluation.case.pack_digest,
    )  # fmt: skip
