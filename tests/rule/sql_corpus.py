"""A fixed corpus for the SQL back-end: variables, rules and amounts over every form, and rows full of edges."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fractions import Fraction

import polars as pl

from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.quantity import find_unit
from kaiwu.rule.check import Checker
from kaiwu.rule.interval import IntervalLowering
from kaiwu.rule.lower import Lowering
from kaiwu.rule.program import Op, Program
from kaiwu.rule.reference import Reference, round_to
from kaiwu.rule.vocabulary import Period, PeriodKind, Vocabulary

FEN = Fraction(1)
YUAN = Fraction(100)
AS_OF = (2024 * 12 + 5) * 31 + 29  # 30 June 2024
RATED = 2023


def _variable(
    code: str, zh: str, kind: Kind, unit: str | None, low: int, high: int, grain: int = 1, **more: object
) -> Variable:
    found = find_unit(unit) if unit else None
    return Variable(code, zh, code, kind, found, Fraction(grain), low, high, **more)  # type: ignore[arg-type]


MONEY_TOP = 10**14  # fen: 万亿元
VARIABLES = [
    _variable("revenue", "营业收入", Kind.MONEY, "万元", 0, MONEY_TOP),
    _variable("profit", "利润总额", Kind.MONEY, "万元", -MONEY_TOP, MONEY_TOP),
    _variable("rd", "研发费用", Kind.MONEY, "万元", 0, MONEY_TOP),
    _variable("tax", "实缴税金", Kind.MONEY, "万元", 0, MONEY_TOP),
    _variable("paid", "实付费用", Kind.MONEY, "元", 0, 10**12),
    _variable("debt", "或有负债", Kind.MONEY, "万元", 0, MONEY_TOP),
    _variable("land", "用地面积", Kind.QUANTITY, "亩", 0, 10**8, grain=1000),
    _variable("energy", "综合能耗", Kind.QUANTITY, "吨标煤(等价值)", 0, 10**9, grain=1_000_000),
    _variable("staff", "从业人员", Kind.COUNT, "人", 0, 10**6, grain=100),
    _variable("share", "持股比例", Kind.RATIO, "%", 0, 10**8),
    _variable("founded", "成立日期", Kind.DATE, None, 1900 * 372, 2200 * 372, period=PeriodType.CONSTANT),
    _variable("opened", "投产年度", Kind.YEAR, None, 1900, 2200, period=PeriodType.CONSTANT),
    _variable("grade", "亩均评价", Kind.CATEGORY, None, 0, 3, values=("A", "B", "C", "D")),
    _variable("town", "所在镇街", Kind.CATEGORY, None, 0, 4, values=("东镇", "西镇", "南镇", "北镇", "中镇")),
    _variable("listed", "已上市", Kind.FLAG, None, 0, 1),
    _variable("penalty", "受过处罚", Kind.FLAG, None, 0, 1),
    _variable("advanced", "技术先进", Kind.JUDGEMENT, None, 0, 1),
    _variable("local", "本地核心", Kind.JUDGEMENT, None, 0, 1),
    _variable("per_head", "人均营收", Kind.QUANTITY, "万元/人", 0, 10**12, grain=1, derive="营业收入 / 从业人员"),
    _variable("margin", "利润率", Kind.RATIO, "%", -(10**10), 10**10, derive="利润总额 / 营业收入"),
    _variable("big", "规上", Kind.FLAG, None, 0, 1, derive="营业收入 >= 2000万元"),
]
PERIODS = [
    Period("上年", PeriodKind.VALUE, (-1,)),
    Period("前年", PeriodKind.VALUE, (-2,)),
    Period("近两年均", PeriodKind.MEAN, (0, -1)),
    Period("近三年合计", PeriodKind.SUM, (0, -1, -2)),
    Period("近两年最低", PeriodKind.MIN, (0, -1)),
    Period("近三年最高", PeriodKind.MAX, (0, -1, -2)),
    Period("近两年每年", PeriodKind.EACH, (0, -1)),
    Period("近两年任一年", PeriodKind.ANY, (0, -1)),
    Period("较上年增量", PeriodKind.INCREASE, (0, -1)),
    Period("同比增长", PeriodKind.GROWTH, (0, -1)),
    Period("近两年复合增长", PeriodKind.COMPOUND_GROWTH, (0, -2)),
    Period("近两年平均增速", PeriodKind.MEAN_GROWTH, (0, -1, -2)),
]

RULES = {
    # thresholds and connectives
    "r01": "营业收入 >= 1000万元",
    "r02": "营业收入 > 1000万元 或 实缴税金 > 50万元",
    "r03": "营业收入 < 4亿元 且 从业人员 < 300人",
    "r04": "利润总额 < 0",
    "r05": "利润总额 = -1元 或 利润总额 != 0",
    "r06": "营业收入 between 300万元 and 2000万元",
    "r07": "非 (营业收入 between 300万元 and 2000万元)",
    "r08": "或有负债 > 1亿元 或 非 (或有负债 > 1亿元)",
    "r09": "营业收入 >= 300万元 且 营业收入 < 2000万元 且 利润总额 > 0 且 实缴税金 > 0 且 研发费用 > 0 且 从业人员 >= 20人",
    "r10": "营业收入 >= 300万元 或 利润总额 > 1元 或 实缴税金 > 1元 或 研发费用 > 1元 或 从业人员 >= 20人 或 已上市",
    # ratios, zero and negative divisors
    "r11": "研发费用 / 营业收入 >= 3%",
    "r12": "研发费用 / 营业收入 = 3%",
    "r13": "利润总额 / 营业收入 < 5.5%",
    "r14": "营业收入 / 利润总额 > 1000%",
    "r15": "营业收入 / 利润总额 <= -200% 或 研发费用 / 利润总额 >= 50%",
    "r16": "营业收入 / 用地面积 >= 40万元/亩",
    "r17": "实缴税金 / 用地面积 >= 8.5万元/亩 且 营业收入 / 从业人员 >= 60万元/人",
    "r18": "(营业收入 - 或有负债) / (利润总额 + 实缴税金) >= 200%",
    "r19": "营业收入 / 用地面积 * 10000亩 >= 0.5万元/人 * 从业人员",
    "r21": "非 (研发费用 / 营业收入 >= 3%)",
    "r22": "综合能耗 / 营业收入 <= 0.52吨标煤(等价值)/万元",
    # years
    "r24": "上年营业收入 > 0 且 营业收入 >= 上年营业收入",
    "r25": "近两年均(营业收入) >= 1500万元",
    "r26": "近三年合计(研发费用) / 近三年合计(营业收入) >= 3%",
    "r27": "近两年最低(利润总额) > 0",
    "r28": "近三年最高(营业收入) >= 2000万元 且 近三年最高(营业收入) > 营业收入",
    "r29": "近两年每年(研发费用 / 营业收入 >= 3%)",
    "r30": "近两年任一年(利润总额 > 0)",
    "r31": "较上年增量 营业收入 >= 100万元",
    "r32": "同比增长 营业收入 >= 10%",
    "r33": "同比增长 利润总额 > -5%",
    "r34": "近两年复合增长 营业收入 >= 10%",
    "r35": "近两年复合增长 利润总额 < 6%",
    "r36": "前年营业收入 > 0 且 非 (近两年每年(已上市))",
    # categories, flags, findings, known
    "r37": "亩均评价 in (A, B)",
    "r38": "亩均评价 not in (C, D) 且 所在镇街 = 东镇",
    "r39": "上年亩均评价 = A 或 亩均评价 != D",
    "r40": "已上市",
    "r41": "非 受过处罚 且 技术先进",
    "r42": "技术先进 或 本地核心",
    "r43": "技术先进 且 (本地核心 或 营业收入 >= 1亿元)",
    "r44": "非 (技术先进 或 非 本地核心)",
    "r45": "技术先进 且 非 技术先进",
    "r46": "已知(营业收入) 且 非 已知(利润总额)",
    "r47": "已知(研发费用 / 营业收入) 或 已知(上年营业收入)",
    "r48": "如果(已上市, 营业收入 >= 1亿元, 技术先进)",
    # dates and years
    "r49": "基准日 - 成立日期 >= 1年",
    "r50": "基准日 - 成立日期 < 18月 或 成立日期 >= 2023-03-31",
    "r51": "评价年度 - 投产年度 >= 3年",
    "r52": "成立日期 < 2020年1月31日 且 投产年度 <= 2021年",
    # choices, extremes, rounding, derived
    "r53": "如果(营业收入 >= 1亿元, 研发费用 / 营业收入, 实缴税金 / 营业收入) >= 3%",
    "r54": "较小值(营业收入, 实缴税金 * 10) >= 500万元",
    "r55": "较大值(利润总额, 研发费用, 0) > 100万元",
    "r56": "四舍五入(利润总额 / 7, 1万元) >= -3万元",
    "r57": "舍去(利润总额 / 3, 1元) < 进位(利润总额 / 3, 1元)",
    "r58": "四舍五入(营业收入 / 用地面积, 0.01万元/亩) = 40万元/亩",
    "r59": "绝对值(利润总额) > 100元",
    "r60": "人均营收 >= 60万元/人",
    "r62": "非 规上 或 上年规上",
    "r63": "如果(技术先进, 营业收入, 实缴税金) > 100万元",
    "r64": "如果(亩均评价 = A, 30%, 如果(亩均评价 = B, 20%, 0)) * 营业收入 >= 300万元",
    "r65": "营业收入 / 如果(已上市, 用地面积, 用地面积 * 2) >= 40万元/亩",
    "r66": "true 且 (false 或 营业收入 > 0)",
    "r67": "近两年平均增速 从业人员 >= 10%",
}

# Need more than 64 bits within the declared bounds: SQLite refuses them.
WIDE_RULES = {
    "w20": "研发费用 / 营业收入 > 实缴税金 / 用地面积 / 300万元/亩",
    "w23": "持股比例 >= 51% 且 持股比例 * 营业收入 > 100万元",
    "w61": "利润率 > 5% 且 规上",
    "w01": "研发费用 * 研发费用 >= 营业收入 * 实缴税金",
    "w02": "近两年平均增速 营业收入 >= 10%",
    "w03": "近两年复合增长 营业收入 >= 12.34%",
    "w04": "研发费用 / 营业收入 >= 实缴税金 / 或有负债",
    "w05": "四舍五入(营业收入 * 营业收入 / 研发费用, 1万元) >= 1亿元",
    "w06": "较小值(营业收入 * 1元, 研发费用 * 实缴税金) >= 实付费用 * 1元",
    "w07": "利润总额 * 利润总额 / 利润总额 * 1 < 7元 / 3",
}

# name -> (formula, step in fen, rounding)
AMOUNTS = {
    "a01": ("30% * 实付费用", FEN, "half_up"),
    "a02": ("30% * 实付费用", YUAN, "down"),
    "a03": ("12.345% * 实付费用", YUAN, "up"),
    "a04": ("较小值(30% * 实付费用, 800万元)", FEN, "half_up"),
    "a05": ("较小值(50% * 实付费用, 如果(亩均评价 = A, 1000万元, 如果(亩均评价 = B, 500万元, 0)))", YUAN, "down"),
    "a06": ("如果(技术先进, 50万元, 20万元) + 10% * 实付费用", FEN, "half_up"),
    "a07": ("利润总额 / 7", YUAN, "half_up"),
    "a08": ("利润总额 / 7", YUAN, "down"),
    "a09": ("利润总额 / 7", YUAN, "up"),
    "a10": ("利润总额 - 实缴税金 * 2", FEN, "half_up"),
    "a11": ("进位(实付费用 / 3, 1万元) - 舍去(利润总额 / 3, 1万元)", FEN, "down"),
    "a12": ("较大值(较上年增量 营业收入, 0) * 1%", FEN, "half_up"),
    "a13": (
        "如果(营业收入 >= 1亿元, 100万元, 如果(营业收入 >= 5000万元, 50万元, 如果(营业收入 >= 2000万元, 20万元, 0)))",
        FEN,
        "down",
    ),
    "a14": ("从业人员 * 1000元/人", FEN, "half_up"),
    "a16": ("-1 * 如果(已上市, 实付费用, 利润总额) * 33.333%", YUAN, "half_up"),
}

WIDE_AMOUNTS = {
    "b01": ("较小值(利润率, 10%) * 1000万元", FEN, "half_up"),
    "b02": ("营业收入 * 研发费用 / 3元 - 利润总额 * 利润总额 / 7元", FEN, "half_up"),
    "b03": ("利润总额 * 研发费用 / 13元", YUAN, "up"),
}

EDGES = (
    0,
    1,
    -1,
    2,
    49,
    50,
    51,
    99,
    100,
    101,
    -49,
    -50,
    -51,
    350,
    -350,
    10**6,
    3 * 10**6,
    10**8,
    2 * 10**9,
    10**9 - 1,
    10**10,
)


@dataclass(slots=True)
class Corpus:
    """Compiled rules with what is needed to ask the reference."""

    program: Program = field(default_factory=Program)
    truths: dict[str, int] = field(default_factory=dict)
    integers: dict[str, int] = field(default_factory=dict)
    conditions: dict[str, object] = field(default_factory=dict)
    amounts: dict[str, object] = field(default_factory=dict)
    formulas: dict[str, tuple[str, Fraction, str]] = field(default_factory=dict)

    def slots(self) -> dict[str, tuple[int, int]]:
        """Every frame column with its bounds."""
        p = self.program
        return {p.slots[p.a[n]]: (p.low[n], p.high[n]) for n in range(len(p)) if p.op[n] == Op.SLOT}

    def reference(self, rows: list[dict[str, int | None]]) -> pl.DataFrame:
        """What the oracle answers for every row."""
        columns: dict[str, list[int]] = {"entity": list(range(len(rows)))}
        oracles = [Reference(row) for row in rows]
        for name, tree in self.conditions.items():
            columns[name] = [int(o.outcome(tree)) for o in oracles]  # type: ignore[arg-type]
        for name, tree in self.amounts.items():
            _, step, mode = self.formulas[name]
            ends = [o.interval(tree) for o in oracles]  # type: ignore[arg-type]
            for i, word in enumerate(("low", "high")):
                columns[f"{name}.{word}"] = [int(round_to(end[i], step, mode) / step) for end in ends]
        return pl.DataFrame({name: _series(values) for name, values in columns.items()})

    def frame(self, rows: list[dict[str, int | None]]) -> pl.DataFrame:
        """The rows as engines get them."""
        data = {name: pl.Series([row.get(name) for row in rows], dtype=pl.Int64) for name in self.slots()}
        return pl.DataFrame({"entity": pl.Series(range(len(rows)), dtype=pl.Int64), **data})


def _series(values: list[int]) -> pl.Series:
    fits = all(abs(v) < 2**63 for v in values)
    return pl.Series(values, dtype=pl.Int64 if fits else pl.Int128)


def vocabulary() -> Vocabulary:
    return Vocabulary({n: v for v in VARIABLES for n in v.names}, {p.word: p for p in PERIODS})


def compile_corpus(rules: dict[str, str] = RULES, amounts: dict[str, tuple[str, Fraction, str]] = AMOUNTS) -> Corpus:
    """Compile rules and amounts into one program."""
    corpus = Corpus(formulas=amounts)
    checker = Checker(vocabulary())
    lowering = Lowering(corpus.program)
    for name, text in rules.items():
        tree = checker.condition(text)
        corpus.conditions[name] = tree
        corpus.truths[name] = lowering.condition(tree)
    for name, (text, step, mode) in amounts.items():
        tree = checker.value(text, find_unit("元").dimension)
        corpus.amounts[name] = tree
        low, high = IntervalLowering(lowering).steps(tree, step, mode)
        corpus.integers[f"{name}.low"], corpus.integers[f"{name}.high"] = low, high
    return corpus


def make_rows(corpus: Corpus, count: int, seed: int) -> list[dict[str, int | None]]:
    """Rows of edges: bounds, zeros, exact lines of ratios, and a fifth of the cells missing."""
    chance = random.Random(seed)
    rows = []
    for _ in range(count):
        missing = chance.choice((0.0, 0.05, 0.2, 0.6))
        row: dict[str, int | None] = {}
        base = chance.choice((10**6, 10**8, 10**10, 10**12))
        for name, (low, high) in corpus.slots().items():
            row[name] = None if chance.random() < missing else _cell(chance, low, high, base)
        row["#as_of"], row["#rated"] = AS_OF, RATED
        rows.append(row)
    return rows


def _cell(chance: random.Random, low: int, high: int, base: int) -> int:
    match chance.randrange(8):
        case 0:
            return chance.choice((low, high))
        case 1 | 2:
            value = chance.choice(EDGES)
        case 3 | 4:
            value = base * chance.choice((1, 2, 3, 5, 10, 15, 30, 55, 100, 110, 121)) // 100
        case 5:
            value = base * chance.choice((1, -1)) + chance.choice((-1, 0, 1))
        case 6:
            value = (2024 * 12 + chance.randrange(-60, 6)) * 31 + chance.randrange(31)
        case _:
            value = chance.randrange(low, high + 1)
    return value if low <= value <= high else chance.randrange(low, high + 1)
