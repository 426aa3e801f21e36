"""Addresses are logged without the secrets in them, and people not at all."""

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
        ("POST /mail/stop/ZmFpci1pbnZpdGF0aW9u.sig/", "POST /mail/stop/…/"),
        ("GET /company/signup/", "GET /company/signup/"),
        ("GET /search/?q=%E6%9E%97%E7%BE%8E&page=2&to=x", "GET /search/?q=…&page=2&to=…"),
        ('{"error": "550 <lin+otop@mail.example.com> unknown"}', '{"error": "550 <…> unknown"}'),
        ("GET /x/lin%40example.com/", "GET /x/…/"),
        ("celery@worker ready. Is it running, and beat?", "celery@worker ready. Is it running, and beat?"),
        ("GET /feeds/fairs.ics", "GET /feeds/fairs.ics"),
    ],
)
def test_secrets_and_what_people_type_are_not_written(line, written):
    assert hide_secrets(None, "info", line) == written


def test_the_service_logs_without_them(capsys):
    factory = settings.LOGGING["formatters"]["json"]
    formatter = factory["()"](**{name: value for name, value in factory.items() if name != "()"})
    record = logging.makeLogRecord(
        {"name": "django.request", "levelname": "WARNING", "msg": "Not Found: %s", "args": ("/a/0192abcdef.1.sig/",)}
    )

    assert "0192abcdef" not in formatter.format(record)
