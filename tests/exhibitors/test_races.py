"""Who comes first: acts that meet at one instant, with real connections that commit."""

from datetime import timedelta
from functools import partial
from itertools import pairwise
from random import Random
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import journal
from accounts.models import Change
from core.errors import InvalidTransition, Unfit
from exhibitors import answering, applying, deciding, joining, placing, waiting
from exhibitors.models import Application, Company, Placement
from fairs.models import Booth
from tests.factories import (
    CallFactory,
    CompanyFactory,
    HallFactory,
    UserFactory,
    coordinator_of,
    member_of,
)
from tests.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.no_cover]

ROUNDS = 200
IN_A_WEEK = timedelta(days=7)


def many_applications(call, count, *, state, **values):
    """So many at once: row by row they would take longer than the race."""
    template, first = CompanyFactory(), call.next_number
    call.next_number += count
    call.save(update_fields=["next_number"])
    companies = Company.objects.bulk_create(
        Company(
            pk=uuid4(),
            slug=f"rival-{first}-{n}",
            name_zh=f"對手{first + n}",
            town=template.town,
            category=template.category,
            email="rival@example.com",
        )
        for n in range(count)
    )
    with transaction.atomic(), journal.quietly():
        applications = Application.objects.bulk_create(
            Application(
                pk=uuid4(),
                call=call,
                company=company,
                number=first + n,
                state=state,
                submitted_at=timezone.now(),
                **values,
            )
            for n, company in enumerate(companies)
        )
        journal.record_many(
            [
                journal.Line(kind=f"application.{state}", about=application, by=None, after=state)
                for application in applications
            ]
        )
    return applications


