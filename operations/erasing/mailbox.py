"""In embedded mode the catcher keeps every mail; those that bear the person go."""

import mailbox
from collections.abc import Iterator
from email import policy
from email.parser import BytesParser

from django.conf import settings

from operations.erasing.finding import Person
from operations.erasing.wording import Words


def clear(person: Person) -> int:
    """Remove the mails to, from or about the person from the catcher's folder, where there is one; how many."""
    if settings.MAILDIR is None or not settings.MAILDIR.exists():
        return 0
    box = mailbox.Maildir(settings.MAILDIR, create=False)
    own = [key for key in box.iterkeys() if _bears(person.everywhere, box.get_bytes(key))]
    for key in own:
        box.discard(key)
    return len(own)


def _bears(words: Words, octets: bytes) -> bool:
    try:
        return any(words.stand_in(text) for text in _texts(octets))
    except (IndexError, LookupError, ValueError):  # the standard library's, at headers that are no headers
        return False


def _texts(octets: bytes) -> Iterator[str]:
    for part in BytesParser(policy=policy.default).parsebytes(octets).walk():
        yield from (str(value) for value in part.values())
        payload = part.get_payload(decode=True) if part.get_content_maintype() == "text" else None
        if isinstance(payload, bytes):
            yield payload.decode("utf-8", "replace").replace("\r\n ", "")  # calendars fold their lines
