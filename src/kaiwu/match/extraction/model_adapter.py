"""Asks a language model what a need is about (大模型端口): any endpoint that speaks the OpenAI chat format.

Off unless somebody passes settings in; the only module of extraction that reaches a network. The answer is only a
proposal: it must fit the schema, every word of it must stand in the text that was sent, and money is refused in any form.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from kaiwu.match.extraction.extract import Extract, extract_need
from kaiwu.match.extraction.rule import ExtractionRules
from kaiwu.match.text import fold_text
from kaiwu.quantity import KaiwuError, Problem, parse_date, parse_quantity
from kaiwu.quantity.dimension import MONEY

MAX_ANSWER = 64 * 1024
MAX_TEXT = 8_000
MAX_FIELD = 400

FIELDS = ("what", "quantity", "place", "deadline")
"""Each is text of the need or null; ``what`` may not be null."""

PROMPT = (
    "从下面的需求或公告中抽取要采购或要解决的对象, 不要写单位名称、金额和套话。只输出一个 JSON 对象, "
    "键为 what, quantity, place, deadline; 每个值必须是原文中连续的一段文字, 没有则为 null。"
)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Where the model is. ``url`` is the base of the API (``https://host/v1``); ``key`` never stands in a message."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 20.0


def model_extractor(settings: ModelSettings, rules: ExtractionRules) -> Callable[[str, str], Extract]:
    """An extractor that asks the model and falls back to the rules for whatever it may not say."""
    _check_url(settings.url)

    def extract(title: str, text: str) -> Extract:
        by_rules = extract_need(title, text, rules)
        return _merge(by_rules, ask_model(settings, f"{title}\n{text}"), f"{title}\n{text}")

    return extract


def ask_model(settings: ModelSettings, text: str) -> Mapping[str, str | None]:
    """The model's answer, checked against the schema. Raises ``KaiwuError`` ``M-MODEL-…`` where it is none."""
    body = {
        "model": settings.model,
        "temperature": 0,
        "response_format": {"type": "json_object"},
        "messages": [{"role": "system", "content": PROMPT}, {"role": "user", "content": text[:MAX_TEXT]}],
    }
    head = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {settings.key}"} if settings.key else {})
    request = urllib.request.Request(
        settings.url.rstrip("/") + "/chat/completions", json.dumps(body).encode(), head, method="POST"
    )
    try:
        with _OPENER.open(request, timeout=settings.timeout) as answer:
            raw = answer.read(MAX_ANSWER + 1)
    except (OSError, urllib.error.URLError) as error:
        zh, en = f"大模型接口没有应答: {error}", f"the model did not answer: {error}"
        raise KaiwuError(Problem("M-MODEL-SILENT", zh, en, where=_host(settings.url))) from error
    return _read_answer(raw, settings.url)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A need is sent to the host that was named and to no other."""

    def redirect_request(self, *args: Any) -> None:
        """Refuse; the redirect then surfaces as an HTTP error."""
        return


_OPENER = urllib.request.build_opener(_NoRedirect)


def _check_url(url: str) -> None:
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        zh, en = (
            "大模型接口地址要以 http:// 或 https:// 开头",
            "the address of the model must begin with http:// or https://",
        )
        raise KaiwuError(Problem("M-MODEL-URL", zh, en, text=url))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _read_answer(raw: bytes, url: str) -> Mapping[str, str | None]:
    """``choices[0].message.content`` as an object of the declared fields and nothing else."""
    try:
        if len(raw) > MAX_ANSWER:
            raise ValueError(f"more than {MAX_ANSWER} bytes")
        content = json.loads(json.loads(raw)["choices"][0]["message"]["content"])
        if not isinstance(content, dict) or set(content) - set(FIELDS):
            raise ValueError(f"an object with the keys {', '.join(FIELDS)} is wanted")
        for key in FIELDS:
            value = content.get(key)
            if value is not None and (not isinstance(value, str) or len(value) > MAX_FIELD):
                raise ValueError(f"“{key}” is no text of at most {MAX_FIELD} characters")
        if not (content.get("what") or "").strip():
            raise ValueError("“what” is missing")
    except (ValueError, KeyError, IndexError, TypeError) as error:
        zh, en = (
            f"大模型的应答不合格式, 未采用: {error}",
            f"the model's answer does not fit the schema and is not used: {error}",
        )
        raise KaiwuError(Problem("M-MODEL-SCHEMA", zh, en, where=_host(url))) from error
    return {key: content.get(key) for key in FIELDS}


def _merge(by_rules: Extract, said: Mapping[str, str | None], source: str) -> Extract:
    """What the rules found with what the model may add; every refusal is told."""
    problems = [p for p in by_rules.problems if p.code != "M-NO-OBJECT"]
    kept: dict[str, str] = {}
    for key, value in said.items():
        if value and value.strip():
            if fold_text(value.strip()) in fold_text(source):
                kept[key] = value.strip()
            else:
                problems.append(_invented(key, value))
    found = replace(by_rules, what=kept.get("what", by_rules.what), place=by_rules.place or kept.get("place", ""))
    if by_rules.quantity is None and "quantity" in kept:
        found = _with_quantity(found, kept["quantity"], problems)
    if by_rules.deadline is None and "deadline" in kept:
        found = _with_deadline(found, kept["deadline"], problems)
    if not found.what:
        problems += by_rules.problems
    return replace(found, problems=tuple(problems))


def _with_quantity(found: Extract, text: str, problems: list[Problem]) -> Extract:
    try:
        quantity = parse_quantity(text)
    except KaiwuError as error:
        problems += error.problems
        return found
    if set(dict(MONEY.powers)) & set(dict(quantity.unit.dimension.powers)):
        zh, en = (
            "大模型给出的金额一律不采用, 请人工填写",
            "amounts of money from a model are never used: fill them in by hand",
        )
        problems.append(Problem("M-MODEL-MONEY", zh, en, text=text))
        return found
    return replace(found, quantity=quantity)


def _with_deadline(found: Extract, text: str, problems: list[Problem]) -> Extract:
    try:
        return replace(found, deadline=parse_date(text))
    except KaiwuError as error:
        problems += error.problems
        return found


def _invented(key: str, value: str) -> Problem:
    return Problem(
        "M-MODEL-INVENTED",
        f"大模型给出的“{key}”不在原文中, 未采用",
        f"the model's “{key}” does not stand in the text and is not used",
        text=value,
    )
