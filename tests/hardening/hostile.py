"""Texts that would be script, markup, links or templates wherever they are not written out as text, in every row."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction

from exhibitors.models import Application
from fairs.models import Question
from scheduling.models import Release
from tests import texts
from worker import letters
from worker.kinds import KINDS
from worker.models import Message

# Each would either set window.pwned, or leave an element that bears data-pwned.
PIECES = (
    "<script data-pwned>window.pwned=1</script>",
    "<img data-pwned src=x onerror=window.pwned=2>",
    "<svg data-pwned onload=window.pwned=3>",
    '" autofocus onfocus="window.pwned=4" data-pwned="',
    "' autofocus onfocus='window.pwned=5' data-pwned='",
    "</script><script data-pwned>window.pwned=6</script>",
    "&lt;script data-pwned&gt;window.pwned=7&lt;/script&gt;",
    "&#60;img data-pwned src=x onerror=window.pwned=8&#62;",
    "[x](javascript:window.pwned=9)",
    '<a data-pwned href="javascript:window.pwned=10">x</a>',
    "<iframe data-pwned srcdoc='<script>parent.pwned=11</script>'></iframe>",
    "]]><script data-pwned xmlns='http://www.w3.org/1999/xhtml'>window.pwned=12</script>",
    "--></style></title></textarea><u data-pwned>",
    "{{ 7|add:7 }}{% debug %}${7*7}",
    "<meta data-pwned http-equiv=refresh content='0;url=data:text/html,x'>",
    "<base data-pwned href=//attack.test/>",
    "\u202e<b data-pwned>",
)
SHORT = ("<b data-pwned>", '"><u data-pwned>', "'><u data-pwned>")
# The database asks for a web address; what follows is anybody's.
LINKS = ('https://example.com/"><b data-pwned>', "https://example.com/'onfocus='window.pwned=20'autofocus='")
# Columns that others compute with, so that no page would come so far.
_KEPT = {"exhibitors.Review.scores", "accounts.Change.facts", "accounts.IdempotencyKey.headers"}


def text(number: int, longest: int | None) -> str:
    """The `number`th hostile text of so many characters at most; all pieces where there is room."""
    mark = f"{number}"
    if longest is None or longest >= sum(map(len, PIECES)) + len(mark):
        return "".join(PIECES) + mark
    fitting = [piece for piece in PIECES if len(piece) + len(mark) <= longest]
    fitting = fitting or [piece for piece in SHORT if len(piece) + len(mark) <= longest]
    return fitting[number % len(fitting)] + mark if fitting else ""


def put_everywhere() -> None:
    """Fill every column in which people write, in every row, past all validation and all guards of the database."""
    numbers = count()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        for field in texts.written_by_people():
            label = f"{field.model._meta.label}.{field.name}"
            if label not in _KEPT | texts.ADDRESSES:
                for key in field.model._base_manager.order_by("pk").values_list("pk", flat=True):
                    value = _value(field, next(numbers))
                    field.model._base_manager.filter(pk=key).update(**{field.name: value})
        _fill_json(numbers)
        cursor.execute("SET LOCAL session_replication_role = origin; SET CONSTRAINTS ALL DEFERRED")


def a_mail_of_each_kind() -> list[Message]:
    """A mail of every kind, in both languages, hostile throughout; its buttons lead where ours do."""
    return [
        Message(
            kind=name,
            cause="reminder:hostile",
            recipient="guest@example.net",
            context=_context(name, number),
            message_id=f"<{name}@example.org>",
        )
        for number, name in enumerate(sorted(KINDS))
    ]


def _value(field: models.Field[Any, Any], number: int) -> Any:
    if isinstance(field, ArrayField):
        return [text(number, field.base_field.max_length)]
    if isinstance(field, models.URLField):
        return LINKS[number % len(LINKS)]
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, models.EmailField):
        return f'"<svg/onload=window.pwned={number}>"@example.com'
    return text(number, field.max_length)


def _fill_json(numbers: count[int]) -> None:
    for question in Question.objects.all():
        said = text(next(numbers), 200)
        question.choices = [{"value": said, "zh": said, "en": said}]
        question.save(update_fields=["choices"])
    for application in Application.objects.select_related("call"):
        application.answers = {each.key: text(next(numbers), None) for each in application.call.questions.all()}
        application.save(update_fields=["answers"])
    Release.objects.update(programme=[{"title_zh": text(next(numbers), None)}])
    for message in Message.objects.all():
        message.context = _context(message.kind, next(numbers))
        message.save(update_fields=["context"])


def _context(kind: str, number: int) -> dict[str, str]:
    context: dict[str, str] = {
        "organizer": text(number, 120),
        "name": text(number, 80),
        "organizer_email": text(number, 120),
    }
    for language in letters.LANGUAGES:
        letter = letters.letter(kind, language)
        addresses = {name for part in letter.parts if part.form is letters.Form.BUTTONS for _, name in part.pairs}
        for name in letter.names:
            context[f"{name}_{language}"] = f"{settings.SITE_URL}/" if name in addresses else text(number, None)
    return context
