"""Keys of the files of a pack that are no rulebook: pack.yaml, variables and imports; and of what every rulebook shares."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import Place

_IMPORT = "kaiwu.figure.import_template"

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
)  # fmt: skip
