"""Reading runs (测算查询): whose rows a person reaches, lists, doubts, what is missing, what differs.

Owns the step from the library's objects to what pages show. Runs never change, so what is made of one is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from django.http import Http404

from kaiwu.procedure import Run
from kaiwu.report.attestation import find_doubts
from kaiwu.report.label import OUTCOMES, RULEBOOK_STATUSES, STATUSES, class_words, standing_words
from kaiwu.report.listing import Listing, list_scheme
from kaiwu.report.sheet import print_money
from kaiwu.report.shortage import Shortage, find_shortage
from kaiwu.rule.outcome import Outcome
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import Role
from kaiwu.web.registry.models import Firm
from kaiwu.web.run.models import RunRow
from kaiwu.web.screen import Tag
from kaiwu.web.wording import language, pick
from kaiwu.web.workspace import find_run, make_once, workspace

TAGS: Mapping[Any, Tag] = {
    int(Outcome.PASS): Tag.OK, int(Outcome.FAIL): Tag.BAD, int(Outcome.MISSING): Tag.WARN, int(Outcome.HUMAN): Tag.INFO,
    "rated": Tag.OK, "vetoed": Tag.BAD, "pending": Tag.WARN, "exempt": Tag.MUTED, "out_of_scope": Tag.MUTED,
}  # fmt: skip

Reach = frozenset[str] | None
"""The firms whose rows somebody sees; ``None`` is everybody in the run."""


def reach_of(person: Person) -> Reach:
    """Officers and auditors see every row, a town its own firms, everybody else none."""
    if person.holds(Role.OFFICER, Role.CHIEF, Role.AUDIT):
        return None
    if not person.holds(Role.TOWN):
        return frozenset()
    return frozenset(Firm.objects.visible_to(person).values_list("entity", flat=True))


def row_of(person: Person, number: str) -> RunRow:
    """The row of a run. Raises ``Http404`` where there is none or the person sees no runs."""
    from kaiwu.web.run.screens import RunScreen  # screens read these queries

    screen = RunScreen()
    row: RunRow | None = screen.rows(person).filter(number=number).first() if screen.can_view(person) else None
    if row is None:
        raise Http404
    return row


def scheme_codes(row: RunRow) -> list[str]:
    """Codes of the schemes of a run, in order of execution."""
    return row.schemes.split("\n")


def names_of(number: str) -> Mapping[str, str]:
    """Names of entities as of the date of a run."""
    return make_once(number, "names", lambda run: workspace().names(run.record.as_of))


def listing_of(number: str, scheme: str) -> Listing:
    """The list of a scheme, made once; its table is made when first asked for. Raises ``Http404`` where the run has no such scheme."""
    if scheme not in find_run(number).execution.results:
        raise Http404
    return make_once(number, ("listing", scheme), lambda run: list_scheme(run, scheme, names_of(number)))


def shortage_of(number: str) -> Shortage:
    """What is missing in a run, found once."""
    return make_once(number, "shortage", find_shortage)


def reached(table: pl.DataFrame, reach: Reach) -> pl.DataFrame:
    """The rows of a table that somebody sees."""
    return table if reach is None else table.filter(pl.col("entity").is_in(sorted(reach)))


def counts_of(number: str, scheme: str, reach: Reach) -> Sequence[tuple[str, int]]:
    """Counts by answer or class over the rows in reach, labels in the reader's language."""
    listing = listing_of(number, scheme)
    if reach is None:
        return [(translate(label), n) for label, n in listing.counts]
    run = find_run(number)
    mine = replace(run, execution=replace(run.execution, results={scheme: _narrow(run, scheme, reach)}))
    return (
        [(translate(label), n) for label, n in list_scheme(mine, scheme, {}).counts]
        if mine.result(scheme).decisions.height
        else []
    )


def _narrow(run: Run, scheme: str, reach: Reach) -> Any:
    result = run.result(scheme)
    tables = {name: reached(t, reach) if "entity" in t.columns else t for name, t in result.tables.items()}
    return replace(result, tables=tables)


def translate(word: str) -> str:
    """A label of counts in the reader's language."""
    return _ENGLISH.get(word, word) if language() == "en" else word


_ENGLISH = dict([*OUTCOMES.values(), *STATUSES.values()])


def _doubts(number: str, scheme: str) -> tuple[tuple[str, str], ...]:
    return make_once(number, ("doubts", scheme), lambda run: tuple((d.zh, d.en) for d in find_doubts(run, scheme)))


def warnings_of(number: str, schemes: Sequence[str]) -> list[str]:
    """What everybody must know who reads these lists: 待核实 content, drafts, empty templates."""
    run = find_run(number)
    lines = []
    for code in schemes:
        scheme, status = run.scheme(code), run.library.heads[code][2].status
        marks = [pick(*RULEBOOK_STATUSES[status]), pick(*standing_words(scheme.document.standing))]
        grounds = [pick(*d) for d in _doubts(number, code)]
        if any(marks) or grounds:
            told = "; ".join(filter(None, [*marks, *grounds]))
            lines.append(f"{pick(scheme.zh, scheme.en)}: {told}")
    if not lines:
        return []
    if len(schemes) > 1:
        zh = f"{len(lines)} 个方案所依内容待核实或未施行, 结果只供内部核对; 公示须有具名签发人"
        en = f"{len(lines)} schemes rest on content that is to be verified or not in force; a notice needs a named signer"
        return [pick(zh, en)]
    return lines


def mark_of(run: Run, scheme: str) -> str:
    """``待核实(…)`` or 征求意见稿, for a scheme that is not well attested or not in force; blank where it is."""
    status = run.library.heads[scheme][2].status
    marks = (pick(*RULEBOOK_STATUSES[status]), pick(*standing_words(run.scheme(scheme).document.standing)))
    return "; ".join(filter(None, marks))


def verdict_words(run: Run, scheme: str) -> Mapping[str | None, str]:
    """What the codes of verdicts are called: answers, statuses, classes."""
    second = 1 if language() == "en" else 0
    titles = {code: (zh, en) for code, (zh, en, _) in run.scheme(scheme).titles().items()}
    words: dict[Any, tuple[str, str]] = {**STATUSES, **titles, **class_words(run, scheme)}
    words |= {str(code): text for code, text in OUTCOMES.items()}
    return {code: text[second] for code, text in words.items()} | {None: "—"}


def money_of(low: int | None, high: int | None, *, is_limited: bool = True) -> str:
    """``8万元``, ``5万元 – 20万元``, ``5万元起`` where nothing limits the highest; blank where no money is granted."""
    if low is None and high is None:
        return ""
    if high is not None and (is_limited or low == high):
        return print_money(low, high)
    return f"{print_money(low, low)}{pick('起', ' or more')}" if low else pick("按实际核定", "as assessed")
