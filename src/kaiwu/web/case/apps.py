"""The app of cases."""

from django.apps import AppConfig


class CaseConfig(AppConfig):
    """Cases (办件)."""

    name = "kaiwu.web.case"
    label = "kaiwu_case"
