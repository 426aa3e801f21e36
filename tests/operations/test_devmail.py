"""The pages of the mail catcher: they show everything, harm nobody, and exist on this machine alone."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:開幕茶會\r\nEND:VCALENDAR\r\n"
HTML = "<html><head><title>x</title></head><body><script>alert(1)</script><a href='https://example.org/a/t/'>Yes</a></body></html>"


@pytest.fixture
def maildir(settings, tmp_path: Path) -> Path:
    """A catcher's folder of this test alone."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    settings.MAILDIR = tmp_path
    return tmp_path


def invitation() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "fairs@example.org", "lin@example.com", "邀請您參加：開幕茶會"
    message["Message-ID"] = "<1@example.org>"
    message.set_content("Please answer: https://example.org/a/token/")
    message.add_alternative(HTML, subtype="html")
    message.add_alternative(CALENDAR, subtype="calendar", params={"method": "REQUEST"})
    message.add_attachment(b"\x00\x01", maintype="application", subtype="x-thing", filename="../évil\r\n.bin")
    return message


def keep(maildir: Path, key: str = "1.M1P1Q1.here", content: bytes | None = None) -> str:
    (maildir / "new" / key).write_bytes(invitation().as_bytes() if content is None else content)
    return key


def test_the_newest_mail_stands_first_with_recipient_and_subject(client, maildir):
    keep(maildir, "1.first", b"To: a@example.com\r\nSubject: first\r\n\r\n")
    keep(maildir, "2.second", b"To: b@example.com\r\nSubject: =?utf-8?b?5Lqk?=\r\n\r\n")

    page = client.get("/dev/mail/")

    assert [(mail.key, mail.recipient, mail.subject) for mail in page.context["mails"]] == [
        ("2.second", "b@example.com", "交"),
        ("1.first", "a@example.com", "first"),
    ]


def test_an_empty_catcher_says_so(client, maildir):
    assert "No mail yet" in client.get("/dev/mail/", headers={"Accept-Language": "en"}).content.decode()


def test_a_mail_shows_its_text_its_calendar_part_and_every_header(client, maildir):
    page = client.get(f"/dev/mail/{keep(maildir)}/").content.decode()

    assert '<a href="https://example.org/a/token/"' in page
    assert "SUMMARY:開幕茶會" in page
    assert "&lt;1@example.org&gt;" in page
    assert "<script>alert" not in page


def test_the_html_is_framed_without_scripts_and_without_our_origin(client, maildir):
    key = keep(maildir)
    page = client.get(f"/dev/mail/{key}/")
    frame = client.get(f"/dev/mail/{key}/html/")

    assert f'sandbox="allow-popups allow-popups-to-escape-sandbox" src="/dev/mail/{key}/html/"' in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert frame["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_blank">' in frame.content.decode()


def test_every_part_can_be_downloaded_and_none_is_shown_by_the_browser(client, maildir):
    key = keep(maildir)
    answers = [client.get(f"/dev/mail/{key}/parts/{number}/") for number in range(4)]

    assert [answer["Content-Disposition"] for answer in answers] == [
        'attachment; filename="part-0.txt"',
        'attachment; filename="part-1.html"',
        'attachment; filename="part-2.ics"',
        'attachment; filename="vil__.bin"',
    ]
    assert {answer["Content-Type"] for answer in answers} == {"application/octet-stream"}
    assert answers[2].content.decode().splitlines() == CALENDAR.splitlines()
    assert answers[3].content == b"\x00\x01"
    assert client.get(f"/dev/mail/{key}/parts/4/").status_code == 404


def test_the_whole_mail_can_be_downloaded_as_it_came(client, maildir):
    key = keep(maildir)

    assert client.get(f"/dev/mail/{key}/raw/").content == (maildir / "new" / key).read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nbroken",
        b"Subject: =?utf-8?b?" + b"A" * 5000 + b"?=\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ntext",
    ],
)
def test_a_broken_mail_is_shown_as_well_as_it_can_be(client, maildir, content):
    key = keep(maildir, content=content)

    assert [client.get(path).status_code for path in ("/dev/mail/", f"/dev/mail/{key}/")] == [200, 200]
    assert client.get(f"/dev/mail/{key}/html/").status_code == 404


@pytest.mark.parametrize(
    "path", ["", "1.M1P1Q1.here/", "1.M1P1Q1.here/html/", "1.M1P1Q1.here/parts/0/", "1.M1P1Q1.here/raw/"]
)
def test_elsewhere_the_catcher_does_not_exist(maildir, settings, path):
    keep(maildir)
    here, elsewhere = Client(), Client(REMOTE_ADDR="192.0.2.7")

    assert here.get(f"/dev/mail/{path}").status_code == 200
    assert elsewhere.get(f"/dev/mail/{path}").status_code == 404
    settings.MAILDIR = None
    assert here.get(f"/dev/mail/{path}").status_code == 404


def test_a_name_that_leads_elsewhere_is_no_mail(client, maildir):
    (maildir / "secret").write_text("Subject: secret\n\n")

    assert client.get("/dev/mail/..%2Fsecret/").status_code == 404
    assert client.get("/dev/mail/secret/").status_code == 404


def test_the_running_catcher_keeps_a_mail_with_its_envelope(client, settings):
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
        server.send_message(
            invitation(), from_addr="bounce@example.org", to_addrs=["lin@example.com", "hidden@example.com"]
        )

    kept = client.get("/dev/mail/").context["mails"][0]
    headers = dict(client.get(f"/dev/mail/{kept.key}/").context["headers"])

    assert (kept.subject, kept.recipient) == ("邀請您參加：開幕茶會", "lin@example.com, hidden@example.com")
    assert headers["X-Envelope-From"] == "bounce@example.org"
