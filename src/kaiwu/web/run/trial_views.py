"""Pages that compare (试改与比较): an edit of a rule on trial, and two runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from kaiwu.procedure import Change, compare_runs
from kaiwu.procedure.near_miss import has_limit
from kaiwu.procedure.trial import Part, Trial, parts_of, splice, try_edit
from kaiwu.quantity import KaiwuError
from kaiwu.report.cell import Column, print_cell
from kaiwu.table import Document
from kaiwu.web.account.models import Person
from kaiwu.web.run.models import RunRow
from kaiwu.web.run.queries import (
    listing_of,
    money_of,
    names_of,
    reach_of,
    row_of,
    scheme_codes,
    verdict_words,
    warnings_of,
)
from kaiwu.web.run.screens import RunScreen
from kaiwu.web.run.views import crumbs, sheet_url, who_runs
from kaiwu.web.screen.table import make_table
from kaiwu.web.shell import person_of
from kaiwu.web.wording import language, pick
from kaiwu.web.workspace import find_run

SHOWN = 200
"""Rows of a comparison or a trial on its page; the counts are of all."""


@require_http_methods(["GET", "POST"])
def try_rule(request: HttpRequest, key: str) -> HttpResponse:
    """Edit one clause of a rulebook and see who flips and what it costs. Nothing is saved."""
    row = row_of(who_runs(request), key)
    run = find_run(row.number)
    codes = scheme_codes(row)
    asked = request.POST.get("scheme") or request.GET.get("scheme", "")
    code = asked if asked in codes else codes[0]
    document, _ = run.library.rulebook(code)
    parts = parts_of(document)
    part = _part(parts, request.POST.get("part") or request.GET.get("part", ""))
    text = part.text if part else document.text
    context: dict[str, Any] = {
        "title": pick("试改规则", "Try an edit"), "run": row, "schemes": [(c, pick(run.scheme(c).zh, run.scheme(c).en), c == code) for c in codes],
        "scheme": code, "parts": [(p.code, p.zh, part is not None and p.code == part.code) for p in parts], "part": part, "text": text, "original": text,
        "crumbs": crumbs(row, (pick("试改规则", "Try an edit"), "")), "warnings": warnings_of(row.number, [code]), "lines": max(6, min(30, text.count("\n") + 2)),
    }  # fmt: skip
    if request.method == "POST":
        context["text"] = request.POST.get("text", "").replace("\r\n", "\n")[:200_000]
        try:
            context |= _tried(row, try_edit(run, code, _whole(document, part, context["text"])))
        except KaiwuError as error:
            context["problems"] = [
                {"code": p.code, "where": p.where, "text": pick(p.zh, p.en), "at": p.text} for p in error.problems
            ]
    return render(request, "kaiwu/run/trial.html", context, status=422 if context.get("problems") else 200)


def _part(parts: Sequence[Part], code: str) -> Part | None:
    if code == "*" or not parts:
        return None
    return next((p for p in parts if p.code == code), parts[0])


def _whole(document: Document, part: Part | None, text: str) -> str:
    return splice(document, part, text) if part is not None else text


def _tried(row: RunRow, trial: Trial) -> dict[str, Any]:
    """What an edit does, for the page: each scheme that it reaches, and the first of those who flip."""
    names = names_of(row.number)
    flipped = trial.changes.filter(pl.col("flips"))
    schemes = []
    for code in trial.schemes:
        words, cost = verdict_words(trial.before, code), trial.cost(code)
        flips = [(words.get(b, str(b)), words.get(a, str(a)), f"{n:,}") for b, a, n in trial.flips(code)]
        moved = trial.changes.filter(pl.col("scheme") == code).height
        if code == trial.scheme or moved:
            scheme = trial.before.scheme(code)
            schemes.append({"title": pick(scheme.zh, scheme.en), "flips": flips, "moved": moved,
                            "cost": [money_of(low, high, is_limited=high is not None) for low, high in cost] if cost else None})  # fmt: skip
    heads = (
        pick("主体", "Entity"),
        pick("方案", "Scheme"),
        pick("条款", "Clause"),
        pick("改前", "Before"),
        pick("改后", "After"),
        pick("金额", "Amount"),
    )
    rows = []
    for r in flipped.head(SHOWN).iter_rows(named=True):
        words, scheme = verdict_words(trial.before, r["scheme"]), trial.before.scheme(r["scheme"])
        title = scheme.titles().get(r["item"], (r["item"], r["item"], ""))
        entity = {"text": names.get(r["entity"], r["entity"]), "url": sheet_url(row, r["entity"], r["scheme"])}
        is_limited = has_limit(scheme, r["item"])
        money = " → ".join(
            money_of(r[f"low_{s}"], r[f"high_{s}"], is_limited=is_limited) or "—" for s in ("before", "after")
        )
        rows.append((entity, pick(scheme.zh, scheme.en), pick(title[0], title[1]), words.get(r["before"], "—"), words.get(r["after"], "—"),
                     money if money != "— → —" else ""))  # fmt: skip
    return {"tried": True, "results": schemes, "flipped": flipped.height, "firms": flipped["entity"].n_unique(),
            **make_table(heads, rows, right=(5,)), "shown": SHOWN}  # fmt: skip


@require_GET
def compare(request: HttpRequest, key: str) -> HttpResponse:
    """Who differs between another run and this one, from what to what, and why."""
    person = person_of(request)
    row = row_of(person, key)
    screen = RunScreen()
    others = screen.rows(person).filter(job=row.job).exclude(number=row.number).order_by("-number")
    asked = request.GET.get("with", "") or row.corrects
    other = others.filter(number=asked).first()
    context: dict[str, Any] = {
        "title": pick("两次测算的差异", "What differs between two runs"), "run": row, "other": other, "others": others[:50],
        "crumbs": crumbs(row, (pick("差异", "Difference"), "")), "warnings": warnings_of(row.number, scheme_codes(row)),
    }  # fmt: skip
    if other is not None:
        before, after = sorted((row, other), key=lambda r: r.number)
        context |= _difference(before, after, person)
    return render(request, "kaiwu/run/compare.html", context)


def _difference(before: RunRow, after: RunRow, person: Person) -> dict[str, Any]:
    reach, run, names = reach_of(person), find_run(after.number), names_of(after.number)
    changes = [c for c in compare_runs(find_run(before.number), run) if reach is None or c.entity in reach]
    causes: dict[str, int] = {}
    for change in changes:
        causes[change.cause] = causes.get(change.cause, 0) + 1
    heads = (pick("主体", "Entity"), pick("方案", "Scheme"), pick("变化", "Change"), pick("原因", "Why"))
    rows = []
    for change in changes[:SHOWN]:
        scheme = run.scheme(change.scheme)
        entity = {
            "text": names.get(change.entity, change.entity),
            "url": sheet_url(after, change.entity, change.scheme),
        }
        rows.append((entity, pick(scheme.zh, scheme.en), _told(run, change), pick(change.zh, change.en)))
    told = [(pick(*CAUSES[cause]), n) for cause, n in sorted(causes.items())]
    return {"before": before, "after": after, "total": len(changes), "firms": len({c.entity for c in changes}), "causes": told,
            **make_table(heads, rows), "shown": SHOWN}  # fmt: skip


CAUSES = {"figure": ("自身数据变动", "own figures"), "rule": ("规则变动", "the rules"), "others": ("他人变动", "others"),
          "entered": ("新进入范围", "entered"), "left": ("退出范围", "left")}  # fmt: skip


def _told(run: Any, change: Change) -> str:
    """``等级 B → A, 名次 5 → 3``: the columns that a list shows."""
    listing = listing_of(run.record.number, change.scheme)
    columns = {c.en: c for c in listing.columns} | {"outcome": Column("结论", "answer"), "low": Column("金额下限", "lowest", kind="money"),
                                                      "high": Column("金额上限", "highest", kind="money")}  # fmt: skip
    words = verdict_words(run, change.scheme)
    parts = []
    for name, value in change.after.items():
        column = columns.get(name)
        if column is None:
            continue
        texts = [_value(column, name, v, words) for v in (change.before[name], value)]
        parts.append(f"{pick(column.zh, column.en)} {texts[0]} → {texts[1]}")
    return "; ".join(parts) or pick("内部数值变动", "inner values")


def _value(column: Column, name: str, value: Any, words: Any) -> str:
    if value is None:
        return "—"
    if name == "outcome":
        return str(words.get(str(value), value))
    return print_cell(column, value, language()) or "—"
