"""What the pages are made of: vendored scripts as recorded, nothing from outside, nothing too new, readable colours."""

from __future__ import annotations

import gettext
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "src" / "kaiwu" / "web"
STATIC, TEMPLATES = WEB / "static", WEB / "templates"
HOUSE, VENDOR = STATIC / "kaiwu", STATIC / "kaiwu" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["files"]
STYLES = ("app.css", "cockpit.css", "print.css")
SCRIPT_LIMIT = 40 * 1024  # gzipped bytes besides charts and map: what an old office machine loads on every page
ADDRESS = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)(?![\w.]+\.invalid\b)(?=[\w-]+\.[a-z]{2})[^\s\"'`)]+")
NEWER_STYLE = re.compile(
    r":has\(|@layer|@container|color-mix\(|accent-color|text-wrap|scrollbar-gutter|\d[ds]v[hw]\b|@media[^{]*[<>]|:user-invalid|^\s*(?:translate|rotate|scale):|\{[^{}@]*&",
    re.M,
)
NEWER_SCRIPT = re.compile(
    r"\.at\(|\.findLast|Object\.hasOwn\b|structuredClone|\.toSorted|\.toReversed|Object\.groupBy|randomUUID|static \{|\.cause\b|\.inert\b|\beval\(|new Function\("
)


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_the_one_of_the_manifest(entry):
    assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert len((VENDOR / entry["licence_file"]).read_text(encoding="utf-8")) > 500
    assert entry["licence"] in {"0BSD", "Apache-2.0", "BSD-3-Clause", "MIT", "ISC"}


def test_nothing_is_vendored_without_a_line_in_the_manifest():
    known = {entry["file"] for entry in MANIFEST} | {entry["licence_file"] for entry in MANIFEST} | {"manifest.json"}
    assert {path.name for path in VENDOR.iterdir()} == known


@pytest.mark.parametrize(
    "path",
    [p for p in (*STATIC.rglob("*"), *TEMPLATES.rglob("*.html")) if p.is_file() and p.suffix != ".txt"],
    ids=lambda p: p.name,
)
def test_no_file_names_an_address_outside(path):
    assert ADDRESS.findall(path.read_text(encoding="utf-8")) == []


def test_script_besides_charts_and_map_stays_small():
    packed = sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in (VENDOR / "htmx.js", HOUSE / "app.js"))
    assert packed <= SCRIPT_LIMIT


@pytest.mark.parametrize("name", STYLES)
def test_styles_use_nothing_that_an_older_browser_lacks(name):
    assert NEWER_STYLE.findall((HOUSE / name).read_text(encoding="utf-8")) == []


def test_our_script_uses_nothing_that_an_older_browser_lacks():
    assert NEWER_SCRIPT.findall((HOUSE / "app.js").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", list(TEMPLATES.rglob("*.html")), ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_no_template_carries_style_or_script_of_its_own(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|\son\w+\s*=|<style|javascript:|hx-on|hx-vals=.js:|\|safe\b|autoescape off", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert all("csrf_token" in form for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.S))


def test_every_sentence_of_the_templates_has_its_english():
    said = {
        s
        for path in TEMPLATES.rglob("*.html")
        for s in re.findall(r'{% translate "([^"]+)"', path.read_text(encoding="utf-8"))
    }
    with (WEB / "locale/en/LC_MESSAGES/django.mo").open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert {sentence for sentence in said if english.gettext(sentence) == sentence} == set()  # else: script/messages


def tokens(path: Path, selector: str) -> dict[str, str]:
    block = re.search(re.escape(selector) + r"\s*\{(.*?)\}", path.read_text(encoding="utf-8"), re.S)
    assert block
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block[1]))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT = [
    (ink, ground)
    for ink in ("ink", "ink-soft", "ink-faint", "blue", "bronze")
    for ground in ("ground", "card", "stripe", "hover")
]
STATES = [(state, ground) for state in ("ok", "bad", "warn", "info", "muted") for ground in (f"{state}-soft", "card")]
BAR = [
    ("night-ink", "night"),
    ("night-faint", "night"),
    ("night-faint", "night-soft"),
    ("bronze-bright", "night"),
    ("bronze", "bronze-soft"),
    ("blue", "blue-soft"),
]


@pytest.mark.parametrize(("ink", "ground"), [*TEXT, *STATES, *BAR])
def test_text_stands_out_from_its_ground(ink, ground):
    day = tokens(HOUSE / "app.css", ":root")
    assert contrast(day[ink], day[ground]) >= 4.5
    night = day | tokens(HOUSE / "cockpit.css", ".cockpit")
    assert contrast(night[ink], night[ground]) >= 4.5


def test_edges_of_fields_and_the_focus_ring_stand_out():
    day = tokens(HOUSE / "app.css", ":root")
    assert contrast(day["edge"], day["card"]) >= 3
    assert contrast(day["blue"], day["ground"]) >= 3
    assert contrast(day["bronze-bright"], day["night"]) >= 3
    assert contrast("#ffffff", day["blue"]) >= 4.5


def test_nothing_is_kept_in_the_browsers_storage():
    script = (HOUSE / "app.js").read_text(encoding="utf-8")
    assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie\s*=", script)
