"""`manage.py seed_places`: the real counties, towns, categories, venues and rooms."""

from typing import Any

from django.core.management.base import BaseCommand

from fairs.seeding import seed_places


class Command(BaseCommand):
    """Adds what is missing, and changes nothing that is there."""

    help = "Adds the real counties, towns, categories, venues and rooms that are missing. Changes nothing else."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed and say how much was new."""
        new = seed_places()
        self.stdout.write(
            f"new: {new.counties} counties, {new.towns} towns, {new.categories} categories, {new.venues} venues, "
            f"{new.rooms} rooms"
        )
