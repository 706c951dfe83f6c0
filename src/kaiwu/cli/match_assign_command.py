"""The command ``match assign``: ranked pairs of a table given out under capacities, with prices and the reason of every better pair not chosen.

Owns the tables in and out. The work is ``kaiwu.match.assignment``.
"""

from __future__ import annotations

from pathlib import Path

import click
import polars as pl

from kaiwu.cli.console import Speaker
from kaiwu.cli.match_market_command import read_rivals, read_share
from kaiwu.cli.option import FILE, speaking
from kaiwu.match.assignment import Limits, Plan, assign, list_unchosen, make_market
from kaiwu.match.assignment.plan import SOLVERS
from kaiwu.quantity import KaiwuError, Problem

SHOWN = 20  # lines on the screen; the files have all
COLUMNS = {
    "edges": {"need": pl.String, "supplier": pl.String, "score": pl.Int64}, "needs": {"need": pl.String, "buyer": pl.String, "places": pl.Int64},
    "suppliers": {"supplier": pl.String, "capacity": pl.Int64, "is_small": pl.Int64},
}  # fmt: skip


@click.command("assign")
@click.argument("edges", type=FILE)
@click.argument("needs", type=FILE)
@click.argument("suppliers", type=FILE)
@click.option(
    "--small-share", default="0%", show_default=True, help="中小企业预留份额 / share reserved for small firms"
)
@click.option(
    "--per-buyer",
    type=click.IntRange(1),
    default=None,
    help="同一采购方给同一供应商至多几项 / most needs of one buyer for one supplier",
)
@click.option("--rivals", type=FILE, default=None, help="竞争对手表 CSV, 两列代码 / CSV of rivals, two columns of ids")
@click.option("--draw", default="", help="并列时公开摇号的名称 / name of the draw among equally good plans")
@click.option("--solver", type=click.Choice(list(SOLVERS)), default=None, help="求解器 / solver")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="写 plan.csv、prices.csv、why.csv / folder for the tables",
)
@speaking
def assign_command(
    edges: Path, needs: Path, suppliers: Path, small_share: str, per_buyer: int | None, rivals: Path | None, draw: str, solver: str | None, out: Path | None,
    speaker: Speaker,
) -> None:  # fmt: skip
    """按容量分配已排序的配对, 给出影子价格和最优证明。EDGES(need,supplier,score) NEEDS(need,buyer,places) SUPPLIERS(supplier,capacity,is_small) 为 CSV。

    Give out ranked pairs under capacities, with prices and a proof; the three tables are CSV.
    """
    tables = {
        name: read_table(path, name) for name, path in (("edges", edges), ("needs", needs), ("suppliers", suppliers))
    }
    sizes = tables["suppliers"].with_columns(pl.col("is_small").fill_null(0) == 1)
    market = make_market(
        tables["edges"],
        tables["needs"],
        sizes,
        limits=Limits(read_share(small_share), per_buyer),
        rivals=read_rivals(rivals) if rivals else (),
    )
    plan = assign(market, solver=solver, draw=draw)
    if out is not None:
        write_plan(plan, out)
    if speaker.is_json:
        speaker.data({"total": plan.total, "proven": plan.prices.is_optimal, "solver": plan.solver, "left_out": dict(market.left_out),
                      "chosen": plan.edges.to_dicts(), "prices": plan.places.filter(plan.places["price"] > 0).to_dicts(), "undecided": int(plan.undecided.sum())})  # fmt: skip
        return
    speaker.say(
        f"选 {plan.edges.height} 对, 总分 {plan.total:,} = 上界 {plan.prices.bound:,}, 最优已证明({plan.solver}); 中小企业 {plan.small_places} 个名额; 并列 {int(plan.tied.sum())} 对",
        f"{plan.edges.height} pairs, {plan.total:,} points = bound {plan.prices.bound:,}: proven best ({plan.solver}); {plan.small_places} places to small firms; {int(plan.tied.sum())} tied pairs",
    )
    full = plan.places.filter(plan.places["price"] > 0).sort("price", descending=True).head(SHOWN)
    heads = (
        ("供应商", "名额", "再多一个名额增加的分")
        if speaker.language == "zh"
        else ("supplier", "places", "points that one more place adds")
    )
    speaker.table(
        speaker.pick("名额已满", "full suppliers"),
        heads,
        full.select("supplier", "capacity", "next_place").rows(),
        right=(1, 2),
    )


def read_table(path: Path, name: str) -> pl.DataFrame:
    """One of the three tables; empty cells are not known. Raises ``KaiwuError`` for a missing column or a cell that is no whole number."""
    wanted = COLUMNS[name]
    table = pl.read_csv(path, infer_schema=False, encoding="utf8-lossy")
    table = table.rename({column: column.strip().lstrip("\ufeff") for column in table.columns})
    missing = [column for column in wanted if column not in table.columns]
    if missing:
        raise KaiwuError(Problem("C-ASSIGN-COLUMN", f"缺少列 {', '.join(missing)}; 要有 {', '.join(wanted)}", f"the columns {', '.join(missing)} are missing; there must be {', '.join(wanted)}", where=path.name))  # fmt: skip
    problems = []
    for column, dtype in wanted.items():
        if dtype == pl.Int64:
            wrong = table.with_row_index("row", offset=2).filter(
                pl.col(column).is_not_null() & pl.col(column).cast(pl.Int64, strict=False).is_null()
            )
            problems += [Problem("C-ASSIGN-NUMBER", f"“{text}”不是整数", f"“{text}” is no whole number", where=f"{path.name}:{row} {column}") for row, text in wrong.select("row", column).head(10).iter_rows()]  # fmt: skip
    if problems:
        raise KaiwuError(problems)
    return table.select(pl.col(column).cast(dtype) for column, dtype in wanted.items())


def write_plan(plan: Plan, folder: Path) -> None:
    """The chosen pairs, the prices, and why better pairs were not chosen."""
    folder.mkdir(parents=True, exist_ok=True)
    plan.edges.write_csv(folder / "plan.csv")
    plan.places.write_csv(folder / "prices.csv")
    why = [
        (w.need, w.supplier, w.score, w.gain, w.price, " ".join(w.causes), w.zh, w.en)
        for need in plan.market.needs
        for w in list_unchosen(plan, need)
    ]
    schema = {
        "need": pl.String,
        "supplier": pl.String,
        "score": pl.Int64,
        "gain": pl.Int64,
        "price": pl.Int64,
        "causes": pl.String,
        "zh": pl.String,
        "en": pl.String,
    }
    pl.DataFrame(why, schema=schema, orient="row").write_csv(folder / "why.csv")
