"""The command that loads the demo world, and what it makes of an empty house."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import Change, User
from exhibitors.models import Application, Placement, Product
from fairs.models import Fair
from operations.demo.loading import SMALL, load
from scheduling.models import Session

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_the_small_world_is_the_same_each_time():
    contents = []
    for _ in range(2):
        with transaction.atomic():
            loaded = load("small", anchor=None, now=NOW, say=lambda step: None)
            contents.append(content())
            assert (loaded.fairs, Fair.objects.count()) == (len(SMALL), len(SMALL))
            transaction.set_rollback(True)

    assert contents[0] == contents[1]


def content() -> list[object]:
    """What the world says, without the ids that the database makes."""
    return [
        list(
            Application.objects.order_by("call__fair__slug", "number").values_list("company__slug", "state", "answers")
        ),
        list(Placement.objects.order_by("booth__fair__slug", "booth__number", "state").values_list("booth__number")),
        list(Product.objects.order_by("slug").values_list("slug", "name_zh")),
        list(Change.objects.order_by("id").values_list("kind", "at", "by__email", "before", "after", "reason")),
        list(Session.objects.order_by("fair__slug", "starts_at", "stage__slug").values_list("title_zh", "starts_at")),
    ]


def test_outside_of_a_service_for_trying_out_it_must_be_said_twice(settings):
    settings.DEMO = False

    for said in ((), ("--yes-really",)):
        with pytest.raises(CommandError, match="say --yes-really twice"):
            call_command("demo", *said)
    assert Fair.objects.count() == 0


def test_told_twice_it_is_loaded_but_nobody_can_sign_in(settings):
    settings.DEMO = False
    out, beside = StringIO(), StringIO()

    call_command(
        "demo", "--size", "small", "--anchor", "2026-07-01", "--yes-really", "--yes-really", stdout=out, stderr=beside
    )

    assert out.getvalue().endswith("day 0 is Monday 2026-06-29.\n")
    assert "applications" in beside.getvalue()
    assert not any(user.has_usable_password() for user in User.objects.all())
