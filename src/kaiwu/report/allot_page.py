"""Pages of a land round (供地批次): the notice with the draft of the public sale, one applicant's page, what an appeal moved.

Owns what they show. Everything comes from the record and its explanations; nothing is decided here. Raw figures of firms do not
appear: scores, their parts, places and supplies do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kaiwu.allot.appeal import Appeal
from kaiwu.allot.explanation import Explanation, explain
from kaiwu.allot.phrase import tell
from kaiwu.allot.result import GRANTED, STATUSES, WAITING, Allotment
from kaiwu.allot.supply import FLOOR, Supply
from kaiwu.quantity import format_decimal
from kaiwu.report.page import render
from kaiwu.rule.decision import Source

BLANK = "____________"
NOTICE_DAYS = 5
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RoundPaper:
    """A placed round with what stands on its papers: the document of its rule, standard conditions, names of firms, the seal."""

    placed: Allotment
    record: Record
    document: Source
    conditions: Sequence[tuple[str, str]]
    names: Mapping[str, str]
    leaf: int = -1
    is_draft: bool = True

    @property
    def zh(self) -> str:
        """Chinese name of the round."""
        return self.placed.round.zh

    @property
    def en(self) -> str:
        """English name of the round."""
        return self.placed.round.en

    def name_of(self, applicant: str) -> str:
        """Title of a project, else its code."""
        return self.placed.round.applicant(applicant).zh or applicant

    def firm_of(self, applicant: str) -> str:
        """Name of the firm behind a project, else its code."""
        firm = self.placed.round.applicant(applicant).firm
        return self.names.get(firm) or firm


def print_area(supply: Supply) -> tuple[str, str]:
    """The area as people read it: mu for land, square metres for floors."""
    if supply.kind == FLOOR:
        size = format_decimal(Fraction(supply.area, 1500), 0)
        return f"{size} 平方米", f"{size} m²"
    size = format_decimal(Fraction(supply.area, 10**6), 2)
    return f"{size} 亩", f"{size} mu"


def render_notice(paper: RoundPaper, *, signer: str = "", issuer: str = "", language: str = "zh", **shared: Any) -> str:
    """The notice of a round (供地优先序公示) with the draft of the public sale; without a signer it is a draft."""
    placed = paper.placed
    ordered = [order_row(paper, number) for number in range(len(placed.placement.grants))]
    waiting = [waiting_row(paper, explain(placed, placed.round.applicants[i].id)) for i in placed.priority.order if i not in placed.grant_of]  # fmt: skip
    return render(
        "allot_notice.html", **{"lang": language, **shared}, paper=paper, ordered=ordered, public=[row for row in ordered if row["is_public"]], waiting=waiting,
        counts=[(STATUSES[code], n) for code, n in placed.counts().items()], scope=len(placed.round.applicants), ties=placed.priority.ties,
        show=placed.round.rule.scale.print_score, exceptions=placed.round.exceptions, draw=placed.round.draw, days=NOTICE_DAYS,
        signer=signer.strip() or BLANK, issuer=issuer.strip() or BLANK, is_signed=bool(signer.strip()), left=placed.left_over(), area=print_area,
        is_synthetic=placed.round.is_synthetic,
    )  # fmt: skip


def render_applicant(
    paper: RoundPaper, applicant: str, language: str = "zh", reasons: Sequence[tuple[str, str]] = (), **shared: Any
) -> str:
    """One applicant's page (一项目一页), loser or winner: the answer, the difference part by part, and how to check it.

    ``reasons`` are sentences about its conditions of entry, where it is not in line.
    """
    placed = paper.placed
    found = explain(placed, applicant)
    return render(
        "allot_applicant.html", **{"lang": language, **shared}, paper=paper, found=found, sentences=[*tell(placed.round.rule, found), *reasons],
        status=STATUSES[found.status], parts=score_parts(paper, found), show=placed.round.rule.scale.print_score, is_waiting=found.status == WAITING,
        is_granted=found.status == GRANTED, supply=supply_of(placed, found), area=print_area, is_synthetic=placed.round.is_synthetic,
    )  # fmt: skip


def render_appeal(
    paper: RoundPaper, appeal: Appeal, language: str = "zh", *, is_upheld: bool = False, **shared: Any
) -> str:
    """What a correction moved for everybody (更正影响)."""
    rule = paper.placed.round.rule
    labels = {code: (zh, en) for code, zh, en in rule.items}
    before = appeal.before.round.applicant(appeal.correction.applicant)
    after = appeal.after.round.applicant(appeal.correction.applicant)
    return render(
        "allot_appeal.html", **{"lang": language, **shared}, paper=paper, appeal=appeal, is_upheld=is_upheld, statuses=STATUSES, show=rule.scale.print_score,
        scores=(before.score, after.score), label=labels.get(appeal.correction.key, (appeal.correction.key, appeal.correction.key)),
        material=[m for m in appeal.moves if m.is_material], shifted=[m for m in appeal.moves if m.is_shifted], is_synthetic=appeal.after.round.is_synthetic,
    )  # fmt: skip


def order_row(paper: RoundPaper, number: int) -> dict[str, Any]:
    """One line of the order of supply (供地优先序): the supply, the project in line for it, its score and place."""
    placed = paper.placed
    grant = placed.placement.grants[number]
    applicant, supply = placed.applicant_of(grant), placed.supply_of(grant)
    kind = placed.round.rule.kind(supply.kind)
    stage = next(
        ((p.zh, p.en) for p in placed.round.rule.passes if p.code == grant.stage),
        ("会议例外事项", "exception of a meeting"),
    )
    return {
        "number": number + 1, "applicant": applicant.id, "title": paper.name_of(applicant.id), "firm": paper.firm_of(applicant.id), "score": applicant.score,
        "place": placed.priority.places[grant.applicant], "supply": supply, "kind": (kind.zh, kind.en), "is_public": kind.is_public, "stage": stage,
    }  # fmt: skip


def waiting_row(paper: RoundPaper, found: Explanation) -> dict[str, Any]:
    """One line of those who wait (轮候), with the score that they would have needed where some supply fits at all."""
    return {
        "place": found.place, "applicant": found.applicant, "title": paper.name_of(found.applicant), "score": found.score,
        "needed": found.line.needed if found.line and found.line.is_reachable else None,
    }  # fmt: skip


def score_parts(paper: RoundPaper, found: Explanation) -> list[dict[str, Any]]:
    """Own parts of the score beside those of the winner who set the line; the last row sums both."""
    round_ = paper.placed.round
    own = round_.applicant(found.applicant)
    other = round_.applicant(found.line.winner) if found.line and found.line.winner else None
    rows = [
        {"label": (zh, en), "own": own.items[code], "other": other.items.get(code) if other else None}
        for code, zh, en in round_.rule.items
        if code in own.items
    ]
    return [*rows, {"label": ("合计", "total"), "own": own.score, "other": other.score if other else None}]


def supply_of(placed: Allotment, found: Explanation) -> Supply | None:
    """The supply that an explanation is about: the one granted, or the one whose line was missed."""
    wanted = found.supply or (found.line.supply if found.line else "")
    return next((s for s in placed.round.supplies if s.id == wanted), None)
