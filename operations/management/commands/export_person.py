"""`manage.py export_person EMAIL FILE.json`: a copy of everything that is kept about a person."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.errors import DomainError
from operations import erasing


class Command(BaseCommand):
    """Writes the copy, and changes nothing."""

    help = "Writes everything that is kept about a person as JSON. docs/operate/erasing.md tells the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and where to."""
        parser.add_argument("email")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it for our eyes only; a file that is there is not written over."""
        try:
            erasing.write_copy(erasing.find(options["email"]), options["file"])
        except DomainError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(_("The file can’t be written: %s") % error.strerror) from error
        self.stdout.write(f"{options['file']}: {options['file'].stat().st_size} B")
