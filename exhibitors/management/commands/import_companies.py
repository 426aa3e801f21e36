"""`manage.py import_companies FILE`: companies from a file."""

from accounts.commands import ImportCommand
from accounts.models import User
from core.importing import Outcome, Progress, Take
from exhibitors.company_rows import COMPANY_REASONS
from exhibitors.importing import import_companies


class Command(ImportCommand):
    """Adds companies."""

    help = "Adds the companies of a file, known by their UBN, or by name and town where they have none."
    reasons = COMPANY_REASONS

    def run(self, data: bytes, *, name: str, by: User | None, take: Take, progress: Progress) -> Outcome:
        """Import companies."""
        return import_companies(data, name=name, by=by, take=take, progress=progress)
