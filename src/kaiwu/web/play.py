"""A site that is at work (演示进度): an evaluation under way and requests of firms, so that every desk of the demo has something on it.

Owns the story. It only calls the services that people call, as the people of the demo accounts, on days shortly before today; it
runs once, in a workspace that is labelled synthetic.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.account.models import Organisation, Person
from kaiwu.web.account.role import OrganisationKind
from kaiwu.web.account.services import add_organisation
from kaiwu.web.case.models import Case
from kaiwu.web.case.services import advance, open_case
from kaiwu.web.evaluation.dispute import dispute_shown, forward
from kaiwu.web.evaluation.models import Evaluation
from kaiwu.web.evaluation.queries import block_of
from kaiwu.web.evaluation.services import begin, confirm, take_run
from kaiwu.web.event.services import SYSTEM, Actor
from kaiwu.web.policy.services import ask_fill
from kaiwu.web.registry.models import Firm
from kaiwu.web.run.models import RunRow
from kaiwu.web.run.services import ask_near
from kaiwu.web.workspace import find_run, workspace

REQUESTS = (
    ("用地用房", "现有厂房不足, 需要 2000 平方米以上、楼面荷载 1 吨的厂房", 12, "answered"),
    ("用工人才", "需要数控操作工二十名", 9, "working"),
    ("资金融资", "技改项目需要贷款贴息", 6, "department"),
    ("用能排放", "申请增容 800 千伏安", 3, "raised"),
    ("政策兑现", "去年的奖补还没有到账", 20, "raised"),
)
"""Theme, text, days ago, and how far it has come."""


def play() -> None:
    """Play the story where it has not been played. Raises ``KaiwuError`` where the workspace is not labelled synthetic."""
    if not workspace().is_synthetic:
        zh, en = "只有合成数据的工作区可以演示", "only a synthetic workspace can be played with"
        raise KaiwuError(Problem("W-DEMO", zh, en, where=str(workspace().folder)))
    if Case.objects.exists():
        return
    officer, town, clerk = (
        Person.objects.select_related("organisation").get(login=login) for login in ("officer", "town", "firm")
    )
    _play_evaluation(officer, town, clerk)
    _play_requests(officer, town, clerk)
    _ask_for_answers(officer)


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    """What is done inside is dated so many days ago."""
    real = timezone.now
    with mock.patch.object(timezone, "now", lambda: real() - dt.timedelta(days=days)):
        yield


def _actor(person: Person) -> Actor:
    return Actor(person.login, person.name, person.organisation.code)


def _ask_for_answers(officer: Person) -> None:
    """Let the worker lay out the answers and near misses of the widest run of clauses."""
    heads = workspace().library.heads
    clauses = {code for code, (_, _, head) in heads.items() if head.kind == "clauses"}
    widths = {row: len(clauses.intersection(row.schemes.splitlines())) * row.population for row in RunRow.objects.all()}
    widest = max(widths, key=lambda row: (widths[row], row.number), default=None)
    if widest is not None and widths[widest]:
        ask_fill(_actor(officer), widest.number)
        ask_near(_actor(officer), widest.number)


def _play_evaluation(officer: Person, town: Person, clerk: Person) -> None:
    """An evaluation whose firms are confirming: some have, one disputes a figure and its town has forwarded it."""
    found = _find_rating()
    if found is None or "permu_year" not in workspace().library.procedures:
        return
    job, scheme, number = found
    with days_ago(45):
        made = begin(_actor(officer), job, scheme, issuer="经信局(演示)", signer="演示签发人(合成)")
        advance(_actor(officer), officer, made.case, "land_notice", evidence="规上企业名单与用地清单(演示)")
    with days_ago(25):
        advance(_actor(officer), officer, made.case, "run")
        take_run(_actor(officer), made, number)
    with days_ago(6):
        advance(_actor(officer), officer, made.case, "confirm")
    with days_ago(4):
        _confirm_some(made, clerk)
        _raise_dispute(made, town, clerk)


def _find_rating() -> tuple[str, str, str] | None:
    """A standing job, a rating of it that is in force and gives classes, and the newest run of it."""
    heads = workspace().library.heads
    for job in workspace().jobs:
        row = RunRow.objects.filter(job=job.code, rated=job.rated, corrects="").order_by("-number").first()
        codes = [
            c for c in job.schemes if c in heads and heads[c][2].kind == "rating" and heads[c][2].status == "in_use"
        ]
        for code in codes if row is not None and job.population == "firm" else ():
            if row is not None and find_run(row.number).result(code).decisions["class"].is_not_null().any():
                return job.code, code, row.number
    return None


def _confirm_some(made: Evaluation, clerk: Person) -> None:
    """Every other firm has confirmed, by the code on its paper; the demo firm has not answered yet."""
    others = made.sheets.exclude(firm__entity=clerk.organisation.entity)
    for sheet in list(others.select_related("evaluation__case", "firm").order_by("firm__entity"))[::2]:
        confirm(Actor("code", sheet.firm.name, sheet.firm.entity), sheet)


def _raise_dispute(made: Evaluation, town: Person, clerk: Person) -> None:
    """The demo firm, or another one of the demo town, disputes the first figure of its sheet; the town forwards it."""
    waiting = made.sheets.select_related("evaluation__case", "firm").filter(state="sent")
    sheet = (
        waiting.exclude(firm__entity=clerk.organisation.entity)
        .filter(firm__town__entity=town.organisation.entity)
        .first()
    )
    figures = block_of(sheet).figures if sheet is not None else ()
    if sheet is None or not figures:
        return
    person = Actor("code", sheet.firm.name, sheet.firm.entity)
    raised = dispute_shown(person, sheet, figures[0].slot, figures[0].value, "与本企业申报表不一致, 请核对(演示)")
    forward(_actor(town), raised, "已到现场核对(演示)")


def _finance() -> Organisation:
    known = Organisation.objects.filter(code="demo-finance").first()
    return known or add_organisation(SYSTEM, "demo-finance", "金融办(演示)", OrganisationKind.DEPARTMENT)


def _play_requests(officer: Person, town: Person, clerk: Person) -> None:
    """Requests of firms of the demo town, each at another stage."""
    firms = list(
        Firm.objects.filter(town__entity=town.organisation.entity, is_current=True).order_by("entity")[: len(REQUESTS)]
    )
    for firm, (theme, text, days, stage) in zip(firms, REQUESTS, strict=False):
        with days_ago(days):
            case = open_case(
                Actor("code", firm.name, firm.entity), "request", firm=firm, fields={"theme": theme, "text": text}
            )
            if stage != "raised":
                advance(_actor(town), town, case, "working")
        with days_ago(max(days - 3, 0)):
            if stage == "answered":
                advance(_actor(town), town, case, "answered", evidence="已推荐两处厂房(演示)")
            elif stage == "department":
                advance(
                    _actor(officer), officer, case, "department", evidence="转区金融办(演示)", department=_finance()
                )
