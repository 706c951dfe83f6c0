"""What no source says (假设): size, clusters, land, energy, lists and grades of the firms of a calibration.

Owns the shapes of the section ``assume``.
"""

from __future__ import annotations

from dataclasses import dataclass


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
