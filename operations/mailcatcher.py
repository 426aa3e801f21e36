"""An SMTP server that accepts every mail and keeps it in a Maildir: `python -m operations.mailcatcher`.

For development and tests. It listens on a socket that the runner has bound already, so that its address is known
before it runs and stays the same when it is started again.
"""

import argparse
import asyncio
import logging
import mailbox
import signal
import socket
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from operations.embedded.process import Child

SIZE_LIMIT = 30_000_000  # bytes a mail, attachments included


class Keeper:
    """Keeps each mail as it came, with its envelope in three headers on top."""

    def __init__(self, maildir: Path) -> None:
        maildir.parent.mkdir(parents=True, exist_ok=True)
        self._box = mailbox.Maildir(maildir, create=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Keep the mail; the answer is what the sender's server would see."""
        content = envelope.original_content or b""
        recipients = ", ".join(envelope.rcpt_tos)
        head = f"X-Envelope-From: {envelope.mail_from or '<>'}\r\nX-Envelope-To: {recipients}\r\n"
        self._box.add(head.encode() + content)
        return "250 Kept"


def listen(port: int = 0) -> socket.socket:
    """A bound and listening socket on the loopback; port 0 takes a free one."""
    return socket.create_server(("127.0.0.1", port))


def url(listening: socket.socket) -> str:
    """The address for EMAIL_URL."""
    return f"smtp://127.0.0.1:{listening.getsockname()[1]}"


def server(listening: socket.socket, *, maildir: Path, log: Path) -> Child:
    """The catcher as a child that answers on `listening`, which stays ours over its restarts."""
    return Child(
        name="Mail catcher",
        command=[
            *(sys.executable, "-m", "operations.mailcatcher"),
            *("--fd", str(listening.fileno()), "--maildir", str(maildir.absolute())),
        ],
        log=log,
        ready=lambda: _greets(listening),
        fds=[listening.fileno()],
        cwd=Path(__file__).parent.parent,
    )


def _greets(listening: socket.socket) -> bool:
    """Whether the child answers; before it runs, the kernel alone holds our connection, silently."""
    try:
        with socket.create_connection(listening.getsockname(), timeout=0.2) as connection:
            return connection.recv(4).startswith(b"220")
    except OSError:
        return False


async def serve(listening: socket.socket, maildir: Path) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    keeper = Keeper(maildir)
    smtp = await loop.create_server(
        lambda: SMTP(keeper, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, hostname="localhost", loop=loop),
        sock=listening,
    )
    await done.wait()
    smtp.close()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m operations.mailcatcher", description=__doc__)
    parser.add_argument("--maildir", type=Path, required=True, help="the folder that keeps the mails")
    parser.add_argument("--fd", type=int, help="number of an inherited listening socket")
    parser.add_argument("--port", type=int, default=1025, help="port to listen on, without --fd")
    arguments = parser.parse_args()
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # at INFO it prints every address
    listening = socket.socket(fileno=arguments.fd) if arguments.fd is not None else listen(arguments.port)
    asyncio.run(serve(listening, arguments.maildir))


if __name__ == "__main__":
    main()
