"""Tables into a market: ranked pairs, needs and suppliers by id, with rivals, own groups and the full left out and counted.

Owns these exclusions and the checks of the tables. The arrays are ``market``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl

from kaiwu.match.assignment.market import Limits, Market, Mask
from kaiwu.match.record import Match
from kaiwu.quantity import KaiwuError, Problem

REASONS: dict[str, tuple[str, str]] = {
    "no_score": ("没有得分", "no score"),
    "own_group": ("同一集团", "own group"),
    "rival": ("采购方的竞争对手", "a rival of the buyer"),
    "no_places": ("需求没有名额", "the need has no places"),
    "capacity_unknown": ("供应商余量缺数据", "the supplier's capacity is not known"),
    "no_capacity": ("供应商没有余量", "the supplier has nothing left"),
}
"""Why a pair never took part, in the order in which the reasons are asked for."""


def edges_of(matches: Iterable[Match]) -> pl.DataFrame:
    """Matches as edges ``need``, ``supplier``, ``offer``, ``score``: of several offers of one firm the best, then the first by code.

    The supplier is the firm behind the offer, or the offer itself where no firm is known.
    """
    rows = [(m.need.code, m.offer.party or m.offer.code, m.offer.code, m.score) for m in matches]
    table = pl.DataFrame(
        rows, schema={"need": pl.String, "supplier": pl.String, "offer": pl.String, "score": pl.Int64}, orient="row"
    )
    ranked = table.sort(["need", "supplier", "score", "offer"], descending=[False, False, True, False])
    return ranked.unique(["need", "supplier"], keep="first", maintain_order=True)


def make_market(
    edges: pl.DataFrame, needs: pl.DataFrame, suppliers: pl.DataFrame, *, limits: Limits | None = None,
    groups: Mapping[str, str] | None = None, rivals: Iterable[tuple[str, str]] = (),
) -> Market:  # fmt: skip
    """A market of ``edges`` (``need``, ``supplier``, ``score``), ``needs`` (``need``, ``buyer``, ``places``) and ``suppliers``
    (``supplier``, ``capacity``, ``is_small``; an unknown capacity is null and takes no part).

    ``groups`` is the group of a firm; ``rivals`` are pairs of firms or groups, in either order; who is a rival of a member is one of its
    group. Raises ``KaiwuError`` for an edge to nowhere, for an id or a pair that stands twice, for a need without a buyer or places.
    """
    _check_tables(edges, needs, suppliers)
    needs, suppliers = needs.sort("need"), suppliers.sort("supplier")
    buyers = needs["buyer"].unique().sort()
    placed = edges.join(needs.with_row_index("n"), on="need").join(suppliers.with_row_index("s"), on="supplier")
    placed = placed.sort("n", "s")
    barred = _reasons(placed, groups or {}, rivals)
    left_out = {code: int(mask.sum()) for code, mask in barred.items() if mask.any()}
    any_barred: Mask = np.logical_or.reduce(list(barred.values()))
    kept = placed.filter(pl.Series(~any_barred))
    needs, suppliers = _present(needs, kept, "need"), _present(suppliers, kept, "supplier")
    need_at, supplier_at = _index(needs["need"]), _index(suppliers["supplier"])
    buyer_at = _index(buyers)
    return Market(
        needs=needs["need"].to_list(), buyers=buyers.to_list(), suppliers=suppliers["supplier"].to_list(),
        buyer=needs["buyer"].replace_strict(buyer_at, return_dtype=pl.Int64).to_numpy(), places=needs["places"].cast(pl.Int64).to_numpy(),
        capacity=suppliers["capacity"].cast(pl.Int64).to_numpy(), is_small=suppliers["is_small"].to_numpy(),
        need=kept["need"].replace_strict(need_at, return_dtype=pl.Int64).to_numpy(),
        supplier=kept["supplier"].replace_strict(supplier_at, return_dtype=pl.Int64).to_numpy(),
        score=kept["score"].cast(pl.Int64).to_numpy(), limits=limits or Limits(), left_out=left_out,
    )  # fmt: skip


def _present(table: pl.DataFrame, kept: pl.DataFrame, key: str) -> pl.DataFrame:
    """Who still has an edge, and every need that has places: an empty place counts in the reserve."""
    if key == "need":
        return table.filter(pl.col("places") > 0)
    return table.filter(pl.col(key).is_in(kept[key].unique().implode()))


def _index(names: pl.Series) -> dict[str, int]:
    return {name: i for i, name in enumerate(names)}


def _reasons(placed: pl.DataFrame, groups: Mapping[str, str], rivals: Iterable[tuple[str, str]]) -> dict[str, Mask]:
    """For each reason which pairs it bars, each pair under its first reason only."""
    buyer_house, supplier_house = _houses(placed["buyer"], groups), _houses(placed["supplier"], groups)
    against = {(groups.get(a, a), groups.get(b, b)) for pair in rivals for a, b in (pair, pair[::-1])}
    hostile = pl.DataFrame(sorted(against), schema={"b": pl.String, "s": pl.String}, orient="row").with_columns(
        hit=True
    )
    met = pl.DataFrame({"b": buyer_house, "s": supplier_house}).join(
        hostile, on=["b", "s"], how="left", maintain_order="left"
    )
    found = {
        "no_score": placed["score"].fill_null(0) <= 0,
        "own_group": buyer_house == supplier_house,
        "rival": met["hit"].fill_null(False),
        "no_places": placed["places"] <= 0,
        "capacity_unknown": placed["capacity"].is_null(),
        "no_capacity": placed["capacity"].fill_null(1) <= 0,
    }
    out: dict[str, Mask] = {}
    seen = np.zeros(placed.height, np.bool_)
    for code in REASONS:
        mask = found[code].to_numpy().astype(np.bool_) & ~seen
        out[code] = mask
        seen = seen | mask
    return out


def _houses(firms: pl.Series, groups: Mapping[str, str]) -> pl.Series:
    """The group of each firm, itself where it has none."""
    return firms.replace(list(groups), list(groups.values())) if groups else firms


def _check_tables(edges: pl.DataFrame, needs: pl.DataFrame, suppliers: pl.DataFrame) -> None:
    problems: list[Problem] = []
    for table, key, zh, en in ((needs, "need", "需求", "need"), (suppliers, "supplier", "供应商", "supplier")):
        twice = table.filter(pl.col(key).is_duplicated())[key].unique().sort().head(5).to_list()
        problems += [
            Problem("MA-TWICE", f"{zh}“{code}”出现两次", f"{en} “{code}” stands twice", where=f"{key}s")
            for code in twice
        ]
        lost = edges.filter(~pl.col(key).is_in(table[key].implode()))[key].unique().sort().head(5).to_list()
        problems += [
            Problem("MA-UNKNOWN", f"边上的{zh}“{code}”不在表中; 请补上", f"an edge names the {en} “{code}”, which is not listed: add it", where="edges")
            for code in lost
        ]  # fmt: skip
    for code in edges.filter(pl.struct("need", "supplier").is_duplicated())["need"].unique().sort().head(5):
        problems.append(
            Problem(
                "MA-EDGES",
                f"需求“{code}”与同一供应商有两条边",
                f"the need “{code}” has two edges to one supplier",
                where="edges",
            )
        )
    for code in needs.filter(pl.col("buyer").is_null() | pl.col("places").is_null())["need"].head(5):
        problems.append(
            Problem(
                "MA-NEED",
                f"需求“{code}”缺采购方或名额数",
                f"the need “{code}” lacks its buyer or its number of places",
                where="needs",
            )
        )
    if problems:
        raise KaiwuError(problems)
