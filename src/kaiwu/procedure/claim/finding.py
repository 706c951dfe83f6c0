"""Findings of checks (核验疑点): a reason with its evidence, for the officer only.

Owns their shape. A finding refuses nothing: an officer answers it by name. It never stands on a firm's page nor in an
exported list (``view`` is what a firm sees).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One piece of evidence (证据): which invoice, claim, row or person, and in words."""

    kind: str  # invoice | claim | row | person | address | contract
    ref: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: severity ``blocks`` (must be answered as cleared), ``ask`` (must be answered), ``hint``."""

    check: str
    severity: str
    zh: str
    en: str
    exhibits: tuple[Exhibit, ...] = ()

    @property
    def id(self) -> str:
        """A short digest of the finding, by which an officer answers it."""
        return hashlib.sha256(json.dumps(self.to_data(), sort_keys=True).encode()).hexdigest()[:8]

    def to_data(self) -> dict[str, Any]:
        """Plain data for an event."""
        parts = [{"kind": e.kind, "ref": e.ref, "zh": e.zh, "en": e.en} for e in self.exhibits]
        return {"check": self.check, "severity": self.severity, "zh": self.zh, "en": self.en, "exhibits": parts}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Finding:
        """The finding of an event."""
        return cls(**{**data, "exhibits": tuple(Exhibit(**part) for part in data["exhibits"])})


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a check looked at (核验范围): programmes, other lists, first and last day, rows."""

    programmes: tuple[str, ...]
    lists: tuple[str, ...]
    first: str
    last: str
    claims: int
    rows: int

    def to_data(self) -> dict[str, Any]:
        """Plain data for an event."""
        return {"programmes": list(self.programmes), "lists": list(self.lists), "first": self.first, "last": self.last,
                "claims": self.claims, "rows": self.rows}  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Coverage:
        """The coverage of an event."""
        return cls(**{**data, "programmes": tuple(data["programmes"]), "lists": tuple(data["lists"])})


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings of one claim, the checks that ran, and what they covered."""

    checks: tuple[str, ...]
    findings: tuple[Finding, ...]
    coverage: Coverage

    def to_data(self) -> dict[str, Any]:
        """Plain data for an event."""
        return {"checks": list(self.checks), "findings": [f.to_data() for f in self.findings], "coverage": self.coverage.to_data()}  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> CheckReport:
        """The report of an event."""
        findings = tuple(Finding.from_data(f) for f in data["findings"])
        return cls(tuple(data["checks"]), findings, Coverage.from_data(data["coverage"]))
