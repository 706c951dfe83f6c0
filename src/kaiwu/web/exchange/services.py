"""Deeds of the exchange (数据报送办理): ask for a table, remind, send a version, take it in, decide between sources.

Owns what each deed asks for. One transaction each, with its event; figures are appended to the workspace, nothing is overwritten.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kaiwu.figure import make_figures
from kaiwu.figure.figure import FIGURE_SCHEMA
from kaiwu.procedure.intake import Taken, import_files, templates_of
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.account.models import Organisation
from kaiwu.web.case.models import CaseFile
from kaiwu.web.case.services import attach, file_path, open_case
from kaiwu.web.event.services import Actor, Deed, record
from kaiwu.web.exchange.disagreement import RULING_SOURCE, Disagreement, Side
from kaiwu.web.exchange.models import DataRequest, DataVersion, Ruling, VersionState
from kaiwu.web.job.models import Job
from kaiwu.web.job.services import ask
from kaiwu.web.registry.models import Firm
from kaiwu.web.workspace import forget, workspace

PROCEDURE = "data_request"


@transaction.atomic
def ask_for_table(
    actor: Actor, organisation: Organisation, template: str, period: str, due: dt.date, note: str = ""
) -> DataRequest:
    """Ask an organisation for a table. Raises ``KaiwuError`` for an unknown template, a day that has passed, or what is asked already."""
    known = templates_of(workspace())
    if template not in known:
        raise KaiwuError(
            Problem("W-TEMPLATE", f"没有导入模板“{template}”", f"there is no import template “{template}”")
        )
    period = period.strip()
    problems = []
    if not period:
        problems.append(Problem("W-FIELD", "请写明期间, 如 2024年", "name the period, such as 2024"))
    if due < timezone.localdate():
        problems.append(Problem("W-FIELD", "期限已过", "the day has passed", text=str(due)))
    if DataRequest.objects.filter(organisation=organisation, template=template, period=period).exists():
        zh, en = "已经向该单位要过这张表", "this table was asked of that organisation already"
        problems.append(Problem("W-TWICE", zh, en, where=organisation.name))
    if problems:
        raise KaiwuError(problems)
    zh, en = known[template].zh, known[template].en
    fields = {"table": zh, "period": period, "due": due.isoformat(), **({"note": note.strip()} if note.strip() else {})}
    case = open_case(
        actor, PROCEDURE, title=f"{organisation.name}报送{zh}({period})", fields=fields, department=organisation
    )
    made = DataRequest.objects.create(
        case=case, organisation=organisation, template=template, zh=zh, en=en, period=period[:40], due=due
    )
    record(actor, _deed(made, "ask", after=fields))
    return made


@transaction.atomic
def remind(actor: Actor, made: DataRequest) -> None:
    """Remind of a table that has not come. Raises ``KaiwuError`` where it has, or where today's reminder is out."""
    today = timezone.localdate()
    if made.case.stage != "asked":
        raise KaiwuError(
            Problem("W-STEP", "已经报送, 不用催", "it has come: no reminder is due", where=made.case.number)
        )
    changed = (
        DataRequest.objects.filter(pk=made.pk)
        .exclude(reminded_on=today)
        .update(reminders=F("reminders") + 1, reminded_on=today)
    )
    if changed != 1:
        raise KaiwuError(Problem("W-TWICE", "今天已经催过", "there was a reminder today", where=made.case.number))
    made.refresh_from_db()
    record(actor, _deed(made, "remind", after={"reminders": made.reminders}))


@transaction.atomic
def send_version(actor: Actor, made: DataRequest, name: str, content: bytes) -> Job:
    """Keep a version and ask the worker to check it and take it in. Raises ``KaiwuError`` where the table is no longer asked for."""
    if made.case.stage != "asked" or made.versions.filter(state=VersionState.CHECKING).exists():
        zh, en = "现在不收新版本: 已报送或正在检查", "no version is taken now: it has come, or one is being checked"
        raise KaiwuError(Problem("W-STEP", zh, en, where=made.case.number))
    if Path(name).suffix.lower() not in (".xlsx", ".xls", ".csv"):
        raise KaiwuError(Problem("W-UPLOAD", "请上传 .xlsx、.xls 或 .csv", "upload .xlsx, .xls or .csv", where=name))
    kept = attach(actor, made.case, name, content, kind="table")
    version = DataVersion.objects.create(request=made, number=made.versions.count() + 1, file=kept, sent_by=actor.login)
    record(actor, _deed(made, "send", after={"version": version.number, "sha256": kept.sha256}))
    return ask(actor, "intake", str(made), {"version": version.pk})


