"""Assignment (撮合分配): ranked edges become a plan under capacities, with prices and a proof that it is the best one.

Owns the market of needs and suppliers, its flow network, the two solvers, the prices and the sentences that say why a pair was not
chosen. It does not score pairs. All numbers are integers; nothing here is a float.
"""

from kaiwu.match.assignment.market import Limits, Market
from kaiwu.match.assignment.market_table import edges_of, make_market
from kaiwu.match.assignment.plan import Plan, assign
from kaiwu.match.assignment.why import WhyNot, explain_price, explain_unchosen, list_unchosen

__all__ = [
    "Limits",
    "Market",
    "Plan",
    "WhyNot",
    "assign",
    "edges_of",
    "explain_price",
    "explain_unchosen",
    "list_unchosen",
    "make_market",
]
