"""Bands: rows ``{from, to}`` on one measure that follow each other without gap or overlap.

Owns the reading of edges for tiers and marginal bands. It does not own what a row grants.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.rule.mechanism.context import MechanismContext, Part, Path

EDGES = ("[)", "(]")
ROW_EDGES = ("[)", "(]", "[]", "()")
BAND_KEYS = ("from", "to")


@dataclass(frozen=True, slots=True)
class Band:
    """One row: ``low`` and ``high`` are ``None`` where it is open-ended."""

    low: Part | None
    high: Part | None
    low_closed: bool
    high_closed: bool
    row: Entry
    number: int

    def span(self) -> str:
        """The row as an officer would say it."""
        return f"{self.low.raw if self.low else '…'} – {self.high.raw if self.high else '…'}"


def read_bands(
    spec: Any, context: MechanismContext, path: Path, of: Part, keys: tuple[str, ...], edges: str = "[)"
) -> list[Band]:
    """Read the rows in their order; gaps, overlaps and wrong order are recorded at the row that has them."""
    before = context.mistakes
    rows = context.rows(spec, path, (), (*BAND_KEYS, *keys))
    bands = [_read_band(row, number, context, of, edges) for number, row in enumerate(rows, 1)]
    if context.mistakes > before:
        return bands
    for band in bands:
        _check_ends(band, last=len(bands))
    for first, second in pairwise(bands):
        _check_joint(first, second)
    return bands


def _read_band(row: Entry, number: int, context: MechanismContext, of: Part, edges: str) -> Band:
    low, high = (
        None if row.data.get(key) is None else context.bound(of, row.data[key], (*row.path, key)) for key in BAND_KEYS
    )
    own = row.choice("edges", ROW_EDGES, edges) if row.data.get("edges") is not None else edges
    return Band(low, high, own[0] == "[", own[1] == "]", row, number)


def _check_ends(band: Band, last: int) -> None:
    if band.low is None and band.number > 1:
        band.row.complain(
            "R-TIER-OPEN",
            f"第 {band.number} 行要写 from; 只有第一行可以不写",
            f"row {band.number} needs from; only the first row may leave it out",
        )
    if band.high is None and band.number < last:
        band.row.complain(
            "R-TIER-OPEN",
            f"第 {band.number} 行要写 to; 只有最后一行可以不写",
            f"row {band.number} needs to; only the last row may leave it out",
        )
    low, high = (None if p is None else p.constant for p in (band.low, band.high))
    if low is not None and high is not None and low >= high:
        band.row.complain(
            "R-TIER-ORDER",
            f"第 {band.number} 行的 from 要小于 to: {band.span()}",
            f"in row {band.number} from must be below to: {band.span()}",
        )


def _check_joint(first: Band, second: Band) -> None:
    """The place where two rows meet belongs to exactly one of them."""
    if first.high is None or second.low is None or first.high.constant is None or second.low.constant is None:
        return
    end, start = first.high.constant, second.low.constant
    rows_zh, rows_en = f"第 {first.number} 行与第 {second.number} 行", f"rows {first.number} and {second.number}"
    if first.low is not None and first.low.constant is not None and start < first.low.constant:
        second.row.complain(
            "R-TIER-ORDER",
            f"{rows_zh}次序颠倒, 各行请从小到大写",
            f"{rows_en} are in the wrong order: write them from low to high",
        )
    elif start < end or (start == end and first.high_closed and second.low_closed):
        what = f"{second.low.raw} – {first.high.raw}" if start < end else first.high.raw
        second.row.complain(
            "R-TIER-OVERLAP", f"{rows_zh}重叠: {what} 同时属于两行", f"{rows_en} overlap: {what} belongs to both"
        )
    elif start > end or not (first.high_closed or second.low_closed):
        what = f"{first.high.raw} – {second.low.raw}" if start > end else first.high.raw
        second.row.complain(
            "R-TIER-GAP",
            f"{rows_zh}之间有空档: {what} 不属于任何一行; 若确实不给, 请写一行 amount: 0元",
            f"there is a gap between {rows_en}: {what} belongs to none; if nothing is granted there, write a row with amount: 0元",
        )
