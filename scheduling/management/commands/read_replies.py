"""`manage.py read_replies < mail.eml`: an answer to an invitation, as the mail server delivers it."""

import sys

from django.core.management.base import BaseCommand

from scheduling import replies


class Command(BaseCommand):
    """Reads one mail from the standard input, and says what came of it. Reading it again changes nothing."""

    help = "Reads one mail from the standard input: an answer to an invitation, as calendars send them."

    def handle(self, *args: object, **options: object) -> None:
        """Read, and print the outcome; a mail that is no answer is no fault of whoever delivers it."""
        reply = replies.read(sys.stdin.buffer.read(replies.LARGEST_MAIL + 1))
        self.stdout.write(f"{reply.outcome} {reply.why}".strip())
