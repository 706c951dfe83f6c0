"""What the steps of an evaluation ask for (办理条件), proved from its records."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from kaiwu.quantity import KaiwuError
from kaiwu.report.notice import check_notice
from kaiwu.web.case.need import Move
from kaiwu.web.evaluation.models import OPEN_DISPUTES, Dispute, DisputeState, SheetState
from kaiwu.web.evaluation.queries import evaluation_of, listing_of, run_of


def has_run(move: Move) -> bool:
    """There is a run that counts."""
    return bool(evaluation_of(move.case).run)


def is_signed(move: Move) -> bool:
    """The list may be noticed: complete, in force, and signed where a document or figure is not well attested."""
    evaluation = evaluation_of(move.case)
    try:
        check_notice(run_of(evaluation), listing_of(evaluation), evaluation.signer)
    except KaiwuError:
        return False
    return True


def has_notice(move: Move) -> bool:
    """The notice is out."""
    return evaluation_of(move.case).publications.filter(kind="notice").exists()


def is_window_over(move: Move) -> bool:
    """The window has ended: that of the notice where the case is at its notice, else that of the stage."""
    notice = evaluation_of(move.case).publications.filter(kind="notice").first()
    last = notice.last_day if notice is not None and move.case.stage == "notice" else move.case.due
    return last is not None and timezone.localdate() > last


def has_no_open_disputes(move: Move) -> bool:
    """No dispute is open."""
    return not _disputes(move).filter(state__in=OPEN_DISPUTES).exists()


def is_rerun(move: Move) -> bool:
    """No upheld dispute waits for the run that follows it."""
    return not _disputes(move).filter(state=DisputeState.UPHELD, run=evaluation_of(move.case).run).exists()


def are_all_confirmed(move: Move) -> bool:
    """Every sheet is answered, or the day of the stage has passed."""
    case = move.case
    is_late = case.due is not None and timezone.localdate() > case.due
    return is_late or not evaluation_of(case).sheets.filter(state=SheetState.SENT).exists()


def has_consequences(move: Move) -> bool:
    """The lists of the departments are made."""
    return evaluation_of(move.case).consequences.exists()


def has_receipts(move: Move) -> bool:
    """Every list has its receipt."""
    return not evaluation_of(move.case).consequences.filter(received_on=None).exists()


def _disputes(move: Move) -> QuerySet[Dispute]:
    return Dispute.objects.filter(sheet__evaluation=evaluation_of(move.case))
