"""Reading the mails that arrived."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.operations.running_service import wait_for


@dataclass(frozen=True)
class Mail:
    """One mail with what a journey asks of it."""

    to: str
    subject: str
    text: str
    calendar: str

    def link(self, part: str) -> str:
        """The first address in the text that contains `part`."""
        return next(address for address in re.findall(r"https?://\S+", self.text) if part in address).rstrip(".,;)>")

    def line(self, name: str) -> str:
        """The value of a property of the calendar part, unfolded."""
        unfolded = self.calendar.replace("\r\n ", "").replace("\n ", "")
        return next(line.split(":", 1)[1].strip() for line in unfolded.splitlines() if line.startswith(name))


class Post:
    """A Maildir that a mail catcher fills."""

    def __init__(self, maildir: Path) -> None:
        self.maildir = maildir

    def all(self) -> list[Mail]:
        """Every mail that arrived, oldest first."""
        files = sorted((self.maildir / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        return [read(path.read_bytes()) for path in files]

    def wait_for(self, fits: Callable[[Mail], bool], *, within: float = 15) -> Mail:
        """The newest mail that fits, as soon as one is there."""
        found: list[Mail] = []

        def arrived() -> bool:
            found[:] = [mail for mail in self.all() if fits(mail)]
            return bool(found)

        wait_for(arrived, within=within)
        return found[-1]


def read(raw: bytes) -> Mail:
    """A mail from its bytes."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    text = message.get_body(("plain",))
    calendars = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return Mail(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=text.get_content() if text else "",
        calendar=calendars[0].get_content() if calendars else "",
    )
