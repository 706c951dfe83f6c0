"""``Screen``: the one declaration of a record type (记录类型的声明).

Owns what is declared and the questions that list, detail, Excel, API and search ask of it. Plain class attributes; the
list of screens is ``kaiwu.web.menu``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model, Q, QuerySet
from django.urls import reverse

from kaiwu.web.account.models import Person
from kaiwu.web.account.role import EVERYBODY, Role
from kaiwu.web.event.wording import word_verb
from kaiwu.web.screen.action import Action
from kaiwu.web.screen.column import Column
from kaiwu.web.screen.filter import Filter
from kaiwu.web.wording import pick

WORDS = 60
"""Characters of a search at most."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of fields on the page of one record."""

    zh: str
    en: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A further part of the page of one record: a table (columns, rows), a chart, a map, or ready HTML."""

    code: str
    title: str
    table: Mapping[str, Any] | None = None
    count: int | None = None
    chart: Mapping[str, Any] | None = None
    map: Mapping[str, Any] | None = None
    html: str = ""
    actions: Sequence[Mapping[str, Any]] = ()


class Screen:
    """Subclass it and set the attributes; ``model`` has ``objects`` with ``visible_to(person)`` and a ``scope``.

    ``search`` are look-ups that contain the words; ``related`` are joined so that a list costs a fixed number of queries.
    ``importable`` are codes of columns that come in by Excel, done by ``importers``; ``import_key`` are those that name a record
    (by default the first). What a row must have follows from the model's fields.
    """

    code: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]
    model: ClassVar[type[Model]]
    columns: ClassVar[tuple[Column, ...]]
    groups: ClassVar[tuple[Group, ...]] = ()
    filters: ClassVar[tuple[Filter, ...]] = ()
    search: ClassVar[tuple[str, ...]] = ()
    order: ClassVar[tuple[str, ...]] = ("pk",)
    related: ClassVar[tuple[str, ...]] = ()
    key: ClassVar[str] = "pk"
    heading: ClassVar[str] = "name"
    viewers: ClassVar[frozenset[Role]] = EVERYBODY
    actions: ClassVar[tuple[Action, ...]] = ()
    record_actions: ClassVar[tuple[Action, ...]] = ()
    importable: ClassVar[tuple[str, ...]] = ()
    import_key: ClassVar[tuple[str, ...]] = ()
    importers: ClassVar[frozenset[Role]] = frozenset({Role.OFFICER})
    unit_line: ClassVar[tuple[str, str]] = (
        "金额单位: 万元; 空格表示缺数据, 不是零",
        "money in 10,000 yuan; blank is missing, not zero",
    )

    @property
    def title(self) -> str:
        """The name of the record type in the reader's language."""
        return pick(self.zh, self.en)

    def can_view(self, person: Person) -> bool:
        """Whether somebody may open the screen at all; which rows they see is the model's scope."""
        return not person.roles.isdisjoint(self.viewers)

    def can_import(self, person: Person) -> bool:
        """Whether somebody may bring records in by Excel."""
        return bool(self.importable) and self.can_view(person) and not person.roles.isdisjoint(self.importers)

    def rows(self, person: Person) -> QuerySet[Any]:
        """All rows in this person's reach, joined with what the columns need."""
        return self.model._default_manager.visible_to(person).select_related(*self.related)  # type: ignore[attr-defined,no-any-return]

    def find(self, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
        """The rows whose searched fields contain the words."""
        words = words.strip()[:WORDS]
        if not words or not self.search:
            return rows
        condition = Q()
        for lookup in self.search:
            condition |= Q(**{f"{lookup}__icontains": words})
        return rows.filter(condition)

    def shown_columns(self, person: Person) -> tuple[Column, ...]:
        """The columns that this person may see."""
        return tuple(c for c in self.columns if not person.roles.isdisjoint(c.roles))

    def column(self, code: str) -> Column:
        """The column of a code."""
        return next(c for c in self.columns if c.code == code)

    def url(self, record: Any) -> str:
        """The page of a record."""
        return reverse(f"{self.code}-detail", args=[self.key_of(record)])

    def key_of(self, record: Any) -> str:
        """The key of a record in addresses."""
        return str(getattr(record, self.key))

    def heading_of(self, record: Any) -> str:
        """The title of a record's page."""
        return str(getattr(record, self.heading))

    def word_deed(self, record: Any, verb: str) -> str:
        """What an event of a record says to a reader."""
        return word_verb(verb)

    def facts(self, person: Person) -> tuple[str, ...]:
        """Lines that stand above the list and its Excel besides unit, scope and filters: data as of, version."""
        return ()

    def sections(self, record: Any, person: Person) -> Sequence[Section]:
        """Further parts of a record's page."""
        return ()
