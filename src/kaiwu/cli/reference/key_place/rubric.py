"""Keys of rulebooks of kind ``rubric``."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import HEAD, SCOPE, Place

_FILE = "rulebooks/*.yaml, kind rubric"
_RUBRIC = "kaiwu.rating.rubric"
_FORMS = {
    "bands": "from/to rows of one number", "levels": "rows with conditions, the first that holds", "each": "every row that holds adds its points", "any": "points once, if one row holds",
    "formula": "a formula that comes out in 分", "expert": "[low, high]: a human gives the points", "slot": "a score that a pack above declares; empty: a named unknown",
    "higher_of": "the highest of several forms", "sum_of": "the sum of several forms", "choose": "one of several forms that the firm chooses",
}  # fmt: skip
_VERDICT = {
    "gates": "conditions that must all hold", "veto": "conditions that must be known not to hold", "human": "findings that only a human can make",
    "pass": "points to reach: 60分, {from | above, of}, or a list; floors of blocks belong to them", "direct": "conditions of which one replaces the points (直通)",
}  # fmt: skip

PLACES: tuple[Place, ...] = (
    Place(_FILE, "", f"{_RUBRIC}.loader:load", {
        **HEAD, **SCOPE, "full": "full score, bonuses left out; must be the sum of the items", "total": "the whole score", "blocks": "blocks of items", "items": "items outside any block",
        **_VERDICT, "routes": "several ways to pass, each with a decision of its own; gates, veto and human of the file belong to all",
        "grades": "classes by score", "changes": "signed changes of grade that a run may carry",
    }),
    Place(_FILE, "total", f"{_RUBRIC}.loader:root", {"given": "variable of an official score: where there is one it counts", "max": "most points"}),
    Place(_FILE, "blocks[]", f"{_RUBRIC}.loader:block", {
        "max": "full points; the sum below is capped at it", "floor": "least points to pass", "given": "variable of an official score of the block", "bonus": "true: not part of the full score",
        "items": "the items", "blocks": "blocks inside", "rubric": "rulebook whose table is this block",
    }),
    Place(_FILE, "items[]", f"{_RUBRIC}.loader:item", {
        "max": "full points", "given": "variable of the points that an expert or office gave", "owner": "department that is asked", "bonus": "true: not part of the full score", **_FORMS,
    }),
    Place(_FILE, "bands", f"{_RUBRIC}.form:bands", {
        "of": "the number, a formula", "edges": "'[)' or '(]'", "rows": "the rows, touching", "otherwise": "points outside them, where the outermost are not open",
    }),
    Place(_FILE, "bands.rows[]", f"{_RUBRIC}.form:bands#2", {"points": "points, or [low, high] that an expert gives from"}),
    Place(_FILE, "levels", f"{_RUBRIC}.form:levels", {"rows": "rows with conditions; the first that holds", "otherwise": "points where none holds"}),
    Place(_FILE, "levels.rows[], each[]", f"{_RUBRIC}.form:row", {"points": "points, or [low, high] that an expert gives from"}),
    Place(_FILE, "any", f"{_RUBRIC}.form:any", {"points": "points, once", "rows": "the conditions"}),
    Place(_FILE, "any.rows[]", f"{_RUBRIC}.form:any#2", {}),
    Place(_FILE, "higher_of[], sum_of[], choose.options[]", f"{_RUBRIC}.form:parts", {
        **_FORMS, "value": "choose with by: the value of the category that chooses it",
    }, ("zh", "en", "article", "note", *_FORMS, "value")),
    Place(_FILE, "choose", f"{_RUBRIC}.form:choose", {"by": "category variable of the choice; absent: the best one counts", "options": "the indicators to choose from"}),
    Place(_FILE, "routes[]", f"{_RUBRIC}.route_loader:route", {
        **_VERDICT, "text": "paraphrase of the article", "grants": "what is granted", "department": "office in charge",
    }),
    Place(_FILE, "pass", f"{_RUBRIC}.route_loader:mark", {"of": "block or item; absent: the total", "from": "points; reaching them passes", "above": "points; only more passes"}),
    Place(_FILE, "gates[], veto[], human[], direct[]", f"{_RUBRIC}.route_loader:condition", {"all": "parts that must all hold", "any": "parts of which one is enough"}),
    Place(_FILE, "gates[].all[], .any[]", f"{_RUBRIC}.route_loader:tree", {"all": "parts that must all hold", "any": "parts of which one is enough"}),
    Place(_FILE, "grades", f"{_RUBRIC}.loader:grades", {"edges": "'[)' or '(]'", "rows": "the grades, touching, open at both ends"}),
    Place(_FILE, "grades.rows[]", f"{_RUBRIC}.loader:grades#2", {"class": "code of the grade"}),
    Place(_FILE, "changes", f"{_RUBRIC}.loader:changes", {"articles": "articles that allow it", "steps": "most grades up or down"}),
)  # fmt: skip
