"""Inspects the words of a clause (文字体检): its article, edge words without a declared side, fair competition.

Owns what can be seen in prose. Matches are prompts for a person, not verdicts: 公平竞争审查 is made by people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kaiwu.rule import expression as x
from kaiwu.rule.lint_finding import Finding, LintItem, make_finding
from kaiwu.rule.vocabulary import EDGE_WORDS

_NUMBER = r"[0-9０-９〇零一二两三四五六七八九十百千万亿半]"
_MEASURE = r"[^\s,，。;；、:：()（）0-9]{0,6}?"
_SUFFIX = re.compile(rf"(?:[0-9０-９.,，%％‰]|{_NUMBER})+{_MEASURE}(?P<word>以上|以下|以内|以外)")
_PREFIX = re.compile(
    rf"(?P<word>超过|不满|不足|高于|低于|少于|不超过|不低于|不少于|不高于|至少)\s*{_NUMBER}[^\s,，。;；、]{{0,8}}"
)
_AMBIGUOUS = frozenset(word for word, (natural, other) in EDGE_WORDS.items() if natural != other) | {"不满"}
"""Words on whose side of the number people differ; 不满 because lists of the Civil Code and of statistics disagree."""

_LOCAL = "(?:本区|本市|本县|本省|本地|我区|我市|我县|辖区内|区内|市内|县内|省内|境内|当地|属地)"
_FAIR: tuple[tuple[str, str], ...] = (
    (
        "L-FAIR-TAX",
        r"(?<!应)纳税(?!信用|人|申报|评级|所得)|税收贡献|(?:财政|地方|区级|经济|综合)贡献|入库税|缴税|税收(?!违法|居民|优惠|政策|法)|税费贡献|"
        r"地方留存|增值税(?:地方|区级)|财政收入",
    ),
    (
        "L-FAIR-PLACE",
        rf"{_LOCAL}(?:依法)?(?:工商|市场主体)?(?:注册|登记|设立)|注册(?:地|在|于)(?:为|在)?{_LOCAL}?|税务登记(?:在|地)|"
        r"(?:不得|不)(?:迁出|迁离|外迁)|迁入.{0,6}(?:注册|登记)|设立(?:独立)?(?:法人|子公司)",
    ),
    (
        "L-FAIR-PURCHASE",
        rf"{_LOCAL}[^,，。;；]{{0,12}}(?:采购|购买|配套产品|配套件)|(?:采购|购买|配套)[^,，。;；]{{0,8}}{_LOCAL}|本地(?:采购|配套率|化率)",
    ),
)
_FAIR_PATTERNS = tuple((code, re.compile(pattern)) for code, pattern in _FAIR)


def inspect_text(item: LintItem) -> list[Finding]:
    """Findings in the words of one rule and of the variables that it reads."""
    found = [] if item.article.strip() else [make_finding("L-ARTICLE", item)]
    found += _edges(item)
    if item.is_grant:
        found += _fair_competition(item)
    return found


def undeclared_edges(text: str, edges: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Edge words (以上, 超过 …) beside a number in a text for which ``edges`` declares no side: (word, phrase)."""
    declared = edges or {}
    found: dict[str, str] = {}
    for match in sorted([*_SUFFIX.finditer(text), *_PREFIX.finditer(text)], key=lambda m: m.start()):
        found.setdefault(match["word"], match[0])
    return [(word, phrase) for word, phrase in found.items() if word in _AMBIGUOUS and word not in declared]


def _edges(item: LintItem) -> Iterator[Finding]:
    for word, phrase in undeclared_edges(item.wording, item.edges):
        natural, other = EDGE_WORDS[word]
        alternative = {"<": "<=", ">": ">="}.get(other, other) if natural == other else other
        yield make_finding("L-EDGE", item, phrase=phrase, word=word, natural=natural, other=alternative)


def _fair_competition(item: LintItem) -> Iterator[Finding]:
    """One finding for each kind of tie, at the first word that shows it."""
    read = x.slots_of(item.tree).values() if item.tree is not None else ()
    texts = [item.wording, item.text, *(ref.variable.zh for ref in read), *(ref.variable.definition for ref in read)]
    for code, pattern in _FAIR_PATTERNS:
        word = next((m[0] for text in texts if (m := pattern.search(text))), None)
        if word is not None:
            yield make_finding(code, item, word=word, article=item.article or "—")
