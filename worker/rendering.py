"""Rendering: a message's row becomes a mail, in text and HTML, with its calendar part.

What people wrote is never markup nor a link in a mail: values are a flat dict of texts, escaped in HTML, and what a
mail program would take for an address is broken by an invisible character. Addresses of buttons are ours alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Language
from core.text import clean, has_controls
from worker import letters, unsubscribing
from worker.kinds import KINDS, Kind
from worker.letters import Form, Letter, Part
from worker.models import Message

LONGEST_ADDRESS = 254  # octets (RFC 5321, 4.5.3.1.3, less the brackets)
LONGEST_SUBJECT = 200  # characters; longer ones are cut, since a fair's and a session's names are long enough
_TAGS = {"zh": "zh-Hant-TW", "en": "en"}
_PRODUCT = {"zh": "OTOP 展會", "en": "OTOP Fairs"}
# Joins two words without being seen, so that no program takes them for an address.
_JOINER = "\u2060"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)(?=[/\w])")
_DOMAIN = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that stays on its line: the standard library would fold a long address into unreadable words."""

    def fold(self, *, policy: Policy) -> str:
        """The header as it is sent."""
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _OneLine)
_POLICY = SMTP.clone(header_factory=_headers)


class Unbuildable(Exception):
    """A message that can't become a mail, and why, as a sentence."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a message says, in both forms."""

    subject: str
    text: str
    html: str


def render(message: Message) -> Rendered:
    """What the message says, in its language, or in both with Chinese first. Raises Unbuildable."""
    filled = [(language, _letter(message, language)) for language in languages_of(message)]
    subject = " / ".join(letter.subject for _, letter in filled)
    footers = {language: _footer(message.context, language) for language, _ in filled}
    html = render_to_string(
        "mail/letter.html",
        {
            "title": harmless(subject),
            "lang": _TAGS[filled[0][0]],
            "preview": " ".join(letter.preview for _, letter in filled),
            "letters": [{"tag": _TAGS[language], "parts": letter.parts} for language, letter in filled],
            "footers": [{"tag": _TAGS[language], "text": text} for language, text in footers.items()],
            "product": _PRODUCT,
        },
    )
    text = "\n\n".join(f"{_as_text(letter)}\n\n-- \n{footers[language]}" for language, letter in filled)
    return Rendered(subject, f"{text}\n", html)


def build(message: Message) -> EmailMessage:
    """The mail as it goes to the server. Raises Unbuildable; whatever else it raises means the same."""
    rendered = render(message)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _sender(message)
    mail["To"] = _receiver(message)
    if message.reply_to:
        mail["Reply-To"] = Address(addr_spec=message.reply_to)
    mail["Subject"] = _header(rendered.subject[:LONGEST_SUBJECT])
    mail["Date"] = format_datetime(timezone.now())
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    if message.request_id and not has_controls(message.request_id):
        mail["X-Request-ID"] = message.request_id
    if _kind(message).is_optional:
        mail["List-Unsubscribe"] = f"<{unsubscribing.address_for(message.recipient, kind=message.kind)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(rendered.text, cte="base64")
    mail.add_alternative(rendered.html, subtype="html", cte="base64")
    if message.calendar_method:
        mail.add_alternative(
            _calendar(message),
            subtype="calendar",
            params={"method": message.calendar_method, "component": "VEVENT"},
            cte="base64",
        )
    return mail


def preview(message: Message) -> str:
    """The HTML as the desk shows it: its links have lost their address, so that nobody answers for the receiver.

    Also of a mail that was sent, whose secrets are wiped. Raises Unbuildable.
    """
    nowhere = dict.fromkeys(_kind(message).secrets, f"{settings.SITE_URL}/")
    shown = Message(kind=message.kind, language=message.language, context={**nowhere, **message.context})
    return re.sub(r' href="[^"]*"', "", render(shown).html)


def languages_of(message: Message) -> Sequence[str]:
    """`zh` or `en`; both where the receiver's language is not known."""
    if not message.language:
        return letters.LANGUAGES
    return ["en" if message.language == Language.EN else "zh"]


