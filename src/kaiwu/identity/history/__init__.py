"""One entity out of several records (主体合并): events, their fold, and which field survives."""

from kaiwu.identity.history.event import EventKind, Fact, IdentityEvent
from kaiwu.identity.history.fold import History, Standing
from kaiwu.identity.history.survivorship import Survivor, choose_survivors

__all__ = ["EventKind", "Fact", "History", "IdentityEvent", "Standing", "Survivor", "choose_survivors"]
