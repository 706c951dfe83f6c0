"""What a page of the local site is asked for, and what it answers (请求与页面).

Owns the shapes that all pages share. It knows no page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

WORDS = 60  # characters of a search at most
HTML = "text/html; charset=utf-8"
NUMBER = re.compile(r"[0-9]{1,9}\Z")


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: status, content type, body, and a file name where it is to be saved."""

    body: bytes
    status: int = HTTPStatus.OK
    content_type: str = HTML
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: the path and the query as they came, and the reader's language."""

    path: str
    query: Mapping[str, str]

    @property
    def language(self) -> str:
        """``en`` where asked for, else ``zh``."""
        return "en" if self.query.get("lang") == "en" else "zh"

    @property
    def words(self) -> str:
        """The words of a search."""
        return self.query.get("q", "").strip()[:WORDS]

    @property
    def page(self) -> int:
        """The number of a page; nonsense is the first."""
        text = self.query.get("page", "")
        return max(int(text), 1) if NUMBER.match(text) else 1

    def pick(self, zh: str, en: str) -> str:
        """The wording in the reader's language."""
        return en if self.language == "en" else zh

    def url(self, **changed: Any) -> str:
        """This page with another query."""
        return "?" + urlencode({**self.query, **changed})

    def shared(self) -> dict[str, Any]:
        """What every page is given."""
        other = urlencode({**self.query, "lang": "zh" if self.language == "en" else "en"})
        return {"lang": self.language, "is_site": True, "q": self.words, "other_lang_url": f"{self.path}?{other}"}


class NotFoundError(LookupError):
    """There is no such page."""
