"""Keys of rulebooks of the kinds ``bands`` and ``streak``."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import GATE, HEAD, SCOPE, Place

_BANDS_FILE, _STREAK_FILE = "rulebooks/*.yaml, kind bands", "rulebooks/*.yaml, kind streak"
_RATING = "kaiwu.rating"
_BAND, _AWARD = (f"{_RATING}.{n}_loader" for n in ("band", "award"))

PLACES: tuple[Place, ...] = (
    Place(_BANDS_FILE, "", f"{_BAND}:load", {
        **HEAD, **SCOPE, "rows": "the rows; the first that holds gives the band", "of": "a number: rows are from/to of it", "by": "one table for each value of a category",
        "otherwise": "band where no row holds", "edges": "edge words; or '[)' or '(]' for the rows of a number",
    }),
    Place(_BANDS_FILE, "by", f"{_BAND}:tables", {"variable": "a category variable", "tables": "value -> table"}),
    Place(_BANDS_FILE, "by.tables.VALUE", f"{_BAND}:tables#2", {
        "rows": "the rows", "of": "a number", "edges": "'[)' or '(]'", "otherwise": "band where no row holds",
    }),
    Place(_BANDS_FILE, "rows[] with conditions", f"{_BAND}:table", {"value": "the band"}),
    Place(_BANDS_FILE, "rows[] of a number", f"{_BAND}:numbered", {"value": "the band"}),
    Place(_STREAK_FILE, "", f"{_AWARD}:load", {
        **HEAD, **SCOPE, "award": "an award in leagues", "streaks": "wins in a row", "series": "months of a published series in a row: the conventions",
    }),
    Place(_STREAK_FILE, "award", f"{_AWARD}:_award", {
        "rank": "a given rank", "score": "or a score that is ranked here", "direction": "higher or lower is better", "leagues": "the leagues",
        "ties": "share_rank; absent: a tie across the line needs a finding",
    }),
    Place(_STREAK_FILE, "award.leagues[]", f"{_RATING}.reader:gate", {"take": "how many win"}, (*GATE, "take")),
    Place(_STREAK_FILE, "streaks[]", f"{_AWARD}:_streak", {"won": "yearly yes/no variable", "wins_in_a_row": "years running, 2 or more"}),
    Place(_STREAK_FILE, "series[]", f"{_AWARD}:_series", {
        "of": "the series, by name", "threshold": "the line, in %", "op": "> or >=: whether the line itself holds", "measure": "single months or cumulative",
        "january_february": "merged: two_months or one_month; or separate", "revision": "figure that counts: latest, first or final", "claims": "streaks as they were printed; they must begin together",
    }),
    Place(_STREAK_FILE, "series[].claims[]", f"{_AWARD}:_claim", {"months": "months in a row", "to": "last month", "text": "the wording"}),
)  # fmt: skip
