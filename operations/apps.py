"""The room's place in Django."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Registers the checks."""

    name = "operations"

    def ready(self) -> None:
        """Importing them registers them, which needs the apps."""
        from operations import checks  # noqa: F401, PLC0415
