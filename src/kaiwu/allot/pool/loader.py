"""Reads the rule of a reserve pool (``pools/*.yaml``); all mistakes in one report.

Owns its keys. That a rating of the code under ``score.rulebook`` exists is looked at by the pack's shelf.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from kaiwu.allot.pool.bundle import BUNDLES
from kaiwu.allot.pool.rescore import Band
from kaiwu.allot.pool.rule import DRAFT, STATUSES, TEMPLATE, Batch, PoolResource, PoolRule, PromiseForm, Trial
from kaiwu.allot.pool.stage import MODES
from kaiwu.allot.scale import Scale
from kaiwu.figure.entry import Entry
from kaiwu.quantity import Dimension, KaiwuError, find_unit, parse_quantity
from kaiwu.quantity.dimension import MONEY, SCORE
from kaiwu.rule.rulebook import read_source
from kaiwu.table import Document

POOL_KEYS = (
    "pool", "zh", "en", "status", "document", "years", "modes", "score", "lines", "trial", "batches", "resources", "promises", "note",
)  # fmt: skip
SCORE_KEYS = ("rulebook", "step", "full")
LINE_KEYS = ("enter", "leave")
TRIAL_KEYS = ("noise", "runs", "seed")
BATCH_KEYS = ("code", "zh", "en", "from", "to", "note")
RESOURCE_KEYS = ("code", "zh", "en", "unit", "least", "price", "bundle", "note")
PROMISE_KEYS = ("code", "zh", "en", "unit", "months", "rate", "article", "test", "note")
TESTS = ("at_least", "at_most")
MICRO_POINTS = Fraction(1, 10**6)
_NO_DAY = dt.date(1970, 1, 1)


def load_pool(document: Document) -> PoolRule:
    """Read a pool. Raises ``KaiwuError`` with every mistake of the file."""
    entry = Entry(document, (), document.data if isinstance(document.data, dict) else {}, [])
    entry.check_keys(POOL_KEYS)
    code, zh, en = (entry.text(key, required=True) for key in ("pool", "zh", "en"))
    status = entry.choice("status", STATUSES, DRAFT)
    score = _below(entry, "score")
    score.check_keys(SCORE_KEYS)
    scale = _read_scale(score, is_needed=status != TEMPLATE)
    rule = PoolRule(
        code, zh, en, status, _read_years(entry), _read_modes(entry), scale, score.text("rulebook"), _read_band(entry, scale),
        _read_trial(entry, scale), tuple(map(_read_batch, _rows(entry, "batches"))), tuple(map(_read_resource, _rows(entry, "resources"))),
        tuple(map(_read_promise, _rows(entry, "promises"))), read_source(_below(entry, "document")),
    )  # fmt: skip
    for key, rows in (("batches", rule.batches), ("resources", rule.resources), ("promises", rule.promises)):
        codes = [row.code for row in rows]
        for i, name in enumerate(codes):
            if name in codes[:i]:
                entry.complain("A-TWICE", f"“{name}”写了两次", f"“{name}” stands twice", key, i, "code", text=name)
    if entry.problems:
        raise KaiwuError(entry.problems)
    return rule


def _below(entry: Entry, key: str) -> Entry:
    value = entry.data.get(key)
    if value is not None and not isinstance(value, dict):
        entry.complain("F-KEY-TYPE", f"“{key}”下面要写键", f"“{key}” needs keys below it", key)
    return Entry(entry.document, (*entry.path, key), value if isinstance(value, dict) else {}, entry.problems)


def _rows(entry: Entry, key: str) -> list[Entry]:
    value = entry.data.get(key) or []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        entry.complain("F-KEY-TYPE", f"“{key}”要写成列表, 每项写键", f"“{key}” is a list of mappings", key)
        return []
    return [Entry(entry.document, (key, i), row, entry.problems) for i, row in enumerate(value)]


def _read_quantity(entry: Entry, key: str, dimension: Dimension) -> Fraction | None:
    if entry.data.get(key) is None:
        return None
    try:
        return parse_quantity(entry.text(key), dimension=dimension).base
    except KaiwuError as error:
        entry.problems += [p.located(entry.document.where(*entry.path, key)) for p in error.problems]
        return None


def _read_scale(score: Entry, *, is_needed: bool) -> Scale:
    full, step = (_read_quantity(score, key, SCORE) for key in ("full", "step"))
    if full is None or step is None or step <= 0 or full <= 0 or (full / step).denominator != 1:
        if is_needed:
            score.complain("A-SCALE", "要声明尺度: full: 100分, step: 0.1分, 满分是步长的整数倍", "declare the scale: full: 100分, step: 0.1分, full a whole multiple of step")  # fmt: skip
        return Scale(Fraction(1), Fraction(100))
    return Scale(step * MICRO_POINTS, full * MICRO_POINTS)


def _read_steps(entry: Entry, key: str, scale: Scale, default: int) -> int:
    points = _read_quantity(entry, key, SCORE)
    if points is None:
        return default
    try:
        return scale.count_steps(points * MICRO_POINTS, entry.document.where(*entry.path, key))
    except KaiwuError as error:
        entry.problems += error.problems
        return default


def _read_band(entry: Entry, scale: Scale) -> Band:
    lines = _below(entry, "lines")
    lines.check_keys(LINE_KEYS)
    if entry.data.get("status") != TEMPLATE:
        for key in LINE_KEYS:
            lines.text(key, required=True)
    enter, leave = (_read_steps(lines, key, scale, 0) for key in LINE_KEYS)
    try:
        return Band(enter, leave)
    except KaiwuError as error:
        entry.problems += [p.located(lines.where) for p in error.problems]
        return Band(enter, enter)


def _read_trial(entry: Entry, scale: Scale) -> Trial:
    trial = _below(entry, "trial")
    trial.check_keys(TRIAL_KEYS)
    runs, seed = trial.whole_number("runs", 1, 10_000), trial.whole_number("seed", 0, 2**31 - 1)
    return Trial(_read_steps(trial, "noise", scale, 0), 200 if runs is None else runs, 1 if seed is None else seed)


def _read_years(entry: Entry) -> tuple[int, int]:
    value = entry.data.get("years")
    if isinstance(value, list) and len(value) == 2 and all(isinstance(y, int) for y in value) and value[0] <= value[1]:
        return value[0], value[1]
    entry.complain(
        "A-POOL-YEARS", "years 要写 [起始年, 结束年]", "years wants [first, last]", *(["years"] if value else [])
    )
    return 0, 0


def _read_modes(entry: Entry) -> tuple[str, ...]:
    modes = entry.texts("modes")
    for i, mode in enumerate(modes):
        if mode not in MODES:
            entry.complain("A-POOL-MODE", f"裂变模式“{mode}”不在四种之内: {', '.join(MODES)}", f"mode “{mode}” is none of: {', '.join(MODES)}", "modes", i, text=mode)  # fmt: skip
    return modes


def _read_day(entry: Entry, key: str) -> dt.date:
    value = entry.data.get(key)
    if isinstance(value, dt.date):
        return value
    entry.complain("F-KEY-TYPE", f"“{key}”要写日期, 如 2025-03-31", f"“{key}” wants a date such as 2025-03-31", *([key] if value is not None else []))  # fmt: skip
    return _NO_DAY


def _read_batch(row: Entry) -> Batch:
    row.check_keys(BATCH_KEYS)
    first, last = _read_day(row, "from"), _read_day(row, "to")
    if last < first:
        row.complain("A-POOL-DATE", "批次的结束早于开始", "the batch ends before it begins", "to")
    return Batch(*_names(row), first, last)


def _names(row: Entry) -> tuple[str, str, str]:
    return row.text("code", required=True), row.text("zh", required=True), row.text("en", required=True)


def _read_unit(row: Entry) -> str:
    try:
        find_unit(row.text("unit", required=True))
    except KaiwuError as error:
        row.problems += [p.located(row.document.where(*row.path, "unit")) for p in error.problems]
    return row.text("unit")


def _read_resource(row: Entry) -> PoolResource:
    row.check_keys(RESOURCE_KEYS)
    least, price = row.whole_number("least", 1, 100), _read_quantity(row, "price", MONEY)
    bundle = row.choice("bundle", ("", *BUNDLES), "")
    return PoolResource(*_names(row), _read_unit(row), 100 if least is None else least, 0 if price is None else int(price), bundle)  # fmt: skip


def _read_promise(row: Entry) -> PromiseForm:
    row.check_keys(PROMISE_KEYS)
    months, rate = row.whole_number("months", 0, 600), _read_quantity(row, "rate", MONEY)
    is_floor = row.choice("test", TESTS, TESTS[0]) == TESTS[0]
    article = row.text("article", required=True)
    return PromiseForm(*_names(row), _read_unit(row), 0 if months is None else months, rate or Fraction(0), article, is_floor)  # fmt: skip
