"""A reserve pool of the synthetic district (合成项目库): projects, their steps, figures of two years, shares, bundles and promises.

Owns what stands in its tables; all of it is invented and says so. Sums and counts by stage and date are those that were published
of a real pool, so that the ledger can be seen to give both from one book; no project, firm or amount is real.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kaiwu.allot.pool.credit import MEASURES
from kaiwu.allot.pool.stage import MODES
from kaiwu.synth.district import District
from kaiwu.synth.draw import Streams

MARK = "合成"
SIGNED, LANDED, OUTSIDE = 56, 45, 4
"""Projects that sign by the end of May, those of them that land by the end of August, and candidates that never enter."""
SIGNED_WAN, LANDED_WAN = 2_000_000, 1_600_000
BATCHES = (dt.date(2025, 1, 10), dt.date(2025, 2, 20), dt.date(2025, 4, 8))
MAY, AUGUST = dt.date(2025, 5, 31), dt.date(2025, 8, 31)
YEAR_LATER = dt.date(2026, 1, 15)
FALLING = 3
"""Projects whose figures fall below the lower line a year later."""
TOWNS, PLATFORMS = 22, 4
MONTHS = tuple(f"2025-{month:02d}" for month in range(6, 12))
FIGURE_HEADS = (
    "主体代码", "申请企业亩均税收(万元/亩)", "申请企业亩均增加值(万元/亩)", "申请企业劳动生产率(万元/人)", "申请企业研发占比(%)", "申请企业三年营收增速(%)",
)  # fmt: skip
GOOD = (24.097, 136.16, 18.14, 3.02, 20.0)
"""Figures of a project at all benchmarks; others are a share of them."""


@dataclass(frozen=True, slots=True)
class PoolTables:
    """Where the tables of a synthetic pool stand: candidates and figures by batch, then all other tables."""

    candidates: tuple[Path, ...]
    figures: tuple[Path, ...]
    moves: Path
    later: Path
    shares: Path
    investments: Path
    quotas: Path
    cut: Path
    requests: Path
    promises: Path
    measures: Path


def write_pool(district: District, folder: Path) -> PoolTables:
    """Write the tables of a pool; the same district gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = Streams(district.seed).open("reserve pool")
    count = SIGNED + OUTSIDE
    codes = [f"{MARK}储备{n:03d}" for n in range(1, count + 1)]
    firms = [district.firms.texts["code"][i] for i in rng.permutation(len(district.firms.texts["code"]))[:count]]
    wan = [*_split(rng, LANDED, LANDED_WAN), *_split(rng, SIGNED - LANDED, SIGNED_WAN - LANDED_WAN), *[20_000] * OUTSIDE]  # fmt: skip
    batch = [n % len(BATCHES) for n in range(count)]
    figures = {code: _figures(rng, n) for n, code in enumerate(codes)}
    candidates, scored = [], []
    for b, day in enumerate(BATCHES):
        rows = [_candidate(codes[n], firms[n], wan[n], day, n) for n in range(count) if batch[n] == b]
        candidates.append(_write(folder / f"candidates-{b + 1}.csv", _CANDIDATE_HEADS, rows))
        known = [(codes[n], *figures[codes[n]]) for n in range(count) if batch[n] <= b]
        scored.append(_write(folder / f"figures-{b + 1}.csv", FIGURE_HEADS, known))
    falling = set(range(SIGNED - FALLING, SIGNED))
    later = [(code, *(_fallen(figures[code]) if n in falling else figures[code])) for n, code in enumerate(codes)]
    names = (
        "steps",
        "figures-later",
        "shares",
        "investments",
        "quotas",
        "quotas-cut",
        "requests",
        "promises",
        "measures",
    )
    at = {name: folder / f"{name}.csv" for name in names}
    _write(at["steps"], ("project", "stage", "day", "document", "by", "investment"), list(_steps(codes, wan, batch)))
    _write(at["figures-later"], FIGURE_HEADS, later)
    _write(at["shares"], ("project", "kind", "unit", "role", "measure", "share", "valid_from", "valid_to"), list(_shares(codes[:SIGNED])))  # fmt: skip
    _write(at["investments"], ("project", "amount"), [(c, f"{w}万元") for c, w in zip(codes[:SIGNED], wan, strict=False)])  # fmt: skip
    _write(at["quotas"], ("resource", "period", "amount"), [("energy", m, "6000吨标煤(等价值)") for m in MONTHS])
    _write(at["quotas-cut"], ("resource", "period", "amount"), [("energy", m, "5400吨标煤(等价值)") for m in MONTHS])
    asked = [(codes[n], "energy", m, f"{400 + 40 * (n % 5)}吨标煤(等价值)") for n in range(14) for m in MONTHS]
    _write(at["requests"], ("project", "resource", "period", "amount"), asked)
    _write(at["promises"], ("contract", "project", "promise", "amount", "due"), [(f"{MARK}合同{n:03d}", codes[n], "investment", f"{wan[n]}万元", "2026-01-10") for n in range(10)])  # fmt: skip
    _write(at["measures"], ("contract", "promise", "amount"), [(f"{MARK}合同{n:03d}", "investment", f"{wan[n] * (90 if n % 5 == 4 else 100) // 100}万元") for n in range(9)])  # fmt: skip
    return PoolTables(tuple(candidates), tuple(scored), *at.values())


