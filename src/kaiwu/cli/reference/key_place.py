"""What every key of pack content means, place by place.

Owns the meanings; which keys are allowed is scanned from the loaders (``key_scan``). A key without a meaning fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A mapping in a content file. ``scanned`` names the check in the source; ``keys`` is given where that is dynamic."""

    file: str
    path: str
    scanned: str
    meanings: Mapping[str, str]
    keys: tuple[str, ...] = ()


COMMON: Mapping[str, str] = {
    "code": "short code, unique in its list",
    "id": "short code, unique in its list",
    "zh": "Chinese label",
    "en": "English label",
    "article": "article of the document",
    "note": "remark for readers of the file; not evaluated",
    "when": "condition in the rule language",
    "source": "id in sources.csv",
    "standing": "attested, single_copy, memory or inferred; all but the first show 待核实",
    "title": "title of the document",
    "document": "the document: title, number, issuer, date, page, source, standing",
    "valid": "in force: from, to, repealed",
    "round": "declared rounding: {to: 0.01分, mode: half_up | down | up}",
    "rounding": "declared rounding of money: {to: 1元, mode: half_up | down | up}",
    "status": "in_use, draft (may be tried, never noticed) or template (content unknown)",
    "from": "lower end; absent is open",
    "to": "upper end; absent is open",
    "points": "points, with the unit 分",
    "application": "window of application {from, to}: near misses are advice only while it is open",
}
HEAD: Mapping[str, str] = {
    "rulebook": "code of the scheme, unique in the whole library",
    "family": "joins the versions of one scheme; two may not be in force on one day",
    "kind": "clauses, rating, rubric, bands or streak",
    "jurisdiction": "where it applies",
    "level": "national, province, city, county …",
    "population": "kind of entity it is about: firm project county city plot space town …",
    "rated": "rated year: last_year (year of the run's date − 1) or same_year",
    "version": "name of the version; default: date of the document",
    "in_force_by": "what decides the version: the run's date, or the rated year",
    "edges": 'edge words used: {以上: ">=", 以下: "<"}',
    "periods": "words for years with a meaning of their own in this document",
    "produces": "variable that the result answers for other schemes",
}
_LOADER, _CLAUSE, _RATING = "kaiwu.rating.loader", "kaiwu.benefit.loader", "kaiwu.rating"
_CLASSES, _INDICATOR, _BAND, _AWARD = (f"{_RATING}.{n}_loader" for n in ("class", "indicator", "band", "award"))
_RUBRIC = f"{_RATING}.rubric"
_FORMS = {
    "bands": "from/to rows of one number", "levels": "rows with conditions, the first that holds", "each": "every row that holds adds its points", "any": "points once, if one row holds",
    "formula": "a formula that comes out in 分", "expert": "[low, high]: a human gives the points", "slot": "a score that a pack above declares; empty: a named unknown",
    "higher_of": "the highest of several forms", "sum_of": "the sum of several forms", "choose": "one of several forms that the firm chooses",
}  # fmt: skip
_VERDICT = {
    "gates": "conditions that must all hold", "veto": "conditions that must be known not to hold", "human": "findings that only a human can make",
    "pass": "points to reach: 60分, {from | above, of}, or a list; floors of blocks belong to them", "direct": "conditions of which one replaces the points (直通)",
}  # fmt: skip
_IMPORT = "kaiwu.figure.import_template"
_SETTLE = "kaiwu.benefit.settlement"
_CAP = {
    "amount": "the cap: an amount, or a formula over variables", "rate": "share of the column that of names (default 100%)",
    "of": "a money column of the claims (basis) or a variable", "per": "keys that share the cap: firm year matter clause, or a column of the claims",
    "over": "a window of years that count together (三年合计); per then names no year", "counts": "earlier awards that use it up: same (this scheme and clauses), all or none",
}  # fmt: skip
_STEP = {
    "step": "kind of step", "clauses": "clauses that it reaches; absent: all", "applies_to": "condition over variables of a claim (老人老办法)",
    "placed_by": "article that puts the step before one that usually precedes it",
}  # fmt: skip


def _step(kind: str, module: str, meanings: Mapping[str, str]) -> Place:
    return Place(
        "rulebooks/*.yaml, kind clauses",
        f"settlement.steps[] {kind}",
        f"{_SETTLE}.step.{module}:read",
        {**_STEP, **meanings},
    )


_PROGRAMME = "kaiwu.pack.programme_reader"
_OPERATION = "kaiwu.rating.operation.declaration"
_SCOPE = {"scope": "condition: who takes part at all"}
_GATE = ("code", "zh", "en", "when", "article", "note")

