"""Invitations by mail, and the answers of calendars: honest ones in their shapes, and hostile ones."""

from datetime import UTC, date, datetime, timedelta
from time import process_time

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.contentlines import Unrenderable
from scheduling.ical import Answer, Attendee, CalendarUser, Days, Hours, Status
from scheduling.imip import LARGEST_REPLY, Method, Reason, Reply, UnreadableReply, invitation, parse_reply
from scheduling.timezones import timezone_block
from tests.scheduling.entries import TEN, entries, entry
from tests.scheduling.test_ical import lines, well_formed

REPLY_TO = CalendarUser("OTOP Office", "reply+9f3c@example.org")
LIN = Attendee(CalendarUser("林小姐", "lin@example.com"))


def test_a_request_asks_one_person_and_says_where_to_answer():
    part = lines(invitation(Method.REQUEST, entry(), organizer=REPLY_TO, attendee=LIN, language="zh-Hant"))

    assert part[:5] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//OTOP Fairs//Calendars 1//ZH-HANT",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
    ]
    assert part[5:14] == lines(timezone_block("Asia/Taipei", 2027, 2027))
    assert part[14:16] == ["BEGIN:VEVENT", "UID:019a-kiln@fairs.example.org"]
    assert [line for line in part if line.startswith(("SEQUENCE", "STATUS", "ORGANIZER", "ATTENDEE"))] == [
        "SEQUENCE:2",
        "STATUS:CONFIRMED",
        'ORGANIZER;CN="OTOP Office":mailto:reply+9f3c@example.org',
        "ATTENDEE;CN=林小姐;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE"
        ":mailto:lin@example.com",
    ]
    assert part[-2:] == ["END:VEVENT", "END:VCALENDAR"]


def test_a_cancellation_asks_for_no_answer():
    part = lines(
        invitation(Method.CANCEL, entry(status=Status.CANCELLED, sequence=3), organizer=REPLY_TO, attendee=LIN)
    )

    assert [line for line in part if line.startswith(("METHOD", "UID", "SEQUENCE", "STATUS", "ATTENDEE"))] == [
        "METHOD:CANCEL",
        "UID:019a-kiln@fairs.example.org",
        "SEQUENCE:3",
        "STATUS:CANCELLED",
        "ATTENDEE;CN=林小姐;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT:mailto:lin@example.com",
    ]


def test_taking_one_person_off_does_not_say_that_all_is_cancelled():
    part = lines(invitation(Method.CANCEL, entry(), organizer=REPLY_TO, attendee=LIN))

    assert "METHOD:CANCEL" in part
    assert not [line for line in part if line.startswith("STATUS")]


def test_nobody_is_invited_to_what_is_cancelled():
    with pytest.raises(Unrenderable) as refusal:
        invitation(Method.REQUEST, entry(status=Status.CANCELLED), organizer=REPLY_TO, attendee=LIN)

    assert refusal.value.property == "STATUS"


@pytest.mark.parametrize(
    "when", [Days(date(2027, 3, 5), date(2027, 3, 8)), Hours(TEN, None, "UTC")], ids=["days", "utc"]
)
def test_what_stands_in_no_zone_brings_none(when):
    part = lines(invitation(Method.REQUEST, entry(when=when), organizer=REPLY_TO, attendee=LIN))

    assert "BEGIN:VTIMEZONE" not in part


def test_a_zone_covers_the_years_of_the_entry():
    when = Hours(datetime(2026, 12, 31, 22, tzinfo=UTC), datetime(2027, 1, 1, 2, tzinfo=UTC), "Europe/Berlin")
    part = invitation(Method.REQUEST, entry(when=when), organizer=REPLY_TO, attendee=LIN)

    assert timezone_block("Europe/Berlin", 2026, 2027) in part


