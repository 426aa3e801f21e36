"""The mail catcher keeps what it is given, byte by byte, and ends when it is told."""

import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from operations import mailcatcher
from tests.operations.running_service import free_port, wait_for

LONG = b"Subject: long\r\n\r\n" + b"x" * (mailcatcher.SIZE_LIMIT + 1)


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[int]:
    """The port of a running catcher."""
    with mailcatcher.listen() as listening:
        child = mailcatcher.server(listening, maildir=tmp_path / "mail", log=tmp_path / "log")
        child.start()
        child.wait()
        yield listening.getsockname()[1]
        child.stop()


def kept(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in (folder / "mail" / "new").iterdir()]


def test_a_mail_is_kept_as_it_came_below_its_envelope(catcher, tmp_path):
    with smtplib.SMTP("127.0.0.1", catcher) as server:
        server.sendmail("", ["a@example.com", "b@example.com"], b"Subject: =?utf-8?b?5Lqk?=\r\n\r\n..dot\r\n")

    assert kept(tmp_path) == [
        b"X-Envelope-From: <>\r\nX-Envelope-To: a@example.com, b@example.com\r\n"
        b"Subject: =?utf-8?b?5Lqk?=\r\n\r\n..dot\r\n"
    ]


def test_a_mail_beyond_the_limit_is_refused_and_not_kept(catcher, tmp_path):
    with smtplib.SMTP("127.0.0.1", catcher) as server, pytest.raises(smtplib.SMTPResponseException) as refused:
        server.sendmail("a@example.org", ["b@example.com"], LONG)

    assert refused.value.smtp_code == 552
    assert kept(tmp_path) == []


def test_nobody_is_greeted_before_the_catcher_runs():
    with mailcatcher.listen() as listening:
        assert not mailcatcher._greets(listening)


def test_it_also_runs_by_itself_on_a_port(tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "operations.mailcatcher", "--maildir", str(tmp_path / "mail"), "--port", str(port)]
    catcher = subprocess.Popen(command, cwd=settings.BASE_DIR)
    try:
        wait_for(lambda: takes_mail(port), within=20)
    finally:
        catcher.send_signal(signal.SIGINT)

    assert catcher.wait(10) == 0
    assert len(kept(tmp_path)) == 1


def takes_mail(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=1) as server:
            return server.sendmail("a@example.org", ["b@example.com"], b"Subject: x\r\n\r\n") == {}
    except OSError:
        return False
