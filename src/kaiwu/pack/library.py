"""A library: packs with all they depend on, checked and compiled, every mistake in one report.

Owns the order of packs, their catalogues and vocabularies, and the table of loaders. It does not know what a
rulebook means; the loader of its kind does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, Variable
from kaiwu.pack.pack import Pack, make_pack, read_pack
from kaiwu.pack.procedure_chart import Procedure, WorkCalendar, read_calendar, read_procedures
from kaiwu.pack.programme import Programme
from kaiwu.pack.programme_shelf import read_programmes
from kaiwu.pack.shelf import Shelf
from kaiwu.pack.taxonomy import load_taxonomies
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.decision import Scheme
from kaiwu.rule.rulebook import Head, open_rulebook, read_head, read_periods
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import Document, digest_value, parse_document

LOADERS: dict[str, str] = {
    "clauses": "kaiwu.benefit:load",
    "rating": "kaiwu.rating:load_rating",
    "bands": "kaiwu.rating:load_bands",
    "streak": "kaiwu.rating:load_streak",
    "rubric": "kaiwu.rating:load_rubric",
    "index": "kaiwu.rating.index.loader:load",
    "allotment": "kaiwu.allot.loader:load",
}
NESTING = frozenset({"rubric", "allotment"})
"""Kinds whose rulebooks may take in others, or clauses of them; their loaders are also told where those are found."""

Loader = Callable[..., Scheme]


@dataclass(slots=True)
class Library:
    """Packs in order of dependency. ``schemes`` are compiled when first asked for."""

    shelves: dict[str, Shelf]
    heads: dict[str, tuple[str, str, Head]]  # scheme code -> (pack, file, head)
    programmes: dict[str, Programme] = field(default_factory=dict)  # code -> 兑付方案
    procedures: dict[str, Procedure] = field(default_factory=dict)  # code -> 程序
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    _compiled: dict[str, Scheme] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 over all packs."""
        return digest_value({code: shelf.pack.digest for code, shelf in self.shelves.items()})

    @property
    def variables(self) -> dict[str, Variable]:
        """Every variable of every pack by code."""
        return {v.code: v for shelf in self.shelves.values() for v in shelf.catalogue}

    def scheme(self, code: str) -> Scheme:
        """The compiled scheme of a code. Raises ``KaiwuError`` if there is none or it does not compile."""
        if code not in self.heads:
            near = ", ".join(sorted(self.heads)) or "-"
            raise KaiwuError(
                Problem("P-SCHEME", f"没有方案“{code}”; 现有: {near}", f"no scheme “{code}”; there are: {near}")
            )
        if code not in self._compiled:
            pack, name, head = self.heads[code]
            shelf = self.shelves[pack]
            more = (self.rulebook,) if head.kind in NESTING else ()
            self._compiled[code] = _loader(head.kind)(shelf.pack.document(name), shelf.vocabulary, *more)
        return self._compiled[code]

    def try_text(self, code: str, text: str) -> Library:
        """This library with another text of one rulebook, compiled at once (试改); nothing is written, and ``digest`` stays that of the packs.

        Raises ``KaiwuError`` with every mistake of the text at its place, and where the text names another rulebook.
        """
        pack, name, head = self.heads[code]
        shelf = self.shelves[pack]
        document = parse_document(text, f"{pack}/{name}")
        data = document.data if isinstance(document.data, dict) else {}
        if data.get("rulebook") != code or data.get("kind") != head.kind:
            zh = f"规则文件的代码和类别不能改, 应为 {code}、{head.kind}"
            en = f"code and kind of the rulebook stay as they are: {code}, {head.kind}"
            raise KaiwuError(document.problem("P-TRIAL", zh, en, "rulebook"))
        more = (self.rulebook,) if head.kind in NESTING else ()
        scheme = _loader(head.kind)(document, shelf.vocabulary, *more)
        return replace(self, _compiled={**self._compiled, code: scheme})

    def rulebook(self, code: str) -> tuple[Document, Vocabulary]:
        """The file of a rulebook and the words that it may use. Raises ``KaiwuError`` if there is none of that code."""
        if code not in self.heads:
            near = ", ".join(sorted(self.heads)) or "-"
            raise KaiwuError(
                Problem("P-SCHEME", f"没有方案“{code}”; 现有: {near}", f"no scheme “{code}”; there are: {near}")
            )
        pack, name, _ = self.heads[code]
        return self.shelves[pack].pack.document(name), self.shelves[pack].vocabulary

    def programme(self, code: str) -> Programme:
        """The programme (兑付方案) of a code. Raises ``KaiwuError`` naming those that exist."""
        if code not in self.programmes:
            near = ", ".join(sorted(self.programmes)) or "-"
            zh, en = f"没有兑付方案“{code}”; 现有: {near}", f"no programme “{code}”; there are: {near}"
            raise KaiwuError(Problem("P-PROGRAMME-NONE", zh, en))
        return self.programmes[code]

    def schemes(self) -> list[Scheme]:
        """All schemes, compiled; every mistake of every rulebook is reported together."""
        compiled: list[Scheme] = []
        problems: list[Problem] = []
        for code in self.heads:
            try:
                compiled.append(self.scheme(code))
            except KaiwuError as error:
                problems += error.problems
        if problems:
            raise KaiwuError(problems)
        return compiled

    def version_of(self, family: str, day: dt.date, rated: int | None = None) -> Scheme:
        """The version of a family that a run as of a day may use; a repealed one stops new runs, not replays.

        ``rated`` is the rated year, by default the one that each version takes for that day.
        """
        fitting = [
            head.code
            for _, _, head in self.heads.values()
            if head.family == family
            and head.status == "in_use"
            and head.is_in_force(day, rated if rated is not None else head.rated_year(day))
        ]
        if len(fitting) != 1:
            zh = "没有在施行的版本" if not fitting else f"有多个版本同时施行: {', '.join(fitting)}"
            en = "no version is in force" if not fitting else f"several versions are in force: {', '.join(fitting)}"
            raise KaiwuError(Problem("P-VERSION", f"{family} 在 {day} {zh}", f"{family} on {day}: {en}"))
        return self.scheme(fitting[0])

    def files(self) -> dict[str, dict[str, str]]:
        """All files of all packs, as a run freezes them."""
        return {code: dict(shelf.pack.files) for code, shelf in self.shelves.items()}


