"""The organisation code (组织机构代码), GB 11714: eight characters and a check digit, as old lists still carry it.

Owns checking one. It stands within every unified code (``uscc``), so that a firm is found by it too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kaiwu.identity.uscc import LOOKALIKES, compute_inner_check, normalise_uscc
from kaiwu.quantity.problem import Problem

_BODY = re.compile(r"[0-9A-Z]{8}")
LENGTH = 9


@dataclass(frozen=True, slots=True)
class OrganisationResult:
    """What checking found (校验结果): ``valid`` is ``None`` for a missing code; a suggestion is for a person to confirm."""

    valid: bool | None
    code: str
    problem: Problem | None = None
    suggestion: str | None = None


def check_organisation(text: str | None) -> OrganisationResult:
    """Check one organisation code, with or without its hyphen (``12345678-X``)."""
    code = normalise_uscc(text or "")
    if not code:
        return OrganisationResult(None, code)
    problem = _find_problem(code)
    if problem is None:
        return OrganisationResult(True, code)
    repaired = "".join(LOOKALIKES.get(c, c) for c in code)
    is_better = repaired != code and _find_problem(repaired) is None
    return OrganisationResult(False, code, problem, repaired if is_better else None)


def _find_problem(code: str) -> Problem | None:
    if len(code) != LENGTH or not _BODY.fullmatch(code[:8]):
        zh = f"应为 8 位数字或大写字母加 1 位校验码, 现为 {len(code)} 位"
        en = f"expected 8 digits or capitals and a check digit, got {len(code)} characters"
        return Problem("I-ORGANISATION-FORM", zh, en, text=code)
    if code[8] != compute_inner_check(code[:8]):
        zh, en = "校验码(第 9 位)不符, 请逐位核对", "the check digit (number 9) is wrong: compare every character"
        return Problem("I-ORGANISATION-CHECK", zh, en, text=code, at=8)
    return None
