"""A real SMTP server in this process, whose answers a test scripts by receiver."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass
class MailServer:
    """What came in, and what is answered.

    `at_rcpt`, `at_data`: an answer for a receiver, given instead of 250; the answer "drop" hangs up without a word.
    `greylists`: receivers that are told to come again at their first try. `pause`: seconds before a mail is taken.
    """

    port: int = 0
    at_rcpt: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)
    greylists: set[str] = field(default_factory=set)
    pause: float = 0
    taken: list[tuple[str, str]] = field(default_factory=list)  # (Message-ID, receiver), as acknowledged
    mails: list[EmailMessage] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    came: threading.Condition = field(default_factory=threading.Condition)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tries[address] += 1
        if address in self.greylists and self.tries[address] == 1:
            return "451 4.7.1 Greylisted, please come again"
        answer = self.at_rcpt.get(address, "250 OK")
        if answer == "drop":
            return self._hang_up(server)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        receiver = envelope.rcpt_tos[0]
        if answer := self.at_data.get(receiver):
            return self._hang_up(server) if answer == "drop" else answer
        await asyncio.sleep(self.pause)
        mail: Any = message_from_bytes(envelope.content or b"", policy=default)
        with self.came:
            self.taken.append((mail["Message-ID"], receiver))
            self.mails.append(mail)
            self.came.notify_all()
        return "250 Taken"

    def wait_for(self, count: int, *, seconds: float) -> None:
        """Wait until so many mails came."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.taken) >= count, seconds), f"only {len(self.taken)} came"

    def to(self, receiver: str) -> EmailMessage:
        """The only mail that this receiver got."""
        (mail,) = [mail for mail, (_, to) in zip(self.mails, self.taken, strict=True) if to == receiver]
        return mail

    @staticmethod
    def _hang_up(server: SMTP) -> str:
        server.transport.abort()
        return "421 gone"


@contextmanager
def running() -> Iterator[MailServer]:
    """A server on a free port, in a thread, until the block ends."""
    script, loop = MailServer(), asyncio.new_event_loop()
    with socket.create_server(("127.0.0.1", 0)) as listening, closing(loop):
        script.port = listening.getsockname()[1]
        serving = loop.create_server(lambda: SMTP(script, hostname="localhost", loop=loop), sock=listening)
        server = loop.run_until_complete(serving)
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            yield script
        finally:
            asyncio.run_coroutine_threadsafe(_end(server), loop).result(5)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
