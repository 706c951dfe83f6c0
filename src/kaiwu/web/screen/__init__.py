"""Screens (界面): one declaration for a record type gives its list, detail, filters, Excel, print, API and search."""

from kaiwu.web.screen.action import Action
from kaiwu.web.screen.column import Column, Tag
from kaiwu.web.screen.filter import Choice, Period, Range
from kaiwu.web.screen.screen import Group, Screen, Section

__all__ = ["Action", "Choice", "Column", "Group", "Period", "Range", "Screen", "Section", "Tag"]
