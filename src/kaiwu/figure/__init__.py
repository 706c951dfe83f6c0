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
from kaiwu.figure.frame import REASONS, FigureSource, Frame, Slot, build_frame, load_frame
from kaiwu.figure.store import FigureStore
from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.figure.vocabulary import SCOPES, STANDINGS, STATUSES

__all__ = [
    "FIGURE_SCHEMA",
    "REASONS",
    "SCOPES",
    "STANDINGS",
    "STATUSES",
    "STORED_SCHEMA",
    "Catalogue",
    "FigureSource",
    "FigureStore",
    "Frame",
    "Kind",
    "PeriodType",
    "Slot",
    "Variable",
    "build_catalogue",
    "build_frame",
    "load_frame",
    "load_variables",
    "make_figures",
    "print_value",
    "shape_figures",
    "validate_figures",
]
