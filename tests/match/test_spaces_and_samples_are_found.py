"""Space finding with ages, samples by process and equipment, and the four finds of a firm."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from kaiwu.match.finds import Supply, find_four, is_stale
from kaiwu.match.record import MatchKind
from kaiwu.match.retrieval import OfferIndex
from kaiwu.match.sample import effect_words, find_samples, move_range
from kaiwu.match.space import age_backlog, find_spaces
from kaiwu.rule.decision import Decision
from kaiwu.rule.outcome import Outcome
from market_records import DAY, need, offer

SPACE, SAMPLE = MatchKind.SPACE, MatchKind.SAMPLE
HARD = "面积 >= 2000平方米 且 楼面荷载 >= 1吨/平方米"


def space(code: str, area: float, load: float | None = 1.5, **fields: object) -> object:
    stated = {"space_area": area, **({} if load is None else {"floor_load": load}), **fields}
    return offer(code, f"{code}号楼", SPACE, fields=stated)


ROOMS = OfferIndex([
    space("A", 2400, can_rent=1, month_rent=20, east_km=3, north_km=4), space("B", 2400, can_rent=1, month_rent=12, east_km=9, north_km=0),
    space("C", 9000, 0.5, can_rent=1, month_rent=1), space("D", 2000, None, can_rent=1, month_rent=5), space("E", 3000, can_buy=1, sale_price=4000),
    space("F", 2400, can_rent=1, month_rent=12, east_km=1, north_km=0), space("G", 2400, can_rent_then_buy=1, month_rent=15, east_km=0, north_km=0),
])  # fmt: skip


def wanted(code: str = "K1", **fields: object) -> object:
    return need(code, "厂房", SPACE, HARD, fields={"east_km": 0, "north_km": 0, **fields})


def test_no_space_breaks_a_hard_constraint_and_price_goes_before_distance() -> None:
    fits = find_spaces(wanted(can_rent=1), ROOMS, DAY)
    assert [(f.offer.code, f.form, f.metres) for f in fits] == [
        ("F", "rent", 1000),
        ("B", "rent", 9000),
        ("A", "rent", 5000),
        ("D", "rent", None),
    ]
    assert [f.is_open for f in fits] == [False, False, False, True]
    assert any("2,400" in r.zh or "2400" in r.zh for r in fits[0].reasons)


def test_a_ceiling_puts_dearer_spaces_last_and_says_by_how_much() -> None:
    fits = find_spaces(wanted(can_rent=1, month_rent=15), ROOMS, DAY)
    dear = next(f for f in fits if f.offer.code == "A")
    assert dear.over == 5 * 100 and [f.offer.code for f in fits][2] == "A"


def test_rent_buy_and_rent_then_buy_are_forms_of_their_own() -> None:
    assert [f.offer.code for f in find_spaces(wanted(can_rent_then_buy=1), ROOMS, DAY)] == ["G"]
    assert [f.form for f in find_spaces(wanted(can_buy=1), ROOMS, DAY)] == ["buy"]
    assert find_spaces(wanted(can_buy=1, can_rent_then_buy=1), ROOMS, DAY)[0].form_words == (
        "先租后买",
        "rent, then buy",
    )


def test_the_backlog_ages_every_open_need() -> None:
    needs = [
        wanted("K1", asked_on=DAY - dt.timedelta(200), can_rent=1), wanted("K2", asked_on=DAY - dt.timedelta(30), can_buy=1), wanted("K3"),
        wanted("K4", asked_on=DAY - dt.timedelta(91)), need("K5", "厂房", SPACE, HARD, expiry=DAY - dt.timedelta(1)),
    ]  # fmt: skip
    rows = age_backlog(needs, ROOMS, DAY, closed={"K9"})
    assert [(r.need.code, r.age, r.age_class) for r in rows] == [
        ("K1", 200, ">180"),
        ("K4", 91, "91–180"),
        ("K2", 30, "≤30"),
        ("K3", None, "?"),
    ]
    assert (rows[0].fits, rows[0].nearly) == (3, 1)
    assert [r.need.code for r in age_backlog(needs, ROOMS, DAY, closed={"K1"})] == ["K4", "K2", "K3"]


def sample(code: str, processes: str, equipment: str, **more: object) -> object:
    return offer(
        code,
        f"{code}样本",
        SAMPLE,
        fields={"process_list": processes, "equipment_list": equipment, **more.pop("fields", {})},
        **more,
    )


MADE = [
    offer(
        "O1",
        "壳体",
        party="S1",
        classes=("3392",),
        fields={"process_list": "压铸、机加工", "equipment_list": "冷室压铸机"},
    )
]


def test_samples_are_near_by_process_and_equipment_not_by_industry() -> None:
    samples = [
        sample("P1", "印染 定型", "定型机", classes=("3392",)), sample("P2", "压铸;机加工;抛光", "冷室压铸机", classes=("1752",)), sample("P3", "机加工", "加工中心"),
        sample("P4", "压铸、机加工", "冷室压铸机", party="S1"),
    ]  # fmt: skip
    found = find_samples(MADE, samples)
    assert [each.sample.code for each in found] == ["P2", "P3"]
    assert found[0].share == Fraction(3, 4)
    assert found[0].tell()[0] == "工艺相同: 压铸、机加工; 设备相同: 冷室压铸机 (3/4)"


def test_results_of_followers_move_the_range() -> None:
    one = sample("P", "压铸", "", fields={"effect_low": 5, "effect_high": 12})
    percent = 1_000_000
    assert move_range(one, []) == (5 * percent, 12 * percent)
    assert move_range(one, [3 * percent, 20 * percent]) == (3 * percent, 20 * percent)
    assert move_range(sample("Q", "压铸", ""), []) is None
    assert (effect_words(one), effect_words(one, [20 * percent]), effect_words(sample("Q", "压铸", ""))) == (
        "5%–12%",
        "5%–20%",
        "",
    )


def decision(item: str, outcome: Outcome, high: int | None = None) -> Decision:
    return Decision("S1", "scheme", item, item, item, outcome, high=high)


def test_the_four_finds_of_a_firm_stand_together() -> None:
    results = OfferIndex(
        [offer("R1", "壳体压铸真空技术", MatchKind.TECHNOLOGY), offer("R2", "染料配方", MatchKind.TECHNOLOGY)]
    )
    services = OfferIndex([offer("V1", "壳体检测", MatchKind.SERVICE)])
    own = [
        need("T1", "真空压铸", MatchKind.TECHNOLOGY, party="S1"),
        need("T2", "染料", MatchKind.TECHNOLOGY, party="S1", expiry=DAY - dt.timedelta(1)),
        wanted("K1", can_rent=1),
    ]
    own[2] = need("K1", "厂房", SPACE, HARD, party="S1", fields={"can_rent": 1, "asked_on": DAY - dt.timedelta(40)})
    parts = OfferIndex(MADE)
    orders = parts.find(need("N1", "壳体", party="LEADER"), DAY).matches
    indexes = {
        MatchKind.TECHNOLOGY: results,
        MatchKind.SERVICE: services,
        SPACE: ROOMS,
        SAMPLE: OfferIndex([sample("P3", "机加工", "加工中心")]),
    }
    policies = [
        decision("a", Outcome.FAIL),
        decision("b", Outcome.MISSING),
        decision("c", Outcome.PASS, 5),
        decision("d", Outcome.PASS, 9),
    ]
    found = find_four("S1", own, MADE, Supply(indexes, {"S1": orders}), DAY, policies=policies, failed=1)
    assert [m.need.code for m in found.orders] == ["N1"]
    assert [a.matches[0].offer.code for a in found.answers["innovation"]] == ["R1"]
    assert [a.matches[0].offer.code for a in found.answers["service"]] == ["V1"]
    assert found.derived == {"O1~service"}
    assert [d.item for d in found.policies] == ["d", "c", "b"] and found.failed == 1
    assert found.expired == 1
    assert found.spaces[0].age == 40 and found.spaces[0].fits
    assert [each.sample.code for each in found.samples] == ["P3"]


def test_a_firm_that_nobody_knows_finds_nothing_and_says_so_by_being_empty() -> None:
    found = find_four("NOBODY", [], MADE, Supply({}, {}), DAY)
    assert not (found.orders or found.policies or found.samples or any(found.answers.values()))


def test_an_old_result_that_nobody_uses_is_flagged() -> None:
    old, new = dt.date(2020, 1, 1), dt.date(2025, 1, 1)
    assert is_stale(offer("R", "技术", MatchKind.TECHNOLOGY, fields={"published_on": old}), DAY)
    assert is_stale(offer("R", "技术", MatchKind.TECHNOLOGY, fields={"granted_on": old, "is_licensed": 0}), DAY)
    assert not is_stale(offer("R", "技术", MatchKind.TECHNOLOGY, fields={"published_on": old, "is_licensed": 1}), DAY)
    assert not is_stale(offer("R", "技术", MatchKind.TECHNOLOGY, fields={"published_on": new}), DAY)
    assert not is_stale(offer("R", "技术", MatchKind.TECHNOLOGY), DAY)
