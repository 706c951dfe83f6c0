"""Refusals (拒绝): every reason for which a command is not accepted, by falling precedence.

Owns the one table of codes and texts. A refusal writes nothing, so a mended command may be sent again under its key.
"""

from __future__ import annotations

from dataclasses import dataclass

from kaiwu.quantity.problem import Problem

# code -> (zh, en); what stands higher is told first. In a post or void of a hold, the faults of the hold come before closed
# accounts, signers and citations.
REFUSALS: dict[str, tuple[str, str]] = {
    # the command
    "key_empty": (
        "指令没有幂等键; 请给出客户端的唯一键",
        "the command has no idempotency key: give the client's unique key",
    ),
    "command_empty": ("指令没有内容; 至少写一笔转账或一个账户", "the command is empty: give a transfer or an account"),
    "text_unfit": (
        "文字含控制字符或无效字符; 请删去",
        "a text has control characters or is no valid Unicode: remove them",
    ),
    "key_reused": (
        "幂等键已用于另一内容的指令; 内容不同请换新键",
        "the key was used for a command with other content: use a new key for new content",
    ),
    "time_goes_back": (
        "时刻早于账户的最后一笔分录; 请按时间顺序记账, 旧事用文件日期注明",
        "the moment is before the last entry of an account: enter in order of time, and date old matters by their document",
    ),
    # accounts to open
    "account_id_empty": ("账户没有编号", "the account has no id"),
    "account_unit_empty": ("账户没有计量单位", "the account has no unit"),
    "account_signers_negative": ("复核人数不能为负", "the number of signers may not be negative"),
    "account_exists_differently": (
        "同编号账户已存在且内容不同; 请换编号",
        "an account of this id exists with other content: use another id",
    ),
    # any transfer
    "id_empty": ("转账没有编号", "the transfer has no id"),
    "id_exists": (
        "转账编号已被另一指令使用; 请换编号",
        "the transfer's id was used by another command: use another id",
    ),
    # post, hold
    "debit_empty": ("没有借方账户", "there is no debit account"),
    "credit_empty": ("没有贷方账户", "there is no credit account"),
    "accounts_same": ("借贷方是同一账户", "debit and credit are the same account"),
    "hold_not_expected": (
        "只有兑付或解冻才写冻结编号",
        "only a post or void of a hold names a hold",
    ),
    "expires_not_expected": ("只有冻结才有到期时刻", "only a hold has an expiry"),
    "amount_not_whole": (
        "数额须为整数(最小单位); 不收小数",
        "the amount must be a whole number of the unit: no fractions",
    ),
    "amount_negative": (
        "数额为负; 请改为反方向的转账",
        "the amount is negative: write the transfer the other way round",
    ),
    "amount_zero": ("数额为零", "the amount is zero"),
    "amount_too_large": ("数额超过 64 位整数", "the amount exceeds 64 bits"),
    "unit_empty": ("没有计量单位", "there is no unit"),
    "debit_unknown": ("借方账户不存在; 请先开户", "the debit account does not exist: open it first"),
    "credit_unknown": ("贷方账户不存在; 请先开户", "the credit account does not exist: open it first"),
    "units_differ": (
        "借贷方账户单位不同, 不能平衡; 请用同单位账户",
        "the accounts have different units and cannot balance: use accounts of one unit",
    ),
    "unit_not_of_accounts": (
        "转账单位不是账户的单位",
        "the transfer's unit is not that of its accounts",
    ),
    "debit_closed": ("借方账户已结账关闭", "the debit account is closed"),
    "credit_closed": ("贷方账户已结账关闭", "the credit account is closed"),
    "signers_missing": (
        "账户须双人(多人)复核; 请补足不同的复核人",
        "the account needs more different approvers: add them",
    ),
    "cite_reason_empty": (
        "引用原转账须写明缘由(更正, 追回, 退回 …)",
        "a transfer that cites another needs a reason (correction, claw_back, return …)",
    ),
    "cite_unknown": ("所引原转账不存在", "the cited transfer does not exist"),
    "cite_not_posted": ("所引转账尚未记账(冻结或解冻)", "the cited transfer was not posted (a hold or a void)"),
    "cite_unit_differs": ("与所引转账单位不同", "the unit is not that of the cited transfer"),
    "cite_repeated": (
        "所引转账已因同一缘由更正或追回过一次",
        "the cited transfer was already corrected or clawed back for this reason",
    ),
    "cite_exceeds": (
        "更正与追回的合计超过原转账",
        "corrections and claw-backs together exceed the cited transfer",
    ),
    "overflows_debits_pending": ("借方冻结额溢出 64 位", "the pending debits overflow 64 bits"),
    "overflows_credits_pending": ("贷方冻结额溢出 64 位", "the pending credits overflow 64 bits"),
    "overflows_debits_posted": ("借方发生额溢出 64 位", "the posted debits overflow 64 bits"),
    "overflows_credits_posted": ("贷方发生额溢出 64 位", "the posted credits overflow 64 bits"),
    "overflows_debits": ("借方冻结与发生额之和溢出 64 位", "pending and posted debits together overflow 64 bits"),
    "overflows_credits": ("贷方冻结与发生额之和溢出 64 位", "pending and posted credits together overflow 64 bits"),
    "expires_past": ("冻结的到期时刻已过", "the expiry of the hold has passed"),
    "exceeds_credits": (
        "超过借方账户可用余额(含冻结)",
        "more than the debit account can spend (holds count as spent)",
    ),
    "exceeds_debits": (
        "超过贷方账户可用余额(含冻结)",
        "more than the credit account can take (holds count as taken)",
    ),
    # post and void of a hold
    "hold_empty": ("没有冻结编号", "there is no hold to post or void"),
    "hold_is_itself": ("冻结编号与本转账编号相同", "the hold is the transfer itself"),
    "hold_unknown": ("冻结不存在", "the hold does not exist"),
    "hold_not_pending": ("所指转账不是冻结", "the transfer named as the hold is not a hold"),
    "hold_debit_differs": ("借方账户与冻结不同", "the debit account is not that of the hold"),
    "hold_credit_differs": ("贷方账户与冻结不同", "the credit account is not that of the hold"),
    "hold_unit_differs": ("单位与冻结不同", "the unit is not that of the hold"),
    "hold_exceeded": ("数额超过冻结额", "the amount exceeds the hold"),
    "hold_amount_differs": (
        "解冻须为全额; 部分兑付请用兑付冻结",
        "a void releases the whole hold: post the part that is due instead",
    ),
    "hold_posted": ("冻结已兑付", "the hold was already posted"),
    "hold_voided": ("冻结已解除", "the hold was already voided"),
    "hold_expired": ("冻结已到期释放", "the hold has expired"),
    # accounts to close
    "close_unknown": ("要关闭的账户不存在", "the account to close does not exist"),
    "close_again": ("账户已关闭", "the account is already closed"),
    "close_has_holds": (
        "账户尚有未兑付或解除的冻结; 请先处理",
        "the account has open holds: post or void them first",
    ),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was refused. ``leg`` is the index of the transfer (or of the account to open or close), −1 for
    the whole; ``detail`` names the account, field or figure in question."""

    code: str
    zh: str
    en: str
    leg: int = -1
    detail: str = ""

    def problem(self) -> Problem:
        """As a problem that can be shown."""
        return Problem(
            self.code, self.zh, self.en, where=f"legs[{self.leg}]" if self.leg >= 0 else "", text=self.detail
        )


def refuse(code: str, leg: int = -1, detail: str = "") -> Refusal:
    """The refusal of a code, with the texts of the table."""
    zh, en = REFUSALS[code]
    return Refusal(code, zh, en, leg, detail)
