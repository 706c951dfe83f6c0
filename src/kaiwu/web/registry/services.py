"""Filling the registry from the register of the workspace (主体库同步)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models, transaction

from kaiwu.figure.figure import print_value
from kaiwu.figure.variable import Variable
from kaiwu.identity import Entity, EntityKind, NameKind, Register, RelationKind
from kaiwu.identity.entity import Basis
from kaiwu.pack.profile import read_profile
from kaiwu.web.event.services import Actor, Deed, record
from kaiwu.web.registry.models import Firm, Group, Place, PlaceKind, Plot, PlotUse
from kaiwu.web.registry.queries import newest_figures
from kaiwu.web.workspace import workspace

BULK = 500
USCC_CHARACTERS = 18
M = TypeVar("M", bound=models.Model)


@transaction.atomic
def sync_registry(actor: Actor, as_of: dt.date) -> dict[str, int]:
    """Bring all tables to what the register says as of a day; what it no longer knows stays, marked as not current.

    Returns how many of each kind there are. One event tells what changed in all.
    """
    register = workspace().register
    places = _sync_places(register, as_of)
    groups = _keep(Group, {e.id: {"name": _name(e, as_of)} for e in register.entities(EntityKind.GROUP)})
    firms = _sync_firms(register, as_of, places, groups)
    plots = _keep(Plot, {e.id: {"name": _name(e, as_of)} for e in register.entities(EntityKind.PLOT)})
    _sync_uses(register, as_of, plots, firms)
    counts = {"place": len(places), "group": len(groups), "firm": len(firms), "plot": len(plots)}
    record(actor, Deed("registry.sync", "registry", as_of.isoformat(), after=counts))
    return counts


def _sync_places(register: Register, as_of: dt.date) -> dict[str, Place]:
    kinds = {EntityKind.TOWN: PlaceKind.TOWN, EntityKind.PARK: PlaceKind.PARK}
    return _keep(
        Place,
        {
            e.id: {"name": _name(e, as_of), "kind": place}
            for kind, place in kinds.items()
            for e in register.entities(kind)
        },
    )


def _sync_firms(
    register: Register, as_of: dt.date, places: dict[str, Place], groups: dict[str, Group]
) -> dict[str, Firm]:
    town = {
        r.from_id: places[r.to_id]
        for r in register.relations(RelationKind.LOCATED_IN_TOWN, as_of)
        if r.to_id in places and r.basis is Basis.REGISTERED
    }
    park = {r.from_id: places[r.to_id] for r in register.relations(RelationKind.IN_PARK, as_of) if r.to_id in places}
    group = {
        r.from_id: groups[r.to_id] for r in register.relations(RelationKind.MEMBER_OF_GROUP, as_of) if r.to_id in groups
    }
    industry, above = _profile_values(as_of)
    rows = {
        e.id: {
            "name": _name(e, as_of),
            "industry": industry.get(e.id, ""),
            "is_above_scale": above.get(e.id),
            "uscc": e.uscc or (e.id if len(e.id) == USCC_CHARACTERS else ""),
            "former_names": "\n".join(sorted({n.text for n in e.names if n.kind is NameKind.FORMER or n.ended_before(as_of)})),
            "town": town.get(e.id), "park": park.get(e.id), "group": group.get(e.id),
        }
        for e in register.entities(EntityKind.FIRM)
    }  # fmt: skip
    return _keep(Firm, rows)


def _profile_values(as_of: dt.date) -> tuple[dict[str, str], dict[str, bool]]:
    """Industry and scale of every firm by the newest figures of the pack's profile; what is not known is not there."""
    profile = read_profile(workspace().library)
    industry = (
        {e: print_value(profile.industry, v) for e, v in _newest(profile.industry, as_of).items()}
        if profile.industry
        else {}
    )
    above = {e: bool(v) for e, v in _newest(profile.above_scale, as_of).items()} if profile.above_scale else {}
    return industry, above


def _newest(variable: Variable | None, as_of: dt.date) -> dict[str, int]:
    """The value of the last period of every entity."""
    if variable is None:
        return {}
    table = newest_figures([variable.code], as_of).sort("entity", "period").unique("entity", keep="last")
    return dict(zip(table["entity"], table["value"], strict=True))


def _sync_uses(register: Register, as_of: dt.date, plots: dict[str, Plot], firms: dict[str, Firm]) -> None:
    kinds = {RelationKind.OWNER_OF_PLOT: "owner", RelationKind.TENANT_OF_PLOT: "tenant"}
    wanted = {
        (r.to_id, r.from_id, name): str(r.share or "")
        for kind, name in kinds.items()
        for r in register.relations(kind, as_of)
        if r.to_id in plots and r.from_id in firms
    }
    PlotUse.objects.all().delete()
    uses = (PlotUse(plot=plots[p], firm=firms[f], kind=k, share=s) for (p, f, k), s in wanted.items())
    PlotUse.objects.bulk_create(uses, batch_size=BULK)


def _keep(model: type[M], rows: dict[str, dict[str, Any]]) -> dict[str, M]:
    """Create what is new, update what differs, mark what has gone; returns the records by entity."""
    manager = model._default_manager
    known = {record.entity: record for record in manager.all()}  # type: ignore[attr-defined]
    fresh = [model(entity=entity, **values) for entity, values in rows.items() if entity not in known]
    changed = [known[entity] for entity, values in rows.items() if entity in known and _assign(known[entity], values)]
    gone = [record for entity, record in known.items() if entity not in rows and _assign(record, {"is_current": False})]
    manager.bulk_create(fresh, batch_size=BULK)
    fields = sorted({name for values in rows.values() for name in values} | {"is_current"})
    _update(manager, [*changed, *gone], fields)
    return {record.entity: record for record in manager.filter(is_current=True)}  # type: ignore[attr-defined]


def _assign(record: models.Model, values: dict[str, Any]) -> bool:
    """Set the fields that differ; whether any did."""
    differing = {
        name: value for name, value in ({"is_current": True} | values).items() if getattr(record, name) != value
    }
    for name, value in differing.items():
        setattr(record, name, value)
    return bool(differing)


def _update(manager: models.Manager[M], records: Iterable[M], fields: list[str]) -> None:
    records = list(records)
    if records:
        manager.bulk_update(records, fields, batch_size=BULK)


def _name(entity: Entity, as_of: dt.date) -> str:
    return entity.name_at(as_of) or next((n.text for n in entity.names), entity.id)
