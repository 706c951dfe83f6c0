"""Rows of long lists as sheet XML, a column at a time: a list of a million rows in seconds instead of minutes.

Owns the spelling of cells (ECMA-376 part 1, 18.3.1.4) and the one place where rows go past XlsxWriter's cell methods:
its own rows are spelled one call per cell. Everything else of a workbook stays XlsxWriter's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from kaiwu.report.cell import CELL_CHARACTERS, CONTROL, FEN_PER_WAN, MOST_EXACT, Column

SLICE_ROWS = 50_000  # rows spelled at a time: bounds memory, not content
_CONTROL = CONTROL.replace(r"\ufffe", r"\x{fffe}").replace(r"\uffff", r"\x{ffff}")  # as Polars spells it
_LOOKS_ESCAPED = r"(_x[0-9a-fA-F]{4}_)"  # Excel would read it as one character


class LongSheet(Worksheet):  # type: ignore[misc]
    """A worksheet of a book in constant memory that takes whole rows at once."""

    def write_rows(self, first: int, table: pl.DataFrame, columns: Sequence[Column], formats: Mapping[str, Any]) -> int:
        """Write the rows of a table from row ``first`` on; returns the number of the row below."""
        cells = [spell_cells(table.columns[i], column, i, formats) for i, column in enumerate(columns)]
        for at in range(0, table.height, SLICE_ROWS):
            part = table.slice(at, SLICE_ROWS).with_columns(
                (pl.int_range(pl.len()) + first + at + 1).cast(pl.String).alias("#row")
            )
            rows = part.select(
                pl.concat_str(pl.lit('<row r="'), "#row", pl.lit('">'), *cells, pl.lit("</row>")).str.join("")
            )
            below = first + at + part.height
            self._check_dimensions(below - 1, len(columns) - 1)
            self._write_single_row(below)  # what stands above goes first
            self.row_data_fh.write(rows.item())
        return first + table.height


def spell_cells(name: str, column: Column, place: int, formats: Mapping[str, Any]) -> pl.Expr:
    """The cells of one column; ``#row`` holds the number of the row."""
    value, letter = pl.col(name), xl_col_to_name(place)
    start = pl.concat_str(pl.lit(f'<c r="{letter}'), "#row", pl.lit('" s="'))
    style = _index(formats[column.form])
    blank = pl.concat_str(start, pl.lit(f'{style}"/>'))
    if column.kind == "text":
        return pl.when(value.is_null()).then(blank).otherwise(_text_cell(start, style, _shown(value, column)))
    places = {"money": 6, "whole": 0}.get(column.kind, column.decimals)
    number, decimals = _decimal(value, places)
    chosen = pl.lit(str(style))
    if column.kind == "money":
        styles = {0: style, **{n: _index(formats[f"money{n}"]) for n in range(1, 7)}}
        chosen = decimals.replace_strict({n: str(s) for n, s in styles.items()}, return_dtype=pl.String)
    cell = pl.concat_str(start, chosen, pl.lit('"><v>'), number, pl.lit("</v></c>"))
    is_exact = value.abs() < MOST_EXACT
    return pl.when(value.is_null()).then(blank).when(is_exact).then(cell).otherwise(_text_cell(start, style, number))


def _index(form: Any) -> int:
    index: int = form._get_xf_index()
    return index


def _shown(value: pl.Expr, column: Column) -> pl.Expr:
    text = value.cast(pl.String)
    if column.words:
        codes = {str(code): pair[0] for code, pair in column.words.items() if pair[0]}
        text = text.replace(list(codes), list(codes.values()))
    text = text.str.replace_all(_CONTROL, "").str.replace_all(_LOOKS_ESCAPED, "_x005F$1").str.slice(0, CELL_CHARACTERS)
    return text.str.replace_many(["&", "<", ">"], ["&amp;", "&lt;", "&gt;"])


def _text_cell(start: pl.Expr, style: int, text: pl.Expr) -> pl.Expr:
    return pl.concat_str(
        start, pl.lit(f'{style}" t="inlineStr"><is><t xml:space="preserve">'), text, pl.lit("</t></is></c>")
    )


def _decimal(value: pl.Expr, places: int) -> tuple[pl.Expr, pl.Expr]:
    """The exact text of an integer in units of 10^-places, and how many decimals it needs."""
    if places == 0:
        return value.cast(pl.String), pl.lit(0)
    unit = 10**places
    size = value.abs()
    rest = (size % unit).cast(pl.String).str.zfill(places).str.strip_chars_end("0")
    sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    point = pl.when(rest == "").then(pl.lit("")).otherwise(pl.lit("."))
    return pl.concat_str(sign, (size // unit).cast(pl.String), point, rest), rest.str.len_chars()


assert FEN_PER_WAN == 10**6  # money is spelled with six decimals
