"""Figures (数据): variables, import, validation, time, as-of frames."""

from kaiwu.figure.catalogue import Catalogue, build_catalogue, load_variables
from kaiwu.figure.figure import (
    FIGURE_SCHEMA,
    STORED_SCHEMA,
    make_figures,
    print_value,
    shape_figures,
    validate_figures,
)
from kaiwu.figure.frame import (
    REASONS,
    SOURCE_SCHEMA,
    WITHHELD_SCHEMA,
    FigureSource,
    Frame,
    Slot,
    build_frame,
    load_frame,
)
from kaiwu.figure.series import PublishedValue, check_comparable, growth_of_published
from kaiwu.figure.store import FigureStore
from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.figure.vocabulary import SCOPES, STANDINGS, STATUSES

__all__ = [
    "FIGURE_SCHEMA",
    "REASONS",
    "SCOPES",
    "SOURCE_SCHEMA",
    "STANDINGS",
    "STATUSES",
    "STORED_SCHEMA",
    "WITHHELD_SCHEMA",
    "Catalogue",
    "FigureSource",
    "FigureStore",
    "Frame",
    "Kind",
    "PeriodType",
    "PublishedValue",
    "Slot",
    "Variable",
    "build_catalogue",
    "build_frame",
    "check_comparable",
    "growth_of_published",
    "load_frame",
    "load_variables",
    "make_figures",
    "print_value",
    "shape_figures",
    "validate_figures",
]
