"""Events of rules and rounds (事件): what can happen to them, and the docket that keeps it.

Owns their names. How events are kept and logged is ``kaiwu.procedure.docket``.
"""

from __future__ import annotations

from enum import StrEnum

from kaiwu.procedure.docket import Docket, Event
from kaiwu.procedure.workspace import Workspace

__all__ = ["LABELS", "Event", "EventKind", "open_docket"]


class EventKind(StrEnum):
    """What can happen; previews and adoptions belong to a rule, the rest to a round."""

    PREVIEW = "preview"
    ADOPT = "adopt"
    SEED = "seed"
    RUN = "run"
    EXCEPTION = "exception"
    NOTICE = "notice"
    UPHOLD = "uphold"
    REJECT = "reject"
    FINAL = "final"
    SUPPLY = "supply"


LABELS: dict[str, tuple[str, str]] = {
    "preview": ("上年数据试算", "tried on last year's data"), "adopt": ("办法采用", "rule adopted"), "seed": ("抽签承诺", "seed committed"),
    "run": ("排序与安排", "ordered and placed"), "exception": ("会议例外事项", "exception of a meeting"), "notice": ("公示", "noticed"),
    "uphold": ("异议成立", "objection upheld"), "reject": ("异议不成立", "objection rejected"), "final": ("定案", "final"), "supply": ("供应", "supplied"),
}  # fmt: skip


def open_docket(workspace: Workspace) -> Docket:
    """All events of a workspace's rules and rounds, by subject: the code of a rulebook or of a round."""
    return Docket(workspace, "allot_event", "allotment")
