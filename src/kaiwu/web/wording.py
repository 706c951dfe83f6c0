"""Two languages (双语): the reader's choice between a Chinese and an English text."""

from __future__ import annotations

from django.utils.translation import get_language


def language() -> str:
    """``zh`` or ``en``, as the reader chose."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def pick(zh: str, en: str) -> str:
    """The text in the reader's language."""
    return en if language() == "en" else zh
