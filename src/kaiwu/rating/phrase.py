"""Every sentence about a rating (措辞), Chinese and English side by side.

Owns the wording and nothing else. Points are printed by ``points.print_points``, figures by ``kaiwu.rule.wording``.
"""

from __future__ import annotations

Words = tuple[str, str]

PHRASES: dict[str, Words] = {
    # standing
    "out_of_scope": ("不在评价范围", "not in scope of this rating"),
    "exempt": ("暂不参评: {zh}{until}", "exempt for now: {en}{until}"),
    "until": (" (至 {until})", " (until {until})"),
    "treated": (", 按{label}档对待", ", treated as class {label}"),
    "vetoed": ("一票否决: {zh}, 列入{label}档", "vetoed: {en}, class {label}"),
    "pending-scope": ("是否在评价范围内还不能确定", "it is not yet certain whether it is in scope"),
    "pending-exempt": ("是否暂不参评还不能确定: {zh}", "it is not yet certain whether it is exempt: {en}"),
    "pending-veto": (
        "否决事项须查明没有才能定档: {zh}",
        "a veto must be known not to apply before a class is given: {en}",
    ),
    "pending-league": ("所属的组还不能确定", "its league is not yet certain"),
    "pending-unit": ("缺合并评价的{zh}, 不能确定评价单元", "{en} is missing, so its unit is not certain"),
    "pending-member": (
        "同一单元有主体是否参评还不能确定",
        "whether another member of its unit takes part is not yet certain",
    ),
    "other-member": ("由同一单元的其他主体引起", "because of another member of its unit"),
    "pending-tie": (
        "与另外 {others} 个单元同分且跨档线, 办法没有规定同分怎样处理: 需认定",
        "tied with {others} other units across the edge of a class, and no rule decides: needs a finding",
    ),
    "pending-item": (
        "有指标或加减分项还不能计分, 总分不能得出",
        "an item or adjustment has no points yet, so there is no total",
    ),
    "pending-block": ("各项都没有得分, 不能计总分", "no item has points: there is no score"),
    "merged": (
        "与同一{key}的 {others} 个主体合并评价: {names}",
        "rated as one with {others} others of the same {key}: {names}",
    ),
    # items
    "value": ("{zh}: {formula} = {value}{figures}", "{en}: {formula} = {value}{figures}"),
    "plain-value": ("{zh}: {value}", "{en}: {value}"),
    "figures": (" ({figures})", " ({figures})"),
    "benchmark": ("基准值 {base}", "benchmark {base}"),
    "benchmark-mean": ("基准值为参评单元平均 {base}", "the benchmark is the mean of the participants, {base}"),
    "best": ("最好值 {best}", "the best is {best}"),
    "cost": ("平均值 {base}, 达到两倍及以上不得分", "the mean is {base}; twice that or more gives nothing"),
    "posts": ("区间 {low}–{high}", "range {low}–{high}"),
    "posts-seen": ("参评单元的区间 {low}–{high}", "range of the participants {low}–{high}"),
    "rank": ("在 {number} 个单元中列第 {place}", "place {place} of {number} units"),
    "bands": ("按所在区间计分", "points of its band"),
    "as_is": ("按公式直接计分", "points by formula"),
    "measured": (
        "{value}; {method}, 权重 {weight} 分, 得 {points} 分{limited}",
        "{value}; {method}, weight {weight}: {points} points{limited}",
    ),
    "capped": (" (按公式 {raw} 分, 封顶 {limit} 分)", " ({raw} by formula, capped at {limit})"),
    "floored": (" (按公式 {raw} 分, 最低 {limit} 分)", " ({raw} by formula, {limit} at least)"),
    "lacking": ("{zh}: 缺{figures}", "{en}: missing {figures}"),
    "undefined": (
        "{zh}: {formula} 没有定义(除数为零等)",
        "{en}: {formula} is undefined (a divisor of zero or the like)",
    ),
    "no-points": ("{value}; 按办法算不出得分", "{value}; the method gives no points for it"),
    "by-mean": ("{why}; 按该项平均得分计 {points} 分", "{why}; it takes the mean of the item, {points} points"),
    "by-neutral": (
        "{why}; 按权重的一定比例计 {points} 分",
        "{why}; it takes a set share of the weight, {points} points",
    ),
    "by-declared": ("{why}; 按办法计 {points} 分", "{why}; the rulebook gives {points} points"),
    "by-excluded": (
        "{why}; 本项不计, 权重由其余指标分担",
        "{why}; the item is left out and its weight goes to the others",
    ),
    "by-pending": ("{why}; 不能计分: {verdict}", "{why}; no points can be given: {verdict}"),
    "inferred": ("(权重待核实)", " (weight to be verified)"),
    # total, rank, class
    "adjusted": ("{zh}: {points} 分", "{en}: {points} points"),
    "total": ("总分 {parts} = {score} 分{limited}", "total {parts} = {score} points{limited}"),
    "total-rounded": (
        "总分 {parts} = 约{exact}, 取整为 {score} 分{limited}",
        "total {parts} = about {exact}, rounded to {score} points{limited}",
    ),
    "total-limited": (" (按式 {raw} 分, 受上下限约束)", " ({raw} by formula, limited)"),
    "rank-of": ("在{league} {number} 个单元中列第 {rank}{tied}", "rank {rank}{tied} of {number} units{league}"),
    "everybody": ("全部", ""),
    "league": ("{zh}组的", " in league {en}"),
    "tied": (" (并列 {tied} 个)", " (shared by {tied})"),
    "class-share": (
        "{zh}档: {number} 个单元中第 {first} 至第 {last} 名",
        "class {en}: places {first} to {last} of {number} units",
    ),
    "class-score": ("{zh}档: {score} 分{edge}", "class {en}: {score} points{edge}"),
    "class-edge": (", 达到 {low} 分的档线", ", past the line of {low}"),
    "gap": (
        "距{zh}档还差 {gap} 分(他人得分不变时)",
        "{gap} points short of class {en} (all others staying as they are)",
    ),
    "gap-short": ("差 {gap} 分", "{gap} points short"),
    "changed": ("档次调整: {before} → {after}", "class changed: {before} → {after}"),
    "provisional": ("名单中还有待定单元, 档次可能变动", "units are still pending, so the class may still move"),
    # bands
    "band": ("属于{zh}", "{en}"),
    "band-none": ("不在任何一档", "in no band"),
    "band-open": ("还可能属于: {zh}; {verdict}", "still possible: {en}; {verdict}"),
    "band-nothing": ("不在任何一档", "none"),
    "band-row": ("{zh}: {verdict}", "{en}: {verdict}"),
    # awards and streaks
    "award": ("{zh}: {verdict}", "{en}: {verdict}"),
    "award-league": ("属于{zh}组, 前 {take} 名入选", "in league {en}, the first {take} win"),
    "award-no-league": ("不属于任何一组", "in no league"),
    "award-rank": ("名次 {rank}", "rank {rank}"),
    "award-range": (
        "名次在第 {best} 至第 {worst} 之间, 取决于缺少的数据或同分的处理",
        "rank between {best} and {worst}, depending on missing figures or ties",
    ),
    "award-lacking": ("缺{zh}, 不能排名", "{en} is missing: no rank"),
    "award-short": ("差 {places} 名", "{places} places short"),
    "streak": ("连续 {years} 年: {verdict}", "{years} years in a row: {verdict}"),
    "streak-year": ("{year}年{zh}: {answer}", "{en} {year}: {answer}"),
    "streak-computed": ("{year}年{zh}: {answer} (按本次评选)", "{en} {year}: {answer} (by this award)"),
    "won": ("是", "yes"),
    "not-won": ("否", "no"),
    "not-known": ("没有数据", "no figure"),
    "undecided": ("未定", "undecided"),
    "unattested": ("办法或权重待核实", "the rulebook or its weights are to be verified"),
}


def say(code: str, **fields: str | int | Words) -> Words:
    """Fill a template; a field is one text for both languages or a pair of texts."""
    zh, en = PHRASES[code]
    return (
        zh.format(**{k: v[0] if isinstance(v, tuple) else v for k, v in fields.items()}),
        en.format(**{k: v[1] if isinstance(v, tuple) else v for k, v in fields.items()}),
    )


EMPTY: Words = ("", "")
