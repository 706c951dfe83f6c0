"""Signing in (登录): password, one-time code, recovery code, identity provider; lock-out; the life of a session.

Owns the order of the steps: a session is logged in only after the last of them, so that ``is_authenticated`` means all. Every
try leaves its event.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import activate

from kaiwu.web.account.models import Identity, Person, RecoveryCode
from kaiwu.web.account.role import OFFICE, SPLIT
from kaiwu.web.account.totp import digest_recovery, find_step, make_recovery_codes, seal, unseal
from kaiwu.web.event.services import Actor, Deed, record
from kaiwu.web.shell import address_of
from kaiwu.web.workspace import is_synthetic

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
HALF_WAY = 300
"""Seconds between the password and the code."""
PENDING = "kaiwu_pending"
BACKEND = "django.contrib.auth.backends.ModelBackend"
TOTP_ROLES = OFFICE | SPLIT
"""Roles that need one-time codes where the site asks for them."""


@cache
def _nobody() -> str:
    """Checked where there is no such login, so that an answer takes as long as for one that exists."""
    return make_password("nobody")


def authenticate(name: str, password: str, address: str) -> Person | None:
    """The person whose password this is, or ``None``: unknown, wrong, locked and closed accounts get the same answer.

    After ``TRIES`` wrong passwords or codes an account is locked for ``LOCKED_FOR``.
    """
    with transaction.atomic():
        people = Person.objects.filter(login=name.strip().lower(), is_active=True, organisation__is_active=True)
        person: Person | None = people.select_related("organisation").first()
        is_right = check_password(password, _nobody() if person is None else person.password)
        if person is None or _is_locked(person):
            return None
        if is_right:
            return person
        _count_failure(person, address, "password")
        return None


def go_on(request: HttpRequest, person: Person, by: str, target: str) -> HttpResponse:
    """After the first step: to the code where there is one, else into the session."""
    if person.has_totp:
        request.session.flush()
        request.session[PENDING] = [person.pk, time.time(), by, target]
        return HttpResponseRedirect(reverse("login-code"))
    begin_session(request, person, by)
    return HttpResponseRedirect(target)


def begin_session(request: HttpRequest, person: Person, by: str) -> None:
    """Log somebody in after the last step: a new session key, an event, the count of failures at zero."""
    with transaction.atomic():
        request.session.pop(PENDING, None)
        Person.objects.filter(pk=person.pk).update(failed_logins=0, locked_until=None)
        login(request, person, backend=BACKEND)
        tell(person, "login", address_of(request), by)
    activate(person.language)


def find_pending(request: HttpRequest) -> tuple[Person, str, str] | None:
    """Who owes the code, by which first step, and where they go then; nobody after ``HALF_WAY`` seconds."""
    key, since, by, target = request.session.get(PENDING, (None, 0, "", "/"))
    if key is None or not 0 <= time.time() - since <= HALF_WAY:
        return None
    person: Person | None = Person.objects.filter(pk=key, is_active=True).select_related("organisation").first()
    return None if person is None or _is_locked(person) else (person, by, target)


@transaction.atomic
def check_code(person: Person, code: str, address: str) -> str:
    """``totp`` or ``recovery`` where the code is right and new, or blank; a code is taken once, whoever asks at the same time."""
    step = find_step(unseal(person.secret), code, time.time(), person.secret_step)
    if step is not None:
        fresh = Person.objects.filter(pk=person.pk, secret_step__lt=step)
        if fresh.update(secret_step=step) == 1:
            tell(person, "code", address, "totp")
            return "totp"
    elif person.recovery_codes.filter(digest=digest_recovery(code), used_at=None).update(used_at=timezone.now()) == 1:
        tell(person, "code", address, "recovery")
        return "recovery"
    _count_failure(person, address, "code")
    return ""


def needs_totp(person: Person) -> bool:
    """Whether this person has to set up codes before anything else: by role, and only where the site asks for it (by default
    where the data are real)."""
    asked = settings.KAIWU_REQUIRE_TOTP
    wanted = not is_synthetic() if asked is None else asked
    return wanted and not person.has_totp and not person.roles.isdisjoint(TOTP_ROLES)


@transaction.atomic
def start_totp(actor: Actor, person: Person, secret: str, code: str) -> list[str]:
    """Set up codes after the first right one; returns the recovery codes, which nobody can read again. Blank where the code is wrong."""
    step = find_step(secret, code, time.time())
    if step is None:
        return []
    Person.objects.filter(pk=person.pk).update(secret=seal(secret), secret_step=step)
    person.refresh_from_db()
    codes = make_recovery_codes()
    person.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(person=person, digest=digest_recovery(c)) for c in codes)
    record(actor, Deed("person.totp", "person", str(person.pk)))
    return codes


@transaction.atomic
def end_sessions(actor: Actor, person: Person) -> None:
    """End every session of a person."""
    Person.objects.filter(pk=person.pk).update(session_round=F("session_round") + 1)
    person.refresh_from_db()
    record(actor, Deed("person.end_sessions", "person", str(person.pk)))


def find_linked(provider: str, subject: str) -> Person | None:
    """The person that a subject of an identity provider was linked to; nobody is ever made or given a role by a provider."""
    known = Identity.objects.filter(
        provider=provider, subject=subject, person__is_active=True, person__organisation__is_active=True
    )
    linked = known.select_related("person__organisation").first()
    return None if linked is None or _is_locked(linked.person) else linked.person


@transaction.atomic
def link_identity(actor: Actor, person: Person, provider: str, subject: str) -> bool:
    """Link a logged-in person to a subject; ``False`` where the subject is somebody else."""
    linked, is_new = Identity.objects.get_or_create(provider=provider, subject=subject, defaults={"person": person})
    if is_new:
        record(actor, Deed("person.link", "person", str(person.pk), after={"provider": provider}))
    return bool(linked.person_id == person.pk)


def tell(person: Person, verb: str, address: str, by: str = "") -> None:
    """Write the event of a step of signing in."""
    actor = Actor(person.login, person.name, person.organisation.code, address)
    record(actor, Deed(f"person.{verb}", "person", str(person.pk), after={"by": by} if by else None))


def _is_locked(person: Person) -> bool:
    return person.locked_until is not None and person.locked_until > timezone.now()


def _count_failure(person: Person, address: str, by: str) -> None:
    Person.objects.filter(pk=person.pk).update(failed_logins=F("failed_logins") + 1)
    person.refresh_from_db(fields=["failed_logins"])
    tell(person, "login_failed", address, by)
    if person.failed_logins >= TRIES:
        until = timezone.now() + LOCKED_FOR
        Person.objects.filter(pk=person.pk).update(failed_logins=0, locked_until=until)
        tell(person, "locked", address)
