"""Reads a rulebook of kind ``streak``: an award in leagues, wins in a row, months of a series in a row.

Owns its keys. It decides nothing.
"""

from __future__ import annotations

from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind, PeriodType
from kaiwu.quantity import DIMENSIONLESS, KaiwuError, parse_period
from kaiwu.quantity.dimension import ITEM
from kaiwu.rating.award import Award, AwardBook, AwardLeague, AwardScheme, WinStreak
from kaiwu.rating.loader import check_produces
from kaiwu.rating.reader import GATE_KEYS, Reader
from kaiwu.rating.series_streak import MEASURES, MERGING, OPS, REVISIONS, Claim, StreakRule, check_claims
from kaiwu.rule.check import Checker
from kaiwu.rule.rulebook import HEAD_KEYS, STANDINGS, open_rulebook, read_head
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import Document

BOOK_KEYS = (*HEAD_KEYS, "scope", "award", "streaks", "series")
AWARD_KEYS = ("code", "zh", "en", "article", "rank", "score", "direction", "leagues", "ties", "note")
SERIES_KEYS = (
    "code", "zh", "en", "article", "of", "threshold", "op", "measure", "january_february", "revision", "claims", "standing", "note",
)  # fmt: skip
CLAIM_KEYS = ("months", "to", "source", "text")
STREAK_KEYS = ("code", "zh", "en", "article", "won", "wins_in_a_row", "note")
MOST_WINNERS = 10**6
MOST_YEARS = 30  # as far back as a rule may look
MOST_MONTHS = 1200


def load(document: Document, vocabulary: Vocabulary) -> AwardScheme:
    """Load and compile a rulebook of kind ``streak``. Raises ``KaiwuError`` with every mistake of the file."""
    entry = open_rulebook(document)
    entry.check_keys(BOOK_KEYS)
    head = read_head(entry)
    reader = Reader(entry, Checker(head.vocabulary(vocabulary)))
    award = _award(entry, reader)
    streaks = tuple(s for row in reader.rows(entry, "streaks") if (s := _streak(row, reader)) is not None)
    series = tuple(r for row in reader.rows(entry, "series") if (r := _series(row, reader)) is not None)
    if award is None and not entry.data.get("streaks") and head.status != "template":
        entry.complain("S-AWARD", "要写 award(评选)或 streaks(连续), 或两者", "write award, streaks, or both")
    reader.refuse_twins(entry, "streaks", [s.code for s in streaks])
    reader.refuse_twins(entry, "series", [s.code for s in series])
    if award is not None and any(s.code == award.code for s in streaks):
        entry.complain("S-TWICE", f"代码“{award.code}”重复", f"code “{award.code}” occurs twice", "streaks")
    scope = reader.condition(entry, "scope")[0] if entry.data.get("scope") is not None else None
    check_produces(entry, head, reader, None)
    if entry.problems:
        raise KaiwuError(entry.problems)
    return AwardScheme(
        AwardBook(head, award, streaks, scope, series), vocabulary.variable(head.produces) if head.produces else None
    )


def _award(top: Entry, reader: Reader) -> Award | None:
    entry = reader.sub(top, "award")
    if entry is None:
        return None
    entry.check_keys(AWARD_KEYS)
    by = [key for key in ("rank", "score") if entry.data.get(key) is not None]
    if len(by) != 1:
        entry.complain(
            "S-AWARD", "写 rank(给定名次)或 score(按得分排名)之一", "write either rank (given) or score (to be ranked)"
        )
    place = reader.formula(entry, entry.data[by[0]], by[0]) if by else None
    direction = "higher"
    if "score" in by:
        given = entry.data.get("direction")
        if given not in ("higher", "lower"):
            entry.complain(
                "S-DIRECTION",
                "要声明方向 direction: higher 或 lower",
                "declare the direction: higher or lower is better",
            )
        direction = str(given)
    if "rank" in by and place is not None and place.dimension not in (ITEM, DIMENSIONLESS):
        entry.complain("S-RANK", "名次要是以“名次”计的变量", "a rank is counted in 名次", "rank")
    if entry.data.get("ties") not in (None, "share_rank"):
        entry.complain(
            "S-TIES",
            "ties 只能写 share_rank; 不写则跨线同分由人认定",
            "ties is share_rank, or absent: then a human decides",
            "ties",
        )
    leagues = tuple(_league(row, reader) for row in reader.rows(entry, "leagues", required=True))
    reader.refuse_twins(entry, "leagues", [league.code for league in leagues])
    return Award(
        code=entry.text("code", required=True),
        zh=entry.text("zh", required=True),
        en=entry.text("en", required=True),
        leagues=leagues,
        rank=place if "rank" in by else None,
        score=place if "rank" not in by else None,
        direction=direction,
        shared=entry.data.get("ties") == "share_rank",
        article=entry.text("article"),
    )


