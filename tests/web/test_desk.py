"""The desk: all fairs, the board of one, what one does with all of it, invitations, mails, journal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership
from exhibitors import deciding
from exhibitors.models import Application
from fairs.models import Fair
from scheduling import inviting, programming
from scheduling.models import Invitation
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CompanyFactory,
    FairFactory,
    HallFactory,
    InvitationFactory,
    MembershipFactory,
    MessageFactory,
    PlacementFactory,
    SessionFactory,
    StageFactory,
    UserFactory,
    VenueFactory,
    coordinator_of,
    expert_of,
    member_of,
    staff_of,
)
from tests.web.reading import client_of, queries, see, send

pytestmark = pytest.mark.django_db
State = Application.State


@pytest.fixture
def fair():
    return FairFactory(name_zh="窯火與茶", name_en="Kiln and Tea")


@pytest.fixture
def coordinator(fair):
    return coordinator_of(fair)


@pytest.fixture
def desk(coordinator):
    return client_of(coordinator)


def at(fair, more=""):
    return f"/desk/{fair.slug}/{more}"


def tasks(page):
    """What is to be done next, in its order."""
    lists = [node for node in page.all("ul") if node.has("next")]
    return [line.text for line in (lists[0].inside if lists else []) if getattr(line, "tag", "") == "li"]


# --- Whose desk it is ---


def test_the_desk_is_there_for_coordinators_alone(fair):
    for other in (
        staff_of(fair),
        expert_of(fair.organizer),
        coordinator_of(FairFactory()),
        member_of(CompanyFactory()),
        UserFactory(is_staff=True),
    ):
        see(client_of(other), at(fair), status=404)
    assert client_of().get(at(fair)).headers["Location"] == f"/accounts/login/?next=/desk/{fair.slug}/"


def test_who_coordinates_no_more_is_out_at_once(fair, coordinator, desk):
    see(desk, at(fair))

    Membership.objects.filter(user=coordinator).delete()

    see(desk, at(fair), status=404)
    see(desk, "/desk/", status=404)


def test_all_fairs_of_ones_organizers_are_listed_with_their_drafts(fair, desk):
    FairFactory(organizer=fair.organizer, name_en="Next year", state=Fair.State.DRAFT)
    FairFactory(organizer=fair.organizer, name_en="Long ago", starts_on=timezone.localdate() - timedelta(days=90))
    FairFactory(name_en="Someone else's")

    page = see(desk, "/desk/")

    for name in ("Kiln and Tea", "Next year", "Long ago"):
        assert name in page.main
    assert "Someone else's" not in page.source


def test_the_switch_leads_to_another_fair_of_ones_own(fair, desk):
    assert desk.get(f"/desk/?to={fair.slug}").headers["Location"] == at(fair)
    see(desk, f"/desk/?to={FairFactory().slug}", status=404)


# --- The board ---


def test_a_draft_is_to_be_planned_called_for_and_announced(fair, desk):
    draft = FairFactory(organizer=fair.organizer, state=Fair.State.DRAFT)

    page = see(desk, at(draft))

    assert [task.split(" Say")[0].split(" Nobody")[0].split(" Dates")[0] for task in tasks(page)] == [
        "The fair has no hall yet",
        "The fair is a draft",
        "There is no call for exhibitors yet",
    ]


def test_the_board_says_what_is_next_at_each_stage(fair, coordinator, desk):
    def first(page):
        return [task.split(" · ")[0] for task in tasks(page)]

    def said(words):
        return any(task.startswith(words) for task in first(see(desk, at(fair))))

    assert said("There are no booths yet")
    hall = HallFactory(fair=fair)
    booth = BoothFactory(hall=hall, x=3, y=3)
    call = CallFactory(fair=fair)
    assert said("The call is open until")

    row = ApplicationFactory(call=call)
    call.closes_at = timezone.now() - timedelta(hours=1)
    call.save()
    assert said("1 application is undecided")

    deciding.stage(row, "accept", by=coordinator)
    assert said("1 decision can be released")

    deciding.release(call, by=coordinator)
    assert said("1 accepted company has no booth yet")

    ApplicationFactory(call=call, state=State.RETURNED, returned_fields=["power"])
    PlacementFactory(application=ApplicationFactory(call=call, state=State.OFFERED), booth=booth)
    assert said("1 offer is not answered")
    assert said("1 application is being corrected")

    stage = StageFactory(fair=fair)
    SessionFactory(stage=stage)
    assert said("1 change of the programme is not published")
    MessageFactory(fair=fair, state="dead")
    assert said("1 mail can’t be delivered")


def test_faults_of_the_plan_and_conflicts_of_the_programme_come_up(fair, desk):
    hall = HallFactory(fair=fair, min_aisle=3)
    BoothFactory(hall=hall, number="A01", x=3, y=3)
    BoothFactory(hall=hall, number="A02", x=8, y=3)
    person = UserFactory(name_zh="林師傅")
    for _ in range(2):
        SessionFactory(stage=StageFactory(fair=fair)).presenters.add(person)

    found = tasks(see(desk, at(fair)))

    assert any(task.startswith("The floor plan has") for task in found)
    assert any(task.startswith("The programme has 1 conflict") and "林師傅" in task for task in found)


def test_a_fair_that_is_over_is_to_be_closed(fair, desk):
    past = FairFactory(organizer=fair.organizer, starts_on=timezone.localdate() - timedelta(days=9))

    assert tasks(see(desk, at(past)))[-1].startswith("The fair is over and not closed")
    see(desk, at(FairFactory(organizer=fair.organizer, state=Fair.State.CANCELLED)))


def test_the_board_counts_applications_and_says_them_in_a_table_too(fair, desk):
    call = CallFactory(fair=fair)
    for state in (State.SUBMITTED, State.SUBMITTED, State.WAITLISTED, State.DRAFT):
        ApplicationFactory(call=call, state=state)

    page = see(desk, at(fair))

    assert "3 applications" in page.main
    assert any(node.text.startswith("Day Applications") for node in page.all("table"))


def test_the_board_asks_the_database_as_often_for_many_things_as_for_few(fair, desk):
    call = CallFactory(fair=fair, closes_at=timezone.now() - timedelta(hours=1))
    stage = StageFactory(fair=fair)
    hall = HallFactory(fair=fair)

    def more(count):
        for _ in range(count):
            application = ApplicationFactory(call=call, state=State.CONFIRMED)
            PlacementFactory(application=application, booth=BoothFactory(hall=hall))
            FairFactory(organizer=fair.organizer)
            SessionFactory(stage=stage, starts_at=fair.begins_at + timedelta(hours=Fair.objects.count()))
            InvitationFactory(fair=fair)
            MessageFactory(fair=fair, state="dead")

    paths = ["/desk/", *(at(fair, room) for room in ("", "fair/", "messages/", "invitations/", "journal/"))]
    more(1)
    few = {path: queries(desk, path) for path in paths}
    more(4)

    assert [path for path in paths if queries(desk, path) > few[path]] == []
    assert max(few.values()) <= 40


# --- The fair ---


def typed(fair, **changes):
    return {
        "organizer": fair.organizer_id,
        "name_zh": "窯火與茶",
        "name_en": "Kiln and Tea",
        "venue": fair.venue_id,
        "starts_on": fair.starts_on.isoformat(),
        "ends_on": fair.ends_on.isoformat(),
        "opens": "10:00",
        "closes": "18:00",
        "description_zh": "一座山的土和茶。",
        **changes,
    }


def test_a_fair_begins_as_a_draft(fair, desk):
    see(desk, "/desk/fairs/new/")

    values = typed(fair, name_en="Second Fair", starts_on="2040-12-11", ends_on="2040-12-13")
    done = send(desk, "/desk/fairs/new/", values)

    made = Fair.objects.get(name_en="Second Fair")
    assert (made.state, made.starts_on.year, made.organizer) == ("draft", 2040, fair.organizer)
    assert done.leads_to == at(made)


def test_a_day_may_be_written_in_the_years_of_the_republic(fair, desk):
    send(desk, "/desk/fairs/new/", typed(fair, name_en="Second", starts_on="129/12/11", ends_on="129/12/13"))

    assert Fair.objects.get(name_en="Second").starts_on.isoformat() == "2040-12-11"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name_zh": ""}, "name_zh"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"starts_on": "2040-12-14", "ends_on": "2040-12-13"}, "ends_on"),
        ({"opens": "25:00"}, "opens"),
        ({"venue": ""}, "venue"),
        ({"slug": "No Slug"}, "slug"),
        ({"organizer": "stranger"}, "organizer"),
    ],
)
def test_a_fair_that_can_not_be_says_so_beside_the_field(fair, desk, changes, field):
    if changes.get("organizer") == "stranger":
        changes = {"organizer": FairFactory().organizer_id}

    page = send(desk, "/desk/fairs/new/", typed(fair, **changes), status=422)

    assert list(page.wrong) == [field]
    assert page.holds["description_zh"] == "一座山的土和茶。"


def test_a_fair_is_edited_on_its_page(fair, desk):
    shown = see(desk, at(fair, "fair/"))
    assert (shown.holds["name_en"], shown.holds["opens"]) == ("Kiln and Tea", "10:00")

    send(desk, at(fair, "fair/"), typed(fair, description_en="Earth and tea of one mountain."))

    fair.refresh_from_db()
    assert fair.description_en == "Earth and tea of one mountain."


def test_the_days_of_an_announced_fair_stay(fair, desk):
    page = send(desk, at(fair, "fair/"), typed(fair, starts_on="2040-12-11", ends_on="2040-12-13"), status=422)

    assert page.above
    fair.refresh_from_db()
    assert fair.starts_on.year != 2040


def test_a_draft_is_announced_once_nothing_is_missing(fair, desk):
    draft = FairFactory(organizer=fair.organizer, state=Fair.State.DRAFT, description_zh="")

    refused = send(desk, at(draft, "fair/announce/"), status=422)
    assert refused.above
    HallFactory(fair=draft)
    Fair.objects.filter(pk=draft.pk).update(description_zh="一座山的土和茶。")
    send(desk, at(draft, "fair/announce/"))

    draft.refresh_from_db()
    assert draft.state == Fair.State.ANNOUNCED


def test_a_fair_is_closed_when_it_is_over_and_not_before(fair, desk):
    past = FairFactory(organizer=fair.organizer, starts_on=timezone.localdate() - timedelta(days=9))

    assert send(desk, at(fair, "fair/close/"), status=422).above
    send(desk, at(past, "fair/close/"))

    past.refresh_from_db()
    assert past.state == Fair.State.CLOSED


# --- All of a fair at once ---


def test_a_fair_is_copied_to_other_days(fair, desk):
    HallFactory(fair=fair)
    page = see(desk, at(fair, "fair/change/"))
    later = fair.starts_on + timedelta(weeks=52)
    assert page.holds["starts_on"] == later.isoformat()

    values = {"name_zh": "明年", "name_en": "Next year", "slug": "next-year", "starts_on": later.isoformat()}
    done = send(desk, at(fair, "fair/clone/"), values)
    odd = {**values, "slug": "other", "starts_on": (later + timedelta(days=1)).isoformat()}

    made = Fair.objects.get(slug="next-year")
    assert done.leads_to == at(made)
    assert (made.state, made.starts_on, made.halls.count()) == ("draft", later, 1)
    assert list(send(desk, at(fair, "fair/clone/"), odd, status=422).wrong) == ["starts_on"]


def test_a_fair_is_moved_with_a_reason(fair, desk):
    ApplicationFactory(call=CallFactory(fair=fair), state=State.CONFIRMED)
    before = fair.starts_on

    none = send(desk, at(fair, "fair/reschedule/"), {"days": "0", "reason": "Typhoon"}, status=422)
    silent = send(desk, at(fair, "fair/reschedule/"), {"days": "7", "reason": ""}, status=422)
    send(desk, at(fair, "fair/reschedule/"), {"days": "7", "reason": "Typhoon"})

    fair.refresh_from_db()
    assert (list(none.wrong), list(silent.wrong)) == (["days"], ["reason"])
    assert fair.starts_on == before + timedelta(days=7)


def test_a_fair_is_cancelled_after_its_name_was_typed(fair, desk):
    InvitationFactory(fair=fair)

    page = see(desk, at(fair, "fair/change/"))
    wrong = send(desk, at(fair, "fair/cancel/"), {"name": "Kiln", "reason": "Typhoon"}, status=422)
    assert "1 invited people" in page.main
    assert list(wrong.wrong) == ["name"]
    fair.refresh_from_db()
    assert fair.state == Fair.State.ANNOUNCED

    send(desk, at(fair, "fair/cancel/"), {"name": "窯火與茶", "reason": "Typhoon"})
    fair.refresh_from_db()
    assert fair.state == Fair.State.CANCELLED
    assert "Cancelled" in see(client_of(), f"/fairs/{fair.slug}/").main


def test_what_can_not_be_moved_says_why(fair, desk):
    draft = FairFactory(organizer=fair.organizer, state=Fair.State.DRAFT)

    moved = send(desk, at(draft, "fair/reschedule/"), {"days": "7", "reason": "Typhoon"}, status=422)
    cancelled = send(desk, at(draft, "fair/cancel/"), {"name": draft.name_zh, "reason": "Typhoon"}, status=422)

    assert moved.above
    assert cancelled.above


# --- Invitations ---


def test_a_list_is_checked_before_anything_is_sent(fair, desk):
    people = "Ms Chou <chou@example.com>\nlin@example.com\nLIN@example.com\n"

    checked = send(desk, at(fair, "invitations/new/"), {"people": people}, status=200)
    assert "Send 2 invitations" in checked.main
    assert not Invitation.objects.exists()

    done = send(desk, at(fair, "invitations/new/"), {"people": people, "send": "1"})
    assert done.leads_to == at(fair, "invitations/")
    assert set(Invitation.objects.values_list("email", "name", "session")) == {
        ("chou@example.com", "Ms Chou", None),
        ("lin@example.com", "", None),
    }


def test_people_can_be_invited_to_one_session(fair, coordinator, desk):
    session = SessionFactory(stage=StageFactory(fair=fair), title_en="Opening")
    programming.release(fair, by=coordinator)

    send(desk, at(fair, "invitations/new/"), {"session": session.pk, "people": "chou@example.com", "send": "1"})

    assert Invitation.objects.get().session == session
    assert "Opening" in see(desk, at(fair, "invitations/")).main


@pytest.mark.parametrize("people", ["", "nobody", "chou@example.com\n<script>\n", "a@example.com\n" * 501])
def test_lines_that_are_no_addresses_are_named_and_nothing_is_sent(fair, desk, people):
    page = send(desk, at(fair, "invitations/new/"), {"people": people, "send": "1"}, status=422)

    assert list(page.wrong) == ["people"]
    assert page.holds["people"].split() == people.split()
    assert not Invitation.objects.exists()


def test_answers_are_listed_by_state_and_an_invitation_can_be_taken_back(fair, desk):
    coming, open_ = InvitationFactory(fair=fair, name="Ms Chou"), InvitationFactory(fair=fair, name="Mr Lin")
    inviting.answer(coming, "accepted", by=None)

    page = see(desk, at(fair, "invitations/?state=accepted"))
    assert "Ms Chou" in page.main
    assert "Mr Lin" not in page.main

    send(desk, at(fair, f"invitations/{open_.pk}/cancel/"))
    open_.refresh_from_db()
    assert open_.state == "cancelled"
    send(desk, at(fair, f"invitations/{InvitationFactory().pk}/cancel/"), status=404)


def test_to_a_draft_nobody_is_invited(fair, desk):
    draft = FairFactory(organizer=fair.organizer, state=Fair.State.DRAFT)

    page = send(desk, at(draft, "invitations/new/"), {"people": "chou@example.com", "send": "1"}, status=422)

    assert page.above


# --- Mails ---


def test_mails_are_listed_with_what_became_of_them(fair, desk):
    MessageFactory(fair=fair, recipient="gone@example.net", state="dead", error="550 no such user")
    MessageFactory(fair=fair, recipient="waiting@example.net")
    MessageFactory(recipient="theirs@example.net")

    every, dead = see(desk, at(fair, "messages/")), see(desk, at(fair, "messages/?state=dead"))

    assert "550 no such user" in every.main
    assert "Application received" in every.main
    assert "theirs@example.net" not in every.source
    assert "waiting@example.net" not in dead.main


def test_a_dead_mail_is_sent_again_and_a_waiting_one_is_stopped(fair, desk):
    dead, waiting = MessageFactory(fair=fair, state="dead"), MessageFactory(fair=fair)

    send(desk, at(fair, f"messages/{dead.pk}/retry/"))
    send(desk, at(fair, f"messages/{waiting.pk}/cancel/"))

    dead.refresh_from_db()
    waiting.refresh_from_db()
    assert (dead.state, waiting.state) == ("queued", "cancelled")
    send(desk, at(fair, f"messages/{MessageFactory(state='dead').pk}/retry/"), status=404)


# --- The journal ---


def test_the_journal_says_in_words_what_happened_and_who_did_it(fair, coordinator, desk):
    row = ApplicationFactory(call=CallFactory(fair=fair), company__name_en="Tao Workshop")
    other = ApplicationFactory(call=row.call, company__name_en="Glass House")
    deciding.stage(row, "accept", by=coordinator, reason="The design is good.")
    deciding.stage(other, "reject", by=coordinator)
    SessionFactory(stage=StageFactory(fair=fair), title_en="Opening")
    programming.release(fair, by=coordinator)
    send(desk, at(fair, "invitations/new/"), {"people": "chou@example.com", "send": "1"})

    every = see(desk, at(fair, "journal/"))
    one = see(desk, at(fair, f"journal/?about={row.label}"))

    for said in ("Decision kept in private", "Tao Workshop", "The design is good.", "Programme published", "chou@"):
        assert said in every.main
    assert coordinator.name_en in every.main
    assert "Tao Workshop" in one.main
    assert "Glass House" not in one.main


@pytest.mark.parametrize("asked", ["A-9999", "x", "%00", "99999999999999"])
def test_the_journal_answers_whatever_is_asked(fair, desk, asked):
    assert see(desk, at(fair, f"journal/?about={asked}")).status == 200


def test_a_venue_elsewhere_reads_its_own_time(fair, desk):
    osaka = VenueFactory(country="JP", time_zone="Asia/Tokyo", town=None)
    abroad = FairFactory(organizer=fair.organizer, venue=osaka)
    call = CallFactory(fair=abroad)

    page = see(desk, at(abroad, "call/"))

    assert page.holds["closes_at"] == timezone.localtime(call.closes_at, abroad.zone).strftime("%Y-%m-%d %H:%M")


def test_a_member_of_two_houses_sees_both(fair, coordinator, desk):
    other = FairFactory(name_en="Of the other house")
    MembershipFactory(user=coordinator, organizer=other.organizer)

    page = see(desk, "/desk/")

    assert "Kiln and Tea" in page.main
    assert "Of the other house" in page.main
