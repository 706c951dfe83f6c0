"""The app of accounts."""

from django.apps import AppConfig


class AccountConfig(AppConfig):
    """Accounts (账号)."""

    name = "kaiwu.web.account"
    label = "kaiwu_account"
