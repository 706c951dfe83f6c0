"""The local site: routes, filters, paging, both languages, and what must never happen."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaiwu.procedure import open_workspace
from kaiwu.report.site import ROWS, Site

PAGES = ["/", "/run/0001", "/run/0001/ruler", "/run/0001/award", "/run/0001/plan", "/run/0001/missing", "/run/0001/missing?slot=research",
         "/run/0001/entity/F05", "/run/0001/entity/F05?scheme=award", "/entity/F04", "/find?q=05", "/find", "/run/0001/ruler/notice",
         "/run/0001/award/notice", "/run/0001/award/notice?signer=X", "/nothing"]  # fmt: skip


def text_of(site: Site, url: str) -> str:
    return site.answer(url).body.decode()


def links(text: str) -> set[str]:
    return {html.unescape(link) for link in re.findall(r'href="([^"]+)"', text)}


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/run/1",
        "/run/0001",
        "/run/0001/award",
        "/run/0001/missing",
        "/entity/F05",
        "/find?q=机械",
        "/run/0001/ruler/notice",
    ],
)
def test_every_page_answers_in_both_languages(site, url):
    for language, word in (("zh", "合成数据"), ("en", "Synthetic data")):
        page = site.answer(url + ("&" if "?" in url else "?") + f"lang={language}")
        assert page.status == 200
        assert word in page.body.decode() or url.startswith("/find")


def test_every_link_of_every_page_leads_somewhere_and_keeps_the_language(site):
    seen, queue = set(), ["/?lang=en"]
    while queue and len(seen) < 300:
        url = queue.pop()
        seen.add(url)
        page = site.answer(url)
        assert page.status in (200, 422), url
        if not page.content_type.startswith("text/html"):
            continue
        base = url.partition("?")[0]
        for link in links(page.body.decode()) - {"data:,", "#main"}:
            target = base + link if link.startswith("?") else link
            assert target.startswith("/"), f"{url} links outside: {link}"
            if "lang=zh" not in target:
                assert "lang=en" in target, f"{url} loses the language at {link}"
                queue += [target] if target not in seen else []
    assert {u.partition("?")[0] for u in seen} >= {
        "/",
        "/run/0001",
        "/run/0001/award",
        "/run/0001/entity/F05",
        "/run/0001/missing",
    }


@pytest.mark.parametrize("url", PAGES)
def test_no_page_names_an_outside_address_or_runs_a_script(site, url):
    text = text_of(site, url)
    assert not re.search(r"(?:https?:)?//[a-z]", text)
    assert not re.search(r"<script|javascript:|\son[a-z]+=", text)


def test_a_list_shows_twenty_rows_and_the_rest_on_further_pages(site):
    first, second = (text_of(site, f"/run/0001/ruler?page={n}") for n in (1, 2))
    names = [re.findall(r"/entity/(F\d\d)\?", t) for t in (first, second)]
    assert [len(n) for n in names] == [ROWS, 4]
    assert not set(names[0]) & set(names[1])


def test_filters_narrow_a_list_and_stay_when_paging(site):
    text = text_of(site, "/run/0001/award?answer=2")
    assert "共 6 条" in text
    assert '<option value="2" selected>缺数据</option>' in text
    paged = text_of(site, "/run/0001/award?q=小县")
    assert any("q=" in link and "page=2" in link for link in links(paged))


def test_a_clause_of_the_table_of_counts_filters_the_list(site):
    link = next(u for u in links(text_of(site, "/run/0001/award")) if "clause=b2" in u)
    text = text_of(site, link)
    assert "共 9 条" in text  # 24 less the 15 that are not class A
    assert ">b1 研发补助</option>" in text


def test_search_finds_by_part_of_name_or_code_in_any_case(site):
    assert "/entity/F05" in text_of(site, "/find?q=f05")
    assert "/entity/F05" in text_of(site, f"/find?q={quote('第05机械')}")
    assert "没有找到" in text_of(site, f"/find?q={quote('不存在')}")


def test_names_and_searches_are_escaped(site):
    assert "<b>粗体" not in text_of(site, "/run/0001/ruler?q=F08")
    text = text_of(site, "/find?q=" + quote('"><script>alert(1)</script>'))
    assert "<script" not in text


def test_what_does_not_exist_is_a_page_that_says_so(site):
    for url in ["/nothing", "/run/9999", "/run/x", "/run/²", "/run/0001/none", "/run/0001/entity/F99", "/entity/F99",
                "/run/0001/entity/F05?scheme=none", "/run/0001/none.xlsx", "/run/0001/none/notice", "/favicon.ico"]:  # fmt: skip
        page = site.answer(url)
        assert page.status == 404, url
        assert "没有这一页" in page.body.decode()


@pytest.mark.parametrize(
    "path", ["/../../etc/passwd", "/run/../../../etc/passwd", "/run/0001/..%2f..%2fkaiwu.toml", "/run/0001/entity/..%2F..%2Fstate.db",
             "/run/..%2f0001", "/run/0001/%2e%2e/state.db", "/run/0001/..%5c..%5cstate.db.xlsx", "//etc/passwd", "/run/0001%00/award"]
)  # fmt: skip
def test_a_path_cannot_leave_the_site(site, path):
    page = site.answer(path)
    assert page.status == 404
    assert b"root:" not in page.body
    assert b"[workspace]" not in page.body


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=²", "page=999999999999", "page=1e9", "page=", "answer=9", "answer=%FF", "clause=%00",
                                   "status=<b>", "q=" + "x" * 5000, "lang=fr", "lang=zh&lang=en", "&&&", "%", "page=1;DROP"])  # fmt: skip
@pytest.mark.parametrize("path", ["/run/0001/award", "/run/0001/ruler", "/run/0001/missing", "/find", "/"])
def test_a_bad_query_is_a_page_and_never_an_error(site, path, query):
    assert site.answer(f"{path}?{query}").status == 200


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_address_whatever_raises(site, path, query):
    for url in (
        path,
        "/" + path,
        f"/run/0001/{path}?{query}",
        f"/run/{path}/ruler",
        f"/run/0001/award?q={query}&page={path}",
    ):
        assert site.answer(url).status in (200, 404, 422)


def test_the_notice_of_what_is_not_attested_asks_for_a_signer_and_a_draft_has_none(site):
    page = site.answer("/run/0001/award/notice")
    assert page.status == 422
    assert 'name="signer"' in page.body.decode()
    signed = site.answer("/run/0001/award/notice?signer=" + quote("经信局 李某"))
    assert signed.status == 200
    assert "经信局 李某" in signed.body.decode()
    draft = site.answer("/run/0001/plan/notice?signer=X")
    assert draft.status == 422
    assert 'name="signer"' not in draft.body.decode()


def test_missing_data_lead_from_department_to_firm(site):
    link = next(u for u in links(text_of(site, "/run/0001/missing")) if "slot=turnover" in u)
    text = text_of(site, link)
    assert "小县第04机械有限公司" in text
    assert "口径不符" in text


def test_lists_are_downloaded_as_excel(site):
    for url, name in (("/run/0001/award.xlsx", "0001-award.xlsx"), ("/run/0001/lists.xlsx", "0001-lists.xlsx")):
        page = site.answer(url)
        assert page.body.startswith(b"PK")
        assert page.file_name == name


def test_lists_are_made_once(site, monkeypatch):
    site.answer("/run/0001/award")
    monkeypatch.setattr("kaiwu.report.site.list_scheme", lambda *_: pytest.fail("made again"))
    assert site.answer("/run/0001/award?page=2").status == 200


def test_a_workspace_without_runs_says_how_to_make_one(tmp_path: Path):
    (tmp_path / "kaiwu.toml").write_text('[workspace]\nzh = "空"\npacks = ["national"]\n', encoding="utf-8")
    assert "kaiwu run" in text_of(Site(open_workspace(tmp_path)), "/")


def contrast(one: str, two: str) -> float:
    """The contrast of two colours as WCAG 2 defines it."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_colours_reach_wcag_aa_on_their_grounds():
    css = (Path(__import__("kaiwu.report.page", fromlist=["x"]).TEMPLATES) / "style.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", css.replace("#fff;", "#ffffff;")))
    pairs = [(colours[c], g) for c in ("ink", "soft", "blue") for g in ("#ffffff", colours["back"], "#f6f9fd")]
    pairs += [(colours["green"], "#eef8f2"), (colours["red"], "#fdf1f0"), (colours["amber"], "#fff7e6"), (colours["violet"], "#f4f0fc"),
              (colours["amber"], "#fff3d6"), (colours["ink"], colours["head"]), ("#c9d7ee", "#12305c"), ("#ffffff", "#12305c")]  # fmt: skip
    for text, ground in pairs:
        assert ground == "#ffffff" or ground in css
        assert contrast(text, ground) >= 4.5, (text, ground)


def test_a_workspace_without_counties_says_so_and_what_to_do(site):
    page = site.answer("/index")
    assert page.status == 200 and "还没有区县评价" in page.body.decode()
    assert "kaiwu run" in site.answer("/index?lang=en").body.decode()
