"""Mails that a page causes rather than a change: they go through the outbox like all others."""

from accounts.adapter import may_mail
from core import tokens
from worker import outbox
from worker.outbox import Recipient

SIGN_UP = "company-signup"


def send_sign_up_link(email: str, *, name: str, company: str, url: str, language: str) -> None:
    """Send the link that proves an address and makes the company; silently none where too many were asked for.

    The cause holds a hash of the link, so that a double click sends one mail.
    """
    if not may_mail(email):
        return
    outbox.enqueue(
        SIGN_UP,
        cause=f"sign-up:{tokens.hash_of(url)}",
        to=[Recipient(email=email, name=name, language=language)],
        context={"name": name, "company": company, "url": url},
    )
    outbox.wake()
