"""The API of programmes, releases, invitations and whole fairs."""

from datetime import timedelta

import pytest
from django.utils.dateparse import parse_datetime

from accounts import journal
from fairs.models import Fair
from scheduling import programming
from scheduling.models import Invitation, Listing, Release, Session, Stage
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    CategoryFactory,
    CompanyFactory,
    FairFactory,
    InvitationFactory,
    SessionFactory,
    StageFactory,
    UserFactory,
    coordinator_of,
    member_of,
    stranger,
)

pytestmark = pytest.mark.django_db
JSON = "application/json"
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(client):
    """A client signed in as a coordinator of an announced fair with a stage; the fair and the stage."""
    client.stage = StageFactory(slug="main")
    client.fair = client.stage.fair
    client.force_login(coordinator_of(client.fair))
    return client


def published(stage, **values) -> Session:
    session = SessionFactory(stage=stage, **values)
    with journal.quietly():
        programming.release(stage.fair, by=None)
    session.refresh_from_db()
    return session


# --- Planning -------------------------------------------------------------------------------------------------------


def test_a_coordinator_plans_a_stage_and_a_session_and_publishes_it(desk):
    company = CompanyFactory()
    presenter = member_of(ApplicationFactory(call=CallFactory(fair=desk.fair)))
    CategoryFactory(code="tea")
    begins = desk.fair.begins_at
    stage = desk.post("/api/v1/stages/", {"fair": str(desk.fair.pk), "name_zh": "茶席", "name_en": "Yard"}, JSON)
    made = desk.post(
        "/api/v1/sessions/",
        {
            "stage": stage.json()["id"],
            "title_zh": "冬片",
            "starts_at": begins.isoformat(),
            "ends_at": (begins + HOUR).isoformat(),
            "presenters": [str(presenter.pk)],
            "companies": [str(company.pk)],
            "category": "tea",
        },
        JSON,
    )
    before = desk.get(f"/api/v1/programmes/{desk.fair.pk}/").json()
    diff = desk.get(f"/api/v1/programmes/{desk.fair.pk}/diff/").json()
    conflicts = desk.get(f"/api/v1/programmes/{desk.fair.pk}/conflicts/").json()
    release = desk.post(f"/api/v1/programmes/{desk.fair.pk}/release/", {"note_zh": "首次公布。"}, JSON)
    after = desk.get(f"/api/v1/programmes/{desk.fair.pk}/").json()

    assert (stage.status_code, stage.json()["slug"], made.status_code) == (201, "yard", 201)
    assert (made["ETag"], made.json()["state"], made.json()["presenters"]) == ('"1"', "draft", [str(presenter.pk)])
    assert (before["release"], before["sessions"], conflicts) == (None, [], [])
    assert [(one["session"], one["was_at"], one["differs_in"]) for one in diff["added"]] == [
        (made.json()["id"], None, [])
    ]
    assert (release.status_code, release.json()["number"], release.json()["note_zh"]) == (201, 1, "首次公布。")
    (session,) = after["sessions"]
    assert (after["release"], session["session"], session["title_zh"]) == (1, made.json()["id"], "冬片")
    assert (session["category"], session["companies"]) == ("tea", [str(company.pk)])
    assert desk.get(made["Location"]).json()["state"] == "released"


def test_a_session_is_edited_moved_dropped_and_kept(desk):
    session = SessionFactory(stage=desk.stage)
    address = f"/api/v1/sessions/{session.pk}/"
    later = (session.starts_at + 2 * HOUR).isoformat()
    edited = desk.patch(address, {"title_zh": "改名"}, JSON, headers={"If-Match": '"1"'})
    stale = desk.patch(address, {"title_zh": "太遲"}, JSON, headers={"If-Match": '"1"'})
    moved = desk.post(f"{address}move/", {"starts_at": later}, JSON)
    with journal.quietly():
        programming.release(desk.fair, by=None)
    dropped = desk.delete(address)
    is_dropped = desk.get(address).json()["dropped_at"] is not None
    kept = desk.post(f"{address}keep/")

    assert (edited.status_code, edited["ETag"], stale.status_code) == (200, '"2"', 412)
    assert parse_datetime(moved.json()["ends_at"]) == session.ends_at + 2 * HOUR
    assert (dropped.status_code, is_dropped, kept.json()["dropped_at"]) == (204, True, None)


def test_a_session_goes_to_another_stage_of_its_fair_alone(desk):
    session, other = SessionFactory(stage=desk.stage), StageFactory(fair=desk.fair)
    elsewhere = StageFactory()
    start = session.starts_at.isoformat()

    moved = desk.post(f"/api/v1/sessions/{session.pk}/move/", {"starts_at": start, "stage": str(other.pk)}, JSON)
    refused = desk.patch(f"/api/v1/sessions/{session.pk}/", {"stage": str(elsewhere.pk)}, JSON)

    session.refresh_from_db()
    assert (moved.status_code, refused.status_code, session.stage) == (200, 400, other)


