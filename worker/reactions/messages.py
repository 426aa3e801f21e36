"""What follows when a mail moves: mostly nothing, since the outbox is a queue of its own."""

from __future__ import annotations

from django.conf import settings

from accounts.models import Change
from worker import outbox, wording
from worker.models import Message
from worker.outbox import Recipient
from worker.receivers import coordinators_of
from worker.registry import nothing_follows, reacts_to

nothing_follows(
    "message.queued",
    "message.sending",
    "message.sent",
    "message.failed",
    "message.cancelled",
    "message.suppressed",
)


@reacts_to("message.dead", channel="mail")
def tell_desk_of_dead_mail(change: Change) -> None:
    """The desk reads that mails of a fair can't be delivered: once an hour, for there may be hundreds.

    That such a notice itself is dead is told to nobody, or it would never end.
    """
    message = Message.objects.select_related("fair", "organizer").get(pk=change.about_id)
    if message.organizer is None or message.kind == "desk-message-dead":
        return
    words = wording.of_organizer(message.organizer)
    if message.fair is None:
        words |= {"fair_zh": words["organizer_zh"], "fair_en": words["organizer_en"]}
        words["desk_url"] = f"{settings.SITE_URL}/desk/"
    else:
        words |= wording.of_fair(wording.fairs().get(pk=message.fair.pk))
        words["desk_url"] = f"{settings.SITE_URL}/desk/{message.fair.slug}/messages/"
    outbox.enqueue(
        "desk-message-dead",
        cause=f"dead:{message.fair_id or message.organizer_id}:{change.at:%Y%m%dT%H}",
        to=map(Recipient.of, coordinators_of(message.organizer_id)),
        context={**words, **wording.both("error", lambda: message.why)},
        scope=message.journal_scope(),
    )
