"""Named refusals (拒绝理由) of steps of a claim: a code and a sentence in both languages.

Owns the catalogue. A refusal changes nothing: no event, no entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from kaiwu.quantity import KaiwuError, Problem, format_decimal

REFUSALS: Mapping[str, tuple[str, str]] = {
    "CL-TEMPLATE": ("方案“{0}”是空模板, 内容未公布, 不能申报", "programme “{0}” is an empty template: nothing can be claimed"),
    "CL-DRAFT": ("方案“{0}”是征求意见稿, 只能试算", "programme “{0}” is a draft and may only be tried"),
    "CL-WINDOW": ("{0} 不在申报期 {1} 内, 请在期内申报, 或核对日期", "{0} is outside the claim window {1}: file within it, or check the date"),
    "CL-POT-YEAR": ("{0} 已过资金池年度 {1}, 请用下一年度的方案", "{0} is after the pot's year {1}: use the programme of the next year"),
    "CL-ORDER": ("现在的状态是“{0}”, 不能办“{1}”; 下一步: {2}", "the claim is “{3}”: “{4}” cannot be done; next: {5}"),
    "CL-SIGNER": ("没有签署人, 请写姓名或岗位", "there is no signer: name the person or office"),
    "CL-SAME-SIGNER": ("“{0}”要两人分别签署, {1} 已签过", "“{0}” wants two different signers, and {1} has signed already"),
    "CL-SECOND": ("追回要两人决定: 请再写复核人", "claiming back is decided by two: name who confirms it as well"),
    "CL-SELF-APPROVAL": ("{0} 是本件的经办或申报人, 不能再审批", "{0} handled or filed this claim and cannot approve it"),
    "CL-STAGE": ("下一环节是“{0}”, 不是“{1}”", "the next stage is “{0}”, not “{1}”"),
    "CL-DEPARTMENT": ("“{0}”要由 {1} 签署; “{2}”不在其中或已签", "“{0}” is signed by {1}; “{2}” is none of them or has signed"),
    "CL-MINUTES": ("“{0}”要附会议纪要编号", "“{0}” wants the number of the minutes"),
    "CL-REASON": ("请写明理由", "state the reason"),
    "CL-MATERIAL": ("材料不齐, 缺: {0}", "materials are missing: {0}"),
    "CL-NO-INVOICE": ("没有发票, 无从核定实付", "there is no invoice that proves what was paid"),
    "CL-INVOICE-BUYER": ("发票 {0} 的购买方“{1}”不是申报企业", "the buyer “{1}” of invoice {0} is not the claiming firm"),
    "CL-PAID-MORE": ("已付 {0} 超过发票合计 {1}, 以发票为限; 请更正", "what was paid, {0}, is above the invoices' total {1}: correct it"),
    "CL-NEGATIVE": ("金额不能为零或负: {0}", "an amount cannot be zero or negative: {0}"),
    "CL-FINDING": ("核验疑点 {0} 尚未处置或已查实; 请逐条处置, 已查实的退回或不予支持", "findings {0} are not answered, or were confirmed: answer each; return or refuse what was confirmed"),
    "CL-FINDING-NONE": ("“{0}”不是一个疑点; 现有: {1}", "“{0}” is not one finding; there are: {1}"),
    "CL-FAILED": ("按条款不符合: {0}; 请不予支持, 事实有误的退回更正", "not eligible under the clause: {0}; refuse it, or return it where a fact is wrong"),
    "CL-MISSING": ("缺数据, 不能核定: {0}", "facts are missing, the amount cannot be set: {0}"),
    "CL-HUMAN": ("需认定, 不能核定: {0}", "a human finding is needed first: {0}"),
    "CL-RANGE": ("金额尚在 {0} 与 {1} 之间, 请补事实或写明核定金额", "the amount lies between {0} and {1}: complete the facts or state the amount"),
    "CL-CHOOSE": ("有多个条款可用: {0}; 请写明按哪一条", "several clauses grant: {0}; name the one that is claimed"),
    "CL-ZERO": ("核定金额为零", "the amount comes to nothing"),
    "CL-SHARE": ("资金来源“{0}”的分担比例原文未写, 请写明", "the share of fund “{0}” is not declared: state it"),
    "CL-FROZEN": ("异议 {0} 未办结, 本件冻结; 请先办结异议", "objection {0} is open and freezes this claim: decide it first"),
    "CL-OBJECTION-NONE": ("没有未办结的异议 {0}", "there is no open objection {0}"),
    "CL-OBJECTION-PAID": ("已有付款, 异议成立的先办追回", "money has been paid: claim it back before the objection is upheld"),
    "CL-CHECKPOINT": ("公示要有在决定之后签署的日志检查点", "a notice wants a signed checkpoint of the log that covers the decision"),
    "CL-NOTICE-DAYS": ("公示天数未声明, 请写明天数和依据", "the length of the notice is not declared: state days and ground"),
    "CL-WINDOW-OPEN": ("公示期到 {0} 止, 之后才能办“{1}”", "the notice runs until {0}: “{1}” comes after it"),
    "CL-REFERENCE": ("支付要写国库支付凭证号", "a payment wants the treasury's number"),
    "CL-REFERENCE-USED": ("支付凭证 {0} 已付过“{1}”(后被退回); 重付要用新凭证号", "{0} has paid “{1}” before and came back: paying again wants a new number"),
    "CL-LINE": ("没有应付的“{0}”; 应付: {1}", "nothing is due as “{0}”; due: {1}"),
    "CL-NOT-PAID": ("“{0}”没有在途或已付的款; 请核对批次和资金来源", "“{0}” has not been paid: check instalment and fund"),
    "CL-CLAW-RULE": ("方案没有追回情形“{0}”; 现有: {1}", "the programme has no ground “{0}” for claiming back; there are: {1}"),
    "CL-CLAW-AMOUNT": ("追回金额 {0} 超过已付未追的 {1}, 或比例未写而没有写明金额", "{0} is more than the {1} that is still open, or no amount is stated: state what is asked for"),
    "CL-CLAW-TWICE": ("按“{0}”已追回过; 另有情形的请写另一条", "“{0}” was claimed back before: name another ground where there is one"),
    "CL-RECOVERED": ("凭证 {0} 的追回款已入账; 另一笔请写其凭证号", "what came in under {0} is entered: another receipt has a number of its own"),
    "CL-QUESTION": ("问卷缺: {0}", "the survey lacks: {0}"),
    "CL-SURVEY-EARLY": ("绩效调查自 {0} 起", "the survey begins on {0}"),
    "CL-DATE-BACK": ("{0} 早于上一步的 {1}", "{0} is before the last step's {1}"),
    "CL-DATE-TEXT": ("日期“{0}”看不懂, 请写成 2025-03-01", "“{0}” is no date: write it as 2025-03-01"),
    "CL-DATE-AHEAD": ("{0} 在今天 {1} 之后", "{0} is after today, {1}"),
    "CL-KEY": ("幂等键“{0}”已用于另一内容, 未入账", "key “{0}” was used with other content: nothing was entered"),
    "CL-CLAUSE": ("方案没有条款“{0}”; 现有: {1}", "the programme has no clause “{0}”; there are: {1}"),
    "CL-UNKNOWN": ("没有第“{0}”号申报; 用 kaiwu claim list 查看", "there is no claim “{0}”: see kaiwu claim list"),
    "CL-LEDGER": ("账本拒绝: {0}", "the ledger refuses: {1}"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is refused. Nothing was written."""

    code: str
    zh: str
    en: str
    claim: str = ""

    @property
    def problem(self) -> Problem:
        """The refusal as a problem for a report."""
        return Problem(self.code, self.zh, self.en, where=self.claim)

    def error(self) -> KaiwuError:
        """The refusal as an error."""
        return KaiwuError(self.problem)


class Named(Protocol):
    """What has a name in both languages."""

    @property
    def zh(self) -> str:
        """In Chinese."""
        ...

    @property
    def en(self) -> str:
        """In English."""
        ...


def name_all(things: Iterable[Named]) -> tuple[str, str]:
    """The names of several things, zh and en."""
    listed = list(things)
    return "、".join(thing.zh for thing in listed), ", ".join(thing.en for thing in listed)


def refuse(code: str, *details: object, claim: str = "") -> Refusal:
    """The refusal of a code with its particulars; one that is a pair is told as (zh, en)."""
    zh, en = REFUSALS[code]
    pairs = [d if isinstance(d, tuple) else (d, d) for d in details]
    return Refusal(code, zh.format(*(d[0] for d in pairs)), en.format(*(d[1] for d in pairs)), claim)


def yuan(fen: int) -> str:
    """Yuan with two decimals and the unit."""
    return f"{format_decimal(Fraction(fen, 100), 2)}元"