def _loader(kind: str) -> Loader:
    module, _, name = LOADERS[kind].partition(":")
    loader: Loader = getattr(import_module(module), name)
    return loader


def find_packs(roots: Sequence[Path]) -> dict[str, Path]:
    """Every pack folder below the roots by pack code (``reference/x`` for nested ones); earlier roots win."""
    found: dict[str, Path] = {}
    for root in roots:
        for head in sorted(root.rglob("pack.yaml")):
            found.setdefault(head.parent.relative_to(root).as_posix(), head.parent)
    return found


def builtin_packs() -> Path:
    """The folder of the packs that come with Kaiwu."""
    here = Path(__file__).resolve()
    installed = here.parents[1] / "_packs"
    return installed if installed.is_dir() else here.parents[3] / "packs"


def open_library(names: Iterable[str], roots: Sequence[Path] | None = None) -> Library:
    """Open packs by name with all they depend on; variables and heads are checked, rulebooks compile when asked for."""
    places = find_packs(roots or [builtin_packs()])
    packs: dict[str, Pack] = {}
    for name in names:
        _collect(name, places, packs, ())
    return build_library(packs.values())


def thaw_library(files: Mapping[str, Mapping[str, str]]) -> Library:
    """The library that a run has frozen; the order in which its packs were kept is immaterial."""
    packs = {code: make_pack(content, code) for code, content in files.items()}
    ordered: dict[str, Pack] = {}

    def take(code: str) -> None:
        if code in packs and code not in ordered:
            for other in packs[code].depends:
                take(other)
            ordered[code] = packs[code]

    for code in sorted(packs):
        take(code)
    return build_library(ordered.values())


def _collect(name: str, places: Mapping[str, Path], packs: dict[str, Pack], opened: tuple[str, ...]) -> None:
    if name in packs:
        return
    if name in opened:
        ring = " → ".join((*opened, name))
        raise KaiwuError(Problem("P-CYCLE", f"内容包互相依赖: {ring}", f"packs depend on each other: {ring}"))
    if name not in places:
        known = ", ".join(sorted(places)) or "-"
        raise KaiwuError(
            Problem("P-UNKNOWN", f"找不到内容包“{name}”; 现有: {known}", f"no pack “{name}”; there are: {known}")
        )
    pack = read_pack(places[name])
    if pack.code != name:
        raise KaiwuError(
            Problem(
                "P-FOLDER",
                f"内容包代码“{pack.code}”与其文件夹“{name}”不同; 请改成一样",
                f"the pack calls itself “{pack.code}” and its folder “{name}”: make them equal",
                where=f"{name}/pack.yaml",
            )
        )
    for other in pack.depends:
        _collect(other, places, packs, (*opened, name))
    packs[name] = pack


