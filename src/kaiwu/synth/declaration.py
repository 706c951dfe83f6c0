"""What firms and projects declare (申报) for the clauses of policy packs: inputs that no department's sheet has.

Owns choosing who declares what under which pack, drawing the values and the import template for them. The values are
made from the numbers that the clauses themselves name, so that some pass, some miss narrowly and some fail; they say
nothing about real firms. It does not own reading those numbers (``hint``).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.pack.library import Library
from kaiwu.pack.shelf import Shelf
from kaiwu.rule.decision import Need
from kaiwu.synth.calibration import Calibration
from kaiwu.synth.dirt import Scribe
from kaiwu.synth.district import District, Roster
from kaiwu.synth.draw import Floats, Mask, Whole
from kaiwu.synth.hint import Hint, read_hints
from kaiwu.synth.naming import spell_code, spell_name
from kaiwu.synth.section import model_unit
from kaiwu.synth.sheet_setting import DeclareRule, MeasureName
from kaiwu.synth.table import NUMBER_HEAD, Book, Page


@dataclass(frozen=True, slots=True)
class Side:
    """Who declares at a scope: kind of entity, its word in file names, heads of key and name, the usual pool."""

    kind: str
    zh: str
    key_head: str
    name_head: str
    pool: str


SIDES: dict[str, Side] = {
    "legal_entity": Side("firm", "企业", "统一社会信用代码", "企业名称", "alive"),
    "project": Side("project", "项目", "项目代码", "项目名称", "projects"),
}
"""Scopes that can declare."""
PREFIX = "declared"
TODAY_SPREAD_DAYS = 1800
"""Days before the end of the last year within which drawn dates lie."""
WHOLE = 1e8
"""100 % in base units of a ratio."""
FAVOURED = 1.5
"""By how much firms on a list exceed the numbers of the clauses more than others."""


@dataclass(frozen=True, slots=True)
class Form:
    """The declaration form of one pack and one scope: which variable for which years back, in order of code."""

    pack: str
    zh: str
    scope: str
    fields: Mapping[str, tuple[Variable, tuple[int, ...]]]

    @property
    def code(self) -> str:
        """Code of the import template."""
        return f"{PREFIX}_{self.pack.replace('/', '_')}_{self.side.kind}"

    @property
    def side(self) -> Side:
        """Who declares."""
        return SIDES[self.scope]


@dataclass(slots=True)
class Declared:
    """A form with the book that was filled in and the template that reads it."""

    form: Form
    book: Book
    template: str


def list_forms(library: Library, packs: Iterable[str], given: set[str], mark: str) -> list[Form]:
    """Forms of packs: what their schemes read, without what is derived, found by humans, produced, or ``given``.

    ``mark`` begins the name of every form. A variable stands in one form only, the first that asks for it.
    """
    known = given | {head.produces for _, _, head in library.heads.values() if head.produces}
    forms = []
    for pack in packs:
        needs = _needs_of(library, pack)
        wanted = [n for n in needs if _is_declared(n.variable, known)]
        for scope, side in SIDES.items():
            fields: dict[str, tuple[Variable, tuple[int, ...]]] = {}
            for need in sorted(
                (n for n in wanted if n.variable.scope == scope), key=lambda n: (n.variable.code, -n.offset)
            ):
                _, offsets = fields.get(need.variable.code, (need.variable, ()))
                offset = need.offset if need.variable.period is PeriodType.YEAR else 0
                fields[need.variable.code] = (need.variable, tuple(dict.fromkeys((*offsets, offset))))
            known |= set(fields)
            if fields:
                forms.append(Form(pack, f"{mark}_申报_{library.shelves[pack].pack.zh}_{side.zh}", scope, fields))
    return forms


def _needs_of(library: Library, pack: str) -> list[Need]:
    """Needs of all schemes of a pack that decide about firms or projects."""
    kinds = {side.kind for side in SIDES.values()}
    return [
        need
        for code, (owner, _, head) in library.heads.items()
        if owner == pack and head.population in kinds and head.status != "template"
        for need in library.scheme(code).needs()
    ]


def _is_declared(variable: Variable, known: set[str]) -> bool:
    return variable.derive is None and variable.kind not in (Kind.JUDGEMENT, Kind.TEXT) and variable.code not in known


def fill_form(district: District, form: Form, shelf: Shelf) -> Declared:
    """Fill in a form: rows of those who declare, one column for each variable and year."""
    return _Filling(district, form, read_hints(shelf)).fill()


class _Filling:
    """One form being filled in."""

    def __init__(self, district: District, form: Form, hints: Mapping[str, Hint]) -> None:
        self.calibration: Calibration = district.calibration
        self.rule: DeclareRule = district.calibration.settings.declare
        self.form, self.hints = form, hints
        self.rng = district.streams.open(form.code)
        pool = self.rule.pools.get(form.pack, form.side.pool) if form.scope == "legal_entity" else form.side.pool
        self.roster: Roster = district.roster(pool)
        self.member = self.roster.pools[pool][:, -1]
        self.scribe = Scribe(self.calibration.settings.dirt, self.rng)
        self.last = self.roster.years[-1]

    def fill(self) -> Declared:
        order, favoured = self._choose()
        size = np.exp(0.5 * self.rng.standard_normal(len(order))) * np.where(favoured, FAVOURED, 1.0)
        name = self.calibration.settings.name
        side = self.form.side
        heads = [("", NUMBER_HEAD), ("", name.column), ("", side.key_head), ("", side.name_head)]
        columns: list[list[Any]] = [list(range(1, len(order) + 1)), [name.label] * len(order), *self._who(order)]
        book = Book(f"{self.form.zh}.xlsx", self.form.code)
        for variable, offsets in self.form.fields.values():
            values = self._draw(variable, order, size, favoured)
            for offset in offsets:
                decimals, factor = _print_form(variable)
                spelled = self.scribe.spell(
                    self._shift(variable, values, offset), variable, factor=factor, decimals=decimals
                )
                heads.append(("", self._head(variable, offset)))
                columns.append(spelled.cells)
                book.applicable += spelled.applicable
                book.missing += spelled.missing
        title = (
            f"{self.form.zh.removeprefix(name.mark + '_')}表({name.label})",
            f"填报年度: 各列已注明    填报日期: {self.last + 1}年4月30日",
        )
        book.pages.append(Page("Sheet1", title, heads, columns))
        return Declared(self.form, book, self._template())

    # -- who --------------------------------------------------------------------------------------------------------

    def _choose(self) -> tuple[Whole, Mask]:
        """Who declares, in random order, and which of them are on a list."""
        if self.form.scope != "legal_entity":
            chosen = self.member & (self.rng.random(self.roster.count) < self.rule.projects)
            favoured = self.rng.random(self.roster.count) < self.rule.agree
        else:
            listed = self.roster.measures[self.calibration.settings.assume.lifted.list] > 0
            certified = np.nan_to_num(self.roster.measures["certified"][:, -1]) > 0
            likely = np.where(listed, 0.9, np.where(certified, 3 * self.rule.share, 0.8 * self.rule.share))
            everyone = self.form.pack in self.rule.pools
            chosen = self.member & (everyone | (self.rng.random(self.roster.count) < likely))
            favoured = listed | certified
        order = self.rng.permutation(np.flatnonzero(chosen))
        return order, np.asarray(favoured[order])

    def _who(self, order: Whole) -> list[list[Any]]:
        texts, dirt = self.roster.texts, self.calibration.settings.dirt
        if self.form.scope != "legal_entity":
            return [[texts["code"][i] for i in order], [texts["name"][i] for i in order]]
        names = [
            spell_name(self.rng, texts["name"][i], texts["short"][i], texts["former"][i], dirt.names) for i in order
        ]
        return [[spell_code(self.rng, texts["code"][i], dirt.codes) for i in order], names]

    # -- what -------------------------------------------------------------------------------------------------------

    def _draw(self, variable: Variable, order: Whole, size: Floats, favoured: Mask) -> NDArray[Any]:
        """Values of the last year in the model's units; objects for categories and days."""
        named = next((m for m in self.rule.measures if re.search(m.match, variable.zh)), None)
        if named is not None and named.measure and self.form.scope == "legal_entity":
            found = self._known(variable, named, order)
            if found is not None:
                return found
        if variable.kind is Kind.FLAG:
            return self._flags(variable, named, favoured)
        if variable.kind is Kind.CATEGORY:
            return self._choices(variable, favoured)
        if variable.kind is Kind.DATE:
            back = self.rng.integers(0, TODAY_SPREAD_DAYS, len(order))
            return np.array([dt.date(self.last, 12, 31) - dt.timedelta(days=int(b)) for b in back], dtype=object)
        if variable.kind is Kind.YEAR:
            return self.last - self.rng.integers(0, 6, len(order)).astype(np.float64)
        return self._amounts(variable, size, favoured)

    def _known(self, variable: Variable, named: MeasureName, order: Whole) -> NDArray[Any] | None:
        """What the model knows of a variable, where it is of its kind; points are never known, whatever they are for."""
        if variable.kind is Kind.SCORE:
            return None
        values = self.roster.measures[named.measure]
        is_object = values.dtype == object
        if is_object != (variable.kind in (Kind.CATEGORY, Kind.DATE)):
            return None
        if variable.kind is Kind.CATEGORY and not set(values[order].tolist()) <= {None, *variable.values}:
            return None
        return np.asarray(values[order])

    def _flags(self, variable: Variable, named: MeasureName | None, favoured: Mask) -> Floats:
        hint = self.hints.get(variable.code, Hint())
        chance = np.where(favoured, self.rule.agree_favoured, self.rule.agree)
        if hint.is_barred:
            chance = np.full(len(favoured), self.rule.veto)
        if named is not None and named.chance >= 0:
            chance = np.where(favoured, 3, 1) * named.chance
        return (self.rng.random(len(favoured)) < chance).astype(np.float64)

    def _choices(self, variable: Variable, favoured: Mask) -> NDArray[Any]:
        """Values of a category: ``none`` seldom for firms on a list, and twice as often as any other for the rest."""
        values = np.array(variable.values, dtype=object)
        weights = np.where(values == "none", np.where(favoured[:, None], 0.15, 2.0), 1.0)
        keys = np.log(weights) + self.rng.gumbel(size=weights.shape)
        return np.asarray(values[np.argmax(keys, axis=1)])

    def _amounts(self, variable: Variable, size: Floats, favoured: Mask) -> Floats:
        """Numbers around those of the clauses; without any, within the middle of the bounds."""
        numbers = self.hints.get(variable.code, Hint()).numbers
        grain = float(variable.grain)
        low, high = variable.low * grain, variable.high * grain
        if numbers:
            drawn = self.rng.choice([float(n) for n in numbers], len(size))
            spread = self.rule.spread if variable.kind in (Kind.MONEY, Kind.QUANTITY) else self.rule.spread / 2
            base = drawn * np.exp(spread * self.rng.standard_normal(len(size))) * size ** (spread / 0.7)
        elif variable.kind in (Kind.SCORE, Kind.RATIO):
            top = min(high, WHOLE) if variable.kind is Kind.RATIO else high
            base = low + (top - low) * np.where(
                favoured, self.rng.beta(6, 2, len(size)), self.rng.beta(4, 3, len(size))
            )
        else:
            assert variable.unit is not None, "numbers have a unit"
            base = 60 * size * float(variable.unit.factor) * np.exp(self.rng.standard_normal(len(size)))
        assert variable.unit is not None, "numbers have a unit"
        clipped: Floats = np.clip(base, low, high)
        return clipped / float(model_unit(variable.unit).factor)

    def _shift(self, variable: Variable, values: NDArray[Any], offset: int) -> NDArray[Any]:
        """The value so many years back (``offset`` is negative): a little less, with noise; states stay."""
        if values.ndim == 2:
            return np.asarray(values[:, max(values.shape[1] - 1 + offset, 0)])
        if not offset or not variable.is_numeric:
            return values
        shrunk = np.asarray(values * np.exp(0.08 * offset + 0.1 * self.rng.standard_normal(len(values))))
        assert variable.unit is not None, "numbers have a unit"
        high = variable.high * float(variable.grain / model_unit(variable.unit).factor)
        return np.asarray(np.minimum(shrunk, high))

    # -- how --------------------------------------------------------------------------------------------------------

    def _head(self, variable: Variable, offset: int) -> str:
        unit = f"({variable.unit.zh})" if variable.unit is not None and variable.unit.zh else ""
        if "(" in unit[1:]:
            unit = f"（{unit[1:-1]}）"
        year = f"{self.last + offset}年" if variable.period is PeriodType.YEAR else ""
        return f"{year}{variable.zh}{unit}"

    def _template(self) -> str:
        """The import template of the form, as YAML."""
        name = self.calibration.settings.name
        side = self.form.side
        lines = [
            f"# {name.label}: made together with the declarations; every figure taken in by it is labelled synthetic.",
            f"import: {self.form.code}",
            f"zh: {_quote(self.form.zh)}",
            f"en: {_quote('Synthetic declarations for ' + self.form.pack)}",
            f"source: {_quote(name.sender.format(mark=name.mark, sender='申报'))}",
            f"period: {{year: {self.last}}}",
            f"entity: {{column: [{side.key_head}], kind: {side.kind}, name_column: [{side.name_head}]}}",
            f"scope: {self.form.scope}",
            "standing: inferred",
            "synthetic: true",
            f"ignore: [{NUMBER_HEAD}, {name.column}]",
            "columns:",
            *(f"  - {{head: {_quote(v.zh)}, variable: {v.code}}}" for v, _ in self.form.fields.values()),
        ]
        return "\n".join(lines) + "\n"


def _print_form(variable: Variable) -> tuple[int, float]:
    """Decimals and factor with which a variable is printed in its own unit; no finer than its grain."""
    if variable.unit is None:
        return 0, 1.0
    wanted = 0 if variable.kind is Kind.COUNT else 1 if variable.kind in (Kind.SCORE, Kind.RATIO) else 2
    steps = variable.unit.factor / variable.grain
    decimals = next((d for d in range(wanted, 0, -1) if (steps / 10**d).denominator == 1), 0)
    return decimals, float(model_unit(variable.unit).factor / variable.unit.factor)


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
