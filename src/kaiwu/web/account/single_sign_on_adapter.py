"""Where django-allauth hands over: a proved subject goes to ``accept_subject``, a failure to a plain message."""

from __future__ import annotations

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from kaiwu.web.account.single_sign_on import PROVIDER, accept_subject
from kaiwu.web.shell import show_message
from kaiwu.web.wording import pick


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """allauth's own sign-up, accounts and sessions are never reached."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> NoReturn:
        """The handshake is done: ours from here."""
        raise ImmediateHttpResponse(accept_subject(request, PROVIDER, str(sociallogin.account.uid)))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody signs up."""
        return False

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> NoReturn:
        """The provider refused, was away, or the answer was not ours."""
        text = pick("统一身份认证没有成功, 可用登录名登录", "Single sign-on did not succeed: log in with your password")
        raise ImmediateHttpResponse(show_message(request, pick("登录未成功", "Not logged in"), text, 401))