def build_library(packs: Iterable[Pack]) -> Library:
    """Check packs that stand in order of dependency. Raises ``KaiwuError`` with the mistakes of all of them."""
    problems: list[Problem] = []
    shelves: dict[str, Shelf] = {}
    heads: dict[str, tuple[str, str, Head]] = {}
    own: dict[str, list[Variable]] = {}
    for pack in packs:
        shelf = _shelve(pack, shelves, own, problems)
        if shelf is not None:
            shelves[pack.code] = shelf
            _read_heads(shelf, heads, problems)
    _check_codes(own, problems)
    _check_versions(heads, problems)
    programmes = read_programmes(shelves, heads, problems)
    procedures = read_procedures(shelves, problems)
    calendar = read_calendar([shelf.pack for shelf in shelves.values()], problems)
    if problems:
        raise KaiwuError(problems)
    return Library(shelves, heads, programmes, procedures, calendar)


def _closure(pack: Pack, shelves: Mapping[str, Shelf]) -> list[str]:
    order: list[str] = []
    for name in pack.depends:
        if name in shelves:
            order += [n for n in (*_closure(shelves[name].pack, shelves), name) if n not in order]
    return order


def _shelve(
    pack: Pack, shelves: Mapping[str, Shelf], own: dict[str, list[Variable]], problems: list[Problem]
) -> Shelf | None:
    below = _closure(pack, shelves)
    taxonomies: dict[str, Mapping[str, tuple[str, str]]] = {}
    sources: dict[str, Mapping[str, str]] = {}
    periods: dict[str, Any] = {}
    for name in below:
        taxonomies |= shelves[name].taxonomies
        sources |= shelves[name].sources
        periods |= shelves[name].vocabulary.periods
    before = len(problems)
    taxonomies |= _try(problems, lambda: load_taxonomies(pack), {})
    for name in pack.names("sources", ".csv"):
        sources |= {row.get("source_id", ""): row for row in _try(problems, partial(pack.rows, name), [])}
    own[pack.code] = []
    for name in pack.names("variables"):
        own[pack.code] += _try(problems, partial(_load_variables, pack, name, taxonomies), [])
    for name in pack.names("periods"):
        periods |= _try(problems, partial(_load_periods, pack, name), {})
    catalogue = _try(problems, lambda: build_catalogue(*(own[n] for n in (*below, pack.code))), None)
    if catalogue is None or len(problems) > before:
        return None
    return Shelf(pack, catalogue, Vocabulary(catalogue.names(), periods), sources, taxonomies)


def _load_variables(pack: Pack, name: str, taxonomies: Mapping[str, Mapping[str, tuple[str, str]]]) -> list[Variable]:
    return load_variables(pack.document(name), taxonomies.get)


def _load_periods(pack: Pack, name: str) -> dict[str, Any]:
    document = pack.document(name)
    data = document.data if isinstance(document.data, dict) else {}
    words = data.get("periods") or {}
    if not isinstance(words, dict) or (document.data is not None and not isinstance(document.data, dict)):
        raise KaiwuError(
            document.problem(
                "F-KEY-TYPE",
                "要写 periods: {年份词: {种类: [偏移…]}}",
                "write periods: {word: {kind: [offsets]}}",
                "periods",
            )
        )
    entry = Entry(document, ("periods",), words, [])
    periods = read_periods(entry)
    if entry.problems:
        raise KaiwuError(entry.problems)
    return periods


