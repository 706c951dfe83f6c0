"""Every sentence of explanations and near misses (措辞), Chinese and English side by side.

Owns the wording and nothing else: no sentence is put together anywhere but here. Lint has its own table
(``lint_phrase``), because its readers write content and these read decisions.
"""

from __future__ import annotations

Words = tuple[str, str]
"""The same words in Chinese and in English."""

PHRASES: dict[str, Words] = {
    # names
    "name-year": ("{year}年{name}", "{name} {year}"),
    "name-ahead": ("{name}(评价年度{years}年)", "{name} (rated year {years})"),
    "name-compound": ("{new}比{old}的年均复合增长率", "the compound yearly growth from {old} to {new}"),
    "name-rate": ("{new}比{old}的增长率", "the growth from {old} to {new}"),
    "name-months": ("从{earlier}到{later}的整月数", "the full months from {earlier} to {later}"),
    "name-year-of": ("{date}的年份", "the year of {date}"),
    "name-round": ("{inner}(取整到{step})", "{inner} (rounded to {step})"),
    "name-min": ("取小({items})", "min({items})"),
    "name-max": ("取大({items})", "max({items})"),
    "name-choose": ("分情形的值({items})", "the value by case ({items})"),
    "name-case": ("{test}时为{value}", "{value} if {test}"),
    "name-otherwise": ("其余为{value}", "otherwise {value}"),
    "as_of": ("基准日", "the basis date"),
    "rated": ("评价年度", "the rated year"),
    "year": ("{year}年", "{year}"),
    "months": ("{months}个月", "{months} month{ms}"),
    "years-months": ("{years}年{months}个月", "{years} year{ys} {months} month{ms}"),
    "years": ("{years}年", "{years} year{ys}"),
    "about": ("约{value}", "about {value}"),
    "between": ("{low}至{high}", "{low} to {high}"),
    # conditions in words
    "and": ("{left} 且 {right}", "{left} and {right}"),
    "or": ("{left} 或 {right}", "{left} or {right}"),
    "not": ("非({inner})", "not ({inner})"),
    "is": ("{name}为是", "{name} is yes"),
    "in": ("{name}属于 {values}", "{name} is one of {values}"),
    "not-in": ("{name}不属于 {values}", "{name} is none of {values}"),
    "has": ("{name}有数据", "{name} has a figure"),
    "true": ("恒成立", "always true"),
    "false": ("恒不成立", "never true"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    # verdicts
    "PASS": ("符合", "met"),
    "FAIL": ("不符合", "not met"),
    "MISSING": ("缺数据", "data missing"),
    "HUMAN": ("需认定", "needs a finding"),
    # one line per atom
    "compare": (
        "{name}为{value}, 要求 {op} {threshold}: {verdict}{gap}{figures}{closed}",
        "{name} is {value}; {op} {threshold} is required: {verdict}{gap}{figures}{closed}",
    ),
    "threshold-computed": ("{name}({value})", "{name} ({value})"),
    "short": (", 差{gap}", ", {gap} short"),
    "short-strict": (", 差{gap}, 且须超过", ", {gap} short, and the line must be passed"),
    "over-strict": (", 超出{gap}, 且须低于该数", ", {gap} too much, and it must stay below the line"),
    "over": (", 超出{gap}", ", {gap} too much"),
    "enough": ("; {changes}即符合本项", "; {changes} would meet this line"),
    "off": (", 相差{gap}", ", {gap} off"),
    "on-edge": (", 恰为该数, 不含本数", ", exactly on the line, which does not count"),
    "figures": (" ({figures})", " ({figures})"),
    "figure": ("{name} {value}", "{name}: {value}"),
    "by-figure": ("{name}采用填报数据, 未用公式", "{name}: the reported figure answers, not the formula"),
    "by-formula": ("{name}由公式算出: {formula}", "{name}: computed by the formula {formula}"),
    "closed": ("; 已定, 不可更改", "; settled, cannot be changed"),
    "missing": (
        "缺{figures}, 不能判断 {rule}{effect}",
        "missing: {figures}; cannot tell whether {rule}{effect}",
    ),
    "no-effect": (" (不影响结论)", " (does not affect the answer)"),
    "zero-divisor": (
        "{divisor}为0, {name}无定义, 要求 {op} {threshold}: 需认定{figures}{effect}",
        "{divisor} is 0, so {name} is undefined; {op} {threshold} is required: needs a finding{figures}{effect}",
    ),
    "no-base": (
        "基数{divisor}为{value}, 不大于0, {name}无定义, 要求 {op} {threshold}: 需认定{figures}{effect}",
        "the base {divisor} is {value}, not above 0, so {name} is undefined; {op} {threshold} is required: "
        "needs a finding{figures}{effect}",
    ),
    "by-finding": (
        "{name}取决于尚未作出的认定({findings}), 要求 {op} {threshold}: 需认定{effect}",
        "{name} depends on a finding still open ({findings}); {op} {threshold} is required: needs a finding{effect}",
    ),
    "undefined": (
        "{name}无定义, 要求 {op} {threshold}: 需认定{figures}{effect}",
        "{name} is undefined; {op} {threshold} is required: needs a finding{figures}{effect}",
    ),
    "flag": ("{name}: {value}, 要求为{wanted}: {verdict}", "{name}: {value}; {wanted} is required: {verdict}"),
    "member": (
        "{name}为{value}, 要求属于 {values}: {verdict}",
        "{name} is {value}; one of {values} is required: {verdict}",
    ),
    "not-member": (
        "{name}为{value}, 要求不属于 {values}: {verdict}",
        "{name} is {value}; none of {values} is allowed: {verdict}",
    ),
    "found": (
        "{name}: 人工认定为{value}, 要求为{wanted}: {verdict}",
        "{name}: found {value}; {wanted} is required: {verdict}",
    ),
    "finding-open": (
        "{name}: 尚待人工认定, 要求为{wanted}{effect}",
        "{name}: a human finding is still open; {wanted} is required{effect}",
    ),
    "known": ("{name}有数据: {verdict}", "{name} has a figure: {verdict}"),
    "not-known": ("{name}没有数据: {verdict}", "{name} has no figure: {verdict}"),
    "known-wanted": (
        "{name}没有数据, 要求有数据: {verdict}",
        "{name} has no figure, but one is required: {verdict}",
    ),
    "unknown-wanted": (
        "{name}有数据, 要求没有数据: {verdict}",
        "{name} has a figure, but none is allowed: {verdict}",
    ),
    "constant": ("本条恒为{value}: {verdict}", "this is always {value}: {verdict}"),
    # headings
    "titled": ("{title}: {line}", "{title}: {line}"),
    "any": (
        "以下{count}项有一项符合即可: {verdict}",
        "any one of the following {count} is enough: {verdict}",
    ),
    "all": ("须同时符合以下{count}项: {verdict}", "all of the following {count} are needed: {verdict}"),
    "case": ("适用“{test}”的情形{figures}", "the case “{test}” applies{figures}"),
    "if": ("若“{test}”:", "if “{test}”:"),
    "else": ("否则:", "otherwise:"),
    "flag-formula": (
        "{name}没有填报, 按公式判断: {formula}",
        "{name} is not reported; its formula decides: {formula}",
    ),
    # near misses
    "raise": (
        "{name}再增加{change}(由{before}到{after})",
        "{name} raised by {change} (from {before} to {after})",
    ),
    "lower": (
        "{name}再降低{change}(由{before}到{after})",
        "{name} lowered by {change} (from {before} to {after})",
    ),
    "would-meet": ("{changes}即符合", "{changes} would meet it"),
    "would-leave": (
        "{changes}后不再不符合, 但仍{verdict}",
        "{changes} would leave it no longer failed, but still: {verdict}",
    ),
    "together": ("须同时: {changes}, 即符合", "together: {changes} would meet it"),
    "together-leave": (
        "须同时: {changes}, 之后不再不符合, 但仍{verdict}",
        "together: {changes} would leave it no longer failed, but still: {verdict}",
    ),
    "lacks": ("{name}差{change}", "{name} {change} short"),
    "exceeds": ("{name}高出{change}", "{name} {change} too high"),
    "settled": ("该期已定, 不可更改", "this period is settled and cannot be changed"),
    # amounts
    "total": ("金额为{value}", "the amount is {value}"),
    "total-range": ("{reasons}, 故金额为区间: {value}", "{reasons}, hence the amount is a range: {value}"),
    "lacking": ("缺{figures}", "{figures} missing"),
    "to-find": ("{findings}尚待认定", "{findings} still to be found"),
    "amount": ("{formula} = {value}", "{formula} = {value}"),
    "not-there": ("{name}(缺)", "{name} (missing)"),
    "cap-hit": (
        "算得{value}, 超过上限{cap}, 取{cap}",
        "{value} computed, above the cap of {cap}: {cap} counts",
    ),
    "cap-free": ("算得{value}, 未超过上限{cap}", "{value} computed, not above the cap of {cap}"),
    "cap-open": ("算得{value}, 上限{cap}, 取{result}", "{value} computed, cap {cap}: {result} counts"),
    "floor-hit": (
        "算得{value}, 不到下限{cap}, 取{cap}",
        "{value} computed, below the floor of {cap}: {cap} counts",
    ),
    "floor-free": ("算得{value}, 不低于下限{cap}", "{value} computed, not below the floor of {cap}"),
    "floor-open": ("算得{value}, 下限{cap}, 取{result}", "{value} computed, floor {cap}: {result} counts"),
    "smallest": ("{items}中取小: {result}", "the smallest of {items}: {result}"),
    "largest": ("{items}中取大: {result}", "the largest of {items}: {result}"),
    "tier": ("符合“{test}”, 取{value}", "“{test}” holds: {value}"),
    "tier-otherwise": ("不符合“{test}”, 取{value}", "“{test}” does not hold: {value}"),
    "tier-none": ("各档都不符合, 取{value}", "no tier applies: {value}"),
    "tier-open": (
        "“{test}”{verdict}, 两种情形都可能: {value}",
        "“{test}”: {verdict}; both cases are possible: {value}",
    ),
    "rounded-half_up": ("{value}按{step}四舍五入为{result}", "{value} rounded half up to {step}: {result}"),
    "rounded-down": ("{value}按{step}舍去为{result}", "{value} rounded down to {step}: {result}"),
    "rounded-up": ("{value}按{step}进位为{result}", "{value} rounded up to {step}: {result}"),
}
"""Templates by code; both languages take the same fields."""

LIST_MARKS: Words = ("、", ", ")
CLAUSE_MARKS: Words = ("; ", "; ")


def say(code: str, **fields: str | int | Words) -> Words:
    """Fill a template: a field is one text for both languages or a pair of texts."""
    zh, en = PHRASES[code]
    return (
        zh.format(**{k: v[0] if isinstance(v, tuple) else v for k, v in fields.items()}),
        en.format(**{k: v[1] if isinstance(v, tuple) else v for k, v in fields.items()}),
    )


def join(parts: list[Words], marks: Words = LIST_MARKS) -> Words:
    """List several words: ``甲、乙`` and ``a, b``."""
    return marks[0].join(p[0] for p in parts), marks[1].join(p[1] for p in parts)


def plain(text: str) -> Words:
    """A text that is the same in both languages (a symbol, a code)."""
    return text, text


EMPTY: Words = ("", "")
