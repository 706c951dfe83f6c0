"""The command ``match find``: offers for one need in words, or for all needs of a sheet, with reasons.

Owns arguments and printing. Finding is ``kaiwu.match.retrieval``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.console import Speaker, problem_data
from kaiwu.cli.option import FILE, Day, packs_option, speaking, today
from kaiwu.match.constraint import compile_constraints
from kaiwu.match.encoder_adapter import open_encoder
from kaiwu.match.extraction import extracting_reader
from kaiwu.match.listing_read import ListingResult, read_listing
from kaiwu.match.mask import MASK_WORDS
from kaiwu.match.record import SCORE_DECIMALS, Match, MatchKind, Need, Offer
from kaiwu.match.retrieval import Answer, OfferIndex
from kaiwu.match.stage import FusionStage
from kaiwu.pack.library import open_library
from kaiwu.pack.market_shelf import MarketContent, open_market
from kaiwu.procedure.judgement import read_permit
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.decision import Reason


@click.command("find")
@click.argument("title", required=False)
@click.option("--offers", type=FILE, required=True, help="供给清单 .xlsx 或 .csv / sheet of offers")
@click.option("--listing", required=True, help="供给清单的表样 / listing of that sheet")
@click.option("--needs", type=FILE, default=None, help="需求清单 / sheet of needs")
@click.option("--needs-listing", default=None, help="需求清单的表样 / listing of that sheet")
@click.option("--text", default="", help="需求的正文 / the text of the need")
@click.option("--when", "condition", default="", help="硬条件, 如 面积 >= 2000平方米 / hard condition")
@click.option(
    "--region", "regions", multiple=True, help="区划代码前几位, 可多次 / leading digits of the place, may be repeated"
)
@click.option("--certificate", "certificates", multiple=True, help="所要证书, 可多次 / certificate, may be repeated")
@click.option("--party", default=None, help="需求方代码, 其自有供给不列 / who asks; its own offers are not shown")
@click.option("--on", "day", type=Day(), default=None, help="按哪一天 / as of a day (default: today)")
@click.option("--count", type=click.IntRange(1, 1000), default=10, show_default=True, help="列几项 / how many")
@click.option(
    "--encoder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=None,
    help="编码器文件夹 / folder of an encoder",
)
@click.option("--permit", type=FILE, default=None, help="准用文件 / permit of kaiwu match evaluate")
@click.option("--pack", default="market", show_default=True, help="内容包 / pack")
@packs_option
@speaking
def find(
    title: str | None, offers: Path, listing: str, needs: Path | None, needs_listing: str | None, text: str, condition: str,
    regions: tuple[str, ...], certificates: tuple[str, ...], party: str | None, day: dt.date | None, count: int, encoder: Path | None,
    permit: Path | None, pack: str, pack_roots: tuple[Path, ...], speaker: Speaker,
) -> None:  # fmt: skip
    """为需求找供给, 逐条说明理由; 找不到时说明放宽哪一条、问谁。Find offers for a need with reasons and next steps."""
    content = open_market(open_library([pack], list(pack_roots) or None))
    found = _read(offers, listing, content)
    kind = content.listing(listing).kind
    index = _make_index(found.offers, kind, content, encoder, permit)
    if needs is not None and needs_listing is not None:
        wanted: Sequence[Need] = _read(needs, needs_listing, content).needs
    elif title:
        constraints = compile_constraints(condition, content.attributes.vocabularies[kind], "--when")
        wanted = [Need(code="-", kind=kind, title=title, text=text, constraints=constraints, regions=regions, certificates=certificates, party=party)]  # fmt: skip
    else:
        zh, en = (
            "请写需求的名称, 或用 --needs 和 --needs-listing 给出清单",
            "name the need, or give a sheet by --needs and --needs-listing",
        )
        raise KaiwuError(Problem("M-NEED-NONE", zh, en))
    answers = [index.find(need, day or today(), count) for need in wanted]
    if speaker.is_json:
        speaker.data([answer_data(answer) for answer in answers])
        return
    for answer in answers:
        print_answer(speaker, answer, found.names)


def _read(path: Path, listing: str, content: MarketContent) -> ListingResult:
    found = read_listing(path, content.listing(listing), content.attributes, name=path.name)
    if not found.report.is_accepted:
        raise KaiwuError([finding.problem for finding in found.report.findings if finding.is_error])
    return found


def _make_index(
    offers: Sequence[Offer], kind: MatchKind, content: MarketContent, encoder: Path | None, permit: Path | None
) -> OfferIndex:
    read = extracting_reader(content.extraction)
    stage = None if encoder is None else FusionStage(open_encoder(encoder), [read(offer) for offer in offers])
    granted = None if permit is None else read_permit(permit)
    return OfferIndex(offers, content.settings.of(kind), read, stage, granted, content.desks.get(kind))


def print_answer(speaker: Speaker, answer: Answer, names: dict[str, str]) -> None:
    """An answer for people: what fits, what would, what was left out, what to do next."""
    need = answer.need
    speaker.say(
        f"── {need.title}: {answer.met} 项符合, {answer.opened} 项缺数据",
        f"── {need.title}: {answer.met} fit, {answer.opened} lack data",
    )
    for problem in answer.problems:
        speaker.say(f"! {problem.zh}", f"! {problem.en}")
    for match in answer.matches:
        _print_match(speaker, match, names, "")
    for match in answer.open:
        _print_match(speaker, match, names, speaker.pick("补齐数据后可能符合 ", "would fit if known "))
    if answer.left_out:
        parts = [(f"{MASK_WORDS[name][0]} {n}", f"{n} {MASK_WORDS[name][1]}") for name, n in answer.left_out.items()]
        speaker.say("未列入: " + ", ".join(p[0] for p in parts), "left out: " + ", ".join(p[1] for p in parts))
    for step in answer.steps:
        speaker.say(f"→ {step.zh}", f"→ {step.en}")


def _print_match(speaker: Speaker, match: Match, names: dict[str, str], mark: str) -> None:
    offer = match.offer
    party = names.get(offer.party or "", offer.party or "")
    line = f"{match.rank}. {mark}{offer.title} [{offer.code}] {party} {print_score(match.score)}"
    speaker.say(line, line)
    for reason in match.reasons:
        speaker.say(f"   - {reason.zh}", f"   - {reason.en}")


def print_score(score: int) -> str:
    """A score with two decimals; half up."""
    step = 10 ** (SCORE_DECIMALS - 2)
    whole, part = divmod((2 * score + step) // (2 * step), 100)
    return f"{whole}.{part:02}"


def answer_data(answer: Answer) -> dict[str, Any]:
    """An answer as JSON: scores in millionths."""
    return {
        "need": answer.need.code, "title": answer.need.title, "met": answer.met, "open": answer.opened, "left_out": dict(answer.left_out),
        "matches": [_match_data(m) for m in answer.matches], "would_fit": [_match_data(m) for m in answer.open],
        "steps": [{"zh": s.zh, "en": s.en} for s in answer.steps], "problems": [problem_data(p) for p in answer.problems],
    }  # fmt: skip


def _match_data(match: Match) -> dict[str, Any]:
    def line(reason: Reason) -> dict[str, Any]:
        return {"kind": reason.kind, "zh": reason.zh, "en": reason.en}

    return {
        "rank": match.rank, "offer": match.offer.code, "title": match.offer.title, "party": match.offer.party, "score": match.score,
        "outcome": match.outcome.name, "synthetic": match.offer.is_synthetic, "reasons": [line(r) for r in match.reasons],
    }  # fmt: skip