def many_booths(fair, count):
    hall = HallFactory(fair=fair)
    return Booth.objects.bulk_create(
        Booth(pk=uuid4(), fair=fair, hall=hall, number=f"R{n:03d}", x=6 * (n % 100), y=6 * (n // 100), power=2200)
        for n in range(count)
    )


def outcome(act, *refusals):
    """The name of the refusal, or "done"."""
    try:
        act()
    except refusals as refusal:
        return type(refusal).__name__
    return "done"


def offering(application, booth, coordinator):
    offer = partial(placing.offer, application, [booth], by=coordinator, answer_by=timezone.now() + IN_A_WEEK)
    return partial(outcome, offer, placing.BoothTaken)


def test_two_coordinators_placing_one_booth_at_once_place_one_application_200_times():
    call = CallFactory()
    booths = many_booths(call.fair, ROUNDS)
    applications = many_applications(call, 2 * ROUNDS, state="accepted")
    anna, ben = coordinator_of(call), coordinator_of(call)

    outcomes = race(
        [
            [offering(applications[2 * n], booth, anna), offering(applications[2 * n + 1], booth, ben)]
            for n, booth in enumerate(booths)
        ]
    )

    assert [sorted(one) for one in outcomes] == [["BoothTaken", "done"]] * ROUNDS
    assert Placement.objects.held().count() == ROUNDS
    assert Application.objects.filter(state="offered").count() == ROUNDS
    assert Change.objects.filter(kind="application.offered").count() == ROUNDS


def test_of_fifty_coordinators_who_place_one_booth_at_once_one_succeeds():
    call = CallFactory()
    rounds, coordinators = 3, 50
    booths = many_booths(call.fair, rounds)
    applications = many_applications(call, rounds * coordinators, state="accepted")
    coordinator = coordinator_of(call)

    outcomes = race(
        [
            [
                offering(application, booth, coordinator)
                for application in applications[n * coordinators : (n + 1) * coordinators]
            ]
            for n, booth in enumerate(booths)
        ]
    )

    assert [sorted(one) for one in outcomes] == [["BoothTaken"] * (coordinators - 1) + ["done"]] * rounds
    assert Placement.objects.held().count() == rounds


def test_placing_moving_and_releasing_at_once_never_hold_a_booth_twice():
    call, rounds = CallFactory(), 40
    booths = many_booths(call.fair, 2 * rounds)
    coordinator = coordinator_of(call)
    standing = many_applications(call, rounds, state="offered", offer_ends_at=timezone.now() + IN_A_WEEK)
    newcomers = many_applications(call, rounds, state="accepted")
    placements = Placement.objects.bulk_create(
        Placement(pk=uuid4(), application=application, booth=booth)
        for application, booth in zip(standing, booths[:rounds], strict=True)
    )
    refusals = (placing.BoothTaken, InvalidTransition)

    outcomes = race(
        [
            [
                offering(newcomers[n], booths[n], coordinator),
                partial(outcome, partial(placing.move, standing[n], [booths[rounds + n]], by=coordinator), *refusals),
                partial(outcome, partial(placing.release, placements[n], reason="", by=coordinator), *refusals),
            ]
            for n in range(rounds)
        ]
    )

    held = list(Placement.objects.held().values_list("booth", flat=True))
    assert len(held) == len(set(held))
    # The old booth is the newcomer's or nobody's, the new one the mover's, whoever was first to let go.
    assert all(offered in ("done", "BoothTaken") and moved == "done" for offered, moved, _released in outcomes)
    assert len(held) == rounds + sum(offered == "done" for offered, _moved, _released in outcomes)


def end_state(act):
    """What an act on an offer came to."""
    return outcome(act, InvalidTransition, answering.OfferOver, answering.NoBooth)


def test_at_the_deadline_an_offer_ends_in_one_state_and_its_booth_is_neither_held_twice_nor_forgotten():
    call, rounds = CallFactory(), 60
    booths = many_booths(call.fair, rounds)
    applications = many_applications(call, rounds, state="offered", offer_ends_at=timezone.now() + IN_A_WEEK)
    many_applications(call, rounds, state="waitlisted")
    Placement.objects.bulk_create(
        Placement(pk=uuid4(), application=application, booth=booth)
        for application, booth in zip(applications, booths, strict=True)
    )
    person, coordinator = member_of(applications[0]), coordinator_of(call)
    dice = Random(20261124)

    def confirm(application):
        """At a deadline that is a few milliseconds away, or just over, by the database's clock."""
        left = dice.choice([-5, 0, 1, 2, 4, 1000])
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE exhibitors_application SET offer_ends_at = clock_timestamp() + %s * interval '1 ms'"
                " WHERE id = %s",
                [left, application.pk],
            )
        answering.confirm(mine(application), by=person)

    def mine(application):
        return Application.objects.get(pk=application.pk)

    race(
        [
            [
                partial(end_state, partial(confirm, application)),
                partial(end_state, answering.expire_due),
                partial(end_state, lambda one=application: applying.withdraw(mine(one), by=person)),
                partial(end_state, lambda one=application: deciding.cancel(mine(one), reason="重複", by=coordinator)),
                partial(end_state, partial(waiting.offer_next, booth)),
            ]
            for application, booth in zip(applications, booths, strict=True)
        ]
    )

    ends = dict(Application.objects.filter(pk__in=[one.pk for one in applications]).values_list("pk", "state"))
    held = set(Placement.objects.held().values_list("application", flat=True))
    assert set(ends.values()) <= {"confirmed", "expired", "withdrawn", "cancelled"}
    assert {pk for pk in ends if pk in held} == {pk for pk, state in ends.items() if state == "confirmed"}
    for application in applications:
        lines = Change.objects.about(application).values_list("before", "after").order_by("id")
        # Each state follows from the one before it, and the last one is the row's.
        assert all(one[1] == other[0] for one, other in pairwise(lines))
        assert list(lines)[-1][1] == ends[application.pk]
    for booth in booths:
        waiting.offer_next(booth)
    assert sorted(Placement.objects.held().values_list("booth", flat=True)) == sorted(booth.pk for booth in booths)


def test_a_booth_that_two_workers_offer_on_at_once_is_offered_once():
    call, rounds = CallFactory(), 40
    booths = many_booths(call.fair, rounds)
    many_applications(call, 3 * rounds, state="waitlisted")

    outcomes = race([[partial(waiting.offer_next, booth), partial(waiting.offer_next, booth)] for booth in booths])

    assert all(sum(one is not None for one in pair) == 1 for pair in outcomes)
    assert Placement.objects.held().count() == rounds
    assert Application.objects.filter(state="offered").count() == rounds


def test_an_invitation_that_is_clicked_twice_at_once_is_used_once():
    company = CompanyFactory()
    owner = member_of(company)
    rounds = []
    for n in range(10):
        user = UserFactory(email=f"invited{n}@example.com")
        asked = joining.invite(company, user.email, by=owner)
        accept = partial(outcome, partial(joining.accept, asked, user), joining.InviteGone, joining.AlreadyMember)
        rounds.append([accept, accept])

    outcomes = race(rounds)

    assert [sorted(pair) for pair in outcomes] == [["InviteGone", "done"]] * 10
    assert company.members.count() == 11


def test_two_owners_who_remove_each_other_leave_one():
    rounds, companies = [], CompanyFactory.create_batch(10)
    for company in companies:
        anna, ben = member_of(company), member_of(company)
        both = [company.members.get(user=anna), company.members.get(user=ben)]
        rounds.append([partial(outcome, partial(joining.remove, one, by=anna), joining.LastOwner) for one in both])

    outcomes = race(rounds)

    assert [sorted(pair) for pair in outcomes] == [["LastOwner", "done"]] * 10
    assert [company.members.count() for company in companies] == [1] * 10


def test_a_company_that_signs_up_twice_at_once_is_here_once_by_ubn_or_by_name_and_town():
    template, user = CompanyFactory(), UserFactory()
    words = {"town": template.town, "category": template.category}

    def sign_up(**values):
        act = partial(joining.sign_up, user, **words, **values)
        return partial(outcome, act, Unfit)

    by_ubn = [[sign_up(ubn=ubn, name_zh=f"茶行{ubn}")] * 2 for ubn in ("10000004", "10000010", "10000026")]
    by_name = [[sign_up(ubn=None, name_zh=f"工坊{n}")] * 2 for n in range(3)]
    outcomes = race([*by_ubn, *by_name])

    assert [sorted(pair) for pair in outcomes] == [["Unfit", "done"]] * 6
    assert Company.objects.exclude(pk=template.pk).count() == 6
