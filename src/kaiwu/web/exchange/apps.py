"""The app of the exchange."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Exchange of data (数据报送与对数)."""

    name = "kaiwu.web.exchange"
    label = "kaiwu_exchange"
