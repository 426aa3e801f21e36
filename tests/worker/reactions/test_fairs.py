"""Everyone concerned reads that a fair moved or is cancelled, once."""

import pytest

from core.dates import full_days
from scheduling import cancelling, rescheduling
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    HallFactory,
    PlacementFactory,
    coordinator_of,
    member_of,
)
from tests.worker.running import handle_all
from worker import rendering
from worker.models import Message

pytestmark = pytest.mark.django_db


def told():
    return sorted(Message.objects.filter(calendar_method="").values_list("kind", "recipient"))


@pytest.fixture
def call():
    return CallFactory()


@pytest.fixture
def members(call):
    """A member of an applying company in each state that matters, by state."""
    found = {}
    for state in ("draft", "submitted", "waitlisted", "confirmed", "rejected", "withdrawn"):
        application = ApplicationFactory(call=call, state=state)
        if state == "confirmed":
            booth = BoothFactory(hall=HallFactory(fair=call.fair))
            PlacementFactory(application=application, booth=booth)
        found[state] = member_of(application)
    member_of(ApplicationFactory())
    return {state: member.email for state, member in found.items()}


def test_a_moved_fair_is_told_to_whom_it_concerns_and_who_had_confirmed_is_asked_again(call, members):
    fair = call.fair
    old_days = full_days(fair.starts_on, fair.ends_on)

    rescheduling.reschedule(fair, days=7, by=coordinator_of(fair), reason="颱風")
    handle_all()

    assert told() == sorted(
        [
            ("application-offered-again", members["confirmed"]),
            *(("fair-moved", members[state]) for state in ("draft", "submitted", "waitlisted")),
        ]
    )
    message = Message.objects.filter(kind="fair-moved").first()
    text = rendering.render(message).text
    assert ("> 颱風" in text, f"原來的展期  {old_days}" in text) == (True, True)


def test_a_cancelled_fair_is_told_to_everybody_who_waited_for_something(call, members):
    cancelling.cancel(call.fair, by=coordinator_of(call.fair), reason="颱風")
    handle_all()

    concerned = ("draft", "submitted", "waitlisted", "confirmed")
    assert told() == sorted(("fair-cancelled", members[state]) for state in concerned)


def test_a_booth_that_a_cancelled_fair_freed_is_offered_to_nobody(call, members):
    cancelling.cancel(call.fair, by=coordinator_of(call.fair), reason="颱風")
    handle_all()

    assert not Message.objects.filter(kind="application-offered").exists()
