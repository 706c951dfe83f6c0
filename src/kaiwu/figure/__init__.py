"""Figures (数据): variables, import, validation, time, as-of frames."""

from kaiwu.figure.catalogue import Catalogue, build_catalogue, load_variables
from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.figure.vocabulary import SCOPES, STANDINGS, STATUSES

__all__ = [
    "SCOPES",
    "STANDINGS",
    "STATUSES",
    "Catalogue",
    "Kind",
    "PeriodType",
    "Variable",
    "build_catalogue",
    "load_variables",
]
