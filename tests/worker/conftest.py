"""What the tests of the worker's room share."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.worker import mailserver
from tests.worker.mailserver import MailServer


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    """A mail server of the test's own, to which mails go."""
    with mailserver.running() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 2
        yield server
