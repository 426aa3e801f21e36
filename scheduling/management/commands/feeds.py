"""`manage.py feeds --out DIR`: the published feeds as files, named as their addresses are."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from accounts.models import Language
from fairs.models import Fair
from scheduling import keys
from scheduling.calendars import describe
from scheduling.models import Feed, Stage
from scheduling.publishing import feed_for


class Command(BaseCommand):
    """Writes public feeds into a folder, so that any web server can serve them. Private ones are never written."""

    help = "Writes the public feeds of all fairs, or of one, as files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("--out", required=True, type=Path, help="the folder; made if it is not there")
        parser.add_argument("--fair", help="only the feeds of the fair with this short name")

    def handle(self, *args: object, **options: object) -> None:
        """Write each feed in both languages."""
        folder = options["out"]
        assert isinstance(folder, Path)
        count = 0
        for key in self._keys(options["fair"]):
            for language in Language.values:
                count += _write(folder, key, language)
        self.stdout.write(f"{count} feeds in {folder}")

    def _keys(self, slug: object) -> list[str]:
        if slug is None:
            # Those that anybody asked for, and those that everybody may ask for first.
            asked = Feed.objects.exclude(key__startswith="own:").exclude(key=keys.NEWS)
            fairs: QuerySet[Fair] = Fair.objects.public()
            return sorted({keys.FAIRS, *asked.values_list("key", flat=True), *(keys.fair(fair.pk) for fair in fairs)})
        fair = Fair.objects.public().filter(slug=slug).first()
        if fair is None:
            raise CommandError(f"There is no public fair “{slug}”.")
        return [keys.fair(fair.pk), *(keys.stage(stage.pk) for stage in Stage.objects.filter(fair=fair))]


def _write(folder: Path, key: str, language: str) -> int:
    """One feed as iCalendar; how many files that made. English ones end in `.en.ics`."""
    calendar = describe(key, language)
    feed = feed_for(key, language)
    if calendar is None or feed is None:
        return 0
    ending = ".ics" if language == Language.ZH else f".{language}.ics"
    path = folder / f"{calendar.path.removeprefix('/')}{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(Feed.objects.values_list("body", flat=True).get(pk=feed.pk)))
    return 1
