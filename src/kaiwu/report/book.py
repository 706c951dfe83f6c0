"""The workbook of a run (名单工作簿): summary, every list, clauses counted, missing data by department and by name.

Owns which sheets there are and in which order. How a sheet looks is ``printed``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kaiwu.procedure import Run
from kaiwu.report.cell import Column
from kaiwu.report.label import standing_words
from kaiwu.report.listing import Listing, facts_of_run
from kaiwu.report.printed import Printed
from kaiwu.report.shortage import Shortage, detail_columns, detail_table, shortage_columns, shortage_rows
from kaiwu.rule.outcome import Outcome

UNIT_LINE = "单位: 金额为万元; 空格表示缺数据, 不是零"
DETAIL_ROWS = 200_000  # of the list by name in the workbook; the whole of it stands in missing.parquet


def print_book(run: Run, listings: Sequence[Listing], shortage: Shortage, names: Mapping[str, str]) -> list[Printed]:
    """All sheets of the workbook of a run."""
    clauses = [listing for listing in listings if listing.items]
    counted = [print_clauses(run, clauses)] if clauses else []
    lists = [print_list(run, listing) for listing in listings]
    return [print_summary(run, listings), *lists, *counted, *print_shortage(run, shortage, names)]


def print_list(run: Run, listing: Listing) -> Printed:
    """A list in its Excel form."""
    scheme = run.scheme(listing.scheme)
    return Printed(
        name=listing.zh,
        title=f"{listing.zh}名单",
        facts=[*facts_of_run(run, scheme), UNIT_LINE, f"各类计数: {count_line(listing)}"],
        columns=listing.columns,
        rows=listing.table,
        notes=(f"合计: {listing.total:,}", *listing.notes),
        counts=listing.counts,
        is_synthetic=run.record.is_synthetic,
        footer=_footer(run),
    )


def count_line(listing: Listing) -> str:
    """``A 10、B 20, 合计 30 = 范围 30``."""
    parts = "、".join(f"{label} {n:,}" for label, n in listing.counts)
    scope = f"范围 {listing.scope:,}" if listing.expected == listing.scope else f"条款数 × 范围 {listing.scope:,}"
    return f"{parts}, 合计 {listing.total:,} = {scope}"


def print_summary(run: Run, listings: Sequence[Listing]) -> Printed:
    """All schemes of a run with their counts, as the first sheet of its workbook."""
    columns = (
        Column("方案", "scheme", 34),
        Column("依据", "document", 34),
        Column("可信程度", "standing", 20),
        Column("各类计数", "counts", 60),
        Column("合计", "total", 10, "whole"),
        Column("代码", "code", 28),
    )
    rows = []
    for listing in listings:
        document = run.scheme(listing.scheme).document
        counts = "  ".join(f"{label} {n:,}" for label, n in listing.counts)
        title = f"{document.title} {document.number}".strip()
        rows.append((listing.zh, title, standing_words(document.standing)[0], counts, listing.total, listing.scheme))
    return Printed(
        "汇总",
        f"{run.record.zh}: 汇总",
        _facts(run),
        columns,
        rows,
        is_synthetic=run.record.is_synthetic,
        footer=_footer(run),
    )


def print_clauses(run: Run, listings: Sequence[Listing]) -> Printed:
    """Every clause with its four counts and the money that it stands for."""
    columns = (
        Column("方案", "scheme", 28), Column("条款", "clause", 10), Column("事项", "matter", 28), Column("依据", "article", 16),
        *(Column(o.zh, o.en, 9, "whole") for o in (Outcome.PASS, Outcome.HUMAN, Outcome.MISSING, Outcome.FAIL)),
        Column("金额合计下限(万元)", "lowest", 16, "money"), Column("金额合计上限(万元)", "highest", 16, "money"),
    )  # fmt: skip
    rows = []
    for listing in listings:
        for i in listing.items:
            failed, met, missing, human = i.counts
            rows.append((listing.zh, i.item, i.zh, i.article, met, human, missing, failed, i.lowest, i.highest))
    note = "下限为符合者的最低金额之和; 上限另加缺数据、需认定者可能的最高金额。未经封顶、择高和资金池结算。"
    return Printed("条款计数", f"{run.record.zh}: 条款计数", [*_facts(run), UNIT_LINE], columns, rows, (note,),
                   is_synthetic=run.record.is_synthetic, footer=_footer(run))  # fmt: skip


def print_shortage(run: Run, shortage: Shortage, names: Mapping[str, str]) -> list[Printed]:
    """缺数据清单: by department and variable, and by name."""
    notes = (
        "空缺数为数据框中没有数据的主体数; 影响结论数为其中有结论因此停在缺数据的; 有数不能用指口径、用途或时期不符的数据。",
    )
    by_owner = Printed("缺数据清单", f"{run.record.zh}: 缺数据清单(按部门)", _facts(run), shortage_columns(), shortage_rows(shortage), notes,
                       is_synthetic=run.record.is_synthetic, footer=_footer(run))  # fmt: skip
    table = detail_table(shortage)
    left_out = table.height - DETAIL_ROWS
    more = (f"另有 {left_out:,} 行未列, 全部见 missing.parquet",) if left_out > 0 else ()
    by_name = Printed("缺数据明细", f"{run.record.zh}: 缺数据明细(影响结论者)", _facts(run), detail_columns(shortage, names),
                      table.head(DETAIL_ROWS), more, is_synthetic=run.record.is_synthetic, footer=_footer(run))  # fmt: skip
    return [by_owner, by_name]


def _facts(run: Run) -> list[str]:
    r = run.record
    return [
        f"评价年度: {r.rated}年  基准日: {r.as_of}  数据截至: {r.known_at}  范围: {r.population} 个主体",
        f"测算编号: {r.number}  结果摘要: {r.result_digest}",
    ]


def _footer(run: Run) -> str:
    return f"第 {run.record.number} 号测算 {run.record.result_digest[:16]}"
