"""The administration: people, organizers and places to mend; states to look at alone."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import Change, MembershipInvite, Organizer, User
from fairs.models import Fair, Room, Town
from tests.factories import FairFactory, OrganizerFactory, TownFactory, UserFactory, VenueFactory, coordinator_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    """A client signed in as an administrator, and that person."""
    client.user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(client.user)
    return client


def test_the_first_coordinator_of_an_organizer_is_invited_in_the_administration(administrator):
    form = {"slug": "penghu", "name_zh": "澎湖縣政府", "email": "penghu@example.org", "coordinator": "new@example.org"}

    answer = administrator.post(reverse("admin:accounts_organizer_add"), form)

    invite = MembershipInvite.objects.get()
    assert (answer.status_code, invite.organizer, invite.email, invite.role, invite.invited_by) == (
        302,
        Organizer.objects.get(slug="penghu"),
        "new@example.org",
        "coordinator",
        administrator.user,
    )


def test_an_invitation_that_is_refused_is_told_and_the_rest_is_saved(administrator):
    organizer = OrganizerFactory()
    coordinator = coordinator_of(organizer)
    form = {"slug": organizer.slug, "name_zh": "新名", "email": organizer.email, "coordinator": coordinator.email}

    answer = administrator.post(reverse("admin:accounts_organizer_change", args=[organizer.pk]), form, follow=True)

    assert [message.level_tag for message in answer.context["messages"]] == ["error", "success"]
    assert (Organizer.objects.get().name_zh, MembershipInvite.objects.count()) == ("新名", 0)


def test_an_account_is_made_for_an_address_and_is_not_deleted_here(administrator):
    form = {
        "email": "New@Example.org",
        "usable_password": "true",
        "password1": (word := "a good long password"),
        "password2": word,
    }

    made = administrator.post(reverse("admin:accounts_user_add"), form)

    user = User.objects.get(email="new@example.org")
    assert (made.status_code, user.check_password(word)) == (302, True)
    assert administrator.post(reverse("admin:accounts_user_delete", args=[user.pk]), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=user.pk).exists()


def test_places_are_mended_here(administrator):
    town = TownFactory(name_en="Lugoo")
    form = {
        "code": town.code,
        "county": town.county_id,
        "name_zh": town.name_zh,
        "name_en": "Lugu Township",
        "indigenous_area": "none",
    }

    answer = administrator.post(reverse("admin:fairs_town_change", args=[town.pk]), form)

    assert (answer.status_code, Town.objects.get().name_en) == (302, "Lugu Township")


def test_fairs_and_changes_are_looked_at_alone(administrator):
    fair = FairFactory(state="announced")
    change = Change.objects.about(fair).get()

    for address in (
        reverse("admin:fairs_fair_change", args=[fair.pk]),
        reverse("admin:accounts_change_change", args=[change.pk]),
    ):
        assert administrator.get(address).status_code == 200
        assert administrator.post(address, {"state": "cancelled", "kind": "x"}).status_code == 403
    assert (Fair.objects.get().state, Change.objects.get().kind) == ("announced", "fair.announced")


@pytest.mark.parametrize("rows", [1, 12])
def test_every_list_of_the_administration_opens_with_a_fixed_number_of_queries(
    administrator, django_assert_max_num_queries, rows
):
    for n in range(rows):
        coordinator_of(FairFactory(venue=VenueFactory(town=TownFactory(code=f"100080{n:02d}"))))

    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        with django_assert_max_num_queries(12):
            assert administrator.get(address).status_code == 200, address


def test_every_form_of_the_administration_opens(administrator):
    for model, page in admin.site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
        expected = 200 if page.has_add_permission(administrator.get(address).wsgi_request) else 403
        assert administrator.get(address).status_code == expected, address


def test_a_venue_shows_its_rooms(administrator):
    room = Room.objects.create(venue=VenueFactory(), code="R1", name_zh="一館")

    page = administrator.get(reverse("admin:fairs_venue_change", args=[room.venue.pk]))

    assert "一館" in page.content.decode()
