"""Answers by mail count with a proof, and nothing that comes in does harm."""

import io
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core.management import call_command
from django.utils import timezone

from scheduling import inviting, programming, publishing, replies
from scheduling.models import Invitation, Reply
from scheduling.reply_addresses import invitation_of, reply_address
from tests.factories import InvitationFactory, SessionFactory, coordinator_of, stranger

pytestmark = pytest.mark.django_db

GUEST = "lin@example.net"


@pytest.fixture
def invitation():
    """Somebody asked to a session by a mail with SEQUENCE 0, as the first one bears it."""
    session = SessionFactory()
    programming.release(session.fair, by=None)
    session.refresh_from_db()
    publishing.reconcile_session(session)
    invitation = InvitationFactory(fair=session.fair, session=session, email=GUEST)
    inviting.note_sent(invitation, sequence=0)
    invitation.refresh_from_db()
    return invitation


def stamp(*, minutes: int) -> str:
    """A DTSTAMP of so many minutes from now."""
    return f"{timezone.now() + timedelta(minutes=minutes):%Y%m%dT%H%M%SZ}"


def calendar(uid: str, **changes: str) -> str:
    """What a calendar answers."""
    values = {
        "method": "REPLY",
        "sequence": "0",
        "partstat": "ACCEPTED",
        "attendee": GUEST,
        "stamp": stamp(minutes=1),
        **changes,
    }
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Some//Calendar//EN\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n"
        "UID:{uid}\r\nSEQUENCE:{sequence}\r\nDTSTAMP:{stamp}\r\nCOMMENT:see you\r\n"
        "ATTENDEE;PARTSTAT={partstat}:mailto:{attendee}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).format(uid=uid, **values)


def mail(invitation, *, to: str = "", part: str = "", **changes: str) -> bytes:
    """A reply as the common clients send it: a text, and the answer beside it."""
    message = EmailMessage()
    message["From"] = GUEST
    message["To"] = to or reply_address(invitation.pk)
    message["Subject"] = "Accepted"
    message.set_content("I will come.")
    text = part or calendar(uid_of(invitation), **changes)
    message.add_alternative(text.encode(), maintype="text", subtype="calendar", params={"method": "REPLY"})
    return message.as_bytes()


def uid_of(invitation) -> str:
    entry = publishing.entry_of(invitation.session or invitation.fair)
    assert entry is not None
    return entry.uid


def outcome(reply: Reply) -> tuple[str, str]:
    return reply.outcome, reply.why


@pytest.mark.parametrize(
    ("said", "state"), [("ACCEPTED", "accepted"), ("TENTATIVE", "tentative"), ("DECLINED", "declined")]
)
def test_an_answer_to_the_secret_address_counts(invitation, said, state):
    reply = replies.read(mail(invitation, partstat=said))

    invitation.refresh_from_db()
    assert (outcome(reply), invitation.state) == (("answered", ""), state)
    assert (reply.invitation, reply.sender, reply.answer, reply.comment) == (invitation, GUEST, state, "see you")


def test_a_mail_that_is_read_twice_counts_once(invitation):
    octets = mail(invitation)
    first = replies.read(octets)
    inviting.answer(invitation, "declined", by=None)

    second = replies.read(octets)

    invitation.refresh_from_db()
    assert (first.pk, invitation.state, Reply.objects.count()) == (second.pk, "declined", 1)


def test_an_answer_without_the_secret_is_kept_for_a_person_and_changes_nothing(invitation):
    reply = replies.read(mail(invitation, to="fairs@example.org"))

    invitation.refresh_from_db()
    assert (outcome(reply), reply.invitation) == (("unproven", "no-proof"), invitation)
    assert invitation.state == "sent"


def test_a_secret_of_another_invitation_proves_nothing(invitation):
    other = InvitationFactory(fair=invitation.fair, session=invitation.session, email="eve@example.net")
    inviting.note_sent(other, sequence=0)

    reply = replies.read(mail(invitation, to=reply_address(other.pk)))

    invitation.refresh_from_db()
    other.refresh_from_db()
    assert (outcome(reply), invitation.state, other.state) == (("unproven", "other-address"), "sent", "sent")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"attendee": "eve@example.net"}, ("unproven", "other-address")),
        ({"sequence": "7"}, ("unproven", "other-sequence")),
        ({"method": "COUNTER"}, ("unreadable", "not-a-reply")),
        ({"partstat": "NEEDS-ACTION"}, ("unreadable", "no-answer")),
        ({"stamp": "yesterday"}, ("unreadable", "bad-stamp")),
    ],
    ids=str,
)
def test_an_answer_that_does_not_fit_changes_nothing(invitation, changes, expected):
    reply = replies.read(mail(invitation, **changes))

    invitation.refresh_from_db()
    assert (outcome(reply), invitation.state) == (expected, "sent")


def test_an_answer_about_another_thing_changes_nothing(invitation):
    reply = replies.read(mail(invitation, part=calendar("other@localhost")))

    assert outcome(reply) == ("unproven", "other-uid")


def test_an_answer_to_nothing_of_ours_is_unknown():
    message = EmailMessage()
    message["To"] = "fairs@example.org"
    message.add_attachment(calendar("other@localhost").encode(), maintype="text", subtype="calendar")

    assert outcome(replies.read(message.as_bytes())) == ("unknown", "")


def test_an_answer_to_an_older_mail_than_the_newest_does_not_count(invitation):
    inviting.note_sent(invitation, sequence=1)

    reply = replies.read(mail(invitation))

    invitation.refresh_from_db()
    assert (outcome(reply), invitation.state) == (("outdated", ""), "sent")


