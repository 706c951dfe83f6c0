"""Marginal bands (累进): each rate applies to the slice of the measure inside its band, as in an income tax.

``rate × 较大值(较小值(of, to) - from, 0)``, summed. The sum is continuous, so no edge needs to be declared.
"""

from __future__ import annotations

from typing import Any

from kaiwu.rule.mechanism.band import Band, read_bands
from kaiwu.rule.mechanism.context import MechanismContext, Part, Path

REQUIRED = ("of", "rows")
OPTIONAL = ()


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``marginal``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    of = context.part(entry.data["of"], (*path, "of"))
    bands = read_bands(entry.data["rows"], context, (*path, "rows"), of, ("rate",))
    rates = [_rate(band, context) for band in bands]
    for rate in rates[1:]:
        context.alike(rates[0], rate)
    return " + ".join(f"{rate.term} * {_slice(of, band)}" for band, rate in zip(bands, rates, strict=True)) or "0"


def _rate(band: Band, context: MechanismContext) -> Part:
    if band.row.data.get("rate") is None:
        band.row.complain(
            "F-KEY-MISSING",
            "缺少“rate”, 请补上(不给的一段写 0%)",
            "“rate” is missing; write 0% for a band that grants nothing",
        )
    return context.part(band.row.data.get("rate") or "0%", (*band.row.path, "rate"))


def _slice(of: Part, band: Band) -> str:
    upper = f"较小值({of.raw}, {band.high.raw})" if band.high else of.term
    lower = "" if band.low is None or band.low.constant == 0 else f" - {band.low.term}"
    return f"较大值({upper}{lower}, 0)"
