"""The app of claims."""

from django.apps import AppConfig


class ClaimConfig(AppConfig):
    """Claims (兑付申报)."""

    name = "kaiwu.web.claim"
    label = "kaiwu_claim"
