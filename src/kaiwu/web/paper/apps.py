"""The app of papers."""

from django.apps import AppConfig


class PaperConfig(AppConfig):
    """Papers (文书)."""

    name = "kaiwu.web.paper"
    label = "kaiwu_paper"
