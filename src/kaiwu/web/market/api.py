"""The market over the API (供需接口): search with reasons, a round held, a pair's steps, four finds; and who is meant by a name.

Owns the routes below ``/api/market/`` and ``/api/identity/``. Each calls the service or query of its page, under the same scope; writes
need the form token of the session, as pages do. Scores are millionths, amounts fen.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from django.http import Http404, HttpRequest
from ninja import NinjaAPI, Router, Schema
from ninja.security import SessionAuth
from pydantic import Field

from kaiwu.identity.linking.answer import Link
from kaiwu.match.assignment import Limits
from kaiwu.match.finds import CHAINS
from kaiwu.match.funnel import STAGES, report_funnel, watch_concentration
from kaiwu.match.invitation import Terms
from kaiwu.match.record import Match, MatchKind
from kaiwu.match.retrieval import Answer
from kaiwu.quantity import KaiwuError
from kaiwu.rule.decision import Reason
from kaiwu.rule.outcome import Outcome
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.identity import queries as identity
from kaiwu.web.identity import services as answers
from kaiwu.web.market import queries
from kaiwu.web.market.desk import market_desk
from kaiwu.web.market.services import RoundTerms, Step, invite, take_step
from kaiwu.web.registry.models import Firm
from kaiwu.web.registry.reach import reach_of
from kaiwu.web.shell import actor_of, person_of

VIEWERS = OFFICE | {Role.TOWN, Role.AUDIT}


class HeldBy(SessionAuth):
    """Lets in who holds one of the roles; for others there is no such route, whatever they send."""

    def __init__(self, *roles: Role) -> None:
        super().__init__()
        self.roles = roles

    def authenticate(self, request: HttpRequest, key: str | None) -> Person:
        """Who asks."""
        person = person_of(request)
        if not person.holds(*self.roles):
            raise Http404
        return person


router = Router(auth=HeldBy(*VIEWERS), tags=["market"])
names = Router(auth=HeldBy(*OFFICE), tags=["identity"])
FIRMS = HeldBy(*VIEWERS, Role.CLERK)


class Said(Schema):
    """A sentence in both languages."""

    zh: str
    en: str
    outcome: str = Field("", description="PASS, FAIL, MISSING, HUMAN; blank where the sentence decides nothing")


class MatchOut(Schema):
    """A ranked offer with every reason."""

    rank: int
    offer: str
    title: str
    party: str
    score: int
    outcome: str
    reasons: list[Said]


class AnswerOut(Schema):
    """What was found for a need; where nothing fits, ``steps`` say what to do next."""

    need: str
    title: str
    met: int
    opened: int
    matches: list[MatchOut]
    would_fit: list[MatchOut]
    left_out: dict[str, int]
    steps: list[Said]
    problems: list[Said]


class NeedIn(Schema):
    """A need, stated (``need``: its code) or typed."""

    need: str = ""
    kind: MatchKind = MatchKind.PART
    title: str = Field("", max_length=200)
    text: str = Field("", max_length=2000)
    when: str = Field("", max_length=500, description="hard conditions in the rule language")
    region: str = Field("", max_length=60)
    certificate: str = Field("", max_length=100)
    count: int = Field(10, ge=1, le=100)


class RoundIn(Schema):
    """The terms of an invitation round."""

    event: str = Field(max_length=80)
    section: str = Field("", max_length=80)
    buyers: list[str] = Field(default_factory=list)
    local: list[str]
    places: int = Field(3, ge=1, le=50)
    capacity: int = Field(5, ge=0, le=1000)
    small_share: int = Field(0, ge=0, le=100, description="%")
    per_buyer: int | None = Field(None, ge=1)
    candidates: int = Field(8, ge=1, le=100)


class RoundOut(Schema):
    """The list that was made."""

    list: str
    needs: int
    invitations: int
    uninvited: int


class StepIn(Schema):
    """A step of a pair, amounts in fen."""

    list: str
    need: str
    offer: str
    stage: str
    day: dt.date
    amount: int | None = None
    logistics: int | None = None
    reason: str | None = None
    note: str | None = Field(None, max_length=500)


class PairOut(Schema):
    """A pair and what became of it."""

    list: str
    need: str
    offer: str
    supplier: str
    buyer: str | None
    rank: int
    stage: str
    signed: int | None
    reason: str | None


class FunnelOut(Schema):
    """The funnel over all pairs in reach."""

    reached: dict[str, int]
    asked: int
    signed: int
    delivered: int
    median_response_days: float | None
    concentration: Said
    is_alarming: bool


class LinkOut(Schema):
    """Who is meant by a name, with signed evidence."""

    status: str
    entity: str
    weight: float
    evidence: list[Said]
    problems: list[Said]


class ReviewIn(Schema):
    """The answer to an item of the queue."""

    relation: str = Field(description="same, branch, group or none")
    entity: str = ""
    note: str = Field("", max_length=500)


def add_verbs(api: NinjaAPI) -> None:
    """Mount the routes; a refusal is 422 with every problem."""
    api.add_router("/market", router)
    api.add_router("/identity", names)

    @api.exception_handler(KaiwuError)
    def tell(request: HttpRequest, error: KaiwuError) -> Any:
        problems = [{"code": p.code, "zh": p.zh, "en": p.en} for p in error.problems]
        return api.create_response(request, problems, status=422)


def _say(reason: Reason) -> dict[str, str]:
    return {"zh": reason.zh, "en": reason.en, "outcome": "" if reason.outcome is None else reason.outcome.name}


def _match(match: Match) -> dict[str, Any]:
    return {
        "rank": match.rank, "offer": match.offer.code, "title": match.offer.title, "party": match.offer.party or "", "score": match.score, "outcome": match.outcome.name,
        "reasons": [_say(r) for r in match.reasons],
    }  # fmt: skip


def _answer(found: Answer) -> dict[str, Any]:
    return {
        "need": found.need.code, "title": found.need.title, "met": found.met, "opened": found.opened, "matches": [_match(m) for m in found.matches], "would_fit": [_match(m) for m in found.open],
        "left_out": dict(found.left_out), "steps": [_say(s) for s in found.steps], "problems": [{"zh": p.zh, "en": p.en} for p in found.problems],
    }  # fmt: skip


@router.post("/search", response=AnswerOut, operation_id="search_offers", summary="Find offers for a need")
def search_offers(request: HttpRequest, asked: NeedIn) -> dict[str, Any]:
    """Offers for a need with every reason."""
    person = person_of(request)
    desk = market_desk()
    need = (
        queries.stated_need(desk, asked.need, reach_of(person)) if asked.need else queries.make_need(desk, asked.dict())
    )
    return _answer(queries.try_find(desk, need, asked.count))


@router.post(
    "/round",
    auth=HeldBy(Role.OFFICER),
    response=RoundOut,
    operation_id="hold_round",
    summary="Hold an invitation round",
)
def hold_a_round(request: HttpRequest, asked: RoundIn) -> dict[str, Any]:
    """Make an invitation list and keep it."""
    terms = Terms(
        Limits(Fraction(asked.small_share, 100), asked.per_buyer),
        asked.places,
        asked.capacity or None,
        asked.candidates,
        asked.event,
    )
    name, found = invite(
        actor_of(request),
        market_desk(),
        RoundTerms(asked.event, asked.section, tuple(asked.buyers), tuple(asked.local), terms),
    )
    return {
        "list": name,
        "needs": len(found.answers),
        "invitations": found.invitations,
        "uninvited": len(found.uninvited),
    }


@router.get(
    "/pair",
    auth=FIRMS,
    response=list[PairOut],
    operation_id="list_pairs",
    summary="Pairs in reach, of one list where it is named",
)
def list_pairs(request: HttpRequest, list: str = "") -> Any:
    """Every pair of which one side is in reach."""
    person = person_of(request)
    rows = queries.pairs_of(market_desk(), reach_of(person)).to_dicts()
    return [row | {"stage": STAGES[row["stage"]].value} for row in rows if list in ("", row["list"])]


@router.post(
    "/step",
    auth=HeldBy(*OFFICE, Role.TOWN, Role.CLERK),
    response=PairOut,
    operation_id="record_step",
    summary="Record a step of a pair",
)
def record_step(request: HttpRequest, asked: StepIn) -> dict[str, Any]:
    """The officer, the town, or one of the two firms tells how far a pair has come."""
    person = person_of(request)
    desk, words = market_desk(), asked.dict()
    reach = reach_of(person)
    pair = queries.find_pair(desk, reach, words)
    step = Step(asked.stage, asked.day, asked.amount, asked.logistics, asked.reason, asked.note)
    take_step(actor_of(request), desk, pair, step, [s.value for s in STAGES])
    found = queries.find_pair(market_desk(), reach, words)
    return found | {"stage": STAGES[found["stage"]].value}


@router.get("/funnel", response=FunnelOut, operation_id="read_funnel", summary="The funnel over all pairs in reach")
def read_funnel(request: HttpRequest) -> dict[str, Any]:
    """Stages, amounts, response time, and the watch over first places."""
    person = person_of(request)
    pairs = queries.pairs_of(market_desk(), reach_of(person))
    (whole,) = report_funnel(pairs)
    watch = watch_concentration(pairs)
    days = whole.median_response_days
    return {
        "reached": {s.value: n for s, n in whole.reached.items()}, "asked": whole.asked, "signed": whole.signed, "delivered": whole.delivered,
        "median_response_days": None if days is None else float(days), "concentration": {"zh": watch.tell()[0], "en": watch.tell()[1]}, "is_alarming": watch.is_alarming,
    }  # fmt: skip


@router.get(
    "/finds/{entity}",
    auth=FIRMS,
    response=dict[str, Any],
    operation_id="read_finds",
    summary="The four finds of a firm",
)
def read_finds(request: HttpRequest, entity: str) -> dict[str, Any]:
    """Industry, innovation, service and policy chain of one firm in reach."""
    person = person_of(request)
    firm = Firm.objects.visible_to(person).filter(entity=entity).first()
    if firm is None:
        raise Http404
    found = market_desk().four_finds(firm.entity)
    policies, _ = queries.policy_answers(person, firm)
    return {
        "firm": firm.entity, "orders": [_match(m) | {"need": m.need.code} for m in found.orders], "chains": {chain: [_answer(a) for a in found.answers.get(chain, ())] for chain in CHAINS if chain != "policy"},
        "policies": [{"scheme": a.clause.scheme, "item": a.clause.item, "zh": a.clause.zh, "en": a.clause.en, "outcome": Outcome(a.outcome).name, "high": a.high} for a in policies], "samples": [s.sample.code for s in found.samples], "spaces": [{"need": s.need.code, "age": s.age, "fits": [f.offer.code for f in s.fits]} for s in found.spaces],
    }  # fmt: skip


@names.get(
    "/resolve",
    auth=HeldBy(*OFFICE, Role.AUDIT),
    response=LinkOut,
    operation_id="resolve_name",
    summary="Who is meant by a name",
)
def resolve(request: HttpRequest, text: str = "", code: str = "", place: str = "") -> dict[str, Any]:
    """Who is meant, with evidence for and against."""
    link: Link = identity.resolve_name(text[:200], code[:40], place[:200])
    return {
        "status": link.status.value, "entity": link.entity, "weight": round(float(link.weight), 4), "problems": [{"zh": p.zh, "en": p.en} for p in link.problems],
        "evidence": [{"zh": e.zh, "en": e.en, "outcome": "-0+"[e.sign + 1]} for e in link.evidence],
    }  # fmt: skip


@names.post(
    "/review/{int:number}",
    response=dict[str, Any],
    operation_id="answer_review",
    summary="Answer an item of the review queue",
)
def answer_review(request: HttpRequest, number: int, asked: ReviewIn) -> dict[str, Any]:
    """One candidate, a relation to one, or nobody."""
    kept = answers.answer(actor_of(request), identity.find_item(number), asked.relation, asked.entity, asked.note)
    return {"item": kept.item, "entity": kept.entity, "by": kept.by, "answered_at": kept.answered_at, "note": kept.note}
