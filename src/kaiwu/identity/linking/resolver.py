"""Resolving mentions (主体识别): from a name as it was written to the entity, one or many at a time.

Owns the order of the decision: a valid code decides, a different valid code vetoes, a text of two firms is refused, names
only rank; then thresholds. It does not own what names are worth (``ranking``, ``learned``) or who answers what is left
to a person (``kaiwu.procedure.identity``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from kaiwu.identity.entity import Entity, NameKind
from kaiwu.identity.linking.answer import Alternative, Hints, Link, LinkStatus, Mention
from kaiwu.identity.linking.encoding import Floats, Ints
from kaiwu.identity.linking.evidence import WHOLE, Evidence, Grounds
from kaiwu.identity.linking.index import NameEntry, NameIndex, Pairs
from kaiwu.identity.linking.measure import Measures, measure_gap, measure_gaps, measure_pairs
from kaiwu.identity.linking.profile import Flags, Profiler
from kaiwu.identity.linking.ranking import HandRanker, Ranker, add_odds
from kaiwu.identity.linking.spelling import NO_SPELLING
from kaiwu.identity.naming.grammar import NameGrammar
from kaiwu.identity.naming.reading import NameParts
from kaiwu.identity.uscc import check_uscc
from kaiwu.quantity.problem import KaiwuError, Problem

BLOCK = 1024
"""Mentions that are measured at once: their arrays stay in the processor's cache."""

ALTERNATIVES_MAX = 5

OTHER_NUMBER = 0.1
"""What is left of the weight of a name whose number differs from the mention's."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which weight on a link holds without a person (``link``), and below which it is none (``review``)."""

    link: float = 0.95
    review: float = 0.2
    margin: float = 0.1  # by which the second must stay behind


@dataclass(frozen=True)
class Ranking:
    """Candidates of n mentions by weight: pairs (p,), one per mention and entity, measured and weighed."""

    parts: tuple[NameParts, ...]
    pairs: Pairs
    measures: Measures
    odds: Floats  # (p, 2) log odds of the hand weights and their gap
    is_other: Flags  # the name has another number than the mention
    weights: Floats

    def weighed(self, weights: Floats) -> Ranking:
        """The same candidates with other weights (p,). Whoever weighs, another number holds back: 第三 is not 第五."""
        return replace(self, weights=np.where(self.is_other, weights * np.float32(OTHER_NUMBER), weights))

    def list_rows(self) -> list[list[int]]:
        """Rows of pairs of each mention by falling weight."""
        order = np.lexsort((self.pairs.entry, -self.weights, self.pairs.mention)).tolist()
        begins = np.searchsorted(self.pairs.mention, np.arange(len(self.parts) + 1)).tolist()
        return [order[a:b] for a, b in pairwise(begins)]

    @cached_property
    def entries(self) -> list[int]:
        """The entry of each pair."""
        found: list[int] = self.pairs.entry.tolist()
        return found

    @cached_property
    def shares(self) -> list[float]:
        """The weight of each pair."""
        found: list[float] = self.weights.tolist()
        return found


