"""Keys of operation.yaml."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import Place

_FILE = "operation.yaml"
_OPERATION = "kaiwu.rating.operation.declaration"

PLACES: tuple[Place, ...] = (
    Place(_FILE, "", f"{_OPERATION}:load_operation", {
        "operation": "code of the monthly operation", "what": "name of the amount whose growth is told", "month": "variables of a single month", "cumulative": "variables of the months so far",
        "listed": "monthly flag: the firm is on this year's list", "industry": "constant category: the industry of a firm", "town": "address that decides the town: registered operating taxed statistical",
        "price": "price indices; absent: growth at current prices only", "rate": "value-added rates that turn output into value added; absent: the amount as reported",
        "entries": "own_base: a firm new on the list counts with its own base; both_years: only firms on both lists", "january_february": "two_months, one_month or separate: how they are published and counted",
        "decimals": "decimals of printed per cents", "streaks": "months in a row of the growth rate", "nowcast": "where the totals of past years stand; absent: no nowcast",
    }),
    Place(_FILE, "what", f"{_OPERATION}:WHAT_KEYS", {}),
    Place(_FILE, "month, cumulative", f"{_OPERATION}:AMOUNT_KEYS", {"current": "amount of the period, at current prices", "base": "amount of a year ago as the firm reports it now; not last year's figure"}),
    Place(_FILE, "price", f"{_OPERATION}:PRICE_KEYS", {
        "month": "index of the month, 上年同期 = 100 %", "cumulative": "index of the months so far", "entity": "entity of an index, with {industry} for the code",
    }),
    Place(_FILE, "rate", f"{_OPERATION}:RATE_KEYS", {"variable": "yearly value-added rate of an industry", "entity": "entity of a rate, with {industry} for the code"}),
    Place(_FILE, "decimals", f"{_OPERATION}:DECIMAL_KEYS", {"growth": "of the rate (default 1)", "part": "of industries and towns (default 2)", "firm": "of firms (default 4)"}),
    Place(_FILE, "streaks[]", f"{_OPERATION}:streak", {
        "threshold": "the line, such as 6%", "op": "> or >=", "measure": "single or cumulative", "revision": "latest, first or final", "value": "printed: the rate as published is compared; exact: as computed",
    }),
    Place(_FILE, "nowcast", f"{_OPERATION}:NOWCAST_KEYS", {"history": "cumulative variable with the months and totals of past years", "entity": "entity that it is a figure of"}),
)  # fmt: skip
