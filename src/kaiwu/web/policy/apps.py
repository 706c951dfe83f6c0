"""The app of policies."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """Policies (政策找人)."""

    name = "kaiwu.web.policy"
    label = "kaiwu_policy"
