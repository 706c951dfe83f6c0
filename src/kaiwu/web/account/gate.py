"""What stands between a login and the pages (登录后的关口): a first password is changed, one-time codes are set up, a long session ends.

Owns where somebody is sent who may not go on yet. ``kaiwu.web.middleware`` asks at every request.
"""

from __future__ import annotations

import time

from django.contrib.auth import logout
from django.http import HttpRequest
from django.urls import reverse

from kaiwu.web.account.models import Person
from kaiwu.web.account.sign_in import needs_totp

LONGEST = 12 * 3600
"""Seconds of a session at most, however busy it is."""
OPEN = ("/logout/", "/language/", "/static/", "/health/", "/login/")
BEGAN = "kaiwu_began"


def find_detour(request: HttpRequest, person: Person) -> str:
    """Where this request has to go first, or blank. Ends a session that has lasted too long or whose organisation is closed."""
    if request.path.startswith(OPEN):
        return ""
    began = request.session.setdefault(BEGAN, time.time())
    if time.time() - began > LONGEST or not person.organisation.is_active:
        logout(request)
        return reverse("login")
    if person.must_change_password:
        wanted = reverse("account-password")
    elif needs_totp(person):
        wanted = reverse("account-totp")
    else:
        return ""
    return "" if request.path == wanted else wanted
