"""Months of above-scale firms (合成月度): a flash sheet and corrections for each year, price indices, history.

Owns making them from the yearly figures of the model and laying them out as books. It does not own the yearly figures
(``measure``) nor the templates that take the books in (imports of a pack). Money is in 千元.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from kaiwu.figure.import_template import ImportTemplate
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.synth.dirt import Cell
from kaiwu.synth.district import District
from kaiwu.synth.draw import Floats, Mask, Whole
from kaiwu.synth.month_setting import MonthRule
from kaiwu.synth.table import NUMBER_HEAD, Book, Page

FLASH, REVISED, PRICE, INDUSTRY = (
    "synth_month_flash",
    "synth_month_revised",
    "synth_month_price",
    "synth_month_industry",
)
TEMPLATES = (FLASH, REVISED, PRICE, INDUSTRY)
MONTHS = 12
PERIODS = tuple(range(2, MONTHS + 1))
"""Months of publication: January comes with February."""
THOUSANDS = 10.0
"""千元 in a 万元."""
LEAST, MOST = 0.2, 5.0
"""A month of a firm lies within these multiples of its season."""


@dataclass(slots=True)
class Months:
    """The months of the firms: ``true`` and ``flash`` are (years, firms, months of publication) in 千元, nan where the firm
    has no such year or has not reported; ``listed`` and ``built`` are (years, firms), the latter for firms that begin to
    produce in the year, from the month ``start`` on, and have no base. Years are all of the model."""

    district: District
    rule: MonthRule
    years: tuple[int, ...]
    true: Floats
    flash: Floats
    listed: Mask
    built: Mask
    start: Whole
    prices: Floats  # (years, divisions, months of publication)

    def on_list(self, place: int, at: int) -> Mask:
        """Who is on the list of a month: new plants from their first month on."""
        return np.asarray(self.listed[place] & (~self.built[place] | (self.start[place] <= at)))


def make_month_books(district: District, templates: Mapping[str, ImportTemplate]) -> list[Book]:
    """The books of all months, or none where the calibration has no ``months``.

    Raises ``KaiwuError`` ``Y-MONTHS`` for a season that is not of twelve months or more years than the model has.
    """
    rule = district.calibration.settings.months
    if rule is None:
        return []
    if len(rule.season) != MONTHS or not 1 <= rule.years < len(district.firms.years):
        zh, en = (
            "months: season 要有 12 个权重, years 要少于模型的年数",
            "months: season has 12 weights, years are fewer than those of the model",
        )
        raise KaiwuError(Problem("Y-MONTHS", zh, en))
    lacking = [name for name in TEMPLATES if name not in templates]
    if lacking:
        listed = ", ".join(lacking)
        raise KaiwuError(Problem("Y-MONTHS", f"没有导入模板: {listed}", f"import templates are missing: {listed}"))
    months = draw_months(district, rule)
    desk = _Desk(months, templates)
    shown = months.years[-rule.years :]
    return [
        desk.industries(),
        *(book for year in shown for book in (desk.flash(year), desk.revised(year), desk.prices(year))),
    ]


def draw_months(district: District, rule: MonthRule) -> Months:
    """Split the yearly output of every firm over its months, then blur the flash."""
    rng = district.streams.open("month")
    output = district.firms.measures["output"].T * THOUSANDS  # (years, firms)
    years, firms = output.shape
    season = np.array(rule.season) / sum(rule.season)
    noise = np.clip(np.exp(rule.noise * rng.standard_normal((years, firms, MONTHS))), LEAST, MOST)
    shares = season * noise
    split = np.round(output[:, :, None] * shares / shares.sum(axis=2, keepdims=True))
    true = np.concatenate([split[:, :, :2].sum(axis=2, keepdims=True), split[:, :, 2:]], axis=2)
    reports = np.array([d.sector in rule.sectors for d in district.calibration.divisions])[district.industries.division]
    listed = district.sizes.above.T & reports
    before = np.vstack([listed[:1], listed[:-1]])
    built = listed & ~before & (rng.random(listed.shape) < rule.built)
    start = rng.integers(0, len(PERIODS), listed.shape)
    true = np.where(built[:, :, None] & (np.arange(len(PERIODS)) < start[:, :, None]), 0.0, true)
    errors = np.exp(rule.correction * rng.standard_normal(true.shape))
    is_off = rng.random(true.shape) < rule.corrected
    flash = np.where(is_off, np.round(true * errors), true)
    flash = np.where(rng.random(true.shape) < rule.late, np.nan, flash)
    divisions = len(district.calibration.divisions)
    steps = (
        1
        + rule.price * rng.standard_normal((years, divisions, 1))
        + rule.price / 4 * rng.standard_normal((years, divisions, len(PERIODS)))
    )
    return Months(district, rule, district.firms.years, true, flash, listed, built, start, np.round(steps, 3))


class _Desk:
    """Where the statistics office's monthly sheets are made."""

    def __init__(self, months: Months, templates: Mapping[str, ImportTemplate]) -> None:
        self.months, self.templates = months, templates
        self.name = months.district.calibration.settings.name
        self.firms = months.district.firms

    def _book(self, template: str, suffix: str = "") -> Book:
        return Book(f"{self.templates[template].zh}{suffix}.xlsx", template)

    def _page(self, name: str, title: str, heads: list[str], columns: list[list[Cell]]) -> Page:
        count = len(columns[0])
        sender = self.name.sender.format(mark=self.name.mark, sender="统计部门")
        lines = (f"{title}({self.name.label})", f"报送部门: {sender}")
        left: list[list[Cell]] = [list(range(1, count + 1)), [self.name.label] * count]
        return Page(name, lines, [("", head) for head in (NUMBER_HEAD, self.name.column, *heads)], [*left, *columns])

    def _firm_page(self, year: int, at: int, rows: Whole, values: Floats, mark: str = "") -> Page:
        """One month: what ``values`` (firms, months) say for it, the base of a year ago, and both cumulated."""
        place, span, month = self.months.years.index(year), _span(at), PERIODS[at]
        before = np.where(self.months.built[place][rows, None], np.nan, self.months.true[place - 1][rows])
        sums = self.months.true[place][rows][:, :at].sum(axis=1) + values[rows, at]
        columns = (values[rows, at], before[:, at], sums, before[:, : at + 1].sum(axis=1))
        money: list[list[Cell]] = [[None if np.isnan(v) else int(v) for v in column] for column in columns]
        texts: list[list[Cell]] = [[self.firms.texts[key][i] for i in rows] for key in ("code", "name")]
        heads = ["统一社会信用代码", "企业名称", "当月在库", "当月总产值(千元)", "当月总产值上年同期(千元)",
                 f"{year}年1-{month}月累计总产值(千元)", f"{year}年1-{month}月累计总产值上年同期(千元)"]  # fmt: skip
        title = f"{self.name.mark}规模以上工业企业产值{mark}"
        return self._page(f"{year}年{span}", title, heads, [*texts, ["是"] * len(rows), *money])

    def flash(self, year: int) -> Book:
        """The flash sheets of a year, one for each month; a firm that is late stands in them without an amount."""
        book, place = self._book(FLASH, f"_{year}年"), self.months.years.index(year)
        for at in range(len(PERIODS)):
            rows = np.flatnonzero(self.months.on_list(place, at))
            book.pages.append(self._firm_page(year, at, rows, self.months.flash[place]))
        return book

    def revised(self, year: int) -> Book:
        """Corrections of a year: only the firms whose month was late or changed."""
        book, place = self._book(REVISED, f"_{year}年"), self.months.years.index(year)
        for at in range(len(PERIODS)):
            flash, true = (x[place][:, at] for x in (self.months.flash, self.months.true))
            rows = np.flatnonzero(
                self.months.on_list(place, at) & (np.isnan(flash) | (flash != true)) & ~np.isnan(true)
            )
            if len(rows):
                book.pages.append(self._firm_page(year, at, rows, self.months.true[place], "修订"))
        return book

    def prices(self, year: int) -> Book:
        """Price indices of a year by industry, one sheet for each month."""
        book, place = self._book(PRICE, f"_{year}年"), self.months.years.index(year)
        values = self.months.prices[place]
        for at, month in enumerate(PERIODS):
            single, summed = values[:, at], values[:, : at + 1].mean(axis=1)
            heads = ["行业代码", "行业名称", "当月出厂价格指数(%)", f"{year}年1-{month}月累计出厂价格指数(%)"]
            numbers: list[list[Cell]] = [[round(float(v) * 100, 1) for v in column] for column in (single, summed)]
            title = f"{self.name.mark}工业生产者出厂价格指数(上年同期=100)"
            book.pages.append(self._page(f"{year}年{_span(at)}", title, heads, [*self._industries(), *numbers]))
        return book

    def _industries(self) -> list[list[Cell]]:
        divisions = self.months.district.calibration.divisions
        return [[self.months.rule.entity.format(code=d.code) for d in divisions], [d.zh for d in divisions]]

    def industries(self) -> Book:
        """Industries with value-added rates of the years shown, and the totals of the months of all earlier years."""
        book, rule = self._book(INDUSTRY), self.months.rule
        divisions = self.months.district.calibration.divisions
        codes, names = self._industries()
        heads, columns = (
            ["行业代码", "行业名称"],
            [[*codes, rule.entity.format(code=rule.whole.code)], [*names, rule.whole.zh]],
        )
        for year in self.months.years[-rule.years :]:
            heads.append(f"{year}年增加值率(%)")
            columns.append([*(round(d.value_rate * 100, 2) for d in divisions), None])
        blank: list[Cell] = [None] * len(divisions)
        for head, total in self._history():
            heads.append(head)
            columns.append([*blank, total])
        book.pages = [self._page("行业", f"{self.name.mark}规上工业行业增加值率与历年累计总产值", heads, columns)]
        return book

    def _history(self) -> Iterator[tuple[str, int]]:
        """Cumulative output of all firms on the list of each year but the last, by month."""
        for place, year in enumerate(self.months.years[:-1]):
            sums = np.nansum(self.months.true[place][self.months.listed[place]], axis=0).cumsum()
            for month, total in zip(PERIODS, sums, strict=True):
                yield f"{year}年1-{month}月全部规上累计总产值(千元)", int(total)


def _span(at: int) -> str:
    return "1-2月" if at == 0 else f"{PERIODS[at]}月"
