"""A chain leader's bill of needs: found, given out under capacities, counted as local share."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from kaiwu.match.assignment import Limits
from kaiwu.match.invitation import Terms, invite
from kaiwu.match.local_share import count_local_share
from kaiwu.match.retrieval import OfferIndex
from market_records import DAY, need, offer

LEADER = "LEADER"
OFFERS = [
    offer("O1", "铝合金压铸支架", party="S1", place="330109", fields={"offer_places": 1, "is_small_supplier": 1, "year_capacity": 5000}),
    offer("O2", "压铸支架加工", party="S2", place="330109", fields={"year_capacity": 100}),
    offer("O3", "铝合金压铸壳体", party="S3", place="310100", group="G", fields={"offer_places": 9, "year_capacity": 9000}),
    offer("O4", "注塑齿轮", party="S4", place="330109", fields={"offer_places": 2, "year_capacity": 9000}),
]  # fmt: skip
NEEDS = [
    need("N1", "铝合金压铸支架", party=LEADER, fields={"need_budget": 100, "need_places": 1, "present_place": "310100"}),
    need("N2", "压铸支架", constraints="年产能 >= 1000件", party=LEADER, fields={"need_budget": 50, "need_places": 1, "present_place": "330109"}),
    need("N3", "注塑齿轮", party=LEADER, expiry=dt.date(2026, 2, 1), fields={"need_budget": 70}),
    need("N4", "光刻机", party=LEADER, fields={"need_budget": 10, "present_place": "310100"}),
    need("N5", "", party=LEADER),
]  # fmt: skip


def test_a_full_supplier_serves_the_need_where_it_is_worth_most_and_the_other_hears_why() -> None:
    found = invite(NEEDS[:2], OfferIndex(OFFERS), DAY, Terms(solver="plain"))
    assert [m.offer.code for m in found.invited["N1"]] == ["O1"]
    assert [m.offer.code for m in found.invited["N2"]] == ["O3"]
    (why,) = found.unchosen("N2")
    assert (why.supplier, why.causes) == ("S1", ("supplier",))


def test_a_hard_constraint_is_never_broken() -> None:
    found = invite(NEEDS[1:2], OfferIndex(OFFERS), DAY, Terms(places=9, solver="plain"))
    assert "O2" not in {m.offer.code for m in found.invited["N2"]}


def test_ended_needs_are_counted_needs_without_object_refused_and_unfound_ones_named() -> None:
    found = invite(NEEDS, OfferIndex(OFFERS), DAY, Terms(solver="plain"))
    assert found.expired == 1
    assert list(found.refused) == ["N5"]
    assert found.uninvited == ["N4"]
    assert found.assumed == 1  # S2 does not say what it can take
    assert found.invitations == 2


def test_rivals_and_small_firms_are_respected() -> None:
    rivals = invite(NEEDS[:1], OfferIndex(OFFERS), DAY, Terms(solver="plain"), rivals=[("S1", LEADER), ("G", LEADER)])
    assert [m.offer.code for m in rivals.invited["N1"]] == ["O2"]
    assert rivals.plan.market.left_out == {"rival": 2}
    reserved = invite(NEEDS[:1], OfferIndex(OFFERS[1:3]), DAY, Terms(Limits(Fraction(1)), solver="plain"))
    assert reserved.invited["N1"] == ()


def test_the_local_share_is_a_quotient_of_two_sums_over_the_same_needs() -> None:
    found = invite(NEEDS, OfferIndex(OFFERS), DAY, Terms(solver="plain"))
    share = count_local_share(NEEDS, found.invited, ["3301"])
    million = 1_000_000
    assert (share.total, share.before, share.possible, share.signed) == (
        160 * million,
        50 * million,
        150 * million,
        50 * million,
    )
    assert share.won == ("N1",) and share.unknown == 2
    assert share.share(share.possible) == Fraction(15, 16)
    signed = count_local_share(NEEDS, found.invited, ["3301"], {"N1": ["330109"], "N2": ["310100"]})
    assert signed.signed == 100 * million
    assert "31.2%" in share.tell()[0] and "93.8%" in share.tell()[1]


def test_a_bill_without_amounts_has_no_local_share() -> None:
    share = count_local_share([need("N", "轴")], {}, ["3301"])
    assert share.share(0) is None
    assert "算不出" in share.tell()[0]
