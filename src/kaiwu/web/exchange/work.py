"""Jobs of the exchange."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from kaiwu.web.event.services import Actor
from kaiwu.web.exchange.models import DataVersion, VersionState
from kaiwu.web.exchange.services import take_version
from kaiwu.web.job.services import Progress


def intake(words: Mapping[str, Any], progress: Progress) -> tuple[Mapping[str, Any], str]:
    """Check a version and take it in; a version that was dealt with before is left as it is."""
    version = DataVersion.objects.select_related("request__case", "file").get(pk=words["version"])
    progress.tell(1, 2, str(version.request))
    if version.state == VersionState.CHECKING:
        version = take_version(Actor(progress.job.asked_by), version)
    url = reverse("data_request-detail", args=[version.request.pk])
    return {"state": version.state, "figures": version.figures, "batch": version.batch}, url
