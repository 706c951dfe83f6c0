"""Pages of claims (申报页面): apply with what is known filled in, one claim with its steps, taking a step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kaiwu.figure import Variable
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim import LABELS, EventKind, Filing, make_invoice
from kaiwu.procedure.claim.invoice import read_fen
from kaiwu.procedure.claim.view import firm_view
from kaiwu.quantity import KaiwuError
from kaiwu.report.claim_page import show_claim
from kaiwu.report.sheet import print_money
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.claim.models import ClaimRow
from kaiwu.web.claim.queries import asks_contract, claim_record, known_facts, steps_for, uploads, wanted_facts
from kaiwu.web.claim.screens import TAGS, ClaimScreen
from kaiwu.web.claim.services import file_claim, take_step
from kaiwu.web.policy.models import PolicyClause
from kaiwu.web.policy.queries import find_clause, find_firm, programme_of
from kaiwu.web.run.models import NearRow
from kaiwu.web.screen.view import record_context
from kaiwu.web.shell import actor_of, person_of, refuse
from kaiwu.web.wording import pick
from kaiwu.web.workspace import find_run, workspace

APPLIERS = frozenset({Role.CLERK}) | OFFICE | {Role.TOWN}
MOST_TYPED = 10
"""Fields that a person types in one application at most (the rest is known, chosen or uploaded)."""


class ClaimForm(forms.Form):
    """What only the firm knows: its contract, invoice and payment, and facts of its own that nobody has."""

    def __init__(self, programme: Programme, facts: list[Variable], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programme, self.facts = programme, facts
        if asks_contract(programme):
            self._add_contract()
        room = MOST_TYPED - len(self.fields)
        for variable in facts[: max(room, 0)]:
            unit = f"({variable.unit.zh})" if variable.unit else ""
            label = f"{pick(variable.zh, variable.en or variable.code)}{unit}"
            note = pick(f"主管部门: {variable.owner}" if variable.owner else "", variable.owner)
            self.fields[f"fact_{variable.code}"] = forms.CharField(
                label=label, max_length=100, required=False, help_text=note
            )
        for material in uploads(programme):
            label = pick(material.zh, material.en)
            self.fields[f"file_{material.code}"] = forms.FileField(label=label, required=material.is_required)
        if asks_contract(programme):
            note = pick("XML、OFD 或 PDF; 结构化的会自动核对", "XML, OFD or PDF; a structured one is compared")
            self.fields["file_invoice"] = forms.FileField(
                label=pick("发票文件", "Invoice file"), required=False, help_text=note
            )

    def _add_contract(self) -> None:
        day = forms.DateInput(attrs={"type": "date"})
        self.fields["contract"] = forms.CharField(label=pick("合同编号", "Contract number"), max_length=100)
        self.fields["signed_on"] = forms.DateField(label=pick("签订日期", "Signed on"), widget=day)
        self.fields["contract_amount"] = forms.CharField(
            label=pick("合同金额(元)", "Contract amount (yuan)"), max_length=30
        )
        self.fields["seller"] = forms.CharField(label=pick("供应方名称", "Supplier"), max_length=200)
        self.fields["invoice"] = forms.CharField(label=pick("发票号码", "Invoice number"), max_length=40)
        self.fields["invoice_total"] = forms.CharField(
            label=pick("价税合计(元)", "Invoice total (yuan)"), max_length=30
        )
        self.fields["paid_on"] = forms.DateField(
            label=pick("付款日期", "Paid on"), widget=forms.DateInput(attrs={"type": "date"})
        )
        self.fields["paid"] = forms.CharField(label=pick("实付金额(元)", "Paid (yuan)"), max_length=30)
        self.fields["reference"] = forms.CharField(label=pick("付款凭证号", "Payment reference"), max_length=100)

    @property
    def typed(self) -> list[str]:
        """Names of the fields that are typed, not uploaded."""
        return [name for name, field in self.fields.items() if not isinstance(field, forms.FileField)]

    def filing(self, clause: str, known: dict[str, str]) -> Filing:
        """The filing of a valid form. Raises ``KaiwuError`` for amounts and numbers that cannot be read."""
        data = self.cleaned_data
        given = {v.zh: data[f"fact_{v.code}"].strip() for v in self.facts if data.get(f"fact_{v.code}", "").strip()}
        facts = {**known, **given}
        if not asks_contract(self.programme):
            return Filing(self.programme.code, "", facts=facts, clause=clause)
        contract = {
            "number": data["contract"], "signed_on": data["signed_on"].isoformat(), "amount": read_fen(data["contract_amount"]),
            "seller_code": "", "seller_name": data["seller"],
        }  # fmt: skip
        payment = {"day": data["paid_on"].isoformat(), "amount": read_fen(data["paid"]), "reference": data["reference"]}
        invoice = make_invoice(data["invoice"], total=data["invoice_total"], seller_name=data["seller"])
        kinds = {"contract": data["contract"], "invoice": invoice.number, "payment": data["reference"]}
        materials = {m.code: kinds[m.kind] for m in self.programme.materials if m.kind in kinds}
        return Filing(
            self.programme.code,
            "",
            contract=contract,
            payments=(payment,),
            invoices=(invoice,),
            facts=facts,
            materials=materials,
            clause=clause,
        )


@require_http_methods(["GET", "POST"])
def begin_claim(request: HttpRequest, entity: str, key: str) -> HttpResponse:
    """Apply for a clause: what the government knows is shown, what only the firm knows is asked."""
    person = person_of(request)
    if person.roles.isdisjoint(APPLIERS):
        raise Http404
    firm, clause = find_firm(person, entity), find_clause(key)
    programme = programme_of(clause)
    if programme is None:
        raise Http404
    run = find_run(clause.run.number)
    known = known_facts(run, entity, programme, clause.item)
    form = ClaimForm(programme, _asked(person, clause, entity, programme), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        files = {
            name[5:]: (f.name or name, f.read())
            for name, f in form.cleaned_data.items()
            if name.startswith("file_") and f
        }
        try:
            filing = form.filing(clause.item, {f.name: f.value for f in known})
            number = file_claim(actor_of(request), firm, filing, files)
            return HttpResponseRedirect(reverse("claim-detail", args=[number]))
        except KaiwuError as error:
            for problem in error.problems:
                form.add_error(None, f"{pick(problem.zh, problem.en)} [{problem.code}]")
    title = pick(clause.zh, clause.en)
    context = {
        "title": f"{pick('申报', 'Apply')}: {title}", "lead": f"{firm.name} · {pick(programme.zh, programme.en)}", "form": form, "multipart": True,
        "submit": pick("提交申报", "File the claim"), "cancel_url": reverse("policy-firm", args=[entity]), "known": known, "clause": clause,
        "warnings": [f"{title}: {pick(clause.mark_zh, clause.mark_en)}"] if clause.mark_zh else [],
        "notes": [pick(f"需要填写 {len(form.typed)} 项; 其余由部门数据自动带入", f"{len(form.typed)} fields to type; the rest is known"),
                  pick("带入的数据有误时, 请在“一企一单”提出异议", "where a known figure is wrong, dispute it on your sheet")],
        "crumbs": [{"label": pick("政策找人", "Policies"), "url": reverse("policy")}, {"label": firm.name, "url": reverse("policy-firm", args=[entity])},
                   {"label": title, "url": ""}],
    }  # fmt: skip
    return render(request, "kaiwu/claim/new.html", context, status=422 if form.errors else 200)


def _asked(person: Person, clause: PolicyClause, entity: str, programme: Programme) -> list[Variable]:
    """The facts to ask of the firm: those whose absence alone is between it and the clause."""
    wanted = wanted_facts(find_run(clause.run.number), entity, programme, clause.item)
    near = (
        NearRow.objects.visible_to(person)
        .filter(run=clause.run, scheme=clause.scheme, item=clause.item, firm__entity=entity, kind="fact")
        .first()
    )
    slots = set(near.slots.split("\n")) if near else set()
    return [v for v in wanted if v.code in slots]


# -- one claim ---------------------------------------------------------------------------------------------


def find_claim(person: Person, number: str) -> ClaimRow:
    """The claim of a number in this person's reach; otherwise there is none."""
    screen = ClaimScreen()
    row: ClaimRow | None = screen.rows(person).filter(number=number).first() if screen.can_view(person) else None
    if row is None:
        raise Http404
    return row


