"""Every finding of lint (规则体检): its code, severity, and what it says in Chinese and English.

Owns wording and severity. It does not own when a finding is made. Each text says what is wrong and what to do.
"""

from __future__ import annotations

from kaiwu.rule.phrase import Words

ERROR, WARNING, NOTE = "error", "warning", "note"
SEVERITIES = (ERROR, WARNING, NOTE)
"""Worst first: an error is a rule that cannot mean what it says, a note is a question."""

FINDINGS: dict[str, tuple[str, str, str]] = {
    "L-ARTICLE": (
        WARNING,
        "条款没有写出处条文; 请在 article 中写明第几条",
        "the clause names no article: write it under article",
    ),
    "L-OWNER": (
        WARNING,
        "变量“{name}”没有主管部门, 缺数据时不知道向谁要; 请写 owner",
        "the variable “{name}” has no owner to ask when a figure is missing: write owner",
    ),
    "L-UNUSED": (
        NOTE,
        "变量“{name}”没有任何规则使用; 请删去或补上规则",
        "the variable “{name}” is used by no rule: remove it or add the rule",
    ),
    "L-NEVER": (
        ERROR,
        "“{rule}”永远不会成立{why}; 请核对数值和方向",
        "“{rule}” can never hold{why}: check its numbers and its direction",
    ),
    "L-ALWAYS": (
        WARNING,
        "“{rule}”总是成立{why}, 等于没有写; 请核对数值和方向",
        "“{rule}” always holds{why} and so says nothing: check its numbers and its direction",
    ),
    "L-CONTRADICT": (
        ERROR,
        "“{first}”与“{second}”不可能同时成立; 是否应为“或”?",
        "“{first}” and “{second}” cannot both hold; is “或” (or) meant?",
    ),
    "L-COVERS": (
        WARNING,
        "“{first}”与“{second}”必有一个成立, 这一组条件等于没有写; 是否应为“且”?",
        "one of “{first}” and “{second}” always holds, so the group says nothing; is “且” (and) meant?",
    ),
    "L-DEAD": (
        WARNING,
        "“{rule}”这一分支在其余条件下永远不会成立; 请删去或核对数值",
        "the branch “{rule}” can never hold beside the other conditions: remove it or check its numbers",
    ),
    "L-SCALE-BOUND": (
        WARNING,
        "“{rule}”中的 {value} 超出变量“{name}”申报的范围({low} 至 {high}); 请核对万、亿, 或放宽 bound",
        "{value} in “{rule}” lies outside the declared bound of “{name}” ({low} to {high}): check 万 and 亿, or widen it",
    ),
    "L-SCALE-SLIP": (
        WARNING,
        "“{rule}”中的 {value} 与实际数据不在一个数量级({count} 家的中位数为 {median}); 是否应为 {other}?",
        "{value} in “{rule}” is orders of magnitude off the data (the median of {count} is {median}); is {other} meant?",
    ),
    "L-SCALE-MAX": (
        NOTE,
        "“{rule}”中的 {value} 高于全部 {count} 家的最高值 {highest}; 请核对数值和单位",
        "{value} in “{rule}” is above the highest of all {count} figures ({highest}): check the number and its unit",
    ),
    "L-NOBODY": (
        WARNING,
        "{known} 家有结论, 没有一家符合; 请核对条件",
        "of {known} decided, not one meets it: check the condition",
    ),
    "L-EVERYBODY": (
        NOTE,
        "{known} 家有结论, 全部符合, 这一条不起筛选作用; 请核对条件",
        "all {known} decided meet it, so it selects nobody: check the condition",
    ),
    "L-NO-DATA": (
        WARNING,
        "{total} 家没有一家有足够数据; 请核对变量是否已经归集",
        "for none of {total} is there enough data: check that its figures are collected",
    ),
    "L-FAIR-TAX": (
        WARNING,
        "“{word}”: 奖补与税收或财政贡献挂钩, 须经公平竞争审查; 请改按实际投入或成效计算, 或附审查结论(条文: {article})",
        "“{word}”: tied to taxes or fiscal contribution, which fair-competition review (公平竞争审查) must clear; tie it to "
        "real effort or effect, or attach the review (article: {article})",
    ),
    "L-FAIR-PLACE": (
        WARNING,
        "“{word}”: 以本地注册或不得迁出为条件, 须经公平竞争审查; 请改以在本地实际经营为条件, 或附审查结论(条文: {article})",
        "“{word}”: requires local registration or forbids to move away, which fair-competition review (公平竞争审查) must "
        "clear; ask for real operation instead, or attach the review (article: {article})",
    ),
    "L-FAIR-PURCHASE": (
        WARNING,
        "“{word}”: 以采购本地产品或服务为条件, 须经公平竞争审查; 请删去地域限制, 或附审查结论(条文: {article})",
        "“{word}”: requires to buy local goods or services, which fair-competition review (公平竞争审查) must clear; drop "
        "the place, or attach the review (article: {article})",
    ),
    "L-EDGE": (
        ERROR,
        "条文用了“{phrase}”, 但没有声明“{word}”是否含本数; 请在 edges 中写 {word}: '{natural}' 或 '{other}'",
        "the text says “{phrase}” without a declared edge: write {word}: '{natural}' or '{other}' under edges",
    ),
    "L-TIER-ORDER": (
        ERROR,
        "这一档的起点 {low} 高于终点 {high}; 请调换",
        "this tier begins at {low}, above its end {high}: swap them",
    ),
    "L-TIER-GAP": (
        ERROR,
        "{low} 与 {high} 之间没有任何一档; 请补档或写明边界含不含本数",
        "no tier covers what lies between {low} and {high}: add one, or state which edge is included",
    ),
    "L-TIER-OVERLAP": (
        ERROR,
        "{low} 至 {high} 同时落在两档; 请让前一档的终点等于后一档的起点, 且只有一边含本数",
        "{low} to {high} lies in two tiers: let one end where the next begins, with the number in one of them only",
    ),
    "L-TIER-TOP": (
        WARNING,
        "{high} 以上没有任何一档; 请写明最高一档没有终点, 或补一档",
        "no tier lies above {high}: leave the last one open, or add one",
    ),
    "L-TIER-DROP": (
        WARNING,
        "断崖: “{name}”从 {before} 到 {after}, 金额由 {amount} 降为 {lower}; 请改为累进, 或设保底",
        "cliff: where “{name}” goes from {before} to {after} the amount falls from {amount} to {lower}: use marginal tiers "
        "or a floor",
    ),
    "L-TIER-JUMP": (
        NOTE,
        "台阶: “{name}”在 {before} 处, 金额由 {amount} 跳到 {higher}, 容易引起凑数; 请确认, 或改为累进",
        "step: at {before} of “{name}” the amount jumps from {amount} to {higher}, which invites window dressing: confirm "
        "it, or use marginal tiers",
    ),
    "L-TIER-DEAD": (
        WARNING,
        "“{rule}”这一档永远轮不到, 前面的档已包含它; 请调整次序或数值",
        "the tier “{rule}” is never reached because earlier ones contain it: change the order or the numbers",
    ),
}
"""Severity and texts by code."""

WHY: dict[str, Words] = {
    "bound": ("(取值范围 {low} 至 {high})", " (its range is {low} to {high})"),
}
