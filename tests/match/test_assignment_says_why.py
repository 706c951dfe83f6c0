"""Tables in, exclusions counted, and sentences out."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest

from kaiwu.match.assignment import Limits, Plan, assign, explain_price, explain_unchosen, list_unchosen, make_market
from kaiwu.match.assignment.market import Market
from kaiwu.quantity import KaiwuError

POINT = 1_000_000


def edges(*rows: tuple[str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [(n, s, score * POINT) for n, s, score in rows], schema=["need", "supplier", "score"], orient="row"
    )


def needs(places: int = 1, **buyers: str) -> pl.DataFrame:
    return pl.DataFrame({"need": list(buyers), "buyer": list(buyers.values()), "places": [places] * len(buyers)})


def suppliers(**rows: tuple[int | None, bool]) -> pl.DataFrame:
    return pl.DataFrame(
        [(name, *row) for name, row in rows.items()], schema={"supplier": pl.String, "capacity": pl.Int64, "is_small": pl.Boolean}, orient="row"
    )  # fmt: skip


def two_for_one(**more: object) -> Market:
    return make_market(
        edges(("轴", "甲", 90), ("盖", "甲", 80), ("盖", "乙", 60)), needs(轴="链主", 盖="链主"), suppliers(甲=(1, False), 乙=(1, True)), **more  # type: ignore[arg-type]
    )  # fmt: skip


def chosen(plan: Plan) -> set[tuple[str, str]]:
    return set(plan.edges.select("need", "supplier").rows())


def test_a_full_supplier_goes_where_it_is_worth_most_and_the_other_need_is_told_why() -> None:
    plan = assign(two_for_one())
    assert chosen(plan) == {("轴", "甲"), ("盖", "乙")}
    why = explain_unchosen(plan, "盖", "甲")
    assert (why.gain, why.price, why.causes) == (20 * POINT, 20 * POINT, ("supplier",))
    assert "高 20.00 分" in why.zh and "轴(90.00)" in why.zh
    assert "20.00 above the least chosen" in why.en
    assert [w.supplier for w in list_unchosen(plan, "盖")] == ["甲"]
    assert list_unchosen(plan, "轴") == []


def test_the_price_of_a_full_supplier_is_what_one_more_place_adds() -> None:
    plan = assign(two_for_one())
    assert "可多 20.00 分" in explain_price(plan, "甲")[0]
    assert "would add 20.00 points" in explain_price(plan, "甲")[1]


def test_a_supplier_with_room_costs_nothing() -> None:
    plan = assign(make_market(edges(("轴", "甲", 90)), needs(轴="链主"), suppliers(甲=(2, False))))
    assert "还有余量" in explain_price(plan, "甲")[0]


def test_the_cap_per_buyer_is_named() -> None:
    market = make_market(
        edges(("轴", "甲", 90), ("盖", "甲", 80)),
        needs(轴="链主", 盖="链主"),
        suppliers(甲=(5, False)),
        limits=Limits(per_buyer=1),
    )
    why = explain_unchosen(assign(market), "盖", "甲")
    assert why.causes == ("buyer",)
    assert "上限 1 项" in why.zh and "还有空名额" in why.zh


def test_the_reserve_of_small_firms_is_named() -> None:
    market = make_market(
        edges(("轴", "甲", 90), ("盖", "丙", 80)),
        needs(轴="链主", 盖="链主"),
        suppliers(甲=(5, False), 丙=(5, False)),
        limits=Limits(Fraction(1, 2)),
    )
    why = explain_unchosen(assign(market), "盖", "丙")
    assert why.causes == ("reserve",)
    assert "预留 50%" in why.zh


def test_a_tie_is_told_as_a_draw() -> None:
    market = make_market(
        edges(("轴", "甲", 90), ("盖", "甲", 90)), needs(轴="链主", 盖="链主"), suppliers(甲=(1, False))
    )
    plan = assign(market)
    (loser,) = {"轴", "盖"} - set(plan.edges["need"])
    assert plan.tied.all()
    assert "名额已给" in explain_unchosen(plan, loser, "甲").zh


def test_rivals_own_group_and_unknown_capacity_are_left_out_and_counted() -> None:
    market = make_market(
        edges(("轴", "甲", 90), ("轴", "乙", 80), ("轴", "丙", 70), ("轴", "丁", 60), ("轴", "戊", 50), ("轴", "己", 0)), needs(轴="链主"),
        suppliers(甲=(1, False), 乙=(1, False), 丙=(None, False), 丁=(0, False), 戊=(1, False), 己=(1, False)),
        groups={"链主": "集团一", "甲": "集团一", "乙": "集团二"}, rivals=[("集团二", "链主")],
    )  # fmt: skip
    assert market.left_out == {"no_score": 1, "own_group": 1, "rival": 1, "capacity_unknown": 1, "no_capacity": 1}
    assert chosen(assign(market)) == {("轴", "戊")}


def test_every_mistake_of_the_tables_is_named_at_once() -> None:
    with pytest.raises(KaiwuError) as caught:
        make_market(
            edges(("轴", "甲", 90), ("轴", "甲", 80), ("无", "甲", 1), ("轴", "谁", 1)),
            pl.DataFrame({"need": ["轴", "缺"], "buyer": ["链主", None], "places": [1, 1]}), suppliers(甲=(1, False)),
        )  # fmt: skip
    assert [p.code for p in caught.value.problems] == ["MA-UNKNOWN", "MA-UNKNOWN", "MA-EDGES", "MA-NEED"]


def test_a_pair_without_an_edge_and_a_chosen_pair_are_told_apart() -> None:
    plan = assign(two_for_one())
    with pytest.raises(KaiwuError, match="MA-NO-EDGE"):
        explain_unchosen(plan, "轴", "乙")
    with pytest.raises(KaiwuError, match="MA-CHOSEN"):
        explain_unchosen(plan, "轴", "甲")


def test_limits_out_of_range_are_refused() -> None:
    with pytest.raises(KaiwuError, match="MA-SHARE"):
        Limits(Fraction(3, 2))
    with pytest.raises(KaiwuError, match="MA-PER-BUYER"):
        Limits(per_buyer=0)