def _league(row: Entry, reader: Reader) -> AwardLeague:
    gate = reader.gate(row, (*GATE_KEYS, "take"))
    take = row.whole_number("take", 1, MOST_WINNERS)
    if take is None and row.data.get("take") is None:
        row.complain("S-TAKE", "缺少 take: 取前几名", "take is missing: how many win")
    return AwardLeague(gate.code, gate.zh, gate.en, gate.when, take or 1, gate.article)


def _streak(row: Entry, reader: Reader) -> WinStreak | None:
    row.check_keys(STREAK_KEYS)
    won = reader.variable(row, "won", row.data.get("won"))
    years = row.whole_number("wins_in_a_row", 2, MOST_YEARS)
    if years is None and row.data.get("wins_in_a_row") is None:
        row.complain("S-STREAK", "缺少 wins_in_a_row: 连续几年", "wins_in_a_row is missing: how many years running")
    if won is not None and (won.kind is not Kind.FLAG or won.period is not PeriodType.YEAR):
        row.complain(
            "S-STREAK", f"“{won.zh}”要是按年的是/否变量", f"“{won.code}” must be a yearly yes/no variable", "won"
        )
    code, zh, en = (row.text(key, required=True) for key in ("code", "zh", "en"))
    return None if won is None or years is None else WinStreak(code, zh, en, won, years, row.text("article"))


def _series(row: Entry, reader: Reader) -> StreakRule | None:
    """The conventions of a streak of a published series; nothing has a default, because every count depends on all."""
    row.check_keys(SERIES_KEYS)
    words = {}
    for key, allowed in (("op", OPS), ("measure", MEASURES), ("january_february", MERGING), ("revision", REVISIONS)):
        word = row.data.get(key)
        if word not in allowed:
            listed = ", ".join(allowed)
            row.complain("S-SERIES", f"要声明 {key}: {listed}", f"declare {key}: {listed}", *([key] if word else []))
        words[key] = str(word)
    threshold = reader.constant(row, row.data.get("threshold"), "threshold", dimension=DIMENSIONLESS)
    claims = [c for claim in reader.rows(row, "claims") if (c := _claim(claim)) is not None]
    code, zh, en, of = (row.text(key, required=True) for key in ("code", "zh", "en", "of"))
    standing = row.choice("standing", STANDINGS, "attested")
    if threshold is None or any(words[key] == "None" for key in words):
        return None
    made = StreakRule(
        code, zh, en, of, threshold, words["op"], words["measure"], words["january_february"], words["revision"],
        tuple(claims), standing, row.text("article"),
    )  # fmt: skip
    try:
        if made.january_february in MERGING:
            check_claims(made)
    except KaiwuError as error:
        where = row.document.where(*row.path, "claims")
        row.problems += [p.located(where) for p in error.problems]
    return made


def _claim(row: Entry) -> Claim | None:
    """``{months: 61, to: 2025-07, source: …}``."""
    row.check_keys(CLAIM_KEYS)
    months = row.whole_number("months", 1, MOST_MONTHS)
    try:
        to = parse_period(row.text("to", required=True))
    except KaiwuError as error:
        where = row.document.where(*row.path, "to")
        row.problems += [p.located(where) for p in error.problems]
        return None
    return None if months is None else Claim(months, to, row.text("source"), row.text("text"))
