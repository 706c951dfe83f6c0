"""Attributes (属性): what may be stated of offers and asked by hard constraints, declared by packs for each kind.

Owns reading ``match/attribute.yaml`` of packs and the vocabulary of constraints. Attributes are variables with units and
bounds like any other; they are kept apart from the figures of firms, so that 面积 may mean a space here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from kaiwu.figure.catalogue import Catalogue, build_catalogue, load_variables
from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, Variable
from kaiwu.match.record import MatchKind
from kaiwu.quantity import KaiwuError
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import Document

ATTRIBUTE_KEYS = ("variables", "attributes")


@dataclass(frozen=True)
class Attributes:
    """The attributes of every kind of offer; a variable may serve several kinds."""

    catalogue: Catalogue
    kinds: Mapping[MatchKind, tuple[Variable, ...]]

    def of(self, kind: MatchKind) -> tuple[Variable, ...]:
        """The attributes of one kind, in the order of the packs."""
        return self.kinds.get(kind, ())

    @cached_property
    def vocabularies(self) -> Mapping[MatchKind, Vocabulary]:
        """The words that constraints of each kind may use. Text attributes are shown and never decided on."""
        return {kind: Vocabulary(build_catalogue(self.of(kind)).names()) for kind in MatchKind}


def load_attributes(documents: Iterable[Document]) -> Attributes:
    """Read the attribute files of packs, later packs on top. Raises ``KaiwuError`` with every mistake of all files."""
    variables: list[list[Variable]] = []
    entries: list[Entry] = []
    for document in documents:
        data = document.data if isinstance(document.data, dict) else {}
        entry = Entry(document, (), data, [])
        entry.check_keys(ATTRIBUTE_KEYS)
        entries.append(entry)
        try:
            variables.append(load_variables(document))
        except KaiwuError as error:
            entry.problems += error.problems
    problems = [p for entry in entries for p in entry.problems]
    if problems:
        raise KaiwuError(problems)
    catalogue = build_catalogue(*variables)
    kinds: dict[MatchKind, list[Variable]] = {}
    for entry in entries:
        _read_kinds(entry, catalogue, kinds)
        problems += entry.problems
    if problems:
        raise KaiwuError(problems)
    return Attributes(catalogue, {kind: tuple(dict.fromkeys(found)) for kind, found in kinds.items()})


def _read_kinds(entry: Entry, catalogue: Catalogue, kinds: dict[MatchKind, list[Variable]]) -> None:
    """``attributes: {space: [space_area, …], …}``."""
    table = entry.data.get("attributes")
    if not isinstance(table, dict):
        zh, en = "缺少 attributes, 其下按类别列出变量代码", "“attributes” is missing: list variable codes by kind"
        entry.complain("M-ATTRIBUTES", zh, en, "attributes")
        return
    inner = Entry(entry.document, ("attributes",), table, entry.problems)
    inner.check_keys([*MatchKind])
    for kind in MatchKind:
        for code in inner.texts(kind):
            variable = catalogue.variables.get(code)
            if variable is None:
                zh, en = f"没有声明变量“{code}”", f"the variable “{code}” is not declared"
                inner.complain("M-ATTRIBUTE-UNKNOWN", zh, en, kind)
            elif variable.kind is Kind.JUDGEMENT:
                zh = f"“{code}”是认定类; 属性是供给方写明的事实, 请用 flag"
                en = f"“{code}” is a judgement; attributes are stated facts: use kind flag"
                inner.complain("M-ATTRIBUTE-KIND", zh, en, kind)
            else:
                kinds.setdefault(kind, []).append(variable)