@require_GET
def show(request: HttpRequest, key: str) -> HttpResponse:
    """One claim: its state and what happened; an officer also sees reasons, facts with their givers and findings."""
    person = person_of(request)
    row = find_claim(person, key)
    context = record_context(request, ClaimScreen(), row)
    record = claim_record()
    case = record.case(row.number)
    programme = workspace().library.programmes.get(row.programme)
    if case is None or programme is None:
        raise Http404
    events = record.events(row.number)
    seen = firm_view(programme, case, events)
    state = next(c for c in ClaimScreen.columns if c.code == "state").cell(row)
    context |= {
        "title": f"{row.number} {pick(row.zh, row.en)}", "subtitle": row.firm_name, "status": {"text": state["text"], "tag": str(TAGS.get(row.state, "muted"))},
        "claim": seen, "steps_done": [{**s, "label": pick(s["zh"], s["en"])} for s in seen["steps"]], "case": case,
        "moves": [_move(kind, case, programme) for kind in steps_for(row.number, person.roles)], "timeline": [],
        "paid": print_money(seen["paid_by_firm_fen"], seen["paid_by_firm_fen"]),
        "notice": print_money(seen["amount_fen"], seen["amount_fen"]) if seen["amount_fen"] else "",
    }  # fmt: skip
    if not person.roles.isdisjoint(OFFICE | {Role.AUDIT}):
        context["inside"] = _inside(show_claim(record, programme, case))
    return render(request, "kaiwu/claim/show.html", context)


