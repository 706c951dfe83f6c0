"""The market of a workspace (工作区供需): needs and offers taken in, lists that were shown, and what became of them.

Owns files and tables of a workspace. Finding, giving out and counting are ``kaiwu.match``.
"""

from kaiwu.procedure.market.content import listing_of, open_content
from kaiwu.procedure.market.desk import MarketDesk
from kaiwu.procedure.market.funnel_store import FunnelStore
from kaiwu.procedure.market.intake import TakenListing, market_store, take_listings
from kaiwu.procedure.market.policy import policy_chain
from kaiwu.procedure.market.round import hold_round, list_rows
from kaiwu.procedure.market.store import MarketRecords, MarketStore

__all__ = [
    "FunnelStore",
    "MarketDesk",
    "MarketRecords",
    "MarketStore",
    "TakenListing",
    "hold_round",
    "list_rows",
    "listing_of",
    "market_store",
    "open_content",
    "policy_chain",
    "take_listings",
]
