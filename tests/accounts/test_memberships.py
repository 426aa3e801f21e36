"""Working for an organizer: invited by mail, joined once, ended at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts import memberships, rules
from accounts.models import Change, Membership, MembershipInvite
from core.errors import Unfit
from tests.factories import MembershipFactory, OrganizerFactory, UserFactory, coordinator_of

pytestmark = pytest.mark.django_db


def invited(email="new@example.org", **others):
    organizer = OrganizerFactory()
    return memberships.invite(organizer, email, **{"role": "staff", "by": coordinator_of(organizer), **others})


def test_an_invitation_waits_for_its_address_in_lower_case_and_is_recorded():
    invite = invited(" New@Example.org ")

    assert (invite.email, invite.used_at, invite.expires_at > timezone.now() + timedelta(days=13)) == (
        "new@example.org",
        None,
        True,
    )
    change = Change.objects.about(invite).get()
    assert (change.kind, change.by, change.organizer_id) == (
        "membership.invited",
        invite.invited_by,
        invite.organizer_id,
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"role": "king"}, "role"),
        ({"role": "expert"}, "discipline"),
        ({"role": "staff", "discipline": "design"}, "discipline"),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused_beside_its_field(values, field):
    with pytest.raises(Unfit) as refusal:
        invited(**values)

    assert [gap.field for gap in refusal.value.gaps] == [field]
    assert not MembershipInvite.objects.exists()


def test_the_link_leads_to_its_invitation_and_no_other_link_does():
    invite = invited()
    token = memberships.link_token(invite)

    assert memberships.from_link(token) == invite
    for false in (token[:-1], "", "x.y", token.replace(str(invite.pk)[:8], "00000000")):
        with pytest.raises(memberships.InviteGone):
            memberships.from_link(false)
    invite.delete()
    with pytest.raises(memberships.InviteGone):
        memberships.from_link(token)


def test_who_was_asked_joins_with_the_role_that_was_offered():
    invite = invited(role="expert", discipline="design")
    person = UserFactory(email="new@example.org")

    membership = memberships.accept(invite, person)

    assert (membership.user, membership.organizer, membership.role, membership.discipline) == (
        person,
        invite.organizer,
        "expert",
        "design",
    )
    assert list(Change.objects.about(membership).values_list("kind", "by")) == [("membership.joined", person.pk)]


def test_a_forwarded_link_helps_nobody_else():
    invite = invited()

    with pytest.raises(memberships.InviteForOther):
        memberships.accept(invite, UserFactory(email="other@example.org"))

    assert (MembershipInvite.objects.get().used_at, Membership.objects.filter(role="staff").count()) == (None, 0)


def test_a_link_works_once_and_not_after_its_time_nor_after_a_newer_one():
    invite = invited()
    person = UserFactory(email="new@example.org")
    memberships.accept(invite, person).delete()
    with pytest.raises(memberships.InviteGone):
        memberships.accept(invite, person)

    older = memberships.invite(invite.organizer, person.email, role="staff", by=invite.invited_by)
    newer = memberships.invite(invite.organizer, person.email, role="staff", by=invite.invited_by)
    with pytest.raises(memberships.InviteGone):
        memberships.accept(older, person)
    MembershipInvite.objects.filter(pk=newer.pk).update(expires_at=timezone.now())
    with pytest.raises(memberships.InviteGone):
        memberships.accept(newer, person)

    assert not Membership.objects.filter(user=person).exists()


def test_who_has_the_role_is_not_asked_again_and_cannot_have_it_twice():
    invite = invited()
    person = MembershipFactory(user=UserFactory(email="new@example.org"), organizer=invite.organizer, role="staff").user

    with pytest.raises(memberships.AlreadyMember):
        memberships.invite(invite.organizer, person.email, role="staff", by=invite.invited_by)
    with pytest.raises(memberships.AlreadyMember):
        memberships.accept(invite, person)

    assert MembershipInvite.objects.get().used_at is None


def test_an_organizer_invites_so_many_people_a_day(monkeypatch):
    monkeypatch.setattr(memberships, "MOST_INVITES_A_DAY", 2)
    first = invited("one@example.org")

    memberships.invite(first.organizer, "two@example.org", role="staff", by=first.invited_by)
    with pytest.raises(memberships.TooManyInvites):
        memberships.invite(first.organizer, "three@example.org", role="staff", by=first.invited_by)
    MembershipInvite.objects.update(created_at=timezone.now() - timedelta(hours=25))
    memberships.invite(first.organizer, "three@example.org", role="staff", by=first.invited_by)

    assert MembershipInvite.objects.count() == 3


def test_a_removed_member_has_no_right_from_that_instant_and_no_way_back_by_an_old_link():
    invite = invited()
    person = UserFactory(email="new@example.org")
    membership = memberships.accept(invite, person)
    key = membership.pk
    again = MembershipInvite.objects.create(
        organizer=invite.organizer,
        email=person.email,
        role="staff",
        invited_by=invite.invited_by,
        expires_at=timezone.now() + timedelta(days=9),
    )
    assert rules.works_for(person, invite.organizer)

    memberships.remove(membership, by=invite.invited_by)

    assert not rules.works_for(person, invite.organizer)
    assert Change.objects.filter(about_id=key, kind="membership.removed", by=invite.invited_by).count() == 1
    with pytest.raises(memberships.InviteGone):
        memberships.accept(again, person)


def test_the_last_coordinator_stays():
    organizer = OrganizerFactory()
    first, second = (MembershipFactory(organizer=organizer, role="coordinator") for _ in range(2))

    memberships.remove(first, by=second.user)
    with pytest.raises(memberships.LastCoordinator):
        memberships.remove(second, by=second.user)

    assert list(organizer.memberships.all()) == [second]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_one_instant_join_once():
    invite = invited()
    person = UserFactory(email="new@example.org")
    together = Barrier(2)

    def click(_):
        try:
            together.wait()
            memberships.accept(invite, person)
            return "joined"
        except (memberships.InviteGone, memberships.AlreadyMember):
            return "over"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(click, range(2))) == ["joined", "over"]
    assert Membership.objects.filter(user=person).count() == 1
