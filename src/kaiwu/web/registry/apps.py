"""The app of the registry."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The registry (主体库)."""

    name = "kaiwu.web.registry"
    label = "kaiwu_registry"
