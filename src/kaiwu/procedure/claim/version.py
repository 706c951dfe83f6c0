"""The version of the rules that a claim was assessed under (核定所依版本): kept with the assessment, followed to the payment.

Owns the digests that stand in the assessing event, and the way back to the programme as it was. A programme that is edited
while claims are open changes nothing for those that were assessed; who wants the new one returns the claim and assesses it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from kaiwu.pack import Library
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.case import Case
from kaiwu.procedure.run import freeze_library, thaw_frozen
from kaiwu.table import digest_value


def digest_programme(programme: Programme) -> str:
    """SHA-256 of all that a programme declares, wherever its file stands."""
    return digest_value(_plain(programme))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.name != "where"}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, frozenset):
        return [_plain(v) for v in sorted(value)]
    return [_plain(v) for v in value] if isinstance(value, tuple | list) else value


class Versions:
    """The packs of a workspace as they are, and as they were when claims were assessed. ``folder`` is the workspace's."""

    def __init__(self, folder: Path, library: Library) -> None:
        self.folder, self.library = folder, library
        self._digests: dict[str, str] = {}
        self._then: dict[str, Library] = {}
        self._frozen = ""

    def freeze(self, programme: Programme) -> dict[str, str]:
        """Keep the packs as they are; the version for an assessing event: rulebook, its version, digests of programme and packs."""
        self._frozen = self._frozen or freeze_library(self.folder, self.library)
        head = self.library.heads[programme.rulebook][2]
        return {"rulebook": programme.rulebook, "version": head.version, "programme": self._digest(programme), "packs": self._frozen}  # fmt: skip

    def is_current(self, case: Case) -> bool:
        """Whether a claim follows the programme as it stands now; one without an award does."""
        version = case.award.version if case.award is not None else {}
        now = self.library.programmes.get(case.programme)
        return not version or (now is not None and self._digest(now) == version["programme"])

    def programme(self, case: Case) -> Programme:
        """The programme that a claim follows: that of its assessment, where it was assessed. Raises ``KaiwuError`` where the
        frozen packs are gone."""
        if case.award is None or self.is_current(case):
            return self.library.programme(case.programme)
        digest = case.award.version["packs"]
        if digest not in self._then:
            self._then[digest] = thaw_frozen(self.folder, digest)
        return self._then[digest].programme(case.programme)

    def _digest(self, programme: Programme) -> str:
        if programme.code not in self._digests:
            self._digests[programme.code] = digest_programme(programme)
        return self._digests[programme.code]
