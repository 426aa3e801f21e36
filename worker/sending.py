"""Sending: what a send worker does each time it is woken."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Sequence
from time import monotonic

from worker import outbox, smtp
from worker.models import Message

log = logging.getLogger(__name__)


def send_due(*, seconds: float = 2) -> bool:
    """Send what is due, for so many seconds at most; whether more is due and the server there to take it.

    Safe in any number of workers at once, and to be killed at any line: the outbox says why.
    """
    until = monotonic() + seconds
    with smtp.Server() as server:
        while monotonic() < until:
            if not outbox.anything_due():
                return False
            # Asked before a lease is taken: a server that is away costs no message a try.
            if not _is_there(server):
                return False
            _send(outbox.claim(), server, until)
    return outbox.anything_due()


def _send(batch: Sequence[Message], server: smtp.Server, until: float) -> None:
    for number, message in enumerate(batch):
        if monotonic() >= until or not _is_there(server):
            outbox.let_go(batch[number:])
            return
        if outbox.hold(message):
            outbox.attempt(message, server)


def _is_there(server: smtp.Server) -> bool:
    try:
        server.connect()
    except (smtplib.SMTPException, OSError) as error:
        # The sweep asks again; health shows the age of the oldest due message.
        log.warning("mail server is away", extra={"error": f"{type(error).__name__}: {error}"[:200]})
        return False
    return True
