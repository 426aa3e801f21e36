"""What never stands in a log: secrets that are part of an address."""

import re

# A private calendar, an answer link, a reset of a password, an invitation: whoever has the address has the right.
_SECRET = re.compile(
    r"(/feeds/private/|/a/|/accounts/password/reset/key/|/accounts/confirm-email/|/(?:signup|join)/)"
    r"[^/?\s\"'\\]{8,}"
)


def hide_secrets(_logger: object, _method: str, line: str) -> str:
    """A line that is about to be written, without such secrets: the last step, so that no field is forgotten."""
    return _SECRET.sub(r"\1…", line)
