"""Deeds on policies (政策找人办理): fill the answers of a run, push a clause to firms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl
from django.db import transaction

from kaiwu.benefit import ClauseScheme
from kaiwu.figure.variable import Kind
from kaiwu.procedure import Run
from kaiwu.procedure.near_miss import has_limit
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating import RubricScheme
from kaiwu.report.label import standing_words
from kaiwu.rule.decision import Scheme
from kaiwu.rule.outcome import Outcome
from kaiwu.web.event.services import Actor, Deed, record, record_many
from kaiwu.web.job.models import Job
from kaiwu.web.job.services import Progress, ask
from kaiwu.web.policy.models import PolicyAnswer, PolicyClause, Push
from kaiwu.web.registry.models import Firm
from kaiwu.web.run.models import NearRow, RunRow
from kaiwu.web.workspace import workspace

BATCH = 2_000
PUSHED_AT_ONCE = 20_000
RECOGNISED = ("认定", "入库")
"""What a clause grants that another platform gives: a title, not money."""


def is_policy(run: Run, code: str) -> bool:
    """Whether a scheme answers firms with clauses or titles; scores and size classes only serve them."""
    scheme, head = run.scheme(code), run.library.heads[code][2]
    if head.status != "in_use":
        return False
    if isinstance(scheme, ClauseScheme):
        return True
    product = run.library.variables.get(scheme.produces or "")
    return isinstance(scheme, RubricScheme) and (product is None or product.kind is Kind.FLAG)


def ask_fill(actor: Actor, number: str) -> Job:
    """Ask for the near misses and answers of a run. Raises ``KaiwuError`` where there is no such run."""
    return ask(actor, "policy", f"更新政策匹配 {workspace().state.run(number).number}", {"run": number})


def fill(actor: Actor, run: Run, progress: Progress) -> int:
    """Put the answers of a run in place of those that stood; returns how many there are. Its near misses must be kept before."""
    row = RunRow.objects.get(number=run.record.number)
    firms = dict(Firm.objects.values_list("entity", "pk"))
    codes = [c for c in run.execution.results if is_policy(run, c)]
    near = set(NearRow.objects.filter(run=row).values_list("scheme", "item", "firm_id"))
    near_counts = Counter((scheme, item) for scheme, item, _ in near)
    count = 0
    with transaction.atomic():
        PolicyAnswer.objects.all().delete()
        PolicyClause.objects.all().delete()
        for done, code in enumerate(codes):
            for clause in _clauses(row, run, code):
                answers = list(_answers(clause, run, firms, near))
                _count(clause, answers)
                clause.near = near_counts[clause.scheme, clause.item]
                clause.save()
                PolicyAnswer.objects.bulk_create(answers, batch_size=BATCH)
                count += len(answers)
            progress.tell(done + 1, len(codes) + 1, code)
        record(
            actor, Deed("policy.fill", "run", row.number, after={"answers": count}, rule_version=row.pack_digest[:16])
        )
    return count


def _clauses(row: RunRow, run: Run, code: str) -> Iterator[PolicyClause]:
    scheme, head = run.scheme(code), run.library.heads[code][2]
    programmes = {
        clause: p.code
        for p in workspace().library.programmes.values()
        if p.rulebook == code and p.status == "in_use"
        for clause in p.clauses
    }
    for item in run.result(code).decisions["item"].unique(maintain_order=True):
        zh, en, article = scheme.titles().get(item, (scheme.zh, scheme.en, ""))
        text, department, grants, until = _declared(scheme, item)
        mark = standing_words(scheme.document.standing)
        yield PolicyClause(
            run=row, scheme=code, item=item, key=f"{code}.{item}", scheme_zh=scheme.zh, scheme_en=scheme.en, zh=zh, en=en, article=article,
            text=text, document=f"{scheme.document.title} {scheme.document.number}".strip()[:300], department=department,
            jurisdiction=head.jurisdiction, grants=grants, mark_zh=mark[0], mark_en=mark[1], until=until, programme=programmes.get(item, ""),
            is_recognition=isinstance(scheme, RubricScheme) or grants in RECOGNISED,
        )  # fmt: skip


def _declared(scheme: Scheme, item: str) -> tuple[str, str, str, date | None]:
    """What a clause says of itself: its text, department, grant and last day of application."""
    if isinstance(scheme, ClauseScheme):
        clause = scheme.book.clause(item)
        return clause.text, clause.department, clause.grants, clause.application.valid_to or clause.validity.valid_to
    if isinstance(scheme, RubricScheme):
        route = next((r for r in scheme.book.routes if r.code == item), None)
        if route is not None:
            return "", route.department, route.grants, scheme.validity.valid_to
    return "", "", "", scheme.validity.valid_to


def _answers(
    clause: PolicyClause, run: Run, firms: dict[str, int], near: set[tuple[str, str, int]]
) -> Iterator[PolicyAnswer]:
    table = run.result(clause.scheme).decisions
    mine = table.filter((pl.col("item") == clause.item) & (pl.col("outcome") != int(Outcome.FAIL)))
    money = [mine[c].to_list() if c in mine.columns else [None] * mine.height for c in ("low", "high")]
    is_limited = has_limit(run.scheme(clause.scheme), clause.item)
    for entity, outcome, low, high in zip(mine["entity"], mine["outcome"], *money, strict=True):
        if entity in firms:
            known = high if is_limited or low == high else None
            firm = firms[entity]
            is_near = (clause.scheme, clause.item, firm) in near
            yield PolicyAnswer(clause=clause, firm_id=firm, outcome=outcome, low=low, high=known, is_near=is_near)


def _count(clause: PolicyClause, answers: Sequence[PolicyAnswer]) -> None:
    counts = {o: sum(a.outcome == int(o) for a in answers) for o in (Outcome.PASS, Outcome.HUMAN, Outcome.MISSING)}
    clause.fits, clause.human, clause.missing = counts[Outcome.PASS], counts[Outcome.HUMAN], counts[Outcome.MISSING]
    fitting = [a for a in answers if a.outcome == int(Outcome.PASS) and a.low is not None]
    if fitting:
        clause.low = sum(a.low or 0 for a in fitting)
        highs = [a.high for a in fitting]
        clause.high = None if None in highs else sum(h or 0 for h in highs)


# -- pushing -----------------------------------------------------------------------------------------------


@transaction.atomic
def push(actor: Actor, clause: PolicyClause, firms: Sequence[Firm]) -> int:
    """Point a clause out to firms; who was told before is not told again. Returns how many are new."""
    if not firms or len(firms) > PUSHED_AT_ONCE:
        zh, en = "没有选中企业, 或一次太多", "no firm is chosen, or too many at once"
        raise KaiwuError(Problem("W-PUSH", zh, en))
    told = set(Push.objects.filter(key=clause.key).values_list("firm_id", flat=True))
    fresh = [
        Push(firm=f, key=clause.key, run=clause.run.number, pushed_by=actor.login) for f in firms if f.pk not in told
    ]
    Push.objects.bulk_create(fresh, batch_size=BATCH)
    record_many(
        actor,
        (Deed("policy.push", "firm", p.firm.entity, firm=p.firm.entity, after={"clause": clause.key}) for p in fresh),
    )
    return len(fresh)
