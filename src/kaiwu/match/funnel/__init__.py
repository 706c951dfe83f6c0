"""The funnel (对接漏斗): what became of every pair that was shown, from the first list to the delivery.

Owns stages, steps, reports and the concentration watch. It keeps nothing: lists and steps come in as tables and are stored
by ``kaiwu.procedure``.
"""

from kaiwu.match.funnel.concentration import Concentration, watch_concentration
from kaiwu.match.funnel.report import FunnelRow, report_funnel
from kaiwu.match.funnel.stage import REFUSALS, SHOWN_SCHEMA, STAGES, STEP_SCHEMA, Stage, check_steps
from kaiwu.match.funnel.trace import trace_pairs

__all__ = [
    "REFUSALS",
    "SHOWN_SCHEMA",
    "STAGES",
    "STEP_SCHEMA",
    "Concentration",
    "FunnelRow",
    "Stage",
    "check_steps",
    "report_funnel",
    "trace_pairs",
    "watch_concentration",
]
