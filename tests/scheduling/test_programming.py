"""The working programme, its conflicts and its releases."""

from datetime import timedelta

import pytest

from accounts.models import Change
from core.errors import Stale, Unfit
from scheduling import programming
from scheduling.models import Listing, Release, Session
from tests.factories import (
    CategoryFactory,
    CompanyFactory,
    FairFactory,
    HallFactory,
    SessionFactory,
    StageFactory,
    UserFactory,
    coordinator_of,
    taipei,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def kinds_about(thing) -> list[str]:
    return list(Change.objects.about(thing).values_list("kind", flat=True))


def a_programme(count: int = 3):
    """A fair with one stage and this many drafts, an hour each, one after the other."""
    stage = StageFactory()
    begins = stage.fair.begins_at
    return stage.fair, [SessionFactory(stage=stage, starts_at=begins + n * HOUR) for n in range(count)]


# --- Planning -------------------------------------------------------------------------------------------------------


def test_a_session_is_planned_in_private_with_its_people():
    stage = StageFactory()
    presenter, company, by = UserFactory(), CompanyFactory(), coordinator_of(stage)

    session = programming.add_session(
        stage.fair,
        values={
            "stage": stage,
            "title_zh": "柴燒示範",
            "starts_at": stage.fair.begins_at,
            "ends_at": stage.fair.begins_at + HOUR,
            "category": CategoryFactory(),
            "presenters": [presenter],
            "companies": [company],
        },
        by=by,
    )

    assert (session.state, list(session.presenters.all()), list(session.companies.all())) == (
        "draft",
        [presenter],
        [company],
    )
    assert kinds_about(session) == ["session.added"]
    assert not Listing.objects.exists()


def test_everything_that_is_wrong_with_a_session_is_said_at_once():
    stage = StageFactory()

    with pytest.raises(Unfit) as refusal:
        programming.add_session(
            stage.fair, values={"stage": stage, "title_zh": "", "starts_at": None, "ends_at": None}, by=None
        )

    assert sorted(gap.field for gap in refusal.value.gaps) == ["ends_at", "starts_at", "title_zh"]


def test_a_session_must_end_after_it_starts():
    stage = StageFactory()
    at = stage.fair.begins_at + HOUR

    with pytest.raises(Unfit) as refusal:
        programming.add_session(
            stage.fair, values={"stage": stage, "title_zh": "茶", "starts_at": at, "ends_at": at}, by=None
        )

    assert [gap.field for gap in refusal.value.gaps] == ["ends_at"]


def test_the_stage_must_be_one_of_the_same_fair():
    fair, elsewhere = FairFactory(), StageFactory()

    with pytest.raises(Unfit) as refusal:
        programming.add_session(
            fair,
            values={
                "stage": elsewhere,
                "title_zh": "茶",
                "starts_at": fair.begins_at,
                "ends_at": fair.begins_at + HOUR,
            },
            by=None,
        )

    assert [gap.field for gap in refusal.value.gaps] == ["stage"]
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("day", "from_hour", "to_hour"),
    [(0, 9, 11), (0, 17, 19), (-1, 10, 11), (3, 10, 11), (0, 12, 36)],
    ids=["before the doors open", "after they close", "the day before", "the day after", "over night"],
)
def test_a_session_outside_the_hours_of_the_fair_is_refused_with_a_sentence(day, from_hour, to_hour):
    stage = StageFactory()  # three days, 10:00 to 18:00
    midnight = taipei(stage.fair.starts_on + timedelta(days=day), 0)

    with pytest.raises(programming.OutsideHours, match="10:00–18:00"):
        programming.add_session(
            stage.fair,
            values={
                "stage": stage,
                "title_zh": "夜場",
                "starts_at": midnight + from_hour * HOUR,
                "ends_at": midnight + to_hour * HOUR,
            },
            by=None,
        )


def test_a_stage_may_have_hours_of_its_own():
    stage = StageFactory(closes="21:00")
    stage.refresh_from_db()
    at = taipei(stage.fair.starts_on, 19)

    session = programming.add_session(
        stage.fair, values={"stage": stage, "title_zh": "夜場", "starts_at": at, "ends_at": at + HOUR}, by=None
    )

    assert session.pk


