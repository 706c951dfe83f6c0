"""Outlines of towns (镇街边界): ``map/towns.geojson`` of a pack, shown only where it names its source.

Owns finding and checking the file. WGS 84; every feature has a property ``name``; the collection has a text ``source``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kaiwu.pack.library import find_packs
from kaiwu.web.workspace import workspace

FILE = "map/towns.geojson"
MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Outline:
    """A collection of towns and where it comes from."""

    source: str
    collection: Mapping[str, Any]

    def filled(self, values: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
        """The collection with value and address of each town by its name."""
        features = []
        for feature in self.collection["features"]:
            name = str((feature.get("properties") or {}).get("name", ""))
            text, url = values.get(name, ("", ""))
            number = int(text.replace(",", "")) if text else None
            features.append({**feature, "properties": {"name": name, "value": number, "text": text, "url": url}})
        return {"type": "FeatureCollection", "features": features}


def find_outline() -> Outline | None:
    """The outlines of the first pack that has them with a source; ``None`` where none has."""
    home = workspace()
    places = find_packs(home.pack_roots)
    for code in reversed(list(home.library.shelves)):
        path = places[code] / FILE if code in places else None
        if path is None or not path.is_file() or path.stat().st_size > MAX_BYTES:
            continue
        data = json.loads(path.read_text(encoding="utf-8"))
        source = data.get("source") if isinstance(data, dict) else None
        if source and isinstance(data.get("features"), list):
            return Outline(str(source), data)
    return None
