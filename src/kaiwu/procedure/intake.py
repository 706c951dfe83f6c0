"""Import into a workspace: every file is checked first, then all figures and entities are taken in, or nothing.

Owns the order of the steps, finding the template of a file, and the register. Reading and checking one file is
``kaiwu.figure``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import polars as pl

from kaiwu.figure.import_template import ImportTemplate, load_import_template
from kaiwu.figure.intake import IntakeResult, intake
from kaiwu.identity import Batch, Entity, EntityKind, Name, Relation, RelationKind
from kaiwu.identity.batch import entities_from_frame
from kaiwu.identity.entity import Basis
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError, Problem

# A column of a register sheet that names another entity: its kind, and how the row's entity stands to it.
ATTRIBUTES: dict[str, tuple[EntityKind, RelationKind]] = {
    "town": (EntityKind.TOWN, RelationKind.LOCATED_IN_TOWN),
    "group": (EntityKind.GROUP, RelationKind.MEMBER_OF_GROUP),
    "park": (EntityKind.PARK, RelationKind.IN_PARK),
    "plot": (EntityKind.PLOT, RelationKind.TENANT_OF_PLOT),
}
SUFFIXES = (".xlsx", ".xls", ".csv")


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did: results by file name, the batch of figures, and how many entities are new."""

    results: Mapping[str, IntakeResult]
    batch: int | None
    entities: int
    figures: int

    @property
    def is_accepted(self) -> bool:
        """Whether everything was taken in; if not, nothing was."""
        return all(r.report.is_accepted for r in self.results.values())


def templates_of(workspace: Workspace) -> dict[str, ImportTemplate]:
    """Import templates of all packs by code. Raises ``KaiwuError`` with the mistakes of all of them."""
    found: dict[str, ImportTemplate] = {}
    problems: list[Problem] = []
    for shelf in workspace.library.shelves.values():
        for name in shelf.pack.names("imports"):
            try:
                template = load_import_template(shelf.pack.document(name), shelf.catalogue.variables)
                found[template.code] = template
            except KaiwuError as error:
                problems += error.problems
    if problems:
        raise KaiwuError(problems)
    return found


def template_for(file: Path, templates: Mapping[str, ImportTemplate], wanted: str | None) -> ImportTemplate | None:
    """The template named, or the one whose code or Chinese name begins the file's name; the longest wins."""
    if wanted is not None:
        if wanted not in templates:
            known = ", ".join(sorted(templates)) or "-"
            raise KaiwuError(
                Problem(
                    "S-TEMPLATE",
                    f"没有导入模板“{wanted}”; 现有: {known}",
                    f"no import template “{wanted}”; there are: {known}",
                )
            )
        return templates[wanted]
    fitting = [t for t in templates.values() if any(fnmatchcase(file.name, f"{label}*") for label in (t.code, t.zh))]
    return max(fitting, key=lambda t: max(len(t.code), len(t.zh)), default=None)


def import_files(
    workspace: Workspace,
    files: Sequence[Path],
    *,
    known_at: dt.date,
    template: str | None = None,
    synthetic: bool | None = None,
    progress: Callable[[str], None] | None = None,
) -> Taken:
    """Import files into a workspace as known on a day. Nothing is taken in unless every file is without error.

    Sheets that register entities go first, so that the others may speak of them.
    """
    templates = templates_of(workspace)
    chosen = [(file, template_for(file, templates, template)) for file in files]
    chosen.sort(key=lambda item: (not (item[1] is not None and item[1].registers), item[0].name))
    register = dict(workspace.names(known_at))
    results: dict[str, IntakeResult] = {}
    for file, fitting in chosen:
        if progress is not None:
            progress(file.name)
        result = intake(
            file, fitting, workspace.library.variables, register=register, name=file.name, synthetic=synthetic
        )
        results[file.name] = result
        register |= {row["entity"]: row["name"] for row in result.entities.iter_rows(named=True)}
    if not all(r.report.is_accepted for r in results.values()):
        return Taken(results, None, 0, 0)
    entities = _register(workspace, [(name, r.entities) for name, r in results.items() if r.entities.height], known_at)
    parts = [r.figures for r in results.values() if r.figures.height]
    figures = pl.concat(parts) if parts else None
    # The register is checked above and written last: where the store refuses the figures, nothing is on disk.
    batch = None if figures is None else workspace.figures.append(figures, known_at, "; ".join(results))
    workspace.register.save(workspace.folder / "register")
    return Taken(results, batch, entities, 0 if figures is None else figures.height)


def _register(workspace: Workspace, sheets: Sequence[tuple[str, pl.DataFrame]], known_at: dt.date) -> int:
    """Append the entities of register sheets, and the towns, groups, parks and plots that they name; nothing is written."""
    if not sheets:
        return 0
    entities: dict[str, Entity] = {}
    relations: list[Relation] = []
    for source, sheet in sheets:
        codes = (
            sheet["entity"]
            if sheet["kind"].first() == EntityKind.FIRM
            else pl.Series([None] * sheet.height, dtype=pl.String)
        )
        frame = sheet.select(pl.col("entity").alias("id"), "kind", "name").with_columns(
            codes.alias("uscc"), source=pl.lit(source)
        )
        entities |= {e.id: e for e in entities_from_frame(_lawful_codes(frame))}
        for attribute, (kind, relation) in ATTRIBUTES.items():
            if attribute in sheet.columns:
                add = partial(_relate, entities, relations, kind, relation, source)
                for entity, text in sheet.select("entity", attribute).drop_nulls().iter_rows():
                    add(entity, text.strip())
    known = {e.id for e in workspace.register.entities()}
    fresh = tuple(e for e in entities.values() if e.id not in known or e.names)
    workspace.register.append(Batch(known_at, "; ".join(s for s, _ in sheets), fresh, tuple(relations)))
    return len([e for e in entities if e not in known])


def _lawful_codes(frame: pl.DataFrame) -> pl.DataFrame:
    """Only an 18-character id is a social credit code; other ids of firms are the workspace's own."""
    return frame.with_columns(pl.when(pl.col("uscc").str.len_chars() == 18).then(pl.col("uscc")).alias("uscc"))


def _relate(
    entities: dict[str, Entity], relations: list[Relation], kind: EntityKind, relation: RelationKind, source: str,
    entity: str, text: str,
) -> None:  # fmt: skip
    if not text:
        return
    target = f"{kind.value}:{text}"
    entities.setdefault(target, Entity(id=target, kind=kind, names=(Name(text),), source=source))
    basis = Basis.REGISTERED if relation is RelationKind.LOCATED_IN_TOWN else None
    relations.append(Relation(kind=relation, from_id=entity, to_id=target, basis=basis, source=source))