def test_two_sessions_on_one_stage_at_once_are_refused_and_the_other_is_named():
    fair, (first, second) = a_programme(2)

    with pytest.raises(programming.StageTaken, match=first.title_zh) as refusal:
        programming.edit_session(second, values={"starts_at": first.starts_at, "ends_at": first.ends_at}, by=None)

    second.refresh_from_db()
    assert refusal.value.data["session"] == str(first.pk)
    assert second.starts_at == fair.begins_at + HOUR


def test_a_session_may_follow_another_at_once_and_take_the_place_of_a_dropped_one():
    _fair, (first, second) = a_programme(2)
    programming.drop_session(first, by=None)

    programming.edit_session(second, values={"starts_at": second.starts_at - HOUR}, by=None)

    assert list(Session.objects.values_list("ends_at", flat=True)) == [second.ends_at]


def test_an_edit_raises_the_version_and_says_which_fields():
    _fair, (session,) = a_programme(1)

    programming.edit_session(session, values={"title_zh": "改名", "seats": 20, "kind": session.kind}, by=None)

    session.refresh_from_db()
    assert (session.version, session.title_zh, session.seats) == (2, "改名", 20)
    assert Change.objects.about(session).get().facts == {"fields": ["seats", "title_zh"]}


def test_an_edit_that_changes_nothing_leaves_no_trace():
    _fair, (session,) = a_programme(1)

    programming.edit_session(session, values={"title_zh": session.title_zh}, by=None)

    assert (session.version, kinds_about(session)) == (1, [])


def test_nobody_overwrites_an_edit_that_they_have_not_seen():
    _fair, (session,) = a_programme(1)
    mine = Session.objects.get(pk=session.pk)
    mine.expect(frozenset({1}))
    programming.edit_session(session, values={"title_zh": "先到"}, by=None)

    with pytest.raises(Stale):
        programming.edit_session(mine, values={"title_zh": "後到"}, by=None)

    session.refresh_from_db()
    assert session.title_zh == "先到"


def test_a_draft_that_is_dropped_is_gone_and_the_journal_keeps_it():
    _fair, (session,) = a_programme(1)
    pk = session.pk

    programming.drop_session(session, by=None, reason="講者不克前來")

    assert not Session.objects.exists()
    line = Change.objects.filter(handled=False).values_list("kind", "about_id", "reason").get()
    assert line == ("session.dropped", pk, "講者不克前來")


def test_a_published_session_that_is_dropped_stays_public_until_the_next_release_and_can_be_kept():
    fair, (session, _other) = a_programme(2)
    programming.release(fair, by=None)
    session.refresh_from_db()

    programming.drop_session(session, by=None)
    programming.drop_session(session, by=None)
    dropped = [each.session.pk for each in programming.diff(fair).removed]
    programming.keep_session(session, by=None)

    assert dropped == [session.pk]
    assert programming.diff(fair).is_empty
    assert kinds_about(session) == ["session.released", "session.dropped", "session.edited"]
    assert not Listing.objects.get(pk=session.pk).is_cancelled


@pytest.mark.parametrize("state", ["cancelled", "closed"])
def test_the_programme_of_a_fair_that_is_over_stays_as_it_was(state):
    stage = StageFactory(fair=FairFactory(state=state))
    session = SessionFactory(stage=stage)

    for act in (
        lambda: programming.add_stage(stage.fair, values={"name_zh": "新"}, by=None),
        lambda: programming.edit_stage(stage, values={"name_zh": "新"}, by=None),
        lambda: programming.remove_stage(stage, by=None),
        lambda: programming.add_session(stage.fair, values={}, by=None),
        lambda: programming.edit_session(session, values={"title_zh": "新"}, by=None),
        lambda: programming.drop_session(session, by=None),
        lambda: programming.keep_session(session, by=None),
        lambda: programming.release(stage.fair, by=None),
        lambda: programming.delay(session, minutes=10, by=None),
        lambda: programming.cancel_session(session, by=None, reason="雨"),
    ):
        with pytest.raises(programming.ProgrammeIsFixed):
            act()
    assert not Change.objects.exclude(handled=True).exists()


# --- Stages ---------------------------------------------------------------------------------------------------------


