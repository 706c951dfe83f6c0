"""Composite indices (综合指数): values, an indicator tree and a method of typed steps, from raw figures to printed ranks.

Owns the engine that counties and parks are rated with. Floats are analysis; only rounded scores, places and classes leave it for a
digest. It does not own exact benchmark-and-weight ratings (``kaiwu.rating.scheme``) or point tables (``kaiwu.rating.rubric``).
"""

from kaiwu.rating.index.method import Method, parse_method, read_method
from kaiwu.rating.index.model import IndexModel, IndexResult
from kaiwu.rating.index.sheet import Cell, Dropped, Sheet, effective_weights, sibling_shares
from kaiwu.rating.index.tree import Direction, Node, Tree, make_tree
from kaiwu.rating.index.tree_reader import read_tree
from kaiwu.rating.index.values import Panel, Values, assign_leagues, read_cells, read_frame

__all__ = [
    "Cell",
    "Direction",
    "Dropped",
    "IndexModel",
    "IndexResult",
    "Method",
    "Node",
    "Panel",
    "Sheet",
    "Tree",
    "Values",
    "assign_leagues",
    "effective_weights",
    "make_tree",
    "parse_method",
    "read_cells",
    "read_frame",
    "read_method",
    "read_tree",
    "sibling_shares",
]
