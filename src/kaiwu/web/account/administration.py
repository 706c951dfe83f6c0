"""Pages of the administrators (账号管理): the system administrator keeps people and organisations, the security administrator roles."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import RegexValidator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.account.models import Organisation, Person
from kaiwu.web.account.password import make_first_password, reset_password
from kaiwu.web.account.role import OrganisationKind, Role, role_name
from kaiwu.web.account.services import (
    add_organisation,
    add_person,
    check_other,
    reset_totp,
    set_active,
    set_roles,
)
from kaiwu.web.account.sign_in import end_sessions
from kaiwu.web.shell import actor_of, person_of, refuse, show_message
from kaiwu.web.wording import pick

LOGIN = RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,63}$")
CODE = RegexValidator(r"^[A-Za-z0-9一-鿿:._-]{1,64}$")

View = Callable[..., HttpResponse]


def only(role: Role) -> Callable[[View], View]:
    """For one role; for everybody else the page does not exist."""

    def limit(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if not person_of(request).holds(role):
                raise Http404
            return view(request, **kwargs)

        return limited

    return limit


def find_person(request: HttpRequest, key: int) -> Person:
    """The person of a key, in reach of who asks."""
    person: Person | None = Person.objects.visible_to(person_of(request)).filter(pk=key).first()
    if person is None:
        raise Http404
    return person


class PersonForm(forms.Form):
    """A new person; roles are given by the security administrator."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=pick("登录名", "Login"), max_length=64, validators=[LOGIN],
            help_text=pick("3 到 64 个小写字母、数字、点、横线", "3 to 64 small letters, digits, dots, strokes"),
        )  # fmt: skip
        self.fields["name"] = forms.CharField(label=pick("姓名", "Name"), max_length=100)
        self.fields["organisation"] = forms.CharField(
            label=pick("机构代码或名称", "Code or name of the organisation"), max_length=200
        )

    def clean_organisation(self) -> Organisation:
        """The open organisation of that code or name."""
        told = self.cleaned_data["organisation"].strip()
        open_ = Organisation.objects.filter(is_active=True)
        found = open_.filter(code=told).first() or open_.filter(name=told).first()
        if found is None:
            raise forms.ValidationError(pick("没有这个机构, 或已停用", "There is no such open organisation"))
        return found


class OrganisationForm(forms.Form):
    """A new organisation. Firms, towns and parks name the register's id, which decides what their people see."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(k.value, pick(k.label, k.value)) for k in OrganisationKind]
        self.fields["code"] = forms.CharField(label=pick("代码", "Code"), max_length=64, validators=[CODE])
        self.fields["name"] = forms.CharField(label=pick("名称", "Name"), max_length=200)
        self.fields["kind"] = forms.ChoiceField(label=pick("类型", "Kind"), choices=kinds)
        self.fields["entity"] = forms.CharField(
            label=pick("主体代码", "Id in the register"), max_length=64, required=False,
            help_text=pick("企业、镇街、平台必填: 与主体库一致", "firms, towns and parks: as in the register"),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Organisations whose reach comes from the register name their id."""
        data: dict[str, Any] = super().clean() or {}
        bound = (OrganisationKind.FIRM, OrganisationKind.TOWN, OrganisationKind.PLATFORM)
        if data.get("kind") in bound and not data.get("entity"):
            self.add_error("entity", pick("请填主体代码", "Name the id in the register"))
        return data


@only(Role.SYSTEM)
@require_http_methods(["GET", "POST"])
def new_person(request: HttpRequest) -> HttpResponse:
    """Add somebody; the first password is shown once."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data, actor = form.cleaned_data, actor_of(request)
        try:
            password = make_first_password()
            person = add_person(actor, data["login"], data["name"], data["organisation"], (), password)
        except KaiwuError as error:
            _complain(form, error)
        else:
            return _show_password(request, person, password)
    title = pick("新增人员", "Add a person")
    return _form(request, form, title, reverse("person-list"))


@only(Role.SYSTEM)
@require_http_methods(["GET", "POST"])
def new_organisation(request: HttpRequest) -> HttpResponse:
    """Add an organisation."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kind = OrganisationKind(data["kind"])
        try:
            add_organisation(actor_of(request), data["code"], data["name"], kind, entity=data["entity"])
        except KaiwuError as error:
            _complain(form, error)
        else:
            return HttpResponseRedirect(reverse("organisation-list"))
    return _form(request, form, pick("新增机构", "Add an organisation"), reverse("organisation-list"))