@settings(deadline=None, max_examples=50)
@given(entries.filter(lambda some: some.status is not Status.CANCELLED), st.sampled_from(Method))
def test_any_invitation_can_be_read_and_answered(any_entry, method):
    part = invitation(method, any_entry, organizer=REPLY_TO, attendee=LIN)

    [event] = icalendar.Calendar.from_ical(part).events
    answered = part.replace(b"METHOD:%b" % method.encode(), b"METHOD:REPLY").replace(b"NEEDS-ACTION", b"ACCEPTED")
    reply = parse_reply(answered)
    assert well_formed(part)
    assert (event["ORGANIZER"], event["ATTENDEE"]) == ("mailto:reply+9f3c@example.org", "mailto:lin@example.com")
    assert (reply.uid, reply.sequence, reply.attendee) == (
        any_entry.uid.strip(),
        any_entry.sequence,
        "lin@example.com",
    )


def calendar(*event: str, method: str = "METHOD:REPLY", before: str = "") -> bytes:
    content = [line for line in ("BEGIN:VCALENDAR", method, before, "BEGIN:VEVENT", *event) if line]
    return "\r\n".join([*content, "END:VEVENT", "END:VCALENDAR", ""]).encode()


UID, STAMP = "UID:019a-kiln@fairs.example.org", "DTSTAMP:20270102T030405Z"
ACCEPTED = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:lin@example.com"

GOOGLE = b"""BEGIN:VCALENDAR\r
PRODID:-//Google Inc//Google Calendar 70.9054//EN\r
VERSION:2.0\r
CALSCALE:GREGORIAN\r
METHOD:REPLY\r
BEGIN:VEVENT\r
DTSTART:20270305T020000Z\r
DTEND:20270305T033000Z\r
DTSTAMP:20270102T030405Z\r
ORGANIZER;CN=OTOP Office:mailto:reply+9f3c@example.org\r
UID:019a-kiln@fairs.example.org\r
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=lin@ex\r
 ample.com;X-NUM-GUESTS=0:mailto:lin@example.com\r
CREATED:20261201T000000Z\r
DESCRIPTION:\r
SEQUENCE:2\r
STATUS:CONFIRMED\r
END:VEVENT\r
END:VCALENDAR\r
"""

OUTLOOK = """BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Taipei Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0800
TZOFFSETTO:+0800
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=TENTATIVE;CN="Lin, Mei":MAILTO:Lin@EXAMPLE.com
COMMENT;LANGUAGE=zh-TW:會晚到\\, 十點半\\n抱歉
UID:019a-kiln@fairs.example.org
SUMMARY;LANGUAGE=zh-TW:暫訂: 柴燒示範
DTSTART;TZID=Taipei Standard Time:20270305T100000
DTSTAMP:20270102T030405Z
SEQUENCE:2
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
BEGIN:VALARM
DESCRIPTION:REMINDER
UID:an alarm has one too
TRIGGER;RELATED=START:-PT15M
ACTION:DISPLAY
END:VALARM
END:VEVENT
END:VCALENDAR
""".encode()

APPLE = b"""\xef\xbb\xbfBEGIN:VCALENDAR
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
UID:019a-kiln@fairs.example.org
DTSTAMP:20270102T030405Z
ATTENDEE;EMAIL=lin@example.com;PARTSTAT=declined;CUTYPE=INDIVIDUAL:urn:uuid
 :8d1ba8a5-3d1c-4a0e-8f2f-5d0a5b8f9c11
END:VEVENT
END:VCALENDAR"""


@pytest.mark.parametrize(
    ("part", "attendee", "sequence", "answer", "comment"),
    [
        (GOOGLE, "lin@example.com", 2, Answer.ACCEPTED, ""),
        (OUTLOOK, "Lin@example.com", 2, Answer.TENTATIVE, "會晚到, 十點半\n抱歉"),
        (APPLE, "lin@example.com", 0, Answer.DECLINED, ""),
    ],
    ids=["google", "outlook", "apple"],
)
def test_the_answers_of_common_calendars_are_read(part, attendee, sequence, answer, comment):
    assert parse_reply(part) == Reply(
        uid="019a-kiln@fairs.example.org",
        sequence=sequence,
        attendee=attendee,
        answer=answer,
        stamped_at=datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC),
        comment=comment,
    )


