"""`manage.py erase_person EMAIL`: a person's name and address go out of every table, for good."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.errors import DomainError
from operations import erasing


class Command(BaseCommand):
    """Asks first on a terminal."""

    help = "Erases a person, by the Personal Data Protection Act. docs/operate/erasing.md tells the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, and how sure we are."""
        parser.add_argument("email", nargs="?", help="the address of the person")
        parser.add_argument("--again", action="store_true", help="erase whoever came back with an older back-up")
        parser.add_argument("--by", metavar="EMAIL", help="in whose name; otherwise in nobody's")
        parser.add_argument(
            "--export", type=Path, metavar="FILE.json", help="first write all that is kept to this file"
        )
        parser.add_argument("--yes", action="store_true", help="don't ask")
        parser.add_argument(
            "--even-if-last", action="store_true", help="leave companies without an owner, organizers without planners"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Find, say what stands in the way, export, ask, erase."""
        if bool(options["email"]) == options["again"]:
            raise CommandError("Give an address, or --again.")
        try:
            by = _person_of(options["by"]) if options["by"] else None
            with translation.override(by.language if by else settings.LANGUAGE_CODE):
                self._erase_again(by, options) if options["again"] else self._erase(by, options)
        except DomainError as error:
            raise CommandError(error.message) from error

    def _erase(self, by: User | None, options: dict[str, Any]) -> None:
        person = erasing.find(options["email"])
        leaving = _obstacles(person, even_if_last=options["even_if_last"])
        if options["export"]:
            try:
                erasing.write_copy(person, options["export"])
            except OSError as error:
                raise CommandError(_("The file can’t be written: %s") % error.strerror) from error
        self._ask([str(person.user), *person.addresses] if person.user else person.addresses, options)
        self._report(erasing.erase(person, by=by, leaving=[each.about for each in leaving]))

    def _erase_again(self, by: User | None, options: dict[str, Any]) -> None:
        people = erasing.came_back()
        if not people:
            self.stdout.write(_("Nobody who was erased came back."))
            return
        self._ask(people, options)
        for address in people:
            person = erasing.find(address)
            leaving = _obstacles(person, even_if_last=True)
            self._report(erasing.erase(person, by=by, leaving=[each.about for each in leaving]))

    def _ask(self, who: Sequence[str], options: dict[str, Any]) -> None:
        """Raises CommandError unless somebody says yes."""
        if options["yes"]:
            return
        if not sys.stdin.isatty():
            raise CommandError(_("Nobody can be asked here. Add --yes to erase without asking."))
        self.stdout.write("\n".join(who))
        if input(_("Erase for good? Nothing brings it back. [yes/no] ")).strip().lower() not in ("yes", "y", "是"):
            raise CommandError(_("Nothing was changed."))

    def _report(self, erased: erasing.Erased) -> None:
        if erased.change is None:
            self.stdout.write(_("Nothing is kept about this address."))
            return
        self.stdout.write(_("Erased for good."))
        if erased.rows:
            texts = ngettext("So was the name in %d other text.", "So was the name in %d other texts.", erased.rows)
            self.stdout.write(texts % erased.rows)
        if erased.left:
            self.stdout.write(_("The name is part of what these are called, and stays: %s") % ", ".join(erased.left))
        if erased.is_ambiguous:
            self.stdout.write(
                _("Others bear the name too, or it is short: it was taken out of the person’s rows alone.")
            )
        if not erased.is_settled:
            self.stdout.write(_("Work that began before has not ended. Run this once more in a few minutes."))


def _person_of(email: str) -> User:
    """In whose name. Raises CommandError."""
    try:
        return User.objects.get_by_natural_key(email)
    except User.DoesNotExist:
        raise CommandError(_("There is no account with this e-mail address: %s") % email)


def _obstacles(person: erasing.Person, *, even_if_last: bool) -> list[erasing.Obstacle]:
    """What would be left without the person. Raises CommandError where that must not be."""
    found = erasing.find_obstacles(person)
    if all(each.can_be_left for each in found) and (even_if_last or not found):
        return found
    sentences = [each.sentence for each in found]
    if all(each.can_be_left for each in found):
        sentences.append(_("Or add --even-if-last."))
    raise CommandError(" ".join(sentences))