def _inside(told: dict[str, Any]) -> dict[str, Any]:
    """The officer's part: facts with their givers, reasons, findings, approvals."""
    trace = told["trace"]
    return {
        "facts": [{**f, "label": pick(f["name"], f["en"]), "given": pick(*f["label"])} for f in told["facts"]],
        "reasons": [{"text": pick(str(r[0]), str(r[1])) if len(r) > 1 else str(r[0])} for r in told["reasons"] or ()],
        "findings": [{"id": f["id"], "finding": f["finding"], "text": pick(f["finding"].zh, f["finding"].en), "answer": f["answer"]} for f in told["findings"]],
        "question": [pick(*q) for q in told["question"]], "approvals": [{**a, "label": pick(a["zh"], a["en"])} for a in trace["approvals"]],
        "clause": trace["clause"],
    }  # fmt: skip


ASKED: dict[EventKind, tuple[tuple[str, str, str], ...]] = {
    EventKind.RETURN: (("reason", "理由", "Reason"),), EventKind.REFUSE: (("reason", "理由", "Reason"),), EventKind.WITHDRAW: (("reason", "理由", "Reason"),),
    EventKind.APPROVE: (("minutes", "会议纪要号", "Minutes"), ("department", "部门", "Department")),
    EventKind.ANSWER: (("finding", "疑点编号", "Finding"), ("outcome", "处置(cleared/confirmed)", "Outcome"), ("reason", "理由", "Reason")),
    EventKind.ASSESS: (("facts", "人工认定的事实(名称=值, 一行一项)", "Findings of people (name=value)"),),
}  # fmt: skip


def _move(kind: EventKind, case: Any, programme: Programme) -> dict[str, Any]:
    label = pick(*LABELS[kind])
    stage = programme.stages[case.stage] if kind is EventKind.APPROVE and case.stage < len(programme.stages) else None
    asks = [(name, pick(zh, en)) for name, zh, en in ASKED.get(kind, ())]
    if stage is not None:
        asks = [
            a for a in asks if (a[0] == "minutes" and stage.has_minutes) or (a[0] == "department" and stage.departments)
        ]
        label = f"{label}: {pick(stage.zh, stage.en)}({stage.role})"
    return {"kind": kind.value, "label": label, "asks": asks, "departments": stage.departments if stage else ()}


@require_POST
def step(request: HttpRequest, number: str) -> HttpResponse:
    """Take a step of a claim."""
    person = person_of(request)
    row = find_claim(person, number)
    asked = request.POST.get("kind", "")
    kind = next((k for k in steps_for(row.number, person.roles) if k.value == asked), None)
    if kind is None:
        raise Http404
    words = {name: request.POST.get(name, "").strip()[:4000] for name, _, _ in ASKED.get(kind, ())}
    try:
        take_step(actor_of(request), row.number, kind, words)
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("claim-detail", args=[number]))
