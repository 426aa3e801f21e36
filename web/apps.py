from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages, by audience."""

    name = "web"
