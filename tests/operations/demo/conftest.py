"""The full demo world for this folder: loaded once, on a Monday half an hour after midnight, when least lies behind."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from operations.demo.loading import Loaded, load
from operations.demo.world import HOME, monday_of

MONDAY = monday_of(timezone.now().astimezone(HOME).date())
MIDNIGHT = datetime.combine(MONDAY, datetime.min.time(), HOME) + timedelta(minutes=30)


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker) -> Iterator[Loaded]:
    """What was loaded; it is taken back after the last test."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("django.conf.settings.DEMO", True)
        loaded = load("full", anchor=None, now=MIDNIGHT, say=lambda step: None)
        connection.check_constraints()  # once, and not again at the end of every test
        yield loaded
        transaction.set_rollback(True)
