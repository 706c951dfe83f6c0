"""Logging in and out (登录、退出)."""

from __future__ import annotations

from django import forms
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate
from django.views.decorators.http import require_http_methods, require_POST

from kaiwu.web.account.services import authenticate
from kaiwu.web.shell import address_of
from kaiwu.web.wording import pick

BACKEND = "django.contrib.auth.backends.ModelBackend"


class LoginForm(forms.Form):
    """Login name and password."""

    login = forms.CharField(
        max_length=64, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(max_length=256, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["login"].label = pick("登录名", "Login")
        self.fields["password"].label = pick("口令", "Password")


@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The login page; a wrong answer tells nothing about which part was wrong."""
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = authenticate(form.cleaned_data["login"], form.cleaned_data["password"], address_of(request))
        if person is not None:
            login(request, person, backend=BACKEND)
            activate(person.language)
            return HttpResponseRedirect(_target(request))
        form.add_error(
            None,
            pick(
                "登录名或口令不对, 或账号已锁定; 连错五次锁定十五分钟",
                "Login or password is wrong, or the account is locked; five wrong ones lock it for 15 minutes",
            ),
        )
    context = {"form": form, "next": request.GET.get("next", ""), "title": pick("登录", "Log in")}
    return render(request, "kaiwu/account/login.html", context, status=401 if form.errors else 200)


def _target(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or "/"
    fits = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if fits else "/"


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return HttpResponseRedirect("/login/")
