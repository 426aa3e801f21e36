"""The mail server: one connection that many mails share, opened when the first is sent and again when it was dropped.

Django's mail back-end is not used, since it hides what the server said about each receiver.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings

MOST_ON_A_CONNECTION = 100  # mails; many servers hang up after some number


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a mail that was not taken. `code` is the server's (RFC 5321, 4.2.1) or 0 where it said nothing.

    `is_final`: no later try will do better. `is_about_receiver`: the server knows no such receiver, or takes no mail
    for them.
    """

    code: int
    text: str
    is_final: bool
    is_about_receiver: bool


class Server:
    """The server of EMAIL_URL. Connecting and each of its replies may take EMAIL_TIMEOUT seconds."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None
        self._sent = 0

    def __enter__(self) -> Self:
        """Nothing yet: the connection is opened when it is needed."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Say good-bye."""
        self.close()

    def connect(self) -> None:
        """See to it that there is a connection. Raises SMTPException or OSError."""
        if self._smtp is not None and (self._smtp.sock is None or self._sent >= MOST_ON_A_CONNECTION):
            self.close()
        if self._smtp is None:
            self._smtp, self._sent = _connection(), 0

    def send(self, *, sender: str, receiver: str, content: bytes) -> None:
        """Hand over one mail to one receiver; it is the server's from then on. Raises SMTPException or OSError."""
        self.connect()
        assert self._smtp is not None
        self._sent += 1
        try:
            self._smtp.sendmail(sender, [receiver], content)
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
            raise  # the server answered, so the connection is good for the next mail
        except (smtplib.SMTPException, OSError):
            self._drop()
            raise

    def close(self) -> None:
        """End the connection politely, if there is one."""
        if self._smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def answer_of(error: smtplib.SMTPException | OSError) -> Answer:
    """What the server's refusal means. That it refuses our own sender is our fault, not the mail's: that may pass."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return Answer(code, _text(code, said), is_final=code >= 500, is_about_receiver=code >= 500)
    if isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
        is_final = isinstance(error, smtplib.SMTPDataError) and code >= 500
        return Answer(code, _text(code, error.smtp_error), is_final=is_final, is_about_receiver=False)
    return Answer(0, f"{type(error).__name__}: {error}"[:300], is_final=False, is_about_receiver=False)


def _text(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {text}"[:300]


def _connection() -> smtplib.SMTP:
    make = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    # The name by which we greet: else the standard library asks the resolver for it, which can take seconds.
    name = urlsplit(settings.SITE_URL).hostname or "localhost"
    smtp = make(settings.EMAIL_HOST, settings.EMAIL_PORT, local_hostname=name, timeout=settings.EMAIL_TIMEOUT)
    try:
        if settings.EMAIL_USE_TLS:
            smtp.starttls(context=ssl.create_default_context())
        if settings.EMAIL_HOST_USER:
            smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except (smtplib.SMTPException, OSError):
        smtp.close()
        raise
    return smtp
