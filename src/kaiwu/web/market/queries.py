"""Reading the market for a person (供需查询): rows of pages from answers, pairs, funnels and the backlog of spaces.

Owns the step from ``kaiwu.match``'s objects to plain rows, cut to the firms that somebody may see. Nothing is found a second way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.http import Http404
from django.urls import reverse

from kaiwu.match.constraint import compile_constraints
from kaiwu.match.funnel import REFUSALS, STAGES, FunnelRow, report_funnel
from kaiwu.match.funnel.report import GROUPINGS
from kaiwu.match.mask import MASK_WORDS
from kaiwu.match.record import Match, MatchKind, Need
from kaiwu.match.retrieval import Answer
from kaiwu.match.space import Backlog
from kaiwu.procedure.market import MarketDesk
from kaiwu.quantity import KaiwuError, Problem, format_decimal
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.market_sheet import print_days, print_percent, print_points
from kaiwu.rule.decision import Reason
from kaiwu.rule.outcome import Outcome
from kaiwu.web.account.models import Person
from kaiwu.web.policy.models import PolicyAnswer, PolicyClause
from kaiwu.web.registry.models import Firm
from kaiwu.web.registry.reach import Reach, is_in
from kaiwu.web.screen.table import make_table
from kaiwu.web.wording import pick

MONEY = Column("", "", kind="money")
WAN = 1_000_000  # fen
TAGS = {Outcome.PASS: "ok", Outcome.FAIL: "bad", Outcome.MISSING: "warn", Outcome.HUMAN: "info"}
KINDS = {
    kind: (kind.zh, f"{kind.value}s" if kind.value in ("part", "service", "space", "sample") else kind.value)
    for kind in MatchKind
}
"""Kinds of needs and offers in both languages."""


def money(fen: int | None) -> str:
    """An amount in 10,000 yuan; blank where it is not known."""
    return "" if fen is None else print_cell(MONEY, fen)


def rounded(fen: int | None) -> str:
    """An amount in 10,000 yuan with two decimals, for boards; blank where it is not known."""
    return "" if fen is None else format_decimal(Fraction(fen, WAN), 2)


def name_of(desk: MarketDesk, party: str | None) -> str:
    """The name of a party, its code where nobody knows one."""
    return desk.names.get(party or "", party or "")


def pair_url(row: Mapping[str, Any]) -> str:
    """The page of a pair; codes may hold any character."""
    return f"{reverse('market-pair')}?{urlencode({key: row[key] for key in ('list', 'need', 'offer')})}"


def finds_url(party: str | None) -> str:
    """The four finds of a firm; blank where the party is no firm of the registry."""
    return reverse("market-firm", args=[party]) if party and Firm.objects.filter(entity=party).exists() else ""


# -- search ----------------------------------------------------------------------------------------------------------


def make_need(desk: MarketDesk, asked: Mapping[str, Any]) -> Need:
    """A need as somebody typed it. Raises ``KaiwuError`` with the place in a condition that cannot be read."""
    kind = MatchKind(asked["kind"])
    constraints = compile_constraints(asked.get("when", ""), desk.content.attributes.vocabularies[kind])
    return Need(
        code="-", kind=kind, title=asked["title"], text=asked.get("text", ""), constraints=constraints,
        regions=tuple(asked.get("region", "").split()), certificates=tuple(asked.get("certificate", "").split()),
    )  # fmt: skip


def stated_need(desk: MarketDesk, code: str, reach: Reach) -> Need:
    """A need of the records by its code. Raises ``Http404`` where there is none in reach."""
    found = next((n for n in desk.records.needs if n.code == code and is_in(reach, n.party)), None)
    if found is None:
        raise Http404
    return found


def list_needs(desk: MarketDesk, reach: Reach, kind: MatchKind | None = None) -> list[Need]:
    """Open needs in reach, in the order of their codes."""
    return [
        n for n in desk.records.needs if kind in (None, n.kind) and is_in(reach, n.party) and not n.is_expired(desk.day)
    ]


def show_answer(desk: MarketDesk, answer: Answer) -> dict[str, Any]:
    """What is found for a need: who fits, who would, who was left out and why, what to do next."""
    return {
        "need": answer.need, "met": answer.met, "opened": answer.opened,
        "asked": [c.text for c in answer.need.constraints],
        "matches": [show_match(desk, m) for m in answer.matches], "open": [show_match(desk, m) for m in answer.open],
        "left_out": [(pick(*MASK_WORDS.get(cause, (cause, cause))), n) for cause, n in answer.left_out.items() if n],
        "steps": [pick(s.zh, s.en) for s in answer.steps], "problems": [pick(p.zh, p.en) for p in answer.problems],
    }  # fmt: skip


def show_match(desk: MarketDesk, match: Match) -> dict[str, Any]:
    """A pair with every reason; a hard constraint stands with its value and margin."""
    offer = match.offer
    return {
        "rank": match.rank, "title": offer.title, "code": offer.code, "party": name_of(desk, offer.party), "url": finds_url(offer.party),
        "place": offer.place, "points": print_points(match.score), "outcome": pick(match.outcome.zh, match.outcome.en),
        "tag": TAGS[match.outcome], "reasons": show_reasons(match.reasons), "need": match.need, "buyer": name_of(desk, match.need.party),
        "synthetic": offer.is_synthetic,
    }  # fmt: skip


def show_reasons(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Reasons as the page prints them: the answer of a hard constraint, or that it is about words."""
    return [
        {"text": pick(r.zh, r.en), "outcome": pick("理由", "reason") if r.outcome is None else pick(r.outcome.zh, r.outcome.en), "tag": "muted" if r.outcome is None else TAGS[r.outcome]}
        for r in reasons
    ]  # fmt: skip