def test_a_comment_keeps_no_control_characters_and_a_length_that_one_reads():
    comment = "COMMENT:" + "茶\u3000\u202e\x07\\n" + "x" * 5000
    reply = parse_reply(calendar(UID, STAMP, ACCEPTED, comment, 'COMMENT;X="open:lost'))

    assert reply.comment == "茶\u3000\n" + "x" * 997


def test_octets_that_are_not_utf_8_spoil_no_answer():
    assert parse_reply(calendar(UID, STAMP, ACCEPTED).replace(b"UID", b"SUMMARY:\xb4\xfa\xb8\xd5\r\nUID")).sequence == 0


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (b"", Reason.NOT_A_CALENDAR),
        (b"\x00\xff" * 100, Reason.NOT_A_CALENDAR),
        (b"UID:1\r\n", Reason.NOT_A_CALENDAR),
        (b"END:VCALENDAR\r\n", Reason.NOT_A_CALENDAR),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", Reason.NOT_A_CALENDAR),
        (b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n", Reason.NOT_A_CALENDAR),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", Reason.NOT_A_CALENDAR),
        (b"BEGIN:VCALENDAR\r\nBEGIN:\r\n", Reason.NOT_A_CALENDAR),
        (b'BEGIN;X="a:VCALENDAR\r\n', Reason.NOT_A_CALENDAR),
        (b'BEGIN:VCALENDAR\r\nEND;X="a:VCALENDAR\r\n', Reason.NOT_A_CALENDAR),
        (GOOGLE + GOOGLE, Reason.NOT_A_CALENDAR),
        (GOOGLE.decode().encode("utf-16"), Reason.NOT_A_CALENDAR),
        (GOOGLE + b"X" * LARGEST_REPLY, Reason.TOO_LARGE),
        (b"BEGIN:VCALENDAR\r\n" + b"X:1\r\n" * 5000 + b"UID:1\r\n", Reason.TOO_LARGE),
        (b"BEGIN:VCALENDAR\r\n" * 9, Reason.TOO_DEEP),
        (calendar(UID, STAMP, ACCEPTED, method=""), Reason.NOT_A_REPLY),
        (calendar(UID, STAMP, ACCEPTED, method="METHOD:COUNTER"), Reason.NOT_A_REPLY),
        (calendar(UID, STAMP, ACCEPTED, method='METHOD;X="a:REPLY'), Reason.NOT_A_REPLY),
        (calendar(UID, STAMP, ACCEPTED, before="METHOD:REPLY"), Reason.NOT_A_REPLY),
        (b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n", Reason.NO_EVENT),
        (calendar(UID, "END:VEVENT", "BEGIN:VEVENT", UID, STAMP, ACCEPTED), Reason.SEVERAL_EVENTS),
        (calendar(UID, STAMP, ACCEPTED, "RECURRENCE-ID:20270305"), Reason.ONE_OCCURRENCE),
        (calendar(STAMP, ACCEPTED), Reason.BAD_UID),
        (calendar(UID, UID, STAMP, ACCEPTED), Reason.BAD_UID),
        (calendar("UID:", STAMP, ACCEPTED), Reason.BAD_UID),
        (calendar("UID:a\\nb", STAMP, ACCEPTED), Reason.BAD_UID),
        (calendar("UID:" + "x" * 256, STAMP, ACCEPTED), Reason.BAD_UID),
        (calendar(UID, STAMP, ACCEPTED, "SEQUENCE:-1"), Reason.BAD_SEQUENCE),
        (calendar(UID, STAMP, ACCEPTED, "SEQUENCE:two"), Reason.BAD_SEQUENCE),
        (calendar(UID, STAMP, ACCEPTED, "SEQUENCE:²"), Reason.BAD_SEQUENCE),
        (calendar(UID, STAMP, ACCEPTED, "SEQUENCE:" + "9" * 5000), Reason.BAD_SEQUENCE),
        (calendar(UID, STAMP, ACCEPTED, "SEQUENCE:2147483648"), Reason.BAD_SEQUENCE),
        (calendar(UID, STAMP, ACCEPTED, "SEQUENCE:1", "SEQUENCE:1"), Reason.BAD_SEQUENCE),
        (calendar(UID, ACCEPTED), Reason.BAD_STAMP),
        (calendar(UID, ACCEPTED, "DTSTAMP:20270102T030405"), Reason.BAD_STAMP),
        (calendar(UID, ACCEPTED, "DTSTAMP:20271302T030405Z"), Reason.BAD_STAMP),
        (calendar(UID, ACCEPTED, STAMP, STAMP), Reason.BAD_STAMP),
        (calendar(UID, STAMP), Reason.BAD_ATTENDEE),
        (calendar(UID, STAMP, ACCEPTED, ACCEPTED), Reason.BAD_ATTENDEE),
        (calendar(UID, STAMP, "ATTENDEE;PARTSTAT=ACCEPTED:tel:+886"), Reason.BAD_ATTENDEE),
        (calendar(UID, STAMP, "ATTENDEE;PARTSTAT=ACCEPTED;EMAIL=a,b:tel:+886"), Reason.BAD_ATTENDEE),
        (calendar(UID, STAMP, 'ATTENDEE;PARTSTAT=ACCEPTED;CN="a:mailto:lin@example.com'), Reason.BAD_ATTENDEE),
        (calendar(UID, STAMP, "ATTENDEE:mailto:lin@example.com"), Reason.NO_ANSWER),
        (calendar(UID, STAMP, "ATTENDEE;PARTSTAT=DELEGATED:mailto:lin@example.com"), Reason.NO_ANSWER),
        (calendar(UID, STAMP, "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:lin@example.com"), Reason.NO_ANSWER),
    ],
)
def test_what_is_no_answer_is_refused_with_the_reason(part, reason):
    with pytest.raises(UnreadableReply) as refusal:
        parse_reply(part)

    assert refusal.value.reason == reason
    assert str(refusal.value) == reason


