"""Keys of procedures and of the profile of firms."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import Place

_CHART = "kaiwu.pack.procedure_chart"

PLACES: tuple[Place, ...] = (
    Place("procedures/*.yaml", "", f"{_CHART}:read_procedure", {
        "procedure": "code of the procedure (程序), unique in the whole library", "subject": "what a case is about: year firm project",
        "document": "the document that it rests on", "stages": "its stages; a case begins at the first", "notice": "what the public notice shows and for how long",
        "fields": "fields that are filled in when a case is opened", "consequences": "lists that departments receive from the final list (结果运用)",
    }),
    Place("procedures/*.yaml", "stages[]", f"{_CHART}:_stage", {
        "days": "days allowed; absent: no document sets a time", "count": "working or calendar days", "end": "true: a case ends here", "steps": "the steps that lead on",
        "owner": "role on whose desk it lies: officer chief town department clerk provider expert", "overdue": "role that is told when the day has passed",
    }),
    Place("procedures/*.yaml", "stages[].steps[]", f"{_CHART}:_step", {
        "to": "code of the stage that it leads to", "roles": "who may take it", "needs": "what is proved first: evidence run signed notice window_over …",
        "documents": "papers that it produces", "article": "article that says so",
    }),
    Place("procedures/*.yaml", "notice", f"{_CHART}:_notice", {
        "days": "length of the window; absent: unknown", "count": "working or calendar days", "columns": "columns of the list that are public; default: name and class",
        "withheld": "classes that are not published", "article": "article that says so",
    }),
    Place("procedures/*.yaml", "fields[]", f"{_CHART}:_field", {
        "kind": "text long_text date money whole choice", "required": "true: a case cannot be opened without it", "choices": "values of a choice", "unit": "unit shown beside the field",
    }),
    Place("procedures/*.yaml", "consequences[]", f"{_CHART}:_consequence", {
        "department": "who receives the list", "classes": "classes that are on it", "months": "for how many months; absent: the department's own rulebook says",
        "article": "article that says so",
    }),
    Place("profile.yaml", "", "kaiwu.pack.profile:read_profile", {
        "industry": "variable with the industry of a firm", "above_scale": "flag of above-scale firms", "figures": "main figures of a firm's page, in order",
    }),
)  # fmt: skip
