"""Writes every template, filled with invented data, into a folder: ``python front_sample.py FOLDER``.

A program of its own, because Django takes its settings once per process and these know no database.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import django
from django import forms
from django.conf import settings

WEB = Path(__file__).resolve().parents[2] / "src" / "kaiwu" / "web"
TOWNS = ("东河街道", "南湖街道", "西岭镇", "北山镇", "中塘镇", "江口街道")
TRADES = ("汽车零部件", "模具与塑料制品", "医药化工", "泵与电机", "工艺美术")
CLASSES = (("A", "ok"), ("B", "info"), ("C", "warn"), ("D", "bad"))


def shell(language: str = "zh-hans", person: bool = True) -> dict[str, Any]:
    """What the context processor gives everywhere."""
    items = (
        ("企业", "用地", "载体", "镇街与园区"),
        ("亩均评价", "天工鼎", "专精特新预审", "算力券兑付"),
        ("催报", "对数", "公示"),
    )
    menu = [
        {
            "label": label,
            "items": [
                {"label": name, "url": f"/{i}/{j}/", "active": (i, j) == (0, 0), "count": 3 * j if i else None}
                for j, name in enumerate(names)
            ],
        }
        for i, (label, names) in enumerate(zip(("主体库", "办件", "数据"), items, strict=True))
    ]
    return {
        "site": {"name": "开物", "district": "示例区经济和信息化局", "version": "0.1.0", "synthetic": True, "synthetic_text": "本站数据均为合成，不对应任何真实企业。"},
        "person": {"name": "林知远", "organisation": "示例区经信局 · 运行科"} if person else None,
        "menu": menu if person else [], "inbox_count": 7, "language": language, "csrf_token": "t" * 64,
        "languages": [{"code": "zh-hans", "label": "中文", "url": "/language/zh-hans/"}, {"code": "en", "label": "English", "url": "/language/en/"}],
        "crumbs": [{"label": "工作台", "url": "/"}, {"label": "主体库", "url": "/registry/"}, {"label": "企业", "url": ""}] if person else [],
    }  # fmt: skip


def columns() -> list[dict[str, Any]]:
    """The heads of a list."""
    heads = (("name", "企业名称", "left", 34, ""), ("town", "镇街", "left", 12, ""), ("trade", "行业", "left", 18, ""), ("class", "亩均类别", "center", 10, ""),
             ("revenue", "营业收入（万元）", "right", 16, "desc"), ("tax", "亩均税收（万元/亩）", "right", 18, ""), ("mu", "用地（亩）", "right", 10, ""), ("as_of", "数据截至", "left", 14, ""))  # fmt: skip
    return [
        {"code": c, "label": text, "align": align, "width": width, "order": order, "order_url": f"?order={c}"}
        for c, text, align, width, order in heads
    ]


def rows(count: int) -> list[dict[str, Any]]:
    """Invented firms."""
    made = []
    for i in range(count):
        letter, tag = CLASSES[(i * 7) % 4]
        texts = (f"示例{'恒远安泰明德'[i % 6]}{'精密机械新材料科技泵业模塑'[(i * 2) % 12 : (i * 2) % 12 + 2]}有限公司（第{i + 1:02}号）", TOWNS[i % 6], TRADES[i % 5], f"{letter} 类",
                 f"{(98765 - i * 4321) / 1.7:,.2f}", f"{38.6 - i * 1.7:,.2f}" if i % 7 != 3 else "", f"{12.5 + i * 3.2:,.1f}", "2025-12-31")  # fmt: skip
        cells = [
            {
                "label": c["label"],
                "text": text,
                "align": c["align"],
                "tag": tag if c["code"] == "class" else "",
                "url": "",
            }
            for c, text in zip(columns(), texts, strict=True)
        ]
        made.append({"id": str(i), "url": f"/registry/firm/{i}/", "cells": cells})
    return made


def options(values: Iterable[str]) -> list[dict[str, Any]]:
    """The options of a select: all, and each value."""
    every = {"value": "", "label": "全部", "selected": True}
    return [every, *({"value": v, "label": v, "selected": False} for v in values)]


def listing(count: int = 20) -> dict[str, Any]:
    """The context of a list."""
    return {
        "title": "企业", "count": 132 if count else 0, "scope_line": "示例区 · 2025 年度 · 规模以上工业 · 规则版本 2025.1",
        "search": {"name": "q", "value": "", "placeholder": "名称、统一社会信用代码"},
        "filters": [
            {"name": "town", "label": "镇街", "kind": "select", "options": options(TOWNS)},
            {"name": "trade", "label": "行业", "kind": "select", "options": options(TRADES)},
            {"name": "class", "label": "亩均类别", "kind": "select", "options": options([letter for letter, _ in CLASSES])},
            {"name": "revenue", "label": "营业收入（万元）", "kind": "range", "value_from": "", "value_to": ""},
            {"name": "seen", "label": "更新日期", "kind": "range", "input": "date", "value_from": "", "value_to": ""},
            {"name": "year", "label": "年度", "kind": "number", "value": ""},
        ],
        "columns": columns(), "rows": rows(count),
        "actions": [{"code": "import", "label": "导入", "url": "import/", "method": "get"}, {"code": "run", "label": "发起测算", "url": "run/", "method": "post", "primary": True, "confirm": "将对 132 家企业重新测算。\n原测算保留，可随时比较。"}],
        "exports": [{"label": "导出 Excel", "url": "export.xlsx"}, {"label": "打印", "url": "print/"}],
        "pager": {"page": 3, "pages": 7, "count": 132, "first": 41, "last": 60, "prev_url": "?page=2", "next_url": "?page=4",
                  "links": [{"label": n, "url": f"?page={n}", "current": n == 3} for n in range(1, 6)] + [{"label": "…", "url": ""}, {"label": 7, "url": "?page=7"}]},
        "empty": {"text": "没有符合条件的企业", "hint": "放宽筛选条件再试，或先导入数据。", "url": "import/", "label": "去导入"},
    }  # fmt: skip


def chart() -> dict[str, Any]:
    """Bars and a line over a year, and the same numbers."""
    months = [f"{m} 月" for m in range(1, 13)]
    output, growth = (
        [52.1, 48.3, 60.2, 61.8, 63.0, 66.4, 64.1, 63.8, 68.9, 70.2, 72.5, 76.0],
        [3.1, 2.8, 4.0, 4.2, 4.4, 5.1, 4.6, 4.4, 5.2, 5.6, 5.9, 6.3],
    )
    return {
        "title": "规上工业产值与增速（合成数据）",
        "option": {"legend": {}, "tooltip": {"trigger": "axis"}, "xAxis": {"type": "category", "data": months},
                   "yAxis": [{"type": "value", "name": "亿元"}, {"type": "value", "name": "%", "splitLine": {"show": False}}],
                   "series": [{"name": "产值", "type": "bar", "barMaxWidth": 22, "data": output}, {"name": "增速", "type": "line", "yAxisIndex": 1, "data": growth}]},
        "columns": [{"label": "月份"}, {"label": "产值（亿元）", "align": "right"}, {"label": "增速（%）", "align": "right"}],
        "rows": [[m, f"{a:.1f}", f"{b:.1f}"] for m, a, b in zip(months, output, growth, strict=True)],
        "note": "可比价格，可比样本 1,204 家；1–2 月合并。",
    }  # fmt: skip


def place_map() -> dict[str, Any]:
    """Six invented towns."""
    return {
        "title": "镇街亩均税收（示意图形，非行政区划）", "source": "/towns.geojson",
        "columns": [{"label": "镇街"}, {"label": "亩均税收（万元/亩）", "align": "right"}], "rows": [[town, f"{30 - i * 3.1:.1f}"] for i, town in enumerate(TOWNS)],
    }  # fmt: skip


def geojson() -> dict[str, Any]:
    """Six squares: a scheme, no boundary of anything."""
    squares = []
    for i, town in enumerate(TOWNS):
        x, y = (i % 3) * 0.1, (i // 3) * 0.1
        ring = [[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1], [x, y]]
        squares.append(
            {
                "type": "Feature",
                "geometry": {"type": "Polygon", "coordinates": [ring]},
                "properties": {"name": town, "value": 30 - i * 3.1, "text": f"{30 - i * 3.1:.1f}", "url": "#"},
            }
        )
    return {"type": "FeatureCollection", "features": squares}


def detail() -> dict[str, Any]:
    """The page of one firm."""
    source = "税务 2025 年度 · 2026-02-18 导入"
    return {
        "title": "示例恒远精密机械有限公司", "subtitle": "91330000MA00000X0A · 东河街道 · 汽车零部件 · 规模以上", "status": {"text": "B 类", "tag": "info"},
        "warnings": ["用电量与电网台账相差 3.2%，尚未对数，评价按电网口径。"],
        "actions": [{"code": "edit", "label": "更正数据", "url": "edit/", "method": "get"}, {"code": "notice", "label": "发出核对单", "url": "notice/", "method": "post", "primary": True, "confirm": "发出后企业可在 10 个工作日内核对或提出异议。"},
                    {"code": "stop", "label": "移出名单", "url": "stop/", "method": "post", "danger": True, "confirm": "移出后本年度不再参评。"}],
        "exports": [{"label": "打印一企一单", "url": "print/"}],
        "steps": [{"label": "确定范围", "state": "done", "when": "03-02"}, {"label": "企业核对", "state": "done", "when": "03-18"}, {"label": "测算", "state": "done", "when": "03-20"},
                  {"label": "公示", "state": "now", "when": "剩 3 个工作日"}, {"label": "异议处理", "state": "next"}, {"label": "终稿", "state": "next"}, {"label": "结果应用", "state": "next"}],
        "kpis": [{"label": "综合得分", "value": "83.47", "unit": "分", "change": "+4.12", "change_tag": "ok", "note": "上年 79.35"}, {"label": "亩均税收", "value": "28.60", "unit": "万元/亩", "change": "−1.3%", "change_tag": "bad", "note": "同组第 41"},
                 {"label": "全区排名", "value": "158", "unit": "/ 1,204", "note": "前 13.1%"}, {"label": "距 A 类", "value": "1.83", "unit": "分", "note": "补研发投入即可达", "url": "#reasons"}],
        "groups": [{"title": "基本情况", "rows": [
            {"label": "统一社会信用代码", "text": "91330000MA00000X0A"}, {"label": "法定代表人", "text": "陈砚秋"}, {"label": "成立日期", "text": "2009-06-11"}, {"label": "镇街", "text": "东河街道", "url": "/town/1/"},
            {"label": "规模", "text": "中型", "tag": "muted"}, {"label": "控股集团", "text": ""}]},
            {"title": "2025 年度数据", "rows": [
            {"label": "营业收入", "text": "58,097.06 万元", "source": source, "align": "right"}, {"label": "实缴税金", "text": "1,930.50 万元", "source": source, "align": "right"},
            {"label": "用地面积", "text": "67.5 亩", "source": "自然资源 2026-01-12", "align": "right"}, {"label": "综合能耗", "text": "3,204.1 吨标煤", "source": "统计 2026-03-01", "help": "等价值", "align": "right"},
            {"label": "研发投入", "text": "", "source": "未报送，催报中"}, {"label": "从业人数", "text": "412 人", "source": "人社 2025-12", "align": "right"}]}],
        "sections": [
            {"code": "reasons", "title": "评价理由", "count": 3, "table": {"columns": columns()[:5], "rows": [{"cells": r["cells"][:5], "url": r["url"]} for r in rows(3)]}},
            {"code": "trend", "title": "逐月运行", "chart": chart()},
            {"code": "places", "title": "所在镇街", "map": place_map()},
            {"code": "awards", "title": "兑付", "count": 0, "table": {"columns": columns()[:3], "rows": [], "empty": {"text": "还没有兑付", "hint": "名单定稿后在此列出。"}}}],
        "timeline": [{"when": "2026-03-20 09:12", "who": "林知远 · 运行科", "what": "完成测算 0007", "evidence": "数据框摘要 7f3a…c2", "version": "规则 2025.1", "url": "/run/0007/"},
                     {"when": "2026-03-18 16:40", "who": "企业申报员", "what": "确认 14 项数据", "evidence": "核对单 2026-0412"}],
    }  # fmt: skip


class SampleForm(forms.Form):
    """A field of each kind."""

    name = forms.CharField(label="企业名称", help_text="以营业执照为准。")
    variable = forms.ChoiceField(label="异议的数据", choices=[("tax", "实缴税金"), ("mu", "用地面积")])
    amount = forms.DecimalField(label="应为（万元）", help_text="保留两位小数。")
    on = forms.DateField(label="发生日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(
        label="办理方式", choices=[("town", "由镇街初核"), ("direct", "直接提交")], widget=forms.RadioSelect
    )
    parts = forms.MultipleChoiceField(
        label="涉及部门",
        choices=[("tax", "税务"), ("stat", "统计"), ("land", "自然资源")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 3}))
    paper = forms.FileField(label="佐证材料", required=False, help_text="PDF、图片或 Excel，单个不超过 20 MB。")
    agree = forms.BooleanField(label="所填属实")


class LoginForm(forms.Form):
    """Two fields."""

    login = forms.CharField(label="登录名", widget=forms.TextInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(label="口令", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


PARTS = """{% extends "kaiwu/base.html" %}{% block content %}<header class="card page-head"><div class="card-title"><h1>工作台</h1></div></header>
{% include "kaiwu/part/desk.html" %}<section class="card"><header class="card-head"><h2>理由</h2></header>{% include "kaiwu/part/reasons.html" %}</section>
<section class="card"><header class="card-head"><h2>进度</h2></header>{% include "kaiwu/part/progress.html" %}</section>{% include "kaiwu/part/tag.html" with tag="ok" text="符合" %}{% endblock %}"""
PAPER = """{% extends "kaiwu/paper/print.html" %}{% block content %}{% include "kaiwu/part/rows.html" %}{% endblock %}{% block sign %}<div class="sign"><span>经办人</span><span>企业（盖章）</span><span>日期</span></div>{% endblock %}"""
COCKPIT = """{% extends "kaiwu/base.html" %}{% block body_class %}cockpit{% endblock %}{% block side %}{% endblock %}{% block crumbs %}{% endblock %}{% block content %}
<header class="cockpit-head"><h1>工业运行驾驶舱</h1><p class="scope">数据截至 2026-02-28 · 规则 2025.1 · 合成数据</p></header>
<div class="tiles">
{% for width, title in tiles %}<section class="tile span-{{ width }}"><div class="tile-head"><h2>{{ title }}</h2><span class="tile-links"><a href="/list/">清单</a><a href="/export.xlsx">Excel</a></span></div>{% include "kaiwu/part/kpis.html" %}</section>{% endfor %}
<section class="tile span-6 rows-3"><div class="tile-head"><h2>逐月产值</h2><span class="tile-links"><a href="/list/">清单</a><a href="/export.xlsx">Excel</a></span></div>{% include "kaiwu/part/chart.html" %}</section>
<section class="tile span-6 rows-3"><div class="tile-head"><h2>镇街</h2><span class="tile-links"><a href="/list/">清单</a><a href="/export.xlsx">Excel</a></span></div>{% include "kaiwu/part/map.html" %}</section>
<section class="tile span-4 rows-2"><div class="tile-head"><h2>镇街（示意）</h2></div><div class="towns">{% for town in towns %}<a class="town town-{{ forloop.counter0 }}" href="/town/">{{ town }}<b>28.6</b></a>{% endfor %}</div></section>
<section class="tile span-8 rows-2"><div class="tile-head"><h2>在办与逾期</h2><span class="tile-links"><a href="/list/">清单</a></span></div>{% include "kaiwu/part/rows.html" %}</section>
</div>{% endblock %}"""


def pages() -> dict[str, tuple[str, dict[str, Any]]]:
    """Name of a page: its template (a file or its text) and its context."""
    wrong = SampleForm({"name": "示例恒远精密机械有限公司", "amount": "12,3"})
    note = [type("Note", (), {"tags": "success", "__str__": lambda self: "核对单已发出，企业 10 个工作日内答复。"})()]
    form = {
        "title": "对数据提出异议",
        "lead": "示例恒远精密机械有限公司 · 2025 年度亩均评价",
        "submit": "提交异议",
        "cancel_url": "/",
        "multipart": True,
        "notes": ["镇街在 3 个工作日内初核并转报。", "异议成立的，更正数据并重新测算，差异会列给您看。"],
    }
    door = {
        "title": "登录",
        "next": "/",
        "providers": [{"label": "用政务账号登录", "url": "/oidc/"}],
        "demo_accounts": [
            {"role": "经信局", "name": "officer", "password": "demo-officer"},
            {"role": "企业", "name": "firm", "password": "demo-firm"},
        ],
    }
    desk = [
        {"label": "待处理异议", "count": 3, "due": "最早 3 月 27 日到期", "url": "/a/"},
        {"label": "逾期催报", "count": 2, "due": "统计、电网", "is_late": True, "url": "/b/"},
        {"label": "待签发公示", "count": 1, "url": "/c/"},
    ]
    reasons = [
        {
            "text": "研发投入占营业收入不低于 3%",
            "outcome": "缺数据",
            "tag": "warn",
            "threshold": "3%",
            "article": "评价办法 第六条第二款",
            "url": "/x/",
            "figures": [{"label": "研发投入", "text": "未掌握", "source": "催报中"}],
        },
        {
            "text": "亩均税收不低于 25 万元",
            "outcome": "符合",
            "tag": "ok",
            "value": "28.60 万元/亩",
            "threshold": "25 万元/亩",
            "gap": "+3.60",
            "article": "评价办法 第五条",
        },
    ]
    kpis = [
        {"label": "规上产值", "value": "767.3", "unit": "亿元", "change": "+6.3%", "change_tag": "ok", "url": "/a/"},
        {"label": "连涨", "value": "5", "unit": "个月", "note": "自 10 月", "url": "/b/"},
    ]
    alone = {"code": "404", "title": "没有这一页", "text": "地址可能有误，或该记录不在您的权限范围内。"}
    tiles = [(3, "工业运行"), (3, "亩均评价"), (3, "办件"), (3, "兑付")]
    return {
        "list": ("kaiwu/list.html", listing()), "list-empty": ("kaiwu/list.html", listing(0)), "list-en": ("kaiwu/list.html", listing(5) | shell("en")),
        "detail": ("kaiwu/detail.html", detail() | {"messages": note}), "form": ("kaiwu/form.html", form | {"form": SampleForm()}), "form-wrong": ("kaiwu/form.html", form | {"form": wrong}),
        "totp": ("kaiwu/account/totp.html", {"form": LoginForm(), "title": "动态口令", "qr": "/static/kaiwu/mark.svg", "secret": "JBSW Y3DP", "recovery_codes": ["aaaa-bbbb", "cccc-dddd"]} | shell(person=False)),
        "password": ("kaiwu/account/password.html", {"form": LoginForm({}), "title": "修改密码"}),
        "login": ("kaiwu/account/login.html", door | {"form": LoginForm()} | shell(person=False)),
        "message": ("kaiwu/message.html", alone), "403": ("403.html", {}), "404": ("404.html", {}), "429": ("429.html", {}),
        "500": ("500.html", {"site": None, "person": None, "menu": None, "crumbs": None, "languages": None, "csrf_token": ""}),
        "paper": (PAPER, {"title": "亩均评价核对单", "number": "核 2026-0412", "lines": ["示例恒远精密机械有限公司", "数据截至 2025-12-31 · 规则版本 2025.1"], "qr": "/static/kaiwu/mark.svg", "qr_text": "一次性核对码 8K2M-41QX", "missing": ["研发投入（统计，催报中）"], "columns": columns()[:5], "rows": [{"cells": r["cells"][:5]} for r in rows(60)]}),
        "parts": (PARTS, {"desk": desk, "reasons": reasons, "progress": {"url": "/progress/", "done": 60, "total": 132, "text": "已测算 60 / 132", "finished": True}}),
        "cockpit": (COCKPIT, {"title": "驾驶舱", "tiles": tiles, "kpis": kpis, "chart": chart(), "map": place_map(), "columns": columns()[:6], "rows": [{"cells": r["cells"][:6], "url": r["url"]} for r in rows(8)], "towns": TOWNS}),
    }  # fmt: skip


def write(folder: Path) -> None:
    """Render all pages; the context of each stands over the shell's."""
    import json

    from django.template import engines
    from django.test import RequestFactory
    from django.utils.translation import override

    engine = engines["django"]
    for name, (template, own) in pages().items():
        context = shell() | own
        made = engine.from_string(template) if "{%" in template else engine.get_template(template)
        with override(context["language"]):
            html = made.render(context, RequestFactory().get(f"/{name}.html"))
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    from kaiwu.web.content_policy import POLICY

    (folder / "policy.txt").write_text(POLICY)
    (folder / "towns.geojson").write_text(json.dumps(geojson()), encoding="utf-8")


if __name__ == "__main__":
    templates = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "OPTIONS": {"string_if_invalid": "", "context_processors": ["django.template.context_processors.request"]},
    }
    settings.configure(TEMPLATES=[templates], INSTALLED_APPS=["django.contrib.staticfiles", "django.contrib.contenttypes", "django.contrib.auth"], STATIC_URL="/static/", USE_I18N=True, LANGUAGE_CODE="zh-hans", LOCALE_PATHS=[WEB / "locale"])  # fmt: skip
    django.setup()
    write(Path(sys.argv[1]))
