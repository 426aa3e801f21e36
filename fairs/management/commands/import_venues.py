"""`manage.py import_venues FILE`: venues from a file."""

from accounts.commands import ImportCommand
from accounts.models import User
from core.importing import Outcome, Progress, Take
from fairs.importing import import_venues
from fairs.place_rows import PLACE_REASONS


class Command(ImportCommand):
    """Adds venues."""

    help = "Adds the venues of a file."
    reasons = PLACE_REASONS

    def run(self, data: bytes, *, name: str, by: User | None, take: Take, progress: Progress) -> Outcome:
        """Import venues."""
        return import_venues(data, name=name, take=take, progress=progress)
