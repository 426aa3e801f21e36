"""`manage.py backup FILE`: the whole database in one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from core.errors import DomainError
from operations import backup


class Command(BaseCommand):
    """Writes the dump, while the service runs."""

    help = "Writes the whole database into one file, as of one instant. docs/operate/backup.md tells the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Dump and say how large it is."""
        try:
            backup.dump(connection.settings_dict, options["file"])
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{options['file']}: {options['file'].stat().st_size / 1e6:.1f} MB")
