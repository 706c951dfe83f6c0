"""Every sentence about a rubric (措辞), Chinese and English side by side.

Owns the wording and nothing else. Figures are worded by ``kaiwu.rule.wording``.
"""

from __future__ import annotations

Words = tuple[str, str]

PHRASES: dict[str, Words] = {
    "points": ("{points} 分", "{points} points"),
    "range": ("{low}–{high} 分", "{low}–{high} points"),
    "out": ("不在评分范围", "not in scope of this rubric"),
    # items
    "item": ("{zh}: {facts}; 得 {points}{most}{capped}{mark}", "{en}: {facts}; {points}{most}{capped}{mark}"),
    "item-open": ("{zh}: {facts}; 可得 {points}{most}: {verdict}{mark}", "{en}: {facts}; {points}{most} possible: {verdict}{mark}"),
    "most": (" (满分 {most} 分)", " (of {most})"),
    "capped": (", 按满分封顶", ", capped"),
    "unsure": (" (分档待核实)", " (its rows are to be verified)"),
    "value": ("{name} = {value}{figures}, {row}", "{name} = {value}{figures}, {row}"),
    "figures": (" ({figures})", " ({figures})"),
    "row": ("{row}", "{row}"),
    "held": ("满足 {rows}", "meets {rows}"),
    "held-none": ("各项都不满足", "meets none"),
    "lacking": ("缺{figures}", "missing {figures}"),
    "undefined": ("{name} 没有定义(除数为零、基数不为正等)", "{name} is undefined (a divisor of zero or the like)"),
    "finding": ("须由人认定 {findings}", "{findings} must be found by a human"),
    "formula": ("{name} = {value}{figures}", "{name} = {value}{figures}"),
    "expert": ("由专家在 {low}–{high} 分内给分, 尚未给分", "an expert gives {low}–{high} points; none given yet"),
    "expert-row": ("{facts}, 由专家在档内给分", "{facts}, an expert gives points inside the row"),
    "given": ("已给 {points} 分(可给 {low}–{high} 分)", "{points} points were given (of {low}–{high})"),
    "given-clash": ("已给 {points} 分, 但按表只能是 {low}–{high} 分, 请核对", "{points} points were given, but the table allows {low}–{high}: check"),
    "given-block": ("{zh}: 采用给定得分 {points} 分, 各项不再累加", "{en}: the given score of {points} counts; its items are not added"),
    "slot": ("由上层内容包或主管部门规定的“{name}”尚未填写", "“{name}”, to be declared by a pack above or its office, is empty"),
    "slot-filled": ("“{name}”已填 {points} 分", "“{name}” is filled with {points} points"),
    "highest": ("{parts}; 取高", "{parts}; the highest counts"),
    "chosen": ("{parts}; 任选其一", "{parts}; the firm chooses one"),
    "added": ("{parts}; 相加", "{parts}; added"),
    "option": ("{name} {points}", "{name} {points}"),
    # blocks, marks, verdicts
    "block": ("{zh} {points}{most}", "{en} {points}{most}"),
    "score": ("{name} {points}", "{name} {points}"),
    "mark": ("{name} {points}; 需 {op}{at} 分: {verdict}{rest}", "{name} {points}; {op}{at} needed: {verdict}{rest}"),
    "short": (", 差 {gap} 分", ", {gap} short"),
    "short-at-least": (", 最少的情形差 {gap} 分, 最多的情形已达到", ", {gap} short at the least, reached at the most"),
    "if-one": ("; 若 {ways} 则达到", "; reached if {ways}"),
    "and-more": ("{items}等 {number} 项", "{items} and others, {number} items,"),
    "if-sum": ("; 若 {items} 合计再得 {gap} 分则达到", "; reached if {items} together give {gap} more"),
    "way": ("{name} 得 {points} 分({row})", "{name} gives {points} ({row})"),
    "way-plain": ("{name} 得 {points} 分", "{name} gives {points}"),
    "gap": ("{name}差{gap}分", "{name}: {gap} points short"),
    "plan": ("若{changes}, {name} {points}: {verdict}", "if {changes}: {name} {points}: {verdict}"),
    "raise": ("{name}由 {before} 增加 {change} 到 {after}", "{name} rises by {change} from {before} to {after}"),
    "lower": ("{name}由 {before} 减少 {change} 到 {after}", "{name} falls by {change} from {before} to {after}"),
    "settled": ("所评年度已定, 得分不可更改", "the rated year is settled; the points can no longer change"),
    "grade": ("等次: {grade}", "grade: {grade}"),
    "grade-open": ("等次还可能是: {grade}", "grades still possible: {grade}"),
    "direct": ("直通: {zh}", "direct: {en}"),
    "unattested": ("评分表或部分分档待核实", "the table or some of its rows are to be verified"),
}  # fmt: skip


def say(code: str, **fields: str | int | Words) -> Words:
    """Fill a template; a field is one text for both languages or a pair of texts."""
    zh, en = PHRASES[code]
    return (
        zh.format(**{k: v[0] if isinstance(v, tuple) else v for k, v in fields.items()}),
        en.format(**{k: v[1] if isinstance(v, tuple) else v for k, v in fields.items()}),
    )


def listed(parts: list[Words], zh: str = "、", en: str = ", ") -> Words:
    """Several words as one."""
    return zh.join(p[0] for p in parts), en.join(p[1] for p in parts)


EMPTY: Words = ("", "")
