"""The app of events."""

from django.apps import AppConfig


class EventConfig(AppConfig):
    """Events (变更记录)."""

    name = "kaiwu.web.event"
    label = "kaiwu_event"
