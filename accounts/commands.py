"""What the commands that import files have in common: parse, call, print."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.rules import may_import
from core.errors import DomainError
from core.importing import Outcome, Progress, Take
from core.outcomes import as_data, say, write_report
from core.reasons import FILE_REASONS
from core.tables import MAX_BYTES


class ImportCommand(BaseCommand):
    """Imports one file: all of it or nothing, unless told otherwise."""

    reasons: ClassVar[Mapping[str, Promise]]

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and what is done with it."""
        parser.add_argument("file", type=Path, help="a CSV (UTF-8 or Big5) or Excel (.xlsx) file")
        parser.add_argument("--dry-run", action="store_true", help="only say what would come of it")
        parser.add_argument("--by", metavar="EMAIL", help="in whose name; what this person may not see is unknown")
        parser.add_argument("--keep-good", action="store_true", help="take the good rows even if others are refused")
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="write the reasons to this CSV file, or the outcome to .json"
        )

    def run(self, data: bytes, *, name: str, by: User | None, take: Take, progress: Progress) -> Outcome:
        """Import the bytes of a file. For the command to say."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the file and say what came of it. The reasons go to the output as CSV, all else beside it."""
        by = _person(options["by"]) if options["by"] else None
        take = Take.NOTHING if options["dry_run"] else Take.GOOD if options["keep_good"] else Take.ALL
        with translation.override(by.language if by else settings.LANGUAGE_CODE):
            file: Path = options["file"]
            try:
                with file.open("rb") as stream:
                    data = stream.read(MAX_BYTES + 1)  # enough to know that it is too large
                outcome = self.run(data, name=file.name, by=by, take=take, progress=self._progress)
            except OSError as error:
                raise CommandError(_("The file can’t be read: %s") % error.strerror) from error
            except DomainError as error:
                raise CommandError(error.message) from error
            self._report(outcome, file, options["report"])
            self._conclude(outcome, take)

    def _say(self, sentence: str) -> None:
        self.stderr.write(sentence, str)  # beside the output, but not in the colour of errors

    def _progress(self, done: int, of: int) -> None:
        self._say(_("%(done)d of %(of)d rows read") % {"done": done, "of": of})

    def _report(self, outcome: Outcome, file: Path, report: Path | None) -> None:
        for column in outcome.unknown:
            self._say(str(FILE_REASONS["unknown_column"]) % {"column": column})
        if report is not None and report.suffix == ".json":
            report.write_text(json.dumps(as_data(outcome, file=file.name), ensure_ascii=False, indent=1) + "\n")
        elif report is not None:
            # The mark at the beginning, without which spreadsheets read Chinese as something else.
            with report.open("w", encoding="utf-8-sig", newline="") as to:
                write_report(outcome, to, reasons=self.reasons)
        elif outcome.error or outcome.rejected:
            reasons = io.StringIO(newline="")
            write_report(outcome, reasons, reasons=self.reasons)
            self.stdout.write(reasons.getvalue(), ending="")

    def _conclude(self, outcome: Outcome, take: Take) -> None:
        """Say what was stored. Raises CommandError where something should have been and was not."""
        if outcome.error:
            raise CommandError(say(outcome))
        good, bad = len(outcome.accepted), len(outcome.rejected)
        self._say(ngettext("%d row is good.", "%d rows are good.", good) % good)
        if bad:
            self._say(ngettext("%d row is refused.", "%d rows are refused.", bad) % bad)
        if take is Take.NOTHING:
            self._say(_("Nothing was changed: this was a trial."))
        elif take is Take.ALL and bad:
            raise CommandError(_("Nothing was imported. Correct the refused rows, or add --keep-good."))
        else:
            self._say(ngettext("%d row was imported.", "%d rows were imported.", outcome.stored) % outcome.stored)


def _person(email: str) -> User:
    """Who may import. Raises CommandError."""
    try:
        user = User.objects.get_by_natural_key(email)
    except User.DoesNotExist:
        raise CommandError(_("There is no account with this e-mail address: %s") % email)
    if not may_import(user):
        raise CommandError(_("%s coordinates no organizer and is no administrator, so may not import.") % email)
    return user
