"""What every key of pack content means, place by place; a new kind of content adds a module with its ``PLACES``.

Owns the meanings; which keys are allowed is scanned from the loaders (``key_scan``). A key without a meaning fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping

from kaiwu.cli.reference.key_place import (
    allotment,
    award,
    case,
    clause,
    index,
    library,
    market,
    name,
    operation,
    pool,
    procedure,
    programme,
    rating,
    rubric,
    ruler,
    settlement,
)
from kaiwu.cli.reference.key_place.place import COMMON, Place

__all__ = ["COMMON", "EXPLAINED_ELSEWHERE", "PLACES", "Place"]

_CONTENT = (
    library,
    name,
    clause,
    settlement,
    rating,
    award,
    rubric,
    programme,
    operation,
    case,
    index,
    ruler,
    market,
    allotment,
    pool,
    procedure,
)
"""In the order of the page."""

PLACES: tuple[Place, ...] = tuple(place for content in _CONTENT for place in content.PLACES)

EXPLAINED_ELSEWHERE: Mapping[str, str] = {
    "kaiwu.figure.import_template:_inner": "its keys stand under entity and period",
    "kaiwu.rating.operation.declaration:sub": "its keys stand under what, month, price, rate, decimals and nowcast",
    "kaiwu.rule.mechanism.context:mapping": "keys of mechanisms: docs/mechanisms.md",
    "kaiwu.rating.index.step_reader:_with_overrides": "the keys of the step, for one indicator or aggregate",
}
"""Checks whose keys are put together at run time and explained at another place."""
