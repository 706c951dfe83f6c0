"""The monthly bulletin (规上工业运行快报) as a page and as a workbook, as printed.

Owns which tables it has and their words. The numbers are ``kaiwu.rating.operation``.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import polars as pl

from kaiwu.quantity import format_decimal
from kaiwu.rating.operation import Bulletin, describe_growth, describe_revision, list_contributions, list_moves
from kaiwu.rating.operation.contribution import PUBLIC_FIRMS, print_units
from kaiwu.rating.operation.revision import CAUSES
from kaiwu.rating.series_streak import describe
from kaiwu.report.cell import Column
from kaiwu.report.page import render
from kaiwu.report.printed import Printed, write_book

Lines = list[tuple[str, str]]
REVISIONS = {
    "latest": ("最新修订", "latest revision"),
    "first": ("首次公布", "as first known"),
    "final": ("终值", "final figures"),
}
BY = {"industry": ("行业", "industry"), "town": ("镇街", "town"), "firm": ("企业", "firm")}
KINDS = (
    ("entries", "新增入统(无同期)", "entry without a base"),
    ("exits", "退出", "exit"),
    ("gaps", "缺数据", "figures missing"),
)
INTERNAL = ("内部资料: 含企业数据, 不得外传", "internal: holds figures of firms, not to be passed on")
RATES = ("增加值由产值按行业增加值率推算", "value added is output times the declared value-added rate of the industry")
PUBLIC = (
    f"少于 {PUBLIC_FIRMS} 家企业的项目并入“其他”, 不列企业",
    f"parts of fewer than {PUBLIC_FIRMS} firms are put together, no firm is listed",
)
WAN_DECIMALS, FEN_PER_UNIT = 2, 10_000
"""Amounts of parts are estimates after prices and rates: hundreds of yuan are enough to print."""
ENGLISH: Mapping[str, tuple[str, str]] = {
    "分行业": ("By industry", "The contributions add up to the growth rate, rounded by largest remainder."),
    "分镇街": ("By town", "The contributions add up to the growth rate, rounded by largest remainder."),
    "分企业": (
        "By firm",
        "The contributions of all firms add up to the growth rate; the page shows those that pull or drag most.",
    ),
    "新增退出缺数": (
        "Entries, exits and missing figures",
        "These firms stand apart and are not in the rate; a blank is missing, not zero.",
    ),
    "同期口径衔接": (
        "From last year's total to this year's base",
        "The totals of two years are of different firms and may not be divided (S-OP-DIVIDE).",
    ),
    "修订影响": (
        "What revisions moved",
        "Changes since the flash; they sum to the difference of the two printed rates.",
    ),
    "各月增速": ("Growth by month", ""),
}
"""Head and note of each table in English; workbooks are in Chinese."""
LISTED_FIRMS = 15
"""Firms that a page lists on either side; the workbook lists all."""


def describe_bulletin(bulletin: Bulletin, *, is_public: bool = False) -> Lines:
    """The sentences of a bulletin, zh and en: growth, revision, streaks, the year, and what is not given and why."""
    decimals = bulletin.spec.decimals
    lines = [describe_growth(bulletin.growth, bulletin.spec.what, decimals.growth, _least(is_public))]
    if bulletin.flash is not None:
        lines.append(describe_revision(bulletin.flash, bulletin.growth, decimals.part, is_public=is_public))
    lines += _streak_lines(bulletin)
    if bulletin.nowcast is not None:
        n = bulletin.nowcast
        name = (bulletin.spec.history.zh, bulletin.spec.history.en) if bulletin.spec.history else ("", "")
        zh, en = (
            f"{_yi(n.total)}亿元({_yi(n.low)}—{_yi(n.high)})",
            f"{_yi(n.total)} ({_yi(n.low)}–{_yi(n.high)}) hundred million yuan",
        )
        lines.append(
            (
                f"全年推算({name[0]}, 现价): {zh}; {n.method[0]}。",
                f"nowcast of {n.year} ({name[1]}, current prices): {en}; {n.method[1]}.",
            )
        )
    # The reason may name firms.
    lines += [
        (
            f"未给出: [{p.code}]{'' if is_public else f' {p.zh}'}",
            f"not given: [{p.code}]{'' if is_public else f' {p.en}'}",
        )
        for p in bulletin.untold
    ]
    return lines


def _streak_lines(bulletin: Bulletin) -> Lines:
    lines = []
    for streak, found in bulletin.streaks:
        zh, en = describe(streak.rule)
        length = str(found.low) if found.is_certain else f"{found.low}—{found.high}"
        since_zh = f", 始于{found.start.zh}" if found.start else ""
        since_en = f" since {found.start.en}" if found.start else ""
        compared = (
            ("按公布位数比较", "compared as printed") if streak.is_printed else ("按精确值比较", "compared exactly")
        )
        if found.low and found.broken_by is None:
            since_zh, since_en = (
                f"{since_zh}(序列由此开始, 此前不明)",
                f"{since_en} (where the series begins; before it unknown)",
            )
        told = f"; 修订改变判断的月份: {'、'.join(p.zh for p in found.turned)}" if found.turned else ""
        told_en = f"; turned by revision: {', '.join(p.en for p in found.turned)}" if found.turned else ""
        lines.append((f"{streak.rule.zh}: 连续 {length} 个月{since_zh}({zh}, {compared[0]}){told}。", f"{streak.rule.en}: {length} months running{since_en} ({en}, {compared[1]}){told_en}."))  # fmt: skip
    return lines


def _yi(fen: Fraction) -> str:
    return format_decimal(fen / 10**10, 2)


def _least(is_public: bool) -> int:
    return PUBLIC_FIRMS if is_public else 1


def list_facts(bulletin: Bulletin, *, is_public: bool = False) -> Lines:
    """The lines under the title: period, scope, prices, revision, day."""
    month = bulletin.growth.month
    prices = (
        ("可比价(按行业价格指数缩减)", "comparable prices (deflated by industry)")
        if bulletin.growth.is_real
        else ("现价", "current prices")
    )
    revision = REVISIONS[bulletin.revision]
    listed = int(month.table["listed"].sum())
    return [
        (f"时期: {bulletin.period.zh}  数据截至: {bulletin.known_at}  修订口径: {revision[0]}", f"period: {bulletin.period.en}  as known on: {bulletin.known_at}  revision: {revision[1]}"),
        (f"范围: 本年名录 {listed} 家, 可比样本 {month.sample.height} 家  价格: {prices[0]}", f"scope: {listed} firms listed, {month.sample.height} comparable  prices: {prices[1]}"),
        *([RATES] if month.basis.rates is not None else []),
        PUBLIC if is_public else INTERNAL,
    ]  # fmt: skip


def print_bulletin(bulletin: Bulletin, *, is_public: bool = False) -> list[Printed]:
    """All tables of a bulletin in their printed form: summary, parts, sample, bridge, revisions, series.

    ``is_public`` leaves out everything from which a firm can be read.
    """
    if is_public:
        return [
            _summary(bulletin, is_public),
            *(_parts(bulletin, by, is_public) for by in ("industry", "town")),
            _series(bulletin, is_public),
        ]
    made = [_summary(bulletin), *(_parts(bulletin, by) for by in BY), _sample(bulletin), _bridge(bulletin)]
    return [*made, *([_moves(bulletin)] if bulletin.flash is not None else []), _series(bulletin)]


def write_bulletin(path: Path, bulletin: Bulletin, language: str = "zh", *, is_public: bool = False) -> Path:
    """Write a bulletin as ``.xlsx`` or else as one HTML file that prints."""
    if path.suffix == ".xlsx":
        return write_book(path, print_bulletin(bulletin, is_public=is_public))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_bulletin(bulletin, language, is_public=is_public), encoding="utf-8")
    return path


def render_bulletin(bulletin: Bulletin, language: str = "zh", *, is_public: bool = False) -> str:
    """The page of a bulletin: the tables of the workbook, firms only those that pull or drag most."""
    second = 1 if language == "en" else 0
    tables = [t for t in print_bulletin(bulletin, is_public=is_public) if t.name != "汇总"]
    title = _title(bulletin)[second]
    shown = [(t, _shorten(t.rows) if t.name == "分企业" else t.rows) for t in tables]
    return render(
        "operation.html", title=title, lang=language, lines=[line[second] for line in describe_bulletin(bulletin, is_public=is_public)],
        facts=[fact[second] for fact in list_facts(bulletin, is_public=is_public)], tables=[(t, _rows(rows), *ENGLISH[t.name]) for t, rows in shown],
        is_synthetic=bulletin.growth.month.is_synthetic,
    )  # fmt: skip


def _rows(rows: object) -> list[tuple[object, ...]]:
    assert isinstance(rows, pl.DataFrame), "tables of a bulletin are frames"
    return rows.rows()


def _shorten(rows: object) -> pl.DataFrame:
    assert isinstance(rows, pl.DataFrame), "tables of a bulletin are frames"
    return rows if rows.height <= 2 * LISTED_FIRMS else pl.concat([rows.head(LISTED_FIRMS), rows.tail(LISTED_FIRMS)])


def round_wan(name: str) -> pl.Expr:
    """Fen as whole units of 10^-2 万元, rounded half up; amounts of parts are never negative."""
    return (pl.col(name) + FEN_PER_UNIT // 2) // FEN_PER_UNIT


def _title(bulletin: Bulletin) -> tuple[str, str]:
    return f"{bulletin.period.zh}{bulletin.spec.zh}", f"{bulletin.spec.en}, {bulletin.period.en}"


def _printed(
    bulletin: Bulletin,
    name: str,
    columns: list[Column],
    rows: pl.DataFrame,
    notes: tuple[str, ...] = (),
    *,
    is_public: bool = False,
) -> Printed:
    title = f"{_title(bulletin)[0]}({name})"
    facts = [zh for zh, _ in list_facts(bulletin, is_public=is_public)]
    return Printed(
        name,
        title,
        facts,
        columns,
        rows,
        notes,
        is_synthetic=bulletin.growth.month.is_synthetic,
        footer=title,
        is_landscape=False,
    )


def _summary(bulletin: Bulletin, is_public: bool = False) -> Printed:
    rows = pl.DataFrame(describe_bulletin(bulletin, is_public=is_public), schema=["zh", "en"], orient="row")
    return _printed(
        bulletin,
        "汇总",
        [Column("快报", "in Chinese", 90), Column("英文", "in English", 90)],
        rows,
        is_public=is_public,
    )


def _parts(bulletin: Bulletin, by: str, is_public: bool = False) -> Printed:
    decimals = bulletin.spec.decimals.firm if by == "firm" else bulletin.spec.decimals.part
    found = list_contributions(bulletin.growth, by, decimals, _least(is_public))
    zh, en = BY[by]
    kind = "decimal"
    price = "可比价" if bulletin.growth.is_real else "现价"
    columns = [
        Column("代码", "code", 22), Column(zh, en, 30), Column("企业数", "firms", 8, "whole"), Column(f"本期({price}, 万元)", "current (10,000 yuan)", 18, kind, WAN_DECIMALS),
        Column("上年同期(万元)", "a year ago (10,000 yuan)", 18, kind, WAN_DECIMALS), Column("同比(%)", "growth (%)", 10, kind, decimals),
        Column("拉动(百分点)", "contribution (pp)", 12, kind, decimals),
    ]  # fmt: skip
    total = print_units(bulletin.growth.rate, decimals)
    note = f"合计增速 {format_decimal(Fraction(total, 10**decimals), decimals)}%, 等于各项拉动之和(最大余数法取整)。"
    rows = found.select("key", "zh", "firms", round_wan("current"), round_wan("base"), "growth", "contribution")
    return _printed(bulletin, f"分{zh}", columns, rows, (note,), is_public=is_public)


def _sample(bulletin: Bulletin) -> Printed:
    month = bulletin.growth.month
    frames = [
        getattr(month, part).select(pl.lit(zh).alias("kind"), "entity", "name", "industry", "current", "base", "before")
        for part, zh, _ in KINDS
    ]
    labels = {code: pair[0] for code, pair in month.industries.items()}
    rows = pl.concat(frames).with_columns(pl.col("industry").replace(labels))
    columns = [
        Column("类别", "kind", 18), Column("代码", "code", 22), Column("企业", "firm", 30), Column("行业", "industry", 24),
        Column("本期(现价, 万元)", "current (10,000 yuan)", 16, "money"), Column("上年同期(万元)", "a year ago as reported now", 16, "money"),
        Column("上年公布时(万元)", "as published a year ago", 16, "money"),
    ]  # fmt: skip
    return _printed(
        bulletin, "新增退出缺数", columns, rows, ("以上企业单列, 不计入可比增速; 空格表示缺数据, 不是零。",)
    )


def _bridge(bulletin: Bulletin) -> Printed:
    b = bulletin.bridge
    parts = [
        ("上年公布口径合计", b.published), ("减: 退出企业", b.exits), ("减: 本期缺数据企业", b.gaps), ("加: 新增入统企业自报同期", b.entries),
        ("加: 同期数修订", b.revisions), ("等于: 可比样本上年同期", b.base), ("可比样本本期(现价)", b.current), ("另: 新增入统无同期企业本期(现价)", b.entries_current),
    ]  # fmt: skip
    rows = pl.DataFrame(parts, schema={"part": pl.String, "amount": pl.Int64}, orient="row")
    note = "上年公布数与本年公布数企业范围不同, 不能相除作增速(S-OP-DIVIDE)。"
    return _printed(
        bulletin,
        "同期口径衔接",
        [Column("项目", "part", 40), Column("总产值(万元)", "output (10,000 yuan)", 20, "money")],
        rows,
        (note,),
    )


def _moves(bulletin: Bulletin) -> Printed:
    decimals = bulletin.spec.decimals.firm
    assert bulletin.flash is not None, "printed only where there was a flash"
    found = list_moves(bulletin.flash, bulletin.growth, decimals)
    labels = {code: pair[0] for code, pair in bulletin.growth.month.industries.items()}
    causes = {code: pair[0] for code, pair in CAUSES.items()}
    rows = found.select("entity", "name", pl.col("industry").replace(labels), pl.col("cause").replace(causes), "effect")
    columns = [
        Column("代码", "code", 22), Column("企业", "firm", 30), Column("行业", "industry", 24), Column("原因", "cause", 24),
        Column("影响(百分点)", "effect (pp)", 12, "decimal", decimals),
    ]  # fmt: skip
    return _printed(bulletin, "修订影响", columns, rows, ("自首次公布起的变动; 各项之和等于两次公布位数增速之差。",))


def _series(bulletin: Bulletin, is_public: bool = False) -> Printed:
    decimals = bulletin.spec.decimals.growth
    points = [
        (
            p.period.zh,
            None if p.rate is None else print_units(p.rate, decimals),
            "; ".join(f"[{x.code}] {x.zh}" for x in p.problems),
        )
        for p in bulletin.points
    ]
    rows = pl.DataFrame(points, schema={"period": pl.String, "rate": pl.Int64, "why": pl.String}, orient="row")
    columns = [
        Column("时期", "period", 18),
        Column("同比(%)", "growth (%)", 12, "decimal", decimals),
        Column("未给出的原因", "why not given", 60),
    ]
    return _printed(bulletin, "各月增速", columns, rows, is_public=is_public)
