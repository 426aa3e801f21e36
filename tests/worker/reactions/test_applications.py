"""Who reads what when an application moves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.database import now
from exhibitors import answering, applying, deciding, placing
from exhibitors.models import Application
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    HallFactory,
    PlacementFactory,
    UserFactory,
    coordinator_of,
    member_of,
    stranger,
)
from tests.worker.running import handle_all
from worker import rendering
from worker.models import Handling, Message

pytestmark = pytest.mark.django_db
SITE = "http://localhost:8000"


def told():
    """(kind, receiver) of every mail."""
    return sorted(Message.objects.values_list("kind", "recipient"))


def text_of(kind):
    """What the mail of this kind says to the one who reads English."""
    return rendering.render(Message.objects.get(kind=kind, language="en")).text


def english(user):
    """The same person, who reads English."""
    user.language = "en"
    user.save()
    return user


def application_with_members(**values):
    """An application, two members who read different languages, and people who must learn nothing."""
    application = ApplicationFactory(**values)
    members = [member_of(application), english(member_of(application, role="member"))]
    stranger()
    member_of(ApplicationFactory(call=application.call))
    return application, [member.email for member in members]


def to(kind, receivers):
    return [(kind, receiver) for receiver in sorted(receivers)]


def test_handing_in_is_told_to_every_member_once_in_their_language():
    application, members = application_with_members(state="draft")
    applying.submit(application, by=UserFactory())

    handle_all()
    Handling.objects.update(done_at=None)  # as if a worker had died before it could mark them
    handle_all()

    assert told() == to("application-submitted", members)
    assert sorted(Message.objects.values_list("language", flat=True)) == ["en", "zh-hant"]
    message = Message.objects.first()
    fair = application.call.fair
    assert (message.fair, message.organizer, message.about_id) == (fair, fair.organizer, application.pk)


def test_a_return_says_what_to_correct_until_when_and_why():
    application, members = application_with_members()
    coordinator = coordinator_of(application)

    deciding.return_for_correction(
        application,
        ["power", "contact_phone"],
        return_by=now() + timedelta(days=3),
        reason="電力請重算",
        by=coordinator,
    )
    handle_all()

    assert told() == to("application-returned", members)
    text = text_of("application-returned")
    assert ("電力請重算" in text, "Power (W)\nTelephone" in text, "(UTC+8)" in text) == (True, True, True)


def test_decisions_are_told_when_they_are_released_and_not_before():
    call = CallFactory()
    coordinator = coordinator_of(call)
    ends = {"accept": "accepted", "waitlist": "waitlisted", "reject": "rejected"}
    expected = []
    for decision, state in ends.items():
        application = ApplicationFactory(call=call)
        expected += to(f"application-{state}", [english(member_of(application)).email])
        deciding.stage(application, decision, by=coordinator, reason=f"因為{decision}")
    handle_all()
    assert told() == []

    deciding.release(call, by=coordinator)
    handle_all()

    assert told() == sorted(expected)
    assert "> 因為reject" in text_of("application-rejected")


def test_an_offer_names_booth_fee_and_deadline_and_leads_to_the_page_where_one_logs_in():
    application, members = application_with_members(state="accepted")
    booth = BoothFactory(hall=HallFactory(fair=application.call.fair), number="A12")

    placing.offer(application, [booth], by=coordinator_of(application), answer_by=timezone.now() + timedelta(days=5))
    handle_all()

    assert told() == to("application-offered", members)
    text = text_of("application-offered")
    assert ("A12" in text, "NT$6,000" in text) == (True, True)
    assert f"See and confirm\n{SITE}/company/offers/{application.pk}/\n" in text
    assert "/a/" not in text


def test_an_offer_says_what_was_offered_also_when_it_was_lost_meanwhile():
    application, _ = application_with_members(state="accepted")
    booth = BoothFactory(hall=HallFactory(fair=application.call.fair), number="A12")
    placing.offer(application, [booth], by=coordinator_of(application))
    applying.withdraw(application, by=UserFactory())

    handle_all()

    assert "Booth              A12" in text_of("application-offered")


def test_where_the_fair_moved_a_company_is_asked_again():
    placement = PlacementFactory(application__state="confirmed")
    application = placement.application
    member = english(member_of(application))

    placing.ask_again(application, answer_by=now() + timedelta(days=4), by=None, reason="颱風")
    handle_all()

    assert told() == to("application-offered-again", [member.email])
    assert "> 颱風" in text_of("application-offered-again")


def test_a_confirmation_is_told_to_all_members():
    placement = PlacementFactory()
    application = placement.application
    members = [member_of(application).email, english(member_of(application)).email]

    answering.confirm(application, by=UserFactory())
    handle_all()

    # Beside the notice, the fair goes into each member's calendar.
    assert told() == to("application-confirmed", members) + to("exhibitor-invitation", members)
    assert placement.booth.number in text_of("application-confirmed")


@pytest.mark.parametrize(
    ("act", "kinds"),
    [
        ("decline", ["desk-declined"]),
        ("withdraw", ["application-withdrawn", "desk-withdrawn"]),
        ("expire", ["application-expired", "desk-expired"]),
        ("cancel", ["application-cancelled"]),
    ],
)
def test_the_end_of_an_offer_is_told_to_the_company_or_the_desk_or_both(act, kinds):
    application = PlacementFactory().application
    member, coordinator = english(member_of(application)), english(coordinator_of(application))
    coordinator_of(ApplicationFactory())
    match act:
        case "decline":
            answering.decline(application, by=member, reason="攤位太小")
        case "withdraw":
            applying.withdraw(application, by=member, reason="攤位太小")
        case "expire":
            Application.objects.update(offer_ends_at=now() - timedelta(seconds=1))
            answering.expire_due()
        case "cancel":
            deciding.cancel(application, by=coordinator, reason="攤位太小")

    handle_all()

    receivers = {"application": member.email, "desk": coordinator.email}
    assert told() == sorted((kind, receivers[kind.split("-")[0]]) for kind in kinds)
    if act != "expire":
        assert "> 攤位太小" in text_of(kinds[0])


def test_a_booth_that_became_free_is_offered_to_the_first_who_waits():
    placement = PlacementFactory()
    application, booth = placement.application, placement.booth
    waiting = ApplicationFactory(call=application.call, state="waitlisted", total_score=80)
    ApplicationFactory(call=application.call, state="waitlisted", total_score=70)
    member = member_of(waiting)

    answering.decline(application, by=UserFactory())
    handle_all()

    waiting.refresh_from_db()
    assert waiting.state == "offered"
    assert [held.booth for held in waiting.placements.held()] == [booth]
    assert told() == to("application-offered", [member.email])


def test_somebody_who_left_or_was_erased_reads_nothing():
    application = ApplicationFactory(state="draft")
    here, gone, erased = (member_of(application) for _ in range(3))
    gone.company_memberships.all().delete()
    type(erased).objects.filter(pk=erased.pk).update(is_active=False)

    applying.submit(application, by=here)
    handle_all()

    assert told() == to("application-submitted", [here.email])
