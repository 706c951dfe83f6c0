"""The stage of the demo that brings the synthetic market together: suppliers for chain leaders' needs, a season of the funnel, one firm's four finds.

Owns what is printed and where the list and the page stand. Every step is the same that the commands of ``match`` take.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kaiwu.cli.console import Speaker
from kaiwu.cli.match_firm_command import tell_finds, write_finds
from kaiwu.cli.match_market_command import tell_funnel, tell_invitation, write_invitation
from kaiwu.match.assignment import Limits
from kaiwu.match.funnel import report_funnel, watch_concentration
from kaiwu.match.invitation import Invitation, Terms
from kaiwu.procedure import Run, Workspace
from kaiwu.procedure.market import MarketDesk, hold_round, take_listings
from kaiwu.procedure.market.content import open_content
from kaiwu.quantity import KaiwuError
from kaiwu.synth import District
from kaiwu.synth.market import SynthMarket, make_market
from kaiwu.synth.market_file import write_market
from kaiwu.synth.market_play import play_funnel
from kaiwu.synth.market_setting import MarketRule, open_market_rule

EVENT, SECTION = "家门口的订单(演示)", "产业链科(演示)"
CANDIDATES = 8  # suppliers compared per need: enough for the demonstration, and quick
PER_BUYER = 20
SEASON = dt.timedelta(days=120)  # after which the funnel is looked at
FOLDER = "market"


@dataclass(frozen=True, slots=True)
class MarketDemo:
    """What the stage made: the list in Excel, the page of one firm, the round and its day."""

    book: Path
    page: Path
    invitation: Invitation
    firm: str
    day: dt.date


def play_market(workspace: Workspace, district: District, runs: Sequence[Run], speaker: Speaker) -> MarketDemo:
    """Take the synthetic market in, invite, play a season and show one firm's four finds."""
    rule = open_market_rule()
    market = make_market(district, rule)
    desk = _take_in(workspace, market, speaker)
    invitation, name, book = _invite(desk, market, speaker)
    _play_season(desk, market, rule, district, invitation, speaker)
    firm = _pick_firm(desk, invitation)
    found = desk.four_finds(firm, runs)
    page = write_finds(desk, found, workspace.folder / FOLDER / f"四找_{firm}.html", speaker.language)
    label = desk.names.get(firm, firm)
    speaker.say(f"    {label} 的四找:", f"    the four finds of {label}:")
    tell_finds(found, speaker, "      ")
    speaker.say(f"    邀请名单 {name}: {book}", f"    invitation list {name}: {book}")
    speaker.say(f"    四找一页: {page}", f"    four finds on one page: {page}")
    return MarketDemo(book, page, invitation, firm, desk.day)


def _take_in(workspace: Workspace, market: SynthMarket, speaker: Speaker) -> MarketDesk:
    content = open_content(workspace)
    files = write_market(market, dict(content.listings), workspace.folder / "inbox")
    taken = take_listings(workspace, files, known_at=market.day, day=market.day, synthetic=True)
    if not taken.is_accepted:
        raise KaiwuError([f.problem for result in taken.results.values() for f in result.report.errors])
    speaker.say(
        f"    导入 {len(files)} 份供需清单, {taken.count} 条; {taken.expired} 条已过期, 保留而不推送",
        f"    {len(files)} sheets of needs and offers taken in, {taken.count} records; {taken.expired} have ended: kept, never shown",
    )
    return MarketDesk(workspace, market.day)


def _invite(desk: MarketDesk, market: SynthMarket, speaker: Speaker) -> tuple[Invitation, str, Path]:
    terms = Terms(Limits(per_buyer=PER_BUYER), candidates=CANDIDATES, draw=EVENT)
    with speaker.progress("邀请", "inviting"):
        invitation = desk.invite(terms, rivals=market.rivals)
    desk.remember(invitation)
    share = desk.local_share(invitation, [market.local])
    name = hold_round(desk.funnel, invitation, event=EVENT, section=SECTION, day=desk.day)
    book = write_invitation(desk, invitation, share, name, desk.workspace.folder / FOLDER / f"邀请名单_{name}.xlsx")
    tell_invitation(invitation, share, speaker, "    ")
    planted = dict(market.planted)
    hits = [
        planted[code] in {m.offer.code for m in answer.matches}
        for code, answer in invitation.answers.items()
        if code in planted
    ]
    speaker.say(
        f"    埋设的真实配对 {len(hits)} 项, 其中 {sum(hits)} 项列入前 {CANDIDATES} 名(合成数据, 文字相近, 不代表真实水平)",
        f"    {len(hits)} needs have a planted true offer; {sum(hits)} of these stand in the first {CANDIDATES} (synthetic words are alike: no measure of real lists)",
    )
    _tell_reasons(invitation, desk, speaker)
    return invitation, name, book


def _tell_reasons(invitation: Invitation, desk: MarketDesk, speaker: Speaker) -> None:
    """One invited pair with its reasons, and one better pair that was not chosen."""
    code = next((c for c, found in invitation.invited.items() if found and invitation.unchosen(c)), None)
    if code is None:
        return
    match, why = invitation.invited[code][0], invitation.unchosen(code)[0]
    name = desk.names.get(match.offer.party or "", match.offer.code)
    speaker.say(
        f"    例: {match.need.title} ← {name} {match.offer.title}",
        f"    example: {match.need.title} ← {name} {match.offer.title}",
    )
    for reason in match.reasons[:3]:
        speaker.say(f"      {reason.zh}", f"      {reason.en}")
    other = desk.names.get(why.supplier, why.supplier)
    speaker.say(
        f"      为何未选: {why.zh.replace(why.supplier, other)}",
        f"      why not: {why.en.replace(why.supplier, other)}",
    )


def _play_season(
    desk: MarketDesk,
    market: SynthMarket,
    rule: MarketRule,
    district: District,
    invitation: Invitation,
    speaker: Speaker,
) -> None:
    steps = play_funnel(desk.funnel.shown(), market.planted, rule, district.streams, market.label)
    desk.funnel.add_steps(steps)
    desk.day = market.day + SEASON
    tell_funnel(report_funnel(desk.pairs(), "event"), "event", speaker)
    zh, en = watch_concentration(desk.funnel.shown()).tell()
    speaker.say(f"    {zh}", f"    {en}")
    zh, en = desk.local_share(invitation, [market.local]).tell()
    speaker.say(f"    {SEASON.days} 天后 {zh}", f"    after {SEASON.days} days {en}")
    desk.day = market.day


def _pick_firm(desk: MarketDesk, invitation: Invitation) -> str:
    """The firm with the most invitations among those that state needs of their own, the first by code."""
    needs = {need.party for need in desk.records.needs if need.party}
    invited = [
        m.offer.party
        for found in invitation.invited.values()
        for m in found
        if m.offer.party in needs and m.offer.party
    ]
    counted = sorted({firm: invited.count(firm) for firm in invited}.items(), key=lambda item: (-item[1], item[0]))
    return counted[0][0] if counted else desk.records.offers[0].party or ""
