"""Deeds in words (事项说明): what a verb of the change log says to a reader.

Owns the table. A verb that is not in it is shown as it is, so nothing is ever hidden.
"""

from __future__ import annotations

from kaiwu.web.wording import pick

VERBS: dict[str, tuple[str, str]] = {
    "case.open": ("开办", "opened"),
    "case.attach": ("添加附件", "file added"),
    "case.advance": ("推进", "moved on"),
    "evaluation.begin": ("开始评价", "evaluation begun"),
    "evaluation.take_run": ("采用测算", "run taken"),
    "evaluation.sign": ("签发人", "signer named"),
    "evaluation.send_sheet": ("发出一企一单", "sheet sent"),
    "evaluation.ask_again": ("更正后请再次核对", "asked again after a correction"),
    "evaluation.confirm": ("企业确认", "confirmed by the firm"),
    "evaluation.publish_notice": ("发布公示", "notice published"),
    "evaluation.publish_final": ("印发结果", "final list issued"),
    "evaluation.consequence": ("形成部门名单", "list for a department"),
    "evaluation.receipt": ("部门回执", "receipt of a department"),
    "dispute.raise": ("提出异议", "dispute raised"),
    "dispute.forward": ("镇街转报", "forwarded by the town"),
    "dispute.uphold": ("异议成立", "upheld"),
    "dispute.reject": ("异议不成立", "rejected"),
    "dispute.withdraw": ("撤回异议", "withdrawn"),
    "exchange.ask": ("要数", "table asked for"),
    "exchange.remind": ("催报", "reminder"),
    "exchange.send": ("报送版本", "version sent"),
    "exchange.check": ("检查版本", "version checked"),
    "ruling.decide": ("对数认定", "source decided"),
    "paper.make": ("制作文书", "paper made"),
    "identity.answer": ("主体复核", "identity answered"),
    "land.notice": ("供地公示", "land round noticed"),
    "land.uphold": ("供地异议成立", "objection of a land round upheld"),
    "land.reject": ("供地异议不成立", "objection of a land round rejected"),
    "land.final": ("供地定案", "land round made final"),
    "land.supply": ("登记供应状态", "state of a supply recorded"),
    "market.invite": ("办对接场次", "invitation round held"),
    "market.step": ("登记对接进展", "step of a pair recorded"),
    "record.import": ("导入", "taken in"),
    "person.login": ("登录", "logged in"),
    "person.login_failed": ("登录失败", "login failed"),
    "person.locked": ("账号锁定", "account locked"),
    "person.add": ("新建人员", "person added"),
    "person.grant": ("授予角色", "role granted"),
    "person.revoke": ("收回角色", "role revoked"),
    "person.logout": ("退出", "logged out"),
    "person.code": ("动态口令通过", "one-time code taken"),
    "person.password": ("修改口令", "password changed"),
    "person.reset_password": ("重置口令", "password reset"),
    "person.totp": ("启用动态口令", "one-time codes set up"),
    "person.reset_totp": ("重置动态口令", "one-time codes reset"),
    "person.end_sessions": ("退出所有登录", "sessions ended"),
    "person.link": ("关联统一身份", "identity linked"),
    "person.open": ("启用账号", "account opened"),
    "person.close": ("停用账号", "account closed"),
    "organisation.open": ("启用机构", "organisation opened"),
    "organisation.close": ("停用机构", "organisation closed"),
    "organisation.add": ("新建机构", "organisation added"),
    "registry.sync": ("同步主体库", "registry brought up to date"),
    "run.keep": ("登记测算", "run registered"),
    "run.near": ("查找临界企业", "near misses found"),
    "run.replay": ("重放核验", "replayed"),
    "policy.fill": ("更新政策匹配", "policy answers refreshed"),
    "policy.push": ("推送政策", "clause pointed out"),
    "claim.file": ("申报", "claim filed"),
    "claim.keep": ("登记申报进展", "claim registered"),
    "claim.complete": ("材料齐全", "complete"),
    "claim.return": ("退回补正", "returned"),
    "claim.check": ("核验", "checked"),
    "claim.answer": ("处置疑点", "finding answered"),
    "claim.assess": ("核定", "assessed"),
    "claim.approve": ("审批", "approved"),
    "claim.refuse": ("不予支持", "refused"),
    "claim.withdraw": ("撤回", "withdrawn"),
    "job.ask": ("发起任务", "job asked for"),
    "job.cancel": ("取消任务", "job cancelled"),
    "job.done": ("任务完成", "job done"),
    "job.failed": ("任务失败", "job failed"),
    "job.cancelled": ("任务已取消", "job cancelled"),
}


def word_verb(verb: str) -> str:
    """The deed in the reader's language; ``case.advance.review`` is told as 推进 with its stage."""
    if verb in VERBS:
        return pick(*VERBS[verb])
    stem, _, last = verb.rpartition(".")
    return f"{pick(*VERBS[stem])} → {last}" if stem in VERBS else verb
