"""The desk of a workspace's market (供需工作台): its records, indexes, lists and funnel, opened when first used.

Owns the passage from a workspace to ``kaiwu.match``. It stores nothing itself and prints nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from kaiwu.identity import RelationKind
from kaiwu.match.extraction import extracting_reader
from kaiwu.match.finds import FourFinds, Supply, find_four
from kaiwu.match.funnel import trace_pairs
from kaiwu.match.funnel.stage import STAGES, Stage
from kaiwu.match.invitation import Invitation, Terms, invite, supplier_of
from kaiwu.match.local_share import LocalShare, count_local_share
from kaiwu.match.record import Match, MatchKind, Need
from kaiwu.match.retrieval import Answer, OfferIndex
from kaiwu.match.space import Backlog, age_backlog
from kaiwu.pack.market_shelf import MarketContent
from kaiwu.procedure.execution import Run
from kaiwu.procedure.market.content import open_content
from kaiwu.procedure.market.funnel_store import FunnelStore
from kaiwu.procedure.market.intake import market_store
from kaiwu.procedure.market.policy import policy_chain
from kaiwu.procedure.market.store import MarketRecords
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError, Problem

FOUND = 10
"""Offers per need that the four finds look at."""


@dataclass
class MarketDesk:
    """The market of a workspace as of ``day``."""

    workspace: Workspace
    day: dt.date
    _indexes: dict[MatchKind, OfferIndex] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def content(self) -> MarketContent:
        """Attributes, extraction, settings, listings."""
        return open_content(self.workspace)

    @cached_property
    def records(self) -> MarketRecords:
        """Needs, offers and deals."""
        return market_store(self.workspace).load(self.content.attributes)

    @property
    def batches(self) -> list[dict[str, Any]]:
        """The manifest of the records' batches."""
        return market_store(self.workspace).batches()

    @cached_property
    def funnel(self) -> FunnelStore:
        """Lists that were shown and their steps."""
        return FunnelStore(self.workspace.folder / "state.db")

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Names of firms by id: the register's, then those of the sheets."""
        return {**self.records.names, **{k: v for k, v in self.workspace.names(self.day).items() if v}}

    @cached_property
    def groups(self) -> dict[str, str]:
        """The name of the group of each firm, by the register."""
        names = self.workspace.names(self.day)
        relations = self.workspace.register.relations(RelationKind.MEMBER_OF_GROUP, self.day)
        return {r.from_id: names.get(r.to_id) or r.to_id for r in relations}

    def index(self, kind: MatchKind) -> OfferIndex:
        """The offers of a kind, indexed once."""
        if kind not in self._indexes:
            reader = extracting_reader(
                self.content.extraction, lambda party: [self.names[party]] if party in self.names else []
            )
            settings, office = self.content.settings.of(kind), self.content.desks.get(kind)
            self._indexes[kind] = OfferIndex(self.records.offers_of(kind), settings, reader, desk=office)
        return self._indexes[kind]

    def needs(self, kind: MatchKind, buyers: Sequence[str] = ()) -> list[Need]:
        """Needs of a kind, of some buyers only where named. Raises ``KaiwuError`` where there are none."""
        found = [n for n in self.records.needs_of(kind) if not buyers or n.party in buyers]
        if not found:
            raise KaiwuError(Problem(
                "S-NO-NEEDS", f"没有“{kind.zh}”类需求; 先用 kaiwu match import 导入清单", f"there are no needs of the kind “{kind.value}”: take in a list by kaiwu match import",
            ))  # fmt: skip
        return found

    def invite(self, terms: Terms, *, buyers: Sequence[str] = (), rivals: Iterable[tuple[str, str]] = ()) -> Invitation:
        """An invitation round over the parts that chain leaders need."""
        part = MatchKind.PART
        return invite(self.needs(part, buyers), self.index(part), self.day, terms, groups=self.groups, rivals=rivals)

    def local_share(self, invitation: Invitation, local: Sequence[str]) -> LocalShare:
        """The local share of the bill of needs of a round, with what was signed so far."""
        needs = [answer.need for answer in invitation.answers.values()]
        return count_local_share(needs, invitation.invited, local, self.signed_places())

    def signed_places(self) -> dict[str, list[str]]:
        """Places of the offers with which needs were signed by ``day``."""
        pairs = self.pairs().filter(pl.col("stage") >= STAGES.index(Stage.SIGNED))
        places = {offer.code: offer.place for offer in self.records.offers}
        found: dict[str, list[str]] = {}
        for need, offer in pairs.select("need", "offer").iter_rows():
            found.setdefault(need, []).append(places.get(offer, ""))
        return found

    def pairs(self) -> pl.DataFrame:
        """Every pair that was shown, with what became of it by ``day``."""
        return trace_pairs(self.funnel.shown(), self.funnel.steps(), self.day)

    @cached_property
    def wanted(self) -> dict[str, list[Match]]:
        """Matches of all open needs for parts, by supplier: what a firm could be asked for."""
        found: dict[str, list[Match]] = {}
        for answer in self._answers():
            for match in answer.matches:
                found.setdefault(supplier_of(match), []).append(match)
        return found

    def _answers(self) -> Iterable[Answer]:
        index = self.index(MatchKind.PART)
        for need in self.records.needs_of(MatchKind.PART):
            if not need.is_expired(self.day):
                yield index.find(need, self.day, FOUND)

    def remember(self, invitation: Invitation) -> None:
        """Take the answers of a round over all needs as what firms could be asked for, instead of finding them again."""
        found: dict[str, list[Match]] = {}
        for answer in invitation.answers.values():
            for match in answer.matches[:FOUND]:
                found.setdefault(supplier_of(match), []).append(match)
        self.__dict__["wanted"] = found

    def four_finds(self, firm: str, runs: Iterable[Run] = ()) -> FourFinds:
        """The four finds of a firm; ``runs`` are the open runs whose clauses make its policy chain."""
        decisions, failed = policy_chain(runs, firm)
        supply = Supply({kind: self.index(kind) for kind in MatchKind if self.records.offers_of(kind)}, self.wanted)
        return find_four(
            firm,
            self.records.needs,
            self.records.offers,
            supply,
            self.day,
            policies=decisions,
            failed=failed,
            deals=self.records.deals,
        )

    def backlog(self) -> list[Backlog]:
        """Every open need for space with its age."""
        return age_backlog(
            self.records.needs_of(MatchKind.SPACE), self.index(MatchKind.SPACE), self.day, set(self.signed_places())
        )
