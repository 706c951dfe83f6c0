"""The yearly results of a firm on its page (一企一档: 年度评价)."""

from __future__ import annotations

from django.urls import reverse

from kaiwu.web.account.models import Person
from kaiwu.web.evaluation.models import Sheet
from kaiwu.web.evaluation.queries import classes_of, final_runs
from kaiwu.web.evaluation.screens import SHEET_STATES, SHEET_TAGS
from kaiwu.web.registry.models import Firm
from kaiwu.web.screen import Section
from kaiwu.web.screen.table import make_table
from kaiwu.web.wording import pick


def show_grades(firm: Firm, person: Person) -> Section | None:
    """Every evaluation of the firm: its class once the final list is issued, and where its sheet is."""
    sheets = list(
        Sheet.objects.visible_to(person)
        .filter(firm=firm)
        .select_related("evaluation__case")
        .order_by("-evaluation__rated")
    )
    if not sheets:
        return None
    rows, finals = [], final_runs([s.evaluation for s in sheets])
    for sheet in sheets:
        run = finals.get(sheet.evaluation_id)
        label = classes_of(sheet.evaluation, run).get(firm.entity, "") if run else pick("未定档", "not final")
        state = {"text": pick(*SHEET_STATES[sheet.state]), "tag": str(SHEET_TAGS[sheet.state])}
        rows.append((str(sheet.evaluation.rated), sheet.evaluation.case.title, label, state))
    heads = (pick("年度", "Year"), pick("评价", "Evaluation"), pick("档次", "Class"), pick("一企一单", "Sheet"))
    urls = [reverse("sheet-detail", args=[s.pk]) for s in sheets]
    return Section("grades", pick("年度评价", "Evaluations"), make_table(heads, rows, urls=urls), len(rows))
