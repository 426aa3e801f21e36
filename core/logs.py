"""What never stands in a log: secrets that are part of an address, and who somebody is."""

import re

# A private calendar, an answer link, a reset of a password, an invitation: whoever has the address has the right.
_SECRET = re.compile(
    r"(/feeds/private/|/a/|/mail/stop/|/accounts/password/reset/key/|/accounts/confirm-email/|/(?:signup|join)/)"
    r"[^/?\s\"'\\]{8,}"
)
# People type names into searches and addresses into forms.
_TYPED = re.compile(r"([?&](?!lang=|page=)[\w.~-]+=)[^&\s\"'\\<>]+")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def hide_secrets(_logger: object, _method: str, line: str) -> str:
    """A line that is about to be written, without such: the last step, so that no field is forgotten."""
    return _ADDRESS.sub("…", _TYPED.sub(r"\1…", _SECRET.sub(r"\1…", line)))