def envelope_sender() -> str:
    """The bare address that bounces go to."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def harmless(value: str) -> str:
    """What somebody wrote, so that no mail program makes a link of it. A lone mail address stays as it is."""
    value = clean(value, multiline=True)
    if _is_address(value):
        return value
    return _DOMAIN.sub(f".{_JOINER}", _SCHEME.sub(rf"\1{_JOINER}", value))


def _letter(message: Message, language: str) -> Letter:
    values = _values(message.context, language)
    try:
        filled = letters.fill(letters.letter(_kind(message).name, language), values, plain=harmless)
    except letters.MissingName as error:
        raise Unbuildable(gettext_noop("Something that the text needs is missing.") + f" ({error})") from error
    for part in filled.parts:
        if part.form is Form.BUTTONS and not all(_is_ours(address) for _, address in part.pairs):
            raise Unbuildable(gettext_noop("A link leads to a foreign place."))
    return filled


def _values(context: Mapping[str, str], language: str) -> dict[str, str]:
    """The values for one language: `fair_zh` is `fair` in the Chinese letter."""
    suffix = f"_{language}"
    own = {name.removesuffix(suffix): value for name, value in context.items() if name.endswith(suffix)}
    return {**context, **own}


def _kind(message: Message) -> Kind:
    try:
        return KINDS[message.kind]
    except KeyError as error:
        raise Unbuildable(gettext_noop("There is no text for mails of this kind.")) from error


def _is_ours(address: str) -> bool:
    return address.startswith(f"{settings.SITE_URL}/") and not has_controls(address) and " " not in address


def _is_address(value: str) -> bool:
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True


def _header(text: str) -> str:
    if has_controls(text):
        raise Unbuildable(gettext_noop("The subject holds a control character."))
    return text


def _sender(message: Message) -> Address:
    # Who writes is fixed by the organizer's row; nobody chooses a sender.
    own_name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = _values(message.context, languages_of(message)[0]).get("organizer", "")
    return Address(display_name=clean(organizer) or own_name, addr_spec=address)


def _receiver(message: Message) -> Address:
    if len(message.recipient.encode()) > LONGEST_ADDRESS:
        raise Unbuildable(gettext_noop("The address is longer than 254 characters."))
    if not _is_address(message.recipient) or not message.recipient.isascii():
        raise Unbuildable(gettext_noop("This is no address that mail can be sent to."))
    name = message.context.get("name", "")
    if has_controls(name):
        raise Unbuildable(gettext_noop("The receiver's name holds a control character."))
    return Address(display_name=name, addr_spec=message.recipient)


def _calendar(message: Message) -> str:
    if not message.calendar:
        raise Unbuildable(
            gettext_noop("The calendar part could not be made.") + f" ({message.context.get('fault', '')})"
        )
    try:
        return bytes(message.calendar).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unbuildable(gettext_noop("The calendar part could not be made.")) from error


def _footer(context: Mapping[str, str], language: str) -> str:
    values = _values(context, language)
    organizer, address = harmless(values.get("organizer", "")), harmless(values.get("organizer_email", ""))
    if not organizer:
        return f"{_PRODUCT[language]} {settings.SITE_URL}/"
    lead = "主辦：" if language == "zh" else "Organized by "
    return (
        f"{lead}{organizer}{f'（{address}）' if language == 'zh' else f' ({address})'}" if address else lead + organizer
    )


def _as_text(letter: Letter) -> str:
    return "\n\n".join(_part_as_text(part) for part in letter.parts)


def _part_as_text(part: Part) -> str:
    match part.form:
        case Form.HEADING:
            return f"{part.text}\n{'=' * min(_columns(part.text), 60)}"
        case Form.FACTS:
            widest = max(_columns(label) for label, _ in part.pairs)
            return "\n".join(f"{label}{' ' * (widest - _columns(label))}  {value}" for label, value in part.pairs)
        case Form.BUTTONS:
            return "\n".join(f"{label}\n{address}" for label, address in part.pairs)
        case Form.QUOTE:
            return "\n".join(f"> {line}" for line in part.text.splitlines())
        case _:
            return part.text


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes: Chinese characters take two."""
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)
