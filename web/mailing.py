"""Mails that a page causes rather than a change: they go through the outbox like all others."""

from datetime import timedelta

from django.utils import timezone

from core import tokens
from worker import outbox
from worker.models import Message
from worker.outbox import Recipient

SIGN_UP = "company-signup"
MOST_A_DAY = 3  # to one address, so that nobody can flood a stranger's box through our form


def send_sign_up_link(email: str, *, name: str, company: str, url: str, language: str) -> None:
    """Send the link that proves an address and makes the company; silently not more than some a day.

    The cause holds a hash of the link, so that a double click sends one mail.
    """
    since = timezone.now() - timedelta(days=1)
    if Message.objects.filter(kind=SIGN_UP, recipient=email, created_at__gt=since).count() >= MOST_A_DAY:
        return
    outbox.enqueue(
        SIGN_UP,
        cause=f"sign-up:{tokens.hash_of(url)}",
        to=[Recipient(email=email, name=name, language=language)],
        context={"name": name, "company": company, "url": url},
    )
    outbox.wake()