def take_version(actor: Actor, version: DataVersion) -> DataVersion:
    """Check a version with its template and take it in, all or nothing; the report and the error workbook stay with it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / version.file.name
        shutil.copyfile(file_path(version.file.sha256), path)
        home, today = workspace(), timezone.localdate()
        taken = import_files(
            home, [path], known_at=today, template=version.request.template, synthetic=home.is_synthetic or None
        )
        forget()
        errors = None
        if not taken.is_accepted:
            book = Path(folder) / "errors.xlsx"
            taken.results[path.name].report.write_error_workbook(book)
            errors = book.read_bytes()
    return _keep_result(actor, version, taken, path.name, errors)


@transaction.atomic
def _keep_result(actor: Actor, version: DataVersion, taken: Taken, name: str, errors: bytes | None) -> DataVersion:
    made, report = version.request, taken.results[name].report
    kept: CaseFile | None = (
        attach(actor, made.case, f"v{version.number}-标错.xlsx", errors, kind="errors") if errors else None
    )
    state = VersionState.ACCEPTED if taken.is_accepted else VersionState.REFUSED
    DataVersion.objects.filter(pk=version.pk).update(
        state=state, report_zh=report.to_text("zh"), report_en=report.to_text("en"), errors=kept, batch=taken.batch,
        figures=taken.figures, entities=taken.entities,
    )  # fmt: skip
    version.refresh_from_db()
    after = {"version": version.number, "state": str(state), "batch": taken.batch, "figures": taken.figures}
    record(actor, _deed(made, "check", after=after))
    return version


@transaction.atomic
def rule(actor: Actor, found: Disagreement, side: Side, reason: str) -> Ruling:
    """Decide which source stands: its value is recorded again as decided, and answers from then on.

    Raises ``KaiwuError`` without a reason, or where the firm is not in the register.
    """
    if not reason.strip():
        raise KaiwuError(Problem("W-REASON", "请写明认定理由和依据", "say why, and on which evidence"))
    firm = Firm.objects.filter(entity=found.entity).first()
    if firm is None:
        raise KaiwuError(
            Problem("W-SUBJECT", "主体库里没有这家企业", "the firm is not in the register", where=found.entity)
        )
    today = timezone.localdate()
    row = {name: side.row[name] for name in FIGURE_SCHEMA} | {
        "source": f"{RULING_SOURCE}({side.source})"[:200], "place": "", "status": "final", "scope": found.variable.scope,
    }  # fmt: skip
    batch = workspace().figures.append(
        make_figures([row]), today, f"{RULING_SOURCE} {found.variable.code} {found.entity}"
    )
    forget()
    values = [[s.source, s.printed] for s in found.sides]
    made = Ruling.objects.create(
        firm=firm, variable=found.variable.code, label=found.variable.zh, period=found.period, values=json.dumps(values, ensure_ascii=False),
        source=side.source, printed=side.printed, reason=reason.strip(), batch=batch, decided_by=actor.login, decided_on=today,
    )  # fmt: skip
    after = {"source": side.source, "value": side.printed, "batch": batch}
    record(
        actor,
        Deed(
            "ruling.decide",
            "ruling",
            str(made.pk),
            firm=firm.entity,
            before={"values": values},
            after=after,
            evidence=reason,
        ),
    )
    return made


def _deed(made: DataRequest, verb: str, after: Mapping[str, object]) -> Deed:
    return Deed(f"exchange.{verb}", "data_request", str(made.pk), after=after, rule_version=made.case.pack_digest)
