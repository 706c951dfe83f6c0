"""The records of a workspace's market (供需库): batches that are only added, one file each, with a manifest.

Owns the files. A record of the same side and code in a later batch takes the place of the earlier one; nothing is edited.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kaiwu.match.attribute import Attributes
from kaiwu.match.deal import Deal
from kaiwu.match.record import MatchKind, Need, Offer, Record
from kaiwu.procedure.market.record_data import print_record, read_record
from kaiwu.quantity import KaiwuError, Problem

MANIFEST = "manifest.jsonl"


@dataclass(frozen=True, slots=True)
class MarketRecords:
    """All records as known on a day, and the names of parties by id."""

    needs: tuple[Need, ...] = ()
    offers: tuple[Offer, ...] = ()
    deals: tuple[Deal, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def needs_of(self, kind: MatchKind) -> list[Need]:
        """Needs of one kind."""
        return [need for need in self.needs if need.kind is kind]

    def offers_of(self, kind: MatchKind) -> list[Offer]:
        """Offers of one kind."""
        return [offer for offer in self.offers if offer.kind is kind]

    @property
    def is_synthetic(self) -> bool:
        """Whether any record is invented."""
        return any(r.is_synthetic for r in self.needs + self.offers) or any(deal.is_synthetic for deal in self.deals)


class MarketStore:
    """The batches in the folder ``market`` of a workspace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def append(self, records: Sequence[Record | Deal], names: Mapping[str, str], known_at: dt.date, source: str) -> int:
        """Keep a batch as known on a day; returns its number."""
        self.folder.mkdir(parents=True, exist_ok=True)
        number = max((entry["batch"] for entry in self.batches()), default=0) + 1
        while (self.folder / _file_name(number)).exists():  # of an import that broke off, or of one at the same moment
            number += 1
        lines = [json.dumps({"names": dict(names)}, ensure_ascii=False, sort_keys=True)]
        lines += [json.dumps(print_record(record), ensure_ascii=False, sort_keys=True) for record in records]
        body = gzip.compress("\n".join(lines).encode(), mtime=0)
        name = _file_name(number)
        with (self.folder / name).open("xb") as stream:
            stream.write(body)
        entry = {
            "batch": number, "file": name, "sha256": hashlib.sha256(body).hexdigest(), "records": len(records), "known_at": known_at.isoformat(),
            "source": source,
        }  # fmt: skip
        with (self.folder / MANIFEST).open("a", encoding="utf-8") as manifest:
            manifest.write(json.dumps(entry, ensure_ascii=False) + "\n")
        return number

    def batches(self) -> list[dict[str, Any]]:
        """The manifest: one entry per batch, oldest first."""
        path = self.folder / MANIFEST
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []

    def load(self, attributes: Attributes, known_at: dt.date | None = None) -> MarketRecords:
        """All records as known on a day. Raises ``KaiwuError`` where a batch was altered."""
        found: dict[tuple[str, str], Record | Deal] = {}
        names: dict[str, str] = {}
        for entry in self.batches():
            if known_at is not None and dt.date.fromisoformat(entry["known_at"]) > known_at:
                continue
            first, *lines = self._read(entry).splitlines()
            names |= json.loads(first)["names"]
            for line in lines:
                data = json.loads(line)
                found[(data["side"], data["code"])] = read_record(data, attributes)
        ordered = [found[key] for key in sorted(found)]
        return MarketRecords(
            tuple(r for r in ordered if isinstance(r, Need)), tuple(r for r in ordered if isinstance(r, Offer)),
            tuple(r for r in ordered if isinstance(r, Deal)), names,
        )  # fmt: skip

    def _read(self, entry: Mapping[str, Any]) -> str:
        path = self.folder / entry["file"]
        body = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(body).hexdigest() != entry["sha256"]:
            raise KaiwuError(Problem(
                "S-MARKET", "供需批次文件缺失或被改动; 请从备份恢复", "a batch of the market is missing or was altered: restore it", where=str(path),
            ))  # fmt: skip
        return gzip.decompress(body).decode()


def _file_name(number: int) -> str:
    return f"{number:04d}.jsonl.gz"
