"""Addresses of accounts."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from kaiwu.web.account import administration, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", views.log_in, name="login"),
    path("login/code/", views.ask_code, name="login-code"),
    path("logout/", views.log_out, name="logout"),
    path("account/", views.show_account, name="account"),
    path("account/password/", views.show_password, name="account-password"),
    path("account/totp/", views.show_totp, name="account-totp"),
    path("account/sessions/", views.leave_everywhere, name="account-sessions"),
    path("person/new/", administration.new_person, name="person-new"),
    path("person/<int:key>/turn/", administration.turn_person, name="person-turn"),
    path("person/<int:key>/password/", administration.renew_password, name="person-password"),
    path("person/<int:key>/totp/", administration.clear_totp, name="person-totp"),
    path("person/<int:key>/sessions/", administration.end_person_sessions, name="person-sessions"),
    path("person/<int:key>/roles/", administration.change_roles, name="person-roles"),
    path("organisation/new/", administration.new_organisation, name="organisation-new"),
    path("organisation/<int:key>/turn/", administration.turn_organisation, name="organisation-turn"),
]
if settings.KAIWU_OIDC_URL:
    urlpatterns.append(path("", include("allauth.socialaccount.providers.openid_connect.urls")))