def test_a_draft_that_is_deleted_is_gone(desk):
    session = SessionFactory(stage=desk.stage)

    assert desk.delete(f"/api/v1/sessions/{session.pk}/").status_code == 204
    assert desk.get(f"/api/v1/sessions/{session.pk}/").status_code == 404


def test_a_stage_that_is_taken_answers_with_the_other_session(desk):
    other = SessionFactory(stage=desk.stage, title_zh="先到")
    session = SessionFactory(stage=desk.stage, starts_at=other.ends_at)

    answer = desk.post(f"/api/v1/sessions/{session.pk}/move/", {"starts_at": other.starts_at.isoformat()}, JSON).json()

    assert (answer["code"], answer["session"]) == ("stage-taken", str(other.pk))
    assert "先到" in answer["detail"]


def test_conflicts_are_listed_and_refuse_a_release(desk):
    presenter = UserFactory(name_zh="林師傅")
    one = SessionFactory(stage=desk.stage)
    other = SessionFactory(stage=StageFactory(fair=desk.fair), starts_at=one.starts_at)
    for session in (one, other):
        session.presenters.add(presenter)

    listed = desk.get(f"/api/v1/programmes/{desk.fair.pk}/conflicts/").json()
    refused = desk.post(f"/api/v1/programmes/{desk.fair.pk}/release/", {}, JSON)

    assert [conflict["kind"] for conflict in listed] == ["presenter"]
    assert {listed[0]["session"], listed[0]["other"]} == {str(one.pk), str(other.pk)}
    assert (refused.status_code, refused.json()["code"]) == (409, "presenter-busy")


def test_a_presenter_must_be_known_to_the_fair(desk):
    session = SessionFactory(stage=desk.stage)
    known, unknown = coordinator_of(desk.fair), stranger()
    address = f"/api/v1/sessions/{session.pk}/"

    refused = desk.patch(address, {"presenters": [str(unknown.pk)]}, JSON)
    taken = desk.patch(address, {"presenters": [str(known.pk)]}, JSON)

    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["presenters"])
    assert (taken.status_code, taken.json()["presenters"]) == (200, [str(known.pk)])


@pytest.mark.parametrize(
    "given",
    [
        {"state": "released"},
        {"dropped_at": "2026-01-01T00:00Z"},
        {"version": 99},
        {"id": "01890000-0000-7000-8000-000000000000"},
        {"fair": "01890000-0000-7000-8000-000000000000"},
    ],
    ids=str,
)
def test_what_only_moves_may_change_is_no_field(desk, given):
    session = SessionFactory(stage=desk.stage)
    before = Session.objects.values().get(pk=session.pk)

    desk.patch(f"/api/v1/sessions/{session.pk}/", given, JSON)

    assert Session.objects.values().get(pk=session.pk) == before


def test_a_stage_is_changed_and_removed(desk):
    address = f"/api/v1/stages/{desk.stage.pk}/"

    changed = desk.patch(address, {"name_zh": "大舞台", "closes": "21:00"}, JSON)
    removed = desk.delete(address)

    assert (changed.json()["name_zh"], changed.json()["closes"]) == ("大舞台", "21:00:00")
    assert (removed.status_code, Stage.objects.count()) == (204, 0)


# --- The day --------------------------------------------------------------------------------------------------------


def test_a_published_session_is_delayed_and_cancelled_at_once(desk):
    session = published(desk.stage)

    delayed = desk.post(f"/api/v1/sessions/{session.pk}/delay/", {"minutes": 15}, JSON)
    shown = desk.get(f"/api/v1/programmes/{desk.fair.pk}/").json()["sessions"][0]
    cancelled = desk.post(f"/api/v1/sessions/{session.pk}/cancel/", {"reason": "雨"}, JSON)

    assert parse_datetime(delayed.json()["starts_at"]) == session.starts_at + HOUR / 4
    assert parse_datetime(shown["was_at"]) == session.starts_at
    assert (cancelled.json()["state"], Listing.objects.get().is_cancelled) == ("cancelled", True)


def test_the_public_reads_programmes_and_releases_but_no_working_programme(client):
    session = published(StageFactory())
    fair = session.fair
    draft = SessionFactory(stage=session.stage, starts_at=session.ends_at, title_zh="密")

    programme = client.get(f"/api/v1/programmes/{fair.pk}/")
    releases = client.get("/api/v1/releases/", {"fair": str(fair.pk)}).json()["results"]
    release = client.get(f"/api/v1/releases/{Release.objects.get().pk}/").json()

    assert [one["session"] for one in programme.json()["sessions"]] == [str(session.pk)]
    assert [(one["number"], "programme" in one) for one in releases] == [(1, False)]
    assert [one["session"] for one in release["programme"]] == [str(session.pk)]
    assert draft.title_zh not in programme.content.decode()
    assert client.get("/api/v1/sessions/").status_code == 401


# --- Invitations ----------------------------------------------------------------------------------------------------


