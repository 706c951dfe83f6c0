"""Taking a name apart by the grammar (名称拆分): ``南京某某科技(集团)股份有限公司江宁分公司`` into its parts.

Owns the parts and the order in which they are taken off: joined names, branch, form, group word, brackets, region, trade.
A form with one typing error or cut off at the end is still a form. It does not own comparing names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kaiwu.identity.naming.grammar import NameGrammar, Region
from kaiwu.identity.naming.pinyin import list_homophones

DAMAGED_FORM_MIN = 4
"""Shorter forms are not looked for with a typing error: too many sound names end like that."""

CORE_MIN = 2
"""Characters that must remain when something is taken off: a name is never taken apart to nothing."""

BRAND_MIN = 2
"""Characters that a brand keeps when trade words are taken off its end."""

REGIONS_MAX = 3
"""Province, prefecture and county may stand one behind the other."""

CUT = "cut"
"""The class of a form that is cut off at the end (股份有限)."""

NO_CUT = frozenset({"公", "有", "总", "专", "农", "合", "合伙", "责", "责任", "农民", "专业"})
"""Beginnings of forms with which sound names end."""

_WILD = "?"  # one wrong character in a damaged form
_BRACKET = re.compile(r"\(([^()]*)\)?")


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name taken apart (名称成分). Texts are levelled; what a name does not have is blank.

    ``stem`` is the name without form, group word and branch, a region in brackets put in front; ``core`` is the stem without
    its leading regions; ``brand`` is the core without the trade words at its end. For a branch, all of them are of the parent.
    """

    text: str
    stem: str
    core: str
    brand: str
    regions: tuple[Region, ...] = ()
    form: str = ""
    form_class: str = ""
    is_group: bool = False
    branch: str = ""
    joined: tuple[str, ...] = ()  # the names of several firms in one text

    @property
    def trade(self) -> str:
        """The trade words behind the brand (行业)."""
        return self.core[len(self.brand) :]


class NameReader:
    """Takes names apart by one grammar; what it needs of the grammar is prepared once."""

    def __init__(self, grammar: NameGrammar) -> None:
        self.grammar = grammar
        self._forms = _Endings(grammar.forms)
        self._cut = _cut_forms(grammar.forms)
        self._damaged = _damage_forms(grammar.forms)
        self._groups = _Endings(dict.fromkeys((g for g in grammar.groups if not g.startswith("(")), ""))
        self._group_notes = frozenset(g.strip("()") for g in grammar.groups)
        self._trades = _Endings(dict.fromkeys(grammar.trades, ""))
        self._branches = _Endings(dict.fromkeys(grammar.branches, ""))
        self._region_sizes = _sort_sizes(grammar.regions)
        heads = {r[0] for r in grammar.regions}
        self._sizes_by_head = {c: _sort_sizes(r for r in grammar.regions if r[0] == c) for c in heads}
        self._signs = tuple(w for w in grammar.joint if not w.isalpha())
        self._words = tuple(w for w in grammar.joint if w.isalpha())

    def read(self, text: str) -> NameParts:
        """The parts of a name. A blank text has blank parts."""
        level = self.grammar.level(text)
        joined = self._split_joined(level)
        rest, branch = self._take_branch(level)
        rest, form, form_class = self._take_form(rest)
        rest, is_group, noted = self._take_notes(rest)
        rest, grouped = self._take_group(rest)
        regions, core = self._take_regions(noted + rest)
        brand = self._take_trades(core)
        return NameParts(
            level, noted + rest, core, brand, regions, form, form_class, is_group or grouped, branch, joined
        )

    def list_regions(self, text: str) -> tuple[Region, ...]:
        """The divisions at the beginning of a text such as an address, the widest first."""
        regions, _ = self._take_regions(self.grammar.level(text), keep=0)
        return regions

    def _split_joined(self, level: str) -> tuple[str, ...]:
        """The two sides of a sign (、), or of a word (与) that stands behind an organisation form."""
        for sign in self._signs:
            left, found, right = level.partition(sign)
            if found and len(left) >= CORE_MIN and len(right) >= CORE_MIN:
                return left, *(self._split_joined(right) or (right,))
        for word in self._words:
            at = level.find(word, CORE_MIN)
            while at > 0:
                left, right = level[:at], level[at + len(word) :]
                if len(right) >= CORE_MIN and self._forms.size_at(left):
                    return left, *(self._split_joined(right) or (right,))
                at = level.find(word, at + 1)
        return ()

    def _take_branch(self, level: str) -> tuple[str, str]:
        size = self._branches.size_at(level)
        if not size:
            return level, ""
        for end in range(len(level) - size, CORE_MIN, -1):  # the parent's form stands before the branch's own name
            if self._forms.size_at(level[:end]):
                return level[:end], level[end:]
        return self._split_plain_branch(level, size)

    def _split_plain_branch(self, level: str, size: int) -> tuple[str, str]:
        """A branch whose parent is named without its form: 某某南京分公司."""
        body = level[:-size]
        for length in self._region_sizes:
            if len(body) - length >= CORE_MIN and body[-length:] in self.grammar.regions:
                return body[:-length], level[len(body) - length :]
        return (body, level[-size:]) if len(body) >= CORE_MIN else (level, "")

    def _take_form(self, text: str) -> tuple[str, str, str]:
        for table in (self._forms, self._damaged, self._cut):
            size = table.size_at(text)
            if size and len(text) - size >= 1:
                return self._widen_form(text, size, table.values[table.key_at(text, size)])
        return text, "", ""

    def _widen_form(self, text: str, size: int, form_class: str) -> tuple[str, str, str]:
        """What a typing error has left of a longer form before a sound shorter one: 固份 before 有限公司."""
        wider = self._damaged.size_at(text, above=size)
        if wider and len(text) - wider >= CORE_MIN:
            size, form_class = wider, self._damaged.values[self._damaged.key_at(text, wider)]
        return text[:-size], text[-size:], form_class

    def _take_notes(self, text: str) -> tuple[str, bool, str]:
        """Brackets: a group word is taken off, a region is what is put in front, anything else is part of the name."""
        if "(" not in text:
            return text, False, ""
        is_group, regions = False, ""
        kept: list[str] = []
        at = 0
        for found in _BRACKET.finditer(text):
            kept.append(text[at : found.start()])
            at = found.end()
            note = found.group(1)
            if note in self._group_notes:
                is_group = True
            elif (named := self._take_regions(note, keep=0))[0] and not named[1]:
                regions += note
            else:
                kept.append(note)
        kept.append(text[at:])
        rest = "".join(kept)
        return (rest, is_group, regions) if rest else (text, False, "")

    def _take_group(self, text: str) -> tuple[str, bool]:
        size = self._groups.size_at(text)
        return (text[:-size], True) if size and len(text) - size >= CORE_MIN else (text, False)

    def _take_regions(self, text: str, keep: int = CORE_MIN) -> tuple[tuple[Region, ...], str]:
        found: list[Region] = []
        while len(found) < REGIONS_MAX:
            sizes = self._sizes_by_head.get(text[:1], ())
            size = next((n for n in sizes if len(text) - n >= keep and text[:n] in self.grammar.regions), 0)
            if not size:
                break
            found.append(_choose(self.grammar.regions[text[:size]], found))
            text = text[size:]
        return tuple(found), text

    def _take_trades(self, core: str) -> str:
        while (size := self._trades.size_at(core)) and len(core) - size >= BRAND_MIN:
            core = core[:-size]
        return core