PLACES: tuple[Place, ...] = (
    Place("pack.yaml", "", "kaiwu.pack.pack:make_pack", {
        "pack": "code; equals the folder (nested folders as reference/x)", "version": "version of the content, in quotes",
        "jurisdiction": "where it applies", "depends": "packs whose variables, periods, taxonomies and sources may be used",
        "synthetic": "true labels every list and page made with it", "licence": "licence of the content",
    }),
    Place("variables/*.yaml", "variables.CODE", "kaiwu.figure.declaration:_load_variable", {
        "kind": "money quantity ratio count score date year flag category judgement text", "unit": "display unit; its dimension is checked in every rule",
        "decimals": "compound units: decimals that are kept", "bound": "[lowest, highest]: proves integer widths; a figure outside is refused",
        "period": "year quarter month cumulative point constant", "scope": "whose figure may answer: legal_entity group plot project town county city park",
        "owner": "department that gives the figure and is asked for a missing one", "definition": "how it is counted", "aliases": "further Chinese names",
        "values": "values of a category: {A: {zh: …, en: …}}", "taxonomy": "name of a file in taxonomies/ that lists the values",
        "derive": "formula used where no figure is given", "purposes": "permitted purposes; none: any lawful purpose",
        "confidential": "false where the figure may stand in public lists", "replaces": "true where it redeclares a variable of a pack it depends on",
    }),
    Place("variables/*.yaml", "variables.CODE.values.VALUE", "kaiwu.figure.declaration:_read_values", {}),
    Place("imports/*.yaml", "", f"{_IMPORT}:load_import_template", {
        "import": "code of the template; a file whose name begins with it or with zh is read by it", "sheet": "sheets to read; default: every visible one",
        "entity": "whom a row is about", "period": "where the period comes from; absent: given with the import", "source": "who sends the sheet",
        "status": "flash, revised or final", "scope": "statistical scope of every value in the sheet", "price_basis": "current, constant …", "sample": "sample version of a survey",
        "legal_basis": "law or agreement on which the data were handed over", "purposes": "permitted purposes; none: any lawful purpose",
        "synthetic": "true for invented data", "columns": "the value columns", "ignore": "heads that are not read", "groups": "upper heads that say nothing about the quantity",
        "register": "true where the sheet also declares entities", "attributes": "further columns of declared entities: {town: [镇街]}",
    }),
    Place("imports/*.yaml", "entity", f"{_IMPORT}:ENTITY_KEYS", {
        "column": "heads of the key column", "kind": "kind of entity; the code of a firm is checked (GB 32100)", "code": "what the key is: uscc, or own for codes of the workspace",
        "name_column": "heads of the name column, used to compare and to register",
    }),
    Place("imports/*.yaml", "period", f"{_IMPORT}:PERIOD_KEYS", {
        "year": "a year", "value": "a period as written: 2024年1-8月", "column": "heads of a period column", "from_title": "true: read it from the title",
        "from_sheet": "true: read it from the sheet's name", "point": "date of the states (default: last day of the period)",
    }),
    Place("imports/*.yaml", "columns[]", f"{_IMPORT}:_load_column", {
        "head": "heads without unit and period; upper and lower head: 指标/税收", "variable": "code, Chinese name or alias", "unit": "where neither cells nor head nor title carry it",
        "years_back": "上年 columns: years before the period of the sheet", "round": "half_up: round to the smallest unit; otherwise finer is an error",
    }),
    Place("rulebooks/*.yaml", "document", "kaiwu.rule.rulebook:read_source", {
        "number": "number of the document", "issuer": "who issued it", "date": "day of issue", "page": "page or address where it was read",
    }),
    Place("rulebooks/*.yaml", "valid", "kaiwu.rule.rulebook:read_validity", {
        "from": "first day", "to": "last day", "repealed": "day of repeal: stops new runs, not replays",
    }),
    Place("rulebooks/*.yaml, kind clauses", "", f"{_CLAUSE}:load_book", {**HEAD, "clauses": "the clauses", "let": "named parts of conditions", "settlement": "what stands between the clauses, in order"}),
    Place("rulebooks/*.yaml, kind clauses", "clauses[]", f"{_CLAUSE}:clause", {
        "text": "paraphrase of the clause; its edge words must be declared", "department": "office in charge", "when": "condition, or all: / any: lists",
        "cohort": "who stands under this clause at all (老人老办法)", "veto": "conditions that must be known clean", "human": "findings that only a human can make",
        "amount": "formula or one mechanism", "cap": "caps; the smallest wins", "floor": "least amount that is paid", "upper_limit": "true for 最高…: the lowest amount is 0",
        "matter": "key for 就高不重复", "pot": "the pot that pays: code, amount, period, exhaustion", "grants": "what is granted where it is no money",
        "status": "in_use, draft or superseded",
    }),
    Place("rulebooks/*.yaml, kind clauses", "clauses[].when, .veto[]", f"{_CLAUSE}:named", {"all": "parts that must all hold", "any": "parts of which one is enough"}),
    Place("rulebooks/*.yaml, kind clauses", "clauses[].human[]", f"{_CLAUSE}:finding", {}),
    Place("rulebooks/*.yaml, kind clauses", "clauses[].cap[]", f"{_CLAUSE}:cap", {
        "amount": "the cap, a formula", "per": "for whom and how long: [firm, year]", "less": "what was granted before",
    }),
    Place("rulebooks/*.yaml, kind clauses", "settlement", f"{_SETTLE}.loader:load_settlement", {
        "steps": "the steps in the order of the document", "replaces": "names of conditions of clauses that the settlement checks itself (a pot inside a clause)",
        "columns": "variables that fill standard columns of claims that arise from a run",
    }),
    Place("rulebooks/*.yaml, kind clauses", "settlement.columns", f"{_SETTLE}.loader:_read_columns", {
        "filed": "date variable of filing", "rank": "variable of the rank", "basis": "money variable of the eligible cost",
    }),
    _step("item_cap", "item_cap", _CAP),
    _step("same_matter", "same_matter", {
        "keep": "highest (就高不重复), difference (补差) or sum (叠加)", "per": "keys of a matter; default firm and matter", "counts": "earlier awards: all, same or none",
        "paid_before": "highest only, what an earlier award means: deduct, bar or ask",
    }),
    _step("either_or", "either_or", {
        "groups": "groups of clauses of which a firm gets one", "choose": "highest, first (the first group with a claim) or declared",
        "choice": "column that names a clause of the chosen group", "per": "who chooses; default firm and year", "counts": "whether earlier awards for another group bar a claim: none (default) or same (of this programme)",
    }),
    _step("all_level_cap", "all_level_cap", _CAP),
    _step("firm_cap", "firm_cap", _CAP),
    _step("contribution_cap", "contribution_cap", {**_CAP, "exempt": "clauses that neither count nor are cut"}),
    _step("pot", "pot", {
        "code": "name of the pot", "amount": "its total; absent: unknown, the system asks", "period": "year (one pot for each year) or total",
        "exhaustion": "first_come, ranked, pro_rata, water_filling or quota; null: the system asks", "order": "column of the order; default filed, or rank",
        "tie": "order of equals in turn: columns, claim, lot, smaller, larger; absent: asks where it matters",
        "last": "the claim that no longer fits: partial, stop, skip or ask", "quota": "number of places", "by": "pro_rata by this column instead of the amounts",
        "filed_by": 'last day of filing: "11-30" of the pot\'s year, or a date',
    }),
    _step("round", "rounding", {"to": "the unit", "mode": "largest_remainder, down or half_up"}),
    _step("minimum", "minimum", {"amount": "the least amount that is paid", "below": "nothing"}),
    _step("instalments", "instalment", {
        "shares": "shares that sum to 100 %", "when": "when each is due, in words", "conditions": "yes/no column or variable of each, or null", "to": "unit of the parts",
    }),
    _step("claw_back", "claw_back", {
        "when": "condition over variables", "share": "share of earlier awards to be returned", "per": "keys of the earlier awards", "counts": "earlier awards: same or all",
        "withhold": "true: nothing is paid meanwhile",
    }),
    Place("rulebooks/*.yaml, kind rating", "", f"{_LOADER}:load_book", {
        **HEAD, **_SCOPE, "unit": "merging of entities that are rated as one", "leagues": "groups that are ranked apart", "exempt": "who is not rated (暂不参评)",
        "veto": "conditions that give a class whatever the score", "defaults": "settings of all indicators", "blocks": "groups of indicators with a weight",
        "indicators": "the indicators", "adjust": "points added or taken off", "total": "rounding, cap and floor of the total", "classes": "the classes",
        "ties": "share_rank, or {rule: [value …], then: share_rank | human}", "changes": "提档/降档 that a signer may decide", "full": "full points where they are not 100分",
    }),
    Place("rulebooks/*.yaml, kind rating", "unit", f"{_LOADER}:merge", {
        "merge": "variable whose equal values join entities (宗地编号)", "without": "entities without it: alone or pending", "sum": "variables added up; one missing makes the sum missing",
        "sum_known": "variables added up over the members that have them", "same": "variables that must agree", "any": "flags: yes where one is yes",
        "all": "flags: yes where all are yes", "recompute": "derived variables computed again from the merged ones",
    }),
    Place("rulebooks/*.yaml, kind rating", "leagues", f"{_LOADER}:leagues", {"by": "a category variable", "groups": "named conditions"}),
    Place("rulebooks/*.yaml, kind rating", "exempt[]", f"{_RATING}.reader:gate", {"class": "class given, where there is one", "until": "date until which the exemption runs"},
          (*_GATE, "class", "until")),
    Place("rulebooks/*.yaml, kind rating", "veto[]", f"{_RATING}.reader:gate", {"class": "class that is given"}, (*_GATE, "class")),
    Place("rulebooks/*.yaml, kind rating", "blocks[]", f"{_LOADER}:blocks", {"weight": "share of the total, in %", "full": "full points of the block"}),
    Place("rulebooks/*.yaml, kind rating", "defaults", f"{_LOADER}:indicators", {
        "missing": "data_missing, mean_of_item, exclude, {neutral: 50%} or {points: 0分}", "undefined": "the same for a divisor of zero; human: needs a finding",
        "cap": "most points of an indicator", "floor": "least points of an indicator", "within": "means and bests: league or all",
    }),
    Place("rulebooks/*.yaml, kind rating", "indicators[]", f"{_INDICATOR}:read", {
        "owner": "department that is asked", "value": "formula", "direction": "higher or lower is better", "weight": "points, equal, or {points, standing, source}",
        "score": "how a value becomes points: one method", "block": "block it belongs to", "unit": "unit it is printed in",
        "missing": "as in defaults", "undefined": "as in defaults", "cap": "most points", "floor": "least points", "within": "league or all",
    }),
    Place("rulebooks/*.yaml, kind rating", "indicators[].weight", f"{_INDICATOR}:_weight", {}),
    Place("rulebooks/*.yaml, kind rating", "indicators[].score", f"{_INDICATOR}:_scoring", {
        "benchmark": "value ÷ benchmark × weight", "best": "value ÷ best value × weight", "cost": "(2 − value ÷ benchmark) × weight, never below zero", "goalposts": "linear between two values",
        "minmax": "linear between lowest and highest", "rank": "by place", "bands": "rows with declared edges", "as_is": "the value is the points",
        "reach": "with goalposts, minmax, rank: share of the weight at both ends",
    }, ("benchmark", "best", "cost", "goalposts", "minmax", "rank", "bands", "as_is", "reach")),
    Place("rulebooks/*.yaml, kind rating", "indicators[].score.benchmark", f"{_INDICATOR}:_base", {"mean": "mean of the group as the benchmark", "round": "its rounding"}),
    Place("rulebooks/*.yaml, kind rating", "indicators[].score.benchmark.round", f"{_INDICATOR}:_base#2", {"to": "step", "mode": "half_up, down or up"}),
    Place("rulebooks/*.yaml, kind rating", "indicators[].score.bands", f"{_INDICATOR}:_bands", {"edges": "'[)' or '(]'", "rows": "the rows, touching"}),
    Place("rulebooks/*.yaml, kind rating", "indicators[].score.bands.rows[]", f"{_INDICATOR}:_bands#2", {}),
    Place("rulebooks/*.yaml, kind rating", "adjust[]", f"{_LOADER}:adjustments", {
        "points": "points added (or taken off), a formula", "max": "most", "min": "least", "unknown": "where the condition is not known: pending or none",
    }),
    Place("rulebooks/*.yaml, kind rating", "total", f"{_LOADER}:total", {"cap": "most points", "floor": "least points"}),
    Place("rulebooks/*.yaml, kind rating", "round", f"{_RATING}.reader:rounding", {"to": "step", "mode": "half_up, down or up"}),
    Place("rulebooks/*.yaml, kind rating", "classes", f"{_CLASSES}:classes", {
        "by": "share, count or cutoff", "rows": "classes, best first", "rounding": "how numbers of firms are rounded", "edges": "cut-offs: '[)' or '(]'",
        "vetoed": "vetoed entities count in shares: inside or outside",
    }),
    Place("rulebooks/*.yaml, kind rating", "classes.rows[]", f"{_CLASSES}:class_row", {
        "class": "code of the class", "share": "share of the entities, in %", "count": "number of entities", "from": "cut-off",
    }, ("class", "zh", "en", "share", "count", "from")),
    Place("rulebooks/*.yaml, kind rating", "ties", f"{_CLASSES}:ties", {"rule": "values compared in turn", "then": "share_rank or human"}),
    Place("rulebooks/*.yaml, kind rating", "ties.rule[]", f"{_CLASSES}:ties#2", {"value": "formula", "direction": "higher or lower is better"}),
    Place("rulebooks/*.yaml, kind rating", "changes", f"{_CLASSES}:changes", {"articles": "articles that allow it", "steps": "most classes up or down"}),
    Place("rulebooks/*.yaml, kind bands", "", f"{_BAND}:load", {
        **HEAD, **_SCOPE, "rows": "the rows; the first that holds gives the band", "of": "a number: rows are from/to of it", "by": "one table for each value of a category",
        "otherwise": "band where no row holds", "edges": "edge words; or '[)' or '(]' for the rows of a number",
    }),
    Place("rulebooks/*.yaml, kind bands", "by", f"{_BAND}:tables", {"variable": "a category variable", "tables": "value -> table"}),
    Place("rulebooks/*.yaml, kind bands", "by.tables.VALUE", f"{_BAND}:tables#2", {
        "rows": "the rows", "of": "a number", "edges": "'[)' or '(]'", "otherwise": "band where no row holds",
    }),
    Place("rulebooks/*.yaml, kind bands", "rows[] with conditions", f"{_BAND}:table", {"value": "the band"}),
    Place("rulebooks/*.yaml, kind bands", "rows[] of a number", f"{_BAND}:numbered", {"value": "the band"}),
    Place("rulebooks/*.yaml, kind streak", "", f"{_AWARD}:load", {
        **HEAD, **_SCOPE, "award": "an award in leagues", "streaks": "wins in a row", "series": "months of a published series in a row: the conventions",
    }),
    Place("rulebooks/*.yaml, kind streak", "award", f"{_AWARD}:_award", {
        "rank": "a given rank", "score": "or a score that is ranked here", "direction": "higher or lower is better", "leagues": "the leagues",
        "ties": "share_rank; absent: a tie across the line needs a finding",
    }),
    Place("rulebooks/*.yaml, kind streak", "award.leagues[]", f"{_RATING}.reader:gate", {"take": "how many win"}, (*_GATE, "take")),
    Place("rulebooks/*.yaml, kind streak", "streaks[]", f"{_AWARD}:_streak", {"won": "yearly yes/no variable", "wins_in_a_row": "years running, 2 or more"}),
    Place("rulebooks/*.yaml, kind streak", "series[]", f"{_AWARD}:_series", {
        "of": "the series, by name", "threshold": "the line, in %", "op": "> or >=: whether the line itself holds", "measure": "single months or cumulative",
        "january_february": "merged: two_months or one_month; or separate", "revision": "figure that counts: latest, first or final", "claims": "streaks as they were printed; they must begin together",
    }),
    Place("rulebooks/*.yaml, kind streak", "series[].claims[]", f"{_AWARD}:_claim", {"months": "months in a row", "to": "last month", "text": "the wording"}),
    Place("rulebooks/*.yaml, kind rubric", "", f"{_RUBRIC}.loader:load", {
        **HEAD, **_SCOPE, "full": "full score, bonuses left out; must be the sum of the items", "total": "the whole score", "blocks": "blocks of items", "items": "items outside any block",
        **_VERDICT, "routes": "several ways to pass, each with a decision of its own; gates, veto and human of the file belong to all",
        "grades": "classes by score", "changes": "signed changes of grade that a run may carry",
    }),
    Place("rulebooks/*.yaml, kind rubric", "total", f"{_RUBRIC}.loader:root", {"given": "variable of an official score: where there is one it counts", "max": "most points"}),
    Place("rulebooks/*.yaml, kind rubric", "blocks[]", f"{_RUBRIC}.loader:block", {
        "max": "full points; the sum below is capped at it", "floor": "least points to pass", "given": "variable of an official score of the block", "bonus": "true: not part of the full score",
        "items": "the items", "blocks": "blocks inside", "rubric": "rulebook whose table is this block",
    }),
    Place("rulebooks/*.yaml, kind rubric", "items[]", f"{_RUBRIC}.loader:item", {
        "max": "full points", "given": "variable of the points that an expert or office gave", "owner": "department that is asked", "bonus": "true: not part of the full score", **_FORMS,
    }),
    Place("rulebooks/*.yaml, kind rubric", "bands", f"{_RUBRIC}.form:bands", {
        "of": "the number, a formula", "edges": "'[)' or '(]'", "rows": "the rows, touching", "otherwise": "points outside them, where the outermost are not open",
    }),
    Place("rulebooks/*.yaml, kind rubric", "bands.rows[]", f"{_RUBRIC}.form:bands#2", {"points": "points, or [low, high] that an expert gives from"}),
    Place("rulebooks/*.yaml, kind rubric", "levels", f"{_RUBRIC}.form:levels", {"rows": "rows with conditions; the first that holds", "otherwise": "points where none holds"}),
    Place("rulebooks/*.yaml, kind rubric", "levels.rows[], each[]", f"{_RUBRIC}.form:row", {"points": "points, or [low, high] that an expert gives from"}),
    Place("rulebooks/*.yaml, kind rubric", "any", f"{_RUBRIC}.form:any", {"points": "points, once", "rows": "the conditions"}),
    Place("rulebooks/*.yaml, kind rubric", "any.rows[]", f"{_RUBRIC}.form:any#2", {}),
    Place("rulebooks/*.yaml, kind rubric", "higher_of[], sum_of[], choose.options[]", f"{_RUBRIC}.form:parts", {
        **_FORMS, "value": "choose with by: the value of the category that chooses it",
    }, ("zh", "en", "article", "note", *_FORMS, "value")),
    Place("rulebooks/*.yaml, kind rubric", "choose", f"{_RUBRIC}.form:choose", {"by": "category variable of the choice; absent: the best one counts", "options": "the indicators to choose from"}),
    Place("rulebooks/*.yaml, kind rubric", "routes[]", f"{_RUBRIC}.route_loader:route", {
        **_VERDICT, "text": "paraphrase of the article", "grants": "what is granted", "department": "office in charge",
    }),
    Place("rulebooks/*.yaml, kind rubric", "pass", f"{_RUBRIC}.route_loader:mark", {"of": "block or item; absent: the total", "from": "points; reaching them passes", "above": "points; only more passes"}),
    Place("rulebooks/*.yaml, kind rubric", "gates[], veto[], human[], direct[]", f"{_RUBRIC}.route_loader:condition", {"all": "parts that must all hold", "any": "parts of which one is enough"}),
    Place("rulebooks/*.yaml, kind rubric", "gates[].all[], .any[]", f"{_RUBRIC}.route_loader:tree", {"all": "parts that must all hold", "any": "parts of which one is enough"}),
    Place("rulebooks/*.yaml, kind rubric", "grades", f"{_RUBRIC}.loader:grades", {"edges": "'[)' or '(]'", "rows": "the grades, touching, open at both ends"}),
    Place("rulebooks/*.yaml, kind rubric", "grades.rows[]", f"{_RUBRIC}.loader:grades#2", {"class": "code of the grade"}),
    Place("rulebooks/*.yaml, kind rubric", "changes", f"{_RUBRIC}.loader:changes", {"articles": "articles that allow it", "steps": "most grades up or down"}),
    Place("programmes/*.yaml", "", f"{_PROGRAMME}:read_programme", {
        "programme": "code of the programme (兑付方案), unique in the whole library", "rulebook": "rulebook of clauses that it pays", "clauses": "its clauses; default: all",
        "window": "window of claims {from, to}", "pot": "the pot that pays", "funds": "fund sources: each bears a share of every award", "materials": "the completeness list",
        "stages": "the chain of approvals in order; ends with one of kind treasury", "notice": "window of the public notice", "checks": "checks to run",
        "instalments": "instalments of an award; default: one", "survey": "the effect survey", "claw_back": "grounds on which money is claimed back",
        "automatic": "true: 免申即享, nobody has to claim", "facts": "name of a variable -> paid, signed, signed_in_year, granted_in_year or pot_left: what the case itself answers",
        "invoices": "whether invoices prove the basis, and how much of one all programmes may pay", "calendar": "holidays and worked weekends, for working days",
    }),
    Place("programmes/*.yaml", "pot", f"{_PROGRAMME}:pot", {
        "year": "its year: later claims are refused", "amount": "its amount; absent: unknown", "expires": "day after which vouchers not redeemed lapse",
    }),
    Place("programmes/*.yaml", "funds[]", f"{_PROGRAMME}:fund", {
        "level": "city, county …: two levels are two treasuries and two dates", "year": "budget year; default: that of the pot", "share": "share of every award, in %; absent: unknown and asked for",
        "budget": "its budget",
    }),
    Place("programmes/*.yaml", "materials[]", f"{_PROGRAMME}:material", {
        "kind": "contract invoice payment usage_log acceptance form promise other", "required": "false: may be missing at the desk",
    }),
    Place("programmes/*.yaml", "stages[]", f"{_PROGRAMME}:stage", {
        "kind": "approval audit review committee notice recheck leader treasury", "role": "office that signs", "departments": "each signs for itself (联审)",
        "minutes": "true: wants the number of the minutes", "two_person": "true: two different signers", "days": "days allowed", "count": "working or calendar days",
    }),
    Place("programmes/*.yaml", "notice", f"{_PROGRAMME}:notice", {"days": "days; absent: unknown and asked for with its ground", "count": "working or calendar days"}),
    Place("programmes/*.yaml", "checks[]", f"{_PROGRAMME}:check", {
        "check": "same_invoice split_contract related_party outside_validity round_number leading_digit", "severity": "blocks, ask or hint; screens are hints only",
        "threshold": "split_contract: each contract within it, together above it", "days": "split_contract: days between contracts", "at_least": "screens: fewest invoices",
        "share": "round_number: share of round amounts", "step": "round_number: what counts as round",
    }),
    Place("programmes/*.yaml", "instalments[]", f"{_PROGRAMME}:instalment", {"share": "share of the award, in %", "materials": "materials that must be there first"}),
    Place("programmes/*.yaml", "survey", f"{_PROGRAMME}:survey", {"months": "months after the last payment", "questions": "the questions"}),
    Place("programmes/*.yaml", "survey.questions[]", f"{_PROGRAMME}:question", {"variable": "variable that the answer is a figure of", "before": "variable of the figure before, where it is another one", "decimals": "of the change per yuan as printed, default 4"}),
    Place("programmes/*.yaml", "claw_back[]", f"{_PROGRAMME}:claw_back", {"share": "share of what was paid, in %; absent: unknown, the amount is stated"}),
    Place("programmes/*.yaml", "invoices", f"{_PROGRAMME}:invoices", {"required": "false: no invoice is asked for", "cap": "most of an invoice's amount that all programmes together may pay, in %"}),
    Place("programmes/*.yaml", "calendar", f"{_PROGRAMME}:calendar", {"holidays": "days off on weekdays", "workdays": "weekends that are worked (调休)"}),
    Place("operation.yaml", "", f"{_OPERATION}:load_operation", {
        "operation": "code of the monthly operation", "what": "name of the amount whose growth is told", "month": "variables of a single month", "cumulative": "variables of the months so far",
        "listed": "monthly flag: the firm is on this year's list", "industry": "constant category: the industry of a firm", "town": "address that decides the town: registered operating taxed statistical",
        "price": "price indices; absent: growth at current prices only", "rate": "value-added rates that turn output into value added; absent: the amount as reported",
        "entries": "own_base: a firm new on the list counts with its own base; both_years: only firms on both lists", "january_february": "two_months, one_month or separate: how they are published and counted",
        "decimals": "decimals of printed per cents", "streaks": "months in a row of the growth rate", "nowcast": "where the totals of past years stand; absent: no nowcast",
    }),
    Place("operation.yaml", "what", f"{_OPERATION}:WHAT_KEYS", {}),
    Place("operation.yaml", "month, cumulative", f"{_OPERATION}:AMOUNT_KEYS", {"current": "amount of the period, at current prices", "base": "amount of a year ago as the firm reports it now; not last year's figure"}),
    Place("operation.yaml", "price", f"{_OPERATION}:PRICE_KEYS", {
        "month": "index of the month, 上年同期 = 100 %", "cumulative": "index of the months so far", "entity": "entity of an index, with {industry} for the code",
    }),
    Place("operation.yaml", "rate", f"{_OPERATION}:RATE_KEYS", {"variable": "yearly value-added rate of an industry", "entity": "entity of a rate, with {industry} for the code"}),
    Place("operation.yaml", "decimals", f"{_OPERATION}:DECIMAL_KEYS", {"growth": "of the rate (default 1)", "part": "of industries and towns (default 2)", "firm": "of firms (default 4)"}),
    Place("operation.yaml", "streaks[]", f"{_OPERATION}:streak", {
        "threshold": "the line, such as 6%", "op": "> or >=", "measure": "single or cumulative", "revision": "latest, first or final", "value": "printed: the rate as published is compared; exact: as computed",
    }),
    Place("operation.yaml", "nowcast", f"{_OPERATION}:NOWCAST_KEYS", {"history": "cumulative variable with the months and totals of past years", "entity": "entity that it is a figure of"}),
    Place("tests/*.yaml", "tests[]", "kaiwu.pack.case:CASE_KEYS", {
        "name": "a sentence", "cites": "clause, case or arithmetic; never an earlier output", "scheme": "scheme that decides", "clause": "clause, where there are several",
        "as_of": "date of the decision", "rated": "rated year", "facts": "name -> value with unit; name@-1 or 2023年name for another year",
        "population": "several entities: name -> facts", "findings": "true: all human findings answered with yes; or one by one", "expect": "what must come out", "load": "a rulebook that must be refused",
        "settle": "claims that are settled instead of facts that are decided; expect then names claims",
    }),
    Place("tests/*.yaml", "tests[].settle", "kaiwu.pack.settlement_case:SETTLE_KEYS", {
        "claims": "claim -> firm, clause, amount …; what is left out is not known", "prior": "what was paid before, a list", "pots": "what is left in a pot, by code or code@year",
    }),
    Place("tests/*.yaml", "tests[].settle.claims.*", "kaiwu.pack.settlement_case:CLAIM_KEYS", {
        "firm": "the firm; by default the name of the claim", "clause": "clause; by default that of the case", "matter": "number of the project, contract …", "year": "year of the claim; by default that of as_of",
        "filed": "day of filing", "rank": "place in the declared order", "amount": "amount before settlement, or [low, high]", "basis": "eligible cost",
    }),
    Place("tests/*.yaml", "tests[].settle.prior[]", "kaiwu.pack.settlement_case:PRIOR_KEYS", {
        "firm": "the firm", "matter": "number of the project, contract …", "clause": "clause that paid", "programme": "scheme that paid; absent: this one", "level": "level of the office that paid", "year": "year of the payment", "paid": "amount",
    }),
    Place("tests/*.yaml", "tests[].expect of settled claims", "kaiwu.pack.settlement_case:EXPECTED_KEYS", {
        "amount": "award, or [low, high]", "step": "the step that decided it: kind, number or title; none", "asks": "codes of the questions that stay open", "instalments": "its parts", "returned": "what is to be returned",
        "cites": "clause or arithmetic of this expectation",
    }),
    Place("tests/*.yaml", "tests[].expect", "kaiwu.pack.case:EXPECT_KEYS", {
        "outcome": "符合, 不符合, 缺数据 or 需认定", "amount": "one amount or [low, high]", "class": "class or band", "score": "score", "rank": "place", "missing": "variables that are missing",
        "near": "near miss", "problem": "code of the problem", "status": "rated, exempt …", "figures": "what derived variables come out as",
    }),
)  # fmt: skip

