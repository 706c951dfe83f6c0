"""Pack tests (内容包测试): YAML cases beside the rules that they test, each citing a clause or its arithmetic.

Owns reading and running cases. An expectation cites its source; a case without ``cites`` is a mistake.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from kaiwu.figure.fact import read_value
from kaiwu.figure.variable import Kind, Variable
from kaiwu.pack.library import LOADERS, Library, _loader
from kaiwu.pack.settlement_case import settle_case
from kaiwu.pack.shelf import Shelf
from kaiwu.quantity import KaiwuError, Problem, date_index, format_quantity, parse_quantity, to_grain
from kaiwu.quantity.dimension import MONEY, RATIO, RATIO_ONE
from kaiwu.rule.check import Checker
from kaiwu.rule.decision import Decision, Facts, Need, Scheme
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference, Unknown
from kaiwu.table import Document, parse_document

CASE_KEYS = frozenset(
    {
        "name",
        "cites",
        "scheme",
        "clause",
        "as_of",
        "rated",
        "facts",
        "population",
        "findings",
        "expect",
        "load",
        "settle",
    }
)
EXPECT_KEYS = frozenset(
    {"outcome", "amount", "class", "score", "rank", "missing", "near", "problem", "status", "figures"}
)
_OFFSET = re.compile(r"(.+)@(-?\d+)\Z")
_YEAR = re.compile(r"((?:19|20)\d{2})年度?\s*(.+)\Z")


@dataclass(frozen=True, slots=True)
class CaseReport:
    """One case after it ran; ``differences`` is empty where all came out as expected."""

    name: str
    where: str
    cites: str
    differences: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        """Whether the case came out as expected."""
        return not self.differences


def run_cases(library: Library, pack: str | None = None) -> list[CaseReport]:
    """Run the tests of one pack, or of all packs of a library, in file order."""
    shelves = [library.shelves[pack]] if pack else list(library.shelves.values())
    return [report for shelf in shelves for report in _run_shelf(library, shelf)]


def _run_shelf(library: Library, shelf: Shelf) -> Iterator[CaseReport]:
    for name in shelf.pack.names("tests"):
        document = shelf.pack.document(name)
        data = document.data if isinstance(document.data, dict) else {"tests": document.data}
        defaults = {k: v for k, v in data.items() if k != "tests"}
        cases = data.get("tests") or []
        for i, case in enumerate(cases if isinstance(cases, list) else [cases]):
            if isinstance(case, dict):
                yield _run_case(library, shelf, document, i, {**defaults, **case})
            else:
                shape = "用例要写 name, cites, expect 等键 / a case needs keys such as name, cites, expect"
                yield CaseReport(f"#{i + 1}", document.where("tests", i), "", (shape,))


def _run_case(library: Library, shelf: Shelf, document: Document, index: int, case: Mapping[str, Any]) -> CaseReport:
    where = document.where("tests", index)
    name = str(case.get("name") or f"#{index + 1}")
    differences: list[str] = []
    unknown = set(case) - CASE_KEYS
    if unknown:
        differences.append(f"不认识的键 / unknown keys: {', '.join(sorted(unknown))}")
    if not case.get("cites"):
        differences.append("缺少 cites(条款、案例编号或算式) / “cites” is missing: name the clause, case or arithmetic")
    if not isinstance(case.get("expect"), dict) or not case["expect"]:
        differences.append("缺少 expect / “expect” is missing")
    differences += _check_shape(case)
    if not differences:
        try:
            differences += _load_case(shelf, case) if "load" in case else _decide_case(library, shelf, case)
        except KaiwuError as error:
            differences += [str(p) for p in error.problems]
    return CaseReport(name, where, str(case.get("cites") or ""), tuple(differences))


def _check_shape(case: Mapping[str, Any]) -> list[str]:
    """What is not of the kind that its key wants; a case that expects nothing cannot fail and is a mistake."""
    out = []
    for key, kind, zh, en in (
        ("as_of", dt.date, "日期, 如 2025-06-30, 不加引号", "a date such as 2025-06-30 without quotes"),
        ("rated", int, "四位年份", "a year"),
        ("facts", dict, "名称: 值", "name: value"),
        ("population", dict, "主体: {名称: 值}", "entity: {name: value}"),
    ):
        value = case.get(key)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            out.append(f"{key}: 要写{zh} / wants {en}")
    if "settle" in case:
        return out
    people, expect = case.get("population"), case.get("expect")
    if isinstance(people, dict):
        out += [
            f"{name}: 要写名称: 值 / wants name: value"
            for name, row in people.items()
            if not isinstance(row, dict | None)
        ]
    if not isinstance(expect, dict) or out:
        return out
    for name, part in expect.items() if isinstance(people, dict) else [("expect", expect)]:
        if not isinstance(part, dict) or not part:
            out.append(f"{name}: 要写期望, 如 {{outcome: 符合}} / wants expectations such as {{outcome: 符合}}")
            continue
        if isinstance(people, dict) and name not in people:
            out.append(f"{name}: 不在 population 中 / is not in population")
        for key, kinds in (("missing", list), ("near", dict), ("figures", dict)):
            if key in part and (not isinstance(part[key], kinds) or (key != "missing" and not part[key])):
                out.append(f"{name}.{key}: 写法不对, 或是空的 / is of the wrong kind or empty")
    return out


def _load_case(shelf: Shelf, case: Mapping[str, Any]) -> list[str]:
    """A rulebook text that must be refused with a given problem."""
    wanted = case["expect"].get("problem")
    found: list[str] = []
    try:
        document = parse_document(str(case["load"]), "load")
        kind = document.data.get("kind") if isinstance(document.data, dict) else None
        if kind not in LOADERS:
            return [f"load: kind {kind!r}?"]
        _loader(kind)(document, shelf.vocabulary)
    except KaiwuError as error:
        found = [p.code for p in error.problems]
    return [] if wanted in found else [f"problem: 期望 / expected {wanted}, 得到 / got {found or '-'}"]


def _decide_case(library: Library, shelf: Shelf, case: Mapping[str, Any]) -> list[str]:
    scheme = library.scheme(str(case.get("scheme")))
    as_of = case.get("as_of") or dt.date(2025, 6, 30)
    rated = int(case.get("rated") or as_of.year - 1)
    if "settle" in case:
        return settle_case(scheme, case, as_of, rated)
    single = "population" not in case
    people = {"case": case.get("facts") or {}} if single else case["population"]
    facts = make_facts(scheme, shelf, people, as_of, rated, bool(case.get("findings")))
    expectations = {"case": case["expect"]} if single else case["expect"]
    differences = []
    for entity, expect in expectations.items():
        unknown = set(expect) - EXPECT_KEYS
        if unknown:
            differences.append(f"expect: 不认识的键 / unknown keys {', '.join(sorted(unknown))}")
            continue
        decisions = [d for d in scheme.explain(facts, entity) if case.get("clause") in (None, d.item)]
        if len(decisions) != 1:
            differences.append(f"clause: 请写明条款 / name the clause: {', '.join(d.item for d in decisions)}")
            continue
        prefix = "" if single else f"{entity}: "
        differences += [prefix + d for d in _compare(decisions[0], expect, shelf)]
        differences += [prefix + d for d in _check_bulk(scheme, facts, decisions[0])]
        differences += [prefix + d for d in _check_figures(facts, entity, expect.get("figures") or {}, shelf)]
    return differences


def make_facts(
    scheme: Scheme,
    shelf: Shelf,
    people: Mapping[str, Mapping[str, Any]],
    as_of: dt.date,
    rated: int,
    findings: bool = False,
) -> Facts:
    """Facts of a few entities from mappings of names to values; ``findings`` answers every human finding with yes."""
    needs = {need.slot: need for need in scheme.needs()}
    by_name = {name: need.variable for need in needs.values() for name in (*need.variable.names, need.variable.code)}
    rows = []
    for entity, given in people.items():
        row: dict[str, int | None] = dict.fromkeys(needs)
        if findings:
            row |= {slot: 1 for slot, need in needs.items() if need.variable.kind is Kind.JUDGEMENT}
        for key, value in (given or {}).items():
            variable, offset = read_fact_key(str(key), by_name, shelf, rated)
            stored = read_value(variable, value)
            row[Need(variable, offset).slot] = stored
        rows.append({"entity": entity, **row})
    slots = sorted({slot for row in rows for slot in row} - {"entity"})
    table = pl.DataFrame(rows, schema={"entity": pl.String, **dict.fromkeys(slots, pl.Int64)})
    return Facts(table, as_of, rated)


def read_fact_key(key: str, by_name: Mapping[str, Variable], shelf: Shelf, rated: int) -> tuple[Variable, int]:
    """``营业收入``, ``营业收入@-1`` or ``2023年营业收入``: the variable and its offset from the rated year."""
    offset = 0
    if m := _OFFSET.match(key):
        key, offset = m[1], int(m[2])
    elif m := _YEAR.match(key):
        key, offset = m[2], int(m[1]) - rated
    variable = by_name.get(key) or shelf.catalogue.get(key)
    return (variable if variable is not None else shelf.catalogue.find(key)), offset


def _compare(decision: Decision, expect: Mapping[str, Any], shelf: Shelf) -> list[str]:
    got: dict[str, Any] = {}
    want: dict[str, Any] = {}
    for key, value in expect.items():
        match key:
            case "outcome":
                want[key], got[key] = _outcome(value), decision.outcome
            case "amount":
                want[key], got[key] = _amount(value), (decision.low, decision.high)
            case "class":
                want[key], got[key] = value, decision.label
            case "score":
                want[key], got[key] = _score(value), _score(decision.score.split("–"))
            case "rank":
                want[key], got[key] = value, decision.rank
            case "missing":
                want[key] = sorted(_slot(v, shelf) for v in value)
                got[key] = sorted(decision.missing)
            case "near":
                want[key] = dict(value)
                lines = " ".join(r.gap for r in decision.reasons if r.gap)
                got[key] = {k: v for k, v in value.items() if str(v) in lines}
            case "status":
                want[key], got[key] = value, next((r.kind for r in decision.reasons if r.kind == value), "")
    return [f"{k}: 期望 / expected {_show(want[k])}, 得到 / got {_show(got[k])}" for k in want if want[k] != got[k]]


def _check_bulk(scheme: Scheme, facts: Facts, decision: Decision) -> list[str]:
    """The table of all decisions must say the same as the explanation of one."""
    table = scheme.decide(facts).decisions.filter(
        (pl.col("entity") == decision.entity) & (pl.col("item") == decision.item)
    )
    if table.height != 1:
        return [f"decide: {table.height} 行 / rows for {decision.entity}"]
    row = table.row(0, named=True)
    if row["outcome"] != decision.outcome:
        return [f"decide {Outcome(row['outcome']).zh} ≠ explain {decision.outcome.zh}"]
    ends = (row.get("low"), row.get("high"))
    return (
        []
        if decision.low is None or ends == (decision.low, decision.high)
        else [f"decide {ends} ≠ explain {(decision.low, decision.high)}"]
    )


def _check_figures(facts: Facts, entity: str, figures: Mapping[str, Any], shelf: Shelf) -> list[str]:
    """What derived variables come out as, by the exact reference."""
    row = {**facts.row(entity), "#as_of": date_index(facts.as_of), "#rated": facts.rated}
    differences = []
    for name, value in figures.items():
        want = parse_quantity(str(value))
        got = Reference(row).number(Checker(shelf.vocabulary).value(str(name), want.unit.dimension))
        if want.unit.dimension == RATIO and isinstance(got, Fraction):
            got *= RATIO_ONE  # rules count ratios in plain numbers
        if got != want.base:
            shown = got.value if isinstance(got, Unknown) else format_quantity(got, want.unit)
            differences.append(f"{name}: 期望 / expected {value}, 得到 / got {shown}")
    return differences


def _outcome(word: Any) -> Outcome | str:
    return next((o for o in Outcome if word in (o.zh, o.en, o.name.lower())), str(word))


def _amount(value: Any) -> tuple[int, int]:
    ends = value if isinstance(value, list) else [value, value]
    if len(ends) != 2:
        zh, en = "金额要写一个数或 [低, 高]", "an amount is one number or [low, high]"
        raise KaiwuError(Problem("P-CASE-AMOUNT", zh, en, text=str(value)))
    low, high = (0 if v == 0 else to_grain(parse_quantity(str(v), dimension=MONEY).base, Fraction(1)) for v in ends)
    return low, high


def _score(value: Any) -> tuple[Fraction | None, ...]:
    """One number twice, or the ends of an interval ``[low, high]``."""
    ends = value if isinstance(value, list) else [value]
    return _number(ends[0]), _number(ends[-1])


def _number(value: Any) -> Fraction | None:
    text = str(value).removesuffix("分").strip()
    try:
        return Fraction(text) if text else None
    except ValueError as error:
        zh, en = "得分要写数, 如 86.5", "a score is a number such as 86.5"
        raise KaiwuError(Problem("P-CASE-SCORE", zh, en, text=text)) from error


def _slot(name: str, shelf: Shelf) -> str:
    variable, offset = read_fact_key(str(name), {}, shelf, 0)
    return Need(variable, offset).slot


def _show(value: Any) -> str:
    return value.zh if isinstance(value, Outcome) else str(value)


__all__ = ["CaseReport", "make_facts", "read_fact_key", "run_cases"]