# -- pairs and the funnel --------------------------------------------------------------------------------------------


def pairs_of(desk: MarketDesk, reach: Reach) -> pl.DataFrame:
    """The pairs of which one side is in reach, with what became of them."""
    pairs = desk.pairs()
    return pairs if reach is None else pairs.filter(pl.col("supplier").is_in(reach) | pl.col("buyer").is_in(reach))


def find_pair(desk: MarketDesk, reach: Reach, asked: Mapping[str, str]) -> dict[str, Any]:
    """One pair in reach. Raises ``Http404`` where there is none."""
    wanted = [pl.col(key) == asked.get(key, "") for key in ("list", "need", "offer")]
    found = pairs_of(desk, reach).filter(*wanted).to_dicts()
    if not found:
        raise Http404
    return found[0]


def steps_of(desk: MarketDesk, pair: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps that were recorded of a pair, newest first."""
    same = [pl.col(key) == pair[key] for key in ("list", "need", "offer")]
    return list(reversed(desk.funnel.steps().filter(*same).to_dicts()))


def stage_words(code: str) -> str:
    """The name of a stage, or that the pair was refused."""
    return pick("谢绝", "refused") if code == "refused" else pick(*next(s for s in STAGES if s.value == code).words)


def stage_cell(row: Mapping[str, Any]) -> dict[str, str]:
    """How far a pair has come, and why it came to nothing."""
    words = pick(*STAGES[row["stage"]].words)
    if row["reason"]:
        return {"text": f"{words} · {pick('谢绝', 'refused')}: {pick(*REFUSALS[row['reason']])}", "tag": "bad"}
    return {"text": words, "tag": "ok" if row["stage"] >= 5 else "info" if row["stage"] else "muted"}


def pair_table(desk: MarketDesk, pairs: pl.DataFrame) -> dict[str, Any]:
    """Pairs as a table; each row leads to its pair."""
    heads = (pick("需求", "Need"), pick("采购单位", "Buyer"), pick("受邀企业", "Invited"), pick("序", "Rank"), pick("得分", "Points"), pick("进展", "Stage"),
             pick("签约金额(万元)", "Signed (10,000 yuan)"))  # fmt: skip
    shown = pairs.to_dicts()
    rows = [
        (r["need_title"] or r["need"], name_of(desk, r["buyer"]), name_of(desk, r["supplier"]), str(r["rank"]), print_points(r["score"]), stage_cell(r), rounded(r["signed"]))
        for r in shown
    ]  # fmt: skip
    return make_table(heads, rows, right=(3, 4, 6), urls=[pair_url(r) for r in shown])


def list_table(pairs: pl.DataFrame) -> dict[str, Any]:
    """Every list with its pairs, newest first."""
    grouped = pairs.group_by("list").agg(
        pl.col("event", "section", "day").first(), pl.len().alias("pairs"), pl.col("need").n_unique().alias("needs"),
        (pl.col("stage") >= 5).sum().alias("signed"),
    ).sort(["day", "list"], descending=True)  # fmt: skip
    rows = [
        (
            r["list"],
            str(r["day"]),
            r["event"] or "",
            r["section"] or "",
            str(r["needs"]),
            str(r["pairs"]),
            str(r["signed"]),
        )
        for r in grouped.to_dicts()
    ]
    heads = (
        pick("名单", "List"),
        pick("日期", "Day"),
        pick("活动", "Event"),
        pick("科室", "Section"),
        pick("需求", "Needs"),
        pick("配对", "Pairs"),
        pick("已签约", "Signed"),
    )
    urls = [f"{reverse('market-list')}?{urlencode({'name': r[0]})}" for r in rows]
    return make_table(heads, rows, right=(4, 5, 6), urls=urls)


def funnel_kpis(pairs: pl.DataFrame) -> list[dict[str, str]]:
    """The whole funnel in six figures."""
    (whole,) = report_funnel(pairs)
    return [
        {"label": pick("推送", "Shown"), "value": f"{whole.reached[STAGES[0]]:,}", "unit": pick("对", "pairs")},
        {"label": pick("需求金额", "Asked"), "value": rounded(whole.asked), "unit": pick("万元", "10,000 yuan")},
        {"label": pick("签约金额", "Signed"), "value": rounded(whole.signed), "unit": pick("万元", "10,000 yuan")},
        {"label": pick("签约率", "Share signed"), "value": print_percent(whole.signed_share), "note": pick("已签金额 ÷ 需求金额", "signed ÷ asked")},
        {"label": pick("响应天数(中位)", "Days to quote (median)"), "value": print_days(whole.median_response_days)},
        {"label": pick("物流占交付", "Logistics ÷ delivered"), "value": print_percent(whole.logistics_share)},
    ]  # fmt: skip


def funnel_chart(pairs: pl.DataFrame) -> dict[str, Any]:
    """Pairs by stage, with the rate from the stage before."""
    (whole,) = report_funnel(pairs)
    labels = [pick(*s.words) for s in STAGES]
    counts = [whole.reached[s] for s in STAGES]
    return {
        "title": pick("各环节对数", "Pairs by stage"), "size": "short",
        "option": {"xAxis": {"type": "category", "data": labels}, "yAxis": {"type": "value"}, "tooltip": {"trigger": "axis"},
                   "series": [{"type": "bar", "data": counts, "barMaxWidth": 48, "label": {"show": True, "position": "top"}}]},
        "columns": [{"label": pick("环节", "Stage")}, {"label": pick("对数", "Pairs"), "align": "right"}, {"label": pick("占上一环节", "Of the stage before"), "align": "right"}],
        "rows": [[label, f"{n:,}", print_percent(whole.rate(s))] for label, n, s in zip(labels, counts, STAGES, strict=True)],
    }  # fmt: skip


def funnel_table(rows: Sequence[FunnelRow], by: str) -> dict[str, Any]:
    """One line for each event, section or month."""
    heads = (
        pick(*GROUPINGS[by]),
        *(pick(*s.words) for s in STAGES),
        pick("需求金额", "Asked"),
        pick("签约金额", "Signed"),
        pick("签约率", "Share"),
        pick("响应天数", "Days to quote"),
        pick("谢绝原因", "Refusals"),
    )
    lines = [
        (r.key or "–", *(f"{r.reached[s]:,}" for s in STAGES), rounded(r.asked), rounded(r.signed), print_percent(r.signed_share), print_days(r.median_response_days),
         pick("、", ", ").join(f"{pick(*REFUSALS[code])} {n}" for code, n in r.refusals.items()))
        for r in rows
    ]  # fmt: skip
    return make_table(heads, lines, right=tuple(range(1, len(STAGES) + 5)))


# -- spaces and four finds -------------------------------------------------------------------------------------------


def backlog_of(desk: MarketDesk, reach: Reach) -> list[Backlog]:
    """Open needs for space in reach, the oldest first; none where the market has none."""
    return (
        [row for row in desk.backlog() if is_in(reach, row.need.party)]
        if desk.records.needs_of(MatchKind.SPACE)
        else []
    )


def backlog_table(desk: MarketDesk, rows: Sequence[Backlog]) -> dict[str, Any]:
    """The ledger of open needs for space."""
    heads = (
        pick("企业", "Firm"),
        pick("需求", "Need"),
        pick("硬性条件", "Hard conditions"),
        pick("积压天数", "Days open"),
        pick("档", "Class"),
        pick("符合", "Fit"),
        pick("补齐数据后可能", "If more were known"),
    )
    lines = [
        (name_of(desk, r.need.party), r.need.title, " 且 ".join(c.text for c in r.need.constraints), "" if r.age is None else str(r.age), {"text": r.age_class, "tag": "bad" if r.age_class == ">180" else "warn" if r.age_class == "91–180" else "muted"},
         {"text": str(r.fits), "tag": "" if r.fits else "bad"}, str(r.nearly))
        for r in rows
    ]  # fmt: skip
    return make_table(
        heads,
        lines,
        right=(3, 5, 6),
        urls=[f"{reverse('market-search')}?{urlencode({'need': r.need.code})}" for r in rows],
    )


POLICIES = {Outcome.PASS: 0, Outcome.HUMAN: 1, Outcome.MISSING: 2}


def policy_answers(person: Person, firm: Firm) -> tuple[list[PolicyAnswer], int]:
    """The policy chain: what the rules decided for a firm in the newest policy run, what fits first, and how many clauses it is known not
    to meet. Nothing is searched by text; both are empty before a policy run."""
    found = list(PolicyAnswer.objects.visible_to(person).filter(firm=firm).select_related("clause"))
    found.sort(key=lambda a: (POLICIES.get(Outcome(a.outcome), 3), -(a.high or 0), a.clause_id))
    return found, PolicyClause.objects.count() - len(found) if found else 0


def policy_table(answers: Sequence[PolicyAnswer]) -> dict[str, Any]:
    """Answers of clauses as a table; a row leads to the clause."""
    heads = (
        pick("结论", "Answer"),
        pick("事项", "Matter"),
        pick("办法", "Scheme"),
        pick("条款", "Article"),
        pick("依据", "Document"),
        pick("最高金额(万元)", "At most (10,000 yuan)"),
    )
    rows = [
        ({"text": pick(Outcome(a.outcome).zh, Outcome(a.outcome).en), "tag": TAGS[Outcome(a.outcome)]}, pick(a.clause.zh, a.clause.en), pick(a.clause.scheme_zh, a.clause.scheme_en), a.clause.article, a.clause.document, money(a.high))
        for a in answers
    ]  # fmt: skip
    return make_table(heads, rows, right=(5,))


def try_find(desk: MarketDesk, need: Need, count: int) -> Answer:
    """The answer to a need. Raises ``KaiwuError`` where no offer of the kind was ever taken in, or the need has no object."""
    if not desk.records.offers_of(need.kind):
        zh, en = (
            f"没有“{need.kind.zh}”类供给; 先导入清单",
            f"there are no offers of the kind “{need.kind.value}”: take in a list first",
        )
        raise KaiwuError(Problem("S-NO-OFFERS", zh, en))
    return desk.index(need.kind).find(need, desk.day, count)
