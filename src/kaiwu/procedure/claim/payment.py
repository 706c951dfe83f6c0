"""Payment and what follows (支付、退票、绩效、追回) as steps of a claim.

Owns instalments and funds: every line is paid by one treasury on its own date. Pure, like ``advance``.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from kaiwu.identity import normalise_name
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.apportion import apportion
from kaiwu.procedure.claim.case import Case, Payment, State, move_to
from kaiwu.procedure.claim.event import Event
from kaiwu.procedure.claim.refusal import Refusal, name_all, refuse, yuan

Step = Event | Refusal


def accept(programme: Programme, case: Case, event: Event) -> Step:
    """Materials that come later, such as the acceptance before the second instalment."""
    given = event.data.get("materials") or {}
    if not given or any(programme.material(code) is None for code in given):
        return refuse("CL-MATERIAL", name_all(programme.materials))
    return move_to(event, case.state)


def pay(programme: Programme, case: Case, event: Event) -> Step:
    """One line of the award leaves one treasury, with its number."""
    data = event.data
    line = next((each for each in case.due if each.code == data.get("line")), None)
    if line is None:
        return refuse("CL-LINE", data.get("line"), ", ".join(each.code for each in case.due) or "-")
    reference = str(data.get("reference", "")).strip()
    if not reference:
        return refuse("CL-REFERENCE")
    if any(p.reference.strip() == reference and p.line == line.code for p in case.payments):
        return refuse("CL-REFERENCE-USED", reference, line.code)
    instalment = next((i for i in programme.instalments if i.code == line.instalment), None)
    missing = [m for m in (instalment.materials if instalment else ()) if m not in case.materials]
    if missing:
        return refuse("CL-MATERIAL", name_all(m for m in programme.materials if m.code in missing))
    state = State.PAID if len(case.due) == 1 else State.PAYING
    return move_to(event, state, fund=line.fund, amount=line.amount)


def bank_return(programme: Programme, case: Case, event: Event) -> Step:
    """银行退票: the money is back with the treasury and due again."""
    data = event.data
    paid = [
        p for p in case.payments
        if not p.is_returned and p.line == data.get("line") and data.get("reference") in ("", None, p.reference)
    ]  # fmt: skip
    if not paid:
        return refuse("CL-NOT-PAID", data.get("line"))
    if not str(data.get("reason", "")).strip():
        return refuse("CL-REASON")
    last = paid[-1]
    others = [p for p in case.payments if not p.is_returned and p is not last]
    state = State.PAYING if others else State.PAYABLE
    return move_to(event, state, payment=last.event, fund=last.fund, amount=last.amount, reference=last.reference)


def survey(programme: Programme, case: Case, event: Event) -> Step:
    """绩效调查: all questions of the programme, not before its time."""
    asked = programme.survey
    answers = event.data.get("answers") or {}
    missing = [q for q in asked.questions if not str(answers.get(q.code, "")).strip()] if asked else []
    if missing:
        return refuse("CL-QUESTION", name_all(missing))
    if asked is not None:
        last = max(p.day for p in case.payments if not p.is_returned)
        begins = add_months(last, asked.months)
        if event.day < begins:
            return refuse("CL-SURVEY-EARLY", begins)
    return move_to(event, case.state if case.state == State.CLAWED_BACK else State.SURVEYED)


def claw_back(programme: Programme, case: Case, event: Event) -> Step:
    """追回: once for each declared ground, by the declared share or a stated amount, never more than was paid."""
    data = event.data
    rule = next((r for r in programme.claw_back if r.code == data.get("rule")), None)
    if rule is None:
        return refuse("CL-CLAW-RULE", data.get("rule"), ", ".join(r.code for r in programme.claw_back) or "-")
    if not str(data.get("reason", "")).strip():
        return refuse("CL-REASON")
    second = str(data.get("second", "")).strip()
    if not second:
        return refuse("CL-SECOND")
    if normalise_name(second) == normalise_name(event.by):
        return refuse("CL-SAME-SIGNER", ("追回", "claim back"), event.by)
    if any(made.rule == rule.code for made in case.claw_backs):
        return refuse("CL-CLAW-TWICE", name_all([rule]))
    left = case.paid - case.claimed_back
    amount = data.get("amount")
    if amount is None and rule.share is not None:
        amount = int((2 * case.paid * rule.share + 1) // 2)
        amount = min(amount, left)
    if amount is None or not 0 < amount <= left:
        return refuse("CL-CLAW-AMOUNT", yuan(amount or 0), yuan(left))
    paid = [p for p in case.payments if not p.is_returned and left_of(case, p) > 0]
    parts = apportion(amount, [Fraction(left_of(case, p)) for p in paid])
    shares = [[p.event, part] for p, part in zip(paid, parts, strict=True) if part]
    return move_to(
        event,
        State.CLAWED_BACK,
        rule=rule.code,
        amount=amount,
        shares=shares,
        article=rule.ground.article,
        second=second,
    )


def left_of(case: Case, payment: Payment) -> int:
    """What of one payment was not claimed back, in fen."""
    return payment.amount - sum(fen for made in case.claw_backs for n, fen in made.shares if n == payment.event)


def recover(programme: Programme, case: Case, event: Event) -> Step:
    """追回款到账, with the treasury's number."""
    data = event.data
    made = next((c for c in case.claw_backs if c.rule == data.get("rule")), None)
    if made is None:
        return refuse("CL-CLAW-RULE", data.get("rule"), ", ".join(c.rule for c in case.claw_backs) or "-")
    reference = str(data.get("reference", "")).strip()
    if not reference:
        return refuse("CL-REFERENCE")
    if reference in made.references:
        return refuse("CL-RECOVERED", reference)
    stated = data.get("amount")
    amount = made.amount - made.recovered if stated is None else int(stated)
    if not 0 < amount <= made.amount - made.recovered:
        return refuse("CL-CLAW-AMOUNT", yuan(amount), yuan(made.amount - made.recovered))
    parts: list[list[int]] = []
    skipped, left = made.recovered, amount
    for number, fen in made.shares:  # what comes in settles one payment after the other
        gone = min(skipped, fen)
        part = min(left, fen - gone)
        skipped, left = skipped - gone, left - part
        if part:
            parts.append([number, part])
    return move_to(event, case.state, amount=amount, shares=parts, claw_back=made.event)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))
