"""Lists, sheets, notices and pages as files that people read."""

from kaiwu.report.cell import Column, print_cell
from kaiwu.report.listing import Listing, list_scheme
from kaiwu.report.notice import render_notice
from kaiwu.report.output import sheet_name, write_run, write_sheet
from kaiwu.report.printed import Printed, write_book
from kaiwu.report.sheet import print_money, render_sheet
from kaiwu.report.shortage import Shortage, find_shortage

__all__ = [
    "Column",
    "Listing",
    "Printed",
    "Shortage",
    "find_shortage",
    "list_scheme",
    "print_cell",
    "print_money",
    "render_notice",
    "render_sheet",
    "sheet_name",
    "write_book",
    "write_run",
    "write_sheet",
]
