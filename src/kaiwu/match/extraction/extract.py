"""Takes a need apart (抽取): what is wanted is searched, everything else is kept with the reason why it is not.

Owns the order of the steps. Headings cut the text into parts; sentences about the buyer, names of organisations and
boilerplate leave the parts about the object; quantity, place, deadline and certificates are read where they stand. Money
is never read: a budget is a field that somebody fills in.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kaiwu.match.extraction.rule import ExtractionRules
from kaiwu.match.record import Need, Record
from kaiwu.match.text import FieldText, fold_text, is_letter
from kaiwu.quantity import KaiwuError, Problem, Quantity, parse_date, parse_quantity
from kaiwu.quantity.dimension import MONEY

TITLE_LENGTH = 40
"""Where a title names no object, so much of the first sentence about it stands in."""

_SENTENCE = re.compile(r"[^。；;!！\n]+[。；;!！\n]?")
_DATE = re.compile(r"[0-9]{4}\s*[-年./]\s*[0-9]{1,2}\s*[-月./]\s*[0-9]{1,2}\s*日?")
_LINE_END = re.compile(r"[，,。；;\n]")


@dataclass(frozen=True, slots=True)
class Ignored:
    """A piece of text that does not score, and why: ``buyer``, ``organisation``, ``boilerplate`` or the heading's role."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Extract:
    """What a need says (抽取结果). ``what`` and ``body`` are searched; ``problems`` tell what could not be read."""

    what: str
    body: str
    quantity: Quantity | None = None
    place: str = ""
    deadline: dt.date | None = None
    certificates: tuple[str, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def text(self) -> FieldText:
        """What is searched."""
        return FieldText(self.what, self.body)


def extract_need(title: str, text: str, rules: ExtractionRules, names: Iterable[str] = (), where: str = "") -> Extract:
    """Take a need or a notice apart. ``names`` are those of the buyer: full, former and short ones, which never score."""
    title, text = rules.simplify(title), rules.simplify(text)
    ignored: list[Ignored] = []
    known = _names_pattern(map(rules.simplify, names))
    parts: dict[str, list[str]] = {}
    for role, part in _parts(text, rules):
        parts.setdefault(role, []).append(part)
    body = "\n".join(_kept(part, rules, known, ignored) for part in parts.get("object", ()))
    for role in ("ignored", "qualification", "place", "deadline", "quantity"):
        ignored += [Ignored(role, part) for part in parts.get(role, ()) if part.strip()]
    what = _trim(_without(title, known, rules.organisation, rules.title_noise, ignored=ignored))
    if not any(map(is_letter, what)):
        what = next((s for s in map(_trim, body.split("\n")) if any(map(is_letter, s))), "")[:TITLE_LENGTH]
    problems = () if what else (_no_object(title, where),)
    return Extract(
        what=what,
        body=_trim(body),
        quantity=_first_quantity([*parts.get("quantity", ()), title], rules),
        place=next((_LINE_END.split(p.strip())[0].strip() for p in parts.get("place", ()) if p.strip()), ""),
        deadline=_first_date(parts.get("deadline", ())),
        certificates=_find_certificates([title, text], rules),
        ignored=tuple(ignored),
        problems=problems,
    )


def clean_offer(title: str, text: str, rules: ExtractionRules) -> FieldText:
    """An offer without names of organisations and boilerplate."""
    return FieldText(*(_without(rules.simplify(part), rules.organisation, rules.noise) for part in (title, text)))


def extracting_reader(
    rules: ExtractionRules, names: Callable[[str], Sequence[str]] = lambda party: ()
) -> Callable[[Record], FieldText]:
    """What of a record is searched; ``names`` gives the names of a party by its entity id."""

    def read(record: Record) -> FieldText:
        if not isinstance(record, Need):
            return clean_offer(record.title, record.text, rules)
        known = names(record.party) if record.party is not None else ()
        return extract_need(record.title, record.text, rules, known).text

    return read


def _parts(text: str, rules: ExtractionRules) -> Iterator[tuple[str, str]]:
    """The text cut at headings; what stands before the first is about the object."""
    role, at = "object", 0
    for found in rules.heading.finditer(text):
        yield role, text[at : found.start()]
        role, at = rules.roles[found["word"]], found.end()
    yield role, text[at:]


def _kept(part: str, rules: ExtractionRules, known: re.Pattern[str], ignored: list[Ignored]) -> str:
    """The sentences of a part that are not about the buyer, without names and boilerplate."""
    kept: list[str] = []
    for found in _SENTENCE.finditer(part):
        sentence = found[0]
        if rules.buyer.search(sentence):
            ignored.append(Ignored("buyer", sentence.strip()))
        else:
            kept.append(_without(sentence, known, rules.organisation, rules.noise, ignored=ignored))
    return "".join(kept)


def _without(text: str, *patterns: re.Pattern[str], ignored: list[Ignored] | None = None) -> str:
    """A text with a break in place of whatever the patterns find, so that no gram spans the gap."""
    for role, pattern in zip(("organisation", "organisation", "boilerplate"), patterns[-3:], strict=False):
        if ignored is not None:
            ignored += [Ignored(role, found[0]) for found in pattern.finditer(text)]
        text = pattern.sub("\n", text)
    return text


def _names_pattern(names: Iterable[str]) -> re.Pattern[str]:
    found = sorted({name for name in names if name.strip()}, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, found)) or r"(?!)")


def _trim(text: str) -> str:
    """A text without blanks and marks at its ends and without empty lines."""
    lines = (line.strip(' \t　,，、:：-—"“”《》') for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _first_quantity(parts: Iterable[str], rules: ExtractionRules) -> Quantity | None:
    for part in parts:
        for found in rules.amount.finditer(part):
            try:
                quantity = parse_quantity(found[0])
            except KaiwuError:
                continue
            if dict(MONEY.powers).keys().isdisjoint(dict(quantity.unit.dimension.powers)):
                return quantity
    return None


def _first_date(parts: Iterable[str]) -> dt.date | None:
    for part in parts:
        for found in _DATE.finditer(part):
            try:
                return parse_date(found[0])
            except KaiwuError:
                continue
    return None


def _find_certificates(texts: Iterable[str], rules: ExtractionRules) -> tuple[str, ...]:
    folded = re.sub(r"\s", "", fold_text("\n".join(texts)))
    return tuple(
        code
        for code, spellings in rules.certificates.items()
        if any(re.sub(r"\s", "", fold_text(spelling)) in folded for spelling in spellings)
    )


def _no_object(title: str, where: str) -> Problem:
    return Problem(
        "M-NO-OBJECT",
        "看不出要什么: 标题和正文里只有单位名称或套话; 请写品名、技术或服务的名称",
        "it does not say what is wanted, only names and phrases: name the part, technology or service",
        where=where,
        text=title,
    )