@only(Role.SYSTEM)
@require_POST
def turn_person(request: HttpRequest, key: int) -> HttpResponse:
    """Close an open account, open a closed one."""
    person = find_person(request, key)
    return _do(request, lambda: set_active(actor_of(request), person, not person.is_active), "person-detail", key)


@only(Role.SYSTEM)
@require_POST
def turn_organisation(request: HttpRequest, key: int) -> HttpResponse:
    """Close an open organisation, open a closed one; its people cannot log in while it is closed."""
    home = Organisation.objects.visible_to(person_of(request)).filter(pk=key).first()
    if home is None:
        raise Http404
    return _do(request, lambda: _turn_home(request, home), "organisation-detail", key)


def _turn_home(request: HttpRequest, home: Organisation) -> None:
    if person_of(request).organisation_id == home.pk:
        raise KaiwuError(Problem("W-SELF", "不能停用自己的机构", "nobody closes the own organisation", where=home.code))
    set_active(actor_of(request), home, not home.is_active)


@only(Role.SYSTEM)
@require_POST
def renew_password(request: HttpRequest, key: int) -> HttpResponse:
    """A first password again, shown once; ends a lock-out and every session."""
    person = find_person(request, key)
    try:
        check_other(actor_of(request), person)
    except KaiwuError as error:
        return refuse(request, error)
    return _show_password(request, person, reset_password(actor_of(request), person))


@only(Role.SECURITY)
@require_POST
def clear_totp(request: HttpRequest, key: int) -> HttpResponse:
    """Take lost one-time codes away."""
    person = find_person(request, key)
    return _do(request, lambda: reset_totp(actor_of(request), person), "person-detail", key)


@only(Role.SECURITY)
@require_POST
def end_person_sessions(request: HttpRequest, key: int) -> HttpResponse:
    """End every session of somebody."""
    person = find_person(request, key)
    return _do(request, lambda: end_sessions(actor_of(request), person), "person-detail", key)


class RoleForm(forms.Form):
    """Which roles somebody holds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(r.value, role_name(r)) for r in Role]
        self.fields["roles"] = forms.MultipleChoiceField(
            label=pick("角色", "Roles"), choices=choices, required=False, widget=forms.CheckboxSelectMultiple,
            help_text=pick("三员分立: 系统、安全、审计不能由一人兼任", "system, security and audit are held by three people"),
        )  # fmt: skip


@only(Role.SECURITY)
@require_http_methods(["GET", "POST"])
def change_roles(request: HttpRequest, key: int) -> HttpResponse:
    """Give and take roles."""
    person = find_person(request, key)
    form = RoleForm(request.POST or None, initial={"roles": sorted(person.roles)})
    if request.method == "POST" and form.is_valid():
        wanted = frozenset(Role(code) for code in form.cleaned_data["roles"])
        try:
            set_roles(actor_of(request), person, wanted)
        except KaiwuError as error:
            _complain(form, error)
        else:
            return HttpResponseRedirect(reverse("person-detail", args=[key]))
    return _form(
        request, form, pick(f"授权: {person.name}", f"Roles of {person.name}"), reverse("person-detail", args=[key])
    )


def _do(request: HttpRequest, deed: Callable[[], None], then: str, key: int) -> HttpResponse:
    try:
        deed()
    except KaiwuError as error:
        return refuse(request, error)
    messages.success(request, pick("已办理", "Done"))
    return HttpResponseRedirect(reverse(then, args=[key]))


def _show_password(request: HttpRequest, person: Person, password: str) -> HttpResponse:
    text = pick(
        f"登录名 {person.login}\n初始口令 {password}\n只显示这一次; 首次登录须修改",
        f"login {person.login}\nfirst password {password}\nshown this once; it is changed at the first login",
    )
    return show_message(request, person.name, text)


def _form(request: HttpRequest, form: forms.Form, title: str, cancel_url: str) -> HttpResponse:
    context = {"title": title, "form": form, "submit": pick("保存", "Save"), "cancel_url": cancel_url}
    return render(request, "kaiwu/form.html", context, status=422 if form.errors else 200)


def _complain(form: forms.Form, error: KaiwuError) -> None:
    for problem in error.problems:
        form.add_error(None, pick(problem.zh, problem.en))
