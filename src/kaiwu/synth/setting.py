"""What a calibration may say (标定的写法): the keys of ``synth.yaml`` and their types, one dataclass for each section.

Owns the whole file; the larger sections have modules of their own. It does not own reading them (``section``) nor opening a calibration (``calibration``). Money is in
万元, land in 亩, electricity in 万千瓦时, shares are of one, however they were written.
"""

from __future__ import annotations

from dataclasses import dataclass

from kaiwu.synth.assumption_setting import Assumptions
from kaiwu.synth.county_setting import CountyRule
from kaiwu.synth.month_setting import MonthRule
from kaiwu.synth.section import model_number
from kaiwu.synth.sheet_setting import DeclareRule, DirtRule, MistakeRule, SheetSpec


@dataclass(frozen=True, slots=True)
class Base:
    """The district for which counts and totals are stated, and the years of its history."""

    firms: int
    first_year: int
    last_year: int

    @property
    def years(self) -> tuple[int, ...]:
        """All years, oldest first."""
        return tuple(range(self.first_year, self.last_year + 1))


@dataclass(frozen=True, slots=True)
class CodeRule:
    """Parts of the unified codes: nobody can really bear the region, nor a body that begins so."""

    registrar: str
    category: str
    region: str
    open: str
    closed: str


@dataclass(frozen=True, slots=True)
class NameRule:
    """Patterns of names; each carries the mark, so that none can be a real one."""

    mark: str
    label: str
    column: str
    stems: tuple[str, ...]
    firm: str
    short: str
    former: str
    group: str
    project: str
    plot: str
    sender: str


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """Whose towns the firms lie in: the code of the county in ``towns.csv``."""

    parent: str


@dataclass(frozen=True, slots=True)
class Target:
    """A published number (标定目标) as written with its unit; ``scales`` with the number of firms."""

    code: str
    zh: str
    en: str
    value: str
    year: int
    tolerance: str
    source: str
    standing: str
    scales: bool = False
    note: str = ""

    @property
    def number(self) -> float:
        """The value in the unit of the model."""
        return model_number(self.value)


@dataclass(frozen=True, slots=True)
class Division:
    """An industry division with the weights of the model; ``above`` and ``below`` are relative numbers of firms."""

    code: str
    zh: str
    trade: str
    sector: str
    is_equipment: bool
    above: float
    below: float
    value_rate: float
    tax_rate: float
    power: float
    heat: float
    emission: float
    rd: float
    hightech: float
    strategic: float
    productivity: float


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that ``synth.yaml`` says."""

    synth: int
    zh: str
    en: str
    base: Base
    packs: tuple[str, ...]
    policies: tuple[str, ...]
    code: CodeRule
    place: PlaceRule
    name: NameRule
    targets: tuple[Target, ...]
    assume: Assumptions
    dirt: DirtRule
    sheets: tuple[SheetSpec, ...]
    declare: DeclareRule
    counties: CountyRule
    mistakes: tuple[MistakeRule, ...]
    months: MonthRule | None = None
