"""`manage.py send_test_mail ADDRESS`: show whether mail goes out, and what the server says."""

from __future__ import annotations

import smtplib
from argparse import ArgumentParser
from typing import Any  # Django's own signature
from uuid import uuid4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from worker import rendering, smtp
from worker.models import Message


class Command(BaseCommand):
    """Send one mail now, from this process, past the outbox."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What must be said."""
        parser.add_argument("address", help="who gets it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build it, send it, and say what came of it."""
        domain = rendering.envelope_sender().rpartition("@")[2]
        message = Message(
            kind="test",
            recipient=options["address"],
            context={"organizer_zh": "OTOP 展會", "organizer_en": "OTOP Fairs", "name": ""},
            message_id=f"<{uuid4().hex}@{domain}>",
        )
        place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        try:
            content = rendering.build(message).as_bytes()
            with smtp.Server() as server:
                server.send(sender=rendering.envelope_sender(), receiver=message.recipient, content=content)
        except rendering.Unbuildable as error:
            raise CommandError(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise CommandError(f"{place} did not take it: {smtp.answer_of(error).text}") from error
        self.stdout.write(f"{place} took it, as {message.message_id}.")
