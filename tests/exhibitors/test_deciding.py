"""Deciding in private, releasing for a whole call at once, and what is sent back or cancelled."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts.models import Change
from core.errors import InvalidTransition, Unfit
from exhibitors import deciding
from exhibitors.models import Application
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    PlacementFactory,
    QuestionFactory,
    coordinator_of,
    member_of,
)

pytestmark = pytest.mark.django_db


def next_week():
    return timezone.now() + timedelta(days=7)


def fields_of(refusal):
    return [gap.field for gap in refusal.value.gaps]


# --- stage


def test_a_decision_is_staged_in_private_and_can_change():
    application = ApplicationFactory()
    coordinator = coordinator_of(application)

    deciding.stage(application, "reject", by=coordinator, reason="排名在後")
    deciding.stage(application, "waitlist", by=coordinator)

    application.refresh_from_db()
    assert (application.state, application.staged_decision, application.decision_reason) == (
        "submitted",
        "waitlist",
        "",
    )
    assert list(Change.objects.filter(kind="application.staged").values_list("facts__decision", "reason", "by")) == [
        ("reject", "排名在後", coordinator.pk),
        ("waitlist", "", coordinator.pk),
    ]


def test_nothing_that_a_company_reads_changes_when_a_decision_is_staged():
    application = ApplicationFactory()

    deciding.stage(application, "accept", by=coordinator_of(application))

    application.refresh_from_db()
    assert (application.version, application.state) == (1, "submitted")


def test_a_staged_decision_is_taken_away_again():
    application = ApplicationFactory(staged_decision="accept", decision_reason="好")
    coordinator = coordinator_of(application)

    deciding.unstage(application, by=coordinator)
    deciding.unstage(application, by=coordinator)

    application.refresh_from_db()
    assert (application.staged_decision, application.decision_reason) == ("", "")
    assert Change.objects.filter(kind="application.staged").count() == 1


@pytest.mark.parametrize("state", sorted(set(Application.State.values) - {"submitted"}))
def test_only_what_is_handed_in_is_decided(state):
    application = ApplicationFactory(state=state)
    coordinator = coordinator_of(application)

    with pytest.raises(deciding.NotSubmitted):
        deciding.stage(application, "accept", by=coordinator)
    with pytest.raises(deciding.NotSubmitted):
        deciding.unstage(application, by=coordinator)


def test_a_decision_is_one_of_three():
    application = ApplicationFactory()

    with pytest.raises(Unfit) as refusal:
        deciding.stage(application, "accepted", by=coordinator_of(application))

    assert fields_of(refusal) == ["decision"]


# --- correction


def test_an_application_is_returned_with_what_to_correct_and_until_when():
    application = ApplicationFactory(staged_decision="accept", decision_reason="好")
    QuestionFactory(call=application.call, key="why")
    coordinator, deadline = coordinator_of(application), next_week()

    deciding.return_for_correction(
        application, ["why", "power", "why"], return_by=deadline, reason="請補充說明", by=coordinator
    )

    application.refresh_from_db()
    assert (application.state, application.returned_fields, application.return_by) == (
        "returned",
        ["why", "power"],
        deadline,
    )
    assert (application.staged_decision, application.decision_reason) == ("", "")
    change = Change.objects.about(application).last()
    assert (change.kind, change.reason, change.by) == ("application.returned", "請補充說明", coordinator)
    assert change.facts == {"fields": ["why", "power"], "return_by": deadline.isoformat()}


def test_a_return_says_what_why_and_until_when_and_all_faults_at_once():
    application = ApplicationFactory()
    coordinator = coordinator_of(application)

    with pytest.raises(Unfit) as refusal:
        deciding.return_for_correction(application, [], return_by=timezone.now(), reason=" ", by=coordinator)
    with pytest.raises(Unfit) as unknown:
        deciding.return_for_correction(application, ["fee"], return_by=next_week(), reason="?", by=coordinator)

    assert (fields_of(refusal), fields_of(unknown)) == (["fields", "return_by", "reason"], ["fields"])


@pytest.mark.parametrize("state", ["draft", "accepted", "returned", "confirmed"])
def test_only_what_is_handed_in_is_returned(state):
    application = ApplicationFactory(state=state)

    with pytest.raises(InvalidTransition):
        deciding.return_for_correction(
            application, ["power"], return_by=next_week(), reason="?", by=coordinator_of(application)
        )


def test_more_time_is_given_to_correct_also_after_the_deadline():
    application = ApplicationFactory(
        state="returned", returned_fields=["power"], return_by=timezone.now() - timedelta(days=1)
    )
    deadline = next_week()

    deciding.extend(application, return_by=deadline, by=coordinator_of(application))

    application.refresh_from_db()
    assert (application.state, application.return_by, application.version) == ("returned", deadline, 2)
    change = Change.objects.about(application).last()
    assert (change.kind, change.before, change.after) == ("application.returned", "returned", "returned")


def test_more_time_lies_ahead():
    application = ApplicationFactory(state="returned")

    with pytest.raises(Unfit) as refusal:
        deciding.extend(application, return_by=timezone.now(), by=coordinator_of(application))

    assert fields_of(refusal) == ["return_by"]


def test_what_was_returned_is_taken_back_as_it_is():
    application = ApplicationFactory(state="returned", returned_fields=["power"])

    deciding.take_back(application, by=coordinator_of(application))

    application.refresh_from_db()
    assert (application.state, application.returned_fields, application.return_by) == ("submitted", [], None)


@pytest.mark.parametrize("state", ["draft", "submitted", "accepted"])
def test_what_is_not_out_for_correction_is_neither_extended_nor_taken_back(state):
    application = ApplicationFactory(state=state)
    coordinator = coordinator_of(application)

    with pytest.raises(deciding.NotReturned):
        deciding.extend(application, return_by=next_week(), by=coordinator)
    with pytest.raises(deciding.NotReturned):
        deciding.take_back(application, by=coordinator)


# --- release


def test_all_decisions_of_a_call_are_told_at_once():
    call = CallFactory()
    staged = {
        decision: ApplicationFactory(call=call, staged_decision=decision, decision_reason=f"因為{decision}")
        for decision in ("accept", "waitlist", "reject")
    }
    ApplicationFactory(call=call, state="draft")
    ApplicationFactory(call=call, state="withdrawn")
    elsewhere = ApplicationFactory(staged_decision="accept")
    coordinator = coordinator_of(call)

    released = deciding.release(call, by=coordinator)

    assert released == deciding.Released(accepted=1, waitlisted=1, rejected=1)
    assert released.total == 3
    for decision, state in [("accept", "accepted"), ("waitlist", "waitlisted"), ("reject", "rejected")]:
        application = Application.objects.get(pk=staged[decision].pk)
        assert (application.state, application.staged_decision, application.decision_reason, application.version) == (
            state,
            "",
            f"因為{decision}",
            2,
        )
        change = Change.objects.about(application).last()
        assert (change.kind, change.before, change.by) == (f"application.{state}", "submitted", coordinator)
    call.refresh_from_db()
    assert abs(call.decisions_released_at - timezone.now()) < timedelta(minutes=1)
    told = Change.objects.about(call).get()
    assert (told.kind, told.facts) == ("call.decisions_released", {"accepted": 1, "waitlisted": 1, "rejected": 1})
    elsewhere.refresh_from_db()
    assert elsewhere.state == "submitted"


def test_a_release_is_refused_while_any_is_undecided_or_returned_and_names_them():
    call = CallFactory()
    decided = ApplicationFactory(call=call, staged_decision="accept")
    undecided = ApplicationFactory(call=call, company__name_zh="鹿谷茶行")
    returned = ApplicationFactory(call=call, state="returned", company__name_zh="三義木雕")

    with translation.override("en"), pytest.raises(deciding.Undecided) as refusal:
        deciding.release(call, by=coordinator_of(call))

    assert refusal.value.data == {"applications": [f"{undecided.label} 鹿谷茶行", f"{returned.label} 三義木雕"]}
    assert refusal.value.message == (
        f"2 applications are undecided or out for correction: {undecided.label} 鹿谷茶行, {returned.label} 三義木雕."
    )
    decided.refresh_from_db()
    assert (decided.state, decided.staged_decision) == ("submitted", "accept")


def test_a_long_list_of_undecided_ones_is_named_in_the_data_and_cut_in_the_sentence():
    call = CallFactory()
    ApplicationFactory.create_batch(7, call=call)

    with translation.override("en"), pytest.raises(deciding.Undecided) as refusal:
        deciding.release(call, by=coordinator_of(call))

    assert len(refusal.value.data["applications"]) == 7
    assert refusal.value.message.endswith("and 2 more.")


def test_without_any_decision_there_is_nothing_to_release():
    call = CallFactory()
    ApplicationFactory(call=call, state="draft")

    with pytest.raises(deciding.NothingToRelease):
        deciding.release(call, by=coordinator_of(call))


def test_a_release_costs_as_many_queries_for_one_as_for_thirty(django_assert_max_num_queries):
    call, big = CallFactory(), CallFactory()
    ApplicationFactory(call=call, staged_decision="accept")
    ApplicationFactory.create_batch(30, call=big, staged_decision="accept")
    coordinator = coordinator_of(call)

    with django_assert_max_num_queries(11):
        deciding.release(call, by=coordinator)
    with django_assert_max_num_queries(11):
        deciding.release(big, by=coordinator)


# --- cancel


@pytest.mark.parametrize("state", ["submitted", "returned", "accepted", "waitlisted", "offered", "confirmed"])
def test_a_coordinator_cancels_what_stands_with_a_reason(state):
    application = ApplicationFactory(state=state, **({"staged_decision": "accept"} if state == "submitted" else {}))
    coordinator = coordinator_of(application)

    deciding.cancel(application, reason="商品檢驗不合格。", by=coordinator)

    application.refresh_from_db()
    change = Change.objects.about(application).last()
    assert (application.state, application.staged_decision) == ("cancelled", "")
    assert (change.kind, change.before, change.reason, change.by) == (
        "application.cancelled",
        state,
        "商品檢驗不合格。",
        coordinator,
    )


def test_who_is_cancelled_loses_the_booth():
    placement = PlacementFactory(application__state="confirmed")

    deciding.cancel(placement.application, reason="檢驗", by=coordinator_of(placement))

    placement.refresh_from_db()
    assert placement.state == "released"
    assert Change.objects.about(placement).get().caused_by.kind == "application.cancelled"


def test_nothing_is_cancelled_without_a_reason():
    application = ApplicationFactory()

    with pytest.raises(Unfit) as refusal:
        deciding.cancel(application, reason="  ", by=coordinator_of(application))

    assert fields_of(refusal) == ["reason"]


@pytest.mark.parametrize("state", ["draft", "rejected", "declined", "expired", "withdrawn", "cancelled", "attended"])
def test_what_has_ended_or_not_begun_is_not_cancelled(state):
    application = ApplicationFactory(state=state)

    with pytest.raises(InvalidTransition):
        deciding.cancel(application, reason="?", by=member_of(application))
