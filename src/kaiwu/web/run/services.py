"""Deeds on runs (测算办理): ask for a run, a replay or near misses; keep rows of all runs and of their near misses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from kaiwu.figure import Variable
from kaiwu.procedure import ReplayReport, Run, RunRecord
from kaiwu.procedure.near_miss import NearMiss
from kaiwu.report.label import standing_words
from kaiwu.web.event.services import Actor, Deed, record, record_many
from kaiwu.web.job.models import Job
from kaiwu.web.job.services import ask
from kaiwu.web.registry.models import Firm
from kaiwu.web.run.models import NearRow, RunRow
from kaiwu.web.workspace import workspace


def ask_run(actor: Actor, code: str) -> Job:
    """Ask for a run of a standing job of the workspace. Raises ``KaiwuError`` where there is none of that code."""
    job = workspace().job(code)
    return ask(actor, "run", job.zh, {"job": code})


def ask_rerun(actor: Actor, number: str) -> Job:
    """Ask for the run that follows a run after its upheld objections. Raises ``KaiwuError`` where there is no such run."""
    before = workspace().state.run(number)
    return ask(actor, "rerun", f"{before.zh}(更正 {number})", {"run": number})


def ask_replay(actor: Actor, number: str) -> Job:
    """Ask for a run to be computed again from what it froze. Raises ``KaiwuError`` where there is no such run."""
    return ask(actor, "replay", f"重放核验 {workspace().state.run(number).number}", {"run": number})


def ask_near(actor: Actor, number: str) -> Job:
    """Ask for the near misses of a run. Raises ``KaiwuError`` where there is no such run."""
    return ask(actor, "near", f"查找临界企业 {workspace().state.run(number).number}", {"run": number})


@transaction.atomic
def keep_replay(actor: Actor, report: ReplayReport) -> None:
    """Write down what a replay found."""
    after = {"identical": report.is_identical, "then": report.then, "now": report.now, "engine": report.engine_now}
    record(actor, Deed("run.replay", "run", report.number, after=after))


def keep_near(actor: Actor, run: Run, found: Iterable[NearMiss]) -> int:
    """Keep the near misses of a run in place of those that were kept before; returns how many."""
    row = RunRow.objects.get(number=run.record.number)
    firms = dict(Firm.objects.values_list("entity", "pk"))
    needs = {need.slot: need.variable for code in run.execution.results for need in run.scheme(code).needs()}
    rows = [_near(row, firms[m.entity], m, run, needs) for m in found if m.entity in firms]
    with transaction.atomic():
        NearRow.objects.filter(run=row).delete()
        NearRow.objects.bulk_create(rows, batch_size=500)
        record(actor, Deed("run.near", "run", row.number, after={"near": len(rows)}, rule_version=row.pack_digest[:16]))
    return len(rows)


def _near(row: RunRow, firm: int, miss: NearMiss, run: Run, needs: Mapping[str, Variable]) -> NearRow:
    scheme = run.scheme(miss.scheme)
    zh, en, article = scheme.titles().get(miss.item, (scheme.zh, scheme.en, ""))
    owners = dict.fromkeys(needs[s].owner for s in miss.slots if s in needs and needs[s].owner)
    mark = standing_words(scheme.document.standing)
    return NearRow(
        run=row, firm_id=firm, scheme=miss.scheme, scheme_zh=scheme.zh, scheme_en=scheme.en, item=miss.item, zh=zh, en=en, article=article,
        mark_zh=mark[0], mark_en=mark[1], kind=miss.kind, slots="\n".join(miss.slots), owner="、".join(owners)[:100], gap_zh=miss.gap_zh,
        gap_en=miss.gap_en, effort=miss.effort, outcome=int(miss.outcome), low=miss.low, high=miss.high,
    )  # fmt: skip


@transaction.atomic
def keep_rows(actor: Actor) -> int:
    """Bring the rows to what the workspace keeps; returns how many are new."""
    known = set(RunRow.objects.values_list("number", flat=True))
    fresh = [_row(r, actor.login) for r in workspace().state.runs() if r.number not in known]
    RunRow.objects.bulk_create(fresh, batch_size=200)
    record_many(
        actor,
        (Deed("run.keep", "run", row.number, after={"job": row.job, "digest": row.result_digest}) for row in fresh),
    )
    return len(fresh)


def _row(record_: RunRecord, asked_by: str) -> RunRow:
    return RunRow(
        number=record_.number, job=record_.job, zh=record_.zh, en=record_.en, as_of=record_.as_of, rated=record_.rated,
        known_at=record_.known_at, purpose=record_.purpose, corrects=record_.corrects, population=record_.population,
        schemes="\n".join(record_.schemes), result_digest=record_.result_digest, pack_digest=record_.pack_digest, engine=record_.engine,
        is_synthetic=record_.is_synthetic, created_at=record_.created_at, asked_by=asked_by,
    )  # fmt: skip
