"""`manage.py grant_role`: the role with which web and workers enter the database. Run as the owner, after migrate."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from operations import roles


class Command(BaseCommand):
    """Makes the role and grants it the daily work, but no rewriting of the journal."""

    help = "Makes the database role of web and workers. Its password is read from APP_DATABASE_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        """The role's name."""
        parser.add_argument("--role", default="otop_app")

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant and say so."""
        roles.grant(options["role"], password=os.environ.get("APP_DATABASE_PASSWORD") or None)
        self.stdout.write(f"{options['role']} may do the daily work and not rewrite the journal")