def test_an_answer_that_was_overtaken_on_its_way_does_not_count(invitation):
    replies.read(mail(invitation, partstat="DECLINED", stamp=stamp(minutes=2)))

    late = replies.read(mail(invitation, partstat="ACCEPTED", stamp=stamp(minutes=1)))

    invitation.refresh_from_db()
    assert (outcome(late), invitation.state) == (("outdated", ""), "declined")


def test_an_answer_by_link_is_not_undone_by_an_older_mail(invitation):
    inviting.answer(invitation, "declined", by=None, via=inviting.Via.LINK)

    late = replies.read(mail(invitation, stamp=stamp(minutes=-5)))

    invitation.refresh_from_db()
    assert (outcome(late), invitation.state) == (("outdated", ""), "declined")


def test_an_answer_to_what_was_cancelled_comes_too_late(invitation):
    inviting.cancel(invitation, by=None)

    assert outcome(replies.read(mail(invitation))) == ("refused", "invalid-transition")


def test_a_guest_of_a_fair_answers_by_mail_too():
    invitation = InvitationFactory(email=GUEST)
    publishing.reconcile_fair(invitation.fair)
    inviting.note_sent(invitation, sequence=0)
    unproven = replies.read(mail(invitation, to="fairs@example.org"))

    reply = replies.read(mail(invitation))

    assert (unproven.invitation, outcome(reply)) == (invitation, ("answered", ""))


def test_the_secret_may_stand_in_any_address_that_the_mail_went_to(invitation):
    message = EmailMessage()
    message["To"] = "somebody@example.org"
    message["Delivered-To"] = f"Fairs <{reply_address(invitation.pk).upper()}>"
    message.add_attachment(calendar(uid_of(invitation)).encode(), maintype="text", subtype="calendar")

    assert outcome(replies.read(message.as_bytes())) == ("answered", "")


@pytest.mark.parametrize("charset", ["utf-16", "big5", "hex", "no-such-charset", "punycode"])
def test_an_answer_in_any_charset_does_no_harm(invitation, charset):
    text = calendar(uid_of(invitation))
    octets = text.encode(charset) if charset in ("utf-16", "big5") else text.encode()
    message = EmailMessage()
    message["To"] = reply_address(invitation.pk)
    message.add_attachment(octets, maintype="text", subtype="calendar", params={"charset": charset})

    assert outcome(replies.read(message.as_bytes())) == ("answered", "")


def nested(depth: int) -> bytes:
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return head + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n"


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\x00\xff\xfe",
        b"To: x\r\n\r\nhello",
        b"From: a@b\r\nFrom: c@d\r\nContent-Type: text/calendar; charset*=x'y'%ff\r\n\r\nBEGIN:VCALENDAR",
        b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644\r\nM\r\n",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: message/rfc822\r\n\r\n" * 400,
        nested(200),
        nested(3_000),
        b"To: " + b"a" * 1_000_000 + b"\r\n\r\nx",
        b"To: " + b"fairs+aaaa-aaaa@example.org, " * 5_000 + b"\r\n\r\nx",
        b"x" * (replies.LARGEST_MAIL + 1),
    ],
    ids=lambda hostile: f"{hostile[:20]!r}… {len(hostile)}",
)
def test_a_hostile_mail_is_unreadable_and_nothing_else(hostile):
    reply = replies.read(hostile)

    assert reply.outcome == "unreadable"
    assert reply.why
    assert not Invitation.objects.exists()


def test_a_calendar_that_never_ends_is_unreadable(invitation):
    endless = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + "BEGIN:VEVENT\r\nX:1\r\nEND:VEVENT\r\n" * 20_000

    assert outcome(replies.read(mail(invitation, part=endless))) == ("unreadable", "too-large")


def test_a_mail_is_read_by_command_as_the_mail_server_delivers_it(invitation, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(mail(invitation))))

    call_command("read_replies")

    assert capsys.readouterr().out == "answered\n"


def test_who_may_see_replies_is_who_plans_the_fair(invitation):
    reply = replies.read(mail(invitation))

    assert list(Reply.objects.visible_to(coordinator_of(invitation.fair))) == [reply]
    assert list(Reply.objects.visible_to(stranger())) == []
    assert list(Reply.objects.visible_to(None)) == []


# --- The secret address ---------------------------------------------------------------------------------------------


def test_a_reply_address_proves_its_invitation_alone_and_fits_a_mailbox(settings):
    invitation = InvitationFactory()
    address = reply_address(invitation.pk)
    local, _at, domain = address.partition("@")

    assert (invitation_of(address), invitation_of(address.upper())) == (invitation.pk, invitation.pk)
    assert (len(local) <= 64, domain) == (True, "example.org")
    for spoiled in (address.replace("+", "+a"), address[:20] + "@example.org", "fairs@example.org", "", "a+b-c@d"):
        assert invitation_of(spoiled) is None


def test_an_address_that_an_older_key_proved_still_does(settings):
    invitation = InvitationFactory()
    old = reply_address(invitation.pk)

    settings.SIGNING_KEYS = ["a newer key", *settings.SIGNING_KEYS]

    assert invitation_of(old) == invitation.pk
    assert reply_address(invitation.pk) != old


def test_a_late_session_takes_no_answer(invitation):
    listing = invitation.session.listing
    listing.starts_at -= timedelta(days=400)
    listing.save()

    assert outcome(replies.read(mail(invitation))) == ("refused", "has-begun")
