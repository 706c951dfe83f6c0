"""Random ratings and random districts for the property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from district import HEAD, facts, full_firm

SCORES = {
    "higher": ["{benchmark: 24.097万元/亩}", "{benchmark: {mean: participants, round: {to: 0.001万元/亩, mode: half_up}}}",
               "{benchmark: {mean: total, round: {to: 1元/亩, mode: down}}}", "{best: participants}", "{minmax: participants}",
               "{goalposts: [5万元/亩, 40万元/亩], reach: [20%, 100%]}", "{rank: participants, reach: [50%, 100%]}",
               "{bands: {edges: '[)', rows: [{to: 5万元/亩, points: 0分}, {from: 5万元/亩, to: 30万元/亩, points: 7.5分}, "
               "{from: 30万元/亩, points: 30分}]}}"],
    "lower": ["{benchmark: 24.097万元/亩}", "{best: participants}", "{cost: {mean: participants, round: {to: 0.01万元/亩, mode: up}}}",
              "{cost: {mean: total, round: {to: 0.01万元/亩, mode: half_up}}}", "{cost: 20万元/亩}", "{minmax: participants}",
              "{rank: participants}"],
}  # fmt: skip
TREATMENTS = ["data_missing", "mean_of_item", "exclude", "{neutral: 50%}", "{points: -3分}"]
LEAGUES = [
    "",
    "leagues: {by: 行业组}\n",
    "leagues: {groups: [{code: big, zh: 大, when: 平均职工人数 >= 100人}, {code: small, zh: 小, when: 平均职工人数 < 100人}]}\n",
]
CLASSES = [
    "",
    "classes: {by: share, rounding: %s, vetoed: %s, rows: [{class: A, share: 20%%}, {class: B, share: 45%%}, {class: C, share: 30%%}, {class: D}]}\n",
    "classes: {by: count, vetoed: inside, rows: [{class: A, count: 2}, {class: B, count: 3}, {class: C, count: 2}, {class: D}]}\n",
    "classes: {by: cutoff, edges: '%s', rows: [{class: A, from: 60分}, {class: B, from: 40.5分}, {class: C, from: 10分}, {class: D}]}\n",
]
MERGE = (
    "unit: {merge: 宗地, without: %s, sum: [实缴税金, 工业增加值], sum_known: [用地面积, 平均职工人数], same: [行业组], "
    "any: [获质量奖], all: []}\n"
)


@st.composite
def rulers(draw: st.DrawFn) -> str:
    """A rulebook that loads: two relative or fixed indicators and one of every other thing, or none."""
    leagues, classes = draw(st.sampled_from(LEAGUES)), draw(st.sampled_from(CLASSES))
    if "%s" in classes:
        words = {1: ("floor", "half_up", "up", "largest_remainder"), 3: ("[)", "(]")}[CLASSES.index(classes)]
        word = draw(st.sampled_from(words))
        classes = classes % ((word, draw(st.sampled_from(["inside", "outside"]))) if "rounding" in classes else word)
    veto_class = ", class: D" if classes else ""
    text = HEAD + leagues + classes
    text += f"exempt: [{{code: new, zh: 新投产, when: 基准日 - 投产日期 < 24月{', class: B' if classes else ''}}}, {{code: pub, zh: 公用, when: 公用事业}}]\n"
    if draw(st.booleans()) or "vetoed" in classes:
        text += f"veto: [{{code: acc, zh: 事故, when: 发生重大事故{veto_class}}}, {{code: law, zh: 违法, when: 严重违法{veto_class}}}]\n"
    if draw(st.booleans()):
        text += MERGE % draw(st.sampled_from(["alone", "pending"]))
    unknown = draw(st.sampled_from(["", ", unknown: none"]))
    text += f"adjust: [{{code: q, zh: 质量奖, when: 获质量奖, points: 2.5分{unknown}}}]\n"
    text += draw(
        st.sampled_from(["", "ties: share_rank\n", "ties: {rule: [实缴税金, {value: 用地面积, direction: lower}]}\n"])
    )
    text += "full: 60分\nindicators:\n"
    for code, value, weight in (("a", "实缴税金 / 用地面积", 40), ("b", "工业增加值 / 用地面积", 20)):
        direction = draw(st.sampled_from(["higher", "lower"]))
        cap = draw(st.sampled_from(["", f", cap: {weight}分", ", floor: 0分"]))
        text += (
            f"  - {{code: {code}, zh: {code}, en: {code}, value: {value}, direction: {direction}, weight: {weight}分, "
            f"score: {draw(st.sampled_from(SCORES[direction]))}, missing: {draw(st.sampled_from(TREATMENTS))}, "
            f"undefined: {draw(st.sampled_from(['human', *TREATMENTS[1:]]))}, within: {draw(st.sampled_from(['league', 'all']))}, "
            f"round: {{to: {draw(st.sampled_from(['0.01分', '0.5分']))}, mode: {draw(st.sampled_from(['half_up', 'down', 'up']))}}}{cap}}}\n"
        )
    return text.replace("total:", "defaults: {round: {to: 0.01分, mode: half_up}}\ntotal:")


def maybe(values: list[Any]) -> st.SearchStrategy[Any]:
    """One of the values, the first ones most often, or nothing."""
    return st.sampled_from([values[0]] * 6 + [*values, *values, None])


@st.composite
def districts(draw: st.DrawFn, least: int = 1, most: int = 12) -> dict[str, dict[str, Any]]:
    """Firms with few distinct values, so that ties, empty groups and zero divisors are common."""
    cells = {
        "above": maybe([True, True, False]),
        "tax": maybe(["100万元", "0元", "240.97万元", "1000万元", "33.33万元"]),
        "land": maybe(["10亩", "0亩", "7.3亩", "33亩"]),
        "value_added": maybe(["500万元", "-10万元", "0元", "1361.6万元", "77.77万元"]),
        "staff": maybe(["10人", "200人"]),
        "opened": maybe([12 * 31 * 2000, 12 * 31 * 2000, 12 * 31 * 2022]),
        "utility": maybe([False, False, True]),
        "accident": maybe([False, False, True]),
        "violation": maybe([0, 0, 1]),
        "award": maybe([True, False]),
        "industry": maybe(["机械", "化工", "纺织"]),
        "plot": maybe([None, "P1", "P2", "P3"]),
    }
    holes = draw(st.booleans())
    rows = {}
    for i in range(draw(st.integers(least, most))):
        row = {key: draw(values) for key, values in cells.items()}
        if not holes:
            row = {k: (v if v is not None or k == "plot" else _DEFAULT[k]) for k, v in row.items()}
        rows[f"F{i:02}"] = row
    return rows


_DEFAULT = {
    "above": True, "tax": "50万元", "land": "5亩", "value_added": "60万元", "staff": "20人", "opened": 12 * 31 * 1999, "utility": False,
    "accident": False, "violation": 0, "award": False, "industry": "机械",
}  # fmt: skip

__all__ = ["districts", "facts", "full_firm", "rulers"]
