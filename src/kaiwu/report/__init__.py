"""Lists, sheets, notices and pages as files that people read."""

from kaiwu.report.listing import Listing, list_scheme
from kaiwu.report.output import write_run, write_sheet
from kaiwu.report.printed import Column, Printed, write_book
from kaiwu.report.sheet import render_sheet

__all__ = ["Column", "Listing", "Printed", "list_scheme", "render_sheet", "write_book", "write_run", "write_sheet"]
