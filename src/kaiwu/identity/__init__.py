"""Who is this (主体): codes, names over time, relations over time, towns with their history.

Owns the identity of what figures are about. It does not own the figures, and it never matches by name alone.
"""

from kaiwu.identity.batch import (
    Batch,
    batch_from_frame,
    batch_to_frame,
    entities_from_frame,
    relations_from_frame,
)
from kaiwu.identity.entity import (
    USCC,
    Basis,
    Code,
    Entity,
    EntityKind,
    Name,
    NameKind,
    Relation,
    RelationKind,
    Span,
)
from kaiwu.identity.frame import code_frame, entity_frame, relation_frame, town_frame
from kaiwu.identity.name import normalise_name, same_spelling
from kaiwu.identity.plot import PlotUser
from kaiwu.identity.register import Register
from kaiwu.identity.registrar import CATEGORIES, Category
from kaiwu.identity.resolution import Candidate, NameStanding, Resolution, ResolutionStatus
from kaiwu.identity.town import Town, TownHistory, load_towns
from kaiwu.identity.uscc import (
    UsccResult,
    check_uscc,
    check_uscc_many,
    make_uscc,
    normalise_uscc,
    suggest_uscc,
)

__all__ = [
    "CATEGORIES",
    "USCC",
    "Basis",
    "Batch",
    "Candidate",
    "Category",
    "Code",
    "Entity",
    "EntityKind",
    "Name",
    "NameKind",
    "NameStanding",
    "PlotUser",
    "Register",
    "Relation",
    "RelationKind",
    "Resolution",
    "ResolutionStatus",
    "Span",
    "Town",
    "TownHistory",
    "UsccResult",
    "batch_from_frame",
    "batch_to_frame",
    "check_uscc",
    "check_uscc_many",
    "code_frame",
    "entities_from_frame",
    "entity_frame",
    "load_towns",
    "make_uscc",
    "normalise_name",
    "normalise_uscc",
    "relation_frame",
    "relations_from_frame",
    "same_spelling",
    "suggest_uscc",
    "town_frame",
]
