"""Claims as a screen (申报界面)."""

from __future__ import annotations

from kaiwu.procedure.claim import STATES
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.claim.models import ClaimRow
from kaiwu.web.screen import Choice, Column, Group, Period, Screen, Tag
from kaiwu.web.wording import pick

OFFICES = OFFICE | {Role.AUDIT, Role.TOWN}
TAGS = {
    "claimed": Tag.INFO, "returned": Tag.WARN, "complete": Tag.INFO, "checked": Tag.INFO, "assessed": Tag.INFO, "approving": Tag.INFO, "published": Tag.WARN,
    "payable": Tag.OK, "paying": Tag.OK, "paid": Tag.OK, "surveyed": Tag.OK, "refused": Tag.BAD, "clawed_back": Tag.BAD, "withdrawn": Tag.MUTED,
}  # fmt: skip


def _noticed(row: ClaimRow) -> int | None:
    """The amount as a firm and the public know it: once it was noticed."""
    return row.amount if row.is_noticed else None


class ClaimScreen(Screen):
    """Claims in reach: an officer's desk, a town's firms, a firm's own."""

    code, zh, en = "claim", "兑付申报", "Claims"
    model = ClaimRow
    key = "number"
    heading = "number"
    columns = (
        Column("number", "编号", "Number", 12, order="number"),
        Column("firm_name", "企业", "Firm", 28, order="firm_name"),
        Column("programme", "方案", "Programme", 28, order="programme", read=lambda r: pick(r.zh, r.en)),
        Column("clause", "条款", "Clause", 10),
        Column("state", "状态", "State", 12, words=STATES, tags=TAGS, order="state"),
        Column("claimed_on", "申报日期", "Claimed", 12, kind="date", order="claimed_on"),
        Column("paid_by_firm", "实付(万元)", "Paid by the firm", 12, "money", order="paid_by_firm"),
        Column("amount", "核定(万元)", "Award", 12, "money", order="amount", roles=OFFICE | {Role.AUDIT}),
        Column("noticed", "公示金额(万元)", "Noticed", 12, "money", read=_noticed),
        Column("paid", "已支付(万元)", "Paid", 12, "money", order="paid"),
        Column("last_day", "最近办理", "Last step", 12, kind="date", order="last_day"),
    )
    groups = (
        Group(
            "申报",
            "Claim",
            (
                "number",
                "firm_name",
                "programme",
                "clause",
                "state",
                "claimed_on",
                "paid_by_firm",
                "amount",
                "noticed",
                "paid",
                "last_day",
            ),
        ),
    )
    filters = (
        Choice("state", "状态", "State", options=STATES),
        Choice("programme", "方案", "Programme", "zh"),
        Choice("town", "镇街", "Town", "firm__town__name"),
        Period("claimed_on", "申报日期", "Claimed"),
    )
    search = ("number", "firm_name", "firm__entity")
    order = ("-number",)
    related = ("firm",)
    viewers = OFFICES | {Role.CLERK}
