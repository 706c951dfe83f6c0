"""Actions of a screen (操作): a button that leads to a form or a deed, for some roles, in some states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kaiwu.web.account.role import Role
from kaiwu.web.wording import pick


@dataclass(frozen=True, slots=True)
class Action:
    """``url`` is the name of a route; for a record it takes its key. A POST asks before it acts where ``confirm`` is set.

    ``fits`` tells whether a record is in a state in which the action makes sense; the route checks again.
    """

    code: str
    zh: str
    en: str
    url: str
    roles: frozenset[Role]
    is_post: bool = False
    is_primary: bool = False
    is_danger: bool = False
    confirm: tuple[str, str] | None = None
    fits: Callable[[Any], bool] | None = None

    def shown(self, url: str) -> dict[str, Any]:
        """What a button needs."""
        return {
            "code": self.code, "label": pick(self.zh, self.en), "url": url, "method": "post" if self.is_post else "get",
            "primary": self.is_primary, "danger": self.is_danger, "confirm": pick(*self.confirm) if self.confirm else "",
        }  # fmt: skip
