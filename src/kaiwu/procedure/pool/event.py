"""Events of a reserve pool (项目库事件): what can happen, and the docket that keeps it.

Owns their names. How events are kept and logged is ``kaiwu.procedure.docket``.
"""

from __future__ import annotations

from enum import StrEnum

from kaiwu.procedure.docket import Docket
from kaiwu.procedure.workspace import Workspace


class PoolEventKind(StrEnum):
    """What can happen to a pool."""

    ADD = "add"
    MOVE = "move"
    TRY = "try"
    ADOPT = "adopt"
    RESCORE = "rescore"
    SHARE = "share"
    QUOTA = "quota"
    REQUEST = "request"
    DECIDE = "decide"
    SLIP = "slip"
    USE = "use"
    PROMISE = "promise"
    CHECK = "check"


LABELS: dict[str, tuple[str, str]] = {
    "add": ("项目登记", "projects entered"), "move": ("阶段变动", "stage changed"), "try": ("扰动试算", "lines tried on perturbed data"),
    "adopt": ("入库线出库线采用", "lines adopted"), "rescore": ("年度复评", "re-scored"), "share": ("绩效份额", "shares of credit"),
    "quota": ("指标下达", "quotas entered"), "request": ("要素申请", "bundles requested"), "decide": ("要素保障", "bundles decided"),
    "slip": ("进度滑坡释放", "released on slippage"), "use": ("要素兑现", "guarantee used"), "promise": ("承诺登记", "promises entered"), "check": ("承诺核查", "promises checked"),
}  # fmt: skip


def open_pool_docket(workspace: Workspace) -> Docket:
    """All events of a workspace's pools, by the code of the pool."""
    return Docket(workspace, "pool_event", "pool")