def test_a_coordinator_invites_people_to_a_fair_and_a_session(desk):
    session = published(desk.stage)
    people = [{"email": "lin@example.net", "name": "林小姐"}, {"email": "wang@example.net"}]

    to_fair = desk.post("/api/v1/invitations/", {"fair": str(desk.fair.pk), "people": people}, JSON)
    again = desk.post("/api/v1/invitations/", {"fair": str(desk.fair.pk), "people": people}, JSON)
    body = {"fair": str(desk.fair.pk), "session": str(session.pk), "people": people[:1]}
    to_session = desk.post("/api/v1/invitations/", body, JSON)

    assert (to_fair.status_code, [(one["email"], one["state"]) for one in to_fair.json()]) == (
        201,
        [("lin@example.net", "pending"), ("wang@example.net", "pending")],
    )
    assert (again.json(), [one["session"] for one in to_session.json()]) == ([], [str(session.pk)])
    listed = desk.get("/api/v1/invitations/", {"session": str(session.pk)}).json()["results"]
    assert [one["email"] for one in listed] == ["lin@example.net"]


def test_nobody_is_invited_to_a_session_of_another_fair(desk):
    mine = StageFactory(fair=FairFactory(organizer=desk.fair.organizer))
    body = {"fair": str(desk.fair.pk), "session": str(published(mine).pk), "people": [{"email": "a@example.net"}]}

    answer = desk.post("/api/v1/invitations/", body, JSON)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["session"])
    assert not Invitation.objects.exists()


def test_who_was_asked_answers_and_the_coordinator_takes_them_off(desk):
    person = UserFactory()
    invitation = InvitationFactory(fair=desk.fair, user=person, email=person.email)
    address = f"/api/v1/invitations/{invitation.pk}/"
    in_their_name = desk.post(f"{address}accept/")
    cancelled_by = coordinator_of(desk.fair)
    desk.force_login(person)
    answers = [desk.post(f"{address}{move}/").json()["state"] for move in ("accept", "tentative", "decline")]
    own = desk.post(f"{address}cancel/")
    desk.force_login(cancelled_by)
    cancelled = desk.post(f"{address}cancel/", {"reason": "重複"}, JSON)

    assert (in_their_name.status_code, answers) == (403, ["accepted", "tentative", "declined"])
    assert (own.status_code, cancelled.json()["state"]) == (403, "cancelled")


# --- Whole fairs ----------------------------------------------------------------------------------------------------


def test_a_fair_is_rescheduled_cloned_and_cancelled(desk):
    address = f"/api/v1/fairs/{desk.fair.pk}/"
    starts_on = desk.fair.starts_on
    moved = desk.post(f"{address}reschedule/", {"days": 7, "reason": "颱風"}, JSON)
    body = {"name_zh": "新展", "name_en": "Next", "starts_on": (starts_on + timedelta(weeks=52)).isoformat()}
    cloned = desk.post(f"{address}clone/", body, JSON)
    cancelled = desk.post(f"{address}cancel/", {"reason": "場館整修"}, JSON)

    assert (moved.status_code, moved.json()["starts_on"]) == (200, (starts_on + timedelta(days=7)).isoformat())
    assert (cloned.status_code, cloned.json()["state"], cloned.json()["slug"]) == (201, "draft", "next")
    assert desk.get(cloned["Location"]).json()["id"] == cloned.json()["id"]
    assert (cancelled.json()["state"], Fair.objects.get(pk=desk.fair.pk).state) == ("cancelled", "cancelled")


# --- Lists ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/api/v1/stages/", 3),
        ("/api/v1/sessions/", 5),
        ("/api/v1/releases/", 3),
        ("/api/v1/invitations/", 3),
    ],
)
def test_lists_take_a_fixed_number_of_queries(desk, count, address, queries, django_assert_num_queries):
    for n in range(count):
        starts_at = desk.fair.begins_at + n * HOUR / 4
        session = SessionFactory(stage=desk.stage, starts_at=starts_at, ends_at=starts_at + HOUR / 4)
        session.presenters.add(UserFactory())
        session.companies.add(CompanyFactory())
        StageFactory(fair=desk.fair)
        InvitationFactory(fair=desk.fair, session=session)
        Release.objects.create(fair=desk.fair, number=n + 1, published_at=starts_at)

    with django_assert_num_queries(queries):
        assert len(desk.get(address).json()["results"]) >= count


@pytest.mark.parametrize("count", [1, 30])
def test_a_programme_takes_a_fixed_number_of_queries(client, count, django_assert_num_queries):
    stage = StageFactory()
    for n in range(count):
        starts_at = stage.fair.begins_at + n * HOUR / 4
        SessionFactory(stage=stage, starts_at=starts_at, ends_at=starts_at + HOUR / 4)
    programming.release(stage.fair, by=None)

    with django_assert_num_queries(3):  # the fair, its last release, the listings
        assert len(client.get(f"/api/v1/programmes/{stage.fair.pk}/").json()["sessions"]) == count
