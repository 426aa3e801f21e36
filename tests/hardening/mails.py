"""A mail of every kind, as activities and reactions really write it, and the links that it holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from html import unescape

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import connection
from django.test import Client

from accounts import journal
from core import database
from exhibitors import deciding, placing
from fairs import planning
from fairs.models import Fair
from scheduling import cancelling, inviting, programming, rescheduling
from scheduling.inviting import Guest
from tests.factories import TownFactory, UserFactory, VenueFactory, member_of
from tests.two_worlds import Worlds
from tests.worker.running import handle_all
from worker import outbox, reminding, rendering
from worker.models import Message

HREF = re.compile(r'href="([^"]+)"')
BARE = re.compile(r"https?://[^\s<>\"]+")
# Told of by the journal; the state of the application itself stays as it is.
TOLD = (
    "submitted",
    "returned",
    "accepted",
    "waitlisted",
    "rejected",
    "confirmed",
    "expired",
    "declined",
    "withdrawn",
    "cancelled",
)


@dataclass
class Mailbox:
    """What went out: links by kind of mail, with who got them."""

    links: dict[str, set[str]] = field(default_factory=dict)
    unsubscribe: set[str] = field(default_factory=set)

    def kinds(self) -> set[str]:
        """The kinds of mail that came."""
        return set(self.links)

    def every(self) -> list[str]:
        """Each address that any mail leads to, without our origin."""
        return sorted({link.removeprefix(settings.SITE_URL) for links in self.links.values() for link in links})

    def fetch(self) -> None:
        """Let the workers do all that waits, and take in what they send, as if a server had taken each mail."""
        handle_all()
        while batch := outbox.claim():
            for message in batch:
                self._read(message)
                outbox.settle(message, Message.State.SENT)

    def _read(self, message: Message) -> None:
        mail = message_from_bytes(rendering.build(message).as_bytes(), policy=policy.default)
        found = self.links.setdefault(message.kind, set())
        for part in mail.walk():
            if part.get_content_type() == "text/html":
                found.update(unescape(link) for link in HREF.findall(part.get_content()))
            if part.get_content_type() == "text/plain":
                found.update(BARE.findall(part.get_content()))
        if header := mail["List-Unsubscribe"]:
            self.unsubscribe.add(header.strip("<>").removeprefix(settings.SITE_URL))
            found.add(header.strip("<>"))


def write_living(worlds: Worlds, box: Mailbox) -> None:
    """The mails whose links lead to something that still can be done."""
    things, people = worlds.ours.things, worlds.ours.people
    by, fair = people["coordinator"], things["fair"]
    _write_dead(fair)
    for state in TOLD:
        journal.record(f"application.{state}", things["application"], by=by, after=state, reason="雨天")
    ends = fair.begins_at - timedelta(days=20)
    deciding.return_for_correction(things["application"], fields=["power"], return_by=ends, reason="多少？", by=by)
    offered = things["accepted_application"]
    placing.offer(offered, [things["booth"]], by=by, answer_by=ends)
    journal.record("membership.invited", things["membership_invite"], by=by)
    journal.record(
        "company.member_invited", things["company"], by=by, facts={"invite": str(things["company_invite"].pk)}
    )
    confirmed = things["confirmed_application"]
    member_of(confirmed)
    journal.record("application.confirmed", confirmed, by=by, after="confirmed")
    inviting.invite(fair, [Guest(email="visitor@example.net", name="吳大")], by=by)
    things["session"].presenters.add(UserFactory(email="presenter@example.net"))
    programming.release(fair, by=by)
    _write_accounts()
    box.fetch()


def write_changes(worlds: Worlds, box: Mailbox, at: Callable[[datetime], None]) -> None:
    """The mails that follow when things change, are moved, cancelled, or close at hand."""
    things, by = worlds.ours.things, worlds.ours.people["coordinator"]
    fair, session = things["fair"], things["session"]
    planning.edit(fair, values={"venue": VenueFactory(name_zh="新館")}, by=by)
    programming.edit_session(session, values={"title_zh": "新的茶席"}, by=by)
    programming.release(fair, by=by)
    box.fetch()
    programming.delay(session, minutes=10, by=by)
    box.fetch()
    _write_reminders(worlds, box, at)
    fair.refresh_from_db()
    rescheduling.reschedule(fair, days=1, by=by, reason="颱風")
    box.fetch()
    session.refresh_from_db()
    programming.cancel_session(session, by=by, reason="講者生病")
    box.fetch()
    fair.refresh_from_db()
    cancelling.cancel(fair, by=by, reason="颱風")
    box.fetch()


def _write_dead(fair: Fair) -> None:
    """One that can't be delivered, of which the desk is told, and one that can."""
    words = {"organizer_zh": "主辦機關", "organizer_en": "Organizer"}
    to = [outbox.Recipient(email="gone@example.net")]
    outbox.enqueue("test", cause="reminder:1", to=to, context=words, scope=fair.journal_scope())
    (message,) = Message.objects.filter(pk__in=[one.pk for one in outbox.claim()], kind="test")
    outbox.settle(message, Message.State.DEAD, error="550 gone")
    outbox.enqueue("test", cause="reminder:2", to=to, context=words)


def _write_accounts() -> None:
    user = UserFactory(email="forgetful@example.com", language="en")
    browser = Client()
    for email in (user.email, "unknown@example.net"):
        browser.post("/accounts/password/reset/", {"email": email})
    TownFactory(code="10008130", name_zh="信義鄉", name_en="Xinyi Township")
    form = {"name_zh": "新茶行", "name": "吳大", "agreed": "on", "town": "南投縣信義鄉", "category": "tea"}
    for email in (user.email, "newcomer@example.com"):
        browser.post("/company/signup/", form | {"email": email})
    adapter = get_adapter()
    adapter.send_mail("account/email/password_changed", user.email, {"user": user})
    adapter.send_mail(
        "account/email/email_confirmation", user.email, {"user": user, "activate_url": settings.SITE_URL + "/"}
    )
    adapter.send_mail(
        "account/email/account_already_exists", user.email, {"password_reset_url": f"{settings.SITE_URL}/"}
    )


def _write_reminders(worlds: Worlds, box: Mailbox, at: Callable[[datetime], None]) -> None:
    things = worlds.ours.things
    fair = things["fair"]
    fair.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE accounts_change SET at = at - interval '1 day', handled = false")
        cursor.execute("SET LOCAL session_replication_role = origin")
    morning = timedelta(hours=10)
    application = things["offered_application"]
    application.refresh_from_db()
    noon = database.now().astimezone(fair.zone).replace(hour=12)
    for instant in (
        noon,
        things["draft_application"].call.closes_at - timedelta(days=2) + morning,
        application.offer_ends_at - timedelta(days=2),
        fair.begins_at - timedelta(days=1),
    ):
        at(instant.astimezone(fair.zone).replace(hour=12))
        reminding.remind()
    box.fetch()