class Resolver:
    """Knows the names of entities and resolves mentions of them.

    ``places`` are addresses and ``groups`` the registered groups (集团) by entity; ``as_of`` says which names are former ones. Names that are borne only later are left
    out. The ranker is that of the hand weights unless another is given. Raises ``KaiwuError`` where there is no name at all.
    """

    def __init__(
        self,
        entities: Iterable[Entity],
        grammar: NameGrammar,
        *,
        as_of: dt.date,
        places: Mapping[str, str] | None = None,
        groups: Mapping[str, str] | None = None,
        ranker: Ranker | None = None,
        thresholds: Thresholds | None = None,
    ) -> None:
        self.as_of = as_of
        self.ranker: Ranker = ranker or HandRanker()
        self.thresholds = thresholds or Thresholds()
        self._places = dict(places or {})
        self._groups = dict(groups or {})
        self._codes: dict[str, str] = {}
        self._own: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        entries = [e for one in entities for e in self._list_entries(one)]
        if not entries:
            zh, en = "主体库里没有名称, 请先导入企业名单", "the register has no names: import the list of firms first"
            raise KaiwuError(Problem("I-NO-NAMES", zh, en))
        self.index = NameIndex(entries, Profiler(grammar))
        self._of_entry = self._number_entries(self.index.entries)

    def add(self, entity: Entity) -> None:
        """Take up one more entity; nothing that is indexed is touched."""
        entries = self._list_entries(entity)
        self.index.add(entries)
        self._of_entry = np.concatenate([self._of_entry, self._number_entries(entries)])

    def resolve(self, text: str, hints: Hints | None = None) -> Link:
        """Who is meant by one mention. Never raises for what was written: what is wrong with it stands in the answer."""
        return self.resolve_many([Mention(text, hints or Hints())])[0]

    def resolve_many(self, mentions: Sequence[Mention]) -> list[Link]:
        """Who is meant by each of many mentions, in their order."""
        links: list[Link] = []
        for at in range(0, len(mentions), BLOCK):
            block = mentions[at : at + BLOCK]
            links += self.decide(block, self.rank(block))
        return links

    def decide(self, mentions: Sequence[Mention], ranking: Ranking) -> list[Link]:
        """The answers to mentions whose candidates are ranked: codes first, then what is refused, then thresholds."""
        rows = ranking.list_rows()
        return [self._decide_one(mention, ranking.parts[i], ranking, rows[i]) for i, mention in enumerate(mentions)]

    def find_touched(self, entity: str, mentions: Sequence[Mention]) -> list[int]:
        """Which earlier mentions may be answered otherwise since an entity was added: rows in their order.

        They have it among their candidates, or spell it as it may be abbreviated; of every other mention candidates, measures and answer are what they were.
        """
        entries = np.flatnonzero(self._of_entry == self._numbers.get(entity, -1))
        parts = self.index.profiler.read([m.text for m in mentions])
        near = np.flatnonzero(self.index.share_grams(parts, entries))
        pairs = self.index.find([parts[row] for row in near.tolist()])
        met = near[pairs.mention[np.isin(pairs.entry, entries)]]
        keys = self.index.profiler.profile(parts, [""] * len(parts)).keys
        ranks = [self.index.spellings.rank(keys, np.full(len(parts), entry)) for entry in entries]
        spelled = np.flatnonzero(np.min(ranks, axis=0) < NO_SPELLING) if ranks else np.zeros(0, np.int64)
        return sorted({*met.tolist(), *spelled.tolist()})

    def rank(self, mentions: Sequence[Mention]) -> Ranking:
        """The candidates of mentions by their names and places; codes are not looked at."""
        parts = self.index.profiler.read([m.text for m in mentions])
        profiles = self.index.profiler.profile(parts, [m.hints.place for m in mentions])
        pairs = self.index.find(parts)
        measures = measure_pairs(profiles, self.index, pairs)
        kept = self._keep_best_names(pairs, measures)
        pairs = Pairs(pairs.mention[kept], pairs.entry[kept], pairs.score[kept], pairs.share[kept])
        measures = measure_gaps(measures.take(kept), pairs.mention, len(parts))
        odds = add_odds(measures)[:, None]
        odds = np.concatenate([odds, measure_gap(odds, pairs.mention)], axis=1)
        numbers, own = profiles.number[pairs.mention], self.index.profiles.number[pairs.entry]
        is_other = (numbers != own) & (numbers != 0) & (own != 0)
        weights = self.ranker.weigh(measures, odds)
        return Ranking(tuple(parts), pairs, measures, odds, is_other, weights).weighed(weights)

    def entity_of(self, entry: int) -> str:
        """The entity that bears an indexed name."""
        return self.index.entries[entry].entity

    def name_of(self, entity: str) -> str:
        """The first name under which an entity is indexed; blank where it is not."""
        number = self._numbers.get(entity)
        return "" if number is None else self.index.entries[int(np.argmax(self._of_entry == number))].text

    def _list_entries(self, entity: Entity) -> list[NameEntry]:
        place = self._places.get(entity.id, "")
        if entity.uscc:
            self._codes[entity.uscc] = entity.id
            self._own[entity.id] = entity.uscc
        return [
            NameEntry(entity.id, n.text, n.kind, n.kind is NameKind.FORMER or n.ended_before(self.as_of), place)
            for n in entity.names
            if not n.begins_after(self.as_of)
        ]

    def _number_entries(self, entries: Sequence[NameEntry]) -> Ints:
        return np.array([self._numbers.setdefault(e.entity, len(self._numbers)) for e in entries], np.int64)

    def _keep_best_names(self, pairs: Pairs, measures: Measures) -> Ints:
        """Of several names of one entity the one that the mention is most like."""
        likeness = (
            measures.column("full_of_mention") + measures.column("full_of_name") + measures.column("spelling") / 10
        )
        entity = self._of_entry[pairs.entry]
        order = np.lexsort((pairs.entry, -likeness, entity, pairs.mention))
        mention, entity = pairs.mention[order], entity[order]
        is_first = np.ones(len(order), np.bool_)
        is_first[1:] = (mention[1:] != mention[:-1]) | (entity[1:] != entity[:-1])
        return np.sort(order[is_first])

    def _decide_one(self, mention: Mention, parts: NameParts, ranking: Ranking, rows: list[int]) -> Link:
        if mention.hints.code:
            link = self._decide_by_code(mention, ranking, rows)
            if link is not None:
                return link
        refused = _refuse(mention, parts)
        if refused is not None:
            return refused
        return self._decide_by_name(mention, parts, ranking, rows)

    def _decide_by_code(self, mention: Mention, ranking: Ranking, rows: list[int]) -> Link | None:
        checked = check_uscc(mention.hints.code)
        if checked.valid is None:
            return None
        if not checked.valid:
            assert checked.problem is not None
            return self._answer_bad_code(mention, ranking, rows, checked.problem, checked.suggestion)
        bearer = self._codes.get(checked.code)
        if bearer is not None:
            told = Evidence(1, f"统一社会信用代码 {checked.code} 属于该主体", f"the code {checked.code} is borne by it")
            return Link(mention, LinkStatus.SAME, bearer, 1.0, said=(told,))
        return self._answer_unknown_code(mention, ranking, rows, checked.code)

    def _answer_bad_code(
        self, mention: Mention, ranking: Ranking, rows: list[int], problem: Problem, suggestion: str | None
    ) -> Link:
        """A code that cannot be right proves nothing: a person looks, with the repair and the names before them."""
        bearer = self._codes.get(suggestion or "")
        found = self._list_alternatives(ranking, rows)
        if bearer is not None and suggestion is not None:
            told = Evidence(
                1, f"改正后的代码 {suggestion} 属于该主体", f"the repaired code {suggestion} is borne by it"
            )
            weight = next((a.weight for a in found if a.entity == bearer), 0.0)
            return Link(mention, LinkStatus.AMBIGUOUS, bearer, weight, found, (told,), problems=(problem,))
        if not found:
            return Link(mention, LinkStatus.NONE, problems=(problem,))
        return Link(mention, LinkStatus.AMBIGUOUS, found[0].entity, found[0].weight, found, problems=(problem,))

    def _answer_unknown_code(self, mention: Mention, ranking: Ranking, rows: list[int], code: str) -> Link:
        """A valid code that nobody here bears vetoes everybody who bears another; the others are left to a person."""
        found = self._list_alternatives(ranking, rows)
        vetoed = [a for a in found if a.entity in self._own]
        left = tuple(a for a in found if a.entity not in self._own)
        told = tuple(
            Evidence(-1, f"{a.entity} 的代码是 {self._own[a.entity]}, 与所写不同", f"{a.entity} bears {self._own[a.entity]}, another code")
            for a in vetoed[:1]
        )  # fmt: skip
        zh, en = "代码有效, 但库中没有", "the code is well formed, but nobody here bears it"
        problem = Problem("I-CODE-UNKNOWN", zh, en, text=code)
        if left and left[0].weight >= self.thresholds.review:
            return Link(mention, LinkStatus.AMBIGUOUS, left[0].entity, left[0].weight, left, told, problems=(problem,))
        return Link(mention, LinkStatus.NONE, alternatives=tuple(vetoed), said=told, problems=(problem,))

    def _decide_by_name(self, mention: Mention, parts: NameParts, ranking: Ranking, rows: list[int]) -> Link:
        if not rows:
            return Link(mention, LinkStatus.NONE)
        row = rows[0]
        weight = ranking.shares[row]
        if weight < self.thresholds.review and not (len(rows) > 1 and _is_shared(ranking, row)):
            return Link(mention, LinkStatus.NONE, weight=weight, alternatives=self._list_alternatives(ranking, rows))
        number = ranking.entries[row]
        entry = self.index.entries[number]
        second = self._weigh_second(parts, ranking, rows)
        is_sure = weight >= self.thresholds.link and weight - second >= self.thresholds.margin
        status = _relate(parts, entry, self.index.parts[number]) if is_sure else LinkStatus.AMBIGUOUS
        grounds = Grounds(entry.text, ranking.measures.names, ranking.measures.values[row])
        others = self._list_alternatives(ranking, rows[1:])
        group = self._groups.get(entry.entity, "") if status is LinkStatus.GROUP_OF else ""
        said = _tell_relation(status, parts, group)
        return Link(mention, status, entry.entity, weight, others, said, grounds, group=group)

    def _weigh_second(self, parts: NameParts, ranking: Ranking, rows: list[int]) -> float:
        """The weight of the first other candidate. A group and its own member are no rivals where a group is mentioned."""
        first = self.entity_of(ranking.entries[rows[0]])
        for row in rows[1:]:
            other = self.entity_of(ranking.entries[row])
            if not (parts.is_group and (self._groups.get(first) == other or self._groups.get(other) == first)):
                return ranking.shares[row]
        return 0.0

    def _list_alternatives(self, ranking: Ranking, rows: list[int]) -> tuple[Alternative, ...]:
        entries = self.index.entries
        named = [(entries[ranking.entries[row]], ranking.shares[row]) for row in rows[:ALTERNATIVES_MAX]]
        return tuple([Alternative(entry.entity, entry.text, weight) for entry, weight in named])


