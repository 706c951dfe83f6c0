"""Issuing what an evaluation finds (公示、结果与运用): the notice, the final list, the lists of the departments, their receipts.

Owns what is frozen when it leaves the house. Each deed is one transaction with its event; the steps of the procedure call
``produce_notice`` and ``produce_final`` inside their own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from calendar import monthrange

from django.db import transaction
from django.utils import timezone

from kaiwu.procedure.claim.calendar import end_of_window
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.listing import facts_of_run
from kaiwu.report.notice import check_notice
from kaiwu.web.case.need import Move
from kaiwu.web.case.services import next_number
from kaiwu.web.evaluation.deed import year_deed
from kaiwu.web.evaluation.models import Consequence, Evaluation, Publication
from kaiwu.web.evaluation.queries import classes_of, evaluation_of, listing_of, procedure, public_table, run_of
from kaiwu.web.event.services import Actor, record
from kaiwu.web.workspace import workspace


@transaction.atomic
def publish(actor: Actor, evaluation: Evaluation, kind: str, *, minutes: str = "") -> Publication:
    """Freeze the public table as a notice or as the final list. Raises ``KaiwuError`` where the list may not be published."""
    listing, run = listing_of(evaluation), run_of(evaluation)
    check_notice(run, listing, evaluation.signer)
    table, policy, today = public_table(evaluation), procedure(evaluation).notice, timezone.localdate()
    heads, rows = json.dumps(table.heads, ensure_ascii=False), json.dumps(table.rows, ensure_ascii=False)
    made = Publication.objects.create(
        evaluation=evaluation, number=next_number(f"{kind}-{evaluation.rated}"), kind=kind, title=f"{listing.zh}({evaluation.rated}年度)",
        run=evaluation.run, published_on=today, last_day=_last_day(policy.days, policy.is_working, today) if kind == "notice" else None,
        signer=evaluation.signer, issuer=evaluation.issuer, minutes=minutes, facts="\n".join(facts_of_run(run, run.scheme(evaluation.scheme))), heads=heads, rows=rows,
        counts=json.dumps(table.counts, ensure_ascii=False), digest=hashlib.sha256(f"{heads}\n{rows}".encode()).hexdigest(),
    )  # fmt: skip
    record(
        actor,
        year_deed(evaluation, f"publish_{kind}", after={"number": made.number, "digest": made.digest, "run": made.run}),
    )
    return made


def _last_day(days: int | None, is_working: bool, first: dt.date) -> dt.date | None:
    if days is None:
        return None
    calendar = workspace().library.calendar
    day = end_of_window(first, days, is_working=is_working, holidays=calendar.holidays, workdays=calendar.workdays)
    if is_working and day.year not in calendar.years:
        zh, en = (
            f"{day.year} 年节假日安排未公布, 算不出公示期满日",
            f"the holidays of {day.year} are not published: the window cannot be counted",
        )
        raise KaiwuError(Problem("W-CALENDAR", zh, en))
    return day


@transaction.atomic
def draw_consequences(actor: Actor, evaluation: Evaluation) -> int:
    """Make the list of every receiving department from the final list; returns how many lists there are."""
    final = evaluation.publications.filter(kind="final").first()
    if final is None:
        raise KaiwuError(
            Problem("W-FINAL", "还没有印发结果", "the final list is not issued yet", where=evaluation.case.number)
        )
    classes = classes_of(evaluation, final.run)
    for rule in procedure(evaluation).consequences:
        made, is_new = Consequence.objects.get_or_create(
            evaluation=evaluation, code=rule.code,
            defaults={
                "zh": rule.zh, "en": rule.en, "department": rule.department, "classes": ",".join(rule.classes), "publication": final,
                "effective_from": final.published_on, "effective_to": _months_later(final.published_on, rule.months),
                "firms": sum(label in rule.classes for label in classes.values()),
            },
        )  # fmt: skip
        if is_new:
            record(actor, year_deed(evaluation, "consequence", after={"code": made.code, "firms": made.firms}))
    return evaluation.consequences.count()


def _months_later(day: dt.date, months: int | None) -> dt.date | None:
    if months is None:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@transaction.atomic
def take_receipt(actor: Actor, made: Consequence, by: str, receipt: str) -> None:
    """A department has received its list. Raises ``KaiwuError`` without a name and a number."""
    if not by.strip() or not receipt.strip():
        raise KaiwuError(
            Problem(
                "W-RECEIPT",
                "请写明收件人和回执编号",
                "name who received it and the number of the receipt",
                where=made.zh,
            )
        )
    if (
        Consequence.objects.filter(pk=made.pk, received_on=None).update(
            received_on=timezone.localdate(), received_by=by.strip()[:100], receipt=receipt.strip()[:200]
        )
        != 1
    ):
        raise KaiwuError(Problem("W-MOVED", "已有回执", "there is a receipt already", where=made.zh))
    made.refresh_from_db()
    record(actor, year_deed(made.evaluation, "receipt", after={"code": made.code, "by": by, "receipt": receipt}))


def produce_notice(actor: Actor, move: Move) -> None:
    """The step publishes the notice."""
    publish(actor, evaluation_of(move.case), "notice")


def produce_final(actor: Actor, move: Move) -> None:
    """The step issues the final list and the lists of the departments."""
    evaluation = evaluation_of(move.case)
    publish(actor, evaluation, "final", minutes=str(move.words.get("minutes", "")))
    draw_consequences(actor, evaluation)
