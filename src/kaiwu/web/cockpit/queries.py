"""What the tiles show (驾驶舱查询): the same queries as the lists that they lead to.

Owns which tiles there are and their order. No number is made here that a list does not have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from urllib.parse import urlencode

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from kaiwu.procedure.claim.pot_month import PotMonth
from kaiwu.quantity import KaiwuError
from kaiwu.rating.operation.contribution import print_units
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.claim_record import ClaimRecord
from kaiwu.report.label import STATUSES
from kaiwu.report.operation import list_facts, print_bulletin
from kaiwu.report.printed import Printed
from kaiwu.web.account.models import Person
from kaiwu.web.case.models import Case
from kaiwu.web.case.queries import given_fields, overdue
from kaiwu.web.case.screens import procedure_words
from kaiwu.web.cockpit.place import find_outline
from kaiwu.web.cockpit.tile import Tile, bars, empty_tile, table
from kaiwu.web.evaluation.models import Dispute, DisputeState, Evaluation, Publication
from kaiwu.web.evaluation.queries import classes_of, listing_of
from kaiwu.web.exchange.models import DataRequest
from kaiwu.web.operation import latest_bulletin
from kaiwu.web.registry.models import Firm, Place, PlaceKind
from kaiwu.web.run.models import NearRow, RunRow
from kaiwu.web.run.queries import listing_of as run_listing
from kaiwu.web.wording import language, pick
from kaiwu.web.workspace import is_synthetic, workspace

MONTHS, CLAUSES, TOWNS, LATE, THEMES = 13, 6, 18, 2, 6
SHADES = 4
"""Shades of the towns."""


def list_tiles(person: Person) -> list[Tile]:
    """All tiles in the order of the page."""
    return [make(person) for make in TILES.values()]


def make_overview(person: Person) -> Tile:
    """The row of figures on top; each is the count of the list that it leads to."""
    cases, disputes = Case.objects.visible_to(person), Dispute.objects.visible_to(person)
    asked, waiting = {"stage": "asked"}, {"state": DisputeState.FORWARDED.value}
    figures = (
        ("企业", "Firms", Firm.objects.visible_to(person).count(), reverse("firm-list")),
        ("镇街园区", "Towns and parks", Place.objects.visible_to(person).count(), reverse("place-list")),
        ("在办事项", "Open cases", cases.filter(is_closed=False).count(), _cases(closed="False")),
        ("逾期", "Overdue", overdue(person).count(), _cases(late="yes", order="due")),
        ("已办结", "Closed", cases.filter(is_closed=True).count(), _cases(closed="True")),
        ("待认定异议", "Disputes to decide", disputes.filter(**waiting).count(), f"{reverse('dispute-list')}?{urlencode(waiting)}"),
        ("待报数据表", "Tables owed", DataRequest.objects.visible_to(person).filter(case__stage="asked").count(), f"{reverse('data_request-list')}?{urlencode(asked)}"),
        ("测算", "Runs", RunRow.objects.visible_to(person).count(), reverse("run-list")),
    )  # fmt: skip
    kpis = [{"label": pick(zh, en), "value": f"{n:,}", "url": url} for zh, en, n, url in figures]
    return Tile("overview", pick("总览", "Overview"), 12, 1, reverse("case-list"), reverse("case-export"), kpis=kpis)


def _cases(**query: str) -> str:
    return f"{reverse('case-list')}?{urlencode(query)}"


def make_operation(person: Person) -> Tile:
    """Growth month by month, the newest sentences and streaks."""
    title = pick("规上工业月度运行", "Monthly operation")
    try:
        bulletin = latest_bulletin()
    except KaiwuError as error:
        return empty_tile("operation", title, 5, 2, pick(error.problems[0].zh, error.problems[0].en))
    decimals = bulletin.spec.decimals.growth
    points = bulletin.points[-MONTHS:]
    rates = [
        None if p.rate is None else print_units(p.rate, decimals) / 10**decimals for p in points
    ]  # as printed; for drawing only
    chart = bars([str(p.period) for p in points], [(pick("同比(%)", "Growth (%)"), rates)], kind="line")
    first, last = list_facts(bulletin)[0], points[-1]
    told = [
        f"{pick(last.period.zh, last.period.en)} {rates[-1]}%"
        if rates[-1] is not None
        else pick("本期未给出增速", "no growth stated")
    ]
    for streak, found in bulletin.streaks:
        length = str(found.low) if found.is_certain else f"{found.low}–{found.high}"
        told.append(pick(f"{streak.rule.zh}: 连续 {length} 个月", f"{streak.rule.en}: {length} months running"))
    notes = [first[language() == "en"]]
    return Tile(
        "operation", title, 5, 2, reverse("cockpit-tile", args=["operation"]), reverse("cockpit-excel", args=["operation"]),
        chart={**chart, "note": " · ".join(told)}, note="; ".join(notes), printed=print_bulletin(bulletin),
    )  # fmt: skip


def newest_counts(person: Person) -> tuple[str, list[tuple[str, int]], str, str, dict[str, str]] | None:
    """Title, counts by class, list and Excel of the newest evaluation, and the class of every firm; ``None`` where there is none."""
    made = (
        Evaluation.objects.visible_to(person).exclude(run="").select_related("case").order_by("-rated", "-pk").first()
    )
    if made is None:
        return _newest_run(person)
    urls = (reverse("evaluation", args=[made.case.number]), reverse("run-scheme-export", args=[made.run, made.scheme]))
    return made.case.title, list(listing_of(made).counts), *urls, classes_of(made)


def _newest_run(person: Person) -> tuple[str, list[tuple[str, int]], str, str, dict[str, str]] | None:
    """The same of the newest run with a rating, where no evaluation was begun."""
    heads = workspace().library.heads
    for row in RunRow.objects.visible_to(person).order_by("-number"):
        scheme = next((c for c in row.schemes.split("\n") if c in heads and heads[c][2].kind == "rating"), None)
        if scheme is not None:
            listed = run_listing(row.number, scheme)
            place = listed.index("class")
            classes = (
                {} if place is None else {r[0]: str(r[place]) for r in listed.table.iter_rows() if r[place] is not None}
            )
            urls = (
                reverse("run-scheme", args=[row.number, scheme]),
                reverse("run-scheme-export", args=[row.number, scheme]),
            )
            return f"{row.zh} {row.rated}({pick('测算', 'run')} {row.number})", list(listed.counts), *urls, classes
    return None


def make_classes(person: Person) -> Tile:
    """Classes of the newest evaluation."""
    found = newest_counts(person)
    title = pick("最新评价各档", "Classes of the newest evaluation")
    if found is None:
        return empty_tile(
            "classes", title, 3, 2, pick("还没有完成测算的评价", "no evaluation has a run yet"), reverse("case-list")
        )
    name, counts, list_url, excel_url, _ = found
    data = [
        {"name": label, "value": n, "url": list_url}
        for label, n in counts
        if n and label != STATUSES["out_of_scope"][0]
    ]
    option = {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "pie",
                "radius": ["42%", "72%"],
                "data": data,
                "label": {"formatter": "{b} {c}", "textBorderWidth": 0},
            }
        ],
    }
    columns = [{"label": pick("档次", "Class")}, {"label": pick("家数", "Firms"), "align": "right"}]
    chart = {
        "option": option,
        "columns": columns,
        "rows": [[label, f"{n:,}"] for label, n in counts],
        "title": "",
        "note": name,
    }
    return Tile("classes", title, 3, 2, list_url, excel_url, chart=chart)


def make_towns(person: Person) -> Tile:
    """Towns: best class by town where there is an evaluation, else firms. A map where the pack has an outline with a source."""
    found = newest_counts(person)
    firms = Firm.objects.visible_to(person).filter(is_current=True, town__isnull=False)
    best, title = None, pick("镇街企业数", "Firms by town")
    if found is not None and found[1]:
        best = found[1][0][0]
        title = pick(f"镇街{best}档家数", f"Class {best} by town")
    counts: Counter[str] = Counter()
    for entity, town in firms.values_list("entity", "town__name"):
        counts[town] += best is None or (found is not None and found[4].get(entity) == best)
    top = max(counts.values(), default=0)
    shown = [
        {
            "name": name,
            "value": n,
            "shade": 1 + (SHADES - 1) * n // top if top else 1,
            "url": f"{reverse('firm-list')}?{urlencode({'town': name})}",
        }
        for name, n in counts.most_common(TOWNS)
    ]
    rows = [[t["name"], f"{t['value']:,}"] for t in shown]
    columns = [{"label": pick("镇街", "Town")}, {"label": pick("家数", "Firms"), "align": "right"}]
    outline = find_outline()
    urls = (reverse("place-list") + "?" + urlencode({"kind": PlaceKind.TOWN.value}), reverse("place-export"))
    if outline is not None:
        plan = {"source": reverse("cockpit-outline"), "columns": columns, "rows": rows, "note": outline.source}
        return Tile("towns", title, 4, 2, *urls, map=plan)
    note = pick(
        "示意排列, 不是边界: 内容包没有带来源的镇街边界", "schematic, no boundaries: no pack has outlines with a source"
    )
    return Tile("towns", title, 4, 2, *urls, towns=shown, note=note)


def make_procedures(person: Person) -> Tile:
    """Cases in progress and overdue by procedure."""
    running = Counter(
        Case.objects.visible_to(person).filter(is_closed=False).order_by().values_list("procedure", flat=True)
    )
    late = Counter(overdue(person).order_by().values_list("procedure", flat=True))
    title, words = pick("办件在办与逾期", "Cases in progress and overdue"), procedure_words()
    if not running:
        return empty_tile("procedures", title, 5, 2, pick("没有在办事项", "no open case"), reverse("case-list"))
    codes = [code for code, _ in running.most_common()]
    in_time = [{"value": running[c] - late[c], "url": _cases(procedure=c, closed="False")} for c in codes]
    behind = [{"value": late[c], "url": _cases(procedure=c, late="yes", order="due")} for c in codes]
    labels = [pick(*words.get(c, (c, c))) for c in codes]
    chart = bars(labels, [(pick("期限内", "in time"), in_time), (pick("逾期", "overdue"), behind)], stacked=True)
    return Tile(
        "procedures", title, 5, 2, _cases(closed="False"), reverse("case-export") + "?closed=False", chart=chart
    )


def make_pots(person: Person) -> Tile:
    """The pots of vouchers: what came in, is reserved, paid and left, from the ledger."""
    title = pick("资金池(券与奖补)", "Pots of vouchers")
    record = ClaimRecord(workspace())
    pots: list[tuple[str, PotMonth]] = []
    for programme in record.programmes():
        months = record.months(programme)
        if months:
            pots.append((pick(programme.zh, programme.en), months[-1]))
    if not pots:
        return empty_tile("pots", title, 3, 2, pick("没有资金池账目", "no pot has entries"))
    money = Column("", "", kind="money")
    columns = [
        Column("项目", "programme", 40), Column("截至", "month", 10), Column("下达(万元)", "appropriated", 14, "money"), Column("预留(万元)", "reserved", 14, "money"),
        Column("应付(万元)", "payable", 14, "money"), Column("已付(万元)", "paid", 14, "money"), Column("追回(万元)", "recovered", 14, "money"), Column("余额(万元)", "left", 14, "money"),
    ]  # fmt: skip
    rows = [(name, p.month, p.appropriated, p.reserved, p.payable, p.paid, p.recovered, p.left) for name, p in pots]
    facts = ["金额单位: 万元; 下达 = 预留 + 应付 + 已付 + 追回 + 余额 + 结转", f"截至: {max(p.month for _, p in pots)}"]
    shown = table(
        [(pick("项目", "Programme"), "left"), (pick("已付(万元)", "Paid"), "right"), (pick("余额(万元)", "Left"), "right")],
        [(name, print_cell(money, p.paid), print_cell(money, p.left)) for name, p in pots], "",
    )  # fmt: skip
    printed = Printed("资金池", "资金池余额", facts, columns, rows, is_synthetic=is_synthetic())
    return Tile(
        "pots",
        title,
        3,
        2,
        reverse("cockpit-tile", args=["pots"]),
        reverse("cockpit-excel", args=["pots"]),
        table=shown,
        printed=(printed,),
    )


def make_near(person: Person) -> Tile:
    """Clauses of the newest run that most firms miss by one condition or figure."""
    title = pick("值得争取的临界企业", "Near misses worth chasing")
    rows = NearRow.objects.visible_to(person)
    newest = rows.order_by("-run__number").values_list("run__number", flat=True).first()
    if newest is None:
        return empty_tile(
            "near",
            title,
            4,
            2,
            pick("还没有找过临界企业; 在测算页上开始", "not looked for yet: begin on the page of a run"),
            reverse("near-list"),
        )
    short = rows.filter(run__number=newest, kind="figure").order_by()
    found = (
        short.values("zh", "en")
        .annotate(firms=Count("firm", distinct=True), gap=Min("effort"))
        .order_by("gap", "-firms")[:CLAUSES]
    )
    gap = Column("", "", kind="decimal", decimals=1)
    query = {"run": newest, "kind": "figure", "order": "effort"}
    cells = [
        (
            (pick(r["zh"], r["en"]), f"{reverse('near-list')}?{urlencode({**query, 'clause': r['zh']})}"),
            f"{r['firms']:,}",
            print_cell(gap, r["gap"]),
        )
        for r in found
    ]
    heads = [
        (pick("条款", "Clause"), "left"),
        (pick("企业", "Firms"), "right"),
        (pick("最小差距(%)", "Smallest gap (%)"), "right"),
    ]
    shown = table(heads, cells, pick("没有只差一项数据的企业", "no firm is one figure short"))
    listed = "?" + urlencode(query)
    return Tile("near", title, 4, 2, reverse("near-list") + listed, reverse("near-export") + listed, table=shown)


def make_late(person: Person) -> Tile:
    """The cases that are late longest."""
    rows = [
        ((c.title, reverse("case-detail", args=[c.number])), c.firm.name if c.firm else "", str(c.due))
        for c in overdue(person)[:LATE]
    ]
    heads = [(pick("逾期事项", "Overdue"), "left"), (pick("企业", "Firm"), "left"), (pick("期限", "Due"), "left")]
    shown = table(heads, rows, pick("没有逾期", "nothing is overdue"))
    return Tile(
        "late",
        pick("逾期最久", "Overdue longest"),
        5,
        1,
        _cases(late="yes", order="due"),
        reverse("case-export") + "?late=yes&order=due",
        table=shown,
    )


def make_notices(person: Person) -> Tile:
    """Notices whose window is open."""
    today = timezone.localdate()
    made = Publication.objects.visible_to(person).filter(last_day__gte=today)
    rows = [((p.title, reverse("publication", args=[p.number])), str(p.last_day)) for p in made[:LATE]]
    heads = [(pick("公示", "Notice"), "left"), (pick("期满", "Last day"), "left")]
    shown = table(heads, rows, pick("没有公示中的名单", "no notice is out"))
    return Tile(
        "notices",
        pick("公示中", "Notices out"),
        3,
        1,
        reverse("publication-list"),
        reverse("publication-export"),
        table=shown,
    )


def make_themes(person: Person) -> Tile:
    """Open requests of firms by theme."""
    asked = Case.objects.visible_to(person).filter(procedure="request", is_closed=False)
    themes = Counter(str(given_fields(c).get("theme") or pick("未分类", "none")) for c in asked)
    query = {"procedure": "request", "closed": "False"}
    kpis = [{"label": theme, "value": f"{n:,}", "url": _cases(**query)} for theme, n in themes.most_common(THEMES)]
    excel = f"{reverse('case-export')}?{urlencode(query)}"
    note = "" if kpis else pick("没有在办诉求", "no open request")
    return Tile(
        "themes", pick("企业诉求(在办)", "Open requests of firms"), 4, 1, _cases(**query), excel, kpis=kpis, note=note
    )


TILES: dict[str, Callable[[Person], Tile]] = {
    "overview": make_overview, "operation": make_operation, "classes": make_classes, "towns": make_towns, "procedures": make_procedures,
    "pots": make_pots, "near": make_near, "late": make_late, "notices": make_notices, "themes": make_themes,
}  # fmt: skip
