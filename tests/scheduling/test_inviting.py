"""People are asked, answer until the thing begins, and are asked again when it moves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts import journal
from accounts.models import Change
from core.errors import InvalidTransition, Unfit
from exhibitors.models import MOVES
from fairs.models import Fair
from scheduling import inviting, programming
from scheduling.inviting import Guest, Link
from scheduling.models import INVITATION_MOVES, Invitation, Listing
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    CompanyFactory,
    FairFactory,
    InvitationFactory,
    SessionFactory,
    StageFactory,
    UserFactory,
    coordinator_of,
    member_of,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def a_public_session(**values):
    """A session that stands in the public programme."""
    session = SessionFactory(**values)
    with journal.quietly():
        programming.release(session.fair, by=None)
    session.refresh_from_db()
    return session


def asked(thing) -> dict[str, str]:
    """Who is asked to it, and what each said."""
    return dict(thing.invitations.standing().order_by("email").values_list("email", "state"))


def last_change(invitation) -> Change:
    change = Change.objects.about(invitation).last()
    assert change is not None
    return change


# --- Asking ---------------------------------------------------------------------------------------------------------


def test_people_are_asked_to_a_fair_once_each_however_their_address_is_written():
    fair, by = FairFactory(), None
    known = UserFactory(email="lin@example.com", name_zh="林師傅", language="en")

    made = inviting.invite(
        fair,
        [
            Guest(email="Lin@Example.com"),
            Guest(email="wang@example.net", name="王小姐"),
            Guest(email="lin@example.com"),
        ],
        by=by,
    )
    again = inviting.invite(fair, [Guest(email="WANG@example.net")], by=by)

    assert again == []
    assert [(one.email, one.user, one.name, one.language, one.state) for one in made] == [
        ("lin@example.com", known, "林師傅", "en", "pending"),
        ("wang@example.net", None, "王小姐", "", "pending"),
    ]
    assert list(Change.objects.filter(kind="invitation.pending").values_list("about_id", "after")) == [
        (one.pk, "pending") for one in made
    ]


def test_every_address_that_is_none_is_named_and_nobody_is_asked():
    fair = FairFactory()

    with pytest.raises(Unfit) as refusal:
        inviting.invite(fair, [Guest(email="a@b"), Guest(email="good@example.com"), Guest(email="x\n@y")], by=None)

    assert len(refusal.value.gaps) == 2
    assert asked(fair) == {}


def test_one_act_invites_a_limited_number(monkeypatch):
    monkeypatch.setattr(inviting, "MOST_AT_ONCE", 2)

    with pytest.raises(Unfit):
        inviting.invite(FairFactory(), [Guest(email=f"g{n}@example.com") for n in range(3)], by=None)


def test_nobody_is_asked_to_what_is_not_public_cancelled_or_has_begun():
    draft, cancelled = FairFactory(state="draft"), FairFactory(state="cancelled")
    running = FairFactory(starts_on=timezone.now().date() - timedelta(days=1))
    unreleased = SessionFactory()
    called_off = a_public_session()
    programming.cancel_session(called_off, by=None, reason="雨")

    for thing in (draft, cancelled, running, unreleased, called_off):
        with pytest.raises(inviting.NothingToInviteTo):
            inviting.invite(thing, [Guest(email="a@example.com")], by=None)
    assert not Invitation.objects.exists()


def test_whoever_was_taken_off_can_be_asked_again():
    invitation = InvitationFactory(email="a@example.com")
    inviting.cancel(invitation, by=None, reason="重複")

    (made,) = inviting.invite(invitation.fair, [Guest(email="a@example.com")], by=None)

    assert made.pk != invitation.pk
    assert last_change(invitation).reason == "重複"


@pytest.mark.parametrize("count", [1, 30])
def test_asking_takes_a_fixed_number_of_queries(count, django_assert_num_queries):
    fair = FairFactory()

    with django_assert_num_queries(10):
        inviting.invite(fair, [Guest(email=f"g{n}@example.com") for n in range(count)], by=None)


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_ask_the_same_people_at_once_ask_them_once():
    fair, start = FairFactory(), Barrier(2)

    def ask(_n: int) -> int:
        try:
            start.wait()
            own = Fair.objects.get(pk=fair.pk)
            return len(inviting.invite(own, [Guest(email="a@example.com"), Guest(email="b@example.com")], by=None))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, range(2))) == [0, 2]


# --- Those who are asked by themselves -------------------------------------------------------------------------------


def test_presenters_and_members_of_a_sessions_companies_are_asked_when_it_is_released():
    session = SessionFactory()
    presenter, company = UserFactory(email="p@example.com"), CompanyFactory()
    member = member_of(company)
    session.presenters.add(presenter)
    session.companies.add(company)
    programming.release(session.fair, by=None)

    inviting.invite_presenters(session)
    inviting.invite_presenters(session)

    roles = dict(session.invitations.values_list("email", "role"))
    assert roles == {presenter.email: "presenter", member.email: "exhibitor"}


def test_a_presenter_who_was_replaced_is_taken_off_and_guests_stay():
    session = SessionFactory()
    old, new = UserFactory(email="old@example.com"), UserFactory(email="new@example.com")
    session.presenters.add(old)
    programming.release(session.fair, by=None)
    session.refresh_from_db()
    inviting.invite_presenters(session)
    inviting.invite(session, [Guest(email="guest@example.com")], by=None)
    programming.edit_session(session, values={"presenters": [new]}, by=None)
    programming.release(session.fair, by=None)

    inviting.invite_presenters(session)

    assert asked(session) == {"guest@example.com": "pending", "new@example.com": "pending"}


def test_a_new_time_asks_everybody_again_and_another_text_nobody():
    session = a_public_session()
    accepted = InvitationFactory(fair=session.fair, session=session, state="accepted")
    accepted.user = UserFactory(email=accepted.email)
    accepted.save()
    session.presenters.add(accepted.user)
    programming.release(session.fair, by=None)
    changed = Change.objects.get(kind="session.changed")
    inviting.invite_presenters(session, caused_by=changed)
    same = asked(session)
    programming.delay(session, minutes=30, by=None)

    inviting.invite_presenters(session, caused_by=Change.objects.get(kind="session.delayed"))

    assert (same, asked(session)) == ({accepted.email: "accepted"}, {accepted.email: "pending"})
    change = last_change(accepted)
    assert (change.kind, change.before, change.caused_by.kind) == ("invitation.pending", "accepted", "session.delayed")


def test_nobody_is_asked_to_a_session_that_is_cancelled_or_has_begun():
    session = SessionFactory()
    session.presenters.add(UserFactory())
    inviting.invite_presenters(session)
    programming.release(session.fair, by=None)
    Listing.objects.update(starts_at=timezone.now() - HOUR, ends_at=timezone.now() + HOUR)

    inviting.invite_presenters(session)

    assert asked(session) == {}


def test_a_company_that_confirms_is_asked_to_the_fair_and_taken_off_when_it_withdraws():
    application = ApplicationFactory(state="confirmed")
    member = member_of(application.company)
    inviting.invite_exhibitors(application)
    before = asked(application.call.fair)
    inviting.dismiss_exhibitors(application)
    still = asked(application.call.fair)
    journal.move(application, "withdrawn", moves=MOVES, by=None)

    inviting.dismiss_exhibitors(application)

    assert before == still == {member.email: "pending"}
    assert asked(application.call.fair) == {}


def test_a_company_that_is_asked_again_whether_it_comes_stays_invited():
    application = ApplicationFactory(state="confirmed")
    member = member_of(application.company)
    inviting.invite_exhibitors(application)
    journal.move(application, "offered", moves=MOVES, by=None)

    inviting.dismiss_exhibitors(application)

    assert asked(application.call.fair) == {member.email: "pending"}


def test_a_person_who_comes_for_two_companies_stays_invited_until_both_are_off():
    fair = FairFactory()
    call = CallFactory(fair=fair)
    first, second = (ApplicationFactory(call=call, state="confirmed") for _n in range(2))
    person = member_of(first.company)
    second.company.members.create(user=person)
    for application in (first, second):
        inviting.invite_exhibitors(application)
    journal.move(first, "withdrawn", moves=MOVES, by=None)
    inviting.dismiss_exhibitors(first)
    still = asked(fair)
    journal.move(second, "withdrawn", moves=MOVES, by=None)

    inviting.dismiss_exhibitors(second)

    assert (still, asked(fair)) == ({person.email: "pending"}, {})


def test_a_member_who_leaves_a_company_is_taken_off_what_only_the_company_brought_them_to():
    session = SessionFactory()
    company = CompanyFactory()
    member, presenter = member_of(company), member_of(company)
    session.companies.add(company)
    session.presenters.add(presenter)
    programming.release(session.fair, by=None)
    inviting.invite_presenters(session)
    company.members.all().delete()

    for person in (member, presenter):
        inviting.dismiss_member(person)

    assert asked(session) == {presenter.email: "pending"}


def test_exhibitors_are_not_asked_to_a_fair_that_has_begun():
    fair = FairFactory(starts_on=timezone.now().date() - timedelta(days=1))
    application = ApplicationFactory(call=CallFactory(fair=fair), state="confirmed")
    member_of(application.company)

    inviting.invite_exhibitors(application)

    assert asked(fair) == {}


# --- Answering ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", ["pending", "sent", "accepted", "tentative", "declined"])
@pytest.mark.parametrize("after", ["accepted", "tentative", "declined"])
def test_an_answer_can_be_changed_into_each_other_until_the_thing_begins(before, after):
    invitation = InvitationFactory(state=before)

    inviting.answer(invitation, after, by=None, via=inviting.Via.LINK)

    invitation.refresh_from_db()
    assert invitation.state == after
    assert (invitation.answered_at is not None) is (before != after)
    assert Change.objects.filter(handled=False, kind=f"invitation.{after}").count() == (before != after)


def test_an_answer_says_by_whom_and_how_it_came():
    person = UserFactory()
    invitation = InvitationFactory(user=person)

    inviting.answer(invitation, "accepted", by=person)

    change = last_change(invitation)
    assert (change.by, change.before, change.after, change.facts) == (person, "pending", "accepted", {"via": "account"})


def test_answers_are_closed_once_it_has_begun():
    fair = FairFactory(starts_on=timezone.now().date() - timedelta(days=1))
    to_fair = InvitationFactory(fair=fair)
    session = a_public_session()
    Listing.objects.update(starts_at=timezone.now() - HOUR)
    to_session = InvitationFactory(fair=session.fair, session=session)

    for invitation in (to_fair, to_session):
        with pytest.raises(inviting.HasBegun):
            inviting.answer(invitation, "accepted", by=None)


def test_what_was_cancelled_is_not_answered_and_what_is_no_answer_is_refused():
    invitation = InvitationFactory(state="cancelled")

    with pytest.raises(InvalidTransition):
        inviting.answer(invitation, "accepted", by=None)
    for nonsense in ("pending", "sent", "cancelled", "maybe"):
        with pytest.raises(Unfit):
            inviting.answer(InvitationFactory(), nonsense, by=None)


def test_cancelling_a_session_takes_everybody_off_and_a_fair_off_all_of_it():
    session = a_public_session()
    fair = session.fair
    to_session = InvitationFactory(fair=fair, session=session, state="accepted")
    to_fair = InvitationFactory(fair=fair, state="sent")

    inviting.cancel_all(session, by=None, reason="雨")
    first = (asked(session), set(fair.invitations.standing()))
    inviting.cancel_all(fair, by=None, reason="颱風")

    assert first == ({}, {to_fair})
    assert (last_change(to_session).reason, last_change(to_fair).reason) == ("雨", "颱風")
    assert not fair.invitations.standing().exists()


def test_a_mail_on_its_way_makes_pending_sent_and_leaves_answers():
    pending, accepted, cancelled = (InvitationFactory(state=state) for state in ("pending", "accepted", "cancelled"))

    inviting.note_sent(pending, accepted, cancelled, sequence=3)

    for invitation in (pending, accepted, cancelled):
        invitation.refresh_from_db()
    assert [(one.state, one.sent_sequence) for one in (pending, accepted, cancelled)] == [
        ("sent", 3),
        ("accepted", 3),
        ("cancelled", None),
    ]


# --- Links ----------------------------------------------------------------------------------------------------------


def token_of(invitation) -> str:
    return inviting.link_of(invitation).removeprefix("http://localhost:8000/a/").rstrip("/")


def test_a_link_leads_to_its_invitation_and_is_the_same_each_time():
    invitation = InvitationFactory()

    opened = inviting.from_link(token_of(invitation))

    assert token_of(invitation) == token_of(Invitation.objects.get())
    assert (opened.invitation, opened.link, opened.begins_at) == (invitation, Link.OPEN, invitation.fair.begins_at)


@pytest.mark.parametrize(
    "spoil",
    [str.swapcase, lambda token: token[:-1], lambda token: "", lambda token: "a.b.c", lambda token: "x" + token],
    ids=["case", "cut", "empty", "made up", "longer"],
)
def test_a_link_that_was_never_given_out_leads_nowhere(spoil):
    token = token_of(InvitationFactory())

    with pytest.raises(inviting.NoSuchLink):
        inviting.from_link(spoil(token))


def test_a_link_whose_invitation_is_gone_leads_nowhere():
    invitation = InvitationFactory()
    token = token_of(invitation)
    invitation.delete()

    with pytest.raises(inviting.NoSuchLink):
        inviting.from_link(token)


def test_a_link_says_that_the_time_is_new_from_when_and_what_was_answered():
    session = a_public_session()
    was_at = session.starts_at
    invitation = InvitationFactory(fair=session.fair, session=session, state="accepted")
    programming.delay(session, minutes=30, by=None)
    inviting.ask_again(session)

    opened = inviting.from_link(token_of(invitation))
    inviting.answer(opened.invitation, "accepted", by=None)
    again = inviting.from_link(token_of(invitation))

    assert (opened.link, opened.was_at, opened.begins_at, opened.before) == (
        Link.MOVED,
        was_at,
        was_at + HOUR / 2,
        "accepted",
    )
    assert (again.link, again.was_at, again.before) == (Link.OPEN, None, "")


def test_a_link_to_what_has_begun_is_cancelled_or_ended_says_so():
    begun = InvitationFactory(fair=FairFactory(starts_on=timezone.now().date() - timedelta(days=1)))
    cancelled, outdated = InvitationFactory(), InvitationFactory()
    inviting.cancel(cancelled, by=None, reason="場地故障")
    token = token_of(outdated)
    inviting.end_links(outdated, by=coordinator_of(outdated.fair))

    assert inviting.from_link(token_of(begun)).link == Link.BEGUN
    assert (inviting.from_link(token_of(cancelled)).link, inviting.from_link(token_of(cancelled)).reason) == (
        Link.CANCELLED,
        "場地故障",
    )
    assert inviting.from_link(token).link == Link.OUTDATED
    assert inviting.from_link(token_of(outdated)).link == Link.OPEN


def test_the_link_of_whoever_left_the_company_ends_with_the_membership():
    application = ApplicationFactory(state="confirmed")
    member_of(application.company)
    inviting.invite_exhibitors(application)
    token = token_of(Invitation.objects.get())
    before = inviting.from_link(token).link
    application.company.members.all().delete()

    assert (before, inviting.from_link(token).link) == (Link.OPEN, Link.OUTDATED)


def test_a_session_that_is_not_published_tells_its_planned_time():
    session = SessionFactory(stage=StageFactory())
    invitation = InvitationFactory(fair=session.fair, session=session)

    assert inviting.times_of(invitation) == (session.starts_at, session.ends_at)


# --- The moves ------------------------------------------------------------------------------------------------------

STATES = ("pending", "sent", "accepted", "tentative", "declined", "cancelled")
ALLOWED = {
    ("pending", "sent"),
    ("pending", "accepted"),
    ("pending", "tentative"),
    ("pending", "declined"),
    ("pending", "cancelled"),
    ("sent", "pending"),
    ("sent", "accepted"),
    ("sent", "tentative"),
    ("sent", "declined"),
    ("sent", "cancelled"),
    ("accepted", "pending"),
    ("accepted", "tentative"),
    ("accepted", "declined"),
    ("accepted", "cancelled"),
    ("tentative", "pending"),
    ("tentative", "accepted"),
    ("tentative", "declined"),
    ("tentative", "cancelled"),
    ("declined", "pending"),
    ("declined", "accepted"),
    ("declined", "tentative"),
    ("declined", "cancelled"),
}


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_an_invitation_makes_the_listed_moves_and_no_other(before, after):
    invitation = InvitationFactory(state=before)

    if (before, after) in ALLOWED:
        journal.move(invitation, after, moves=INVITATION_MOVES, by=None)
    else:
        with pytest.raises(InvalidTransition):
            journal.move(invitation, after, moves=INVITATION_MOVES, by=None)

    invitation.refresh_from_db()
    assert invitation.state == (after if (before, after) in ALLOWED else before)
