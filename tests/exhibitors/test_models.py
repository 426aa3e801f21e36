"""Who may see what, and what the database itself refuses."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from exhibitors.models import Application, Company, CompanyMember, Placement, Product, Review
from tests.factories import (
    ApplicationFactory,
    CompanyFactory,
    CompanyMemberFactory,
    PlacementFactory,
    ProductFactory,
    ReviewFactory,
    coordinator_of,
    member_of,
    staff_of,
    stranger,
)

pytestmark = pytest.mark.django_db

STATES = [state for state in Application.State.values if state != "draft"]
NOBODIES = [lambda: None, AnonymousUser, stranger]


@pytest.fixture
def every_state():
    """One company's application in each state, each to a call of its own, all of one organizer."""
    company, first = CompanyFactory(), ApplicationFactory(state="draft")
    first.company = company
    first.save(update_fields=["company"])
    organizer = first.call.fair.organizer
    for state in STATES:
        ApplicationFactory(company=company, state=state, call__fair__organizer=organizer)
    ApplicationFactory()  # somebody else's
    return first


def states(applications):
    return sorted(application.state for application in applications)


def test_a_member_sees_all_of_the_company_and_a_coordinator_what_was_handed_in(every_state):
    member, desk = member_of(every_state), coordinator_of(every_state)

    assert states(Application.objects.visible_to(member)) == sorted([*STATES, "draft"])
    assert states(Application.objects.of_company(member)) == sorted([*STATES, "draft"])
    assert states(Application.objects.at_desk_of(member)) == []
    assert states(Application.objects.visible_to(desk)) == sorted(STATES)
    assert states(Application.objects.at_desk_of(desk)) == sorted(STATES)
    assert states(Application.objects.of_company(desk)) == []


def test_staff_see_who_is_expected_on_the_day(every_state):
    staff = staff_of(every_state)

    assert states(Application.objects.visible_to(staff)) == ["attended", "confirmed", "no_show"]
    assert states(Application.objects.on_the_day_of(staff)) == ["attended", "confirmed", "no_show"]
    assert states(Application.objects.at_desk_of(staff)) == []


@pytest.mark.parametrize("who", NOBODIES)
def test_others_see_nothing(every_state, who):
    nobody = who()
    PlacementFactory()
    ReviewFactory()

    for applications in (
        Application.objects.visible_to(nobody),
        Application.objects.of_company(nobody),
        Application.objects.at_desk_of(nobody),
        Application.objects.on_the_day_of(nobody),
        Placement.objects.visible_to(nobody),
        Review.objects.visible_to(nobody),
        Company.objects.of(nobody),
        Product.objects.of(nobody),
    ):
        assert not applications.exists()
    assert not any(one.is_own or one.is_at_desk for one in Application.objects.as_seen_by(nobody))
    assert not any(one.is_known for one in Company.objects.as_seen_by(nobody))
    assert not any(one.is_at_desk for one in Review.objects.as_seen_by(nobody))


def test_a_company_with_many_members_is_listed_once():
    application = ApplicationFactory()
    person = member_of(application)
    CompanyMemberFactory.create_batch(3, company=application.company)

    assert list(Application.objects.visible_to(person)) == [application]
    assert list(Company.objects.of(person)) == [application.company]


def test_who_stands_is_under_way(every_state):
    assert states(Application.objects.standing().filter(company=every_state.company)) == [
        "accepted",
        "confirmed",
        "offered",
        "returned",
        "submitted",
        "waitlisted",
    ]


def test_a_retired_product_is_seen_by_its_own_company_alone():
    product = ProductFactory(is_retired=True)

    assert list(Product.objects.visible_to(member_of(product))) == [product]
    assert not Product.objects.visible_to(None).exists()
    assert not Product.objects.visible_to(stranger()).exists()


@pytest.mark.parametrize(
    ("state", "values", "constraint"),
    [
        ("submitted", {"submitted_at": None}, "what_was_handed_in_says_when"),
        ("offered", {"offer_ends_at": None}, "an_offer_has_an_end"),
        ("returned", {"return_by": None}, "a_correction_has_a_deadline"),
        ("accepted", {"staged_decision": "accept"}, "only_what_is_handed_in_is_decided"),
    ],
)
def test_fields_that_make_sense_together_stand_together(state, values, constraint):
    application = ApplicationFactory(state=state)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(**values)


def test_a_company_applies_once_and_a_number_is_given_once():
    application = ApplicationFactory()
    other = ApplicationFactory(call=application.call)
    row = Application.objects.filter(pk=other.pk)

    with pytest.raises(IntegrityError, match="company_applies_once_to_a_call"), transaction.atomic():
        row.update(company=application.company)
    with pytest.raises(IntegrityError, match="application_number_is_unique_in_a_call"), transaction.atomic():
        row.update(number=application.number)


def test_a_booth_has_one_held_placement_and_any_number_of_released_ones():
    placement = PlacementFactory()
    application = ApplicationFactory(state="offered", call=placement.application.call)
    PlacementFactory(application=application, booth=placement.booth, state="released", released_at=timezone.now())

    with pytest.raises(IntegrityError, match="booth_has_one_held_placement"), transaction.atomic():
        Placement.objects.create(application=application, booth=placement.booth)
    with pytest.raises(IntegrityError, match="a_released_placement_says_when"), transaction.atomic():
        Placement.objects.filter(pk=placement.pk).update(released_at=timezone.now())


def test_a_person_is_a_member_once_and_an_expert_judges_once():
    member, review = CompanyMemberFactory(), ReviewFactory()

    with pytest.raises(IntegrityError, match="company_has_a_member_once"), transaction.atomic():
        CompanyMember.objects.create(company=member.company, user=member.user)
    with pytest.raises(IntegrityError, match="expert_reviews_an_application_once"), transaction.atomic():
        Review.objects.create(application=review.application, expert=review.expert, discipline="finance")


def test_a_ubn_has_eight_digits():
    company = CompanyFactory()

    with pytest.raises(IntegrityError, match="ubn_has_eight_digits"), transaction.atomic():
        Company.objects.filter(pk=company.pk).update(ubn="1234567X")