pieces = st.sampled_from(
    ["BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "METHOD:REPLY",
     UID, STAMP, ACCEPTED, "SEQUENCE:", "ATTENDEE;", "PARTSTAT=", "COMMENT", '"', ";", ":", ",", "=", "\\", "^", "\r\n",
     "\n", "\r\n ", "\x00", "\ufeff", "mailto:", "@", "%0A", "%", "\u2028"]
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.lists(pieces | st.text(max_size=3), max_size=40).map("".join) | st.binary(max_size=300).map(bytes.hex))
def test_any_text_is_an_answer_or_refused(text):
    assert read_or_refused(text.encode(errors="replace"))


@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(OUTLOOK)), st.integers(0, 30), st.binary(max_size=20))
def test_an_answer_that_was_cut_or_written_over_is_read_or_refused(at, length, instead):
    assert read_or_refused(OUTLOOK[:at] + instead + OUTLOOK[at + length :])


def read_or_refused(part: bytes) -> bool:
    try:
        return isinstance(parse_reply(part), Reply)
    except UnreadableReply as refusal:
        return isinstance(refusal.reason, Reason)


@pytest.mark.parametrize(
    "filling",
    [
        b"\r\n ",
        b"\n",
        b";",
        b";A=",
        b'";',
        b"A=\\,",
        b"^",
        b"\r",
        b"BEGIN:A\r\n",
        b"ATTENDEE;CN=",
        b" \t",
        b"%",
        b"\xff",
    ],
)
def test_reading_takes_time_in_proportion(filling):
    hostile = calendar(UID, STAMP, "ATTENDEE;PARTSTAT=ACCEPTED" + "@" + ":mailto:lin@example.com")
    began = process_time()

    assert read_or_refused(hostile.replace(b"@", filling * (250_000 // len(filling)), 1))
    assert process_time() - began < 1  # second; a quadratic reader needs minutes


def test_a_time_zone_of_a_stranger_is_not_built():
    zone = "BEGIN:VTIMEZONE\r\nTZID:Asia/Taipei\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\n"
    zone += "TZOFFSETTO:+0000\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    began = process_time()

    assert parse_reply(calendar(UID, STAMP, ACCEPTED, before=zone)).answer is Answer.ACCEPTED
    assert process_time() - began < timedelta(seconds=1).total_seconds()
