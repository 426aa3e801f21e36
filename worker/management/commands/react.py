"""`manage.py react`: replay reactions on purpose, and look after those that are stuck."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any  # Django's own signature

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from worker import handling, replaying
from worker.models import Handling
from worker.registry import UnknownKind


class Command(BaseCommand):
    """Run reactions again for changes of the past, or those that are stuck."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be said."""
        parser.add_argument("--kind", help="a kind of change, such as application.offered")
        parser.add_argument("--since", type=_instant, help="since when, such as 2026-12-01 or 2026-12-01T08:00+08:00")
        parser.add_argument("--reaction", default="", help="only this reaction, such as tell_of_offer")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--stuck", action="store_true", help="list the reactions that failed too often")
        parser.add_argument("--retry-stuck", action="store_true", help="try all of them again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Call what was asked for."""
        if options["stuck"] or options["retry_stuck"]:
            self._stuck(retry=options["retry_stuck"])
            return
        if not options["kind"] or not options["since"]:
            raise CommandError("Say which --kind of change and --since when, or --stuck.")
        asked = {"since": options["since"], "reaction": options["reaction"]}
        try:
            for each in replaying.plan(options["kind"], **asked):
                self.stdout.write(f"{each.reaction}: {each.new} for the first time, {each.again} again")
            if not options["dry_run"]:
                self.stdout.write(f"{replaying.replay(options['kind'], **asked)} are due now.")
        except UnknownKind as error:
            raise CommandError(f"No reaction knows the kind {error}.") from error

    def _stuck(self, *, retry: bool) -> None:
        stuck = list(Handling.objects.stuck().select_related("change"))
        for each in stuck:
            self.stdout.write(f"{each.reaction} {each.change.kind} {each.about_id} since {each.stuck_at}: {each.error}")
        self.stdout.write(f"{len(stuck)} are stuck.")
        if retry:
            handling.retry(stuck)
            self.stdout.write("They are due now.")


def _instant(text: str) -> datetime:
    """An instant; without a zone it is UTC. Raises ValueError."""
    instant = parse_datetime(text) or datetime.fromisoformat(text)
    return timezone.make_aware(instant) if timezone.is_naive(instant) else instant
