"""Jobs of the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from kaiwu.web.event.services import SYSTEM
from kaiwu.web.job.services import Progress
from kaiwu.web.registry.services import sync_registry
from kaiwu.web.workspace import forget


def sync(words: Mapping[str, Any], progress: Progress) -> tuple[Mapping[str, Any], str]:
    """Bring the registry to what the workspace knows today."""
    forget()
    counts = sync_registry(SYSTEM, timezone.localdate())
    progress.tell(1, 1)
    return counts, reverse("firm-list")
