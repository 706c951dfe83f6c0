"""Checks of a claim against others (核验): the same invoice twice, split contracts, related parties, dates outside.

Owns the checks that ask for an answer. Screens that only hint stand in ``screen``. Each finding has its evidence; none
refuses anything by itself.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterator, Mapping

from kaiwu.identity import normalise_name
from kaiwu.pack.programme import CheckRule, Programme
from kaiwu.procedure.claim.case import Case
from kaiwu.procedure.claim.finding import CheckReport, Exhibit, Finding
from kaiwu.procedure.claim.invoice import same_party
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.procedure.claim.screen import screen_leading_digits, screen_round_numbers
from kaiwu.procedure.claim.surroundings import Surroundings, keys_of, party_of

RING = 4
"""Firms in a circle of invoices that are still looked for; longer ones are chance in a district's trade."""

Check = Callable[[Programme, Case, CheckRule, Surroundings], Iterator[Finding]]


def run_checks(programme: Programme, case: Case, around: Surroundings) -> CheckReport:
    """Run the declared checks of a programme on one claim. ``around`` may hold the claim itself; it is passed over."""
    findings = [finding for rule in programme.checks for finding in _CHECKS[rule.code](programme, case, rule, around)]
    return CheckReport(
        tuple(rule.code for rule in programme.checks), tuple(findings), around.coverage([programme.code])
    )


def find_same_invoice(programme: Programme, case: Case, rule: CheckRule, around: Surroundings) -> Iterator[Finding]:
    """An invoice that stands twice in this claim, in another claim of any programme, or in another office's list."""
    seen: set[str] = set()
    for invoice in case.invoices:
        exhibits = [_invoice_exhibit(invoice.number, case.number, invoice.seller_name)]
        zh = en = ""
        if invoice.key in seen:
            zh, en = f"发票 {invoice.number} 在本件中重复", f"invoice {invoice.number} stands twice in this claim"
        seen.add(invoice.key)
        others = {other.number: (other, same) for key in keys_of(invoice) for other, same in around.by_invoice.get(key, ()) if other.number != case.number}  # fmt: skip
        rows = around.paid_by_invoice.get(invoice.key, ())
        for other, same in others.values():
            exhibits.append(_invoice_exhibit(same.number, other.number, same.seller_name))
        for row in rows:
            sentence = f"{row.origin} {row.programme} {yuan(row.amount)} {row.day or ''}"
            exhibits.append(Exhibit("row", row.place, sentence, sentence))
        if others or rows:
            names = "、".join([*others, *(row.place for row in rows)])
            zh = f"发票 {invoice.number} 已用于 {names}"
            en = f"invoice {invoice.number} was used in {names}"
        if zh:
            yield Finding(rule.code, rule.severity, zh, en, tuple(exhibits))


def _invoice_exhibit(number: str, claim: str, seller: str) -> Exhibit:
    return Exhibit("invoice", f"{claim}:{number}", f"{claim} 发票 {number}, 销售方 {seller}", f"{claim}, invoice {number}, seller {seller}")  # fmt: skip


def find_split_contract(programme: Programme, case: Case, rule: CheckRule, around: Surroundings) -> Iterator[Finding]:
    """Contracts between the same parties within some days, each within a threshold and together above it."""
    amount, signed = case.contract.get("amount"), _day(case.contract.get("signed_on"))
    assert rule.threshold is not None, "the reader wants a threshold"
    if not amount or signed is None or amount > rule.threshold:
        return
    near = [
        other
        for other in around.by_firm.get(case.firm, ())
        if other.number != case.number
        and other.programme == case.programme
        and _is_same_seller(case, other)
        and (day := _day(other.contract.get("signed_on"))) is not None
        and abs((day - signed).days) <= rule.days
        and 0 < other.contract.get("amount", 0) <= rule.threshold
        and other.contract.get("number") != case.contract.get("number")
    ]
    total = amount + sum(other.contract["amount"] for other in near)
    if not near or total <= rule.threshold:
        return
    exhibits = tuple(
        Exhibit("contract", f"{each.number}:{each.contract.get('number', '')}",
                f"{each.number} 合同 {each.contract.get('number', '')} {each.contract.get('signed_on')} {yuan(each.contract['amount'])}",
                f"{each.number}, contract {each.contract.get('number', '')} of {each.contract.get('signed_on')}, {yuan(each.contract['amount'])}")
        for each in (case, *near)
    )  # fmt: skip
    zh = f"{rule.days} 天内与同一供应方 {len(near) + 1} 份合同, 各不超过 {yuan(rule.threshold)}, 合计 {yuan(total)}"
    en = f"{len(near) + 1} contracts with one supplier within {rule.days} days, none above {yuan(rule.threshold)}, {yuan(total)} together"  # fmt: skip
    yield Finding(rule.code, rule.severity, zh, en, exhibits)


