"""Procedures (程序): runs that freeze what they used, replay, difference, objections, workspaces."""

from kaiwu.procedure.class_change import ClassChange
from kaiwu.procedure.difference import Change, compare_runs
from kaiwu.procedure.execution import Execution, Run, check_complete, execute
from kaiwu.procedure.explanation import explain_open, explain_run
from kaiwu.procedure.objection import Claim, reject, rerun, uphold
from kaiwu.procedure.record import Objection, RunRecord, RunStore
from kaiwu.procedure.run import ReplayReport, open_run, replay, run_all, run_job
from kaiwu.procedure.workspace import Job, Workspace, open_workspace

__all__ = [
    "Change", "Claim", "ClassChange", "Execution", "Job", "Objection", "ReplayReport", "Run", "RunRecord", "RunStore", "Workspace",
    "check_complete", "compare_runs", "execute", "explain_open", "explain_run", "open_run", "open_workspace", "reject", "replay", "rerun", "run_all",
    "run_job", "uphold",
]  # fmt: skip
