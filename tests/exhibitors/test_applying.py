"""What a company does with its application until it is decided."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Change
from core.errors import InvalidTransition, Unfit
from exhibitors import applying
from exhibitors.models import Application, Placement
from tests.factories import (
    ApplicationFactory,
    BoothFactory,
    CallFactory,
    CompanyFactory,
    FairFactory,
    HallFactory,
    PlacementFactory,
    ProductFactory,
    QuestionFactory,
    coordinator_of,
    member_of,
)
from tests.races import race

pytestmark = pytest.mark.django_db

YESTERDAY = timedelta(days=-1)
TOMORROW = timedelta(days=1)


def fields_of(refusal):
    return [gap.field for gap in refusal.value.gaps]


def call_over():
    now = timezone.now()
    return CallFactory(opens_at=now - timedelta(days=9), closes_at=now + YESTERDAY)


def call_to_come():
    now = timezone.now()
    return CallFactory(opens_at=now + TOMORROW, closes_at=now + timedelta(days=9))


# --- start


def test_a_company_starts_a_draft_with_the_next_number_and_its_contact():
    call, company = CallFactory(next_number=412), CompanyFactory(phone="049-000-0001", product_class="tea")
    person = member_of(company)

    application = applying.start(call, company, by=person)

    assert (application.label, application.state, application.product_class) == ("A-0412", "draft", "tea")
    assert (application.contact_name, application.contact_phone, application.contact_email) == (
        person.name_zh,
        "049-000-0001",
        company.email,
    )
    change = Change.objects.about(application).get()
    assert (change.kind, change.by, change.after) == ("application.started", person, "draft")


def test_a_draft_is_nobody_elses_business_in_the_journal():
    call, company = CallFactory(), CompanyFactory()

    application = applying.start(call, company, by=member_of(company))

    change = Change.objects.about(application).get()
    assert (change.organizer_id, change.fair_id, change.company_id) == (None, None, company.pk)
    assert not Change.objects.visible_to(coordinator_of(application)).about(application).exists()


def test_a_company_applies_once_to_a_call():
    application = ApplicationFactory(state="draft")

    with pytest.raises(applying.AlreadyApplied) as refusal:
        applying.start(application.call, application.company, by=member_of(application))

    assert refusal.value.data == {"application": str(application.pk)}
    assert Application.objects.count() == 1


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (call_over, applying.CallClosed),
        (call_to_come, applying.CallNotOpen),
        (lambda: CallFactory(fair=FairFactory(state="draft")), applying.CallNotOpen),
        (lambda: CallFactory(fair=FairFactory(state="cancelled")), applying.CallNotOpen),
        (lambda: CallFactory(fair=FairFactory(state="closed")), applying.CallNotOpen),
    ],
    ids=["over", "to come", "fair is a draft", "fair is cancelled", "fair is closed"],
)
def test_nobody_starts_while_the_call_is_not_open(call, error):
    company = CompanyFactory()

    with pytest.raises(error):
        applying.start(call(), company, by=member_of(company))

    assert not Application.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_companies_that_start_at_once_get_twenty_numbers():
    call, companies = CallFactory(), CompanyFactory.create_batch(20)
    person = member_of(companies[0])

    race(
        [
            [
                lambda company=company: applying.start(type(call).objects.get(), company, by=person)
                for company in companies[n : n + 4]
            ]
            for n in range(0, 20, 4)
        ]
    )

    assert sorted(Application.objects.values_list("number", flat=True)) == list(range(1, 21))


# --- save


def test_what_was_typed_is_kept_complete_or_not():
    application = ApplicationFactory(state="draft", contact_email="", answers={"why": "茶", "more": "x"})
    QuestionFactory(call=application.call, key="why")
    QuestionFactory(call=application.call, key="more")
    hall = HallFactory(fair=application.call.fair)
    BoothFactory(hall=hall, number="A01")
    product = ProductFactory(company=application.company)

    applying.save(
        application,
        values={"power": 2200, "needs_water": True, "booth_wishes": ["A01"], "products": [product]},
        answers={"why": "好茶", "more": ""},
        by=member_of(application),
    )

    application.refresh_from_db()
    assert (application.power, application.needs_water, application.booth_wishes) == (2200, True, ["A01"])
    assert (application.answers, list(application.products.all())) == ({"why": "好茶"}, [product])
    assert application.version == 2


def test_saving_what_is_there_changes_nothing():
    application = ApplicationFactory(state="draft", power=1100)

    applying.save(application, values={"power": 1100}, answers={}, by=member_of(application))

    application.refresh_from_db()
    assert application.version == 1


@pytest.mark.parametrize(
    "name", ["state", "total_score", "staged_decision", "fee", "number", "company", "version", "id"]
)
def test_nothing_can_be_saved_but_what_a_company_fills_in(name):
    application = ApplicationFactory(state="draft")

    with pytest.raises(Unfit) as refusal:
        applying.save(application, values={name: "accepted"}, by=member_of(application))

    assert fields_of(refusal) == [name]


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_kept():
    application = ApplicationFactory(state="draft")
    application.call.max_products = 1
    application.call.save()
    QuestionFactory(call=application.call, key="new", kind="yesno")
    own = ProductFactory.create_batch(2, company=application.company)

    with pytest.raises(Unfit) as refusal:
        applying.save(
            application,
            values={
                "booths_wanted": -1,
                "contact_email": "nobody",
                "booth_wishes": ["Z99"],
                "products": own,
                "power": 900,
            },
            answers={"new": "maybe", "unasked": 1},
            by=member_of(application),
        )

    assert sorted(fields_of(refusal)) == [
        "answers.new",
        "answers.unasked",
        "booth_wishes",
        "booths_wanted",
        "contact_email",
        "products",
    ]
    application.refresh_from_db()
    assert application.power == 0


@pytest.mark.parametrize(
    "products", [lambda own: [ProductFactory()], lambda own: [ProductFactory(company=own, is_retired=True)]]
)
def test_only_own_products_that_are_still_made_are_shown(products):
    application = ApplicationFactory(state="draft")

    with pytest.raises(Unfit) as refusal:
        applying.save(application, values={"products": products(application.company)}, by=member_of(application))

    assert fields_of(refusal) == ["products"]


@pytest.mark.parametrize("state", ["submitted", "accepted", "rejected", "confirmed", "withdrawn"])
def test_what_was_handed_in_cannot_be_changed(state):
    application = ApplicationFactory(state=state)

    with pytest.raises(applying.NotEditable):
        applying.save(application, values={"power": 5}, by=member_of(application))


def returned(**values):
    application = ApplicationFactory(state="returned", returned_fields=["why", "power"], answers={"why": "?"}, **values)
    QuestionFactory(call=application.call, key="why")
    QuestionFactory(call=application.call, key="more", is_required=False)
    return application


def test_of_what_was_returned_only_the_named_fields_open_again():
    application = returned()
    person = member_of(application)

    applying.save(application, values={"power": 1100, "needs_water": False}, answers={"why": "好"}, by=person)

    with pytest.raises(Unfit) as refusal:
        applying.save(application, values={"needs_water": True}, answers={"more": "也"}, by=person)
    assert fields_of(refusal) == ["answers.more", "needs_water"]
    change = Change.objects.about(application).last()
    assert (change.kind, change.facts) == ("application.edited", {"fields": ["power", "why"]})


def test_after_the_day_to_correct_by_nothing_is_taken_any_more():
    application = returned(return_by=timezone.now() + YESTERDAY)
    person = member_of(application)

    with pytest.raises(applying.CorrectionOver):
        applying.save(application, values={"power": 1100}, by=person)
    with pytest.raises(applying.CorrectionOver):
        applying.submit(application, by=person)

    application.refresh_from_db()
    assert application.state == "returned"


# --- submit


def test_a_complete_draft_is_handed_in_with_its_hour():
    application = ApplicationFactory(state="draft", answers={"why": "好茶"})
    QuestionFactory(call=application.call, key="why")
    person = member_of(application)

    applying.submit(application, by=person)

    application.refresh_from_db()
    assert application.state == "submitted"
    assert abs(application.submitted_at - timezone.now()) < timedelta(minutes=1)
    change = Change.objects.about(application).get()
    assert (change.kind, change.by, change.fair_id) == ("application.submitted", person, application.call.fair_id)


def test_an_incomplete_draft_is_refused_with_every_gap_at_once():
    application = ApplicationFactory(
        state="draft", booths_wanted=3, contact_name="", contact_phone="", contact_email=""
    )
    QuestionFactory(call=application.call, key="why", place=1)
    QuestionFactory(call=application.call, key="new", kind="yesno", place=2)
    QuestionFactory(call=application.call, key="more", is_required=False, place=3)

    with pytest.raises(applying.Incomplete) as refusal:
        applying.submit(application, by=member_of(application))

    assert fields_of(refusal) == ["booths_wanted", "contact_name", "contact_email", "answers.why", "answers.new"]
    application.refresh_from_db()
    assert (application.state, application.submitted_at) == ("draft", None)


def test_a_telephone_is_contact_enough_and_no_product_is_needed():
    application = ApplicationFactory(state="draft", contact_email="", contact_phone="049-000-0001")

    assert applying.find_gaps(application) == []


@pytest.mark.parametrize(("call", "error"), [(call_over, applying.CallClosed), (call_to_come, applying.CallNotOpen)])
def test_a_draft_is_not_handed_in_outside_the_hours_of_the_call(call, error):
    application = ApplicationFactory(state="draft", call=call())

    with pytest.raises(error):
        applying.submit(application, by=member_of(application))


def test_what_is_handed_in_is_not_handed_in_again():
    application = ApplicationFactory(state="submitted")

    with pytest.raises(InvalidTransition) as refusal:
        applying.submit(application, by=member_of(application))

    assert "withdrawn" in refusal.value.data["allowed"]


def test_a_corrected_application_is_handed_in_after_the_call_and_keeps_its_place_in_line():
    handed_in = timezone.now() - timedelta(days=5)
    application = ApplicationFactory(
        state="returned", call=call_over(), returned_fields=["power"], submitted_at=handed_in
    )

    applying.submit(application, by=member_of(application))

    application.refresh_from_db()
    assert (application.state, application.returned_fields, application.return_by, application.submitted_at) == (
        "submitted",
        [],
        None,
        handed_in,
    )


# --- withdraw, reopen


def test_a_company_that_withdraws_lets_go_of_its_booths():
    placement = PlacementFactory(application__state="confirmed")
    application = placement.application
    person = member_of(application)

    applying.withdraw(application, by=person, reason="人手不足")

    placement.refresh_from_db()
    assert (application.state, placement.state) == ("withdrawn", "released")
    withdrawn, released = Change.objects.filter(kind__in=["application.withdrawn", "placement.released"]).order_by("id")
    assert (withdrawn.reason, released.caused_by, released.by) == ("人手不足", withdrawn, person)
    assert released.facts == {"booth": str(placement.booth_id), "application": str(application.pk)}
    assert not Placement.objects.held().exists()


def test_a_withdrawn_application_takes_the_staged_decision_with_it():
    application = ApplicationFactory(staged_decision="accept", decision_reason="好")

    applying.withdraw(application, by=member_of(application))

    application.refresh_from_db()
    assert (application.staged_decision, application.decision_reason) == ("", "")


@pytest.mark.parametrize("state", ["draft", "rejected", "declined", "expired", "cancelled", "attended", "withdrawn"])
def test_what_has_ended_cannot_be_withdrawn(state):
    application = ApplicationFactory(state=state)

    with pytest.raises(InvalidTransition):
        applying.withdraw(application, by=member_of(application))


def test_a_withdrawn_application_becomes_a_draft_again_while_the_call_is_open():
    application = ApplicationFactory(state="withdrawn")

    applying.reopen(application, by=member_of(application))

    application.refresh_from_db()
    assert application.state == "draft"


def test_after_the_call_a_withdrawn_application_stays_withdrawn():
    application = ApplicationFactory(state="withdrawn", call=call_over())

    with pytest.raises(applying.CallClosed):
        applying.reopen(application, by=member_of(application))


def test_only_a_withdrawn_application_is_reopened():
    application = ApplicationFactory(state="submitted")

    with pytest.raises(InvalidTransition):
        applying.reopen(application, by=member_of(application))
