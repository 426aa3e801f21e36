"""`manage.py import_applications FILE`: applications from a file."""

from accounts.commands import ImportCommand
from accounts.models import User
from core.importing import Outcome, Progress, Take
from exhibitors.application_rows import APPLICATION_REASONS
from exhibitors.importing import import_applications


class Command(ImportCommand):
    """Hands in applications."""

    help = "Hands in the applications of a file, to open calls of the fairs that the person coordinates."
    reasons = APPLICATION_REASONS

    def run(self, data: bytes, *, name: str, by: User | None, take: Take, progress: Progress) -> Outcome:
        """Import applications."""
        return import_applications(data, name=name, by=by, take=take, progress=progress)
