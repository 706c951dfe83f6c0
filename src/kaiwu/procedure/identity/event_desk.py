"""Identity events in a workspace (主体事件): kept in ``state.db``, and told to the register so that the next run sees them.

Owns the order of the two: what is kept and not yet told is told with the next event. What events mean is
``kaiwu.identity.history``.
"""

from __future__ import annotations

from collections.abc import Callable

from kaiwu.identity.history import History, IdentityEvent
from kaiwu.identity.history.equation import equate
from kaiwu.procedure.identity.store import ReviewStore
from kaiwu.procedure.workspace import Workspace


def open_history(workspace: Workspace, store: ReviewStore) -> History:
    """The events of a workspace over the entities of its register."""
    return store.history([e.id for e in workspace.register.entities()])


def record_event(workspace: Workspace, store: ReviewStore, make: Callable[[int], IdentityEvent]) -> IdentityEvent:
    """Keep an event and tell the register. Raises ``KaiwuError`` where it contradicts what holds; then nothing is kept."""
    event = store.add_event(make, [e.id for e in workspace.register.entities()])
    batch = equate(workspace.register, open_history(workspace, store), event.day)
    if batch is not None:
        workspace.register.append(batch)
        workspace.register.save(workspace.folder / "register")
    return event
