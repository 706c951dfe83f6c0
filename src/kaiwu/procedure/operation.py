"""The monthly operation of a workspace (规上工业运行): its declaration in the packs and a reader of its figures.

Owns finding the two. It computes nothing.
"""

from __future__ import annotations

import datetime as dt

from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.operation import MonthReader, OperationSpec, load_operation
from kaiwu.rating.operation.declaration import FILE


def list_operations(workspace: Workspace) -> dict[str, OperationSpec]:
    """Operations that the packs of a workspace declare, by code."""
    found = {}
    for shelf in workspace.library.shelves.values():
        if FILE in shelf.pack.files:
            spec = load_operation(shelf.pack.document(FILE), shelf.catalogue.variables)
            found[spec.code] = spec
    return found


def find_operation(workspace: Workspace, code: str | None = None) -> OperationSpec:
    """The operation of a code, or the only one. Raises ``KaiwuError`` ``S-OP-NONE`` naming those that exist."""
    found = list_operations(workspace)
    if code is None and len(found) == 1:
        return next(iter(found.values()))
    if code is not None and code in found:
        return found[code]
    listed = ", ".join(found) or "-"
    zh = (
        f"内容包里没有这项运行监测(operation.yaml), 现有: {listed}"
        if code or not found
        else f"有几项运行监测, 用 --operation 选一项: {listed}"
    )
    en = (
        f"no such operation (operation.yaml); there are: {listed}"
        if code or not found
        else f"name one with --operation: {listed}"
    )
    raise KaiwuError(Problem("S-OP-NONE", zh, en, text=code or ""))


def open_months(workspace: Workspace, spec: OperationSpec, known_at: dt.date) -> MonthReader:
    """A reader of the months as known on a day."""
    return MonthReader(spec, workspace.figures, workspace.register_at(known_at), known_at, purpose=spec.code)
