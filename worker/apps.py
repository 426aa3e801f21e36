"""Which process knows the reactions: every one, so that whatever unfolds a change knows what follows."""

from django.apps import AppConfig


class WorkerConfig(AppConfig):
    """The worker's room."""

    name = "worker"

    def ready(self) -> None:
        """Declare the reactions."""
        import worker.reactions  # noqa: F401, PLC0415 (reactions name models, which are not loaded before)