_CANDIDATE_HEADS = ("project", "zh", "firm", "origin", "investment", "day", "document", *MODES)


def _candidate(code: str, firm: str, wan: int, day: dt.date, n: int) -> tuple[object, ...]:
    origin = "internal" if n % 4 else "attracted"
    modes = ["" if k != n % len(MODES) else f"{MARK}证明材料" for k in range(len(MODES))]
    return (code, f"{MARK}·{code}", firm, origin, f"{wan}万元", day - dt.timedelta(days=5), f"{MARK}申请", *modes)


def _split(rng: np.random.Generator, parts: int, total: int) -> list[int]:
    """Whole amounts of different size that sum to the total."""
    weights = rng.integers(40, 160, parts)
    upto = np.cumsum(weights) * total // int(weights.sum())
    return [int(n) for n in np.diff(np.concatenate([[0], upto]))]


def _figures(rng: np.random.Generator, n: int) -> tuple[float, ...]:
    """Figures of a project: those that sign are above the upper line, the last few stay below it."""
    level = rng.uniform(0.80, 1.0, len(GOOD)) if n < SIGNED else rng.uniform(0.45, 0.60, len(GOOD))
    return tuple(round(float(g * share), 3) for g, share in zip(GOOD, level, strict=True))


def _fallen(figures: Sequence[float]) -> tuple[float, ...]:
    return (round(figures[0] * 0.25, 3), round(figures[1] * 0.5, 3), round(figures[2] * 0.7, 3), *figures[3:])


def _steps(codes: Sequence[str], wan: Sequence[int], batch: Sequence[int]) -> Iterator[tuple[object, ...]]:
    """Every project that signs by the end of May is promoted, given its factors and signed; then some start and land."""
    for n, code in enumerate(codes[:SIGNED]):
        begun = BATCHES[batch[n]]
        days = [begun + dt.timedelta(days=10 + n % 5), begun + dt.timedelta(days=20 + n % 5), MAY - dt.timedelta(days=n % 20)]  # fmt: skip
        life = list(zip(("promoted", "allotted", "signed"), days, strict=True))
        if n < LANDED:
            life += [("started", MAY + dt.timedelta(days=10 + n % 20)), ("landed", AUGUST - dt.timedelta(days=n % 30))]
        for stage, day in life:
            yield code, stage, day, f"{MARK}文件", "", f"{wan[n]}万元"


def _shares(codes: Sequence[str]) -> Iterator[tuple[object, ...]]:
    for n, code in enumerate(codes):
        towns = [(f"{MARK}镇街{n % TOWNS + 1:02d}", "origin", "1/3"), (f"{MARK}镇街{(5 * n + 1) % TOWNS + 1:02d}", "landing", "2/3")]  # fmt: skip
        for measure in MEASURES:
            for unit, role, share in towns:
                yield code, "town", unit, role, measure, share, "2025-01-01", ""
            yield code, "platform", f"{MARK}平台{n % PLATFORMS + 1}", "landing", measure, "1", "2025-01-01", ""


def _write(path: Path, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(rows)
    return path
