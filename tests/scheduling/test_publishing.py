"""Entries follow the truth, feeds their entries, and nothing is done twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone
from icalendar import Calendar

from accounts import journal
from exhibitors.models import MOVES, Application
from fairs.models import FAIR_MOVES, Fair
from scheduling import entries, keys, programming, publishing, rendering
from scheduling.models import Entry, Feed, Listing, Session, StaleKey
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CategoryFactory,
    CompanyFactory,
    CountyFactory,
    FairFactory,
    HallFactory,
    OrganizerFactory,
    PlacementFactory,
    SessionFactory,
    StageFactory,
    TownFactory,
    UserFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
EN = "en"


def a_published_session(**values):
    """A session that stands in the calendars already."""
    session = SessionFactory(**values)
    publish(session.fair)
    session.refresh_from_db()
    return session


def publish(fair) -> None:
    """Release, and do what a worker does about it."""
    programming.release(fair, by=None)
    publishing.reconcile_programme(fair)
    publishing.publish_due()


def events(key: str, language: str = "zh-hant") -> dict[str, Calendar]:
    """The events of a feed by their UID, read as a stranger would."""
    feed = publishing.feed_for(key, language)
    assert feed is not None
    calendar = Calendar.from_ical(bytes(Feed.objects.get(pk=feed.pk).body))
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def entry_of(session) -> Entry:
    return Entry.objects.get(kind="session", about_id=session.pk)


# --- Entries --------------------------------------------------------------------------------------------------------


def test_a_released_session_becomes_an_entry_with_all_that_calendars_show():
    hall = HallFactory(name_zh="A 區", name_en="Area A")
    stage = StageFactory(fair=hall.fair, hall=hall, name_zh="主舞台", name_en="Main Stage")
    town = TownFactory(code="65000080", county=CountyFactory(code="65000"))
    company = CompanyFactory(name_zh="陶作坊", name_en="Tao Workshop", town=town)
    session = SessionFactory(
        stage=stage, title_zh="柴燒示範", title_en="", abstract_zh="練土、拉坯", category=CategoryFactory()
    )
    presenter = UserFactory()
    session.companies.add(company)
    session.presenters.add(presenter)
    fair = session.fair

    publish(fair)

    entry = entry_of(session)
    assert (entry.sequence, entry.status, entry.starts_at, entry.ends_at, entry.tzid) == (
        0,
        "confirmed",
        session.starts_at,
        session.ends_at,
        "Asia/Taipei",
    )
    assert entry.title_zh == f"柴燒示範｜{fair.name_zh}"
    assert entry.title_en == f"柴燒示範｜{fair.name_en}"
    assert entry.place_zh == f"主舞台，A 區，{fair.venue.name_zh}"
    assert entry.place_en == f"Main Stage, Area A, {fair.venue.name_en}"
    assert entry.text_zh == "練土、拉坯\n\n陶作坊"
    assert (entry.categories_zh, entry.categories_en) == (["茶葉"], ["Tea"])
    assert entry.url == f"http://localhost:8000/fairs/{fair.slug}/programme/#session-{session.pk}"
    assert set(entry.keys) == {
        f"fair:{fair.pk}",
        f"stage:{stage.pk}",
        f"category:{fair.pk}:tea",
        f"company:{company.pk}",
        f"own:{company.pk}",
        "town:65000080",
        "county:65000",
        f"user:{presenter.pk}",
    }
    assert entry.uid.endswith("@localhost")
    assert len(entry.uid.partition("@")[0]) == 32  # 128 random bits


def test_a_fair_stands_in_the_feeds_of_its_place_and_categories_with_its_whole_days():
    fair = FairFactory(venue=VenueFactory(lat="24.95000", lon="121.35000", address_zh="文化路 200 號"))
    fair.categories.add(CategoryFactory())

    publishing.reconcile_fair(fair)

    entry = Entry.objects.get()
    assert (entry.kind, entry.about_id, entry.starts_on, entry.ends_on) == (
        "fair",
        fair.pk,
        fair.starts_on,
        fair.ends_on,
    )
    assert entry.title_zh == fair.name_zh
    assert entry.place_zh == f"{fair.venue.name_zh}，文化路 200 號"
    assert set(entry.keys) == {"fairs", f"fair:{fair.pk}", "town:10008070", "county:10008", "category:tea"}
    (event,) = events(keys.FAIRS).values()
    assert event["DTSTART"].dt == fair.starts_on
    assert event["DTEND"].dt == fair.ends_on + timedelta(days=1)
    assert event["TRANSP"] == "TRANSPARENT"


def test_a_draft_fair_has_no_entry_and_no_feed():
    fair = FairFactory(state="draft")

    publishing.reconcile_fair(fair)

    assert not Entry.objects.exists()
    assert publishing.feed_for(keys.fair(fair.pk), "zh-hant") is None
    assert not Feed.objects.exists()


def test_moving_a_released_session_raises_sequence_under_the_same_uid():
    session = a_published_session()
    before = entry_of(session)
    values = {"starts_at": session.starts_at + HOUR, "ends_at": session.ends_at + HOUR}

    programming.edit_session(session, values=values, by=None)
    publish(session.fair)

    after = entry_of(session)
    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
    event = events(keys.fair(session.fair_id))[before.uid]
    assert (event["SEQUENCE"], event["DTSTART"].dt) == (1, session.starts_at)


@pytest.mark.parametrize(
    ("values", "raises"),
    [
        ({"title_zh": "改名"}, True),
        ({"title_en": "Renamed"}, True),
        ({"abstract_zh": "新的說明"}, False),
        ({"seats": 12}, False),
        ({"kind": "tasting"}, False),
    ],
    ids=str,
)
def test_only_time_place_status_and_title_raise_sequence(values, raises):
    session = a_published_session()
    before = entry_of(session)

    programming.edit_session(session, values=values, by=None)
    publish(session.fair)

    assert entry_of(session).sequence == before.sequence + raises


def test_another_text_is_a_later_change_of_the_same_sequence():
    session = a_published_session()
    before = entry_of(session)

    programming.edit_session(session, values={"abstract_zh": "新的說明"}, by=None)
    publish(session.fair)

    after = entry_of(session)
    assert after.sequence == before.sequence
    assert after.changed_at > before.changed_at
    assert "新的說明".encode() in bytes(after.event_zh)


def test_a_removed_session_stays_as_cancelled_for_90_days_after_its_end():
    session = a_published_session()
    uid = entry_of(session).uid

    programming.drop_session(session, by=None)
    publish(session.fair)

    entry = entry_of(session)
    assert (entry.status, entry.sequence, entry.shown_until) == (
        "cancelled",
        1,
        session.ends_at + timedelta(days=90),
    )
    event = events(keys.fair(session.fair_id))[uid]
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)


def test_what_is_cancelled_after_its_end_is_shown_for_90_days_from_then():
    fair = FairFactory(starts_on=timezone.now().date() - timedelta(days=30))
    publishing.reconcile_fair(fair)

    journal.move(fair, Fair.State.CANCELLED, moves=FAIR_MOVES, by=None)
    publishing.reconcile_fair(fair)

    until = Entry.objects.get().shown_until
    assert timedelta(days=89, hours=23) < until - timezone.now() <= timedelta(days=90)


def test_a_session_on_another_stage_is_cancelled_in_the_feed_of_the_old_one_and_there_in_the_new():
    session = a_published_session()
    old, new = session.stage, StageFactory(fair=session.fair)
    uid = entry_of(session).uid

    programming.edit_session(session, values={"stage": new}, by=None)
    publish(session.fair)

    gone, there = events(keys.stage(old.pk))[uid], events(keys.stage(new.pk))[uid]
    assert (gone["STATUS"], gone["SEQUENCE"]) == ("CANCELLED", 1)
    assert (there["STATUS"], there["SEQUENCE"]) == ("CONFIRMED", 1)
    assert entry_of(session).left_keys == [keys.stage(old.pk)]


def test_a_session_that_comes_back_to_a_feed_is_confirmed_there_with_a_higher_sequence():
    session = a_published_session()
    company = CompanyFactory()
    for people in ([company], [], [company]):
        programming.edit_session(session, values={"companies": people}, by=None)
        publish(session.fair)

    entry = entry_of(session)
    (event,) = events(keys.company(company.pk)).values()
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 2)
    assert (entry.left_keys, entry.left_until, bytes(entry.gone_zh)) == ([], None, b"")


def test_a_feed_that_an_entry_joins_is_published_without_rendering_it():
    fair = FairFactory()
    publishing.reconcile_fair(fair)
    before = Entry.objects.get()
    assert events(keys.town("10008070"))
    fair.categories.add(CategoryFactory(code="wood"))

    with patch.object(entries, "render", side_effect=rendering.render) as render:
        publishing.reconcile_fair(fair)

    entry = Entry.objects.get()
    assert keys.category("wood") in entry.keys
    assert (render.call_count, entry.sequence, entry.changed_at) == (0, before.sequence, before.changed_at)


def test_what_was_cancelled_before_anybody_saw_it_gets_no_entry():
    session = SessionFactory()
    programming.release(session.fair, by=None)
    session.refresh_from_db()
    programming.cancel_session(session, by=None, reason="雨")

    publishing.reconcile_session(session)

    assert not Entry.objects.exists()


def test_a_delay_reaches_the_entry_without_a_release():
    session = a_published_session()

    programming.delay(session, minutes=30, by=None)
    publishing.reconcile_session(session)

    entry = entry_of(session)
    assert (entry.starts_at, entry.sequence) == (session.starts_at, 1)


def test_cancelling_a_fair_cancels_its_days_and_every_session():
    session = a_published_session()
    fair = session.fair
    publishing.reconcile_fair(fair)

    journal.move(fair, Fair.State.CANCELLED, moves=FAIR_MOVES, by=None)
    publishing.reconcile_fair(fair)
    publishing.publish_due()

    statuses = {str(event["STATUS"]) for event in events(keys.fair(fair.pk)).values()}
    assert statuses == {"CANCELLED"}
    assert len(events(keys.fair(fair.pk))) == 2


def test_a_confirmed_company_stands_in_its_own_public_calendar_with_its_booths():
    hall = HallFactory(name_zh="A 區")
    application = ApplicationFactory(call=CallFactory(fair=hall.fair), state="confirmed")
    for number in ("A12", "A13"):
        PlacementFactory(application=application, booth=BoothFactory(hall=hall, number=number))

    publishing.reconcile_application(application)

    entry = Entry.objects.get(kind="attendance")
    company = application.company
    assert entry.title_zh == f"{company.name_zh}｜{hall.fair.name_zh}"
    assert entry.place_zh == f"A12, A13，A 區，{hall.fair.venue.name_zh}"
    assert set(entry.keys) == {keys.company(company.pk), keys.own(company.pk)}


def test_nobody_learns_from_a_public_calendar_who_was_only_offered_a_booth():
    application = ApplicationFactory(state="offered")
    PlacementFactory(application=application)

    publishing.reconcile_application(application)

    assert events(keys.company(application.company_id)) == {}
    (event,) = events(keys.own(application.company_id), EN).values()
    assert event["SUMMARY"] == f"Offer ends: {application.call.fair.name_en}"
    assert event["DTSTART"].dt == application.offer_ends_at.replace(microsecond=0)


def test_a_deadline_that_was_met_is_cancelled():
    application = ApplicationFactory(state="offered")
    publishing.reconcile_application(application)

    journal.move(application, Application.State.DECLINED, moves=MOVES, by=None)
    publishing.reconcile_application(application)

    assert Entry.objects.values_list("kind", "status", "sequence").get() == ("offer", "cancelled", 1)


def test_a_deadline_that_has_passed_stays_as_it_was():
    application = ApplicationFactory(state="offered", offer_ends_at=timezone.now() - HOUR)
    publishing.reconcile_application(application)

    journal.move(application, Application.State.EXPIRED, moves=MOVES, by=None)
    publishing.reconcile_application(application)

    assert Entry.objects.values_list("status", "sequence").get() == ("confirmed", 0)


def test_what_a_company_must_correct_has_a_deadline_of_its_own():
    application = ApplicationFactory(state="returned")

    publishing.reconcile_application(application)

    (event,) = events(keys.own(application.company_id), EN).values()
    assert event["SUMMARY"] == f"Correct your application: {application.call.fair.name_en}"


def test_a_company_that_cancels_is_cancelled_in_its_calendar():
    application = ApplicationFactory(state="confirmed")
    publishing.reconcile_application(application)

    journal.move(application, Application.State.CANCELLED, moves=MOVES, by=None)
    publishing.reconcile_application(application)

    (event,) = events(keys.company(application.company_id)).values()
    assert event["STATUS"] == "CANCELLED"


def test_a_company_of_another_name_is_told_in_all_its_entries():
    application = ApplicationFactory(state="confirmed")
    company = application.company
    session = SessionFactory()
    session.companies.add(company)
    publish(session.fair)
    publishing.reconcile_application(application)
    company.name_zh = "新名工坊"
    company.save()

    changed = publishing.reconcile_company(company)

    assert sorted(entry.kind for entry in changed) == ["attendance", "session"]
    assert Entry.objects.get(kind="attendance").title_zh.startswith("新名工坊｜")
    assert Entry.objects.get(kind="session").text_zh.endswith("新名工坊")


def test_the_entry_for_a_mail_is_reconciled_first():
    session = SessionFactory()
    programming.release(session.fair, by=None)

    entry = publishing.entry_of(session)
    fair_entry = publishing.entry_of(session.fair)

    assert entry is not None
    assert fair_entry is not None
    assert (entry.starts_at, fair_entry.starts_on) == (session.starts_at, session.fair.starts_on)
    assert publishing.entry_of(FairFactory(state="draft")) is None


def test_an_entry_that_cannot_be_rendered_is_put_aside_and_stops_no_other(caplog):
    organizer = OrganizerFactory(email="office@example.org")
    stage = StageFactory(fair=FairFactory(organizer=organizer))
    poisoned = SessionFactory(stage=stage)
    other = SessionFactory(stage=stage, starts_at=poisoned.ends_at)
    programming.release(stage.fair, by=None)
    Listing.objects.filter(pk=poisoned.pk).update(title_zh="壞\x0b字")

    publishing.reconcile_programme(stage.fair)

    assert list(events(keys.fair(stage.fair.pk))) == [entry_of(other).uid]
    assert entry_of(poisoned).fault.startswith("SUMMARY")
    assert "entry put aside" in caplog.text


def test_an_entry_that_was_put_aside_is_tried_again_and_keeps_what_it_last_said_meanwhile():
    session = a_published_session()
    good = entry_of(session)
    Listing.objects.filter(pk=session.pk).update(title_zh="壞\x0b字")
    publishing.reconcile_session(session)
    aside = entry_of(session)
    Listing.objects.filter(pk=session.pk).update(title_zh="好字")

    publishing.reconcile_session(session)

    assert (bytes(aside.event_zh), bool(aside.fault)) == (bytes(good.event_zh), True)
    assert (entry_of(session).fault, entry_of(session).title_zh.startswith("好字")) == ("", True)


def test_a_fair_whose_place_has_no_such_zone_can_still_be_cancelled():
    fair = FairFactory(venue=VenueFactory(time_zone="Asia/Nowhere"))
    publishing.reconcile_fair(fair)

    journal.move(fair, Fair.State.CANCELLED, moves=FAIR_MOVES, by=None)
    publishing.reconcile_fair(fair)

    assert Entry.objects.values_list("status", "sequence").get() == ("cancelled", 1)


@pytest.mark.parametrize("count", [1, 30])
def test_reconciling_takes_a_fixed_number_of_queries(count, django_assert_num_queries):
    stage = StageFactory()
    for n in range(count):
        starts_at = stage.fair.begins_at + n * HOUR / 4
        SessionFactory(stage=stage, starts_at=starts_at, ends_at=starts_at + HOUR / 4).companies.add(CompanyFactory())
    programming.release(stage.fair, by=None)

    with django_assert_num_queries(14):
        publishing.reconcile_programme(stage.fair)


# --- Feeds ----------------------------------------------------------------------------------------------------------


def test_a_feed_is_published_when_somebody_first_asks_and_kept_up_from_then_on():
    session = SessionFactory()
    key = keys.fair(session.fair_id)
    cold = publishing.feed_for(key, "zh-hant")
    publish(session.fair)

    fresh = publishing.feed_for(key, "zh-hant")

    assert cold is not None
    assert fresh is not None
    assert (cold.pk, cold.entries, fresh.entries) == (fresh.pk, 0, 1)
    assert fresh.etag != cold.etag


def test_a_burst_of_changes_is_published_once():
    session = a_published_session()
    publishing.feed_for(keys.fair(session.fair_id), "zh-hant")
    for minutes in (5, 10, 15, 20):
        programming.delay(session, minutes=minutes, by=None)
        publishing.reconcile_session(session)

    with patch.object(publishing, "bind", side_effect=publishing.bind) as bind:
        publishing.publish_due()

    assert bind.call_count == 1
    assert not StaleKey.objects.exists()


def test_nobody_writes_feeds_that_nobody_asked_for():
    session = SessionFactory()

    publish(session.fair)

    assert not Feed.objects.exists()
    assert not StaleKey.objects.exists()


def test_equal_bytes_keep_their_tag_and_time():
    session = a_published_session()
    key = keys.fair(session.fair_id)
    publishing.feed_for(key, "zh-hant")
    before = Feed.objects.get()
    publishing.mark_dirty([key])

    publishing.publish_due()

    after = Feed.objects.get()
    assert (after.etag, after.changed_at, bytes(after.body)) == (before.etag, before.changed_at, bytes(before.body))
    assert after.published_at > before.published_at


def test_each_language_and_form_is_a_feed_of_its_own():
    session = a_published_session(title_zh="茶席", title_en="Tea")
    key = keys.fair(session.fair_id)
    for language in ("zh-hant", EN):
        for form in ("ics", "json"):
            publishing.feed_for(key, language, form)

    bodies = {(feed.language, feed.form): bytes(feed.body).decode() for feed in Feed.objects.all()}
    assert "SUMMARY:茶席｜" in bodies["zh-hant", "ics"]
    assert "SUMMARY:Tea｜" in bodies["en", "ics"]
    assert "Tea｜" in bodies["en", "json"]
    assert Feed.objects.count() == 4


def test_a_feed_whose_thing_is_gone_goes_too():
    stage = StageFactory()
    key = keys.stage(stage.pk)
    publishing.feed_for(key, "zh-hant")
    programming.remove_stage(stage, by=None)
    publishing.mark_dirty([key])

    publishing.publish_due()

    assert not Feed.objects.exists()


def test_a_feed_whose_header_cannot_be_written_stops_no_other(caplog):
    good, bad = FairFactory(), FairFactory()
    for fair in (good, bad):
        publishing.reconcile_fair(fair)
        publishing.feed_for(keys.fair(fair.pk), "zh-hant")
    Fair.objects.filter(pk__in=[good.pk, bad.pk]).update(name_zh="好")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE fairs_fair SET name_zh = E'\\x0b' WHERE id = %s", [bad.pk])
    publishing.mark_dirty([keys.fair(good.pk), keys.fair(bad.pk)])

    publishing.publish_due()

    assert "feed put aside" in caplog.text
    assert b"X-WR-CALNAME:\xe5\xa5\xbd\r\n" in bytes(Feed.objects.get(key=keys.fair(good.pk)).body)
    assert Feed.objects.get(key=keys.fair(bad.pk)).etag


def test_what_was_cancelled_long_ago_leaves_the_feeds_and_its_uid_is_never_used_again():
    session = a_published_session()
    key, uid = keys.fair(session.fair_id), entry_of(session).uid
    programming.cancel_session(session, by=None, reason="雨")
    publishing.reconcile_session(session)
    assert uid in events(key)
    Entry.objects.update(shown_until=timezone.now() - HOUR)

    assert publishing.clear_gone() == 1
    publishing.publish_due()

    assert events(key) == {}
    assert entry_of(session).uid == uid
    assert publishing.clear_gone() == 0


def test_what_left_a_feed_long_ago_is_forgotten_there():
    session = a_published_session()
    old = session.stage
    programming.edit_session(session, values={"stage": StageFactory(fair=session.fair)}, by=None)
    publish(session.fair)
    assert len(events(keys.stage(old.pk))) == 1
    Entry.objects.update(left_until=timezone.now() - HOUR)

    assert publishing.clear_gone() == 1
    publishing.publish_due()

    assert events(keys.stage(old.pk)) == {}
    assert len(events(keys.fair(session.fair_id))) == 1


@pytest.mark.parametrize("count", [1, 30])
def test_publishing_a_feed_takes_a_fixed_number_of_queries(count, django_assert_num_queries):
    stage = StageFactory()
    for n in range(count):
        starts_at = stage.fair.begins_at + n * HOUR / 4
        SessionFactory(stage=stage, starts_at=starts_at, ends_at=starts_at + HOUR / 4)
    publishing.feed_for(keys.fair(stage.fair.pk), "zh-hant")
    publish(stage.fair)
    publishing.mark_dirty([keys.fair(stage.fair.pk)])

    with django_assert_num_queries(16):
        assert publishing.publish_due() == 1


def test_a_large_programme_is_published_by_what_changed_in_it():
    fair = FairFactory()
    stages = StageFactory.create_batch(5, fair=fair)
    with journal.quietly():
        Session.objects.bulk_create(
            Session(
                fair=fair,
                stage=stage,
                title_zh=f"場次 {n}",
                starts_at=fair.begins_at + n // 96 * timedelta(days=1) + n % 96 * timedelta(minutes=5),
                ends_at=fair.begins_at + n // 96 * timedelta(days=1) + (n % 96 + 1) * timedelta(minutes=5),
            )
            for stage in stages
            for n in range(200)
        )
    assert Session.objects.count() == 1_000
    programming.release(fair, by=None)
    publishing.reconcile_programme(fair)
    feed = publishing.feed_for(keys.fair(fair.pk), "zh-hant")
    assert feed is not None
    assert feed.entries == 1_000
    moved = Session.objects.first()
    assert moved is not None
    programming.edit_session(moved, values={"title_zh": "改名"}, by=None)

    programming.release(fair, by=None)
    with patch.object(rendering, "render_event", side_effect=rendering.render_event) as render_event:
        publishing.reconcile_programme(fair)
    publishing.publish_due()

    assert render_event.call_count == 2  # one entry, in two languages
    assert "改名｜" in bytes(Feed.objects.get().body).decode()


@pytest.mark.django_db(transaction=True)
def test_workers_that_reconcile_and_publish_at_once_lose_no_change():
    stage = StageFactory()
    sessions = [SessionFactory(stage=stage, starts_at=stage.fair.begins_at + n * HOUR) for n in range(4)]
    programming.release(stage.fair, by=None)
    publishing.feed_for(keys.fair(stage.fair.pk), "zh-hant")
    start = Barrier(4)

    def work(session) -> None:
        try:
            start.wait()
            publishing.reconcile_session(session)
            publishing.publish_due()
            publishing.reconcile_programme(stage.fair)
            publishing.publish_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, sessions))
    publishing.publish_due()

    assert Entry.objects.count() == 4
    assert set(events(keys.fair(stage.fair.pk))) == set(Entry.objects.values_list("uid", flat=True))
    assert set(Entry.objects.values_list("sequence", flat=True)) == {0}


@pytest.mark.django_db(transaction=True)
def test_first_readers_who_come_at_once_get_one_feed():
    fair = FairFactory()
    publishing.reconcile_fair(fair)
    start = Barrier(4)

    def ask(_n: int) -> str:
        try:
            start.wait()
            feed = publishing.feed_for(keys.fair(fair.pk), "zh-hant")
            return feed.etag if feed else ""
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        tags = set(pool.map(ask, range(4)))

    assert tags == {Feed.objects.get().etag}
