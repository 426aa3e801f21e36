"""`manage.py restore FILE`: the database as it was when the dump was made."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext as _

from core.errors import DomainError
from operations import backup, roles
from operations.erasing import came_back


class Command(BaseCommand):
    """Restores the dump, brings it up to this version, and gives the role of web and workers its rights again."""

    help = "Restores a dump that `manage.py backup` made, all or nothing. docs/operate/backup.md tells the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        """What, and whether over what there is."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="put the dump in the place of what is there")
        parser.add_argument("--role", default="otop_app", help="the role that gets its rights again, if it exists")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, migrate, grant."""
        connection.close()
        try:
            backup.restore(connection.settings_dict, options["file"], replace=options["replace"])
        except DomainError as error:
            raise CommandError(error.message) from error
        call_command("migrate", interactive=False, verbosity=0)
        if roles.exists(options["role"]):
            roles.grant(options["role"])
        self.stdout.write(f"restored {options['file']}")
        if came_back():
            self.stdout.write(_("It brought people back who were erased since. Run: manage.py erase_person --again"))