_INDEX, _METHOD, _STEPS = (f"{_RATING}.index.{n}" for n in ("loader", "method", "step_reader"))
_INDEX_FILE = "rulebooks/*.yaml, kind index"

INDEX_PLACES: tuple[Place, ...] = (
    Place(_INDEX_FILE, "", f"{_INDEX}:load", {
        **HEAD, "scope": "condition: who takes part at all", "league": "category variable; steps and places may keep to it as “league”",
        "indicators": "the tree: one row without parent is the index itself", "weights_sum": "what the weights below every parent must sum to, exactly",
        "steps": "the steps in their order; the same as in a method.yaml",
    }),
    Place(_INDEX_FILE, "indicators[]", f"{_INDEX}:_node", {
        "parent": "code of the node above", "weight": "share among its siblings (default 1)", "of": "formula of an indicator", "unit": "unit in which its value is read",
        "direction": "higher, lower, {near: …} or {inside: […]}; no default", "low": "lower goalpost, a number in unit", "high": "upper goalpost",
        "base": "benchmark of ratio", "target": "goal of target", "owner": "department that gives it",
    }),
    Place(_INDEX_FILE, "indicators[].direction", f"{_INDEX}:_direction", {
        "near": "the best value; both too little and too much cost score", "inside": "[low, high]: full marks inside", "span": "distance at which nothing is left",
    }),
    Place("method.yaml", "", f"{_METHOD}:parse_method", {
        "method": "code of the method", "weights_sum": "what the weights below every parent must sum to", "steps": "the steps in their order",
    }),
    Place("method.yaml", "steps[].denominate", f"{_STEPS}:_read_denominate", {"by": "INDICATOR: column that divides it; none: not divided"}),
    Place("method.yaml", "steps[].screen", f"{_STEPS}:_read_screen", {
        "available": "least share of present cells of a unit (included)", "nonzero": "least share of non-zero cells among them", "under": "true: in every block too",
    }),
    Place("method.yaml", "steps[].impute", f"{_STEPS}:_read_impute", {
        "by": "keep mean median group_mean group_median neighbour carry interpolate mean_score block_mean value", "group": "grouping of group_mean and group_median",
        "neighbours": "how many of the nearest units", "value": "the constant", "least": "present cells that a mean needs", "reach": "years a value may be carried",
        "indicators": "INDICATOR: {settings} or none, on top of the general ones",
    }),
    Place("method.yaml", "steps[].treat", f"{_STEPS}:_read_treat", {
        "skew": "a column passes below this |skewness| …", "kurt": "… or below this kurtosis", "winsorise": "most cells to move in; all; 0",
        "then": "none log_shift log log_range box_cox, where moving does not help", "combine": "true: bend the moved column, not the raw one",
        "always": "true: bend without testing", "power": "exponent of box_cox; absent: by likelihood", "indicators": "INDICATOR: {settings} or none",
    }),
    Place("method.yaml", "steps[].normalise", f"{_STEPS}:_read_normalise", {
        "by": "none min_max goalposts z_score rank borda percentile target ratio bands maximum vector sum", "to": "[low, high] of the scale; mean and deviation for z_score",
        "low": "lower goalpost", "high": "upper goalpost", "base": "benchmark of ratio", "target": "goal of target", "cap": "most score", "floor": "least score",
        "penalty": "[below, times]: score of a ratio under a line is −times × its distance in benchmarks", "log": "true: logarithms first (min_max, goalposts)",
        "ddof": "1 sample, 0 population deviation", "bands": "rows {from, to, points} that touch", "edges": "'[)' or '(]' of the bands",
        "constant": "score of an indicator that does not vary; absent: refused", "decimals": "rounding of each score, half away from zero", "base_year": "year whose extremes and means are used, or pooled", "within": "grouping within which it is done",
        "indicators": "INDICATOR: {settings} or none",
    }),
    Place("method.yaml", "steps[].normalise.bands[]", f"{_STEPS}:_bands", {"points": "score of the band, a plain number"}),
    Place("method.yaml", "steps[].weigh", f"{_STEPS}:_read_weigh", {
        "by": "given equal expert ahp entropy critic variation merec gini components influence", "over": "leaves: among all indicators; siblings: below each parent",
        "variant": "entropy: share shifted min_max; components: first explained; expert: mean median root", "shift": "of shifted entropy, in ranges", "keep": "variance that the components explain",
        "ddof": "1 or 0", "join": "none multiply linear root: with the tree's weights", "share": "of the found weights in linear", "weights": "NODE: weight, over the tree's",
        "experts": "rows INDICATOR: weight, one per expert", "pairs": "PARENT: comparison of its children", "largest_ratio": "highest consistency ratio", "targets": "INDICATOR: wanted influence",
    }),
    Place("method.yaml", "steps[].weigh.pairs.PARENT", f"{_STEPS}:_pairs", {"of": "the children in order", "matrix": "reciprocal judgements, fractions in quotes"}),
    Place("method.yaml", "steps[].aggregate", f"{_STEPS}:_read_aggregate", {
        "by": "arithmetic geometric harmonic power mpi owa minimum maximum median copeland topsis vikor frontier", "power": "exponent", "sign": "mpi: '-' punishes imbalance, '+' rewards it",
        "order": "owa weights from the best child down", "regret": "VIKOR's v", "low": "frontier: least share of an indicator in a unit's score", "high": "frontier: most",
        "missing": "skip: weights of the others are scaled up; spread: the parent is missing too", "least": "share of the weights that must be present", "to": "stretch of scores in 0 … 1",
        "flat": "true: all indicators at once, without blocks", "decimals": "rounding of each aggregate before it enters the next", "aggregates": "NODE: {settings}",
    }),
    Place("method.yaml", "steps[].rank", f"{_STEPS}:_read_rank", {
        "decimals": "of the printed score on which places are given; none: unrounded", "ties": "min max dense average", "within": "grouping within which places are given",
    }),
)  # fmt: skip
_RULER, _RULER_FILE = f"{_RATING}.index.ruler", "METHOD.yaml of kaiwu rate"
RULER_PLACES: tuple[Place, ...] = (
    Place(_RULER_FILE, "", f"{_RULER}:parse_ruler", {
        "method": "code of the method", "indicators": "the tree: one row without parent is the index itself", "weights_sum": "what the weights below every parent must sum to",
        "steps": "the steps in their order; the same as in a method.yaml", "units": "column of the units' codes (default unit)", "names": "column of their names",
        "groups": "columns of groups such as league", "quota": "number of winners, or {LEAGUE: number}", "size": "column that measures size, for diagnose",
        "closes": "last day on which figures can still move; afterwards nothing is advised", "classes": "classes that advice may aim at",
        "levers": "real actions that advice may use", "synthetic": "true: every page and answer says that the figures are invented",
    }),
    Place(_RULER_FILE, "indicators[]", f"{_RULER}:_node", {
        "parent": "code of the node above", "weight": "share among its siblings (default 1)", "unit": "unit, as printed",
        "direction": "higher, lower, {near: …} or {inside: […]}; no default", "low": "lower goalpost", "high": "upper goalpost", "base": "benchmark of ratio",
        "target": "goal of target", "denominator": "column that divides it, with a denominate step", "owner": "department that gives it",
        "statistical": "true: a statistical figure; never advised on",
    }),
    Place(_RULER_FILE, "indicators[].direction", f"{_RULER}:_direction", {
        "near": "the best value; both too little and too much cost score", "inside": "[low, high]: full marks inside", "span": "distance at which nothing is left",
    }),
    Place(_RULER_FILE, "classes[]", f"{_RULER}:_line", {"least": "least printed score of the class", "first": "or: how many places belong to it"}),
    Place(_RULER_FILE, "levers[]", f"{_RULER}:_lever", {
        "up": "how far the value can rise from the present one, in the indicator's unit", "down": "how far it can fall", "cost": "cost per unit of change, either way",
        "fixed": "cost of touching it at all", "decimals": "to which the advised value is rounded (default 2)",
    }),
)  # fmt: skip
PLACES = (*PLACES, *INDEX_PLACES, *RULER_PLACES)

EXPLAINED_ELSEWHERE: Mapping[str, str] = {
    f"{_IMPORT}:_inner": "its keys stand under entity and period",
    f"{_OPERATION}:sub": "its keys stand under what, month, price, rate, decimals and nowcast",
    "kaiwu.rule.mechanism.context:mapping": "keys of mechanisms: docs/mechanisms.md",
    f"{_STEPS}:_impute_override": "the keys of the step, for one indicator",
    f"{_STEPS}:_treat_override": "the keys of the step, for one indicator",
    f"{_STEPS}:_normalise_override": "the keys of the step, for one indicator",
    f"{_STEPS}:_aggregate_override": "the keys of the step, for one aggregate",
}
"""Checks whose keys are put together at run time and explained at another place."""
