"""Organisations, people and the roles that they hold (机构、人员、角色).

Owns the shapes. Login, lock-out and changes are ``services``; who sees which row is ``scope``.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from kaiwu.web.account.role import OrganisationKind, Role, role_name
from kaiwu.web.account.scope import Scope, ScopedQuerySet

ADMINISTRATION = Scope(office=False, audit=True, system=True, security=True)


class Organisation(models.Model):
    """Who somebody works for (机构). ``entity`` is the register's id of a firm, town, park or platform."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=OrganisationKind.choices)
    entity = models.CharField(max_length=64, blank=True, db_index=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    is_active = models.BooleanField(default=True)

    scope: ClassVar[Scope] = ADMINISTRATION
    objects: ClassVar[models.Manager[Organisation]] = ScopedQuerySet.as_manager()

    class Meta:
        """In the order of their codes."""

        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"].from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """People by their login name."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person of a login name, whatever its case."""
        person: Person = self.get(login=(username or "").strip().lower())
        return person


class Person(AbstractBaseUser):
    """Somebody with an account (人员). No telephone, identity or bank number is kept here.

    ``secret`` is the sealed key of the one-time codes (blank: none), ``secret_step`` the last half-minute whose code was taken.
    A higher ``session_round`` ends every session that was begun before.
    """

    login = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, default="zh-hans")
    must_change_password = models.BooleanField(default=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    failed_logins = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    secret = models.TextField(blank=True)
    secret_step = models.BigIntegerField(default=0)
    session_round = models.PositiveIntegerField(default=0)

    scope: ClassVar[Scope] = ADMINISTRATION
    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """In the order of their names."""

        ordering = ("name", "login")

    def __str__(self) -> str:
        return self.name

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles held, read once a request."""
        return frozenset(Role(code) for code in self.grants.values_list("role", flat=True))

    def role_names(self) -> str:
        """The roles held, in words."""
        return "、".join(sorted(role_name(Role(g.role)) for g in self.grants.all()))

    def holds(self, *roles: Role) -> bool:
        """Whether any of these roles is held."""
        return not self.roles.isdisjoint(roles)

    @property
    def has_totp(self) -> bool:
        """Whether one-time codes are set up."""
        return bool(self.secret)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must carry: it ends with the password and with the round."""
        told = f"{self.password}\n{self.session_round}"
        return salted_hmac("kaiwu.web.account.session", told, secret=secret, algorithm="sha256").hexdigest()

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read again, roles too."""
        self.__dict__.pop("roles", None)
        super().refresh_from_db(*args, **kwargs)


class RoleGrant(models.Model):
    """A role that a person holds (授权), by whom and since when."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    granted_by = models.CharField(max_length=64)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A role is held once."""

        unique_together = (("person", "role"),)


class FormerPassword(models.Model):
    """The hash of a password that somebody had (历史口令); the last few are not taken again."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    until = models.DateTimeField(auto_now_add=True)

    class Meta:
        """The latest first."""

        ordering = ("-id",)


class RecoveryCode(models.Model):
    """The digest of a code that stands in for a lost authenticator (备用码), once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """No code is held twice."""

        unique_together = (("person", "digest"),)


class Identity(models.Model):
    """Who somebody is at an identity provider (统一身份关联): ``subject`` is the provider's own name for them."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    provider = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A subject is one person."""

        unique_together = (("provider", "subject"),)
