"""A made-up vocabulary, made-up policies and made-up firms for the benchmarks of the rule engines.

Shapes follow real rulebooks (thresholds on amounts, ratios of two figures, growth, per-mu figures, categories,
yes/no facts, findings, dates); every number is synthetic and drawn from a seed.
"""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.quantity import find_unit
from kaiwu.rule.program import Op, Program
from kaiwu.rule.vocabulary import Period, PeriodKind, Vocabulary

MONEY = [f"金额{i}" for i in range(1, 21)]  # 金额1 is the largest: revenue; the others are parts of it
AREA = ["用地", "建筑"]
PEOPLE = ["职工", "研发人员", "本科职工"]
FLAGS = [f"事实{i}" for i in range(1, 13)]
FINDINGS = [f"认定{i}" for i in range(1, 5)]
CATEGORIES = {"镇街": 22, "行业": 97, "等级": 4, "规模": 4, "产业链": 15}
HIGH = 10**15  # fen: ten million million yuan, above any firm

PERIODS = [
    Period("上年", PeriodKind.VALUE, (-1,)),
    Period("近两年均", PeriodKind.MEAN, (0, -1)),
    Period("同比增长", PeriodKind.GROWTH, (0, -1)),
    Period("近两年复合增长", PeriodKind.COMPOUND_GROWTH, (0, -2)),
    Period("近两年每年", PeriodKind.EACH, (0, -1)),
]


def build_vocabulary() -> Vocabulary:
    variables = [
        Variable(f"m{i}", zh, zh, Kind.MONEY, find_unit("万元"), Fraction(1), 0, HIGH) for i, zh in enumerate(MONEY)
    ]
    variables += [
        Variable(f"a{i}", zh, zh, Kind.QUANTITY, find_unit("亩"), Fraction(1), 0, 10**10) for i, zh in enumerate(AREA)
    ]
    variables += [
        Variable(f"p{i}", zh, zh, Kind.COUNT, find_unit("人"), Fraction(100), 0, 10**6) for i, zh in enumerate(PEOPLE)
    ]
    variables += [Variable(f"f{i}", zh, zh, Kind.FLAG, None, Fraction(1), 0, 1) for i, zh in enumerate(FLAGS)]
    variables += [Variable(f"j{i}", zh, zh, Kind.JUDGEMENT, None, Fraction(1), 0, 1) for i, zh in enumerate(FINDINGS)]
    variables += [
        Variable(f"c{i}", zh, zh, Kind.CATEGORY, None, Fraction(1), 0, n - 1, values=tuple(f"类{k}" for k in range(n)))
        for i, (zh, n) in enumerate(CATEGORIES.items())
    ]
    variables.append(
        Variable(
            "founded", "成立日期", "founded", Kind.DATE, None, Fraction(1), 1900 * 372, 2200 * 372, PeriodType.CONSTANT
        )
    )
    return Vocabulary({n: v for v in variables for n in v.names}, {p.word: p for p in PERIODS})


def write_policy(rng: random.Random, rules: int) -> list[str]:
    """The rules of one policy, each of three or four atoms."""
    trade = rng.sample(range(97), rng.randint(2, 9))
    gate = f"行业 in ({', '.join(f'类{k}' for k in sorted(trade))})"
    return [_rule(rng, gate) for _ in range(rules)]


def _rule(rng: random.Random, gate: str) -> str:
    atoms = [_atom(rng) for _ in range(rng.choice((3, 4)))]
    if rng.random() < 0.25:
        atoms[0] = gate
    text = atoms[0]
    for atom in atoms[1:]:
        text = f"({text}) {'或' if rng.random() < 0.3 else '且'} {atom}"
    return text


def _atom(rng: random.Random) -> str:
    kind = rng.choices(_KINDS, _WEIGHTS)[0]
    name = rng.choice(MONEY)
    match kind:
        case "amount":
            return f"{rng.choice(('', '', '上年 '))}{name} {rng.choice(('>=', '>=', '>', '<'))} {_yuan(rng)}万元"
        case "ratio":
            return f"{name} / 金额1 >= {rng.randint(1, 300) / 10}%"
        case "growth":
            return f"同比增长 {name} >= {rng.randint(0, 60) / 2}%"
        case "compound":
            return f"近两年复合增长 {name} >= {rng.randint(0, 30)}%"
        case "per_mu":
            return f"{name} / 用地 >= {rng.randint(1, 900)}万元/亩"
        case "mean":
            return f"近两年均({name}) >= {_yuan(rng)}万元"
        case "people":
            return (
                f"研发人员 / 职工 >= {rng.randint(1, 40)}%"
                if rng.random() < 0.5
                else f"职工 >= {rng.randint(1, 900)}人"
            )
        case "category":
            zh = rng.choice(list(CATEGORIES))
            count = CATEGORIES[zh]
            return f"{zh} in ({', '.join(f'类{k}' for k in sorted(rng.sample(range(count), rng.randint(1, min(6, count)))))})"
        case "fact":
            return rng.choice(FLAGS)
        case "finding":
            return rng.choice(FINDINGS)
    return f"基准日 - 成立日期 >= {rng.randint(1, 120)}个月"


def _yuan(rng: random.Random) -> int:
    return int(10 ** rng.uniform(1.5, 5.5))


_KINDS = ("amount", "ratio", "growth", "compound", "per_mu", "mean", "people", "category", "fact", "finding", "age")
_WEIGHTS = (40, 14, 5, 2, 7, 3, 6, 9, 8, 2, 4)


def draw_columns(program: Program, rows: int, seed: int, missing: float = 0.1) -> dict[str, pl.Series]:
    """A column for every slot: heavy-tailed amounts, whole numbers, some cells missing."""
    rng = np.random.default_rng(seed)
    bounds = {
        program.slots[program.a[n]]: (program.low[n], program.high[n])
        for n in range(len(program))
        if program.op[n] == Op.SLOT
    }
    return {slot: _draw(rng, slot, low, high, rows, missing) for slot, (low, high) in bounds.items()}


def _draw(rng: np.random.Generator, slot: str, low: int, high: int, rows: int, missing: float) -> pl.Series:
    values: NDArray[np.int64]
    if slot == "#as_of":
        return pl.Series(slot, np.full(rows, 2024 * 372 + 180))
    if slot.startswith("founded"):
        values = rng.integers(1985 * 372, 2024 * 372, rows)
    elif high > 10**6:
        size = 9.5 if slot.split("@")[0] == "m0" else 8.0
        values = np.minimum(np.exp(rng.normal(size * np.log(10), 1.8, rows)), high).astype(np.int64)
        values[rng.random(rows) < 0.03] = 0
    else:
        values = rng.integers(low, min(high, 3000) + 1, rows)
    series = pl.Series(slot, values)
    return series.set(pl.Series(rng.random(rows) < missing), None)
