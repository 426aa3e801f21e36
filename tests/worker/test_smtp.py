"""One connection for many mails, and what the server's answers mean."""

import smtplib
import socket

import pytest

from worker import smtp

pytestmark = pytest.mark.usefixtures("mail_server")
MAIL = b"Subject: hello\r\nMessage-ID: <1@example.org>\r\n\r\nhello\r\n"


def send(server, receiver):
    server.send(sender="fairs@example.org", receiver=receiver, content=MAIL)


def refusal(receiver):
    with smtp.Server() as server, pytest.raises((smtplib.SMTPException, OSError)) as caught:
        send(server, receiver)
    return smtp.answer_of(caught.value)


def test_mails_share_a_connection(mail_server):
    with smtp.Server() as server:
        for number in range(3):
            send(server, f"guest{number}@example.net")

    assert ([to for _, to in mail_server.taken], mail_server.connections) == (
        ["guest0@example.net", "guest1@example.net", "guest2@example.net"],
        1,
    )


def test_a_connection_is_opened_anew_after_many_mails(mail_server, monkeypatch):
    monkeypatch.setattr(smtp, "MOST_ON_A_CONNECTION", 2)

    with smtp.Server() as server:
        for _ in range(5):
            send(server, "guest@example.net")

    assert (len(mail_server.taken), mail_server.connections) == (5, 3)


def test_the_connection_outlives_a_refusal_and_is_opened_anew_after_a_drop(mail_server):
    mail_server.at_rcpt = {"nobody@example.net": "550 5.1.1 No such user"}
    mail_server.at_data = {"hangs-up@example.net": "drop"}

    with smtp.Server() as server:
        for receiver in ("nobody@example.net", "a@example.net", "hangs-up@example.net", "b@example.net"):
            try:
                send(server, receiver)
            except (smtplib.SMTPException, OSError):
                continue

    assert [to for _, to in mail_server.taken] == ["a@example.net", "b@example.net"]
    assert mail_server.connections == 2


@pytest.mark.parametrize(
    ("at_rcpt", "at_data", "meaning"),
    [
        ("550 5.1.1 No such user", "", (550, True, True)),
        ("451 4.7.1 Come again", "", (451, False, False)),
        ("250 OK", "554 5.7.1 Looks like spam", (554, True, False)),
        ("250 OK", "452 4.3.1 Disk full", (452, False, False)),
        ("drop", "", (0, False, False)),
        ("250 OK", "drop", (0, False, False)),
    ],
)
def test_what_a_refusal_means(mail_server, at_rcpt, at_data, meaning):
    """The meaning: the code, whether it is final, and whether the receiver is the reason."""
    mail_server.at_rcpt = {"guest@example.net": at_rcpt}
    mail_server.at_data = {"guest@example.net": at_data}

    answer = refusal("guest@example.net")

    assert (answer.code, answer.is_final, answer.is_about_receiver) == meaning
    assert mail_server.taken == []


def test_a_server_that_says_nothing_is_given_up_in_time(mail_server, settings):
    settings.EMAIL_TIMEOUT = 0.2
    mail_server.pause = 1

    assert refusal("guest@example.net").is_final is False


def test_a_refusal_of_our_own_sender_is_not_the_mails_fault():
    error = smtplib.SMTPSenderRefused(550, b"5.7.1 Sign in first", "fairs@example.org")

    assert smtp.answer_of(error) == smtp.Answer(550, "550 5.7.1 Sign in first", is_final=False, is_about_receiver=False)


def test_a_server_that_is_not_there_is_an_error_before_any_mail(settings):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.EMAIL_PORT = listening.getsockname()[1]
    with smtp.Server() as server, pytest.raises(OSError, match="refused"):
        server.connect()


def test_a_wrong_password_does_not_leave_a_half_open_connection(settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "fairs", "wrong"

    with smtp.Server() as server, pytest.raises(smtplib.SMTPException):
        server.connect()
