"""`manage.py import_towns FILE`: towns from a file."""

from accounts.commands import ImportCommand
from accounts.models import User
from core.importing import Outcome, Progress, Take
from fairs.importing import import_towns
from fairs.place_rows import PLACE_REASONS


class Command(ImportCommand):
    """Adds towns and brings those up to date that are here."""

    help = "Adds the towns of a file, and brings those up to date that are here."
    reasons = PLACE_REASONS

    def run(self, data: bytes, *, name: str, by: User | None, take: Take, progress: Progress) -> Outcome:
        """Import towns."""
        return import_towns(data, name=name, take=take, progress=progress)