class _Endings:
    """Looks for the longest of many endings of a text; keys may hold a wild character."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self._has_wild = any(_WILD in k for k in values)
        self._loose = _sort_sizes(k for k in values if k.endswith(_WILD))
        lasts = {k[-1] for k in values}
        self._sizes = {c: _sort_sizes(k for k in values if k[-1] in (c, _WILD)) for c in lasts}

    def size_at(self, text: str, above: int = 0) -> int:
        """The size of the longest ending that is longer than ``above``, or 0. Only endings with the last character are tried."""
        for size in self._sizes.get(text[-1:], self._loose):
            if size <= above:
                break
            if size <= len(text) and self.key_at(text, size):
                return size
        return 0

    def key_at(self, text: str, size: int) -> str:
        """The ending of a size as it stands in the table, or blank."""
        tail = text[-size:]
        if tail in self.values:
            return tail
        if not self._has_wild:
            return ""
        masked = (tail[:i] + _WILD + tail[i + 1 :] for i in range(size))
        return next((m for m in masked if m in self.values), "")


def _sort_sizes(keys: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({len(k) for k in keys}, reverse=True))


def _cut_forms(forms: Mapping[str, str]) -> _Endings:
    """Beginnings of long forms: a column that was too narrow cut the rest off."""
    long = [f for f in forms if len(f) >= DAMAGED_FORM_MIN and f[0] != "("]
    return _Endings({f[:n]: CUT for f in long for n in range(1, len(f)) if f[:n] not in NO_CUT})


def _damage_forms(forms: Mapping[str, str]) -> _Endings:
    """Long forms with one typing error: a character left out, two swapped, one wrong."""
    damaged: dict[str, str] = {}
    for form, kind in forms.items():
        if len(form) >= DAMAGED_FORM_MIN and "(" not in form:
            damaged |= {d: kind for d in _damage(form) if d not in forms}
    return _Endings(damaged)


def _damage(form: str) -> Iterator[str]:
    """A wrong first character only where it sounds like the right one: in 药业份有限公司 the first of six is 业, and right."""
    yield from (other + form[1:] for other in list_homophones(form[0]))
    for i in range(len(form)):
        if i:
            yield form[:i] + _WILD + form[i + 1 :]
        yield form[:i] + form[i + 1 :]
        if i + 1 < len(form) and form[i] != form[i + 1]:
            yield form[:i] + form[i + 1] + form[i] + form[i + 2 :]


def _choose(regions: tuple[Region, ...], before: list[Region]) -> Region:
    """Of divisions of one name the one that lies in what stands before it, else the first."""
    return next((r for r in regions if before and r.agrees_with(before[-1])), regions[0])