def _is_same_seller(case: Case, other: Case) -> bool:
    a, b = case.contract, other.contract
    return same_party(a.get("seller_code", ""), a.get("seller_name", ""), b.get("seller_code", ""), b.get("seller_name", ""))  # fmt: skip


def find_related_party(programme: Programme, case: Case, rule: CheckRule, around: Surroundings) -> Iterator[Finding]:
    """Buyer and seller are one, share a person or an address, or sell to each other in a circle."""
    me = around.parties.get(case.firm)
    for code, name in _sellers(case):
        seller = party_of(code, name)
        if not seller:
            continue
        if same_party(code, name, case.firm, case.firm_name):
            zh, en = f"供应方 {name} 就是申报企业", f"the supplier {name} is the claiming firm itself"
            yield Finding(rule.code, rule.severity, zh, en, (Exhibit("claim", case.number, zh, en),))
            continue
        other = around.parties.get(code)
        if me and other:
            shared = sorted(me.persons & other.persons)
            if shared:
                zh, en = f"与供应方 {name} 有 {len(shared)} 名共同人员", f"{len(shared)} persons are shared with the supplier {name}"  # fmt: skip
                exhibits = tuple(Exhibit("person", p[:12], f"人员摘要 {p[:12]}", f"person digest {p[:12]}") for p in shared)  # fmt: skip
                yield Finding(rule.code, rule.severity, zh, en, exhibits)
            if me.address and normalise_name(me.address) == normalise_name(other.address):
                zh, en = f"与供应方 {name} 同一地址", f"the supplier {name} has the same address"
                exhibit = Exhibit("address", me.address, f"地址 {me.address}", f"address {me.address}")
                yield Finding(rule.code, rule.severity, zh, en, (exhibit,))
        ring = find_ring(around.buyers, party_of(case.firm, case.firm_name), seller)
        if ring:
            path = " → ".join(ring)
            zh, en = f"发票成环: {path}", f"invoices run in a circle: {path}"
            yield Finding(rule.code, rule.severity, zh, en, (Exhibit("invoice", path, zh, en),))


def _sellers(case: Case) -> list[tuple[str, str]]:
    pairs = [(i.seller_code, i.seller_name) for i in case.invoices]
    pairs.append((case.contract.get("seller_code", ""), case.contract.get("seller_name", "")))
    return list({party_of(code, name): (code, name) for code, name in pairs}.values())


def find_ring(buyers: Mapping[str, set[str]], firm: str, seller: str) -> tuple[str, ...]:
    """The shortest circle firm → … → seller → firm of at most ``RING`` firms, where the firm itself sells on."""
    queue: deque[tuple[str, ...]] = deque([(firm,)])
    seen = {firm}
    while queue:
        path = queue.popleft()
        for buyer in sorted(buyers.get(path[-1], ())):
            if buyer == seller:
                return (*path, seller, firm)
            if buyer not in seen and len(path) < RING - 1:
                seen.add(buyer)
                queue.append((*path, buyer))
    return ()


def find_outside_validity(programme: Programme, case: Case, rule: CheckRule, around: Surroundings) -> Iterator[Finding]:
    """Contracts, invoices and payments dated outside the programme's validity, or after the claim; then what was invoiced or
    paid before the contract was signed."""
    dated = [("合同", "contract", case.contract.get("number", ""), _day(case.contract.get("signed_on")))]
    dated += [("发票", "invoice", i.number, i.issued_on) for i in case.invoices]
    dated += [("付款", "payment", p.get("reference", ""), _day(p.get("day"))) for p in case.payments_made]
    signed = dated[0][3]
    early = [d for d in dated[1:] if d[3] is not None and signed is not None and d[3] < signed]
    bad = []
    for zh, en, ref, day in dated:
        is_late = day is not None and case.claimed_on is not None and day > case.claimed_on
        if day is not None and (is_late or not programme.validity.covers(day)):
            bad.append(Exhibit(en, f"{case.number}:{ref}", f"{zh} {ref} {day}", f"{en} {ref} of {day}"))
    if bad:
        zh, en = (", ".join(getattr(e, name) for e in bad) for name in ("zh", "en"))
        yield Finding(
            rule.code, rule.severity, f"日期不在有效期内: {zh}", f"dated outside the validity: {en}", tuple(bad)
        )
    if early:
        shown = tuple(Exhibit(en, f"{case.number}:{ref}", f"{zh} {ref} {day}", f"{en} {ref} of {day}") for zh, en, ref, day in early)  # fmt: skip
        zh, en = (", ".join(getattr(e, name) for e in shown) for name in ("zh", "en"))
        yield Finding(rule.code, rule.severity, f"早于合同签订日 {signed}: {zh}", f"before the contract was signed on {signed}: {en}", shown)  # fmt: skip


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


_CHECKS: Mapping[str, Check] = {
    "same_invoice": find_same_invoice,
    "split_contract": find_split_contract,
    "related_party": find_related_party,
    "outside_validity": find_outside_validity,
    "round_number": screen_round_numbers,
    "leading_digit": screen_leading_digits,
}
