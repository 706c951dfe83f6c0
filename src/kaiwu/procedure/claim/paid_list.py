"""Lists of other offices (他处已兑付清单) and of persons and addresses (关联信息), imported from sheets.

Owns their columns. Persons are hashed while reading; their numbers are never kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from kaiwu.identity import normalise_uscc
from kaiwu.procedure.claim.invoice import normalise_number
from kaiwu.procedure.claim.row import Row, read_rows
from kaiwu.procedure.claim.surroundings import PaidRow, Party, hash_person
from kaiwu.quantity import KaiwuError, Problem

PAID_HEADS: Mapping[str, tuple[str, ...]] = {
    "origin": ("来源单位", "发放单位"), "level": ("层级",), "programme": ("政策名称", "项目"), "firm": ("统一社会信用代码",), "firm_name": ("企业名称",),
    "invoice_code": ("发票代码",), "invoice": ("发票号码",), "amount": ("兑付金额", "金额"), "day": ("兑付日期", "日期"), "matter": ("事项",),
}  # fmt: skip
PAID_REQUIRED = ("origin", "programme", "firm_name", "amount")
PARTY_HEADS: Mapping[str, tuple[str, ...]] = {
    "code": ("统一社会信用代码",), "name": ("企业名称",), "person": ("证件号码", "人员证件号"), "address": ("地址", "住所"),
}  # fmt: skip


def read_paid(source: Path | bytes, *, name: str = "") -> tuple[str, list[PaidRow]]:
    """(digest of the file, its rows): what another office or level paid. Raises ``KaiwuError`` with every mistake."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    name = name or getattr(source, "name", "")
    problems: list[Problem] = []
    rows = [_paid(row) for row in read_rows(data, PAID_HEADS, PAID_REQUIRED, name=name, problems=problems, others=None)]
    if problems:
        raise KaiwuError(problems)
    return hashlib.sha256(data).hexdigest(), rows


def _paid(row: Row) -> PaidRow:
    invoice = ""
    if row.text("invoice"):
        try:
            invoice = normalise_number(row.text("invoice"), row.text("invoice_code"), row.where("invoice"))
        except KaiwuError as error:
            row.problems += error.problems
    return PaidRow(
        row.text("origin"), row.text("level"), row.text("programme"), normalise_uscc(row.text("firm")), row.text("firm_name"), invoice,
        row.fen("amount") or 0, row.day("day"), row.place, row.text("matter"),
    )  # fmt: skip


def read_parties(source: Path | bytes, salt: bytes, *, name: str = "") -> list[Party]:
    """Persons (by digest under the workspace's salt) and addresses of firms; rows of one firm are joined."""
    data = source if isinstance(source, bytes) else source.read_bytes()
    problems: list[Problem] = []
    found: dict[str, Party] = {}
    for row in read_rows(data, PARTY_HEADS, ("code",), name=name or getattr(source, "name", ""), problems=problems):
        code = normalise_uscc(row.text("code"))
        old = found.get(code, Party(code, row.text("name")))
        person = {hash_person(row.text("person"), salt)} if row.text("person") else set()
        found[code] = Party(
            code, old.name or row.text("name"), old.persons | person, row.text("address") or old.address
        )
    if problems:
        raise KaiwuError(problems)
    return list(found.values())