def _read_heads(shelf: Shelf, heads: dict[str, tuple[str, str, Head]], problems: list[Problem]) -> None:
    for name in shelf.pack.names("rulebooks"):
        try:
            entry = open_rulebook(shelf.pack.document(name))
        except KaiwuError as error:
            problems += error.problems
            continue
        head = read_head(entry)
        problems += [p for p in entry.problems if p not in problems]
        if head.kind not in LOADERS:
            entry.complain(
                "P-KIND",
                f"没有“{head.kind}”这种规则; 可用: {', '.join(LOADERS)}",
                f"no rulebook kind “{head.kind}”; there are {', '.join(LOADERS)}",
                "kind",
            )
            problems.append(entry.problems[-1])
        elif head.code in heads:
            entry.complain(
                "P-TWICE",
                f"方案代码“{head.code}”已在 {heads[head.code][1]} 中",
                f"scheme “{head.code}” stands in {heads[head.code][1]} already",
                "rulebook",
            )
            problems.append(entry.problems[-1])
        else:
            _check_product(shelf, entry, head, problems)
            if head.document.source and head.document.source not in shelf.sources:
                problems.append(entry.document.problem(
                    "P-SOURCE", f"来源“{head.document.source}”不在 sources.csv 中", f"source “{head.document.source}” is not in sources.csv", "document", "source"))  # fmt: skip
            heads[head.code] = (shelf.pack.code, name, head)


PRODUCTS: dict[str, tuple[Kind, ...]] = {
    "clauses": (Kind.FLAG, Kind.JUDGEMENT), "streak": (Kind.FLAG,), "bands": (Kind.CATEGORY, Kind.FLAG),
    "rating": (Kind.CATEGORY, Kind.SCORE, Kind.FLAG), "rubric": (Kind.CATEGORY, Kind.SCORE, Kind.FLAG, Kind.JUDGEMENT),
    "index": (Kind.SCORE, Kind.COUNT, Kind.CATEGORY), "allotment": (),
}  # fmt: skip
"""Kinds of variables that a kind of scheme can answer: clauses yes or no, never their money; ratings a class or a score."""


def _check_product(shelf: Shelf, entry: Entry, head: Head, problems: list[Problem]) -> None:
    """What a scheme produces is a declared variable of a kind that it can answer."""
    if not head.produces:
        return
    variable = shelf.catalogue.get(head.produces)
    if variable is None:
        zh, en = f"produces 的变量“{head.produces}”没有声明", f"the variable “{head.produces}” is not declared"
    elif variable.kind not in PRODUCTS[head.kind]:
        kinds = ", ".join(kind.value for kind in PRODUCTS[head.kind])
        zh = f"“{head.produces}”的 kind 是 {variable.kind.value}, {head.kind} 类方案只能给出 {kinds}"
        en = f"“{head.produces}” is of kind {variable.kind.value}; a scheme of kind {head.kind} answers {kinds}"
    else:
        return
    problems.append(entry.document.problem("P-PRODUCES", zh, en, "produces"))


def _check_codes(own: Mapping[str, list[Variable]], problems: list[Problem]) -> None:
    """A code means one variable in the whole library, because figures are kept by code."""
    first: dict[str, Variable] = {}
    for variables in own.values():
        for variable in variables:
            other = first.setdefault(variable.code, variable)
            if other is not variable and not variable.replaces:
                problem = Problem(
                    "P-VARIABLE", f"变量代码“{variable.code}”已在 {other.where} 声明; 请移到共同依赖的内容包, 或改名",
                    f"variable code “{variable.code}” is declared at {other.where} already: move it to a pack that both depend on, or rename it",
                    where=variable.where)  # fmt: skip
                if not any(p.code == "F-VAR-TWICE" and p.where == variable.where for p in problems):
                    problems.append(problem)


def _check_versions(heads: Mapping[str, tuple[str, str, Head]], problems: list[Problem]) -> None:
    """Two versions of one family may not be in force on the same day."""
    families: dict[str, list[tuple[str, Head]]] = {}
    for _, name, head in heads.values():
        if head.status == "in_use":
            families.setdefault(head.family, []).append((name, head))
    for members in families.values():
        members.sort(key=lambda item: item[1].validity.valid_from or dt.date.min)
        for (_, a), (name, b) in pairwise(members):
            ends = [d for d in (a.validity.valid_to, _day_before(a.validity.repealed)) if d is not None]
            if not ends or (b.validity.valid_from or dt.date.min) <= min(ends):
                problems.append(Problem(
                    "P-OVERLAP", f"{a.code} 与 {b.code} 的施行期重叠; 请给前者写 valid.to 或 repealed",
                    f"{a.code} and {b.code} are in force at the same time: end the earlier one (valid.to or repealed)", where=name))  # fmt: skip


def _day_before(day: dt.date | None) -> dt.date | None:
    return None if day is None else day - dt.timedelta(days=1)


def _try(problems: list[Problem], action: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return action()
    except KaiwuError as error:
        problems += error.problems
        return otherwise
