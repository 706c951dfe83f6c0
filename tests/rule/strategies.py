"""Random vocabularies, rules as officers write them, and rows, for tests that compare evaluators.

Rules are drawn as text and go through the real parser and checker, so that whatever can be written is tried.
Everything shrinks towards short rules, small bounds and few rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import reject
from hypothesis import strategies as st

from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.quantity import KaiwuError, find_unit
from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker
from kaiwu.rule.interval import IntervalLowering
from kaiwu.rule.lower import AS_OF_BOUND, RATED_BOUND, Lowering
from kaiwu.rule.program import Program, WidthError
from kaiwu.rule.vocabulary import Period, PeriodKind, Vocabulary

Row = dict[str, int | None]

PERIODS = {
    p.word: p
    for p in (
        Period("上年", PeriodKind.VALUE, (-1,)),
        Period("次年", PeriodKind.VALUE, (1,)),
        Period("近两年均", PeriodKind.MEAN, (0, -1)),
        Period("近三年均", PeriodKind.MEAN, (0, -1, -2)),
        Period("近两年合计", PeriodKind.SUM, (0, -1)),
        Period("近两年最低", PeriodKind.MIN, (0, -1)),
        Period("近三年最高", PeriodKind.MAX, (0, -1, -2)),
        Period("近两年每年", PeriodKind.EACH, (0, -1)),
        Period("近三年任一年", PeriodKind.ANY, (0, -1, -2)),
        Period("近两年增量", PeriodKind.INCREASE, (0, -2)),
        Period("同比增长", PeriodKind.GROWTH, (0, -1)),
        Period("近两年平均增速", PeriodKind.MEAN_GROWTH, (0, -1, -2)),
        Period("近两年复合增长", PeriodKind.COMPOUND_GROWTH, (0, -2)),
        Period("近三年复合增长", PeriodKind.COMPOUND_GROWTH, (0, -3)),
    )
}

EDGES = {"以上": ">=", "以下": "<", "超过": ">", "不足": "<"}

LEAVES = {
    "money": ("营业收入", "研发费用", "利润", "补贴", "折算收入"),
    "area": ("用地", "建筑面积"),
    "person": ("人数",),
    "plain": ("占比", "强度"),
    "perland": ("亩均税收", "亩均收入"),
    "date": ("成立日期", "投产日期", "基准日"),
    "year": ("认定年度", "评价年度"),
}
UNITS = {
    "money": ("万元", "元", "亿元", "分钱"),
    "area": ("亩", "平方米"),
    "person": ("人",),
    "plain": ("%", "‰", "个百分点"),
    "perland": ("万元/亩", "元/平方米"),
    "duration": ("年", "个月"),
    "square": ("万元",),
}
NUMBERS = ("1", "3", "2", "10", "0.5", "7", "1000", "0.01", "99999")
GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True, repr=False)
class Case:
    """Rules and rows that go together."""

    vocabulary: Vocabulary
    texts: list[str]
    conditions: list[x.Bool]
    amounts: list[tuple[x.Num, Fraction, str]]
    program: Program
    roots: list[int]
    ends: list[tuple[int, int]]
    rows: list[Row]

    def __repr__(self) -> str:
        bounds = {v.code: (v.low, v.high, str(v.grain), v.derive) for v in self.vocabulary.variables.values()}
        read = {slot.split("@")[0] for slot in self.program.slots}
        rounding = [(str(step), mode) for _, step, mode in self.amounts]
        return f"Case({self.texts}, {rounding}, { {k: v for k, v in bounds.items() if k in read} }, {self.rows})"


# -- vocabulary ----------------------------------------------------------------------------------------------

_SIZES = st.sampled_from([3, 100, 10**6, 10**9, 10**13, 10**15, 10**18])
_GRAINS = st.sampled_from([Fraction(1), Fraction(100), Fraction(10**6), Fraction(1, 3)])


@st.composite
def vocabularies(draw: st.DrawFn) -> Vocabulary:
    """A vocabulary of fixed words and random declarations: bounds, signs, grains, formulas."""
    variables = [
        _money(draw, "revenue", "营业收入", 0),
        _money(draw, "rd", "研发费用", draw(st.sampled_from([0, 1]))),
        _money(draw, "profit", "利润", -1),
        Variable("grant", "补贴", "grant", Kind.MONEY, find_unit("元"), Fraction(1), 0, draw(_SIZES), PeriodType.POINT),
        _derived(draw, "converted", "折算收入", draw(st.sampled_from(_FORMULAS)), "万元", Kind.MONEY),
        Variable("land", "用地", "land", Kind.QUANTITY, find_unit("亩"), draw(_GRAINS), draw(st.integers(0, 1)),
                 draw(_SIZES), PeriodType.POINT),
        Variable("floor", "建筑面积", "floor", Kind.QUANTITY, find_unit("平方米"), Fraction(1500), 0, draw(_SIZES)),
        Variable("staff", "人数", "staff", Kind.COUNT, find_unit("人"), Fraction(100), 0, draw(_SIZES)),
        Variable("share", "占比", "share", Kind.RATIO, find_unit("%"), Fraction(1), 0, 10**8),
        Variable("intensity", "强度", "intensity", Kind.RATIO, find_unit("%"), Fraction(1), -(10**9), 10**9,
                 derive=draw(st.sampled_from([None, "研发费用 / 营业收入"]))),
        Variable("tax_per_mu", "亩均税收", "tax_per_mu", Kind.QUANTITY, find_unit("万元/亩"), Fraction(1, 10**6), 0,
                 draw(_SIZES)),
        _derived(draw, "revenue_per_mu", "亩均收入", "营业收入 / 用地", "万元/亩", Kind.QUANTITY),
        Variable("founded", "成立日期", "founded", Kind.DATE, None, Fraction(1), *AS_OF_BOUND, PeriodType.CONSTANT),
        Variable("opened", "投产日期", "opened", Kind.DATE, None, Fraction(1), *AS_OF_BOUND, PeriodType.CONSTANT),
        Variable("recognised", "认定年度", "recognised", Kind.YEAR, find_unit("年"), Fraction(1), *RATED_BOUND,
                 PeriodType.CONSTANT),
        Variable("listed", "上市", "listed", Kind.FLAG, None, Fraction(1), 0, 1),
        Variable("large", "规上", "large", Kind.FLAG, None, Fraction(1), 0, 1,
                 derive=draw(st.sampled_from(["营业收入 >= 2000万元", "上市 且 人数 >= 3人", "研发费用 / 营业收入 >= 3%"]))),
        Variable("key", "重点", "key", Kind.JUDGEMENT, None, Fraction(1), 0, 1),
        Variable("clean", "合规", "clean", Kind.JUDGEMENT, None, Fraction(1), 0, 1, PeriodType.POINT),
        Variable("grade", "等级", "grade", Kind.CATEGORY, None, Fraction(1), 0, 3, values=GRADES),
    ]  # fmt: skip
    return Vocabulary({name: v for v in variables for name in v.names}, PERIODS, EDGES)


_FORMULAS = (
    "营业收入 + 利润",
    "近两年均(营业收入)",
    "30% * 营业收入",
    "营业收入 - 利润 * 研发费用 / 营业收入",
    "max(营业收入, 利润)",
)


def _money(draw: st.DrawFn, code: str, zh: str, low: int) -> Variable:
    high = draw(_SIZES)
    return Variable(code, zh, code, Kind.MONEY, find_unit("万元"), Fraction(1), -high if low < 0 else low, high)


def _derived(draw: st.DrawFn, code: str, zh: str, formula: str, unit: str, kind: Kind) -> Variable:
    return Variable(code, zh, code, kind, find_unit(unit), draw(_GRAINS), -(10**9), 10**9, derive=formula)


# -- numbers -------------------------------------------------------------------------------------------------


@st.composite
def numbers(draw: st.DrawFn, dimension: str, depth: int, amount: bool = False) -> str:
    """The text of a number of a dimension; ``amount`` keeps to what amounts may contain."""
    if dimension == "square":
        return f"({draw(numbers('money', depth - 1, amount))}) * ({draw(numbers('money', depth - 1, amount))})"
    if dimension == "duration":
        return draw(_durations(depth))
    if dimension in ("date", "year") or depth <= 0:
        return draw(_leaf(dimension))
    shape = draw(st.sampled_from(_SHAPES if not amount else _AMOUNT_SHAPES))
    one = draw(numbers(dimension, depth - 1, amount))
    match shape:
        case "leaf":
            return one
        case "+" | "-":
            return f"({one} {shape} {draw(numbers(dimension, depth - 1, amount))})"
        case "min" | "max":
            return f"{shape}({one}, {draw(numbers(dimension, depth - 1, amount))})"
        case "scale":
            return f"{draw(_FACTORS)} * ({one})"
        case "part":
            return f"({one}) / {draw(st.sampled_from(['3', '2', '-4', '100%', '0.7']))}"
        case "minus":
            return f"-({one})"
        case "abs":
            return f"绝对值({one})"
        case "round":
            how = draw(st.sampled_from(["四舍五入", "舍去", "进位"]))
            return f"{how}({one}, {draw(_steps(dimension))})"
        case "if":
            other = draw(numbers(dimension, depth - 1, amount))
            return f"如果({draw(conditions(depth - 1))}, {one}, {other})"
        case "year":
            word = draw(
                st.sampled_from(
                    ["上年", "近两年均", "近三年均", "近两年合计", "近两年最低", "近三年最高", "近两年增量", "次年"]
                )
            )
            return f"{word}({one})"
        case "times":
            return f"({draw(numbers('plain', depth - 1, amount))}) * ({one})"
        case "by":
            return f"({one}) / ({draw(numbers('plain', depth - 1))})"
    return draw(_quotient(dimension, depth))


_AMOUNT_SHAPES = ("leaf", "scale", "+", "-", "min", "max", "if", "round", "part", "times", "year", "minus", "abs")
_SHAPES = (*_AMOUNT_SHAPES, "quotient", "by", "quotient")
_FACTORS = st.sampled_from(["2", "30%", "1.5", "-3", "0.001%", "7"])


def _leaf(dimension: str) -> st.SearchStrategy[str]:
    names = st.sampled_from(LEAVES[dimension])
    if dimension == "date":
        return st.one_of(names, st.sampled_from(["2020-02-29", "2023年12月31日"]))
    if dimension == "year":
        return st.one_of(names, st.sampled_from(["2020年", "2023年"]))
    return st.one_of(names, names, literals(dimension))


@st.composite
def literals(draw: st.DrawFn, dimension: str) -> str:
    """A literal with its unit; money² has none and is a product."""
    text = draw(st.sampled_from(NUMBERS)) + draw(st.sampled_from(UNITS[dimension]))
    return f"{text} * {text}" if dimension == "square" else text


def _steps(dimension: str) -> st.SearchStrategy[str]:
    steps = {"money": ["1元", "100元", "0.01元", "1万元", "7分钱"], "area": ["1亩", "1平方米"], "person": ["1人"],
             "plain": ["1%", "0.01%", "3%"], "perland": ["1万元/亩", "0.01万元/亩"]}  # fmt: skip
    return st.sampled_from(steps[dimension])


@st.composite
def _quotient(draw: st.DrawFn, dimension: str, depth: int) -> str:
    if dimension == "plain":
        shape = draw(st.sampled_from(["ratio", "growth", "mean growth"]))
        over = draw(st.sampled_from(["money", "money", "area", "person", "perland"]))
        top = draw(numbers(over, depth - 1))
        if shape == "growth":
            return f"同比增长({top})"
        if shape == "mean growth":
            return f"近两年平均增速({top})"
        return f"({top}) / ({draw(numbers(over, depth - 1))})"
    if dimension == "perland":
        return f"({draw(numbers('money', depth - 1))}) / ({draw(numbers('area', depth - 1))})"
    if dimension == "money":
        return f"({draw(numbers('perland', depth - 1))}) * ({draw(numbers('area', depth - 1))})"
    return draw(_leaf(dimension))


@st.composite
def _durations(draw: st.DrawFn, depth: int) -> str:
    kind = draw(st.sampled_from(["date", "date", "year"]))
    later, earlier = draw(_leaf(kind)), draw(_leaf(kind))
    if kind == "date" and depth > 1 and draw(st.booleans()):
        later = f"{draw(st.sampled_from(['max', 'min']))}({later}, {draw(_leaf('date'))})"
    if kind == "date" and depth > 1 and draw(st.booleans()):
        earlier = f"如果({draw(conditions(depth - 2))}, {earlier}, {draw(_leaf('date'))})"
    text = f"({later} - {earlier})"
    if depth > 1 and draw(st.booleans()):
        text = f"({text} + {draw(literals('duration'))})"
    return text


# -- conditions ----------------------------------------------------------------------------------------------

_OPS = st.sampled_from([">=", "<", ">", "<=", "=", "!="])


@st.composite
def conditions(draw: st.DrawFn, depth: int) -> str:
    """The text of a condition."""
    shapes = _ATOMS if depth <= 0 else (*_ATOMS, *_COMBINED)
    shape = draw(st.sampled_from(shapes))
    match shape:
        case "compare":
            return draw(_comparisons(depth))
        case "between":
            dimension = draw(st.sampled_from(["money", "area", "plain", "perland"]))
            low, high = draw(literals(dimension)), draw(literals(dimension))
            return f"({draw(numbers(dimension, depth - 1))} between {low} and {high})"
        case "edge":
            dimension = draw(st.sampled_from(["money", "area", "plain", "perland"]))
            value, bound = draw(numbers(dimension, depth - 1)), draw(literals(dimension))
            suffix = draw(st.sampled_from(["以上", "以下", ""]))
            return (
                f"({value}) {bound}{suffix}"
                if suffix
                else f"({value}) {draw(st.sampled_from(['超过', '不足']))} {bound}"
            )
        case "flag":
            return draw(st.sampled_from(["上市", "规上", "上市 = 否", "重点", "合规", "重点 = 是", "规上 != 是"]))
        case "category":
            return draw(
                st.sampled_from(["等级 = A", "等级 in (A, B)", "等级 != D", "等级 不属于 (C, D)", "上年 等级 = B"])
            )
        case "known":
            inner = draw(st.one_of(st.sampled_from(["营业收入", "等级", "重点", "折算收入"]), numbers("money", depth)))
            return f"已知({inner})"
        case "positive":
            return f"为正({draw(numbers('money', depth - 1))})"
        case "compound":
            word = draw(st.sampled_from(["近两年复合增长", "近三年复合增长"]))
            base = draw(numbers(draw(st.sampled_from(["money", "money", "plain", "perland"])), depth - 1))
            return f"{word}({base}) {draw(_OPS)} {draw(st.sampled_from(['10%', '0%', '7.5%', '-3%', '100%']))}"
        case "date":
            return f"{draw(_leaf('date'))} {draw(_OPS)} {draw(_leaf('date'))}"
        case "truth":
            return draw(st.sampled_from(["true", "false"]))
        case "and" | "or":
            word = {"and": "且", "or": "或"}[shape]
            return f"({draw(conditions(depth - 1))}) {word} ({draw(conditions(depth - 1))})"
        case "not":
            return f"非 ({draw(conditions(depth - 1))})"
        case "if":
            a, b, c = (draw(conditions(depth - 1)) for _ in range(3))
            return f"如果({a}, {b}, {c})"
    word = draw(st.sampled_from(["近两年每年", "近三年任一年", "上年"]))
    return f"{word}({draw(conditions(depth - 1))})"


_ATOMS = (
    "compare",
    "edge",
    "flag",
    "category",
    "compare",
    "compare",
    "compound",
    "known",
    "between",
    "positive",
    "date",
    "truth",
)
_COMBINED = ("and", "or", "not", "and", "or", "each", "if")


@st.composite
def _comparisons(draw: st.DrawFn, depth: int) -> str:
    dimension = draw(
        st.sampled_from(["money", "plain", "area", "person", "perland", "duration", "square", "money", "plain"])
    )
    left = draw(numbers(dimension, depth))
    right = draw(st.one_of(literals(dimension), st.just("0"), numbers(dimension, depth)))
    if draw(st.booleans()):
        left, right = right, left
    return f"{left} {draw(_OPS)} {right}"


# -- rows ----------------------------------------------------------------------------------------------------


def stored_values(low: int, high: int) -> st.SearchStrategy[int | None]:
    """A cell: missing three times in ten, else an edge, a round number or anything within the bounds."""
    round_numbers = [
        k * step for step in (1, 100, 10**4, 10**6, 10**8, 10**12) for k in (-3, -2, -1, 0, 1, 2, 3, 7, 10)
    ]
    edges = sorted({v for v in (0, 1, -1, low, high, low + 1, high - 1, *round_numbers) if low <= v <= high}, key=abs)
    anything = st.integers(low, high)
    return st.integers(0, 9).flatmap(
        lambda k: st.none() if k in (7, 8, 9) else anything if k == 6 else st.sampled_from(edges)
    )


@st.composite
def rows_for(draw: st.DrawFn, refs: dict[str, x.Ref], count: int) -> list[Row]:
    """Rows with a cell for every slot; the run always has its date and its year."""
    cells = {slot: stored_values(ref.variable.low, ref.variable.high) for slot, ref in refs.items()}
    result = []
    for _ in range(count):
        row: Row = {slot: draw(cell) for slot, cell in cells.items()}
        row["#as_of"] = draw(st.sampled_from([2024 * 372, 2023 * 372 + 11 * 31 + 30, *AS_OF_BOUND]))
        row["#rated"] = draw(st.sampled_from([2024, 2020, *RATED_BOUND]))
        result.append(row)
    return result


# -- all together --------------------------------------------------------------------------------------------


@st.composite
def cases(draw: st.DrawFn, conditions_count: int = 2, amounts_count: int = 0, rows: int = 6, depth: int = 3) -> Case:
    """Rules that check and lower, with rows that give every slot a value or none.

    A rule that the checker or the proof of widths refuses is drawn again.
    """
    vocabulary = draw(vocabularies())
    checker = Checker(vocabulary)
    program = Program()
    lowering = Lowering(program)
    texts = [draw(conditions(depth)) for _ in range(conditions_count)]
    amount_texts = [draw(numbers("money", depth, amount=True)) for _ in range(amounts_count)]
    try:
        trees = [checker.condition(text) for text in texts]
        roots = [lowering.condition(tree) for tree in trees]
        amounts, ends = [], []
        for text in amount_texts:
            step = Fraction(draw(st.sampled_from([1, 100, 10**6])))
            mode = draw(st.sampled_from(["half_up", "down", "up"]))
            tree = checker.value(text)
            amounts.append((tree, step, mode))
            ends.append(IntervalLowering(lowering).steps(tree, step, mode))
    except (KaiwuError, WidthError):
        reject()
    refs = {slot: ref for tree in (*trees, *(a[0] for a in amounts)) for slot, ref in x.slots_of(tree).items()}
    count = draw(st.integers(1, rows))
    return Case(vocabulary, texts + amount_texts, trees, amounts, program, roots, ends, draw(rows_for(refs, count)))