def test_a_stage_gets_a_short_name_of_its_own():
    fair = FairFactory()

    stage = programming.add_stage(fair, values={"name_zh": "主舞台", "name_en": "Main Stage"}, by=None)
    other = programming.add_stage(fair, values={"name_zh": "茶席"}, by=None)

    assert (stage.slug, other.slug) == ("main-stage", "stage-2")
    assert kinds_about(stage) == ["stage.added"]


def test_a_stage_says_what_is_wrong_with_it():
    fair, elsewhere = FairFactory(), HallFactory()
    StageFactory(fair=fair, slug="main")

    with pytest.raises(Unfit) as taken:
        programming.add_stage(fair, values={"name_zh": "主舞台", "slug": "main"}, by=None)
    with pytest.raises(Unfit) as foreign:
        programming.add_stage(fair, values={"name_zh": "主舞台", "hall": elsewhere}, by=None)
    with pytest.raises(Unfit) as shut:
        programming.add_stage(fair, values={"name_zh": "主舞台", "opens": "18:00", "closes": "10:00"}, by=None)

    assert taken.value.gaps
    assert (foreign.value.status, [gap.field for gap in foreign.value.gaps]) == (400, ["hall"])
    assert [gap.field for gap in shut.value.gaps] == ["closes"]


def test_a_stage_is_edited_and_removed_only_while_nothing_is_planned_on_it():
    stage = StageFactory()
    session = SessionFactory(stage=stage)

    programming.edit_stage(stage, values={"name_zh": "大舞台"}, by=None)
    with pytest.raises(programming.StageInUse):
        programming.remove_stage(stage, by=None)
    programming.drop_session(session, by=None)
    programming.remove_stage(stage, by=None)

    assert not stage.fair.stages.exists()
    assert Change.objects.filter(kind__startswith="stage").count() == 2


# --- Conflicts ------------------------------------------------------------------------------------------------------


def test_a_presenter_in_two_places_at_once_is_a_conflict_that_only_a_release_refuses():
    fair, (session,) = a_programme(1)
    presenter = UserFactory(name_zh="林師傅")
    session.presenters.add(presenter)
    other = SessionFactory(stage=StageFactory(fair=fair), starts_at=session.starts_at + HOUR / 2)
    programming.edit_session(other, values={"presenters": [presenter]}, by=None)

    found = programming.conflicts(fair)
    with pytest.raises(programming.PresenterBusy, match="林師傅") as refusal:
        programming.release(fair, by=None)

    assert [(one.clash, one.session, one.other, one.presenter) for one in found] == [
        ("presenter", session, other, presenter)
    ]
    assert [one["kind"] for one in refusal.value.data["conflicts"]] == ["presenter"]
    assert not Release.objects.exists()


def test_sessions_that_the_fair_no_longer_covers_are_conflicts():
    fair, (session,) = a_programme(1)
    type(fair).objects.filter(pk=fair.pk).update(starts_on=fair.starts_on + timedelta(days=1))
    fair.refresh_from_db()

    found = programming.conflicts(fair)
    with pytest.raises(programming.OutsideHours, match=session.title_zh):
        programming.release(fair, by=None)

    assert [(one.clash, one.session) for one in found] == [("hours", session)]


def test_what_has_begun_is_no_conflict_any_more():
    fair, (session,) = a_programme(1)
    presenter = UserFactory()
    other = SessionFactory(stage=StageFactory(fair=fair), starts_at=session.starts_at)
    for one in (session, other):
        one.presenters.add(presenter)
    Session.objects.update(starts_at="2020-01-01T10:00Z", ends_at="2020-01-01T11:00Z")

    assert programming.conflicts(fair) == []


@pytest.mark.parametrize("count", [1, 30])
def test_conflicts_and_differences_take_a_fixed_number_of_queries(count, django_assert_num_queries):
    stage = StageFactory()
    for n in range(count):
        starts_at = stage.fair.begins_at + n * HOUR / 4
        session = SessionFactory(stage=stage, starts_at=starts_at, ends_at=starts_at + HOUR / 4)
        session.presenters.add(UserFactory())
    fair = type(stage.fair).objects.get(pk=stage.fair.pk)

    with django_assert_num_queries(5):  # the venue, the clock, sessions, presenters, companies
        programming.conflicts(fair)
    with django_assert_num_queries(4):  # sessions, presenters, companies, listings
        programming.diff(fair)