def _is_shared(ranking: Ranking, row: int) -> bool:
    """Whether several names have all that was written: each is unlikely by itself, and still one of them may be meant."""
    names, values = ranking.measures.names, ranking.measures.values[row]
    return bool(values[names.index("full_of_mention")] >= WHOLE and values[names.index("covering")] >= 2)


def _refuse(mention: Mention, parts: NameParts) -> Link | None:
    """A text that names nobody or several."""
    if not parts.text:
        problem = Problem("I-MENTION-EMPTY", "既无编码也无名称", "neither a code nor a name was given")
        return Link(mention, LinkStatus.NONE, problems=(problem,))
    if parts.joined:
        both = "”“".join(parts.joined)
        zh = f"一处写了 {len(parts.joined)} 家企业: “{both}”, 请分成 {len(parts.joined)} 行"
        en = f"{len(parts.joined)} firms in one mention: “{both}”; put each on a line of its own"
        return Link(mention, LinkStatus.NONE, problems=(Problem("I-MENTION-TWO", zh, en, text=mention.text),))
    return None


def _relate(mention: NameParts, entry: NameEntry, name: NameParts) -> LinkStatus:
    """How a mention stands to the entity whose name it surely has."""
    if mention.text == name.text:
        return LinkStatus.FORMER_NAME if entry.is_former else LinkStatus.SAME
    if mention.branch and mention.branch != name.branch:
        return LinkStatus.BRANCH_OF
    if name.branch and not mention.branch:  # the branch is known, its parent is mentioned
        return LinkStatus.AMBIGUOUS
    if mention.is_group and not name.is_group and entry.kind is NameKind.LEGAL:
        return LinkStatus.GROUP_OF
    return LinkStatus.FORMER_NAME if entry.is_former else LinkStatus.SAME


def _tell_relation(status: LinkStatus, parts: NameParts, group: str) -> tuple[Evidence, ...]:
    if status is LinkStatus.BRANCH_OF:
        return (
            Evidence(
                0, f"“{parts.branch}”是分支机构, 不是企业本身", f"“{parts.branch}” is a branch, not the firm itself"
            ),
        )
    if status is LinkStatus.GROUP_OF:
        told = Evidence(0, "所写是集团, 不是股份公司或有限公司本身", "a group is mentioned, not the firm itself")
        if not group:
            return (told,)
        return told, Evidence(1, f"登记的所属集团是 {group}", f"the register has it in the group {group}")
    return ()
