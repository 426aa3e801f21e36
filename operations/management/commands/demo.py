"""`manage.py demo`: the demo world."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from operations.demo.loading import load


class Command(BaseCommand):
    """Loads what is missing of the demo world; a second run changes nothing."""

    help = "Loads the demo world: fictional companies and fairs in real places, with days around this week."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much, and around which week."""
        parser.add_argument(
            "--size",
            choices=["small", "full", "huge"],
            default="full",
            help="8 fairs, all 24 (default), or one of 400 booths besides",
        )
        parser.add_argument("--anchor", type=date.fromisoformat, metavar="DATE", help="a day of the week of day 0")
        parser.add_argument(
            "--yes-really",
            action="count",
            default=0,
            help="load it into a service that is not for trying out; must be said twice. Nobody can sign in then",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was new."""
        if not settings.DEMO and options["yes_really"] < 2:
            raise CommandError(
                "This service is not for trying out (DEMO is off), and the demo world can't be taken out again. "
                "If you want it all the same, say --yes-really twice."
            )
        loaded = load(
            options["size"],
            anchor=options["anchor"],
            now=timezone.now(),
            say=lambda step: self.stderr.write(f"  {step}", str),
        )
        self.stdout.write(
            f"{loaded.fairs} fairs, {loaded.applications} applications and {loaded.changes} lines of the journal were "
            f"new; day 0 is Monday {loaded.anchor}."
        )
