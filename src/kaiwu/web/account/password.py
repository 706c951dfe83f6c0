"""Passwords (口令): what is taken, changing one's own, a first one from the administrator.

Owns the policy: 12 to 128 characters, none of the common ones, nothing of one's own name, login or organisation, none of the
last ``KEPT``; no rule about kinds of characters and no expiry, which make passwords worse. Sentences are Django's validators'.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.account.models import FormerPassword, Person
from kaiwu.web.event.services import Actor, Deed, record
from kaiwu.web.wording import pick

KEPT = 5
LONGEST = 128
SITE_WORDS = ("kaiwu", "开物")
SHORTEST_WORD = 3


class NotBefore:
    """A validator: none of the last few passwords."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ``ValidationError`` where it was used before."""
        if user is None or user.pk is None:
            return
        former = user.former_passwords.values_list("password", flat=True)[: KEPT - 1]
        if any(check_password(password, known) for known in [user.password, *former]):
            raise ValidationError(pick(f"不能与最近 {KEPT} 次的口令相同", f"It was one of your last {KEPT} passwords."))

    def get_help_text(self) -> str:
        """The rule in words."""
        return pick(f"不能与最近 {KEPT} 次的口令相同", f"None of your last {KEPT} passwords.")


class NoOwnWords:
    """A validator: not too long, and without the words that anybody would guess of this person and this site."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ``ValidationError`` naming what is wrong."""
        if len(password) > LONGEST:
            raise ValidationError(pick(f"至多 {LONGEST} 个字符", f"At most {LONGEST} characters."))
        own = () if user is None else (user.login, user.name, user.organisation.name, user.organisation.code)
        if any(len(w) >= SHORTEST_WORD and w.lower() in password.lower() for w in (*SITE_WORDS, *own)):
            raise ValidationError(
                pick(
                    "不能含有姓名、登录名、单位或系统名称",
                    "Without your name, login, organisation or this site's name.",
                )
            )

    def get_help_text(self) -> str:
        """The rule in words."""
        return pick("不含姓名、登录名、单位或系统名称", "Without your name, login, organisation or this site's name.")


def find_password_problems(person: Person, password: str) -> list[str]:
    """What is wrong with a new password, in the reader's language; empty where it is taken."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        return list(error.messages)
    return []


@transaction.atomic
def change_password(actor: Actor, person: Person, password: str) -> None:
    """The person's own change. Raises ``KaiwuError`` where the policy refuses the new one. Every other session ends."""
    lines = find_password_problems(person, password)
    if lines:
        raise KaiwuError(
            Problem(
                "W-PASSWORD", f"新口令不合要求: {'; '.join(lines)}", f"the new password is refused: {'; '.join(lines)}"
            )
        )
    _set(person, password, must_change=False)
    record(actor, Deed("person.password", "person", str(person.pk)))


def make_first_password() -> str:
    """A password that nobody has chosen."""
    return secrets.token_urlsafe(12)


@transaction.atomic
def reset_password(actor: Actor, person: Person, *, must_change: bool = True) -> str:
    """A first password from the administrator, to be changed at the next login; told once, kept nowhere. Ends every session."""
    password = make_first_password()
    _set(person, password, must_change=must_change, failed_logins=0, locked_until=None)
    record(actor, Deed("person.reset_password", "person", str(person.pk)))
    return password


def _set(person: Person, password: str, *, must_change: bool, **values: Any) -> None:
    if person.password:
        FormerPassword.objects.create(person=person, password=person.password)
    kept = person.former_passwords.values_list("pk", flat=True)[:KEPT]
    person.former_passwords.exclude(pk__in=list(kept)).delete()
    person.set_password(password)
    Person.objects.filter(pk=person.pk).update(
        password=person.password, must_change_password=must_change, password_changed_at=timezone.now(),
        session_round=F("session_round") + 1, **values,
    )  # fmt: skip
    person.refresh_from_db()
