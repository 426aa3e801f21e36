"""Entries follow the truth."""

import pytest

from accounts import journal
from core.database import now
from exhibitors import answering, applying, placing, showing
from fairs import planning
from scheduling import programming
from scheduling.models import Entry
from tests.factories import (
    BoothFactory,
    CallFactory,
    FairFactory,
    HallFactory,
    PlacementFactory,
    SessionFactory,
    UserFactory,
    coordinator_of,
)
from tests.worker.running import handle_all

pytestmark = pytest.mark.django_db


def entry(thing, kind):
    return Entry.objects.get(kind=kind, about_id=thing.pk)


def test_a_fair_is_shown_once_it_is_announced_and_follows_its_name():
    fair = HallFactory(fair__state="draft", fair__description_zh="喝茶").fair
    CallFactory(fair=fair)
    journal.record("fair.edited", fair, by=None)
    handle_all()
    assert not Entry.objects.exists()

    planning.announce(fair, by=UserFactory())
    handle_all()
    assert entry(fair, "fair").sequence == 0

    planning.edit(fair, values={"name_zh": "新名字"}, by=UserFactory())
    handle_all()
    shown = entry(fair, "fair")
    assert (shown.title_zh, shown.sequence) == ("新名字", 1)


def test_a_release_shows_all_of_its_sessions_and_a_delay_only_its_own():
    fair = FairFactory()
    sessions = SessionFactory.create_batch(2, stage__fair=fair)
    by = coordinator_of(fair)
    programming.release(fair, by=by)
    handle_all()
    assert [entry(session, "session").sequence for session in sessions] == [0, 0]

    programming.delay(sessions[0], minutes=15, by=by)
    handle_all()
    assert [entry(session, "session").sequence for session in sessions] == [1, 0]

    programming.cancel_session(sessions[0], by=by, reason="停電")
    handle_all()
    assert [entry(session, "session").status for session in sessions] == ["cancelled", "confirmed"]


def test_an_offers_deadline_is_shown_until_it_is_answered_and_then_where_the_company_stands():
    placement = PlacementFactory()
    application, number = placement.application, placement.booth.number
    journal.record(
        "application.offered", application, by=None, facts={"booths": [], "fee": 0, "answer_by": now().isoformat()}
    )
    handle_all()
    assert entry(application, "offer").status == "confirmed"

    answering.confirm(application, by=UserFactory())
    handle_all()
    assert entry(application, "offer").status == "cancelled"
    assert entry(application, "attendance").place_en.startswith(number)

    other = BoothFactory(hall=placement.booth.hall, number="B01")
    placing.move(application, [other], by=UserFactory())
    handle_all()
    assert entry(application, "attendance").place_en.startswith("B01")

    applying.withdraw(application, by=UserFactory())
    handle_all()
    assert entry(application, "attendance").status == "cancelled"


def test_new_names_of_companies_halls_booths_and_stages_are_shown():
    placement = PlacementFactory(application__state="confirmed")
    application, booth = placement.application, placement.booth
    company, fair = application.company, application.call.fair
    session = SessionFactory(stage__fair=fair)
    by = coordinator_of(fair)
    programming.release(fair, by=by)
    journal.record("application.confirmed", application, by=None)
    handle_all()

    showing.edit_company(company, values={"name_zh": "新作坊", "name_en": "New Workshop"}, by=by)
    planning.edit_hall(booth.hall, values={"name_en": "North Hall"}, by=by)
    programming.edit_stage(session.stage, values={"name_en": "Tea Stage"}, by=by)
    type(booth).objects.filter(pk=booth.pk).update(number="Z99")
    journal.record("booth.edited", booth, by=by)
    handle_all()

    shown = entry(application, "attendance")
    assert shown.title_en.startswith("New Workshop")
    assert shown.place_en.startswith("Z99, North Hall")
    assert entry(session, "session").place_en.startswith("Tea Stage")
