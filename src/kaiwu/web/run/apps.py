"""The app of runs."""

from django.apps import AppConfig


class RunConfig(AppConfig):
    """Runs (测算)."""

    name = "kaiwu.web.run"
    label = "kaiwu_run"
