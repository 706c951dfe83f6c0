"""The documents that a step of a procedure produces (环节文书): those that leave records are made when the step is taken.

Owns the table. A paper that can be printed at any time (``kaiwu.web.paper``) needs no record and is not here.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from kaiwu.web.case.need import Move
from kaiwu.web.event.services import Actor

Producer = Callable[[Actor, Move], None]

PRODUCERS: dict[str, str] = {
    "firm_sheet": "kaiwu.web.evaluation.services:produce_sheets",
    "public_notice": "kaiwu.web.evaluation.issue:produce_notice",
    "final_list": "kaiwu.web.evaluation.issue:produce_final",
}


def produce(actor: Actor, move: Move, documents: tuple[str, ...]) -> None:
    """Make the records of a step's documents, in the transaction of the step. Raises ``KaiwuError`` as the producers do."""
    for name in documents:
        if name in PRODUCERS:
            module, _, function = PRODUCERS[name].partition(":")
            producer: Producer = getattr(import_module(module), function)
            producer(actor, move)
