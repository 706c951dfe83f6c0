"""Regional measures (区域分析): coupling coordination, obstacles, inequality by region, specialisation and concentration.

Owns the formulas, each with its source. It owns no scores: they come from an index or from figures. Floats are analysis;
nothing here decides. A missing value is never taken for zero: it is refused, or the result is ``nan`` where said so.
"""

from kaiwu.rating.regional.concentration import Concentration, locate_industries, measure_concentration
from kaiwu.rating.regional.coupling import CLASSES, VARIANTS, Coupling, classify_coordination, couple
from kaiwu.rating.regional.gini import GiniParts, decompose_gini, gini
from kaiwu.rating.regional.obstacle import list_obstacles, measure_obstacles
from kaiwu.rating.regional.theil import TheilParts, decompose_theil, theil

__all__ = [
    "CLASSES",
    "VARIANTS",
    "Concentration",
    "Coupling",
    "GiniParts",
    "TheilParts",
    "classify_coordination",
    "couple",
    "decompose_gini",
    "decompose_theil",
    "gini",
    "list_obstacles",
    "locate_industries",
    "measure_concentration",
    "measure_obstacles",
    "theil",
]
