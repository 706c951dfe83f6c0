"""Pages of one's own account (本人账号): log in, the code, log out, password, one-time codes, sessions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kaiwu.quantity import KaiwuError
from kaiwu.web.account.password import KEPT, LONGEST, change_password
from kaiwu.web.account.role import role_name
from kaiwu.web.account.sign_in import (
    authenticate,
    begin_session,
    check_code,
    end_sessions,
    find_pending,
    go_on,
    needs_totp,
    start_totp,
    tell,
)
from kaiwu.web.account.single_sign_on import list_providers
from kaiwu.web.account.totp import draw_qr, make_secret
from kaiwu.web.shell import actor_of, address_of, person_of, refuse
from kaiwu.web.wording import pick

FRESH_SECRET = "kaiwu_secret"


def _password_field(zh: str, en: str, kind: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": f"{kind}-password"})
    return forms.CharField(label=pick(zh, en), max_length=LONGEST, strip=False, widget=widget, help_text=help_text)


class LoginForm(forms.Form):
    """Login name and password."""

    login = forms.CharField(
        max_length=64, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = pick("登录名", "Login")
        self.fields["password"] = _password_field("口令", "Password", "current")


class PasswordForm(forms.Form):
    """The present password and the new one, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = pick(
            f"至少 12 个字符, 不限字符种类; 不用常见口令, 不含姓名、登录名、单位, 不与最近 {KEPT} 次相同",
            f"12 characters or more, of any kind; no common one, not your name, login or organisation, none of your last {KEPT}",
        )
        self.fields["old"] = _password_field("现在的口令", "Present password", "current")
        self.fields["new"] = _password_field("新口令", "New password", "new", rule)
        self.fields["again"] = _password_field("再输一次", "Once more", "new")

    def clean(self) -> dict[str, Any]:
        """Both new ones are the same."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("new") != data.get("again"):
            self.add_error("again", pick("两次输入不同", "The two differ"))
        return data


class CodeForm(forms.Form):
    """A one-time code, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attrs = {"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}
        label = pick("六位动态口令", "Six-digit code")
        self.fields["code"] = forms.CharField(label=label, max_length=40, widget=forms.TextInput(attrs=attrs))


@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The login page; a wrong answer tells nothing about which part was wrong."""
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = authenticate(form.cleaned_data["login"], form.cleaned_data["password"], address_of(request))
        if person is not None:
            return go_on(request, person, "password", _target(request))
        form.add_error(
            None,
            pick(
                "登录名或口令不对, 或账号已锁定; 连错五次锁定十五分钟",
                "Login or password is wrong, or the account is locked; five wrong ones lock it for 15 minutes",
            ),
        )
    title = pick("登录", "Log in")
    context = {"form": form, "next": request.GET.get("next", ""), "title": title, "providers": list_providers()}
    return render(request, "kaiwu/account/login.html", context, status=401 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def ask_code(request: HttpRequest) -> HttpResponse:
    """The second step of a login."""
    pending = find_pending(request)
    if pending is None:
        return HttpResponseRedirect(reverse("login"))
    person, first, target = pending
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            by = check_code(person, form.cleaned_data["code"], address_of(request))
        except KaiwuError as error:
            return refuse(request, error)
        if by:
            begin_session(request, person, f"{first}+{by}")
            return HttpResponseRedirect(target)
        form.add_error("code", pick("口令不对或已用过", "Wrong, or used already"))
    notes = [
        pick("没有验证器时, 输入一个备用码", "Without your authenticator, type a recovery code"),
        pick("备用码也没有, 请安全管理员重置", "Without either, ask the security administrator"),
    ]
    context = {"form": form, "title": pick("动态口令", "One-time code"), "notes": notes, "cancel_url": reverse("login")}
    return render(request, "kaiwu/account/totp.html", context, status=401 if form.errors else 200)


def _target(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or "/"
    fits = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if fits else "/"


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session, and clear what the browser kept of it."""
    tell(person_of(request), "logout", address_of(request))
    logout(request)
    response = HttpResponseRedirect(reverse("login"))
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_GET
def show_account(request: HttpRequest) -> HttpResponse:
    """One's own account: who one is, and what can be changed."""
    person = person_of(request)
    facts = [
        (pick("登录名", "Login"), person.login),
        (pick("机构", "Organisation"), person.organisation.name),
        (pick("角色", "Roles"), "、".join(sorted(map(role_name, person.roles)))),
        (pick("动态口令", "One-time codes"), pick("已启用", "on") if person.has_totp else pick("未启用", "off")),
        (pick("统一身份", "Linked identities"), "、".join(i.provider for i in person.identities.all())),
    ]
    actions = [
        {"label": pick("修改口令", "Change password"), "url": reverse("account-password"), "method": "get"},
        {"label": pick("设置动态口令", "Set up codes"), "url": reverse("account-totp"), "method": "get"},
        *({"label": pick(f"关联{p['label']}", f"Link {p['label']}"), "url": p["url"], "method": "post"} for p in list_providers()),
        {
            "label": pick("退出所有设备", "End all sessions"),
            "url": reverse("account-sessions"),
            "method": "post",
            "confirm": pick("所有设备上的登录都会退出", "Every session of yours ends, this one too"),
        },
    ]  # fmt: skip
    group = {"title": pick("基本情况", "Basics"), "rows": [{"label": label, "text": text} for label, text in facts]}
    context = {"title": person.name, "subtitle": pick("我的账号", "My account"), "groups": [group], "actions": actions}
    return render(request, "kaiwu/detail.html", context)


@require_http_methods(["GET", "POST"])
def show_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    person = person_of(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not check_password(form.cleaned_data["old"], person.password):
            form.add_error("old", pick("现在的口令不对", "This is not your present password"))
        else:
            try:
                change_password(actor_of(request), person, form.cleaned_data["new"])
            except KaiwuError as error:
                for problem in error.problems:
                    form.add_error("new", pick(problem.zh, problem.en))
            else:
                update_session_auth_hash(request, person)
                messages.success(request, pick("口令已修改, 其他设备已退出", "Changed; other sessions have ended"))
                return HttpResponseRedirect("/")
    lead = (
        pick("首次登录请先修改口令", "Change your first password before you go on")
        if person.must_change_password
        else ""
    )
    back = "" if person.must_change_password else reverse("account")
    context = {"form": form, "title": pick("修改口令", "Change password"), "lead": lead, "cancel_url": back}
    return render(request, "kaiwu/account/password.html", context, status=422 if form.errors else 200)


class SecretForm(CodeForm):
    """The first code, with the password: who sits at an open session cannot change the codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = _password_field("现在的口令", "Present password", "current")


@require_http_methods(["GET", "POST"])
def show_totp(request: HttpRequest) -> HttpResponse:
    """Set up one-time codes, or set them up anew; shows the recovery codes once."""
    person = person_of(request)
    secret = request.session.setdefault(FRESH_SECRET, make_secret())
    form = SecretForm(request.POST or None)
    title = pick("设置动态口令", "Set up one-time codes")
    if request.method == "POST" and form.is_valid():
        if not check_password(form.cleaned_data["password"], person.password):
            form.add_error("password", pick("现在的口令不对", "This is not your present password"))
        elif codes := start_totp(actor_of(request), person, secret, form.cleaned_data["code"]):
            del request.session[FRESH_SECRET]
            done = {"title": title, "recovery_codes": codes, "cancel_url": "/", "is_done": True}
            return render(request, "kaiwu/account/totp.html", done)
        else:
            form.add_error("code", pick("口令不对, 请核对手机时间", "Wrong: is your telephone's clock right?"))
    lead = pick("您的角色须启用动态口令", "Your role needs one-time codes") if needs_totp(person) else ""
    shown = {"qr": draw_qr(secret, person.login), "secret": secret, "cancel_url": "" if lead else reverse("account")}
    context = {"form": form, "title": title, "lead": lead, **shown}
    return render(request, "kaiwu/account/totp.html", context, status=422 if form.errors else 200)


@require_POST
def leave_everywhere(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions."""
    end_sessions(actor_of(request), person_of(request))
    return HttpResponseRedirect(reverse("login"))
