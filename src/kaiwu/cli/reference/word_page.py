"""The page of functions and words of the rule language, from the vocabulary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from kaiwu.cli.reference.markdown import code, page, table
from kaiwu.rule.mechanism import MECHANISMS
from kaiwu.rule.mechanism.example import read_examples
from kaiwu.rule.vocabulary import CONNECTIVES, CONSTANTS, CONTEXT, EDGE_WORDS, FUNCTIONS, PeriodKind

FUNCTION_TEXT: Mapping[str, tuple[str, str]] = {
    "min": ("较小值(a, b, …): 取小; 任一缺数据则缺数据", "smallest of its arguments; missing where one is missing"),
    "max": ("较大值(a, b, …): 取大", "largest of its arguments"),
    "if": (
        "如果(条件, 甲, 乙), 或 如果(条件, 甲, 条件, 乙, …, 其余)",
        "if(condition, a, b), or several cases and the rest",
    ),
    "round": ("四舍五入(x, 1元): 按所写单位取整, 逢五远离零", "round(x, 1元): to the step, halves away from zero"),
    "floor": ("舍去(x, 1元): 向下取整", "floor(x, 1元): down to the step"),
    "ceil": ("进位(x, 1元): 向上取整", "ceil(x, 1元): up to the step"),
    "known": ("已知(变量): 有数据为真", "known(variable): true where there is a figure"),
    "abs": ("绝对值(x)", "absolute value"),
    "year": ("年份(日期)", "calendar year of a date"),
    "positive": ("为正(x): 大于零", "greater than zero"),
}
PERIOD_TEXT: Mapping[str, tuple[str, str]] = {
    "value": ("另一年的值", "the value of another year"),
    "mean": ("各年算术平均, 每年都要有", "arithmetic mean; every year is needed"),
    "sum": ("合计", "sum"),
    "min": ("最小", "smallest"),
    "max": ("最大", "largest"),
    "each": ("条件每年都成立", "the condition holds in every year"),
    "any": ("条件至少一年成立", "the condition holds in at least one year"),
    "increase": ("增加额: 新减旧", "new minus old"),
    "growth": ("增长率; 基数为零或负则需认定", "growth; a base of zero or less needs a finding"),
    "mean_growth": ("逐年增长率的平均, 每个先取到 10⁻⁸", "mean of yearly growth rates, each rounded to 10⁻⁸"),
    "compound_growth": ("复合增长率, 只能与百分数比较", "compound growth, only comparable with a percentage"),
}


def describe_words() -> str:
    """The page: connectives, functions, edge words, constants, context, kinds of period words, mechanisms."""
    return page(
        "Functions and words 函数与用词",
        "连接词要有空格或括号隔开; 最长的已声明名称优先。Connectives stand between blanks or brackets; the longest declared name wins.",
        "## Connectives 连接词",
        table(("meaning", "words"), _grouped(CONNECTIVES)),
        "## Functions 函数",
        table(("function", "written", "用法", "meaning"), [(code(k), w, *FUNCTION_TEXT[k]) for k, w in _grouped(FUNCTIONS)]),
        "## Edge words 边界词",
        "每个用到的词都要在规则文件 `edges:` 中声明含不含本数。Each word that is used is declared under `edges:`.",
        table(("word", "may mean"), [(w, " or ".join(code(op) for op in dict.fromkeys(ops))) for w, ops in EDGE_WORDS.items()]),
        "## Constants and context 常量与背景",
        table(("word", "is"), [*((w, str(v).lower()) for w, v in CONSTANTS.items()), *CONTEXT.items()]),
        "## Kinds of period words 年份词的种类",
        table(("kind", "含义", "meaning"), [(code(kind.value), *PERIOD_TEXT[kind.value]) for kind in PeriodKind]),
        "## Mechanisms of amounts 金额算法",
        table(("key", "名称", "name"), [(f"[`{key}`](../mechanisms.md)", f.zh, f.en) for key in MECHANISMS for f in [read_examples(key)]]),
    )  # fmt: skip


def _grouped(words: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for word, meaning in words.items():
        groups[meaning].append(word)
    return [(meaning, "、".join(members)) for meaning, members in groups.items()]
