"""Pages of an import into a screen (导入页面): template, upload with check, error workbook, preview, taking in."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from kaiwu.figure.error_workbook import write_error_workbook
from kaiwu.figure.finding import Finding
from kaiwu.quantity import KaiwuError
from kaiwu.web.account.models import Person
from kaiwu.web.screen.column import Column
from kaiwu.web.screen.export import EXCEL
from kaiwu.web.screen.intake import Checked, Slot, check_file, slots_of, take_in
from kaiwu.web.screen.screen import Screen
from kaiwu.web.shell import actor_of, person_of, refuse
from kaiwu.web.upload import keep_upload, open_upload
from kaiwu.web.wording import language, pick

SHOWN = 50
"""Rows of a preview and problems of a page at most."""
TEMPLATE_ROWS = 1_000
HELP_SHEET = "填写说明"


class UploadForm(forms.Form):
    """One workbook."""

    file = forms.FileField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = pick("Excel 文件", "Excel file")
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.xls,.csv"


@require_http_methods(["GET", "POST"])
def import_records(request: HttpRequest, screen: Screen) -> HttpResponse:
    """Upload and check, look at the preview, then take in; the error workbook is made from the same upload."""
    person, purpose = _importer(request, screen), f"import:{screen.code}"
    deed = request.POST.get("deed", "")
    try:
        if deed in ("take", "errors"):
            name, content = open_upload(person, purpose, request.POST.get("ticket", ""))
            checked = check_file(screen, person, content, name)
            return _take(request, screen, person, checked) if deed == "take" else _send_errors(screen, checked)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["file"]
            content = upload.read()
            ticket = keep_upload(person, purpose, upload.name, content)
            checked = check_file(screen, person, content, upload.name)
            context = {"ticket": ticket, **_told(screen, checked)}
            return render(request, "kaiwu/import.html", context, status=200 if checked.is_accepted else 422)
    except KaiwuError as error:
        return refuse(request, error)
    return render(request, "kaiwu/form.html", _form(screen, form), status=422 if form.errors else 200)


def _importer(request: HttpRequest, screen: Screen) -> Person:
    person = person_of(request)
    if not screen.can_import(person):
        raise Http404
    return person


def _take(request: HttpRequest, screen: Screen, person: Person, checked: Checked) -> HttpResponse:
    count = take_in(actor_of(request), person, screen, checked)
    messages.success(request, pick(f"已导入 {count} 条", f"{count} records taken in"))
    return HttpResponseRedirect(reverse(f"{screen.code}-list"))


def _form(screen: Screen, form: UploadForm) -> dict[str, Any]:
    required = "、".join(pick(s.column.zh, s.column.en) for s in slots_of(screen) if s.is_required)
    return {
        "title": pick(f"导入{screen.zh}", f"Import: {screen.en}"), "form": form, "multipart": True, "submit": pick("检查", "Check"),
        "cancel_url": reverse(f"{screen.code}-list"),
        "notes": [
            pick("模板里有每一列怎么填的说明; 导出的清单改过也可以直接导入", "The template explains each column; an exported list can be edited and imported, too"),
            pick(f"必填: {required}", f"Required: {required}"),
            pick("整表先检查, 有一处错误就全部不导入, 并退回标明原因的工作簿", "The whole sheet is checked; one error stops all of it and a workbook with the reasons is given back"),
            pick("已有的记录按同名更新, 空格表示缺数据", "Records that exist are updated; blank means missing"),
        ],
        "template_url": reverse(f"{screen.code}-template"),
    }  # fmt: skip


def _told(screen: Screen, checked: Checked) -> dict[str, Any]:
    """The preview of a checked sheet, or its problems."""
    columns = [slot.column for slot in checked.slots]
    return {
        "title": pick(f"导入{screen.zh}", f"Import: {screen.en}"), "screen": screen.code, "is_accepted": checked.is_accepted,
        "file": checked.sheets[0].file, "count": len(checked.rows), "changed": checked.changed, "fresh": len(checked.rows) - checked.changed,
        "problems": [_problem(f) for f in checked.findings[:SHOWN]], "more": max(0, len(checked.findings) - SHOWN),
        "columns": [{"code": c.code, "label": c.label, "align": c.align} for c in columns],
        "rows": [{"cells": [_cell(s, row[s.field.name]) for s in checked.slots]} for row in checked.rows[:SHOWN]],
        "import_url": reverse(f"{screen.code}-import"),
    }  # fmt: skip


def _cell(slot: Slot, value: Any) -> dict[str, Any]:
    column = slot.column
    text = str(value) if slot.lookup and value is not None else column.text(value)
    return {"code": column.code, "label": column.label, "text": text, "align": column.align, "tag": ""}


def _problem(finding: Finding) -> dict[str, str]:
    problem = finding.problem
    return {"where": problem.where, "code": problem.code, "text": problem.en if language() == "en" else problem.zh}


def _send_errors(screen: Screen, checked: Checked) -> HttpResponse:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "errors.xlsx"
        write_error_workbook(path, checked.sheets, checked.findings)
        return _book(path, f"{screen.code}-errors.xlsx")


@require_GET
def send_template(request: HttpRequest, screen: Screen) -> HttpResponse:
    """An empty sheet with the heads, the choices as drop-downs, and a sheet that explains each column."""
    _importer(request, screen)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, screen)
        return _book(path, f"{screen.code}-template.xlsx")


def write_template(path: Path, screen: Screen) -> None:
    """The workbook that a person fills in."""
    slots = slots_of(screen)
    with xlsxwriter.Workbook(str(path)) as book:
        head = book.add_format(
            {"bold": True, "border": 1, "bg_color": "#E8EEF7", "text_wrap": True, "valign": "vcenter"}
        )
        must = book.add_format(
            {
                "bold": True,
                "border": 1,
                "bg_color": "#E8EEF7",
                "font_color": "#C00000",
                "text_wrap": True,
                "valign": "vcenter",
            }
        )
        page, told = book.add_worksheet(screen.zh), book.add_worksheet(HELP_SHEET)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for i, slot in enumerate(slots):
            column = slot.column
            page.set_column(i, i, column.width, day if column.kind == "date" else None)
            page.write_string(0, i, column.zh, must if slot.is_required else head)
            if column.words:
                page.data_validation(
                    1, i, TEMPLATE_ROWS, i, {"validate": "list", "source": [zh for zh, _ in column.words.values()]}
                )
        page.freeze_panes(1, 1)
        for i, text in enumerate(("列", "Column", "必填", "怎么填", "How")):
            told.write_string(0, i, text, head)
        for row, slot in enumerate(slots, start=1):
            zh, en = _explain(slot.column)
            cells = (slot.column.zh, slot.column.en, "是 yes" if slot.is_required else "", zh, en)
            for i, text in enumerate(cells):
                told.write_string(row, i, text)
        told.set_column(0, 4, 26)


def _explain(column: Column) -> tuple[str, str]:
    if column.words:
        return "、".join(zh for zh, _ in column.words.values()), ", ".join(en for _, en in column.words.values())
    if "__" in column.code:
        return "主体库里的全称", "the full name in the registry"
    decimals = f", 最多 {column.decimals} 位小数", f", at most {column.decimals} decimals"
    return {
        "money": ("万元", "10,000 yuan"), "whole": ("整数", "a whole number"), "date": ("日期, 如 2026-11-21", "a day, such as 2026-11-21"),
        "decimal": (f"数值{decimals[0]}", f"a number{decimals[1]}"),
    }.get(column.kind, ("文字", "text"))  # fmt: skip


def _book(path: Path, name: str) -> HttpResponse:
    response = HttpResponse(path.read_bytes(), content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
