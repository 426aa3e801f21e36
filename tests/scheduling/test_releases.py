"""What a release publishes, and what happens at once on the day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import journal
from accounts.models import Change
from core.errors import InvalidTransition, Unfit
from fairs.models import Fair
from scheduling import programming
from scheduling.models import SESSION_MOVES, Listing, Release, Session
from tests.factories import CompanyFactory, FairFactory, SessionFactory, StageFactory, UserFactory, coordinator_of

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def a_programme(count: int = 3):
    """A fair with one stage and this many drafts, an hour each, one after the other."""
    stage = StageFactory()
    begins = stage.fair.begins_at
    return stage.fair, [SessionFactory(stage=stage, starts_at=begins + n * HOUR) for n in range(count)]


def a_published_programme(count: int = 3):
    """The same, released once."""
    fair, sessions = a_programme(count)
    with journal.quietly():
        programming.release(fair, by=None)
    for session in sessions:
        session.refresh_from_db()
    return fair, sessions


def news() -> list[tuple[str, str, str]]:
    """What was recorded that somebody reacts to: kind and states."""
    return list(Change.objects.filter(handled=False).values_list("kind", "before", "after"))


def test_a_release_publishes_every_draft_at_once_under_the_next_number():
    fair, sessions = a_programme(2)
    by, presenter, company = coordinator_of(fair), UserFactory(), CompanyFactory()
    sessions[0].presenters.add(presenter)
    sessions[0].companies.add(company)

    release = programming.release(fair, by=by, note_zh="節目表首次公布。", note_en="First programme.")

    assert (release.number, release.published_by, release.note_zh) == (1, by, "節目表首次公布。")
    assert [item["session"] for item in release.programme] == [str(session.pk) for session in sessions]
    assert set(Session.objects.values_list("state", flat=True)) == {"released"}
    listing = Listing.objects.get(pk=sessions[0].pk)
    assert (listing.title_zh, listing.starts_at, listing.presenters, listing.companies, listing.was_at) == (
        sessions[0].title_zh,
        sessions[0].starts_at,
        [presenter.pk],
        [company.pk],
        None,
    )
    assert news() == [
        ("programme.released", "", ""),
        ("session.released", "draft", "released"),
        ("session.released", "draft", "released"),
    ]
    change = Change.objects.get(kind="programme.released")
    assert (change.about_id, change.fair_id) == (release.pk, fair.pk)
    assert change.facts == {"number": 1, "added": 2, "moved": 0, "changed": 0, "removed": 0}


def test_between_releases_the_public_sees_nothing_of_the_draft():
    fair, (session, *_rest) = a_published_programme()

    programming.edit_session(session, values={"title_zh": "改名"}, by=None)
    SessionFactory(stage=StageFactory(fair=fair))

    assert Listing.objects.count() == 3
    assert not Listing.objects.filter(title_zh="改名").exists()


def test_a_release_tells_what_was_added_moved_changed_and_removed_a_line_each():
    fair, (moved, changed, removed) = a_published_programme()
    was_at = moved.starts_at
    programming.edit_session(moved, values={"starts_at": was_at + 5 * HOUR, "ends_at": was_at + 6 * HOUR}, by=None)
    programming.edit_session(changed, values={"abstract_zh": "新的說明"}, by=None)
    programming.drop_session(removed, by=None)
    added = SessionFactory(stage=moved.stage, starts_at=was_at + 6 * HOUR)
    Change.objects.filter(handled=False).count()
    before = Change.objects.last().pk

    found = programming.diff(fair)
    release = programming.release(fair, by=None)

    assert [[each.session for each in group] for group in (found.added, found.moved, found.changed, found.removed)] == [
        [added],
        [moved],
        [changed],
        [removed],
    ]
    assert found.moved[0].fields == ("starts_at", "ends_at")
    lines = Change.objects.filter(pk__gt=before).values_list("kind", "about_id", "before", "after")
    assert list(lines) == [
        ("programme.released", release.pk, "", ""),
        ("session.released", added.pk, "draft", "released"),
        ("session.moved", moved.pk, "", ""),
        ("session.changed", changed.pk, "", ""),
        ("session.cancelled", removed.pk, "released", "cancelled"),
    ]
    assert Change.objects.get(kind="session.moved").facts == {
        "release": 2,
        "fields": ["starts_at", "ends_at"],
        "from": was_at.isoformat(),
        "to": (was_at + 5 * HOUR).isoformat(),
    }
    assert Change.objects.get(kind="session.changed").facts == {"release": 2, "fields": ["abstract_zh"]}
    listings = Listing.objects.in_bulk()
    assert (listings[moved.pk].starts_at, listings[moved.pk].was_at) == (was_at + 5 * HOUR, was_at)
    assert listings[changed.pk].abstract_zh == "新的說明"
    assert [listings[pk].is_cancelled for pk in (added.pk, moved.pk, changed.pk, removed.pk)] == [
        False,
        False,
        False,
        True,
    ]
    assert [item["is_cancelled"] for item in release.programme].count(True) == 1


def test_another_stage_is_a_move_and_other_people_are_a_change():
    fair, (moved, changed, _same) = a_published_programme()
    programming.edit_session(moved, values={"stage": StageFactory(fair=fair)}, by=None)
    programming.edit_session(changed, values={"presenters": [UserFactory()], "companies": [CompanyFactory()]}, by=None)

    found = programming.diff(fair)

    assert [(each.session, each.fields) for each in found.moved] == [(moved, ("stage_id",))]
    assert [(each.session, each.fields) for each in found.changed] == [(changed, ("presenters", "companies"))]


def test_a_session_that_only_ends_later_has_a_new_time_too():
    fair, (_first, _second, session) = a_published_programme()
    programming.edit_session(session, values={"ends_at": session.ends_at + HOUR}, by=None)

    programming.release(fair, by=None)

    change = Change.objects.get(kind="session.moved")
    assert (change.facts["fields"], "to" in change.facts) == (["ends_at"], True)
    assert Listing.objects.get(pk=session.pk).was_at is None


def test_a_session_that_moves_back_and_forth_says_where_it_was_last():
    fair, (session, *_rest) = a_published_programme()
    first = session.starts_at
    for hours in (5, 6):
        start = first + hours * HOUR
        programming.edit_session(session, values={"starts_at": start, "ends_at": start + HOUR}, by=None)
        programming.release(fair, by=None)
        session.refresh_from_db()
    programming.edit_session(session, values={"title_zh": "改名"}, by=None)
    programming.release(fair, by=None)

    assert Listing.objects.get(pk=session.pk).was_at == first + 5 * HOUR


def test_a_release_of_nothing_new_is_refused():
    fair, _sessions = a_published_programme()

    with pytest.raises(programming.NothingToRelease):
        programming.release(fair, by=None)

    assert Release.objects.count() == 1


def test_a_draft_that_was_dropped_and_one_that_was_cancelled_are_nothing_new():
    fair, (session, *_rest) = a_published_programme()
    programming.cancel_session(session, by=None, reason="雨")
    draft = SessionFactory(stage=session.stage, starts_at=session.starts_at + 6 * HOUR)
    programming.drop_session(draft, by=None)

    assert programming.diff(fair).is_empty


def test_a_draft_fair_publishes_no_programme():
    session = SessionFactory(stage=StageFactory(fair=FairFactory(state="draft")))

    with pytest.raises(programming.ProgrammeIsFixed):
        programming.release(session.fair, by=None)

    assert not Release.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scheduling_release SET note_zh = 'x'",
        "UPDATE scheduling_release SET programme = '[]'",
        "DELETE FROM scheduling_release",
        "TRUNCATE scheduling_release",
    ],
)
def test_a_release_is_unchanging(statement):
    _fair, sessions = a_published_programme()

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE is refused for what waits for the commit
        with pytest.raises(DatabaseError, match="unchanging"), transaction.atomic():
            cursor.execute(statement)

    assert len(Release.objects.get().programme) == len(sessions)


@pytest.mark.django_db(transaction=True)
def test_the_database_agrees_with_every_line_of_a_release_when_it_commits():
    fair, (moved, _changed, removed) = a_published_programme()
    programming.edit_session(moved, values={"stage": StageFactory(fair=fair)}, by=None)
    programming.drop_session(removed, by=None)
    SessionFactory(stage=moved.stage, starts_at=moved.starts_at + 6 * HOUR)

    programming.release(fair, by=None)

    assert sorted(Session.objects.values_list("state", flat=True)) == ["cancelled", "released", "released", "released"]


@pytest.mark.parametrize("count", [1, 30])
def test_a_release_takes_a_fixed_number_of_queries(count, django_assert_num_queries):
    stage = StageFactory()
    for n in range(count):
        starts_at = stage.fair.begins_at + n * HOUR / 4
        session = SessionFactory(stage=stage, starts_at=starts_at, ends_at=starts_at + HOUR / 4)
        session.presenters.add(UserFactory())
    fair = Fair.objects.get(pk=stage.fair.pk)

    with django_assert_num_queries(17):
        programming.release(fair, by=None)


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_release_at_once_make_one_release():
    fair, _sessions = a_programme()
    start = Barrier(2)

    def act() -> str:
        try:
            start.wait()
            return f"release {programming.release(fair.__class__.objects.get(pk=fair.pk), by=None).number}"
        except programming.NothingToRelease:
            return "nothing left"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(lambda _n: act(), range(2))) == ["nothing left", "release 1"]


@pytest.mark.django_db(transaction=True)
def test_coordinators_who_plan_on_one_stage_at_once_end_with_one_session_each_time():
    stage = StageFactory()
    workers, rounds = 4, 5

    for n in range(rounds):
        start = Barrier(workers)
        at = stage.fair.begins_at + n * HOUR

        def plan(who: int, start=start, at=at) -> str:
            own = type(stage).objects.get(pk=stage.pk)
            values = {"stage": own, "title_zh": f"{who}", "starts_at": at, "ends_at": at + HOUR}
            try:
                start.wait()
                programming.add_session(own.fair, values=values, by=None)
                return "planned"
            except programming.StageTaken:
                return "taken"
            finally:
                connection.close()

        with ThreadPoolExecutor(workers) as pool:
            assert sorted(pool.map(plan, range(workers))) == ["planned"] + ["taken"] * (workers - 1)
    assert Session.objects.count() == rounds


# --- On the day -----------------------------------------------------------------------------------------------------


def test_a_delay_moves_session_and_listing_at_once_and_says_from_when_to_when():
    fair, (_first, _second, session) = a_published_programme()
    was_at = session.starts_at

    programming.delay(session, minutes=30, by=None, reason="前一場延長")

    listing = Listing.objects.get(pk=session.pk)
    assert (listing.starts_at, listing.ends_at, listing.was_at) == (
        was_at + HOUR / 2,
        was_at + 3 * HOUR / 2,
        was_at,
    )
    session.refresh_from_db()
    assert (session.starts_at, session.version) == (listing.starts_at, 3)
    change = Change.objects.get(kind="session.delayed")
    assert (change.reason, change.facts) == (
        "前一場延長",
        {"minutes": 30, "from": was_at.isoformat(), "to": listing.starts_at.isoformat()},
    )
    assert programming.diff(fair).is_empty


def test_a_delay_keeps_a_change_that_waits_for_its_release():
    fair, (_first, _second, session) = a_published_programme()
    planned = session.starts_at + 3 * HOUR
    programming.edit_session(session, values={"starts_at": planned, "ends_at": planned + HOUR}, by=None)

    programming.delay(session, minutes=15, by=None)

    session.refresh_from_db()
    assert session.starts_at == planned
    assert Listing.objects.get(pk=session.pk).starts_at == planned - 3 * HOUR + HOUR / 4
    assert [each.session for each in programming.diff(fair).moved] == [session]


def test_a_delay_into_the_next_session_is_refused_and_that_one_is_named():
    _fair, (session, following, _last) = a_published_programme()

    with pytest.raises(programming.StageTaken, match=following.title_zh):
        programming.delay(session, minutes=10, by=None)

    assert Listing.objects.get(pk=session.pk).starts_at == session.fair.begins_at


@pytest.mark.parametrize("minutes", [0, -5, 601])
def test_a_delay_has_a_sensible_length(minutes):
    _fair, (session, *_rest) = a_published_programme()

    with pytest.raises(Unfit):
        programming.delay(session, minutes=minutes, by=None)


def test_what_nobody_expects_is_neither_delayed_nor_cancelled():
    _fair, (cancelled, over, _other) = a_published_programme()
    draft = SessionFactory(stage=StageFactory(fair=cancelled.fair))
    programming.cancel_session(cancelled, by=None, reason="雨")
    Listing.objects.filter(pk=over.pk).update(starts_at="2020-01-01T10:00Z", ends_at="2020-01-01T11:00Z")

    for session in (draft, cancelled, over):
        with pytest.raises(programming.NotPublished):
            programming.delay(session, minutes=10, by=None)
        with pytest.raises(programming.NotPublished):
            programming.cancel_session(session, by=None, reason="雨")


def test_a_session_is_cancelled_at_once_with_its_reason():
    _fair, (session, *_rest) = a_published_programme()

    programming.cancel_session(session, by=None, reason="空調故障")

    session.refresh_from_db()
    assert (session.state, Listing.objects.get(pk=session.pk).is_cancelled) == ("cancelled", True)
    change = Change.objects.get(kind="session.cancelled")
    assert (change.before, change.after, change.reason) == ("released", "cancelled", "空調故障")


def test_a_cancellation_needs_a_reason():
    _fair, (session, *_rest) = a_published_programme()

    with pytest.raises(Unfit):
        programming.cancel_session(session, by=None, reason="  ")

    session.refresh_from_db()
    assert session.state == "released"


def test_a_cancelled_session_is_not_edited_any_more():
    _fair, (session, *_rest) = a_published_programme()
    programming.cancel_session(session, by=None, reason="雨")

    with pytest.raises(programming.ProgrammeIsFixed):
        programming.edit_session(session, values={"title_zh": "新"}, by=None)
    programming.drop_session(session, by=None)
    programming.keep_session(session, by=None)

    assert session.dropped_at is None


# --- The moves ------------------------------------------------------------------------------------------------------

STATES = ("draft", "released", "cancelled")
ALLOWED = {("draft", "released"), ("released", "cancelled")}


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_a_session_moves_only_forward(before, after):
    session = SessionFactory(state=before)

    if (before, after) in ALLOWED:
        journal.move(session, after, moves=SESSION_MOVES, by=None)
    else:
        with pytest.raises(InvalidTransition):
            journal.move(session, after, moves=SESSION_MOVES, by=None)

    session.refresh_from_db()
    assert session.state == (after if (before, after) in ALLOWED else before)
