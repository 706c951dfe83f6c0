"""What a calibration may say (标定的写法): the keys of ``synth.yaml`` and their types, one dataclass for each section.

Owns the shapes. It does not own reading them (``section``) nor opening a calibration (``calibration``). Money is in
万元, land in 亩, electricity in 万千瓦时, shares are of one, however they were written.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from kaiwu.synth.section import model_number


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
class SizeRule:
    """Size and growth: a bounded Pareto law above the line, a lognormal one below."""

    line: float
    tail: float
    top: float
    body_median: float
    body_spread: float
    growth: dict[str, float]
    spread_above: float
    spread_below: float
    entrants: float
    closed: float
    main_share: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ClusterRule:
    """A cluster of divisions with published size, and the giants in it."""

    divisions: tuple[str, ...]
    large: float
    giants: tuple[float, ...]
    giant_division: str
    giant_value_rate: float


@dataclass(frozen=True, slots=True)
class LabelRule:
    """Labels of firms below the line, and which part of a firm may count as strategic."""

    platform_below: float
    strategic_shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform with its share of the firms on platforms."""

    zh: str
    weight: float


@dataclass(frozen=True, slots=True)
class GroupRule:
    """Groups of firms: how many per firm, the tail of their sizes, members of the giants' groups."""

    per_firm: float
    tail: float
    giant_members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LandRule:
    """Who has land, who owns the plot, who rents on an estate."""

    landed_above: float
    landed_below: float
    owners_above: float
    owners_below: float
    estates: float
    on_estates: float
    floor: float
    low_yield_line: float
    old_addresses: float


@dataclass(frozen=True, slots=True)
class EnergyRule:
    """Coal per electricity at equivalent value, and how the emission weight of a division becomes a probability."""

    equivalent: float
    emitters: float


@dataclass(frozen=True, slots=True)
class CertifiedRule:
    """Certified high-tech firms: how many, and the range of what they spend on research over revenue."""

    firms: float
    rd_ratio: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ChainRule:
    """A chain within some divisions."""

    divisions: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True)
class ListRule:
    """A list of recognised firms: how many, out of whom, whom it favours, and how many of them in the chain."""

    code: str
    target: str
    within: str
    favour: str
    chain: str = ""


@dataclass(frozen=True, slots=True)
class LiftRule:
    """What the members of a list have at least, because they were found to have it."""

    list: str
    rd_ratio: float
    rd_expense: float
    niche_years: float
    score: tuple[float, ...]
    patents: float
    market_share: float


@dataclass(frozen=True, slots=True)
class GradeRule:
    """A grade of firms: the target of each value."""

    code: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class ProjectRule:
    """Projects: how many per firm, size and spread of the investment."""

    per_firm: float
    median: float
    spread: float


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What no source says: our own choices that fill the district."""

    size: SizeRule
    cluster: ClusterRule
    labels: LabelRule
    platforms: tuple[Platform, ...]
    groups: GroupRule
    land: LandRule
    energy: EnergyRule
    certified: CertifiedRule
    chain: ChainRule
    lists: tuple[ListRule, ...]
    lifted: LiftRule
    grades: tuple[GradeRule, ...]
    projects: ProjectRule
    yield_classes: dict[str, float]


@dataclass(frozen=True, slots=True)
class DirtRule:
    """How often, and how, departments spell things badly; all of it within what an import accepts."""

    missing: float
    marks: dict[str, float]
    text_numbers: float
    full_width: float
    names: dict[str, float]
    codes: dict[str, float]
    text_dates: float


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of a sheet: a measure under the head of a variable, or a text under a head of its own."""

    variable: str = ""
    measure: str = ""
    unit: str = ""
    decimals: int = 0
    group: str = ""
    years: str = ""
    always: bool = False
    head: str = ""
    show: str = ""


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """One file of a department. ``layout``: once, wide (years above), heads (years in heads), sheets, files."""

    template: str
    title: str
    sender: str
    layout: str
    rows: str
    columns: tuple[ColumnSpec, ...]
    total: bool = False
    clean: bool = False
    unit_in_title: str = ""


@dataclass(frozen=True, slots=True)
class MeasureName:
    """A measure of the model, or the chance of yes, for variables whose Chinese name fits a pattern."""

    match: str
    measure: str = ""
    chance: float = -1.0


@dataclass(frozen=True, slots=True)
class DeclareRule:
    """What firms and projects declare for the clauses of policy packs."""

    share: float
    projects: float
    veto: float
    agree: float
    agree_favoured: float
    spread: float
    pools: dict[str, str]
    measures: tuple[MeasureName, ...]


@dataclass(frozen=True, slots=True)
class MistakeRule:
    """A planted mistake: the problem that must be reported, in the column of the code or of a value, how it is written."""

    problem: str
    zh: str
    en: str
    column: str
    write: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class League:
    """A league of counties: its name in ids, how many, how many win, how strong."""

    code: str
    zh: str
    count: int
    winners: int
    strength: float


@dataclass(frozen=True, slots=True)
class IndicatorRule:
    """A yearly number of counties; a ``level`` is lognormal and grows, else it is normal."""

    code: str
    mean: float
    spread: float
    gain: float
    form: str = ""
    least: float = -math.inf


@dataclass(frozen=True, slots=True)
class CountyRule:
    """Synthetic counties and their yearly indicators."""

    first_year: int
    leagues: tuple[League, ...]
    persistence: float
    indicators: tuple[IndicatorRule, ...]
    won_from: int


@dataclass(frozen=True, slots=True)
class WholeRule:
    """What stands for all industries together."""

    code: str
    zh: str


@dataclass(frozen=True, slots=True)
class MonthRule:
    """Months of above-scale firms: how many years, the season, and how flash figures differ from later ones."""

    years: int
    sectors: tuple[str, ...]
    season: tuple[float, ...]
    noise: float
    late: float
    corrected: float
    correction: float
    price: float
    built: float
    entity: str
    whole: WholeRule


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
