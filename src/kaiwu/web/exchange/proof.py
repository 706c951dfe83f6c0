"""What the steps of a data request ask for (办理条件)."""

from __future__ import annotations

from kaiwu.web.case.need import Move
from kaiwu.web.exchange.models import DataVersion, VersionState


def has_version(move: Move) -> bool:
    """A version passed the check and was taken in since the table was last asked for."""
    newest = DataVersion.objects.filter(request__case=move.case).first()
    return newest is not None and newest.state == VersionState.ACCEPTED
