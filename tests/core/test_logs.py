"""Addresses are logged without the secrets in them."""

import logging
import logging.config

import pytest
from django.conf import settings

from core.logs import hide_secrets


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("GET /feeds/private/r2Wd-x_9aaaaaaaaaaaaaaaaaaaaaaaa.ics?lang=en", "GET /feeds/private/…?lang=en"),
        ('"request": "POST /a/0192ab.1.sig-nature/"', '"request": "POST /a/…/"'),
        ("<WSGIRequest: GET '/a/0192abcdef.1.sig/'>", "<WSGIRequest: GET '/a/…/'>"),
        ("GET /accounts/password/reset/key/3-cqz4lh-aaaa/", "GET /accounts/password/reset/key/…/"),
        ("GET /company/join/abcdefgh:1s:xyz/", "GET /company/join/…/"),
        ("GET /company/signup/", "GET /company/signup/"),
        ("GET /feeds/fairs.ics", "GET /feeds/fairs.ics"),
    ],
)
def test_a_secret_in_an_address_is_not_written(line, written):
    assert hide_secrets(None, "info", line) == written


def test_the_service_logs_without_them(capsys):
    factory = settings.LOGGING["formatters"]["json"]
    formatter = factory["()"](**{name: value for name, value in factory.items() if name != "()"})
    record = logging.makeLogRecord(
        {"name": "django.request", "levelname": "WARNING", "msg": "Not Found: %s", "args": ("/a/0192abcdef.1.sig/",)}
    )

    assert "0192abcdef" not in formatter.format(record)
