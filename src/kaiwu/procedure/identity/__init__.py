"""Resolving lists against the register of a workspace (主体识别): links, the review queue, answers and learning from them."""

from kaiwu.procedure.identity.desk import (
    MODEL,
    ListResult,
    answer_item,
    learn,
    list_touched,
    open_resolver,
    resolve_list,
)
from kaiwu.procedure.identity.event_desk import open_history, record_event
from kaiwu.procedure.identity.fact_file import read_facts, survive
from kaiwu.procedure.identity.mention_file import read_mentions
from kaiwu.procedure.identity.review import ReviewAnswer, ReviewItem
from kaiwu.procedure.identity.store import ReviewStore

__all__ = [
    "MODEL", "ListResult", "ReviewAnswer", "ReviewItem", "ReviewStore", "answer_item", "learn", "list_touched", "open_history", "open_resolver",
    "read_facts", "read_mentions", "record_event", "resolve_list", "survive",
]  # fmt: skip
